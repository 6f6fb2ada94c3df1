"""The image across the gap between two labels, one profile for each pair of facing points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage, sparse
from scipy.spatial import KDTree

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.image import Image
    from numpy.typing import NDArray

    from iENEGraderLib.measure.facing import FacingPatch

    Floats = NDArray[np.float64]

STEP_MM = 0.15
BEYOND_MM = 0.75
BEYOND_VOXELS = 1.0
"""Ours: the plane is looked for this far beyond the ends of a joining segment, because outlines are not exact."""
SIDE_FROM_MM, SIDE_TO_MM = 1.0, 2.5
"""Ours: depth at which each side is read for comparison: past its blurred border, before a necrotic core."""
SIDEWAYS_MM = 0.75
SIDEWAYS_VOXELS = 1.0
"""Ours: neighbouring segments within this are averaged, for a plane is a sheet and noise is not."""
NOISE_LEFT = 0.4
"""Ours, from phantoms: share of the noise of single voxels that this averaging leaves."""
SPLINE_ORDER = 3
SPLINE_MARGIN = 4


@dataclass(frozen=True, eq=False)
class GapProfiles:
    """Values along joining segments and beyond both ends.

    Attributes
    ----------
    values : shape (points, offsets), averaged with neighbouring segments.
    offsets_mm : from the middle of the segment, negative towards the first label.
    gaps_mm : lengths of the segments.
    voxel_mm : least voxel side.
    """

    values: NDArray[np.float32]
    offsets_mm: Floats
    gaps_mm: Floats
    voxel_mm: float

    def least(self) -> NDArray[np.float32]:
        """Return the least value of each profile in the gap and a little beyond it."""
        half = self.gaps_mm / 2.0 + max(BEYOND_MM, BEYOND_VOXELS * self.voxel_mm)
        within = np.abs(self.offsets_mm) <= half[:, None]
        least: NDArray[np.float32] = np.where(within, self.values, np.float32(np.inf)).min(axis=1)
        return least

    def side(self, sign: int) -> float:
        """Return the typical value of the first (-1) or second (+1) label behind its facing surface."""
        depth = sign * self.offsets_mm - self.gaps_mm[:, None] / 2.0
        return float(np.median(self.values[(depth >= SIDE_FROM_MM) & (depth <= SIDE_TO_MM)]))


def gap_profiles(image: Image, patch: FacingPatch) -> GapProfiles:
    """Read the image across the gap of a patch that has points."""
    spacing = np.array(image.geometry.spacing_kji_mm)
    voxel = float(spacing.min())
    longest = float(patch.gaps_mm.max()) / 2.0 + max(SIDE_TO_MM, 2.0 * voxel)
    steps = int(np.ceil(longest / STEP_MM))
    offsets: Floats = np.arange(-steps, steps + 1, dtype=np.float64) * STEP_MM
    points = patch.middles_mm[:, None] + offsets[:, None] * patch.directions[:, None]
    beside = _neighbours(patch.middles_mm, max(SIDEWAYS_MM, SIDEWAYS_VOXELS * voxel))
    averaged: NDArray[np.float32] = (beside @ _values(image, points / spacing)) / beside.sum(axis=1)[:, None]
    return GapProfiles(averaged, offsets, patch.gaps_mm, voxel)


def _neighbours(points_mm: Floats, reach_mm: float) -> sparse.csr_array:
    """Return which points lie near which, each near itself, as a matrix of 0 and 1."""
    pairs = KDTree(points_mm).query_pairs(reach_mm, output_type="ndarray")
    count = len(points_mm)
    ones = np.ones(len(pairs), dtype=np.float32)
    one_way = sparse.csr_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    return one_way + one_way.T + sparse.eye_array(count, dtype=np.float32, format="csr")


def _values(image: Image, places_kji: Floats) -> NDArray[np.float32]:
    """Return the image between its voxels at places of shape (..., 3), by cubic splines of the part around them."""
    shape = np.array(image.geometry.array_shape)
    flat = places_kji.reshape(-1, 3)
    low = np.clip(np.floor(flat.min(axis=0)).astype(int) - SPLINE_MARGIN, 0, shape - 1)
    high = np.clip(np.ceil(flat.max(axis=0)).astype(int) + SPLINE_MARGIN + 1, low + 1, shape)
    part = image.voxels[tuple(slice(a, b) for a, b in zip(low, high, strict=True))].astype(np.float32)
    found: NDArray[np.float32] = ndimage.map_coordinates(
        part, np.moveaxis(places_kji - low, -1, 0), output=np.float32, order=SPLINE_ORDER, mode="nearest"
    )
    return found
