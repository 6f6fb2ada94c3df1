"""The least squares of all: compared with fine searches and general solvers where several minima or limits compete."""

from __future__ import annotations

import numpy as np
import pytest
from kinetics_phantoms import TIMES_S, arterial_mM, random_tissues
from PWIProtocolLib.kinetics import (
    VoxelStatus,
    exponential_convolution,
    fit,
    fitted_curves,
    spoiled_signal,
    t1_from_flip_angles,
    tissue_curves,
)
from PWIProtocolLib.kinetics.box import Box, best_amounts
from PWIProtocolLib.kinetics.damped_steps import Linear, Problem, minimised
from PWIProtocolLib.kinetics.roots import bracketed_roots
from scipy.optimize import least_squares

AIF = arterial_mM(TIMES_S)
UNEVEN_S = np.cumsum(np.concatenate([[0.0], np.tile([2.0, 5.0, 9.3], 20)]))
EXCHANGE = "two_compartment_exchange"
NAMES = ("fp_ml_100ml_min", "ps_ml_100ml_min", "ve", "vp")
ANGLES = np.array([2.0, 5.0, 10.0, 15.0, 25.0])
TR_S = 0.005


def least_of_fine_search(curves: np.ndarray, times: np.ndarray, aif: np.ndarray, vp_max: float) -> np.ndarray:
    """The least sum of squares over 1500 rates, with 0 <= ve <= 1 and 0 <= vp <= a limit at each."""
    kep = np.geomspace(1e-3, 60, 1500)
    unit = exponential_convolution(times / 60, aif, kep)
    lengths, length = np.linalg.norm(unit, axis=1), np.linalg.norm(aif)
    unit, plasma = unit / lengths[:, None], aif / length
    limits = kep * lengths, np.full(1, vp_max * length)
    explained = best_amounts(Box(curves @ unit.T, (curves @ plasma)[:, None], unit @ plasma, *limits)).explained
    return np.sum(curves**2, axis=1) - explained.max(axis=1)


def squares_left(curves: np.ndarray, maps: object, parameters: int) -> np.ndarray:
    found = np.asarray(maps.residual_sd, dtype=float) ** 2 * (curves.shape[1] - parameters)
    return np.where(maps.has_value, found, np.sum(curves**2, axis=1))


@pytest.mark.parametrize("times", [TIMES_S, UNEVEN_S], ids=["even", "uneven"])
@pytest.mark.parametrize(("model", "vp_max", "parameters"), [("extended_tofts", 1.0, 3), ("tofts", 0.0, 2)])
def test_noise_is_fitted_as_well_as_by_a_fine_search(
    times: np.ndarray, model: str, vp_max: float, parameters: int
) -> None:
    aif = arterial_mM(times)
    curves = 0.4 * np.random.default_rng(11).standard_normal((900, len(times)))
    maps = fit(curves, times, aif, model, dtype="float64")
    least = least_of_fine_search(curves, times, aif, vp_max)
    assert (squares_left(curves, maps, parameters) <= least * (1 + 1e-6)).all()
    assert len(maps.counts()) >= 4 if model == "extended_tofts" else 3


def test_of_two_tops_that_are_nearly_as_high_the_higher_is_taken() -> None:
    late, early = (exponential_convolution(TIMES_S / 60, AIF, [kep])[0] for kep in (0.05, 14.0))
    late, early = late / np.linalg.norm(late), early / np.linalg.norm(early)
    shares = np.linspace(0.3, 0.7, 200)[:, None]
    curves = shares * late + (1 - shares) * early
    maps = fit(curves, TIMES_S, AIF, "tofts", dtype="float64")
    assert (squares_left(curves, maps, 2) <= least_of_fine_search(curves, TIMES_S, AIF, 0.0) * (1 + 1e-6)).all()


def squares_beside_drawn(
    curves: np.ndarray, maps: object, aif_time_s: np.ndarray, aif: np.ndarray, delay_s: float = 0.0
) -> np.ndarray:
    """The sum of squares between curves and those that the maps describe."""
    everyone = np.arange(len(curves))
    drawn = fitted_curves(maps, everyone, TIMES_S, aif, aif_time_s=aif_time_s, delay_s=delay_s)
    return np.sum((np.where(maps.has_value[:, None], drawn, 0) - curves) ** 2, axis=1)


