from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from PWIProtocolLib.kinetics.semiquantitative import (
    CurveStatus,
    CurveType,
    SemiquantitativeMaps,
    semiquantitative_maps,
)
from scipy import integrate

if TYPE_CHECKING:
    from numpy.typing import NDArray

TIME_S = np.arange(0.0, 300.0, 5.0)
BASELINE = 7
ARRIVAL_S = 30.0


def a_curve(peak_s: float, end: float, rise_from_s: float = 30.0) -> NDArray[np.float64]:
    """Signal 100 that rises to 300 at `peak_s`, then goes straight to 100 + 200 `end` at 300 s."""
    knots = [0.0, rise_from_s, peak_s, 300.0]
    return np.interp(TIME_S, knots, [100.0, 100.0, 300.0, 100.0 + 200.0 * end])


def described(*curves: NDArray[np.float64], concentration: NDArray[np.float64] | None = None) -> SemiquantitativeMaps:
    return semiquantitative_maps(np.stack(curves), TIME_S, BASELINE, concentration)


def test_a_curve_of_straight_lines_has_the_slopes_and_times_of_its_lines() -> None:
    maps = described(a_curve(60.0, 0.4))
    assert maps.peak_enhancement[0] == pytest.approx(200.0)
    assert maps.relative_enhancement[0] == pytest.approx(2.0)
    assert maps.time_to_peak_s[0] == pytest.approx(30.0)
    # A tenth of the enhancement is passed a tenth of the way up.
    assert maps.arrival_s[0] == pytest.approx(3.0, abs=1e-4)
    assert maps.wash_in_per_min[0] == pytest.approx(2.0 / 30.0 * 60.0, rel=1e-5)
    assert maps.wash_out_per_min[0] == pytest.approx(-(2.0 * 0.6 / 240.0) * 60.0, rel=1e-4)
    assert maps.status[0] == CurveStatus.MEASURED


def test_the_arrival_lies_on_the_first_part_of_a_rise_that_slows_down() -> None:
    curve = np.interp(TIME_S, [0.0, 30.0, 40.0, 60.0, 300.0], [100.0, 100.0, 250.0, 300.0, 200.0])
    assert described(curve).arrival_s[0] == pytest.approx(10.0 * 20.0 / 150.0, abs=1e-4)


def test_the_areas_are_those_under_the_concentration_from_the_arrival_on() -> None:
    concentration = np.random.default_rng(0).uniform(0.0, 3.0, (1, 60))
    maps = semiquantitative_maps(a_curve(60.0, 0.4)[None], TIME_S, BASELINE, concentration, arrival_s=31.7)
    for area, length in ((maps.iauc60, 60.0), (maps.iauc90, 90.0)):
        fine = np.linspace(31.7, 31.7 + length, 200_001)
        expected = integrate.trapezoid(np.interp(fine, TIME_S, concentration[0]), fine)
        assert area[0] == pytest.approx(expected, rel=1e-5)


def test_without_a_concentration_the_areas_are_those_of_relative_enhancement() -> None:
    maps = described(a_curve(60.0, 1.0))
    # Up to 2 in 30 s, and level for the rest.
    assert maps.iauc60[0] == pytest.approx(30.0 + 60.0, rel=1e-4)
    assert maps.iauc90[0] == pytest.approx(30.0 + 120.0, rel=1e-4)


def test_an_area_beyond_the_end_of_the_study_has_no_value() -> None:
    short = slice(0, 23)
    maps = semiquantitative_maps(a_curve(60.0, 0.4)[None, short], TIME_S[short], BASELINE)
    assert np.isfinite(maps.iauc60[0])
    assert np.isnan(maps.iauc90[0])


@pytest.mark.parametrize(
    ("peak_s", "end", "kind"),
    [
        (290.0, 1.0, CurveType.PERSISTENT),
        (60.0, 1.0, CurveType.PLATEAU),
        (60.0, 0.93, CurveType.PLATEAU),
        (60.0, 0.5, CurveType.WASHOUT),
    ],
)
def test_the_course_after_the_initial_peak_gives_the_type(peak_s: float, end: float, kind: CurveType) -> None:
    assert described(a_curve(peak_s, end)).curve_type[0] == kind


def test_a_short_study_has_no_types() -> None:
    short = slice(0, 36)
    maps = semiquantitative_maps(a_curve(60.0, 0.1)[None, short], TIME_S[short], BASELINE)
    assert maps.curve_type[0] == CurveType.UNKNOWN
    assert maps.status[0] == CurveStatus.MEASURED


def test_a_peak_at_the_very_end_has_no_washout() -> None:
    assert np.isnan(described(a_curve(295.0, 1.0)).wash_out_per_min[0])


