"""A population curve set to the time at which the bolus of this study arrives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PWIProtocolLib.kinetics import (
    Bounds,
    KineticFitter,
    Model,
    concentration_from_signal,
    population_aif,
    population_aif_info,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hnn.perfusion.inputs import FitInputs
    from hnn.perfusion.settings import FitSettings

    Floats = NDArray[np.float64]

STEP_S = 0.25
ROOM_S = 15.0
"""The curve goes on beyond the last frame, for tissue that is found to enhance before it."""
STRONGEST, MOST_VOXELS = 0.1, 2000
GOOD_R2 = 0.8
FEWEST_VOXELS = 5
EARLY_QUANTILE = 0.25
"""Contrast agent reaches no tissue before its artery, and veins later."""
LATEST_S = 20.0


@dataclass(frozen=True, eq=False)
class PopulationCurve:
    """A population curve at fine times."""

    time_s: Floats
    aif_mM: Floats
    arrival_s: float
    words: str


def population_curve(settings: FitSettings, inputs: FitInputs, baseline: int) -> PopulationCurve:
    """Return the curve with its arrival taken from the images.

    The tenth of the voxels that enhances most is fitted with a delay each; the lower quartile of what fits well is the
    arrival. A smaller share may hold vessels alone, whose signal can be saturated.
    Where too few fit, the bolus is taken to arrive with the last frame before enhancement.
    """
    times = inputs.dynamic.time_s
    fine = np.union1d(np.arange(times[0], times[-1] + ROOM_S, STEP_S), times)
    first_s = float(times[baseline - 1])
    aif = population_aif(settings.aif, fine, settings.used_hematocrit, first_s)
    delays = _delays(settings, inputs, baseline, (fine, aif))
    arrival_s = first_s
    told = "arrives with the last frame before enhancement"
    if delays.size >= FEWEST_VOXELS:
        arrival_s = first_s + float(np.quantile(delays, EARLY_QUANTILE))
        told = f"arrival at {arrival_s:.1f} s from the delays of the {delays.size} voxels that enhance most"
    aif = population_aif(settings.aif, fine, settings.used_hematocrit, arrival_s)
    info = population_aif_info(settings.aif)
    return PopulationCurve(fine, aif, arrival_s, f"{info.title} ({info.source}); {told}")


def _delays(settings: FitSettings, inputs: FitInputs, baseline: int, curve: tuple[Floats, Floats]) -> Floats:
    signal = inputs.signal
    rise = signal.max(axis=1) - signal[:, :baseline].mean(axis=1)
    t1 = inputs.precontrast.t1_s
    usable = np.isfinite(rise) & (rise > 0) & (np.isfinite(t1) if t1.ndim else True)
    if np.count_nonzero(usable) < FEWEST_VOXELS:
        return np.zeros(0)
    chosen = np.flatnonzero(usable & (rise >= np.quantile(rise[usable], 1 - STRONGEST)))
    chosen = chosen[:: -(-len(chosen) // MOST_VOXELS)]
    found = concentration_from_signal(
        signal[chosen],
        baseline,
        inputs.flip_angle_deg,
        inputs.repetition_time_s,
        t1_s=t1[chosen] if t1.ndim else t1,
        relaxivity_per_mM_s=settings.used_relaxivity,
    )
    times = inputs.dynamic.time_s
    early_s = 2 * float(np.median(np.diff(times)))
    fitter = KineticFitter(
        times,
        curve[1],
        Model.EXTENDED_TOFTS,
        delay="search",
        aif_time_s=curve[0],
        bounds=Bounds(delay_s=(-early_s, LATEST_S)),
    )
    maps = fitter.run(found.mM, found.status)
    assert maps.delay_s is not None
    delays: Floats = maps.delay_s[maps.has_value & (maps.r2 >= GOOD_R2)].astype(float)
    return delays
