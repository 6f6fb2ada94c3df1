"""Signal of a made-up neck: muscle, a node that takes up more contrast agent, and an artery, by the equations.

The spoiled gradient echo gives the signal of the flip angles and of every frame from T1 and concentration; tissue
follows the extended Tofts model with Parker's arterial curve, so a fit must find the numbers below.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from PWIProtocolLib.kinetics import population_aif, signal_of_concentration, spoiled_signal, tissue_curves

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SIZE = 24
MUSCLE_KTRANS_PER_MIN, MUSCLE_VE, MUSCLE_VP = 0.08, 0.2, 0.02
NODE_KTRANS_PER_MIN, NODE_VE, NODE_VP = 0.25, 0.4, 0.05
TISSUE_T1_S, BLOOD_T1_S = 1.2, 1.65
NODE = (slice(6, 16), slice(12, 22))
ARTERY = (slice(8, 12), slice(4, 8))
RELAXIVITY_PER_MM_S, HEMATOCRIT = 4.5, 0.42
M0 = 16_000.0
FINE_S = 0.25


@dataclass(frozen=True)
class Echo:
    """A spoiled gradient echo."""

    flip_angle_deg: float
    repetition_time_s: float


def precontrast_signal(echo: Echo) -> Floats:
    """Return a slice [j, i] before contrast."""
    return spoiled_signal(_t1(), echo.flip_angle_deg, echo.repetition_time_s, M0)


def dynamic_signal(echo: Echo, time_s: Floats, onset_s: float) -> Floats:
    """Return a slice in every frame [time, j, i]; the bolus arrives at the onset."""
    fine = np.arange(0.0, time_s[-1] + 1.0, FINE_S)
    aif = population_aif("parker", fine, HEMATOCRIT, onset_s)
    kinds = np.array([
        (MUSCLE_KTRANS_PER_MIN, MUSCLE_VE, MUSCLE_VP),
        (NODE_KTRANS_PER_MIN, NODE_VE, NODE_VP),
    ])  # fmt: skip
    ktrans, ve, vp = kinds.T
    muscle, node = tissue_curves("extended_tofts", time_s, aif, aif_time_s=fine, ktrans_per_min=ktrans, ve=ve, vp=vp)
    concentration = np.tile(muscle[:, None, None], (1, SIZE, SIZE))
    concentration[:, *NODE] = node[:, None, None]
    concentration[:, *ARTERY] = (1.0 - HEMATOCRIT) * np.interp(time_s, fine, aif)[:, None, None]
    return signal_of_concentration(
        concentration, echo.flip_angle_deg, echo.repetition_time_s,
        t1_s=_t1(), relaxivity_per_mM_s=RELAXIVITY_PER_MM_S, m0=M0,
    )  # fmt: skip


def _t1() -> Floats:
    t1 = np.full((SIZE, SIZE), TISSUE_T1_S)
    t1[ARTERY] = BLOOD_T1_S
    return t1
