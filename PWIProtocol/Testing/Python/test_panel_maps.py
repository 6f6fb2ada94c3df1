"""Maps in the panel: from a study to maps, as a radiologist does it, against the truth that they were made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from maps_desk import MapsUser
    from PWIProtocolLib.sample.reference_object import ReferenceObject

pytest_plugins = ("maps_desk",)

KTRANS, VE, VP = "Ktrans (1/min)", "ve (share)", "vp (share)"


def nodes_of_scene() -> list[str]:
    import slicer

    return sorted(node.GetName() for node in slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode"))


def test_a_sequence_of_the_scene_is_fitted_with_the_defaults_of_its_headers(
    a_fitted_user: MapsUser, the_reference: ReferenceObject
) -> None:
    tissue = the_reference.tissue
    found = a_fitted_user.values_of(KTRANS)[tissue]
    np.testing.assert_allclose(found, the_reference.ktrans_per_min[tissue], atol=1e-3)
    np.testing.assert_allclose(a_fitted_user.values_of(VE)[tissue], the_reference.ve[tissue], atol=2e-3)
    np.testing.assert_allclose(a_fitted_user.values_of(VP)[tissue], the_reference.vp[tissue], atol=2e-4)


def test_what_the_headers_say_is_shown_with_its_source(a_fitted_user: MapsUser) -> None:
    part = a_fitted_user.section.dynamicPart
    assert "60 frames, 4 s apart; frame times are the index of the sequence, in s" in part.wordsLabel.text
    shown = [(field.box.text, field.sourceLabel.text) for field in part.fields]
    assert shown == [
        ("5.000 ms", "from the header"),
        ("15.00 °", "from the header"),
        ("6 frames", "found in the images"),
    ]
    assert a_fitted_user.section.arterialPart.onsetField.number == 24.0


def test_what_the_headers_do_not_say_is_asked_and_never_guessed(
    a_maps_user: MapsUser, a_reference_sequence: Any, the_reference: ReferenceObject
) -> None:
    a_reference_sequence.RemoveAttribute("MultiVolume.DICOM.RepetitionTime")
    before = nodes_of_scene()
    a_maps_user.fit_reference(a_reference_sequence)
    field = a_maps_user.section.dynamicPart.repetitionField
    assert a_maps_user.message == "repetition time of the dynamic study is not stated; enter it, in ms"
    assert field.sourceLabel.text == "not stated: enter it"
    assert nodes_of_scene() == before
    a_maps_user.type_into(field.box, "5")
    a_maps_user.section.fitButton.click()
    assert field.sourceLabel.text == "entered"
    tissue = the_reference.tissue
    np.testing.assert_allclose(
        a_maps_user.values_of(KTRANS)[tissue], the_reference.ktrans_per_min[tissue], atol=1e-3
    )  # fmt: skip


def test_without_t1_nothing_is_fitted_and_the_panel_says_what_to_give(
    a_maps_user: MapsUser, a_reference_sequence: Any
) -> None:
    a_maps_user.section.refresh()
    a_maps_user.choose(a_maps_user.section.dynamicPart.sourceBox, "reference object")
    before = nodes_of_scene()
    a_maps_user.section.fitButton.click()
    assert a_maps_user.message.startswith("T1 before contrast is not known: enter one number in s")
    assert nodes_of_scene() == before
    assert not a_maps_user.section.resultsPart.isVisible()


@pytest.mark.parametrize("typed", ["0.005", "4500", "five", "-5", "1e400", "1,000,000"])
def test_a_number_that_cannot_be_meant_is_refused_and_the_former_one_stays(a_fitted_user: MapsUser, typed: str) -> None:
    field = a_fitted_user.section.dynamicPart.repetitionField
    a_fitted_user.type_into(field.box, typed)
    assert a_fitted_user.message == f"Repetition time: found {typed}; give a number from 0.5 to 100 ms"
    assert (field.number, field.box.text, field.sourceLabel.text) == (5.0, "5.000 ms", "from the header")


@pytest.mark.parametrize(("typed", "number"), [("4,5", 4.5), ("4.5 ms", 4.5), ("4.5ms", 4.5), ("12", 12.0)])
def test_a_number_may_have_a_comma_and_its_unit(a_fitted_user: MapsUser, typed: str, number: float) -> None:
    field = a_fitted_user.section.dynamicPart.repetitionField
    a_fitted_user.type_into(field.box, typed)
    assert (field.number, field.sourceLabel.text, a_fitted_user.message) == (number, "entered", "")


def test_milliseconds_of_t1_do_not_become_seconds(a_maps_user: MapsUser, a_reference_sequence: Any) -> None:
    a_maps_user.fit_reference(a_reference_sequence)
    field = a_maps_user.section.precontrastPart.numberField
    a_maps_user.type_into(field.box, "1650")
    assert a_maps_user.message == "T1 of all tissue: found 1650; give a number from 0.02 to 8 s"
    assert field.number == 1.2


def test_an_emptied_box_falls_back_on_the_header(a_fitted_user: MapsUser) -> None:
    field = a_fitted_user.section.dynamicPart.angleField
    a_fitted_user.type_into(field.box, "20")
    assert (field.number, field.sourceLabel.text) == (20.0, "entered")
    a_fitted_user.type_into(field.box, "")
    assert (field.number, field.sourceLabel.text) == (15.0, "from the header")


def a_study_whose_flip_angles_show(folder: Path, signal: Callable[[float, float], float]) -> Path:
    """The made-up study, with another signal of a flip angle (degrees) and a repetition time (s)."""
    from PWIProtocolLib.sample.study import write_sample_study
    from pydicom import dcmread

    study = write_sample_study(folder)
    for file in (study / "flip-angles").rglob("*.dcm"):
        image = dcmread(file)
        level = np.rint(signal(float(image.FlipAngle), float(image.RepetitionTime) / 1000))
        image.PixelData = np.full(image.pixel_array.shape, level, np.uint16).tobytes()
        image.save_as(file)
    return study


@pytest.fixture
def a_folder_with_a_t1_of_one_second(tmp_path: Path) -> Path:
    """The made-up study, with flip angles as tissue with a T1 of 1 s gives them."""
    from PWIProtocolLib.kinetics import spoiled_signal

    return a_study_whose_flip_angles_show(tmp_path, lambda angle, tr_s: float(spoiled_signal(1.0, angle, tr_s, 40_000)))


@pytest.fixture
def a_folder_with_a_t1_of_nothing(tmp_path: Path) -> Path:
    """The made-up study, with a signal that grows with the sine of the flip angle: T1 is shorter than can be."""
    return a_study_whose_flip_angles_show(tmp_path, lambda angle, _tr_s: 480.0 * np.sin(np.radians(angle)))


def test_a_folder_of_dicom_files_brings_its_flip_angles(
    a_maps_user: MapsUser, a_folder_with_a_t1_of_one_second: Path
) -> None:
    a_maps_user.choose(a_maps_user.section.dynamicPart.sourceBox, "DICOM folder")
    a_maps_user.type_into(a_maps_user.section.dynamicPart.pathRow.box, str(a_folder_with_a_t1_of_one_second))
    a_maps_user.section.dynamicPart.readButton.click()
    part = a_maps_user.section.precontrastPart
    assert part.choiceBox.currentText == "flip angles 5, 15, 30° of the study"
    a_maps_user.section.fitButton.click()
    assert a_maps_user.message == ""
    np.testing.assert_allclose(a_maps_user.values_of("T1 before contrast (s)"), 1.0, rtol=2e-3)
    assert np.isfinite(a_maps_user.values_of(KTRANS)[:, 20:]).all()  # muscle alone


def test_the_study_above_is_fitted_and_why_a_fit_has_no_value_is_said(
    a_maps_user: MapsUser, a_folder_with_a_t1_of_nothing: Path
) -> None:
    a_maps_user.section.fitButton.click()
    assert a_maps_user.message == "no study was chosen"
    a_maps_user.host.studyFolder = str(a_folder_with_a_t1_of_nothing)
    assert a_maps_user.section.dynamicPart.sourceBox.currentText == "the study above"
    a_maps_user.section.fitButton.click()
    assert a_maps_user.message == (
        "no voxel has a value: 100% of the voxels that enhance have no value, mostly: the signal is higher than any "
        "concentration explains; check T1, flip angle and TR"
    )
    assert a_maps_user.section.session.fit is None


def test_a_t1_map_is_used_in_the_unit_that_was_chosen(
    a_maps_user: MapsUser, a_reference_sequence: Any, the_reference: ReferenceObject
) -> None:
    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.scene.volumes import add_volume

    t1 = np.where(the_reference.artery, 1650.0, 1200.0)
    add_volume(Image(t1, the_reference.dynamic.geometry, "MR", ""), "T1 in ms")
    section = a_maps_user.section
    section.refresh()
    a_maps_user.choose(section.dynamicPart.sourceBox, "reference object")
    a_maps_user.choose(section.precontrastPart.choiceBox, "map of the scene")
    a_maps_user.choose(section.precontrastPart.mapBox, "T1 in ms")
    section.fitButton.click()
    assert a_maps_user.message == "T1 map: choose the unit of its values, s or ms; it is not guessed"
    a_maps_user.choose(section.precontrastPart.unitBox, "ms")
    section.fitButton.click()
    tissue = the_reference.tissue
    np.testing.assert_allclose(a_maps_user.values_of(VE)[tissue], the_reference.ve[tissue], atol=2e-3)


def test_a_t1_map_on_another_grid_is_refused_with_both_grids(
    a_maps_user: MapsUser, a_reference_sequence: Any, the_reference: ReferenceObject
) -> None:
    from dataclasses import replace

    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.scene.volumes import add_volume

    geometry = replace(the_reference.dynamic.geometry, spacing_mm=(1.0, 1.0, 4.0))
    add_volume(Image(np.full(geometry.array_shape, 1.2), geometry, "MR", ""), "finer T1")
    section = a_maps_user.section
    section.refresh()
    a_maps_user.choose(section.dynamicPart.sourceBox, "reference object")
    a_maps_user.choose(section.precontrastPart.choiceBox, "map of the scene")
    a_maps_user.choose(section.precontrastPart.mapBox, "finer T1")
    a_maps_user.choose(section.precontrastPart.unitBox, "s")
    section.fitButton.click()
    assert "do not lie on the same grid" in a_maps_user.message
    assert "1 x 1 x 4 mm" in a_maps_user.message
    assert "2 x 2 x 4 mm" in a_maps_user.message


def test_a_scene_that_is_closed_during_a_fit_stays_empty(a_maps_user: MapsUser, a_reference_sequence: Any) -> None:
    import slicer

    bar = a_maps_user.host.progressRow.bar
    bar.connect("valueChanged(int)", lambda value: slicer.mrmlScene.Clear(0) if value else None)
    a_maps_user.fit_reference(a_reference_sequence)
    assert a_maps_user.message == "Stopped: nothing was changed"
    assert nodes_of_scene() == []


def test_a_study_that_comes_into_the_scene_is_offered(a_maps_user: MapsUser, the_reference: ReferenceObject) -> None:
    from PWIProtocolLib.scene.maps.dynamic_nodes import add_dynamic

    node = add_dynamic(the_reference.dynamic, "later one")
    a_maps_user.wait()
    a_maps_user.choose(a_maps_user.section.dynamicPart.sourceBox, "later one")
    assert a_maps_user.section.dynamicPart.node is node


def test_a_fit_that_is_cancelled_before_it_began_changes_nothing(
    a_maps_user: MapsUser, a_reference_sequence: Any
) -> None:
    from PySide6.QtCore import QTimer

    before = nodes_of_scene()
    section = a_maps_user.section
    section.refresh()
    a_maps_user.choose(section.dynamicPart.sourceBox, "reference object")
    a_maps_user.type_into(section.precontrastPart.numberField.box, "1.2")
    QTimer.singleShot(0, a_maps_user.host.progressRow.cancelButton.click)
    section.fitButton.click()
    assert a_maps_user.message == "Stopped: nothing was changed"
    assert nodes_of_scene() == before
    assert not a_maps_user.section.resultsPart.isVisible()


@pytest.mark.parametrize(
    ("model", "maps"),
    [("Patlak", {KTRANS, VP}), ("two-compartment exchange", {"plasma flow (mL/min/100 mL)", VE, VP})],
)
def test_each_model_brings_its_own_maps(a_fitted_user: MapsUser, model: str, maps: set[str]) -> None:
    section = a_fitted_user.section
    a_fitted_user.choose(section.modelPart.modelBox, model)
    section.fitButton.click()
    assert a_fitted_user.message == ""
    box = section.resultsPart.mapBox
    assert maps <= {box.itemText(at) for at in range(box.count)}


def test_the_map_that_is_chosen_lies_over_the_image(a_fitted_user: MapsUser) -> None:
    volumes = a_fitted_user.section.session.volumes
    a_fitted_user.choose(a_fitted_user.section.resultsPart.mapBox, VE)
    assert volumes.maps["ve"].GetDisplayNode().GetColorNode().GetName() == "Perfusion volume"
    a_fitted_user.choose(a_fitted_user.section.resultsPart.mapBox, "Status of the fit")


def test_removed_maps_take_their_results_out_of_the_panel(a_fitted_user: MapsUser) -> None:
    import slicer

    slicer.mrmlScene.Clear(0)
    a_fitted_user.wait()
    assert not a_fitted_user.section.resultsPart.isVisible()
    a_fitted_user.section.fitButton.click()
    assert "no study was chosen" in a_fitted_user.message
