"""Tissues of known kinetics for the tests: an arterial curve, random tissues with noise, and tight least squares."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PWIProtocolLib.kinetics import exponential_convolution, tissue_curves
from scipy.optimize import least_squares

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TIMES_S = np.arange(60) * 5.0
ONSET_S = 25.0
SOLVER_ACCURACY = 1e-14


def arterial_mM(time_s: Floats, onset_s: float = ONSET_S) -> Floats:
    """Plasma concentration after Parker et al. 2006 with a hematocrit of 0.42."""
    t = (np.asarray(time_s) - onset_s) / 60
    bolus = 0.809 * np.exp(-0.5 * ((t - 0.17046) / 0.0563) ** 2) / (0.0563 * np.sqrt(2 * np.pi))
    second = 0.330 * np.exp(-0.5 * ((t - 0.365) / 0.132) ** 2) / (0.132 * np.sqrt(2 * np.pi))
    washout = 1.05 * np.exp(-0.1685 * t) / (1 + np.exp(-38.078 * (t - 0.483)))
    return np.where(t >= 0, bolus + second + washout, 0.0) / 0.58


@dataclass(frozen=True, eq=False)
class Tissues:
    """Random tissues of the extended Tofts model and their curves."""

    ktrans: Floats
    ve: Floats
    vp: Floats
    curves: Floats

    def noisy(self, snr: float, seed: int = 1) -> Floats:
        """Return the curves with noise of the peak over ``snr``."""
        rng = np.random.default_rng(seed)
        return self.curves + rng.standard_normal(self.curves.shape) * self.curves.max(axis=1, keepdims=True) / snr


def random_tissues(n: int, seed: int = 0, delay_s: float = 0.0) -> Tissues:
    """Return tissues over the usual range, with the arterial curve linear between the frames."""
    rng = np.random.default_rng(seed)
    ktrans, ve, vp = rng.uniform(0.01, 0.6, n), rng.uniform(0.1, 0.6, n), rng.uniform(0.0, 0.1, n)
    fine = np.arange(0, 296, 1.0)
    given = {} if not delay_s else {"aif_time_s": fine}
    aif = arterial_mM(fine) if delay_s else arterial_mM(TIMES_S)
    curves = tissue_curves(
        "extended_tofts", TIMES_S, aif, delay_s=delay_s, ktrans_per_min=ktrans, ve=ve, vp=vp, **given
    )
    return Tissues(ktrans, ve, vp, curves)


def residuals(curve: Floats, aif: Floats, ktrans: float, kep: float, vp: float) -> Floats:
    """Return what an extended Tofts model leaves of a curve at the usual times."""
    return ktrans * exponential_convolution(TIMES_S / 60, aif, [kep])[0] + vp * aif - curve


def tight_fit(curve: Floats, aif: Floats, ve_max: float = 1.0) -> tuple[Floats, float]:
    """Return Ktrans, kep and vp within the limits, and the sum of squares, by a general solver from several starts."""

    def left(x: Floats) -> Floats:
        return residuals(curve, aif, x[0] * x[1], x[1], x[2])

    starts = [(0.3, 0.3, 0.02), (0.9, 0.05, 0.001), (0.1, 3.0, 0.05)]
    limits = ([0, 1e-3, 0], [ve_max, 60, 1])
    accuracy = {"xtol": SOLVER_ACCURACY, "ftol": SOLVER_ACCURACY, "gtol": SOLVER_ACCURACY}
    found = [least_squares(left, start, bounds=limits, x_scale=(0.1, 0.3, 0.02), **accuracy) for start in starts]
    best = min(found, key=lambda each: each.cost)
    ve, kep, vp = best.x
    return np.array([ve * kep, kep, vp]), 2 * float(best.cost)


def osipi_cases(path: Path) -> list[dict[str, str]]:
    """Return the rows of a reference table, with clean column names."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [{key.strip(): value for key, value in row.items()} for row in csv.DictReader(file)]


def numbers(text: str) -> Floats:
    """Return numbers that stand in one cell."""
    return np.array(text.split(), dtype=float)
