"""The arrival delay: found per voxel, applied when given, and told when it is not covered."""

from __future__ import annotations

import numpy as np
import pytest
from kinetics_phantoms import TIMES_S, arterial_mM, random_tissues
from PWIProtocolLib.kinetics import Bounds, KineticFitter, VoxelStatus, fit, fitted_curves, tissue_curves

FINE_S = np.arange(0, 296, 1.0)
FINE_AIF = arterial_mM(FINE_S)
NOT_DEFINED = {VoxelStatus.KTRANS_AT_ZERO: ("kep_per_min", "ve"), VoxelStatus.PS_AT_ZERO: ("ve",)}


def curves_near_noise() -> np.ndarray:
    """Curves of which many are best without a part of the model at one delay, and with it at the next."""
    noise = np.random.default_rng(1).standard_normal((300, 60))
    tissues = random_tissues(300, seed=8, delay_s=2.4)
    return np.vstack([0.4 * noise, 0.1 * tissues.noisy(4), tissues.noisy(20)])


@pytest.mark.parametrize("delay_s", [0.0, 3.3, 7.0])
def test_the_delay_of_each_voxel_is_found(delay_s: float) -> None:
    tissues = random_tissues(150, seed=2, delay_s=delay_s or 1e-9)
    maps = fit(tissues.curves, TIMES_S, FINE_AIF, delay="search", aif_time_s=FINE_S)
    assert np.abs(maps.delay_s - delay_s).max() < 0.3
    assert np.median(np.abs(maps.delay_s - delay_s)) < 0.02
    assert np.percentile(np.abs(maps.ktrans_per_min / tissues.ktrans - 1), 95) < 0.005
    assert np.median(np.abs(maps.vp - tissues.vp)) < 2e-4


def test_a_neglected_delay_biases_the_maps_and_a_given_one_does_not() -> None:
    tissues = random_tissues(100, seed=4, delay_s=6.0)
    without = fit(tissues.curves, TIMES_S, FINE_AIF, aif_time_s=FINE_S)
    given = fit(tissues.curves, TIMES_S, FINE_AIF, delay=6.0, aif_time_s=FINE_S)
    assert np.abs(given.ktrans_per_min / tissues.ktrans - 1).max() < 1e-4
    assert given.delay_s is None
    assert np.median(np.abs(without.ktrans_per_min / tissues.ktrans - 1)) > 0.1


def test_under_noise_the_search_never_explains_less_than_any_single_delay() -> None:
    curves = random_tissues(120, seed=5, delay_s=4.4).noisy(20)
    searched = fit(curves, TIMES_S, FINE_AIF, delay="search", aif_time_s=FINE_S, dtype="float64")
    left = np.asarray(searched.residual_sd) ** 2 * 56
    single = [
        np.asarray(fit(curves, TIMES_S, FINE_AIF, delay=d, aif_time_s=FINE_S, dtype="float64").residual_sd) ** 2 * 57
        for d in np.arange(-3, 12.01, 0.25)
    ]
    worse = left / np.min(single, axis=0)
    assert np.mean(worse <= 1 + 1e-6) > 0.97
    assert worse.max() < 1.001
    assert np.percentile(np.abs(searched.delay_s - 4.4), 90) < 2


def test_the_residual_is_that_of_the_curve_with_its_delay() -> None:
    curves = random_tissues(20, seed=6, delay_s=5.1).noisy(30)
    maps = fit(curves, TIMES_S, FINE_AIF, delay="search", aif_time_s=FINE_S, dtype="float64")
    drawn = fitted_curves(maps, np.arange(20), TIMES_S, FINE_AIF, aif_time_s=FINE_S)
    squares = np.sum((drawn - curves) ** 2, axis=1)
    assert squares == pytest.approx(np.asarray(maps.residual_sd) ** 2 * 56, rel=1e-5)


@pytest.mark.parametrize("model", ["tofts", "extended_tofts"])
def test_the_number_of_threads_and_the_other_voxels_do_not_change_a_delay(model: str) -> None:
    curves = np.vstack([curves_near_noise()] * 40)
    one, two, few = (
        fit(rows, TIMES_S, FINE_AIF, model, delay="search", aif_time_s=FINE_S, threads=threads)
        for rows, threads in ((curves, 1), (curves, 2), (curves[100:137], 1))
    )
    assert (one.status == two.status).all()
    for name, values in one.named().items():
        assert np.array_equal(values, two.named()[name], equal_nan=True)
        assert np.array_equal(values[100:137], few.named()[name], equal_nan=True)


def test_a_delay_at_the_end_of_its_range_is_told() -> None:
    curve = random_tissues(1, delay_s=9.0).curves
    bounds = Bounds(delay_s=(0.0, 4.0))
    maps = fit(curve, TIMES_S, FINE_AIF, delay="search", bounds=bounds, aif_time_s=FINE_S)
    assert maps.status[0] in (VoxelStatus.DELAY_AT_LIMIT, VoxelStatus.VP_AT_ZERO)
    assert maps.delay_s[0] == pytest.approx(4)


@pytest.mark.parametrize(
    ("model", "known"),
    [
        ("patlak", {"ktrans_per_min": 0.03, "vp": 0.06}),
        ("tofts", {"ktrans_per_min": 0.2, "ve": 0.3}),
        ("two_compartment_exchange", {"fp_ml_100ml_min": 50.0, "ps_ml_100ml_min": 10.0, "ve": 0.3, "vp": 0.07}),
    ],
)
def test_every_model_can_search_the_delay(model: str, known: dict[str, float]) -> None:
    times = np.arange(0, 296, 1.5)
    curve = tissue_curves(model, times, FINE_AIF, aif_time_s=FINE_S, delay_s=4.0, **known)
    fitter = KineticFitter(
        times, FINE_AIF, model, delay="search", bounds=Bounds(delay_s=(2.0, 6.0)), dtype="float64", aif_time_s=FINE_S
    )
    maps = fitter.run(curve)
    assert fitter.n_parameters == len(known) + 1
    assert maps.delay_s[0] == pytest.approx(4.0, abs=0.02)
    for name, value in known.items():
        assert maps.named()[name][0] == pytest.approx(value, rel=0.01)


@pytest.mark.parametrize(
    ("model", "n"), [("patlak", 900), ("tofts", 900), ("extended_tofts", 900), ("two_compartment_exchange", 60)]
)
def test_no_map_lacks_a_value_that_the_status_promises(model: str, n: int) -> None:
    curves = curves_near_noise()[:: 900 // n]
    bounds = Bounds(delay_s=(-1.0, 4.0))
    maps = fit(curves, TIMES_S, FINE_AIF, model, delay="search", bounds=bounds, aif_time_s=FINE_S)
    assert maps.has_value.sum() > 0.6 * n
    for name, values in maps.named().items():
        expected = maps.has_value.copy()
        for status, names in NOT_DEFINED.items():
            expected &= (maps.status != status) | (name not in names)
        assert np.isfinite(values[expected]).all(), name
