from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from PWIProtocolLib.kinetics.aif_csv import read_aif_csv, write_aif_csv
from PWIProtocolLib.kinetics.aif_measured import measured_aif
from PWIProtocolLib.kinetics.aif_population import population_aif
from PWIProtocolLib.kinetics.aif_quality import aif_quality
from PWIProtocolLib.kinetics.aif_resolve import resolve_finer

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

TIME_S = np.arange(0.0, 300.0, 5.0)


def a_triangle(width_s: float, height_mM: float = 8.0, start_s: float = 30.0) -> NDArray[np.float64]:
    """Bolus of straight lines, then a level of one eighth of its height."""
    return np.interp(
        TIME_S,
        [0.0, start_s, start_s + width_s, start_s + 1.875 * width_s, 300.0],
        [0.0, 0.0, height_mM, height_mM / 8, height_mM / 8],
    )


def test_the_measures_of_a_triangle_are_those_of_its_geometry() -> None:
    quality = aif_quality(TIME_S, a_triangle(20.0))
    assert quality.peak_mM == pytest.approx(8.0)
    assert quality.peak_time_s == pytest.approx(50.0)
    assert quality.arrival_s == pytest.approx(30.0, abs=1.0)
    # Half height is met 10 s before the peak and 10 s after it: both slopes are 0.4 mM/s.
    assert quality.fwhm_s == pytest.approx(20.0)
    assert quality.samples_above_half == 5
    assert quality.baseline_samples == 7
    assert quality.baseline_sd_share == pytest.approx(0.0)
    assert quality.tail_mM == pytest.approx(1.0)
    assert quality.warnings == ()


def test_a_peak_of_one_sample_is_warned_of() -> None:
    quality = aif_quality(TIME_S, a_triangle(5.0))
    assert quality.samples_above_half == 1
    assert any("one sample alone makes up the peak" in warning for warning in quality.warnings)


@pytest.mark.parametrize(
    ("curve", "complaint"),
    [
        (a_triangle(20.0, 1.0), "low; partial volume"),
        (a_triangle(20.0, 60.0), "too high to be true"),
        (a_triangle(60.0), "slow injection, dispersion or a vein"),
        (a_triangle(20.0, start_s=5.0), "2 samples before arrival"),
        (np.where(TIME_S > 30, 8.0, 0.0), "does not fall to half"),
        (np.where(TIME_S > 30, 8.0, 0.0), "the first pass may have been missed"),
    ],
)
def test_a_doubtful_curve_is_warned_of(curve: NDArray[np.float64], complaint: str) -> None:
    assert any(complaint in warning for warning in aif_quality(TIME_S, curve).warnings)


def test_a_noisy_baseline_is_warned_of_with_its_share_of_the_peak() -> None:
    noisy = a_triangle(20.0) + np.where(TIME_S < 30, np.where(np.arange(60) % 2, 1.0, -1.0), 0.0)
    quality = aif_quality(TIME_S, noisy)
    assert quality.baseline_sd_share is not None
    assert quality.baseline_sd_share == pytest.approx(np.std(noisy[:5], ddof=1) / 8.0, rel=0.15)
    assert any("noise before arrival" in warning for warning in quality.warnings)


def test_the_variation_of_the_signal_before_arrival_is_measured() -> None:
    signal = 100.0 + np.where(np.arange(60) % 2, 20.0, -20.0)
    quality = aif_quality(TIME_S, a_triangle(20.0), signal)
    assert quality.baseline_cv == pytest.approx(np.std(signal[:6], ddof=1) / np.mean(signal[:6]))
    assert any("varies by 22% before arrival" in warning for warning in quality.warnings)


def test_the_voxels_of_a_region_are_averaged_and_turned_into_plasma() -> None:
    blood = np.stack([a_triangle(20.0, 4.0), a_triangle(20.0, 6.0)])
    measured = measured_aif(blood, TIME_S, hematocrit=0.375)
    np.testing.assert_allclose(measured.aif_mM, a_triangle(20.0, 8.0))
    assert (measured.voxels, measured.unusable_voxels) == (2, 0)


def test_voxels_without_a_concentration_are_left_out_and_counted() -> None:
    blood = np.stack([a_triangle(20.0)] * 3)
    blood[1, 9] = np.nan
    measured = measured_aif(blood, TIME_S, hematocrit=0.0)
    assert measured.unusable_voxels == 1
    assert "1 of 3 voxels had no concentration" in measured.warnings[0]
    np.testing.assert_allclose(measured.aif_mM, a_triangle(20.0))


