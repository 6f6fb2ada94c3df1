"""The editor of the arterial curve, as a radiologist uses it: changes show, can be taken back, destroy nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PWIProtocolLib.mapping.aif_edits import NO_EDITS

if TYPE_CHECKING:
    from aif_desk import AifUser

pytest_plugins = ("maps_desk", "aif_desk")

WONG = "Wong 2017 (head and neck)"


def bold(item: Any) -> bool:
    return bool(item.font().bold())


def test_a_curve_shows_its_samples_and_how_good_it_is(a_user_at_a_found_artery: AifUser) -> None:
    part = a_user_at_a_found_artery.part
    assert part.plot.names() == ["arterial plasma", "samples"]
    text = part.wordsLabel.text
    assert "Peak 9.4 mM at 36.0 s, arrival 24.0 s, 9.5 s wide at half height, 2 samples above half" in text
    assert "12 connected voxels" in text
    assert len(a_user_at_a_found_artery.samples) == 60
    assert a_user_at_a_found_artery.samples[9] == ("36.0", "9.400", "measured")
    assert part.fold.text == "Arterial input"


def test_the_editor_waits_for_a_curve(an_aif_user: AifUser) -> None:
    an_aif_user.part.editorFold.collapsed = False
    assert an_aif_user.note == "Press Show: the curve is edited while it is seen."
    assert not an_aif_user.part.editor.controls.isVisible()
    an_aif_user.part.saving.fileButton.click()
    assert an_aif_user.message == "arterial curve: none is shown; press Show first"


@pytest.mark.parametrize("moved", ["-2", "3"])
def test_the_onset_moves_earlier_and_later_and_back(a_user_at_a_found_artery: AifUser, moved: str) -> None:
    user, editor = a_user_at_a_found_artery, a_user_at_a_found_artery.part.editor
    before = user.drawn
    user.type_into(editor.movedBox, moved)
    times, values = user.drawn
    assert times[values.argmax()] == pytest.approx(before[0][before[1].argmax()] + float(moved))
    assert user.part.plot.names() == ["arterial plasma", "samples", "as measured"]
    assert f"onset moved by {float(moved):+.1f} s" in user.part.wordsLabel.text
    assert user.part.fold.text == "Arterial input (edited)"
    assert user.part.onsetField.number == 24.0
    editor.undoButton.click()
    np.testing.assert_array_equal(user.drawn, before)
    assert editor.movedBox.value == 0.0
    editor.redoButton.click()
    np.testing.assert_array_equal(user.drawn, (times, values))


def test_a_sample_is_corrected_in_the_table(a_user_at_a_found_artery: AifUser) -> None:
    user = a_user_at_a_found_artery
    user.type_value(9, "8,5")
    assert user.samples[9] == ("36.0", "8.500", "edited (measured 9.400)")
    assert bold(user.part.editor.samples.table.item(9, 1))
    assert np.interp(36.0, *user.drawn) == pytest.approx(8.5)
    assert "Changed: 1 sample corrected by reader (36 s).<" in user.part.wordsLabel.text
    measured = user.part.plot.values("as measured")[1]
    assert measured[9] == pytest.approx(9.4, abs=1e-3)
    user.select(9)
    user.part.editor.samples.measuredButton.click()
    assert user.samples[9] == ("36.0", "9.400", "measured")
    assert user.part.settings.edits.corrected == ()


def test_outliers_are_left_out_and_taken_back(a_user_at_a_found_artery: AifUser) -> None:
    user, samples = a_user_at_a_found_artery, a_user_at_a_found_artery.part.editor.samples
    user.select(20, 21)
    samples.leaveOutButton.click()
    assert [user.samples[row][2] for row in (19, 20, 21, 22)] == ["measured", "left out", "left out", "measured"]
    assert samples.table.item(20, 1).font().strikeOut()
    assert set(user.part.plot.values("as measured")[0]) - set(user.part.plot.values("samples")[0]) == {80.0, 84.0}
    user.select(20, 21)
    samples.leaveOutButton.click()
    assert user.part.plot.names() == ["arterial plasma", "samples"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("-1", "sample at 36 s: found -1 mM, expected a concentration from 0 to 100 mM"),
        ("high", "high at 36.0 s is no number; type a concentration in mM"),
        ("1000", "sample at 36 s: found 1000 mM, expected a concentration from 0 to 100 mM"),
    ],
)
def test_a_value_that_cannot_be_is_refused_in_a_line_and_nothing_is_lost(
    a_user_at_a_found_artery: AifUser, text: str, why: str
) -> None:
    user, before = a_user_at_a_found_artery, a_user_at_a_found_artery.drawn
    user.type_value(9, text)
    assert user.note == why
    assert user.samples[9] == ("36.0", "9.400", "measured")
    np.testing.assert_array_equal(user.drawn, before)
    assert not user.part.editor.undoButton.enabled


def test_an_onset_outside_the_study_and_a_curve_of_zeros_are_refused_in_a_line(
    a_user_at_a_found_artery: AifUser,
) -> None:
    user, editor = a_user_at_a_found_artery, a_user_at_a_found_artery.part.editor
    user.type_into(editor.movedBox, "-30")
    assert user.note.startswith("onset of the arterial curve: moved by -30 s to -6.0 s, outside the curve")
    assert editor.movedBox.value == 0.0
    user.select(*range(60))
    editor.samples.leaveOutButton.click()
    assert user.note == "arterial curve: 0 samples; at least 6 are needed"
    user.type_into(editor.heightRow.numberBox, "0")
    assert user.note == "scale of the arterial curve: found 0, expected a positive factor"
    assert editor.heightRow.numberBox.value == 1.0
    assert user.part.settings.edits == NO_EDITS


def test_the_height_follows_a_population_average_or_the_end(a_user_at_a_found_artery: AifUser) -> None:
    from PWIProtocolLib.kinetics import population_aif

    user, row = a_user_at_a_found_artery, a_user_at_a_found_artery.part.editor.heightRow
    user.choose(row.toBox, "to the peak of")
    user.choose(row.populationBox, WONG)
    wong = population_aif("wong", np.arange(0.0, 60.0, 0.25), 0.42).max()
    assert user.drawn[1].max() == pytest.approx(wong, rel=1e-3)
    assert f"to the peak of {WONG}" in user.part.wordsLabel.text
    user.choose(row.toBox, "to end at")
    user.type_into(row.numberBox, "0.5")
    assert "0.50 mM at the end" in user.part.wordsLabel.text
    user.choose(row.toBox, "by a factor")
    assert user.part.plot.names() == ["arterial plasma", "samples"]


def test_straight_lines_and_baseline_can_be_chosen(a_user_at_a_found_artery: AifUser) -> None:
    user, editor = a_user_at_a_found_artery, a_user_at_a_found_artery.part.editor
    user.choose(editor.betweenBox, "straight lines")
    assert user.drawn[0].size == 60
    assert "cut the top of the bolus off" in user.part.wordsLabel.text
    editor.baselineBox.click()
    assert "baseline of 0.000 mM subtracted (6 samples)" in user.part.wordsLabel.text
    editor.resetButton.click()
    assert user.part.settings.edits == NO_EDITS
    assert not editor.baselineBox.checked
    editor.undoButton.click()
    assert editor.baselineBox.checked


def test_a_population_average_is_drawn_beside_the_curve_and_changes_nothing(
    a_user_at_a_found_artery: AifUser,
) -> None:
    from PWIProtocolLib.kinetics import population_aif

    user = a_user_at_a_found_artery
    user.choose(user.part.editor.compareBox, user.PARKER)
    times, values = user.part.plot.values(user.PARKER)
    np.testing.assert_allclose(values, population_aif("parker", times, 0.42, 24.0), atol=0.05)
    assert user.part.settings.edits == NO_EDITS
    user.choose(user.part.editor.compareBox, "nothing")
    assert user.part.plot.names() == ["arterial plasma", "samples"]


def test_of_a_population_average_only_onset_and_height_are_offered(an_aif_user: AifUser) -> None:
    an_aif_user.part.lookButton.click()
    an_aif_user.part.editorFold.collapsed = False
    editor = an_aif_user.part.editor
    hidden = (editor.baselineBox, editor.betweenBox, editor.samples, editor.voxels)
    assert not any(widget.isVisible() for widget in hidden)
    times, values = an_aif_user.drawn
    an_aif_user.type_into(editor.movedBox, "-2")
    assert "onset moved by -2.0 s" in an_aif_user.part.wordsLabel.text
    moved, same = an_aif_user.drawn
    assert times[values.argmax()] - moved[same.argmax()] == 2.0
