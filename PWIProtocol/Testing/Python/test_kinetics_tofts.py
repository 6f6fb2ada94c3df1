"""The Tofts models: exact against their own curves, against tight least squares, and on public reference objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from kinetics_phantoms import (
    TIMES_S,
    Tissues,
    arterial_mM,
    numbers,
    osipi_cases,
    random_tissues,
    residuals,
    tight_fit,
)
from PWIProtocolLib.kinetics import (
    VoxelStatus,
    automatic_baseline,
    concentration_from_signal,
    fit,
    resolve_finer,
    tissue_curves,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AIF = arterial_mM(TIMES_S)


@pytest.fixture(scope="module")
def the_tissues() -> Tissues:
    return random_tissues(2000)


@pytest.mark.parametrize(("dtype", "most_percent"), [("float32", 0.01), ("float64", 0.001)])
def test_its_own_curves_are_recovered(the_tissues: Tissues, dtype: str, most_percent: float) -> None:
    maps = fit(the_tissues.curves, TIMES_S, AIF, "extended_tofts", dtype=dtype)
    assert maps.ktrans_per_min.dtype == np.dtype(dtype)
    assert 100 * np.abs(maps.ktrans_per_min / the_tissues.ktrans - 1).max() < most_percent
    assert 100 * np.abs(maps.ve / the_tissues.ve - 1).max() < most_percent
    assert np.abs(maps.vp - the_tissues.vp).max() < 1e-6
    assert maps.kep_per_min == pytest.approx(maps.ktrans_per_min / maps.ve, rel=1e-5)
    assert maps.r2.min() > 0.99999


def test_the_tofts_model_is_recovered(the_tissues: Tissues) -> None:
    curves = tissue_curves("tofts", TIMES_S, AIF, ktrans_per_min=the_tissues.ktrans, ve=the_tissues.ve)
    maps = fit(curves, TIMES_S, AIF, "tofts")
    assert maps.vp is None
    assert 100 * np.abs(maps.ktrans_per_min / the_tissues.ktrans - 1).max() < 0.001


def test_with_noise_it_is_the_tight_least_squares_answer(the_tissues: Tissues) -> None:
    curves = the_tissues.noisy(20)[:30]
    maps = fit(curves, TIMES_S, AIF, "extended_tofts")
    for n, curve in enumerate(curves):
        truth, squares = tight_fit(curve, AIF)
        ours = float(maps.ktrans_per_min[n]), float(maps.kep_per_min[n]), float(maps.vp[n])
        assert np.sum(residuals(curve, AIF, *ours) ** 2) <= squares * (1 + 1e-4)
        if maps.status[n] == VoxelStatus.FITTED:
            assert ours[0] == pytest.approx(truth[0], rel=1e-4)


def test_residual_and_r2_are_those_of_the_fitted_curve(the_tissues: Tissues) -> None:
    curves = the_tissues.noisy(20)[:20]
    maps = fit(curves, TIMES_S, AIF, dtype="float64")
    for n, curve in enumerate(curves):
        left = residuals(curve, AIF, maps.ktrans_per_min[n], maps.kep_per_min[n], maps.vp[n])
        assert maps.residual_sd[n] == pytest.approx(np.sqrt(left @ left / 57), rel=1e-5)
        assert maps.r2[n] == pytest.approx(1 - left @ left / np.sum((curve - curve.mean()) ** 2), rel=1e-6)


def test_uneven_frames_are_exact() -> None:
    times = np.sort(np.random.default_rng(4).choice(np.arange(0.0, 300), 50, replace=False))
    aif = arterial_mM(times)
    curve = tissue_curves("extended_tofts", times, aif, ktrans_per_min=0.21, ve=0.33, vp=0.04)
    maps = fit(curve, times, aif)
    assert (maps.ktrans_per_min[0], maps.ve[0], maps.vp[0]) == pytest.approx((0.21, 0.33, 0.04), rel=1e-4)


def test_an_arterial_curve_on_its_own_finer_times_removes_the_error_of_coarse_frames() -> None:
    fine = np.arange(0, 296, 0.25)
    curve = tissue_curves(
        "extended_tofts", TIMES_S, arterial_mM(fine), aif_time_s=fine, ktrans_per_min=0.4, ve=0.2, vp=0.05
    )
    coarse = fit(curve, TIMES_S, AIF)
    exact = fit(curve, TIMES_S, arterial_mM(fine), aif_time_s=fine)
    assert exact.ktrans_per_min[0] == pytest.approx(0.4, rel=1e-4)
    assert abs(coarse.ktrans_per_min[0] / 0.4 - 1) > 0.005


def test_a_sampled_arterial_curve_resolved_finer_is_within_one_percent() -> None:
    fine_times = np.arange(0, 296, 0.05)
    rng = np.random.default_rng(2)
    ktrans, ve, vp = rng.uniform(0.01, 0.6, 300), rng.uniform(0.1, 0.6, 300), rng.uniform(0, 0.1, 300)
    known = {"ktrans_per_min": ktrans, "ve": ve, "vp": vp}
    curves = tissue_curves("extended_tofts", TIMES_S, arterial_mM(fine_times), aif_time_s=fine_times, **known)
    resolved = resolve_finer(TIMES_S, AIF)
    maps = fit(curves, TIMES_S, resolved.aif_mM, aif_time_s=resolved.time_s)
    assert np.percentile(np.abs(maps.ktrans_per_min / ktrans - 1), 95) < 0.01
    assert np.median(np.abs(maps.vp - vp)) < 5e-4


@pytest.mark.shared_data
def test_osipi_extended_tofts_cases_are_within_their_tolerances(shared_data: Callable[[str], Path]) -> None:
    cases = osipi_cases(shared_data("osipi") / "dce_DRO_data_extended_tofts.csv")
    assert len(cases) == 15
    for case in cases:
        maps = fit(numbers(case["C"])[None], numbers(case["t"]), numbers(case["ca"]), aif_time_s=numbers(case["ta"]))
        assert maps.ve[0] == pytest.approx(float(case["ve"]), abs=0.05)
        assert maps.vp[0] == pytest.approx(float(case["vp"]), abs=0.025)
        ktrans = float(case["Ktrans"])
        assert maps.ktrans_per_min[0] == pytest.approx(ktrans, abs=0.005 + 0.1 * ktrans)


@pytest.mark.shared_data
def test_osipi_patlak_cases_are_within_their_tolerances(shared_data: Callable[[str], Path]) -> None:
    cases = osipi_cases(shared_data("osipi") / "patlak_sd_0.02_delay_0.csv")
    assert len(cases) == 9
    for case in cases:
        maps = fit(numbers(case["C_t"])[None], numbers(case["t"]), numbers(case["cp_aif"]), "patlak")
        assert maps.vp[0] == pytest.approx(float(case["vp"]), abs=0.025)
        assert maps.ktrans_per_min[0] == pytest.approx(float(case["ps"]), abs=0.005 + 0.1 * float(case["ps"]))


@pytest.mark.shared_data
def test_patches_of_the_qiba_object_are_within_their_truth(shared_data: Callable[[str], Path]) -> None:
    pydicom = pytest.importorskip("pydicom")
    headers = [pydicom.dcmread(path) for path in sorted(shared_data("qiba-tofts-v6").glob("*.dcm"))]
    times = np.array([float(header.get("TriggerTime", 0)) / 1000 for header in headers])
    frames = np.stack([header.pixel_array for header in headers]).astype(float)
    patches = frames[:, 10:70].reshape(len(times), 6, 10, 5, 10).mean(axis=(2, 4)).reshape(len(times), 30).T
    signal = np.vstack([patches, frames[:, 75, 20]])
    ktrans, ve = np.repeat([0.01, 0.02, 0.05, 0.1, 0.2, 0.35], 5), np.tile([0.01, 0.05, 0.1, 0.2, 0.5], 6)
    found = concentration_from_signal(
        signal,
        automatic_baseline(signal),
        30.0,
        0.005,
        t1_s=np.append(np.full(30, 1.0), 1.44),
        relaxivity_per_mM_s=4.5,
    )
    fine = resolve_finer(times, found.mM[-1] / 0.55)
    maps = fit(found.mM[:-1], times, fine.aif_mM, "tofts", aif_time_s=fine.time_s)
    told = ve >= 0.05
    assert np.abs(maps.ktrans_per_min / ktrans - 1)[told].max() < 0.01
    assert np.abs(maps.ve / ve - 1)[told].max() < 0.01