def test_a_region_that_is_mostly_saturated_is_refused() -> None:
    blood = np.stack([a_triangle(20.0)] * 3)
    blood[:2, 9] = np.nan
    with pytest.raises(InputError, match="2 of 3 voxels have no concentration at the bolus"):
        measured_aif(blood, TIME_S, hematocrit=0.42)


def test_a_region_without_voxels_is_refused() -> None:
    with pytest.raises(InputError, match="no voxels; draw it over a carotid"):
        measured_aif(np.empty((0, 60)), TIME_S, hematocrit=0.42)


def test_a_curve_survives_its_file_to_the_last_bit(tmp_path: Path) -> None:
    curve = population_aif("parker", TIME_S + 0.1, delay_s=20.0)
    write_aif_csv(tmp_path / "aif.csv", TIME_S / 3.0, curve)
    read = read_aif_csv(tmp_path / "aif.csv")
    np.testing.assert_array_equal(read.time_s, TIME_S / 3.0)
    np.testing.assert_array_equal(read.aif_mM, curve)
    assert (tmp_path / "aif.csv").read_text().startswith("time (s),plasma concentration (mM)\n")


def test_a_fine_file_arrives_when_its_coarse_samples_do(tmp_path: Path) -> None:
    for step_s in (0.25, 3.0):
        time_s = np.arange(0.0, 330.0, step_s)
        write_aif_csv(tmp_path / f"{step_s}.csv", time_s, population_aif("parker", time_s, delay_s=31.7))
    fine, coarse = (read_aif_csv(tmp_path / f"{step_s}.csv") for step_s in (0.25, 3.0))
    assert fine.arrival_s == pytest.approx(31.7, abs=0.1)
    assert resolve_finer(coarse.time_s, coarse.aif_mM).arrival_s == pytest.approx(fine.arrival_s, abs=0.1)


@examples(max_examples=10)
@given(
    st.sampled_from([("s", 1.0), ("min", 60.0), ("ms", 0.001)]),
    st.sampled_from([("mM", 1.0), ("M", 1000.0), ("mmol/L", 1.0)]),
    st.sampled_from([",", ";", "\t"]),
)
def test_stated_units_and_any_separator_give_the_same_curve(
    tmp_path_factory: pytest.TempPathFactory, time: tuple[str, float], amount: tuple[str, float], separator: str
) -> None:
    path = tmp_path_factory.mktemp("aif") / "aif.csv"
    lines = [f"\ufeffTime [{time[0]}]{separator} blood concentration [{amount[0]}]"]
    lines += [
        f"{t / time[1]!r}{separator}{c / amount[1]!r}"
        for t, c in zip(TIME_S.tolist(), a_triangle(20.0).tolist(), strict=True)
    ]
    path.write_text("\n".join(lines) + "\n\n", encoding="utf-8")
    read = read_aif_csv(path, hematocrit=0.5)
    np.testing.assert_allclose(read.time_s, TIME_S, atol=1e-9)
    np.testing.assert_allclose(read.aif_mM, 2.0 * a_triangle(20.0), atol=1e-9)


@pytest.mark.parametrize(
    ("header", "complaint"),
    [
        ("time,concentration", "name both and their units"),
        ("time (s),concentration (mM)", "'plasma concentration .mM.' or 'blood concentration"),
        ("time (h),plasma concentration (mM)", "unit 'h' of 'time' is not known; expected s, min, ms"),
        ("time (s),plasma concentration (mg/mL)", "unit 'mg/mL'"),
        ("0.0,1.0", "first line is"),
    ],
)
def test_a_file_without_known_units_is_refused(tmp_path: Path, header: str, complaint: str) -> None:
    path = tmp_path / "aif.csv"
    path.write_text(header + "\n" + "\n".join(f"{t},1.0" for t in TIME_S), encoding="utf-8")
    with pytest.raises(InputError, match=complaint):
        read_aif_csv(path)


def test_a_line_without_a_number_is_named(tmp_path: Path) -> None:
    path = tmp_path / "aif.csv"
    path.write_text("time (s),plasma concentration (mM)\n0,0\n5,none\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 3 has no number under 'plasma concentration'"):
        read_aif_csv(path)


def test_a_file_with_times_in_minutes_called_seconds_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "aif.csv"
    rows = "\n".join(f"{t / 60},{c}" for t, c in zip(TIME_S, a_triangle(20.0), strict=True))
    path.write_text("time (s),plasma concentration (mM)\n" + rows, encoding="utf-8")
    with pytest.raises(InputError, match="are its times in minutes"):
        read_aif_csv(path)


def test_a_missing_file_is_said_to_be_unreadable(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"aif\.csv: cannot be read as text"):
        read_aif_csv(tmp_path / "aif.csv")
