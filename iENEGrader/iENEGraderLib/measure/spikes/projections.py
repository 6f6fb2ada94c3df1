"""Projections: parts of the soft tissue that stand out from the core of a node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import ndimage

from iENEGraderLib.measure.spikes.core import NEIGHBOURS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iENEGraderLib.measure.spikes.isotropic import TissueGrid

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

FILM_MM = 0.5
FILM_VOXELS = 0.75
"""Ours: nothing closer to the core than this stands out from it; blur and steps of the voxels do not count."""
LEAST_HEIGHT_MM = 0.6
"""Ours: lower projections are roughness."""
ROOT_MM = 2.5
"""Ours: a projection begins within this of the node's label; further out it stands on some other tissue."""
SPLIT_MM = 1.0
LEAST_PEAK_MM = 0.8
"""Ours: two peaks of one projection are two spikes when cut apart at the first height both rise by the second."""


@dataclass(frozen=True, eq=False)
class Projection:
    """A part of the soft tissue outside the core.

    Attributes
    ----------
    voxels : array positions, shape (n, 3).
    height_mm : distance of each from the surface of the core.
    foot, top : middle of its lowest layer, and its farthest voxel.
    foot_width_mm : diameter of the circle with the area of its lowest layer.
    half_width_mm : mean diameter above half its height, as its voxels show it.
    touches_excluded : it reaches something that is excluded, or the edge of the box.
    leaves_reach : it goes on to where the search ends.
    label_share : share of it that the label of the node holds.
    """

    voxels: NDArray[np.intp]
    height_mm: NDArray[np.float32]
    foot: Floats
    top: Floats
    foot_width_mm: float
    half_width_mm: float
    touches_excluded: bool
    leaves_reach: bool
    label_share: float


def projections(
    grid: TissueGrid, body: Mask, from_core_mm: NDArray[np.float32], reach_mm: float
) -> tuple[Projection, ...]:
    """Return all that stands out from the core of a node."""
    side = grid.voxel_mm
    labels, _ = ndimage.label(body & (from_core_mm > max(FILM_MM, FILM_VOXELS * side)), NEIGHBOURS)
    found = []
    for number, box in enumerate(ndimage.find_objects(labels), 1):
        whole = labels[box] == number
        height = np.where(whole, from_core_mm[box] - 0.5 * side, 0.0)
        if height.max() < LEAST_HEIGHT_MM:
            continue
        start = np.array([b.start for b in box])
        for part in _peaks(whole, height):
            voxels = np.argwhere(part) + start
            each = _projection(grid, voxels, height[part], reach_mm)
            if _stands_on_node(grid, each):
                found.append(each)
    return tuple(found)


def _peaks(whole: Mask, height: NDArray[Any]) -> list[Mask]:
    """Divide a projection with several peaks; each peak keeps only what lies above the cut."""
    labels, count = ndimage.label(whole & (height > SPLIT_MM), NEIGHBOURS)
    if count > 1:
        tops = np.asarray(ndimage.maximum(height, labels, np.arange(1, count + 1)))
        high = np.flatnonzero(tops >= SPLIT_MM + LEAST_PEAK_MM) + 1
        if len(high) > 1:
            return [labels == number for number in high]
    return [whole]


def _projection(
    grid: TissueGrid, voxels: NDArray[np.intp], height_mm: NDArray[np.float32], reach_mm: float
) -> Projection:
    side = grid.voxel_mm
    layer = height_mm <= height_mm.min() + 1.25 * side
    thickness = float(np.ptp(height_mm[layer])) + side
    area = np.count_nonzero(layer) * side**3 / thickness
    half = 0.5 * float(height_mm.max())
    half_area = np.count_nonzero(height_mm >= half) * side**3 / max(half, side)
    top = voxels[height_mm >= height_mm.max() - 0.5 * side].mean(axis=0)
    return Projection(
        voxels,
        height_mm,
        voxels[layer].mean(axis=0),
        top,
        2 * float(np.sqrt(area / np.pi)),
        2 * float(np.sqrt(half_area / np.pi)),
        _touches(grid, voxels),
        bool((grid.outside_mm[tuple(voxels.T)] > reach_mm - 1.5 * side).any()),
        float(grid.node[tuple(voxels.T)].mean()),
    )


def _touches(grid: TissueGrid, voxels: NDArray[np.intp]) -> bool:
    """Tell whether a neighbour of the voxels is excluded or beyond the box."""
    shape = np.array(grid.node.shape)
    if (voxels == 0).any() or (voxels == shape - 1).any():
        return True
    low, high = voxels.min(axis=0) - 1, voxels.max(axis=0) + 2
    part = np.zeros(high - low, dtype=bool)
    part[tuple((voxels - low).T)] = True
    excluded = grid.excluded[tuple(slice(a, b) for a, b in zip(low, high, strict=True))]
    return bool((ndimage.binary_dilation(part, NEIGHBOURS) & excluded).any())


def _stands_on_node(grid: TissueGrid, projection: Projection) -> bool:
    """Tell whether it begins at the core and near the label of the node."""
    lowest = projection.voxels[projection.height_mm <= projection.height_mm.min() + 0.5 * grid.voxel_mm]
    near_label = grid.outside_mm[tuple(lowest.T)].min() <= ROOT_MM
    return bool(near_label and projection.height_mm.min() <= SPLIT_MM + grid.voxel_mm)
