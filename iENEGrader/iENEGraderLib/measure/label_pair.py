"""Two labels side by side: how far apart they lie, and what each keeps where they overlap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.measure.distances import signed_distance_mm
from iENEGraderLib.measure.label_field import Refinement

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iENEGraderLib.measure.label_field import LabelPart

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class LabelPair:
    """Two masks without overlap on one box, thick sections filled in between.

    Attributes
    ----------
    first, second : masks [k, j, i] in the box.
    spacing_mm : of these masks, in the order of the array axes.
    origin_mm : place of their first voxel, in mm along the axes of the image, from the centre of its first voxel.
    overlap_mm3 : volume that both labels held.
    """

    first: Mask
    second: Mask
    spacing_mm: Floats
    origin_mm: Floats
    overlap_mm3: float

    @property
    def overlap_warning(self) -> str:
        """What to tell about the overlap; empty when there is none."""
        if not self.overlap_mm3:
            return ""
        return (
            f"the labels overlap by {self.overlap_mm3:.1f} mm3; each voxel of the overlap was given to the label whose "
            "own part is nearer"
        )


def box_distance_mm(first: LabelPart, second: LabelPart, spacing_mm: Floats) -> float:
    """Return the distance between the boxes of two labels: the labels are at least as far apart."""
    low_a, low_b = np.array(first.start_kji), np.array(second.start_kji)
    high_a, high_b = low_a + first.mask.shape, low_b + second.mask.shape
    gap = np.maximum(np.maximum(low_a - high_b, low_b - high_a), 0) * spacing_mm
    return float(np.linalg.norm(gap))


def overlap_voxels(first: LabelPart, second: LabelPart) -> int:
    """Return how many voxels both labels hold."""
    start = np.maximum(first.start_kji, second.start_kji)
    stop = np.minimum(np.add(first.start_kji, first.mask.shape), np.add(second.start_kji, second.mask.shape))
    if (start >= stop).any():
        return 0
    return int(np.count_nonzero(first.on(start, stop) & second.on(start, stop)))


def pair_on(
    first: LabelPart, second: LabelPart, start: NDArray[np.intp], stop: NDArray[np.intp], spacing_mm: Floats
) -> LabelPair:
    """Return both labels on a box of the grid; a voxel of both goes to the label whose own part is nearer.

    Parameters
    ----------
    first, second : cropped labels, neither of them within the other.
    start, stop : the box on the grid, [k, j, i].
    spacing_mm : of the grid, in the order of the array axes.
    """
    a, b = first.on(start, stop), second.on(start, stop)
    overlap = a & b
    count = int(np.count_nonzero(overlap))
    if count:
        own_a, own_b = a & ~overlap, b & ~overlap
        nearer_a = signed_distance_mm(own_a, spacing_mm) >= signed_distance_mm(own_b, spacing_mm)
        a, b = own_a | (overlap & nearer_a), own_b | (overlap & ~nearer_a)
    refinement = Refinement.for_spacing(spacing_mm)
    fine_a, fine_b = _filled(a, b, refinement)
    return LabelPair(
        first=fine_a,
        second=fine_b,
        spacing_mm=refinement.fine_spacing_mm,
        origin_mm=refinement.origin_mm(start),
        overlap_mm3=count * float(np.prod(spacing_mm)),
    )


def _filled(first: Mask, second: Mask, refinement: Refinement) -> tuple[Mask, Mask]:
    """Fill in both labels between thick sections, without overlap and without a gap where they touch."""
    if refinement.factor == 1:
        return first, second
    steps = np.zeros((first.shape[refinement.axis] - 1, 2))
    one, two = refinement.fine(first, steps), refinement.fine(second, steps)
    left = refinement.fine(first | second, steps) & ~(one | two)
    spacing = refinement.fine_spacing_mm
    nearer_one = signed_distance_mm(one, spacing) >= signed_distance_mm(two, spacing)
    return (one & ~two) | ((left | (one & two)) & nearer_one), (two & ~one) | ((left | (one & two)) & ~nearer_one)
