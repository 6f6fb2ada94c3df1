"""Spectral maps that measurements use in place of HU."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.measure.fat_view import FatView

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.image import Image

MOST_FAT = 5.0
MOST_MG_ML = 100.0
"""Ours: nine in ten voxels of a map of shares, or of iodine of a neck, are far below."""
USUAL_SHARE = 90.0


@dataclass(frozen=True, eq=False)
class MeasureMaps:
    """Maps on the grid of the segments.

    Attributes
    ----------
    iodine : mg/mL; infiltration and veins are then judged by it.
    fat_fraction : shares, 0 to 1; spikes, fat planes and nerves are then judged by it.
    monochromatic : images in HU by their energy in keV, read in nodes and margins.
    """

    iodine: Image | None = None
    fat_fraction: Image | None = None
    monochromatic: dict[float, Image] = field(default_factory=dict)

    @property
    def images(self) -> tuple[Image, ...]:
        """All maps that are given."""
        given = (self.iodine, self.fat_fraction, *self.monochromatic.values())
        return tuple(each for each in given if each is not None)

    @cached_property
    def fat_view(self) -> FatView | None:
        """What the fat map shows of soft tissue; None without."""
        return None if self.fat_fraction is None else FatView.of_fat_map(self.fat_fraction)

    def require_on(self, geometry: ImageGeometry) -> None:
        """Pass when all maps lie on a grid and none is obviously in another unit.

        Raises
        ------
        InputError
            naming the map, what was found and what to do.
        """
        for each in self.images:
            if not each.geometry.matches(geometry):
                raise InputError(
                    f"{each.source or 'a map'}: lies on {each.geometry.describe()}, expected the grid of the segments, "
                    f"{geometry.describe()}; compute the maps from the series that was segmented, or resample them"
                )
        _require_range(self.fat_fraction, MOST_FAT, "shares of fat from 0 to 1", "percent")
        _require_range(self.iodine, MOST_MG_ML, "iodine in mg/mL", "HU or 100 ug/cm3")


NO_MAPS = MeasureMaps()
"""HU are used throughout."""


def _require_range(image: Image | None, most: float, what: str, other: str) -> None:
    if image is None:
        return
    usual = float(np.percentile(np.abs(image.voxels[:: max(1, len(image.voxels) // 24)]), USUAL_SHARE))
    if usual > most:
        raise InputError(
            f"{image.source or 'a map'}: nine in ten values reach {usual:.0f}, expected {what}; it is probably in "
            f"{other}: convert it first"
        )
