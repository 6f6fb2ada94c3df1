"""Edits of an arterial curve: what each of them does, that none destroys what was measured, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from hypothesis import given, settings
from hypothesis import strategies as st
from PWIProtocolLib.kinetics import population_aif
from PWIProtocolLib.mapping import (
    ConcentrationInputs,
    MappingSettings,
    SignalInputs,
    arterial_of_population,
    arterial_of_voxels,
    t1_of_number,
)
from PWIProtocolLib.mapping.aif_editing import edited
from PWIProtocolLib.mapping.aif_edits import NO_EDITS, AifEdits, Between, Correction, ScaleTo, Scaling
from PWIProtocolLib.mapping.aif_edits_text import edits_of_text, text_of_edits
from PWIProtocolLib.mapping.aif_history import AifHistory
from PWIProtocolLib.mapping.arterial import arterial_of_samples
from PWIProtocolLib.sample.reference_object import BLOOD_T1_S, ReferenceObject, reference_object

if TYPE_CHECKING:
    from PWIProtocolLib.mapping.arterial_curve import Arterial

SETTINGS = MappingSettings(blood_t1_s=BLOOD_T1_S)
TIMES = np.arange(0.0, 200.0, 4.0)
PARKER = population_aif("parker", TIMES, 0.42, 24.3)

some_scalings = st.one_of(
    st.builds(Scaling, number=st.sampled_from([0.5, 1.0, 2.0])),
    st.builds(Scaling, st.sampled_from([ScaleTo.PEAK, ScaleTo.AREA]), population=st.sampled_from(["parker", "wong"])),
    st.builds(Scaling, st.just(ScaleTo.TAIL), st.sampled_from([0.5, 1.5])),
)
some_edits = st.builds(
    AifEdits,
    moved_s=st.sampled_from([-3.5, 0.0, 2.0]),
    scaling=some_scalings,
    subtracts_baseline=st.booleans(),
    between=st.just(Between.STRAIGHT),
    corrected=st.sets(st.sampled_from([Correction(32.0, 4.0), Correction(100.0, 0.0)])).map(tuple),
    removed_s=st.sets(st.sampled_from([28.0, 60.0, 196.0])).map(tuple),
)


@pytest.fixture(scope="module")
def the_reference() -> ReferenceObject:
    return reference_object()


@pytest.fixture(scope="module")
def the_inputs(the_reference: ReferenceObject) -> SignalInputs:
    """The object, with one voxel of its artery disturbed: half of the signal of the others."""
    frames = the_reference.dynamic.frames.copy()
    frames[8:, 0, 1, 6] = frames[0, 0, 1, 6]
    return SignalInputs(replace(the_reference.dynamic, frames=frames), 0.005, 15.0, t1_of_number(1.2))


@pytest.fixture(scope="module")
def the_artery(the_inputs: SignalInputs, the_reference: ReferenceObject) -> Arterial:
    """Measured in all voxels, the disturbed one among them."""
    return arterial_of_voxels(the_reference.artery, "segment carotid", SETTINGS, the_inputs, 6)


@pytest.fixture(scope="module")
def the_samples() -> Arterial:
    """A curve of a file."""
    return arterial_of_samples(TIMES, PARKER, SETTINGS, "file aif.csv")


@pytest.fixture(scope="module")
def the_average(the_inputs: SignalInputs) -> Arterial:
    return arterial_of_population("parker", SETTINGS, the_inputs, 6, 24.0)


def same(one: Arterial, other: Arterial) -> bool:
    return (
        np.array_equal(one.time_s, other.time_s)
        and np.array_equal(one.aif_mM, other.aif_mM)
        and (one.words, one.cautions, one.quality, one.edits)
        == (other.words, other.cautions, other.quality, other.edits)
    )


@settings(max_examples=15, deadline=None)
@given(some_edits, some_edits)
def test_edits_replace_earlier_ones_and_no_edits_give_back_what_was_measured(
    the_samples: Arterial, first: AifEdits, second: AifEdits
) -> None:
    once = edited(the_samples, first)
    assert same(edited(once, second), edited(the_samples, second))
    assert same(edited(once, NO_EDITS), the_samples)
    np.testing.assert_array_equal(once.sampled_mM, PARKER)
    np.testing.assert_array_equal(the_samples.origin.aif_mM, PARKER)


@settings(max_examples=30, deadline=None)
@given(some_edits)
def test_a_text_gives_back_the_same_edits(edits: AifEdits) -> None:
    text = text_of_edits(edits)
    assert edits_of_text(text) == edits
    assert "\n" not in text
    assert (text == "") == (edits == NO_EDITS)


def test_the_order_in_which_things_are_changed_makes_no_difference() -> None:
    steps = (
        lambda edits: edits.corrected_at(32.0, 4.0),
        lambda edits: edits.corrected_at(8.0, 0.1),
        lambda edits: edits.removed_at(60.0, removed=True),
        lambda edits: edits.with_voxel((0, 1, 6), used=False),
        lambda edits: replace(edits, moved_s=2.0),
    )
    found = set()
    for order in permutations(steps):
        edits = NO_EDITS
        for step in order:
            edits = step(edits)
        found.add(edits)
    assert len(found) == 1
    (edits,) = found
    assert [each.time_s for each in edits.corrected] == [8.0, 32.0]


def test_what_was_changed_can_be_taken_back_piece_by_piece() -> None:
    edits = NO_EDITS.corrected_at(32.0, 4.0).removed_at(60.0, removed=True).with_voxel((0, 1, 6), used=False)
    edits = edits.corrected_at(32.0, None).removed_at(60.0, removed=False).with_voxel((0, 1, 6), used=True)
    assert edits == NO_EDITS


def test_the_history_goes_back_and_forth_and_forgets_what_was_taken_back_after_a_change() -> None:
    one, two, three = (replace(NO_EDITS, moved_s=float(by)) for by in (1, 2, 3))
    history = AifHistory().changed(one).changed(one).changed(two)
    assert history.undone().now == one
    assert history.undone().redone() == history
    assert history.undone().undone() == AifHistory(NO_EDITS, (), (two, one))
    assert history.undone().undone().undone().now == NO_EDITS
    assert history.undone().changed(three).redone().now == three
    assert history.undone().changed(three).undone().now == one


@pytest.mark.parametrize("moved_s", [-3.0, 2.0])
def test_a_moved_curve_is_the_same_curve_earlier_or_later(the_samples: Arterial, moved_s: float) -> None:
    moved = edited(the_samples, replace(NO_EDITS, moved_s=moved_s))
    assert moved.arrival_s == pytest.approx(the_samples.arrival_s + moved_s)
    inside = moved.time_s[(moved.time_s > 3) & (moved.time_s < 193)]
    expected = np.interp(inside - moved_s, the_samples.time_s, the_samples.aif_mM)
    np.testing.assert_allclose(np.interp(inside, moved.time_s, moved.aif_mM), expected, atol=1e-12)
    assert f"onset moved by {moved_s:+.1f} s" in moved.words
    assert (moved.time_s[0], moved.time_s[-1]) == (min(0.0, moved_s), max(196.0, 196.0 + moved_s))
    assert any("taken to be level" in each for each in moved.cautions) == (moved_s < 0)


def test_a_population_average_can_be_moved_and_scaled(the_average: Arterial) -> None:
    found = edited(the_average, AifEdits(moved_s=-2.0, scaling=Scaling(number=2.0)))
    times = np.arange(0.0, 230.0, 1.0)
    expected = 2 * population_aif("parker", times, 0.42, 22.0)
    np.testing.assert_allclose(np.interp(times, found.time_s, found.aif_mM), expected, atol=0.02)
    assert found.words.endswith("arrival at 24.0 s as given; multiplied by 2; onset moved by -2.0 s")
    assert found.quality.peak_mM == pytest.approx(2 * the_average.quality.peak_mM)


def test_a_curve_is_scaled_to_peak_or_end(the_samples: Arterial) -> None:
    wong = population_aif("wong", np.arange(0.0, 60.0, 0.05), 0.42)
    peak = edited(the_samples, AifEdits(scaling=Scaling(ScaleTo.PEAK, population="wong")))
    assert peak.aif_mM.max() == pytest.approx(wong.max(), rel=2e-3)
    end = edited(the_samples, AifEdits(scaling=Scaling(ScaleTo.TAIL, 0.8)))
    assert end.used_mM is not None
    assert np.mean(end.used_mM[TIMES > 196 - 49]) == pytest.approx(0.8)
    assert "so that its last minute is 0.8 mM" in end.words


def test_only_the_area_after_arrival_counts() -> None:
    raised = arterial_of_samples(TIMES, PARKER + 0.2, SETTINGS, "file")
    area = edited(raised, AifEdits(scaling=Scaling(ScaleTo.AREA, population="wong")))
    after = area.time_s >= area.arrival_s
    own = np.sum(np.diff(area.time_s[after]) * (area.aif_mM[after][1:] + area.aif_mM[after][:-1]) / 2)
    seconds = np.arange(0.0, 196.0 - area.arrival_s, 0.05)
    expected = np.sum(population_aif("wong", seconds, 0.42)) * 0.05
    assert own == pytest.approx(expected, rel=2e-3)
    assert any("that of other people" in each for each in area.cautions)


def test_samples_that_are_corrected_or_left_out_are_told_and_the_curve_follows(the_samples: Arterial) -> None:
    found = edited(the_samples, AifEdits(corrected=(Correction(36.0, 5.0),), removed_s=(60.0, 64.0)))
    assert np.interp(36.0, found.time_s, found.aif_mM) == pytest.approx(5.0, abs=1e-9)
    assert "1 sample corrected by reader (36 s); 2 samples left out by reader (60, 64 s)" in found.words
    assert found.used_s is not None
    assert set(TIMES) - set(found.used_s) == {60.0, 64.0}


def test_a_baseline_that_is_not_zero_can_be_subtracted() -> None:
    found = edited(
        arterial_of_samples(TIMES, PARKER + 0.3, SETTINGS, "file"), AifEdits(subtracts_baseline=True)
    )  # fmt: skip
    np.testing.assert_allclose(found.used_mM, PARKER, atol=1e-12)
    assert "baseline of 0.300 mM subtracted (6 samples)" in found.words


def test_a_voxel_that_is_left_out_no_longer_counts(
    the_artery: Arterial, the_inputs: SignalInputs, the_reference: ReferenceObject
) -> None:
    found = edited(the_artery, AifEdits(left_out=((0, 1, 6),)))
    mask = the_reference.artery.copy()
    mask[0, 1, 6] = False
    alone = arterial_of_voxels(mask, "segment carotid", SETTINGS, the_inputs, 6)
    np.testing.assert_array_equal(found.aif_mM, alone.aif_mM)
    assert found.quality == alone.quality
    assert found.voxels is not None
    np.testing.assert_array_equal(found.voxels, mask)
    assert the_artery.quality.peak_mM < 0.99 * found.quality.peak_mM
    assert found.words.startswith("measured in segment carotid, 24 voxels; ")
    assert "1 of 24 voxels left out by reader" in found.words


def test_voxels_of_a_study_of_concentrations_can_be_left_out_too(the_reference: ReferenceObject) -> None:
    blood = 0.58 * np.interp(the_reference.dynamic.time_s, the_reference.time_s, the_reference.aif_mM)
    frames = np.zeros(the_reference.dynamic.frames.shape)
    frames[:, the_reference.artery] = blood[:, None]
    frames[:, 0, 1, 6] *= 0.5
    inputs = ConcentrationInputs(replace(the_reference.dynamic, frames=frames))
    curve = arterial_of_voxels(the_reference.artery, "segment carotid", MappingSettings(), inputs, 6)
    found = edited(curve, AifEdits(left_out=((0, 1, 6),)))
    np.testing.assert_allclose(found.used_mM, blood / 0.58, atol=1e-9)
    np.testing.assert_allclose(curve.used_mM, blood / 0.58 * 23.5 / 24, atol=1e-9)


def test_a_curve_as_sampled_loses_the_top_of_its_bolus_and_says_so(the_artery: Arterial) -> None:
    sampled = edited(the_artery, AifEdits(between=Between.STRAIGHT))
    assert sampled.aif_mM.max() < the_artery.aif_mM.max()
    assert any("cut the top of the bolus off" in each for each in sampled.cautions)


@pytest.mark.parametrize(
    ("edits", "why"),
    [
        (AifEdits(moved_s=-30.0), "moved by -30 s to -5.7 s, outside the curve"),
        (AifEdits(moved_s=190.0), "outside the curve"),
        (AifEdits(removed_s=(33.0,)), "has no sample at 33 s"),
        (AifEdits(corrected=(Correction(33.0, 1.0),)), "has no sample at 33 s"),
        (AifEdits(corrected=tuple(Correction(float(t), 0.0) for t in TIMES)), "never rises above zero"),
        (AifEdits(removed_s=tuple(TIMES[4:])), "4 samples; at least 6"),
        (AifEdits(subtracts_baseline=True, removed_s=tuple(TIMES[:7])), "no samples before the bolus"),
        (AifEdits(left_out=((0, 1, 6),)), "was not measured in voxels"),
    ],
)
def test_edits_that_leave_no_curve_are_refused(the_samples: Arterial, edits: AifEdits, why: str) -> None:
    with pytest.raises(InputError, match=why):
        edited(the_samples, edits)
    np.testing.assert_array_equal(the_samples.sampled_mM, PARKER)


def test_an_artery_without_voxels_and_an_average_with_samples_are_refused(
    the_artery: Arterial, the_average: Arterial
) -> None:
    assert the_artery.origin.artery is not None
    with pytest.raises(InputError, match="all 24 voxels were left out"):
        edited(the_artery, AifEdits(left_out=the_artery.origin.artery.voxels))
    with pytest.raises(InputError, match="population average has no samples"):
        edited(the_average, AifEdits(subtracts_baseline=True))


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: Correction(32.0, -1.0), "found -1 mM, expected a concentration from 0"),
        (lambda: Correction(32.0, float("nan")), "found nan mM"),
        (lambda: Scaling(number=0.0), "expected a positive factor"),
        (lambda: Scaling(ScaleTo.TAIL, -1.0), "expected a positive concentration"),
        (lambda: Scaling(ScaleTo.PEAK), "there is no population AIF ''"),
        (lambda: AifEdits(moved_s=float("nan")), "moved by nan s"),
        (lambda: AifEdits(corrected=(Correction(1.0, 1.0), Correction(1.0, 2.0))), "two corrected values"),
        (lambda: edits_of_text("{"), "cannot be read"),
        (lambda: edits_of_text("[1]"), "unknown form"),
        (lambda: edits_of_text('{"version": 2}'), "unknown form or version"),
        (lambda: edits_of_text('{"version": 1, "moved_s": "far"}'), "cannot be read"),
    ],
)
def test_what_no_edit_can_be_is_refused(make: object, why: str) -> None:
    assert callable(make)
    with pytest.raises(InputError, match=why):
        make()
