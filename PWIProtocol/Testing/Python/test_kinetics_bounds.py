"""Limits: the best answer within them, found by comparing with a general solver and with a fine search."""

from __future__ import annotations

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from hypothesis import given
from hypothesis import strategies as st
from kinetics_phantoms import TIMES_S, arterial_mM, random_tissues, residuals, tight_fit
from PWIProtocolLib.kinetics import Bounds, VoxelStatus, exponential_convolution, fit
from PWIProtocolLib.kinetics.box import Box, best_amounts, best_explained

AIF = arterial_mM(TIMES_S)


def curve_of(ktrans: float, kep: float, vp: float) -> np.ndarray:
    return -residuals(np.zeros(60), AIF, -ktrans, kep, -vp)[None]


def squares(curves: np.ndarray, maps: object, n: int) -> float:
    kep = np.nan_to_num(float(maps.kep_per_min[n]), nan=1.0)
    left = residuals(curves[n], AIF, float(maps.ktrans_per_min[n]), kep, float(maps.vp[n]))
    return float(left @ left)


def test_a_curve_of_too_large_ve_is_fitted_with_ve_at_its_limit_and_not_clamped() -> None:
    maps = fit(curve_of(0.12, 0.06, 0.03), TIMES_S, AIF, dtype="float64")
    truth, least = tight_fit(curve_of(0.12, 0.06, 0.03)[0], AIF)
    assert maps.status[0] == VoxelStatus.VE_AT_LIMIT
    assert maps.ve[0] == pytest.approx(1)
    assert maps.ktrans_per_min[0] == pytest.approx(truth[0], rel=1e-4)
    assert maps.ktrans_per_min[0] != pytest.approx(0.12, rel=0.01)
    assert squares(curve_of(0.12, 0.06, 0.03), maps, 0) <= least * (1 + 1e-5)


def test_a_curve_of_negative_vp_is_fitted_without_plasma() -> None:
    maps = fit(curve_of(0.3, 1.0, -0.02), TIMES_S, AIF, "extended_tofts", dtype="float64")
    alone = fit(curve_of(0.3, 1.0, -0.02), TIMES_S, AIF, "tofts", dtype="float64")
    assert maps.status[0] == VoxelStatus.VP_AT_ZERO
    assert maps.vp[0] == 0
    assert maps.ktrans_per_min[0] == pytest.approx(alone.ktrans_per_min[0], rel=1e-5)


def test_a_curve_of_plasma_alone_has_no_kep() -> None:
    curve = curve_of(0.0, 1.0, 0.2) - 0.03 * exponential_convolution(TIMES_S / 60, AIF, [0.5])
    maps = fit(curve, TIMES_S, AIF)
    assert maps.status[0] == VoxelStatus.KTRANS_AT_ZERO
    assert maps.ktrans_per_min[0] == 0
    assert np.isnan(maps.kep_per_min[0])
    assert maps.vp[0] == pytest.approx(float(curve[0] @ AIF / (AIF @ AIF)), rel=1e-5)


def test_a_vessel_that_exceeds_the_arterial_curve_stops_at_its_limit() -> None:
    maps = fit(curve_of(0.2, 0.8, 1.3), TIMES_S, AIF)
    assert maps.status[0] == VoxelStatus.VP_AT_LIMIT
    assert maps.vp[0] == 1


@pytest.mark.parametrize("snr", [2.0, 5.0])
def test_under_strong_noise_no_general_solver_finds_less(snr: float) -> None:
    curves = random_tissues(400, seed=3).noisy(snr)
    maps = fit(curves, TIMES_S, AIF, dtype="float64")
    limited = np.flatnonzero(maps.status != VoxelStatus.FITTED)[:25]
    assert len(limited) == 25
    for n in limited:
        assert squares(curves, maps, n) <= tight_fit(curves[n], AIF)[1] * (1 + 1e-5)
    assert maps.ve[maps.ktrans_per_min > 0].max() <= 1 + 1e-9
    assert maps.vp.min() >= 0


def test_another_limit_of_ve_is_obeyed() -> None:
    maps = fit(curve_of(0.3, 0.5, 0.03), TIMES_S, AIF, bounds=Bounds(ve_max=0.4))
    assert maps.ve[0] == pytest.approx(0.4)


def test_kep_at_the_end_of_its_range_is_told() -> None:
    maps = fit(curve_of(0.3, 3.0, 0.03), TIMES_S, AIF, bounds=Bounds(kep_per_min=(0.01, 2.0)))
    assert maps.status[0] == VoxelStatus.KEP_AT_LIMIT
    assert maps.kep_per_min[0] == pytest.approx(2)


@given(st.floats(-2, 2), st.floats(-2, 2), st.floats(-0.95, 0.95), st.floats(0.01, 1.5), st.floats(0.01, 1.5))
def test_two_limited_amounts_are_the_best_of_a_fine_grid(p: float, q: float, c: float, x: float, y: float) -> None:
    box = Box(*(np.array([value]) for value in (p, q, c, x, y)))
    first, second, explained = (float(part[0]) for part in best_amounts(box))
    assert 0 <= first <= x
    assert 0 <= second <= y
    a, b = np.meshgrid(np.linspace(0, x, 60), np.linspace(0, y, 60))
    grid = 2 * p * a + 2 * q * b - a**2 - b**2 - 2 * c * a * b
    assert explained >= grid.max() - 1e-12
    assert explained == pytest.approx(2 * p * first + 2 * q * second - first**2 - second**2 - 2 * c * first * second)
    assert float(best_explained(box)[0]) == pytest.approx(explained, abs=1e-12)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"kep_per_min": (1.0, 0.5)}, "rising"), ({"ve_max": 0.0}, "volume"), ({"delay_s": (5.0, 5.0)}, "delay")],
)
def test_limits_that_cannot_be_meant_are_refused(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        Bounds(**wrong)
