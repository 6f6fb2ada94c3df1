"""A digital object of extended Tofts tissues for the measurements of speed and accuracy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PWIProtocolLib.kinetics import exponential_convolution, population_aif, tissue_curves

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FRAMES, INTERVAL_S, ONSET_S, HEMATOCRIT = 60, 5.0, 25.0, 0.42
FINE_S, TRANSIT_S = 0.05, 4.0
SEQUENCE = {"flip_angle_deg": 12.0, "repetition_time_s": 0.004}
TISSUE = {"t1_s": 1.3, "relaxivity_per_mM_s": 4.5}
TIMES_S = np.arange(FRAMES) * INTERVAL_S
FINE_TIMES_S = np.arange(round((FRAMES - 1) * INTERVAL_S / FINE_S) + 1) * FINE_S


def arterial(time_s: Floats, *, is_dispersed: bool = False) -> Floats:
    """Return the plasma curve of Parker et al. 2006 after five frames of baseline, in mM.

    Dispersed: mixed on its way, with transit times spread exponentially about 4 s; fine times only.
    """
    curve = population_aif("parker", time_s, hematocrit=HEMATOCRIT, delay_s=ONSET_S)
    if not is_dispersed:
        return curve
    return exponential_convolution(time_s / TRANSIT_S, curve, [1.0])[0]


@dataclass(frozen=True, eq=False)
class DigitalObject:
    """Tissues with Ktrans 0.01 to 0.6 per minute, ve 0.1 to 0.6 and vp 0 to 0.1, and their curves.

    Attributes
    ----------
    curves : shape (n, 60), in mM.
    """

    ktrans: Floats
    ve: Floats
    vp: Floats
    curves: Floats

    def noisy(self, snr: float = 20.0) -> Floats:
        """Return the curves with noise of a standard deviation of their own peak over ``snr``."""
        rng = np.random.default_rng(1)
        return self.curves + rng.standard_normal(self.curves.shape) * self.curves.max(axis=1, keepdims=True) / snr

    def part(self, n: int) -> DigitalObject:
        """Return the first tissues."""
        return DigitalObject(*(each[:n] for each in (self.ktrans, self.ve, self.vp, self.curves)))


def digital_object(n: int, *, is_continuous: bool, is_dispersed: bool = False) -> DigitalObject:
    """Return tissues whose arterial curve is linear between the frames, or continuous (0.05 s) and then sampled."""
    rng = np.random.default_rng(0)
    ktrans, ve, vp = rng.uniform(0.01, 0.6, n), rng.uniform(0.1, 0.6, n), rng.uniform(0.0, 0.1, n)
    times = FINE_TIMES_S if is_continuous else TIMES_S
    curves = tissue_curves(
        "extended_tofts",
        TIMES_S,
        arterial(times, is_dispersed=is_dispersed),
        aif_time_s=times,
        ktrans_per_min=ktrans,
        ve=ve,
        vp=vp,
    )
    return DigitalObject(ktrans, ve, vp, curves)
