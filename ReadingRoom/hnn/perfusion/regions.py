"""What a fit says of each segment: statistics of the maps, the mean curve with its fit, and cautions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PWIProtocolLib.kinetics import confidence_intervals, fitted_curves
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
    from HeadNeckNodesLib.imaging.segmentation import Segment
    from numpy.typing import NDArray
    from PWIProtocolLib.kinetics import ConfidenceIntervals, KineticMaps
    from PWIProtocolLib.roi import MapStatistics, RegionCaution

    from hnn.perfusion.job import FittedStudy

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
    """A segment.

    Attributes
    ----------
    index : its voxels in the flat maps.
    statistics : one for each map.
    mean : mean curve with its fit; None when no voxel has a curve.
    cautions : checks for what does not belong in the region.
    """

    segment: Segment
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


def regions_of(study: FittedStudy) -> tuple[Region, ...]:
    """Sum up every segment of the study; empty without segments."""
    segments = study.inputs.regions.segments if study.inputs.regions is not None else ()
    return tuple(_region(study, segment) for segment in segments)


def _region(study: FittedStudy, segment: Segment) -> Region:
    mask = segment.mask()
    index = np.flatnonzero(mask)
    maps = [NamedMap(name, study.on_grid(values)) for name, values in study.named().items()]
    return Region(segment, index, segment_statistics(maps, mask), _mean(study, index), _cautions(study, index))


def _mean(study: FittedStudy, index: NDArray[np.intp]) -> MeanCurve[CurveFit] | None:
    curves = study.concentration(index)
    if not np.isfinite(curves).all(axis=1).any():
        return None
    return mean_curve_fit(curves, lambda mean: _fit_of(study, mean))


def _fit_of(study: FittedStudy, curve: Floats) -> CurveFit:
    maps = study.fitter.run(curve)
    drawn = fitted_curves(
        maps,
        [0],
        study.inputs.dynamic.time_s,
        study.arterial.aif_mM,
        aif_time_s=study.arterial.time_s,
        delay_s=study.fitter.delay_s or 0.0,
    )
    return CurveFit(maps, confidence_intervals(study.fitter, maps), drawn[0])


def _cautions(study: FittedStudy, index: NDArray[np.intp]) -> tuple[RegionCaution, ...]:
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
