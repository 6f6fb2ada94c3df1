"""What a fit says of a region: statistics of the maps, the mean curve with its fit, and cautions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.kinetics import confidence_intervals
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
    if not np.isfinite(curves).all(axis=1).any():
        return None
    return mean_curve_fit(curves, lambda mean: _fit_of(study, mean))


def _fit_of(study: MappedStudy, curve: Floats) -> CurveFit:
    maps = study.fitter.run(curve)
    return CurveFit(maps, confidence_intervals(study.fitter, maps), study.drawn(maps))


def _cautions(study: MappedStudy, index: NDArray[np.intp]) -> tuple[RegionCaution, ...]:
    kinetic, described, t1 = study.kinetic, study.described, study.inputs.precontrast
    return region_cautions(
        RegionMaps(
            relative_enhancement=described.relative_enhancement[index],
            time_to_peak_s=described.time_to_peak_s[index],
            vp=None if kinetic.vp is None else kinetic.vp[index],
            t1_s=t1.t1_s[index] if t1.is_map else None,
            has_value=kinetic.has_value[index],
        )
    )
