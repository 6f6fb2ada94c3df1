"""Which segments lie so near to each other that measuring them together makes sense."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.measure.distances import signed_distance_mm
from iENEGraderLib.measure.label_field import label_part

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.segmentation import Segment
    from numpy.typing import NDArray

    from iENEGraderLib.measure.label_field import LabelPart


class Nearness:
    """Segments of one grid; each is cropped once."""

    def __init__(self, geometry: ImageGeometry) -> None:
        self._geometry = geometry
        self._parts: dict[Segment, LabelPart] = {}
        self._grown: dict[tuple[Segment, float], NDArray[np.bool_]] = {}

    def part(self, segment: Segment) -> LabelPart:
        """Return the cropped mask of a segment."""
        if segment not in self._parts:
            self._parts[segment] = label_part(segment, self._geometry.array_shape, f"segment {segment.name!r}")
        return self._parts[segment]

    def is_near(self, segment: Segment, other: Segment, reach_mm: float) -> bool:
        """Tell whether the other segment has a voxel in the box of this one, grown by the reach and one voxel."""
        if self.part(segment).is_empty:
            return False
        return bool(self.part(other).on(*self._box(segment, reach_mm)).any())

    def is_within(self, segment: Segment, other: Segment, reach_mm: float) -> bool:
        """Tell whether voxels of the two segments lie no farther apart than the reach and one voxel."""
        if not self.is_near(segment, other, reach_mm):
            return False
        if (segment, reach_mm) not in self._grown:
            mask = self.part(segment).on(*self._box(segment, reach_mm))
            spacing = np.array(self._geometry.spacing_kji_mm)
            self._grown[segment, reach_mm] = signed_distance_mm(mask, spacing) >= -(reach_mm + spacing.max())
        return bool((self.part(other).on(*self._box(segment, reach_mm)) & self._grown[segment, reach_mm]).any())

    def _box(self, segment: Segment, reach_mm: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return where the box of a segment, grown by a reach and one voxel, begins and ends on the grid."""
        spacing = np.array(self._geometry.spacing_kji_mm)
        return self.part(segment).box_within(reach_mm + float(spacing.max()), spacing)
