"""Middle of the voxels of a segment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry, Vector
    from HeadNeckNodesLib.imaging.segmentation import Segment


def centroid_ras_mm(segment: Segment, geometry: ImageGeometry) -> Vector:
    """Return the mean of the voxel centres of a segment that is not empty.

    Sums along the axes take a fraction of the time and the memory that a list of all voxels takes.
    """
    mask = segment.cropped_mask()
    in_sections = mask.sum(axis=2, dtype=np.int32)
    sums = (in_sections.sum(axis=1), in_sections.sum(axis=0), mask.sum(axis=(0, 1)))
    middle = [float(np.average(np.arange(len(each)), weights=each)) for each in sums]
    return geometry.place_ras_mm(np.add(middle, [box.start for box in segment.grid_box]))