@pytest.mark.parametrize("model", ["tofts", "extended_tofts"])
@pytest.mark.parametrize("step_s", [1.0, 5.0])
def test_a_searched_delay_is_as_good_as_the_best_of_fits_at_every_twentieth_second(model: str, step_s: float) -> None:
    tissues = random_tissues(60, seed=2, delay_s=3.3)
    noise = np.random.default_rng(1).standard_normal((60, 60))
    curves = np.vstack([tissues.noisy(50), tissues.noisy(5), noise])
    fine = np.arange(0, 296, step_s)
    aif = arterial_mM(fine)
    searched = fit(curves, TIMES_S, aif, model, delay="search", aif_time_s=fine, dtype="float64")
    least = np.full(len(curves), np.inf)
    for delay in np.arange(-3, 12.001, 0.05):
        single = fit(curves, TIMES_S, aif, model, delay=float(delay), aif_time_s=fine, dtype="float64")
        least = np.minimum(least, squares_beside_drawn(curves, single, fine, aif, float(delay)))
    worse = squares_beside_drawn(curves, searched, fine, aif) / least - 1
    assert worse.max() <= 1e-3
    assert np.mean(worse > 1e-6) <= 0.03


def exchange_curve(parameters: np.ndarray, times: np.ndarray, aif: np.ndarray) -> np.ndarray:
    return tissue_curves(EXCHANGE, times, aif, **dict(zip(NAMES, parameters, strict=True)))[0]


def tight_exchange(curve: np.ndarray, times: np.ndarray, aif: np.ndarray) -> np.ndarray:
    """Parameters by a general solver within the limits, from several starts."""
    limits = np.log([[1e-3, 1e-3, 1e-4, 1e-4], [3000.0, 3000.0, 1.0, 1.0]])
    starts = [(50, 10, 0.3, 0.05), (20, 5, 0.9, 0.3), (100, 2, 0.9, 0.1), (10, 5, 0.1, 0.8)]
    found = [
        least_squares(
            lambda x: exchange_curve(np.exp(x), times, aif) - curve,
            np.log(start),
            bounds=limits,
            **dict.fromkeys(("xtol", "ftol", "gtol"), 1e-13),
        )
        for start in starts
    ]
    best = min(found, key=lambda each: each.cost)
    return np.append(np.exp(best.x), 2 * best.cost)


@pytest.mark.parametrize("snr", [20.0, 5.0])
def test_exchange_with_ve_or_vp_at_its_limit_is_as_good_as_by_a_general_solver(snr: float) -> None:
    rng = np.random.default_rng(4)
    given = rng.uniform([10, 2, 0.9, 0.02], [100, 20, 1.8, 0.3], (9, 4))
    given[6:] = rng.uniform([10, 30, 0.05, 1.1], [40, 60, 0.2, 1.5], (3, 4))
    curves = np.array([exchange_curve(each, TIMES_S, AIF) for each in given])
    curves += rng.standard_normal(curves.shape) * curves.max(axis=1, keepdims=True) / snr
    maps = fit(curves, TIMES_S, AIF, EXCHANGE, dtype="float64")
    left = squares_left(curves, maps, 4)
    for n, curve in enumerate(curves):
        assert left[n] <= tight_exchange(curve, TIMES_S, AIF)[4] * (1 + 1e-6)
    assert {VoxelStatus.VE_AT_LIMIT, VoxelStatus.VP_AT_LIMIT} & set(maps.status)
    assert np.nanmax(maps.ve) <= 1
    assert np.nanmax(maps.vp) <= 1


def test_exchange_reports_the_residual_of_the_parameters_that_it_reports() -> None:
    curves = 0.5 * np.random.default_rng(2).standard_normal((60, 60))
    curves[30:] += random_tissues(30, seed=9).curves * 2
    maps = fit(curves, TIMES_S, AIF, EXCHANGE, dtype="float64")
    left = squares_left(curves, maps, 4)
    told = np.flatnonzero(maps.has_value & (maps.ps_ml_100ml_min > 0))
    assert len(told) > 20
    for n in told:
        curve = exchange_curve(np.array([maps.named()[name][n] for name in NAMES]), TIMES_S, AIF)
        assert np.sum((curve - curves[n]) ** 2) == pytest.approx(left[n], rel=1e-6)


