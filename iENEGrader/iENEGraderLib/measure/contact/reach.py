"""Which pairs are close enough to touch, and how much of a vessel must be traced to measure them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.measure.contact.classes import MOST_REACH_MM
from iENEGraderLib.measure.contact.lumen import LUMEN_REFERENCE_MM
from iENEGraderLib.measure.label_field import LabelPart
from iENEGraderLib.measure.label_pair import box_distance_mm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from HeadNeckNodesLib.imaging.geometry import ImageGeometry

END_MM = 8.0
"""Ours: the ends of a label have no cross-sections over about the diameter of a vessel."""


def are_within_reach(vessel: LabelPart, tumour: LabelPart, geometry: ImageGeometry) -> bool:
    """Tell whether the boxes of two labels lie close enough for contact; empty labels are for the measuring to tell."""
    if vessel.is_empty or tumour.is_empty:
        return True
    gap_mm = box_distance_mm(vessel, tumour, np.array(geometry.spacing_kji_mm))
    # Smooth surfaces may lie beyond the voxels by less than one of them.
    return gap_mm <= MOST_REACH_MM + max(geometry.spacing_mm)


def part_near(vessel: LabelPart, tumours: Sequence[LabelPart], geometry: ImageGeometry) -> LabelPart:
    """Return the piece of a vessel beside tumours, and as much of it as their contact is compared with.

    The vessel is cut across the axis of the array along which it is longest. Its cut ends lie farther from any contact
    than the lumen it is compared with.
    """
    filled = [part for part in tumours if not part.is_empty]
    if vessel.is_empty or not filled:
        return vessel
    spacing = np.array(geometry.spacing_kji_mm)
    axis = int(np.argmax(vessel.mask.shape * spacing))
    margin = int(np.ceil((MOST_REACH_MM + LUMEN_REFERENCE_MM + END_MM) / spacing[axis]))
    first = max(min(p.start_kji[axis] for p in filled) - margin - vessel.start_kji[axis], 0)
    last = max(p.start_kji[axis] + p.mask.shape[axis] for p in filled) + margin - vessel.start_kji[axis]
    inside = tuple(slice(first, last) if n == axis else slice(None) for n in range(3))
    mask = vessel.mask[inside]
    start = tuple(s + first * (n == axis) for n, s in enumerate(vessel.start_kji))
    return LabelPart(mask, (start[0], start[1], start[2]), vessel.grid_shape) if mask.any() else vessel
