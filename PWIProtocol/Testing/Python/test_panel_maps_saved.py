"""Fits and values of regions live in the scene: a scene file brings them back, and work goes on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from maps_desk import MapsUser
    from PWIProtocolLib.sample.reference_object import ReferenceObject

pytest_plugins = ("maps_desk",)

KTRANS = "Ktrans (1/min)"


@pytest.fixture
def a_node_segment(a_segment: Callable[..., Any], the_reference: ReferenceObject) -> Any:
    return a_segment("node_1", the_reference.ktrans_per_min == 0.2)


@pytest.fixture
def a_measured_user(a_fitted_user: MapsUser, a_node_segment: Any) -> MapsUser:
    """A user who has measured a node in the maps."""
    a_fitted_user.section.resultsPart.regions.measureButton.click()
    assert [row[0] for row in a_fitted_user.cells] == ["node_1"]
    return a_fitted_user


@pytest.mark.parametrize("beside", [False, True])
def test_a_loaded_scene_shows_maps_and_values_and_the_curve_follows_the_cursor_again(
    a_measured_user: MapsUser, the_reference: ReferenceObject, tmp_path: Path, beside: bool
) -> None:
    user, results = a_measured_user, a_measured_user.section.resultsPart
    shown, status = user.cells, results.statusLabel.text
    assert shown[0][1].startswith("0.2\n")
    user.save_and_load(tmp_path / "scene.mrb", beside=beside)

    assert results.isVisible()
    assert results.statusLabel.text == status
    assert (user.cells, user.message) == (shown, "")
    assert user.section.session.volumes is not None
    ktrans = user.section.session.volumes.maps["ktrans_per_min"]
    assert (ktrans.GetName(), ktrans.GetDisplayNode().GetWindowLevelMin()) == (KTRANS, 0.0)
    assert user.section.dynamicPart.sourceBox.currentText == "reference object"
    assert user.section.session.read is None, "frames are read when they are needed"

    results.cursorBox.click()
    geometry = the_reference.dynamic.geometry
    at = np.argwhere(the_reference.ktrans_per_min == 0.3)[0]
    user.point_at(geometry.ras_from_kji(at[None])[0])
    assert results.cursorLabel.text.startswith("Ktrans 0.3 /min")
    data, fit = (results.cursorCurve.plot.values(name)[1] for name in ("voxel", "fit"))
    assert np.abs(data - fit).max() < 0.02 * data.max()
    results.regions.measureButton.click()
    assert (user.cells, user.message) == (shown, "")


def test_without_the_dynamic_study_values_are_shown_and_what_is_missing_is_said(
    a_measured_user: MapsUser, a_reference_sequence: Any, tmp_path: Path
) -> None:
    import slicer

    user, results = a_measured_user, a_measured_user.section.resultsPart
    shown = user.cells
    slicer.mrmlScene.RemoveNode(a_reference_sequence)
    user.save_and_load(tmp_path / "scene.mrb")
    assert user.cells == shown
    results.cursorBox.click()
    assert user.message == "the dynamic study of these maps is not in the scene: load it, then try again"
    assert not results.cursorBox.checked
    results.regions.curvesButton.click()
    assert user.message.startswith("the dynamic study of these maps is not in the scene")


def test_a_folder_is_read_again_when_it_is_needed_and_named_when_it_is_gone(
    a_maps_user: MapsUser, tmp_path: Path
) -> None:
    from PWIProtocolLib.sample.study import write_sample_study

    section, study = a_maps_user.section, write_sample_study(tmp_path)
    a_maps_user.choose(section.dynamicPart.sourceBox, "DICOM folder")
    a_maps_user.type_into(section.dynamicPart.pathRow.box, str(study))
    section.fitButton.click()
    assert a_maps_user.message == ""
    a_maps_user.save_and_load(tmp_path / "scene.mrb")
    assert section.dynamicPart.pathRow.path == str(study)
    assert section.precontrastPart.choiceBox.currentText == "flip angles of the study"
    section.resultsPart.cursorBox.click()
    assert (a_maps_user.message, section.resultsPart.cursorBox.checked) == ("", True)
    assert section.precontrastPart.choiceBox.currentText == "flip angles 5, 15, 30° of the study"
    study.rename(tmp_path / "elsewhere")
    a_maps_user.save_and_load(tmp_path / "scene.mrb")
    section.resultsPart.cursorBox.click()
    assert a_maps_user.message == (f"{study.name}: the dynamic study is not where it was; choose its folder or file")


def test_another_study_in_the_place_of_the_fitted_one_is_refused(
    a_measured_user: MapsUser, a_reference_sequence: Any, tmp_path: Path
) -> None:
    user = a_measured_user
    a_reference_sequence.SetIndexUnit("ms")
    user.save_and_load(tmp_path / "scene.mrb")
    user.section.resultsPart.cursorBox.click()
    assert "60 frames at other times than the 60 that were fitted" in user.message


def test_several_fits_are_kept_each_with_its_maps(a_measured_user: MapsUser, tmp_path: Path) -> None:
    user, section = a_measured_user, a_measured_user.section
    measured = user.cells
    user.choose(section.modelPart.modelBox, "Patlak")
    section.fitButton.click()
    assert user.cells == []
    user.save_and_load(tmp_path / "scene.mrb")
    box = section.resultsPart.fitBox
    assert [box.itemText(at) for at in range(box.count)] == [
        "Fit of reference object, extended tofts", "Fit of reference object, patlak"
    ]  # fmt: skip
    assert box.currentText == "Fit of reference object, patlak"
    assert "ve" not in section.session.volumes.maps
    user.choose(box, "Fit of reference object, extended tofts")
    assert user.cells == measured
    assert "ve" in section.session.volumes.maps


def test_fits_of_the_same_study_and_model_are_told_apart_by_artery_and_number(a_fitted_user: MapsUser) -> None:
    from HeadNeckNodesLib.scene.subject_hierarchy import names_in

    section, box = a_fitted_user.section, a_fitted_user.section.resultsPart.fitBox
    a_fitted_user.choose(section.arterialPart.choiceBox, "arteries found in the images")
    a_fitted_user.type_into(section.arterialPart.bloodField.box, "1.6")
    for _ in range(2):
        section.fitButton.click()
    same = "reference object, extended tofts"
    expected = [f"Fit of {same}", f"Fit of {same}, AIF found", f"Fit of {same}, AIF found, 2"]
    assert [box.itemText(at) for at in range(box.count)] == expected
    assert names_in(section.session.volumes.folder)[-1] == expected[-1]


def test_a_map_that_was_deleted_is_not_offered_and_the_others_stay(a_measured_user: MapsUser, tmp_path: Path) -> None:
    import slicer

    user, box = a_measured_user, a_measured_user.section.resultsPart.mapBox
    measured = user.cells
    slicer.mrmlScene.RemoveNode(slicer.util.getNode("residual (mM)"))
    user.wait()
    assert "residual (mM)" not in [box.itemText(at) for at in range(box.count)]
    user.choose(box, KTRANS)
    user.save_and_load(tmp_path / "scene.mrb")
    user.section.resultsPart.regions.measureButton.click()
    assert (user.cells, user.message) == (measured, "")


def test_values_of_regions_stand_in_a_table_of_the_scene(a_measured_user: MapsUser, tmp_path: Path) -> None:
    import slicer

    a_measured_user.section.resultsPart.regions.measureButton.click()
    a_measured_user.save_and_load(tmp_path / "scene.mrb")
    (table,) = slicer.util.getNodesByClass("vtkMRMLTableNode")
    texts = [table.GetCellText(0, column) for column in range(5)]
    assert texts == ["node_1", "Ktrans", "/min", "432", "432"]
    assert float(table.GetCellText(0, 7)) == pytest.approx(0.2, abs=1e-3)
    assert table.GetColumnName(7) == "median"


def test_the_file_of_the_scene_holds_paths_and_results_in_no_other_file(
    a_measured_user: MapsUser, tmp_path: Path
) -> None:
    import zipfile

    a_measured_user.save_and_load(tmp_path / "scene.mrb")
    with zipfile.ZipFile(tmp_path / "scene.mrb") as bundle:
        holding = [name for name in bundle.namelist() if b"hnn-pwi-maps" in bundle.read(name)]
    assert [name.rsplit(".", 1)[-1] for name in holding] == ["mrml"]


def test_a_fit_that_cannot_be_read_leaves_the_others_in_sight(a_measured_user: MapsUser) -> None:
    from PWIProtocolLib.scene.maps.fit_node import add_fit_node

    fit = a_measured_user.section.session.fit
    add_fit_node("spoiled", json.dumps({"schema": "hnn-pwi-maps/9"}))
    a_measured_user.wait()
    assert a_measured_user.section.session.fit is fit
    a_measured_user.choose(a_measured_user.section.resultsPart.fitBox, "spoiled")
    assert "spoiled: cannot be read" in a_measured_user.message
    assert a_measured_user.section.session.fit is fit