def test_a_noisy_spike_before_contrast_is_not_taken_for_the_rise() -> None:
    curve = a_curve(60.0, 0.4)
    curve[3] = 180.0
    assert described(curve).arrival_s[0] > 0.0


@pytest.mark.parametrize(
    ("curve", "status"),
    [
        (np.full(60, 100.0), CurveStatus.CONSTANT),
        (np.where(np.arange(60) == 20, np.nan, 100.0), CurveStatus.NOT_FINITE),
        (np.where(np.arange(60) < 10, 0.0, 50.0), CurveStatus.ZERO_BASELINE),
        (100.0 + np.random.default_rng(0).normal(0.0, 5.0, 60), CurveStatus.NOT_ENHANCING),
        (a_curve(60.0, 0.4) - 200.0, CurveStatus.ZERO_BASELINE),
    ],
)
def test_a_curve_without_values_says_why(curve: NDArray[np.float64], status: CurveStatus) -> None:
    maps = described(curve, a_curve(60.0, 0.4))
    assert maps.status[0] == status
    assert maps.status[1] == CurveStatus.MEASURED
    assert np.isnan(maps.time_to_peak_s[0])
    assert np.isnan(maps.wash_in_per_min[0])
    assert maps.curve_type[0] == CurveType.UNKNOWN
    assert CurveStatus(maps.status[0]).meaning


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf, 1e300])
@pytest.mark.parametrize("at", [slice(2, 3), slice(20, 22), slice(None)])
def test_numbers_that_are_none_get_a_status_and_print_nothing(wrong: float, at: slice) -> None:
    curve = a_curve(60.0, 0.4)
    curve[at] = wrong
    rows = np.stack([curve, np.zeros(60), a_curve(60.0, 0.4)])
    concentration = np.stack([np.full(60, np.nan), np.full(60, np.inf), np.linspace(0.0, 1.0, 60)])
    for given_mM in (None, concentration):
        maps = semiquantitative_maps(rows, TIME_S, BASELINE, given_mM)
        assert list(maps.status) == [CurveStatus.NOT_FINITE, CurveStatus.ZERO_BASELINE, CurveStatus.MEASURED]
        assert np.isnan(maps.iauc60[:2]).all()
        assert np.isfinite(maps.iauc60[2])


def test_a_voxel_that_does_not_enhance_keeps_its_enhancement() -> None:
    maps = described(100.0 + np.random.default_rng(0).normal(0.0, 2.0, 60))
    assert maps.status[0] == CurveStatus.NOT_ENHANCING
    assert 0.0 < maps.relative_enhancement[0] < 0.1


@examples(max_examples=25)
@given(st.floats(0.01, 1e4), st.floats(45.0, 250.0), st.floats(0.0, 1.0))
def test_a_scaled_signal_has_the_same_relative_measures(scale: float, peak_s: float, end: float) -> None:
    maps = described(a_curve(peak_s, end), scale * a_curve(peak_s, end))
    for name in ("iauc60", "arrival_s", "time_to_peak_s", "relative_enhancement", "wash_in_per_min"):
        one, other = getattr(maps, name)
        assert other == pytest.approx(one, rel=1e-3, abs=1e-3), name
    assert maps.curve_type[0] == maps.curve_type[1]


def test_voxels_do_not_depend_on_those_beside_them() -> None:
    rng = np.random.default_rng(2)
    curves = np.stack([a_curve(*rng.uniform((45.0, 0.0), (250.0, 1.0))) for _ in range(40)])
    many = semiquantitative_maps(np.tile(curves, (300, 1)), TIME_S, BASELINE)
    alone = semiquantitative_maps(curves[7:8], TIME_S, BASELINE)
    for name, values in vars(many).items():
        np.testing.assert_allclose(values[7::40], getattr(alone, name)[0], rtol=1e-4, equal_nan=True)


@pytest.mark.parametrize(
    ("signal", "time_s", "baseline", "complaint"),
    [
        (np.ones(60), TIME_S, 5, "expected .voxels, times."),
        (np.ones((2, 60)), TIME_S[:9], 5, "60 frames, 9 times"),
        (np.ones((2, 60)), TIME_S[::-1], 5, "one rising time"),
        (np.ones((2, 60)), TIME_S, 0, "0 of 60 frames before contrast; expected 1 to 58"),
    ],
)
def test_shapes_times_and_baseline_must_agree(
    signal: NDArray[np.float64], time_s: NDArray[np.float64], baseline: int, complaint: str
) -> None:
    with pytest.raises(InputError, match=complaint):
        semiquantitative_maps(signal, time_s, baseline)


def test_an_arrival_outside_the_study_is_refused() -> None:
    with pytest.raises(InputError, match=r"arrives at 700 s; frames last from 0 to 295 s"):
        semiquantitative_maps(np.ones((2, 60)), TIME_S, 5, arrival_s=700.0)
