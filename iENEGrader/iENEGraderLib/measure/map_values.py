"""Values of a map in a node and in its margin, with their uncertainty."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.measure.shared_noise import independent_voxels

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import Vector
    from HeadNeckNodesLib.imaging.image import Image

    from iENEGraderLib.measure.regions import GridRegion


class SpectralKind(StrEnum):
    """Kinds of spectral evidence. Values stand in reading documents: never rename them."""

    IODINE = "iodine_concentration"
    FAT = "fat_fraction"
    LOW_HU = "attenuation_40_kev"
    USUAL_HU = "attenuation_70_kev"
    MARGIN_IODINE = "margin_iodine_concentration"
    MARGIN_FAT = "margin_fat_fraction"


def attenuation_kind(kev: float) -> str:
    """Return the kind of evidence on HU at an energy."""
    return f"attenuation_{kev:g}_kev"


@dataclass(frozen=True)
class MapValue:
    """Mean of a map in a region.

    Attributes
    ----------
    kind : of evidence.
    mean, unit : UCUM unit.
    uncertainty : standard error of the mean, from the spread of the voxels and how far their noise reaches; NaN for
        one voxel.
    voxels : of the region.
    method : map and region in words.
    place_ras_mm : middle of the region.
    """

    kind: str
    mean: float
    unit: str
    uncertainty: float
    voxels: int
    method: str
    place_ras_mm: Vector


def map_value(image: Image, region: GridRegion, kind: str, unit: str, name: str) -> MapValue | None:
    """Read a map in a region; None when the region is empty.

    Parameters
    ----------
    image : the map.
    region : on its grid.
    kind : of evidence.
    unit : of the map.
    name : of the map.
    """
    if not region.mask.any():
        return None
    box = image.voxels[region.box].astype(np.float64)
    values = box[region.mask]
    count = len(values)
    spread = float(values.std(ddof=1)) if count > 1 else float("nan")
    error = spread / float(np.sqrt(independent_voxels(box[None], region.mask)))
    middle = np.argwhere(region.mask).mean(axis=0) + region.start_kji
    method = f"{name}; mean of {count} voxels, {region.words}; standard uncertainty of the mean"
    return MapValue(kind, float(values.mean()), unit, error, count, method, image.geometry.place_ras_mm(middle))
