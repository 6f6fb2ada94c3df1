"""What a fit says of a region: statistics of the maps, the mean curve with its fit, and cautions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.mapping.intervals import mean_intervals
from PWIProtocolLib.roi import (
    Finding,
    MeanCurve,
    NamedMap,
    RegionMaps,
    mean_curve_fit,
    region_cautions,
    segment_statistics,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from PWIProtocolLib.kinetics import ConfidenceIntervals, KineticMaps
    from PWIProtocolLib.mapping.study import MappedStudy
    from PWIProtocolLib.roi import MapStatistics, RegionCaution

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CurveFit:
    """The fit of one curve: maps of one voxel, 95 % intervals, and the fitted curve at the times of the frames."""

    maps: KineticMaps
    intervals: ConfidenceIntervals
    curve_mM: Floats

    def value(self, name: str) -> float | None:
        """Return a parameter; None when the curve has none."""
        values = self.maps.named().get(name)
        return None if values is None or not np.isfinite(values[0]) else float(values[0])

    def half_width(self, name: str) -> float | None:
        """Return half the width of its interval; None where it is not defined."""
        values = getattr(self.intervals, name, None)
        return None if values is None or not np.isfinite(values[0]) else float(values[0])


@dataclass(frozen=True, eq=False)
class Region:
    """A part of the grid.

    Attributes
    ----------
    index : its voxels in the flat maps.
    statistics : one for each map.
    mean : mean curve with its fit; None when no voxel has a curve.
    cautions : checks for what does not belong in the region.
    """

    name: str
    index: NDArray[np.intp]
    statistics: tuple[MapStatistics, ...]
    mean: MeanCurve[CurveFit] | None
    cautions: tuple[RegionCaution, ...]

    @property
    def suspected(self) -> tuple[RegionCaution, ...]:
        """What the region may hold and should not."""
        return tuple(each for each in self.cautions if each.finding is Finding.SUSPECTED)

    def of(self, name: str) -> MapStatistics | None:
        """Return the statistics of one map; None when the model has none."""
        return next((each for each in self.statistics if each.kind.name == name), None)


def region_of(study: MappedStudy, name: str, mask: NDArray[np.bool_]) -> Region:
    """Sum up a region.

    Parameters
    ----------
    mask : [k, j, i] on the grid of the dynamic study.

    Raises
    ------
    InputError
        When it holds no voxel.
    """
    index = np.flatnonzero(mask)
    if not len(index):
        raise InputError(f"{name}: holds no voxel of the dynamic study; draw it there, or leave it out")
    maps = [NamedMap(kind, study.on_grid(values)) for kind, values in study.named().items()]
    return Region(name, index, segment_statistics(maps, mask), _mean(study, index), _cautions(study, index))


def _mean(study: MappedStudy, index: NDArray[np.intp]) -> MeanCurve[CurveFit] | None:
    curves = study.concentration(index)
    usable = np.isfinite(curves).all(axis=1)
    if not usable.any():
        return None
    return mean_curve_fit(curves, lambda mean: _fit_of(study, mean, index[usable]))


def _fit_of(study: MappedStudy, curve: Floats, index: NDArray[np.intp]) -> CurveFit:
    maps = study.fitter.run(curve)
    return CurveFit(maps, mean_intervals(study, maps, index), study.drawn(maps))


def _cautions(study: MappedStudy, index: NDArray[np.intp]) -> tuple[RegionCaution, ...]:
    named = study.named()

    def of(name: str) -> NDArray[Any] | None:
        return named[name][index] if name in named else None

    return region_cautions(
        RegionMaps(
            relative_enhancement=of("relative_enhancement"),
            time_to_peak_s=of("time_to_peak_s"),
            vp=of("vp"),
            t1_s=of("t1_s"),
            has_value=study.kinetic.has_value[index],
        )
    )
