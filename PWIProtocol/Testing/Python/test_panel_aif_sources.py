"""Sources of an arterial curve and its voxels in the panel: edits belong to a source; voxels can be switched off."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PWIProtocolLib.mapping.aif_edits import NO_EDITS, AifEdits

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from aif_desk import AifUser
    from PWIProtocolLib.sample.reference_object import ReferenceObject

pytest_plugins = ("maps_desk", "aif_desk")


def test_a_voxel_is_switched_off_and_shown_as_left_out(
    a_user_at_a_found_artery: AifUser, the_reference: ReferenceObject
) -> None:
    import slicer
    from PWIProtocolLib.scene.maps.region_masks import SceneSegment, mask_of

    user, voxels = a_user_at_a_found_artery, a_user_at_a_found_artery.part.editor.voxels
    assert voxels.countLabel.text == "12 of 12 voxels in use"
    user.tick(3, False)
    assert voxels.countLabel.text == "11 of 12 voxels in use"
    assert "1 of 12 voxels left out by reader" in user.part.wordsLabel.text
    node, geometry = slicer.util.getNode("Artery of the fit"), the_reference.dynamic.geometry
    shown = {name: mask_of(SceneSegment(node, name), geometry).mask for name in ("artery", "left out")}
    assert {name: int(mask.sum()) for name, mask in shown.items()} == {"artery": 11, "left out": 1}
    assert not (shown["artery"] & shown["left out"]).any()
    user.tick(3, True)
    assert list(slicer.util.getNode("Artery of the fit").GetSegmentation().GetSegmentIDs()) == ["artery"]


def test_the_last_voxel_cannot_be_switched_off(a_user_at_a_found_artery: AifUser) -> None:
    user = a_user_at_a_found_artery
    for row in range(12):
        user.tick(row, False)
    assert user.note == "arterial curve: all 12 voxels were left out; use one at least"
    assert user.part.editor.voxels.countLabel.text == "1 of 12 voxels in use"


def test_the_region_is_drawn_as_a_segment_that_is_used_then(
    a_user_at_a_found_artery: AifUser, the_reference: ReferenceObject
) -> None:
    import slicer
    from PWIProtocolLib.scene.maps.region_masks import mask_of, scene_segments

    user = a_user_at_a_found_artery
    user.tick(0, False)
    user.type_into(user.part.editor.movedBox, "1")
    user.part.editor.voxels.drawButton.click()
    (segment,) = scene_segments()
    assert int(mask_of(segment, the_reference.dynamic.geometry).mask.sum()) == 11
    assert user.part.settings.choice == "segment"
    assert user.part.settings.edits == AifEdits(moved_s=1.0)
    assert slicer.util.selectedModule() == "SegmentEditor"
    editor = slicer.mrmlScene.GetSingletonNode("SegmentEditor", "vtkMRMLSegmentEditorNode")
    assert editor.GetSegmentationNode() is segment.segmentation
    user.part.lookButton.click()
    assert "Measured in segment artery, 11 voxels" in user.part.wordsLabel.text
    assert "onset moved by +1.0 s" in user.part.wordsLabel.text
    assert "left out" not in user.part.wordsLabel.text


def test_each_source_keeps_its_own_edits(a_user_at_a_found_artery: AifUser) -> None:
    user, editor = a_user_at_a_found_artery, a_user_at_a_found_artery.part.editor
    user.type_value(9, "8")
    user.look(user.PARKER)
    assert user.part.settings.edits == NO_EDITS
    assert user.message == ""
    user.look(user.FOUND)
    assert user.samples[9][2] == "edited (measured 9.400)"
    editor.undoButton.click()
    assert user.samples[9][2] == "measured"


def test_edits_of_one_study_do_not_reach_the_next(a_user_at_a_found_artery: AifUser) -> None:
    user, part = a_user_at_a_found_artery, a_user_at_a_found_artery.part
    user.type_value(9, "8")
    part.forgetEdits()
    assert part.settings.edits == NO_EDITS
    assert not part.editor.undoButton.enabled
    part.lookButton.click()
    assert user.samples[9][2] == "measured"


def test_saved_edits_that_do_not_fit_the_curve_are_told_and_can_be_reset(an_aif_user: AifUser) -> None:
    user, part = an_aif_user, an_aif_user.part
    part.showSettings(replace(part.settings, choice="found", edits=AifEdits(removed_s=(33.0,))))
    assert part.fold.text == "Arterial input (edited)"
    part.lookButton.click()
    assert user.message.startswith("arterial curve: has no sample at 33 s, which was corrected or left out")
    part.editorFold.collapsed = False
    part.editor.resetButton.click()
    part.lookButton.click()
    assert user.message == ""
    assert part.plot.names() == ["arterial plasma", "samples"]


def test_a_curve_of_a_saved_fit_is_seen_but_not_edited_before_it_is_measured_again(
    a_user_at_a_found_artery: AifUser,
) -> None:
    part, arterial = a_user_at_a_found_artery.part, a_user_at_a_found_artery.host.measured()
    outcome = replace(arterial.origin, time_s=arterial.time_s, aif_mM=arterial.aif_mM, arrival_s=24.0, artery=None)
    part.showCurve(replace(arterial, origin=outcome))
    assert part.wordsLabel.isVisible()
    assert not part.editor.controls.isVisible()
    assert a_user_at_a_found_artery.note.startswith("Press Show")


def test_to_unfold_the_editor_brings_the_curve_that_is_edited(an_aif_user: AifUser) -> None:
    user, part = an_aif_user, an_aif_user.part
    part.showSettings(replace(part.settings, choice="found", edits=AifEdits(moved_s=2.0)))  # as a loaded scene does
    assert not part.wordsLabel.isVisible()
    part.editorFold.click()
    assert (part.editor.controls.isVisible(), user.note, user.message) == (True, "", "")
    assert "onset moved by +2.0 s" in part.wordsLabel.text
    shown = part.wordsLabel.text
    part.editorFold.click()
    part.editorFold.click()
    assert part.wordsLabel.text == shown


def test_other_numbers_ask_for_the_curve_anew_and_keep_the_edits(a_user_at_a_found_artery: AifUser) -> None:
    user, part = a_user_at_a_found_artery, a_user_at_a_found_artery.part
    user.type_value(9, "8")
    user.type_into(part.hematocritField.box, "0.35")
    assert user.note.startswith("Press Show")
    part.lookButton.click()
    assert user.samples[9] == ("36.0", "8.000", "edited (measured 8.388)")


def test_every_change_is_told_and_what_was_chosen_can_be_shown_again(a_user_at_a_found_artery: AifUser) -> None:
    user, part = a_user_at_a_found_artery, a_user_at_a_found_artery.part
    before = user.host.changes
    user.type_into(part.editor.movedBox, "2")
    part.editor.undoButton.click()
    part.editor.redoButton.click()
    user.type_value(9, "-5")
    assert user.host.changes == before + 3
    settings, drawn = part.settings, user.drawn
    user.choose(part.choiceBox, user.PARKER)
    told = user.host.changes
    part.showSettings(settings)
    assert part.settings == settings
    assert user.host.changes == told
    part.lookButton.click()
    np.testing.assert_array_equal(user.drawn, drawn)


def test_the_curve_goes_to_a_file_and_comes_back(a_user_at_a_found_artery: AifUser, tmp_path: Path) -> None:
    user, path = a_user_at_a_found_artery, tmp_path / "curve.csv"
    user.type_value(9, "8")
    drawn = user.drawn
    user.application.answerNext(str(path))
    user.part.saving.fileButton.click()
    assert user.note == "Saved curve.csv"
    user.choose(user.part.choiceBox, "CSV file")
    user.application.answerNext(str(path))
    user.part.pathRow.browseButton.click()
    user.part.lookButton.click()
    times, values = user.drawn
    np.testing.assert_allclose(np.interp(drawn[0], times, values), drawn[1], atol=1e-9)


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("0,0\n4,0\n8,0\n6,5\n12,2\n16,1\n40,1\n", "time 6 s follows 8 s; times must rise"),
        ("0,0\n4,0\n8,0\n12,0\n16,0\n20,0\n40,0\n", "never rises above zero"),
    ],
)
def test_a_file_that_holds_no_curve_is_refused_and_the_former_curve_stays(
    a_user_at_a_found_artery: AifUser, tmp_path: Path, rows: str, why: str
) -> None:
    user, drawn = a_user_at_a_found_artery, a_user_at_a_found_artery.drawn
    (tmp_path / "bad.csv").write_text(f"time (s),plasma concentration (mM)\n{rows}")
    user.choose(user.part.choiceBox, "CSV file")
    user.application.answerNext(str(tmp_path / "bad.csv"))
    user.part.pathRow.browseButton.click()
    user.part.lookButton.click()
    assert why in user.message
    assert "\n" not in user.message
    np.testing.assert_array_equal(user.drawn, drawn)


def test_a_segment_of_the_user_is_measured_and_said_in_words(
    an_aif_user: AifUser, the_reference: ReferenceObject, a_segment: Callable[..., Any]
) -> None:
    a_segment("carotid", the_reference.artery)
    an_aif_user.choose(an_aif_user.part.choiceBox, "segment of an artery")
    an_aif_user.choose(an_aif_user.part.segmentBox, "carotid")
    an_aif_user.part.lookButton.click()
    an_aif_user.part.editorFold.collapsed = False
    an_aif_user.type_value(9, "9")
    an_aif_user.type_into(an_aif_user.part.editor.movedBox, "2")
    text = an_aif_user.part.wordsLabel.text
    assert "Measured in segment carotid, 24 voxels" in text
    assert "1 sample corrected by reader (36 s); onset moved by +2.0 s." in text


def test_a_voxel_without_a_concentration_has_no_peak(an_empty_scene: Any) -> None:
    from PWIProtocolLib.panel.maps.aif_voxels_table import peak_words, place_words

    times, curve = np.array([0.0, 4.0, 8.0]), np.array([0.0, 7.126, 1.0])
    assert peak_words(times, curve) == ("7.13", "4.0")
    assert peak_words(times, np.array([0.0, np.nan, 1.0])) == ("–", "–")
    assert place_words(np.array([-17.2, 29.0, -4.0])) == "L 17 A 29 I 4"
