"""Where values of a node and of its surroundings are read: its core, and a shell of its margin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from iENEGraderLib.measure.label_field import label_part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.segmentation import Segment
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

LEAST_CORE_VOXELS = 27
"""Ours: a smaller core says less than the whole segment with its mixed border."""
MARGIN_MM = 3.0
"""Ours: extension beyond a capsule begins in the fat around a node; 3 mm are a few voxels of any neck CT."""
CROSS = ndimage.generate_binary_structure(3, 1)


@dataclass(frozen=True, eq=False)
class GridRegion:
    """A part of a grid.

    Attributes
    ----------
    mask : [k, j, i], of a box of the grid.
    start_kji : where the box begins.
    words : how it was drawn, for the method of evidence.
    """

    mask: Mask
    start_kji: tuple[int, int, int]
    words: str

    @property
    def box(self) -> tuple[slice, ...]:
        """The box on the grid."""
        return tuple(slice(a, a + n) for a, n in zip(self.start_kji, self.mask.shape, strict=True))


def core_of(segment: Segment) -> GridRegion:
    """Return a segment without its outermost voxels, which hold something else in part, when enough is left."""
    mask = segment.cropped_mask()
    core = ndimage.binary_erosion(mask, CROSS, border_value=0)
    is_large = int(core.sum()) >= LEAST_CORE_VOXELS
    k, j, i = (each.start for each in segment.grid_box)
    words = "segment without its outermost voxels" if is_large else "whole segment"
    return GridRegion(core if is_large else mask, (k, j, i), words)


def margin_of(node: Segment, others: Iterable[Segment], geometry: ImageGeometry) -> GridRegion:
    """Return the shell around a node, out to `MARGIN_MM`, without other segments and without its blurred border."""
    shape, spacing = geometry.array_shape, np.array(geometry.spacing_kji_mm)
    part = label_part(node, shape, "the node")
    start, stop = part.box_within(MARGIN_MM + float(spacing.max()), spacing)
    distance = ndimage.distance_transform_edt(~part.on(start, stop), sampling=spacing)
    # The voxel next to the outline is part node, part surroundings.
    shell = (distance > 1.01 * spacing.min()) & (distance <= MARGIN_MM)
    for other in others:
        if other is not node:
            shell &= ~label_part(other, shape, other.name).on(start, stop)
    k, j, i = start.tolist()
    return GridRegion(shell, (k, j, i), f"shell out to {MARGIN_MM:g} mm, other segments left out")
