"""The smallest box that holds a mask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]


def bounding_box(mask: Mask) -> tuple[slice, slice, slice] | None:
    """Return the smallest box [k, j, i] that holds the mask, or ``None`` for an empty mask."""
    box = []
    for axis in range(3):
        filled = np.flatnonzero(mask.any(axis=tuple(a for a in range(3) if a != axis)))
        if not filled.size:
            return None
        span = slice(int(filled[0]), int(filled[-1]) + 1)
        box.append(span)
        mask = mask[(slice(None),) * axis + (span,)]
    return box[0], box[1], box[2]
