"""A population curve set to the time at which the bolus of this study arrives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from PWIProtocolLib.kinetics import Bounds, KineticFitter, Model, population_aif, population_aif_info

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from PWIProtocolLib.mapping.inputs import MappingInputs
    from PWIProtocolLib.mapping.settings import MappingSettings

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


def population_curve(
    name: str, settings: MappingSettings, inputs: MappingInputs, baseline: int, onset_s: float | None = None
) -> PopulationCurve:
    """Return the curve with its arrival taken from the images, unless it is given.

    The tenth of the voxels that enhances most is fitted with a delay each; the lower quartile of what fits well is the
    arrival. A smaller share may hold vessels alone, whose signal can be saturated.
    Where too few fit, the bolus is taken to arrive with the last frame before enhancement.
    """
    times = inputs.dynamic.time_s
    fine = np.union1d(np.arange(times[0], times[-1] + ROOM_S, STEP_S), times)
    arrival_s, told = (onset_s, f"arrival at {onset_s:.1f} s as given") if onset_s is not None else (0.0, "")
    if onset_s is None:
        arrival_s, told = _arrival(name, settings, inputs, baseline, fine)
    aif = population_aif(name, fine, settings.used_hematocrit, arrival_s)
    info = population_aif_info(name)
    return PopulationCurve(fine, aif, arrival_s, f"{info.title} ({info.source}); {told}")


def _arrival(
    name: str, settings: MappingSettings, inputs: MappingInputs, baseline: int, fine: Floats
) -> tuple[float, str]:
    first_s = float(inputs.dynamic.time_s[baseline - 1])
    aif = population_aif(name, fine, settings.used_hematocrit, first_s)
    delays = _delays(settings, inputs, baseline, (fine, aif))
    if delays.size < FEWEST_VOXELS:
        return first_s, "arrives with the last frame before enhancement"
    arrival_s = first_s + float(np.quantile(delays, EARLY_QUANTILE))
    return arrival_s, f"arrival at {arrival_s:.1f} s from the delays of the {delays.size} voxels that enhance most"


def _delays(settings: MappingSettings, inputs: MappingInputs, baseline: int, curve: tuple[Floats, Floats]) -> Floats:
    curves = inputs.curves
    rise = curves.max(axis=1) - curves[:, :baseline].mean(axis=1)
    usable = np.isfinite(rise) & (rise > 0) & inputs.can_have_value
    if np.count_nonzero(usable) < FEWEST_VOXELS:
        return np.zeros(0)
    chosen = np.flatnonzero(usable & (rise >= np.quantile(rise[usable], 1 - STRONGEST)))
    chosen = chosen[:: -(-len(chosen) // MOST_VOXELS)]
    concentration, status = inputs.concentration(settings, baseline, chosen)
    times = inputs.dynamic.time_s
    early_s = 2 * float(np.median(np.diff(times)))
    bounds = Bounds(delay_s=(-early_s, LATEST_S))
    fitter = KineticFitter(
        times, curve[1], Model.EXTENDED_TOFTS, delay="search", aif_time_s=curve[0], bounds=bounds
    )  # fmt: skip
    maps = fitter.run(concentration, status)
    assert maps.delay_s is not None
    delays: Floats = maps.delay_s[maps.has_value & (maps.r2 >= GOOD_R2)].astype(float)
    return delays
