"""Compare fits with fine searches and a general solver where limits are active, several minima compete or B1 varies."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from kinetics_object import FINE_TIMES_S, TIMES_S, arterial
from PWIProtocolLib.kinetics import (
    Bounds,
    exponential_convolution,
    fit,
    fitted_curves,
    spoiled_signal,
    t1_from_flip_angles,
)
from PWIProtocolLib.kinetics import tissue_curves as curves_of
from PWIProtocolLib.kinetics.box import Box, best_amounts
from PWIProtocolLib.kinetics.exchange_parameters import exponentials_of
from scipy.optimize import least_squares

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

EXCHANGE = "two_compartment_exchange"
NAMES = ("fp_ml_100ml_min", "ps_ml_100ml_min", "ve", "vp")
WORSE = 1e-6
NOISE, PAIRS, T1S, DELAYED = 4000, 40, 2000, 100


class Compared(NamedTuple):
    """What was compared, what came out, and whether the goal is reached; None where there is none."""

    goal: str
    measured: str
    reached: bool | None


def compared_rows() -> list[Compared]:
    """Return all comparisons."""
    return [_noise(), _exchange(), _t1_with_b1(), _delay()]


def _noise() -> Compared:
    curves, aif = 0.4 * np.random.default_rng(5).standard_normal((NOISE, len(TIMES_S))), arterial(TIMES_S)
    maps = fit(curves, TIMES_S, aif, dtype="float64")
    energy = np.sum(curves**2, axis=1)
    left = np.where(maps.has_value, np.square(maps.residual_sd) * (len(TIMES_S) - 3), energy)
    kep = np.geomspace(1e-3, 60, 2000)
    unit = exponential_convolution(TIMES_S / 60, aif, kep)
    lengths, length = np.linalg.norm(unit, axis=1), np.linalg.norm(aif)
    unit, plasma = unit / lengths[:, None], aif / length
    limits = kep * lengths, np.full(1, length)
    box = Box(curves @ unit.T, (curves @ plasma)[:, None], unit @ plasma, *limits)
    worse = int(np.sum(left > (energy - best_amounts(box).explained.max(axis=1)) * (1 + WORSE)))
    goal = f"noise alone, {NOISE} voxels, limits: residual larger by 1e-6 than of a search over 2000 rates"
    return Compared(goal, f"{worse} voxels", worse == 0)


def _exchange() -> Compared:
    rng, aif = np.random.default_rng(8), arterial(TIMES_S)
    given = rng.uniform([5, 1, 0.05, 0.01], [120, 40, 1.3, 0.5], (PAIRS, 4))
    curves = np.vstack([_exchange_curve(each, aif) for each in given])
    curves += rng.standard_normal(curves.shape) * curves.max(axis=1, keepdims=True) / 20
    maps = fit(curves, TIMES_S, aif, EXCHANGE, dtype="float64")
    # Of the exact curves of what was found, not of the tables that led there.
    left = np.sum((fitted_curves(maps, np.arange(PAIRS), TIMES_S, aif) - curves) ** 2, axis=1)
    least = np.array([_least_exchange(curve, aif) for curve in curves])
    inside = np.isfinite(least)
    worse = int(np.sum(left[inside] > least[inside] * (1 + WORSE)))
    goal = f"exchange model, SNR 20, {PAIRS} voxels, {np.sum(maps.status > 0)} at a limit: "
    goal += "residual larger by 1e-6 than of tight NLLS from four starts"
    return Compared(goal, f"{worse} voxels; in {np.sum(~inside)} NLLS left the range of the rates", worse == 0)


def _exchange_curve(parameters: Floats, aif: Floats) -> Floats:
    return curves_of(EXCHANGE, TIMES_S, aif, **dict(zip(NAMES, parameters, strict=True)))[0]


def _least_exchange(curve: Floats, aif: Floats) -> float:
    """Return the least sum of squares by a general solver; NaN where its rates lie outside those that are allowed."""
    limits = np.log([[1e-3, 1e-3, 1e-4, 1e-4], [3000.0, 3000.0, 1.0, 1.0]])
    starts = [(50, 10, 0.3, 0.05), (20, 5, 0.9, 0.3), (100, 2, 0.9, 0.1), (10, 5, 0.1, 0.8)]
    tight = dict.fromkeys(("xtol", "ftol", "gtol"), 1e-13)
    found = [
        least_squares(lambda x: _exchange_curve(np.exp(x), aif) - curve, np.log(start), bounds=limits, **tight)
        for start in starts
    ]
    best = min(found, key=lambda each: each.cost)
    flow, exchange, ve, vp = np.exp(best.x)
    rates = exponentials_of(flow / 100, exchange / 100, ve, vp)
    low, high = Bounds().kep_per_min
    return 2 * float(best.cost) if low <= rates.slow and rates.fast <= high else np.nan


def _t1_with_b1() -> Compared:
    rng, angles = np.random.default_rng(9), np.array([2.0, 5.0, 10.0, 15.0, 25.0])
    b1, t1 = rng.uniform(0.6, 1.4, T1S), np.exp(rng.uniform(np.log(0.02), np.log(8.0), T1S))
    signal = spoiled_signal(t1[:, None], b1[:, None] * angles, 0.005, 1000.0)
    signal += rng.standard_normal(signal.shape) * signal.max(axis=1, keepdims=True) / 20
    found = t1_from_flip_angles(signal, angles, 0.005, b1, dtype="float64")
    curves = spoiled_signal(np.geomspace(0.02, 8.0, 800)[None, :, None], (b1[:, None] * angles)[:, None], 0.005)
    along = np.einsum("ij,ikj->ik", signal, curves) / np.linalg.norm(curves, axis=2)
    least = np.sum(signal**2, axis=1) - along.max(axis=1) ** 2
    worse = int(np.sum(5 * found.residual**2 > least * (1 + WORSE) + 1e-9))
    goal = f"T1 with B1 of 0.6 to 1.4, SNR 20, {T1S} voxels: residual larger by 1e-6 than of a search over 800 T1"
    return Compared(goal, f"{worse} voxels", worse == 0)


def _delay() -> Compared:
    rng, fine = np.random.default_rng(10), FINE_TIMES_S[::20]
    given = {"ktrans_per_min": rng.uniform(0.05, 0.6, DELAYED), "ve": rng.uniform(0.1, 0.6, DELAYED)}
    curves = curves_of(
        "extended_tofts", TIMES_S, arterial(fine), aif_time_s=fine, delay_s=3.3, vp=rng.uniform(0.0, 0.1, DELAYED),
        **given,
    )  # fmt: skip
    curves += rng.standard_normal(curves.shape) * curves.max(axis=1, keepdims=True) / 20
    maps = fit(curves, TIMES_S, arterial(fine), delay="search", aif_time_s=fine, dtype="float64")
    drawn = fitted_curves(maps, np.arange(DELAYED), TIMES_S, arterial(fine), aif_time_s=fine)
    least = np.full(DELAYED, np.inf)
    for delay in np.arange(-3, 12.01, 0.1):
        one = fit(curves, TIMES_S, arterial(fine), delay=float(delay), aif_time_s=fine, dtype="float64")
        least = np.minimum(least, np.square(one.residual_sd) * (len(TIMES_S) - 3))
    excess = np.sum((drawn - curves) ** 2, axis=1) / least - 1
    goal = f"delay searched, SNR 20, {DELAYED} voxels: residual against the best of fits at every 0.1 s"
    measured = f"median {np.median(excess):+.1g}, p95 {np.percentile(excess, 95):+.1g}, most {excess.max():+.1g}"
    return Compared(goal, measured, None)
