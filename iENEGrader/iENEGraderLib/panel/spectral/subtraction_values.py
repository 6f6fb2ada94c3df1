"""Iodine of a subtraction in regions, and how much of each region false rims could feign. No Qt, no Slicer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.measure.map_values import SpectralKind, map_value
from iENEGraderLib.measure.regions import GridRegion
from iENEGraderLib.spectral.maps import MG_ML
from iENEGraderLib.spectral.trust import LEAST_RIM_SHARE

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.image import Image
    from numpy.typing import NDArray

    from iENEGraderLib.panel.spectral.regions import Region

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
    box = GridRegion(region.mask, region.start_kji, region.words).box
    known = region.mask & (found.iodine.voxels[box] != UNKNOWN)
    value = map_value(
        found.iodine, GridRegion(known, region.start_kji, region.words), SpectralKind.IODINE, MG_ML, "subtraction"
    )
    if value is None:
        return f"{region.name}: nothing is known of its iodine"
    words = f"{region.name}: {value.mean:.2f}"
    if not np.isnan(value.uncertainty):
        words += f" ± {max(np.hypot(value.uncertainty, found.slope_uncertainty * value.mean), 0.01):.2f}"
    words += f" {MG_ML} of iodine"
    rims, left_out = float(found.rims[box][known].mean()), 1.0 - float(known.sum()) / float(region.mask.sum())
    if rims >= LEAST_RIM_SHARE:
        words += f", {100 * rims:.0f} % of it at strong edges that could be false rims"
    if left_out > 0:
        words += f", {100 * left_out:.0f} % of the region left out: bone, air, or outside the first scan"
    return words
