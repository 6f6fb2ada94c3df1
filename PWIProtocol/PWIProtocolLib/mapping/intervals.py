"""How well each voxel tells its parameters: half widths of 95 % intervals beside the maps."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import stdtrit

from PWIProtocolLib.kinetics import ConfidenceIntervals, KineticMaps, VoxelStatus, confidence_intervals
from PWIProtocolLib.mapping.baseline_noise import mean_shifts, some_voxels, voxel_shifts
from PWIProtocolLib.mapping.inputs import SignalInputs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from PWIProtocolLib.mapping.study import MappedStudy

    Share = Callable[[float], bool]
    Reals = NDArray[Any]

LEVEL = 0.95
SLAB = 32768
NAMES = tuple(each.name for each in fields(ConfidenceIntervals) if each.name != "level")
MEANING = (
    "Half the width of the 95 % interval: in 95 of 100 such curves the value lies within this much of the truth, if "
    "the model is right. It holds the noise of the curve, and of the frames before contrast where the study holds "
    "signal. The arterial curve, T1 and a delay that was searched count as known, so the whole uncertainty is larger. "
    "Where a limit is active there is none."
)


@dataclass(frozen=True, eq=False)
class MapIntervals:
    """Intervals of all voxels.

    Attributes
    ----------
    half_widths : by the name of the map, flat (n_voxels,), in its unit; NaN where a limit is active or there is no
        value.
    level : share of intervals that hold the truth, if the model is right.
    """

    half_widths: Mapping[str, Reals]
    level: float = LEVEL

    def median(self, name: str, index: NDArray[np.intp]) -> float | None:
        """Return the median half width of a map over some voxels; None where none has one."""
        values = self.half_widths[name][index] if name in self.half_widths else np.empty(0)
        known = values[np.isfinite(values)]
        return float(np.median(known)) if known.size else None

    def valued(self, name: str, index: NDArray[np.intp]) -> int:
        """Return how many of some voxels have an interval."""
        return int(np.count_nonzero(np.isfinite(self.half_widths[name][index]))) if name in self.half_widths else 0


def map_intervals(study: MappedStudy, progress: Share | None = None) -> MapIntervals:
    """Return the intervals of all voxels by linear theory at the best fit (Seber and Wild 1989).

    For signal, the error of the level before contrast is added: it moves a whole curve, which residuals do not show.

    Parameters
    ----------
    progress : called with the share done; returning False stops, and the other voxels have none.
    """
    count = len(study.kinetic.status)
    found: dict[str, Reals] = {}
    for start in range(0, count, SLAB):
        part = slice(start, min(start + SLAB, count))
        for name, values in _slab(study, part).items():
            found.setdefault(name, np.full(count, np.nan, np.float32))[part] = values
        if progress is not None and not progress(part.stop / count):
            break
    return MapIntervals(found)


def mean_intervals(study: MappedStudy, maps: KineticMaps, index: NDArray[np.intp]) -> ConfidenceIntervals:
    """Return the intervals of the fit of the mean curve of some voxels, each shape (1,), as those of voxels.

    Parameters
    ----------
    maps : the fit of the mean.
    index : the voxels of the mean, all with a curve.
    """
    found = confidence_intervals(study.fitter, maps, LEVEL)
    if not isinstance(study.inputs, SignalInputs) or maps.status[0] != VoxelStatus.FITTED:
        return found
    shifts = mean_shifts(study, study.inputs, index, maps)
    widened = {name: _widened(study, each, shifts[name]) for name, each in _widths(found).items()}
    return ConfidenceIntervals(found.level, **widened)


def _slab(study: MappedStudy, part: slice) -> dict[str, Reals]:
    widths = _widths(confidence_intervals(study.fitter, some_voxels(study.kinetic, part), LEVEL))
    fitted = np.flatnonzero(study.kinetic.status[part] == VoxelStatus.FITTED)
    if not isinstance(study.inputs, SignalInputs) or not fitted.size:
        return widths
    shifts = voxel_shifts(study, study.inputs, part.start + fitted)
    for name, values in widths.items():
        values[fitted] = _widened(study, values[fitted], shifts[name])
    return widths


def _widths(intervals: ConfidenceIntervals) -> dict[str, Reals]:
    return {name: values for name in NAMES if (values := getattr(intervals, name)) is not None}


def _widened(study: MappedStudy, widths: Reals, shifts: Reals) -> Reals:
    """Add the shift by one standard deviation that is independent of the noise behind the widths."""
    found: Reals = np.hypot(
        widths, shifts * stdtrit(len(study.fitter.time_s) - study.fitter.n_parameters, 0.5 + LEVEL / 2)
    )
    return found
