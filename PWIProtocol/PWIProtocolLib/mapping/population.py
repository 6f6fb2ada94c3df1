"""A population curve set to the time at which the bolus of this study arrives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from PWIProtocolLib.kinetics import population_aif, population_aif_info
from PWIProtocolLib.mapping.bolus_arrival import FEWEST_VOXELS, tissue_delays

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from PWIProtocolLib.mapping.inputs import MappingInputs
    from PWIProtocolLib.mapping.settings import MappingSettings

    Floats = NDArray[np.float64]
    Share = Callable[[float], bool]

STEP_S = 0.25
ROOM_S = 15.0
"""The curve goes on beyond the last frame, for tissue that is found to enhance before it."""
EARLY_QUANTILE = 0.25
"""Contrast agent reaches no tissue before its artery, and veins later."""


@dataclass(frozen=True, eq=False)
class PopulationCurve:
    """A population curve at fine times."""

    time_s: Floats
    aif_mM: Floats
    arrival_s: float
    words: str


def population_curve(
    name: str,
    settings: MappingSettings,
    inputs: MappingInputs,
    baseline: int,
    onset_s: float | None = None,
    *,
    progress: Share | None = None,
) -> PopulationCurve:
    """Return the curve with its arrival taken from the images, unless it is given.

    The tenth of the voxels that enhances most is fitted with a delay each; the lower quartile of what fits well is the
    arrival. A smaller share may hold vessels alone, whose signal can be saturated.
    Where too few fit, the bolus is taken to arrive with the last frame before enhancement.

    Parameters
    ----------
    progress : called with the share of the search done.

    Raises
    ------
    ReadingCancelledError
        When `progress` returned False.
    """
    times = inputs.dynamic.time_s
    fine = np.union1d(np.arange(times[0], times[-1] + ROOM_S, STEP_S), times)
    arrival_s, told = (onset_s, f"arrival at {onset_s:.1f} s as given") if onset_s is not None else (0.0, "")
    if onset_s is None:
        arrival_s, told = _arrival(name, (settings, inputs, baseline), fine, progress)
    aif = population_aif(name, fine, settings.used_hematocrit, arrival_s)
    info = population_aif_info(name)
    return PopulationCurve(fine, aif, arrival_s, f"{info.title} ({info.source}); {told}")


def _arrival(
    name: str, study: tuple[MappingSettings, MappingInputs, int], fine: Floats, progress: Share | None
) -> tuple[float, str]:
    settings, inputs, baseline = study
    first_s = float(inputs.dynamic.time_s[baseline - 1])
    aif = population_aif(name, fine, settings.used_hematocrit, first_s)
    delays = tissue_delays(settings, inputs, baseline, (fine, aif), progress)
    if delays.size < FEWEST_VOXELS:
        return first_s, "arrives with the last frame before enhancement"
    arrival_s = first_s + float(np.quantile(delays, EARLY_QUANTILE))
    return arrival_s, f"arrival at {arrival_s:.1f} s from the delays of the {delays.size} voxels that enhance most"
