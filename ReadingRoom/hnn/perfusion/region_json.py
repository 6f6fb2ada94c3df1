"""Segments in the JSON document of a fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PWIProtocolLib.mapping import BestModels, PlacedSegments
    from PWIProtocolLib.roi import MapStatistics, RegionCaution

    from hnn.perfusion.job import FittedStudy
    from hnn.perfusion.regions import Region

    Json = dict[str, object]


def region_json(study: FittedStudy, region: Region) -> Json:
    """Return everything about a segment."""
    mean = region.mean
    names = study.kinetic.named()
    return {
        "segment_id": region.segment.segment_id,
        "segment": region.segment.name,
        "voxels": len(region.index),
        "maps": [_statistics(one) | _half_widths(study, region, one) for one in region.statistics],
        "mean_curve": None
        if mean is None
        else {
            "voxels": mean.voxels,
            "left_out": mean.left_out,
            "mean_mM": [rounded(value) for value in mean.mean_mM],
            "fit_mM": [rounded(value) for value in mean.fit.curve_mM],
            "parameters": {
                name: {"value": rounded(mean.fit.value(name)), "half_width_95": rounded(mean.fit.half_width(name))}
                for name in names
            },
        },
        "best_models": None if study.best_models is None else shares_json(study.best_models, region.index),
        "cautions": [_caution(one) for one in region.cautions],
    }


def _statistics(one: MapStatistics) -> Json:
    plain = ("voxels", "valued", "mean", "sd", "median", "minimum", "maximum", "skewness", "kurtosis", "entropy_bits")
    percentiles = {f"{each.percent:g}": rounded(each.value) for each in one.percentiles}
    numbers = {name: rounded(getattr(one, name)) for name in plain}
    histogram = {
        "from": one.kind.bins_from,
        "to": one.kind.bins_to,
        "counts": list(one.histogram),
        "beyond": one.beyond_bins,
    }
    return {"name": one.kind.name, "unit": one.kind.unit, **numbers, "percentiles": percentiles, "histogram": histogram}


def _caution(one: RegionCaution) -> Json:
    return {"kind": str(one.kind), "finding": str(one.finding), "share": rounded(one.share), "sentence": one.sentence}


def shares_json(best: BestModels, index: NDArray[np.intp] | None) -> list[Json]:
    """Return how many of some voxels, or of all, each model explains best; no share where none was compared."""
    known = best.compared(index) > 0
    return [
        {
            "model": str(each.model),
            "label": each.label,
            "voxels": each.voxels,
            "share": rounded(each.share) if known else None,
        }
        for each in best.shares(index)
    ]


def resampling_json(placed: PlacedSegments | None) -> Json | None:
    """Return what happened to segments that were drawn on another grid; None where no voxel was resampled."""
    if placed is None or placed.drawn_on is None:
        return None
    grids = {"drawn_on": placed.drawn_on, "used_on": placed.segmentation.geometry}
    return {
        "method": "nearest voxel",
        **{
            name: {"size_ijk": list(each.size_ijk), "spacing_mm": list(each.spacing_mm), "words": each.describe()}
            for name, each in grids.items()
        },
        "segments": [
            {
                "segment_id": each.segment_id,
                "segment": each.name,
                "drawn_ml": rounded(each.drawn_ml),
                "used_ml": rounded(each.placed_ml),
                "inside_share": rounded(each.inside_share),
            }
            for each in placed.placings
        ],
    }


def _half_widths(study: FittedStudy, region: Region, one: MapStatistics) -> Json:
    """Return the median half width of a map; nothing for maps that have none."""
    intervals, name = study.intervals, one.kind.name
    if intervals is None or name not in intervals.half_widths:
        return {}
    median, valued = intervals.median(name, region.index), intervals.valued(name, region.index)
    return {"half_width_95_median": rounded(median), "half_width_95_valued": valued}


def rounded(value: float | None) -> float | int | None:
    """Return a number with six digits; None for what is no number."""
    if value is None or not np.isfinite(value):
        return None
    return value if isinstance(value, int) else float(f"{float(value):.6g}")
