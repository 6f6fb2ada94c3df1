"""Iodine of a subtraction in regions, what false rims could feign of it, and evidence of it. No Qt, no Slicer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.measure.case.evidence.rows import of_map_value
from iENEGraderLib.measure.map_values import MapValue, SpectralKind, map_value
from iENEGraderLib.measure.regions import GridRegion
from iENEGraderLib.spectral.maps import MG_ML
from iENEGraderLib.spectral.trust import LEAST_RIM_SHARE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from HeadNeckNodesLib.imaging.image import Image
    from numpy.typing import NDArray

    from iENEGraderLib.panel.spectral.regions import Region
    from iENEGraderLib.reading import Evidence

NAME = "iodine by subtraction of a scan before contrast agent from one after it"
LEAST_UNCERTAINTY_MG_ML = 0.01
UNKNOWN = 0.0
"""Value of the map where nothing is known of iodine."""


@dataclass(frozen=True, eq=False)
class SubtractionMap:
    """What a subtraction has left in the scene.

    Attributes
    ----------
    iodine : mg/mL, `UNKNOWN` in air, bone and metal and where the scan before contrast agent does not reach.
    rims : where a misfit could feign iodine, mask [k, j, i].
    slope_uncertainty : relative standard uncertainty of all values, from the slope of the tube voltage.
    """

    iodine: Image
    rims: NDArray[np.bool_]
    slope_uncertainty: float = 0.0


def subtraction_words(found: SubtractionMap, region: Region) -> str:
    """Return the iodine of a region with its standard uncertainty, and what to mind of it.

    Parameters
    ----------
    region : on the grid of the map.
    """
    value = _value(found, region)
    if value is None:
        return f"{region.name}: nothing is known of its iodine"
    words = f"{region.name}: {value.mean:.2f}"
    if not np.isnan(value.uncertainty):
        words += f" ± {max(value.uncertainty, LEAST_UNCERTAINTY_MG_ML):.2f}"
    return ", ".join([f"{words} {MG_ML} of iodine", *_doubts(found, region)])


def subtraction_evidence(found: SubtractionMap, regions: Iterable[Region]) -> Mapping[str, tuple[Evidence, ...]]:
    """Return evidence by node: its iodine, with what to mind of it in the method; none where nothing is known.

    Parameters
    ----------
    regions : on the grid of the map; those that are no nodes are passed over.
    """
    rows: dict[str, tuple[Evidence, ...]] = {}
    for region in regions:
        value = _value(found, region) if region.node_id else None
        if value is not None:
            method = "; ".join([value.method, *_doubts(found, region)])
            rows[region.node_id] = (of_map_value(replace(value, method=method)),)
    return rows


def _value(found: SubtractionMap, region: Region) -> MapValue | None:
    """Return the iodine of a region where it is known, its uncertainty with that of the slope."""
    known = region.mask & (found.iodine.voxels[_grid_region(region).box] != UNKNOWN)
    core = GridRegion(known, region.start_kji, region.words)
    value = map_value(found.iodine, core, SpectralKind.IODINE, MG_ML, NAME)
    if value is None:
        return None
    if not found.slope_uncertainty:
        return value
    error = float(np.hypot(value.uncertainty, found.slope_uncertainty * value.mean))
    return replace(value, uncertainty=error, method=f"{value.method} and of the slope of the tube voltage")


def _doubts(found: SubtractionMap, region: Region) -> list[str]:
    """Return what to mind of a region in which something is known."""
    box = _grid_region(region).box
    known = region.mask & (found.iodine.voxels[box] != UNKNOWN)
    rims, left_out = float(found.rims[box][known].mean()), 1.0 - float(known.sum()) / float(region.mask.sum())
    doubts = []
    if rims >= LEAST_RIM_SHARE:
        doubts.append(f"{100 * rims:.0f} % of it at strong edges that could be false rims")
    if left_out > 0:
        doubts.append(f"{100 * left_out:.0f} % of the region left out: bone, air, or outside the first scan")
    return doubts


def _grid_region(region: Region) -> GridRegion:
    return GridRegion(region.mask, region.start_kji, region.words)
