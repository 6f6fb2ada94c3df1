"""How many voxels of a region say something of their own, since neighbours share their noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEAST_PAIRS = 8
LEAST_CORRELATION = 0.1
FARTHEST = 12
"""Ours: fewer neighbours and weaker correlation tell nothing; noise of CT does not reach farther."""


def independent_voxels(boxes: Floats, mask: NDArray[np.bool_]) -> float:
    """Return n divided by how many voxels share their noise.

    That is, along each axis, one plus twice the correlations at rising distance, as far as they are clearly positive.
    The negative ones farther off, which CT has, are left out: the error of the mean is rather overstated.

    Parameters
    ----------
    boxes : values of several images in a box, shape (images, k, j, i).
    mask : the region in that box, [k, j, i].
    """
    shared = 1.0
    for axis in range(3):
        along = 1.0
        for distance in range(1, min(FARTHEST, mask.shape[axis] - 1) + 1):
            found = _correlation(boxes, mask, axis, distance)
            if found < LEAST_CORRELATION:
                break
            along += 2 * found
        shared *= along
    return max(1.0, float(mask.sum()) / shared)


def _correlation(boxes: Floats, mask: NDArray[np.bool_], axis: int, distance: int) -> float:
    """Return the strongest correlation of any input between voxels so far apart, 0 when too few tell."""
    head, tail = range(mask.shape[axis] - distance), range(distance, mask.shape[axis])
    pairs = mask.take(head, axis) & mask.take(tail, axis)
    if pairs.sum() < LEAST_PAIRS:
        return 0.0
    before, after = (boxes.take(part, axis + 1)[:, pairs] for part in (head, tail))
    found = [float(np.corrcoef(a, b)[0, 1]) for a, b in zip(before, after, strict=True) if a.std() and b.std()]
    return max(found, default=0.0)
