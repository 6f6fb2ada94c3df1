"""Arcs on a closed outline: the longest run, and what holds along the vessel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]


def longest_arc_deg(contact: Mask, weights_deg: Floats) -> float:
    """Return the longest contiguous arc of a round; the weights of all rays sum to 360."""
    if contact.all():
        return 360.0
    if not contact.any():
        return 0.0
    first = int(np.argmin(contact))
    labels, count = ndimage.label(np.roll(contact, -first))
    return float(np.max(ndimage.sum(np.roll(weights_deg, -first), labels, np.arange(1, count + 1))))


def sustained(values: Floats, length_mm: float, step_mm: float) -> Floats:
    """Return, for each section, the least value within a window of that length about it; short ends give zero."""
    sections = round(length_mm / step_mm) + 1
    out: Floats = ndimage.minimum_filter1d(values, sections, mode="constant", cval=0.0)
    return out
