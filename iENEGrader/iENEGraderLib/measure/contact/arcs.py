"""Arcs on closed outlines: runs of contact, gaps that blur has narrowed, and what holds along the vessel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage
from scipy.special import ndtr

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

MOST_NARROWED = 5.0
"""Gaps wider than this many standard deviations of the blur keep their width."""


@dataclass(frozen=True, eq=False)
class Arcs:
    """Contact of n outlines, in degrees of a full turn.

    Attributes
    ----------
    longest_deg : longest contiguous arc, shape (n,).
    summed_deg : all arcs together, shape (n,).
    """

    longest_deg: Floats
    summed_deg: Floats


def arcs_of(contact: Mask, weights_deg: Floats, blur_deg: Floats) -> Arcs:
    """Measure the runs of contact on closed outlines.

    Parameters
    ----------
    contact : which of m rays of n outlines are in contact, shape (n, m).
    weights_deg : share of the perimeter of each ray, shape (n, m); each outline sums to 360.
    blur_deg : standard deviation of the blur along each outline, shape (n,); 0 where there is none.

    Notes
    -----
    Blur moves both rims of a narrow gap towards each other; a gap gets back the width that a band of it must have had
    (see :func:`width_before_blur`), taken in equal parts from the arcs beside it.
    """
    full = contact.all(axis=1)
    longest, summed = np.where(full, 360.0, 0.0), np.where(full, 360.0, 0.0)
    rows = np.flatnonzero(contact.any(axis=1) & ~full)
    if not len(rows):
        return Arcs(longest, summed)
    # Each round begins where a run has just ended, so that none is cut; false beyond the end parts the rounds.
    rays = contact.shape[1]
    ends = contact[rows] & ~np.roll(contact[rows], -1, axis=1)
    order = (np.argmax(ends, axis=1)[:, None] + 1 + np.arange(rays)) % rays
    turned = np.take_along_axis(contact[rows], order, axis=1)
    weights = np.take_along_axis(weights_deg[rows], order, axis=1)
    change = np.flatnonzero(np.diff(turned.ravel(), prepend=False, append=False))
    along = np.r_[0.0, np.cumsum(weights)]
    first, last = change[::2], change[1::2]
    row = first // rays
    before = along[first] - np.maximum(np.r_[0.0, along[last[:-1]]], along[row * rays])
    lost = width_before_blur(before, blur_deg[rows[row]]) - before
    is_first = np.r_[True, np.diff(row) > 0]
    # The gap behind the last run of a round lies before its first.
    after = np.empty_like(lost)
    after[np.r_[is_first[1:], True]] = lost[is_first]
    after[~np.r_[is_first[1:], True]] = lost[~is_first]
    arc = np.maximum(along[last] - along[first] - 0.5 * (lost + after), 0.0)
    np.maximum.at(longest, rows[row], arc)
    np.add.at(summed, rows[row], arc)
    return Arcs(longest, summed)


def width_before_blur(width: Floats, blur: Floats) -> Floats:
    """Return how wide a band was that has this width at half of its depth after a Gaussian blur.

    Parameters
    ----------
    width : widths after the blur, shape (n,).
    blur : standard deviations in the same unit, shape (n,); 0 leaves a width alone.
    """
    after, before = _narrowing()
    scaled = np.divide(width, blur, out=np.full_like(width, np.inf), where=blur > 0)
    is_narrowed = scaled < MOST_NARROWED
    return np.where(is_narrowed, np.interp(np.where(is_narrowed, scaled, 0.0), after, before) * blur, width)


@cache
def _narrowing() -> tuple[Floats, Floats]:
    """Return widths after and before a blur of standard deviation 1."""
    after = np.linspace(0.0, MOST_NARROWED, 101)
    low, high = np.zeros_like(after), np.full_like(after, 2 * MOST_NARROWED)
    for _ in range(40):
        before = 0.5 * (low + high)
        # Depth of a band of that width at the rim that is seen.
        is_less = ndtr(0.5 * (before - after)) + ndtr(0.5 * (before + after)) - 1.0 < 0.5
        low, high = np.where(is_less, before, low), np.where(is_less, high, before)
    return after, 0.5 * (low + high)


def sustained(values: Floats, length_mm: float, step_mm: float) -> Floats:
    """Return, for each section, the least value within a window of that length about it; short ends give zero."""
    sections = round(length_mm / step_mm) + 1
    out: Floats = ndimage.minimum_filter1d(values, sections, mode="constant", cval=0.0)
    return out


def plateau(values: Floats, held: Floats, noise: float) -> slice:
    """Return the sections about the greatest held value that differ from it by no more than the noise.

    Parameters
    ----------
    values : one per section.
    held : from :func:`sustained`.
    noise : what the grid alone may make of one value.
    """
    top = int(np.argmax(held))
    below = np.flatnonzero(values < held[top] - noise)
    return slice(int(max(below[below < top], default=-1)) + 1, int(min(below[below > top], default=len(values))))
