from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from PWIProtocolLib.roi.map_kinds import TABLE, map_kind, map_kinds, read_map_kinds
from PWIProtocolLib.roi.mean_curve import mean_curve_fit
from PWIProtocolLib.roi.statistics import NamedMap, map_statistics, segment_statistics
from scipy import stats

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def test_the_moments_of_a_uniform_distribution_are_those_of_the_textbook() -> None:
    summary = map_statistics((np.arange(10_000) + 0.5) / 10_000, "ve")
    assert summary.mean == pytest.approx(0.5)
    assert summary.sd == pytest.approx(1.0 / np.sqrt(12.0), rel=1e-3)
    assert summary.skewness == pytest.approx(0.0, abs=1e-9)
    assert summary.kurtosis == pytest.approx(-1.2, rel=1e-3)
    assert summary.entropy_bits == pytest.approx(np.log2(100.0))
    assert summary.histogram == (100,) * 100


def test_the_moments_of_an_exponential_distribution_are_those_of_the_textbook() -> None:
    values = stats.expon.ppf((np.arange(400_000) + 0.5) / 400_000, scale=0.2)
    summary = map_statistics(values, "ktrans_per_min")
    assert summary.mean == pytest.approx(0.2, rel=1e-3)
    assert summary.median == pytest.approx(0.2 * np.log(2.0), rel=1e-3)
    assert summary.skewness == pytest.approx(2.0, rel=5e-3)
    assert summary.kurtosis == pytest.approx(6.0, rel=3e-2)


def test_the_entropy_of_equal_values_is_zero_and_they_have_no_shape() -> None:
    summary = map_statistics(np.full(50, 0.3), "ktrans_per_min")
    assert summary.entropy_bits == 0.0
    assert summary.sd == pytest.approx(0.0, abs=1e-12)
    assert summary.skewness is None
    assert summary.kurtosis is None


def test_two_equal_peaks_hold_one_bit() -> None:
    assert map_statistics([0.105, 0.905] * 8, "ve").entropy_bits == pytest.approx(1.0)


@examples(max_examples=40)
@given(st.lists(st.floats(0.0, 1.0), min_size=4, max_size=200))
def test_every_measure_agrees_with_scipy(numbers: list[float]) -> None:
    values = np.array(numbers)
    summary = map_statistics(values, "ve")
    assert summary.mean == pytest.approx(values.mean())
    assert summary.sd == pytest.approx(np.std(values, ddof=1), abs=1e-12)
    assert summary.median == pytest.approx(np.median(values))
    for point in summary.percentiles:
        assert point.value == pytest.approx(stats.mstats.mquantiles(values, point.percent / 100, 1.0, 1.0)[0])
    counts = np.array(summary.histogram)
    assert summary.entropy_bits == pytest.approx(stats.entropy(counts, base=2), abs=1e-12)
    assert counts.sum() == values.size
    if summary.skewness is not None and np.ptp(values) > 1e-6:
        assert summary.skewness == pytest.approx(stats.skew(values), abs=1e-8)
        assert summary.kurtosis == pytest.approx(stats.kurtosis(values), abs=1e-8)


def test_voxels_without_a_value_are_counted_and_left_out() -> None:
    summary = map_statistics([0.1, np.nan, 0.3, np.inf], "vp")
    assert (summary.voxels, summary.valued) == (4, 2)
    assert summary.mean == pytest.approx(0.2)


def test_a_region_without_any_value_has_no_numbers() -> None:
    summary = map_statistics([np.nan, np.nan], "vp")
    assert (summary.voxels, summary.valued, summary.mean, summary.entropy_bits) == (2, 0, None, None)
    assert sum(summary.histogram) == 0


def test_one_voxel_has_no_spread() -> None:
    summary = map_statistics([0.4], "ve")
    assert (summary.mean, summary.sd, summary.skewness) == (0.4, None, None)


def test_values_beyond_the_bins_count_into_the_outermost_and_are_told() -> None:
    summary = map_statistics([-1.0, 0.5, 7.0, 8.0], "ve")
    assert (summary.histogram[0], summary.histogram[-1], summary.beyond_bins) == (1, 2, 3)


def test_every_map_of_a_segment_is_summed_up_over_its_voxels_alone() -> None:
    region = np.zeros((2, 3, 4), dtype=bool)
    region[1, 1:, 2:] = True
    ktrans = np.where(region, 0.25, 9.0)
    ve = np.where(region, 0.4, np.nan)
    first, second = segment_statistics([NamedMap("ktrans_per_min", ktrans), NamedMap("ve", ve)], region)
    assert (first.kind.name, first.kind.unit, first.voxels, first.mean) == ("ktrans_per_min", "/min", 4, 0.25)
    assert (second.kind.name, second.kind.unit, second.valued, second.median) == ("ve", "1", 4, 0.4)


def test_an_empty_region_is_refused() -> None:
    with pytest.raises(InputError, match="the region is empty"):
        segment_statistics([], np.zeros((1, 2, 2), dtype=bool))


def test_a_map_of_another_shape_is_refused_with_both() -> None:
    with pytest.raises(InputError, match=r"map ve has the shape \(1, 2, 3\), the region \(1, 2, 2\)"):
        segment_statistics([NamedMap("ve", np.zeros((1, 2, 3)))], np.ones((1, 2, 2), dtype=bool))


def test_an_unknown_map_is_answered_with_those_on_offer() -> None:
    with pytest.raises(InputError, match="no map 'ktrans'; there are ktrans_per_min, kep_per_min"):
        map_statistics([1.0], "ktrans")


def test_every_kind_of_map_has_a_unit_and_rising_bins() -> None:
    assert all(kind.unit and np.all(np.diff(kind.edges) > 0.0) for kind in map_kinds())
    assert map_kind("fp_ml_100ml_min").unit == "mL/min/dL"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("bins = 100", "bins = 1", "ktrans_per_min has 1 bins"),
        ("bins_to = 2.0", "bins_to = -2.0", "expected 2 or more, rising"),
        ('unit = "/min"', 'unit = ""', "needs a title and a unit"),
        ("bins = 100\n", "", "it needs bins, bins_from"),
    ],
)
def test_a_wrong_row_of_the_table_of_maps_is_named(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    table = tmp_path / "maps.toml"
    table.write_text(TABLE.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=complaint):
        read_map_kinds(table)


def slope(curves: NDArray[np.float64]) -> float:
    return float(np.polyfit(np.arange(curves.shape[1]), curves[0], 1)[0])


def test_the_mean_curve_is_fitted_once_with_the_function_that_is_given() -> None:
    curves = np.outer([1.0, 2.0, 6.0], np.arange(10.0))
    result = mean_curve_fit(curves, slope)
    np.testing.assert_allclose(result.mean_mM, 3.0 * np.arange(10.0))
    np.testing.assert_allclose(result.sd_mM, np.std([1.0, 2.0, 6.0], ddof=1) * np.arange(10.0))
    assert result.fit == pytest.approx(3.0)
    assert (result.voxels, result.left_out) == (3, 0)


def test_incomplete_curves_are_left_out_of_the_mean() -> None:
    curves = np.outer([1.0, 2.0, 6.0], np.arange(10.0))
    curves[2, 4] = np.nan
    result = mean_curve_fit(curves, slope)
    assert (result.voxels, result.left_out) == (2, 1)
    assert result.fit == pytest.approx(1.5)


def test_a_region_without_a_complete_curve_is_refused() -> None:
    with pytest.raises(InputError, match="none of the region's 2 voxels has a complete"):
        mean_curve_fit(np.full((2, 5), np.nan), slope)
