"""Curves in the panel: that under the cursor with its fit, and the arterial curve from all its sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from maps_desk import MapsUser
    from PWIProtocolLib.sample.reference_object import ReferenceObject

pytest_plugins = ("maps_desk",)


def test_the_curve_under_the_cursor_is_drawn_with_its_fit(
    a_fitted_user: MapsUser, the_reference: ReferenceObject
) -> None:
    results, geometry = a_fitted_user.section.resultsPart, the_reference.dynamic.geometry
    results.cursorBox.click()
    a_fitted_user.point_at(geometry.ras_from_kji(np.array([1, 11, 17])))  # Ktrans 0.2, ve 0.25, vp 0.03
    assert results.cursorLabel.text.startswith("Ktrans 0.2 /min, kep 0.8 /min, ve 0.25, vp 0.03")
    plot = results.cursorCurve.plot
    (times, measured), (_, fitted) = plot.values("voxel"), plot.values("fit")
    np.testing.assert_array_equal(times, the_reference.dynamic.time_s)
    assert measured.max() > 0.4
    np.testing.assert_allclose(measured, fitted, atol=2e-3)
    a_fitted_user.point_at(geometry.ras_from_kji(np.array([1, 0, 0])))  # nothing enhances here
    assert plot.names() == ["voxel"]
    assert results.cursorLabel.text == "the curve is constant"
    a_fitted_user.point_at((1000.0, 0.0, 0.0))
    assert results.cursorLabel.text == "the curve is constant"
    results.cursorBox.click()
    assert plot.names() == []


def test_scale_and_onset_of_the_arterial_curve_can_be_edited(
    a_fitted_user: MapsUser, the_reference: ReferenceObject
) -> None:
    part, tissue = a_fitted_user.section.arterialPart, the_reference.tissue
    a_fitted_user.type_into(part.onsetField.box, "30")
    a_fitted_user.type_into(part.onsetField.box, "24")
    part.lookButton.click()
    part.editorFold.collapsed = False
    a_fitted_user.type_into(part.editor.heightRow.numberBox, "2")
    a_fitted_user.section.fitButton.click()
    halved = a_fitted_user.section.session.study.kinetic.ktrans_per_min
    truth = the_reference.ktrans_per_min[tissue]
    np.testing.assert_allclose(2 * halved.reshape(tissue.shape)[tissue], truth, rtol=1e-4)
    assert a_fitted_user.section.session.study.arterial.words.endswith("arrival at 24.0 s as given; multiplied by 2")
    assert "Changed: multiplied by 2." in part.wordsLabel.text


def test_arteries_that_are_found_are_shown_and_need_t1_of_blood(
    a_fitted_user: MapsUser, the_reference: ReferenceObject
) -> None:
    import slicer
    from PWIProtocolLib.scene.maps.region_masks import SceneSegment, mask_of

    part = a_fitted_user.section.arterialPart
    a_fitted_user.choose(part.choiceBox, "arteries found in the images")
    part.lookButton.click()
    assert a_fitted_user.message.startswith("T1 of blood is not known")
    a_fitted_user.type_into(part.bloodField.box, "1.65")
    part.lookButton.click()
    assert a_fitted_user.message == ""
    assert "connected voxels agree with their mean" in part.wordsLabel.text
    assert set(part.plot.names()) == {"arterial plasma", "samples"}
    segment = SceneSegment(slicer.util.getNode("Artery of the fit"), "artery")
    found = mask_of(segment, the_reference.dynamic.geometry).mask
    assert found.any()
    assert not (found & ~the_reference.artery).any()
    a_fitted_user.section.fitButton.click()
    ktrans = a_fitted_user.section.session.study.kinetic.ktrans_per_min.reshape(found.shape)
    tissue = the_reference.tissue
    np.testing.assert_allclose(ktrans[tissue], the_reference.ktrans_per_min[tissue], rtol=1e-3)


def test_an_artery_that_was_drawn_gives_its_curve(
    a_fitted_user: MapsUser, the_reference: ReferenceObject, a_segment: Callable[..., Any]
) -> None:
    a_segment("carotid", the_reference.artery)
    section = a_fitted_user.section
    a_fitted_user.choose(section.arterialPart.choiceBox, "segment of an artery")
    section.fitButton.click()
    assert a_fitted_user.message == "arterial curve: choose the segment of the artery"
    a_fitted_user.choose(section.arterialPart.segmentBox, "carotid")
    a_fitted_user.type_into(section.arterialPart.bloodField.box, "1.65")
    section.fitButton.click()
    arterial = section.session.study.arterial
    truth = np.interp(the_reference.dynamic.time_s, the_reference.time_s, the_reference.aif_mM)
    np.testing.assert_allclose(arterial.sampled_mM, truth, atol=1e-3)


def test_a_curve_from_a_file_is_used(a_fitted_user: MapsUser, the_reference: ReferenceObject, tmp_path: Path) -> None:
    from PWIProtocolLib.kinetics import write_aif_csv

    write_aif_csv(tmp_path / "aif.csv", the_reference.time_s, the_reference.aif_mM)
    part = a_fitted_user.section.arterialPart
    a_fitted_user.choose(part.choiceBox, "CSV file")
    a_fitted_user.application.answerNext(str(tmp_path / "aif.csv"))
    part.pathRow.browseButton.click()
    a_fitted_user.section.fitButton.click()
    assert a_fitted_user.message == ""
    vp = a_fitted_user.section.session.study.kinetic.vp.reshape(the_reference.tissue.shape)
    np.testing.assert_allclose(vp[the_reference.tissue], the_reference.vp[the_reference.tissue], atol=1e-4)


def test_maps_say_what_was_changed_about_their_arterial_curve(a_fitted_user: MapsUser) -> None:
    import slicer

    part = a_fitted_user.section.arterialPart
    part.lookButton.click()
    part.editorFold.collapsed = False
    a_fitted_user.type_into(part.editor.movedBox, "-1.5")
    a_fitted_user.section.fitButton.click()
    newest = slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")[-1]
    assert "onset moved by -1.5 s" in newest.GetDescription()


def test_edits_of_one_study_do_not_reach_the_next(a_fitted_user: MapsUser, the_reference: ReferenceObject) -> None:
    from PWIProtocolLib.scene.maps.dynamic_nodes import add_dynamic

    section = a_fitted_user.section
    section.arterialPart.lookButton.click()
    section.arterialPart.editorFold.collapsed = False
    a_fitted_user.type_into(section.arterialPart.editor.movedBox, "2")
    assert section.choices.arterial.edits.moved_s == 2.0
    a_fitted_user.fit_reference(add_dynamic(the_reference.dynamic, "next patient"))
    assert section.choices.arterial.edits.moved_s == 0.0
    assert "Changed" not in section.arterialPart.wordsLabel.text