def test_exchange_finds_two_exponentials_where_one_is_a_trap() -> None:
    """Among few voxels under noise some have a single exponential as a minimum of its own, and a better pair."""
    given = np.random.default_rng(52).uniform([5, 1, 0.05, 0.01], [60, 40, 0.6, 0.2], (300, 4))
    curves = np.array([exchange_curve(each, TIMES_S, AIF) for each in given])
    curves += np.random.default_rng(3).standard_normal(curves.shape) * curves.max(axis=1, keepdims=True) / 10
    maps = fit(curves, TIMES_S, AIF, EXCHANGE, dtype="float64")
    kep = np.geomspace(1e-3, 60, 70)
    unit = exponential_convolution(TIMES_S / 60, AIF, kep)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    products, overlaps = curves @ unit.T, unit @ unit.T
    slow, fast = np.triu_indices(len(kep), 1)
    never = np.full(1, 1e9)
    box = Box(products[:, fast], products[:, slow], overlaps[fast, slow], never, never)
    least = np.sum(curves**2, axis=1) - best_amounts(box).explained.max(axis=1)
    unlimited = maps.status != VoxelStatus.VE_AT_LIMIT
    assert unlimited.sum() > 200
    assert (squares_left(curves, maps, 4) <= least * (1 + 1e-6))[unlimited].all()


@pytest.mark.parametrize("snr", [50.0, 5.0, 0.0])
def test_t1_with_b1_is_as_good_as_by_a_fine_search_also_at_the_ends_of_its_range(snr: float) -> None:
    rng = np.random.default_rng(6)
    b1 = rng.uniform(0.6, 1.4, 300)
    t1 = np.exp(rng.uniform(np.log(0.02), np.log(8.0), 300))
    signal = spoiled_signal(t1[:, None], b1[:, None] * ANGLES, TR_S, 1000.0)
    noise = rng.standard_normal(signal.shape)
    signal = signal + noise * signal.max(axis=1, keepdims=True) / snr if snr else np.abs(noise)
    found = t1_from_flip_angles(signal, ANGLES, TR_S, b1, dtype="float64")
    grid = np.geomspace(0.02, 8.0, 2000)
    curves = spoiled_signal(grid[None, :, None], (b1[:, None] * ANGLES)[:, None], TR_S)
    along = np.einsum("ij,ikj->ik", signal, curves) / np.linalg.norm(curves, axis=2)
    least = np.sum(signal**2, axis=1) - along.max(axis=1) ** 2
    known = found.status < VoxelStatus.NOT_COMPUTED
    assert known.sum() > 200
    assert (5 * found.residual**2 <= least * (1 + 1e-6) + 1e-9)[known].all()
    assert VoxelStatus.T1_AT_LIMIT in found.status


def test_a_voxel_without_b1_has_no_t1() -> None:
    signal = np.tile(spoiled_signal(1.0, ANGLES, TR_S, 1000.0), (3, 1))
    found = t1_from_flip_angles(signal, ANGLES, TR_S, np.array([1.0, np.nan, 0.0]))
    assert found.status.tolist() == [VoxelStatus.FITTED, VoxelStatus.NO_T1, VoxelStatus.NO_T1]


def test_roots_are_found_each_in_its_own_bracket() -> None:
    roots = np.linspace(0.05, 0.95, 40)
    found = bracketed_roots(lambda x, some: (x - roots[some]) ** 3, np.zeros(40), np.ones(40), 1e-9)
    assert found == pytest.approx(roots, abs=1e-6)


def test_damped_steps_reach_the_minimum_although_much_is_left_and_a_bound_is_met() -> None:
    rng = np.random.default_rng(0)
    t = np.linspace(0, 3, 30)
    rows = np.exp(-0.8 * t) + 0.2 * rng.standard_normal((20, 30))

    def model(x: np.ndarray, some: np.ndarray) -> Linear:
        curves = np.exp(-x[0][:, None] * t) + x[1][:, None]
        return Linear(curves, np.stack([-t * np.exp(-x[0][:, None] * t), np.ones_like(curves)], axis=2))

    low, high = np.array([[0.0], [-0.2]]), np.array([[4.0], [0.2]])
    found = minimised(Problem(model, rows, low, high, np.ones((2, 1))), np.full((2, 20), 0.1))
    for n, row in enumerate(rows):
        tight = [
            least_squares(lambda x, row=row: np.exp(-x[0] * t) + x[1] - row, x, bounds=(low[:, 0], high[:, 0]))
            for x in ([0.1, 0.1], [2.0, 0.0])
        ]
        assert found.squares[n] <= 2 * min(each.cost for each in tight) * (1 + 1e-6)
