"""The two-compartment exchange model: against its differential equations, tight least squares and public cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from hypothesis import given
from hypothesis import strategies as st
from kinetics_phantoms import arterial_mM, numbers, osipi_cases
from PWIProtocolLib.kinetics import VoxelStatus, fit, tissue_curves
from PWIProtocolLib.kinetics.exchange_parameters import exchange_of, exponentials_of
from scipy.integrate import solve_ivp
from scipy.optimize import least_squares

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TIMES_S = np.arange(300.0)
AIF = arterial_mM(TIMES_S)
MODEL = "two_compartment_exchange"


@pytest.fixture(scope="module")
def the_tissues() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(3)
    return {
        "fp_ml_100ml_min": rng.uniform(10, 100, 200),
        "ps_ml_100ml_min": rng.uniform(2, 40, 200),
        "ve": rng.uniform(0.1, 0.6, 200),
        "vp": rng.uniform(0.02, 0.15, 200),
    }


def noisy(curves: np.ndarray, snr: float) -> np.ndarray:
    rng = np.random.default_rng(5)
    return curves + rng.standard_normal(curves.shape) * curves.max(axis=1, keepdims=True) / snr


def test_the_curve_solves_the_differential_equations() -> None:
    flow, exchange, ve, vp = 0.45, 0.12, 0.3, 0.08

    def change(t_min: float, c: np.ndarray) -> list[float]:
        arterial = np.interp(60 * t_min, TIMES_S, AIF)
        return [(flow * (arterial - c[0]) + exchange * (c[1] - c[0])) / vp, exchange * (c[0] - c[1]) / ve]

    span = TIMES_S / 60
    solved = solve_ivp(change, (0, span[-1]), [0, 0], t_eval=span, max_step=1 / 120, rtol=1e-9, atol=1e-11)
    found = tissue_curves(MODEL, TIMES_S, AIF, fp_ml_100ml_min=100 * flow, ps_ml_100ml_min=100 * exchange, ve=ve, vp=vp)
    assert found[0] == pytest.approx(vp * solved.y[0] + ve * solved.y[1], abs=1e-6)


@given(st.floats(0.01, 3), st.floats(0.001, 2), st.floats(0.01, 0.9), st.floats(0.005, 0.5))
def test_parameters_and_exponentials_lead_to_each_other(flow: float, ps: float, ve: float, vp: float) -> None:
    there = exponentials_of(flow, ps, ve, vp)
    assert there.fast > there.slow > 0
    back = [float(part) for part in exchange_of(there)]
    assert back == pytest.approx([flow, ps, ve, vp], rel=1e-6)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_its_own_curves_are_recovered(the_tissues: dict[str, np.ndarray], dtype: str) -> None:
    maps = fit(tissue_curves(MODEL, TIMES_S, AIF, **the_tissues), TIMES_S, AIF, MODEL, dtype=dtype)
    for name, truth in the_tissues.items():
        error = np.abs(maps.named()[name] / truth - 1)
        assert np.percentile(error, 95) < 1e-4
    assert maps.ktrans_per_min is None


def test_with_noise_no_general_solver_finds_less(the_tissues: dict[str, np.ndarray]) -> None:
    curves = noisy(tissue_curves(MODEL, TIMES_S, AIF, **the_tissues), 20)[:12]
    maps = fit(curves, TIMES_S, AIF, MODEL, dtype="float64")
    names = tuple(the_tissues)
    for n, curve in enumerate(curves):

        def left(x: np.ndarray, curve: np.ndarray = curve) -> np.ndarray:
            return tissue_curves(MODEL, TIMES_S, AIF, **dict(zip(names, np.exp(x), strict=True)))[0] - curve

        truth = np.log([the_tissues[name][n] for name in names])
        tight = least_squares(left, truth, xtol=1e-12, ftol=1e-12, gtol=1e-12)
        squares = float(maps.residual_sd[n]) ** 2 * (len(TIMES_S) - 4)
        assert squares <= 2 * tight.cost * (1 + 1e-5)
        ours = np.log([maps.named()[name][n] for name in names])
        assert np.sum(left(ours) ** 2) == pytest.approx(squares, rel=1e-5)


def test_a_curve_of_too_large_ve_is_fitted_with_ve_at_its_limit() -> None:
    known = {"fp_ml_100ml_min": 40.0, "ps_ml_100ml_min": 8.0, "vp": 0.06}
    curve = tissue_curves(MODEL, TIMES_S, AIF, ve=1.6, **known)
    maps = fit(curve, TIMES_S, AIF, MODEL, dtype="float64")
    assert maps.status[0] == VoxelStatus.VE_AT_LIMIT
    assert maps.ve[0] == pytest.approx(1)

    def left(x: np.ndarray) -> np.ndarray:
        flow, ps, vp = np.exp(x)
        return tissue_curves(MODEL, TIMES_S, AIF, fp_ml_100ml_min=flow, ps_ml_100ml_min=ps, ve=1.0, vp=vp)[0] - curve[0]

    tight = least_squares(left, np.log([40.0, 8.0, 0.06]), xtol=1e-13, ftol=1e-13, gtol=1e-13)
    assert maps.fp_ml_100ml_min[0] == pytest.approx(np.exp(tight.x[0]), rel=1e-3)
    assert maps.residual_sd[0] ** 2 * 296 <= 2 * tight.cost * (1 + 1e-4)


def test_a_single_compartment_has_no_exchange() -> None:
    curve = tissue_curves("tofts", TIMES_S, AIF, ktrans_per_min=0.5, ve=0.2)
    maps = fit(curve, TIMES_S, AIF, MODEL, dtype="float64")
    assert maps.residual_sd[0] < 1e-4
    assert maps.fp_ml_100ml_min[0] == pytest.approx(50, rel=1e-3)


def test_missing_parameters_are_named() -> None:
    with pytest.raises(InputError, match="ps_ml_100ml_min"):
        tissue_curves(MODEL, TIMES_S, AIF, fp_ml_100ml_min=50.0, ve=0.2, vp=0.1)


@pytest.mark.shared_data
def test_osipi_cases_are_within_their_tolerances(shared_data: Callable[[str], Path]) -> None:
    cases = osipi_cases(shared_data("osipi") / "2cxm_sd_0.001_delay_0.csv")
    assert len(cases) == 24
    for case in cases:
        maps = fit(numbers(case["C_t"])[None], numbers(case["t"]), numbers(case["cp_aif"]), MODEL)
        flow, ps = float(case["fp"]), float(case["ps"])
        assert maps.vp[0] == pytest.approx(float(case["vp"]), abs=0.025)
        assert maps.ve[0] == pytest.approx(float(case["ve"]), abs=0.05)
        assert maps.fp_ml_100ml_min[0] == pytest.approx(flow, abs=5 + 0.1 * flow)
        assert maps.ps_ml_100ml_min[0] / 100 == pytest.approx(ps, abs=0.005 + 0.1 * ps)
