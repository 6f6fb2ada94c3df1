"""Two nodes on one box with what all criteria of coalescence need of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import KDTree

from iENEGraderLib.measure.label_field import Field, smooth_field
from iENEGraderLib.measure.label_pair import LabelPair, pair_on
from iENEGraderLib.measure.surface import Surface, surface_of

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from numpy.typing import NDArray

    from iENEGraderLib.measure.label_field import LabelPart

    Floats = NDArray[np.float64]
    Point = tuple[float, float, float]

MARGIN_VOXELS = 4
TOUCHING_VOXELS = 0.6
"""Ours: surfaces of labels that share a voxel face come this near to each other after smoothing."""


@dataclass(frozen=True, eq=False)
class TwoNodes:
    """Two cropped labels of one grid, neither empty nor within the other."""

    first: LabelPart
    second: LabelPart
    geometry: ImageGeometry

    @cached_property
    def voxel_mm(self) -> Floats:
        """Spacing of the grid in the order of the array axes."""
        return np.array(self.geometry.spacing_kji_mm)

    @cached_property
    def pair(self) -> LabelPair:
        """Both masks without overlap, thick sections filled in between."""
        start = np.minimum(self.first.start_kji, self.second.start_kji) - MARGIN_VOXELS
        ends = [np.add(part.start_kji, part.mask.shape) for part in (self.first, self.second)]
        stop = np.maximum(*ends) + MARGIN_VOXELS
        return pair_on(self.first, self.second, start, stop, self.voxel_mm)

    @cached_property
    def fields(self) -> tuple[Field, Field]:
        """Both masks, smooth."""
        pair = self.pair
        first, second = (smooth_field(mask, pair.spacing_mm, pair.origin_mm) for mask in (pair.first, pair.second))
        return first, second

    @cached_property
    def surfaces(self) -> tuple[Surface, Surface]:
        """Both surfaces."""
        pair = self.pair
        first, second = (surface_of(mask, pair.spacing_mm, pair.origin_mm) for mask in (pair.first, pair.second))
        return first, second

    @cached_property
    def middles_mm(self) -> tuple[Floats, Floats]:
        """Middles of both labels, in mm along the axes of the image."""
        pair = self.pair
        first, second = (
            pair.origin_mm + np.argwhere(mask).mean(axis=0) * pair.spacing_mm for mask in (pair.first, pair.second)
        )
        return first, second

    @cached_property
    def gaps_mm(self) -> Floats:
        """Distance of each point of the first surface from the second."""
        first, second = self.surfaces
        gaps: Floats = KDTree(second.points_mm).query(first.points_mm)[0]
        return gaps

    @property
    def touching_mm(self) -> float:
        """Distance within which surfaces touch."""
        return TOUCHING_VOXELS * float(self.pair.spacing_mm.max())

    @property
    def distance_mm(self) -> float:
        """Distance between the surfaces; 0 when they touch."""
        least = float(self.gaps_mm.min())
        return least if least > self.touching_mm else 0.0

    def place_ras(self, point_mm: Floats) -> Point:
        """Return a place, given in mm along the axes of the image, in RAS mm."""
        x, y, z = self.geometry.ras_from_kji(point_mm / self.voxel_mm).tolist()
        return x, y, z
