"""Least squares for two amounts that must stay within limits: exact, by comparing the solutions on all sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Reals = NDArray[Any]


class Amounts(NamedTuple):
    """The best amounts of two unit curves and the sum of squares that they explain."""

    first: Reals
    second: Reals
    explained: Reals


class Box(NamedTuple):
    """A fit of two unit curves within limits; all may be arrays that broadcast.

    Attributes
    ----------
    first, second : products of the data with the unit curves.
    overlap : product of the unit curves with each other.
    first_max, second_max : greatest amounts; the least are zero.
    """

    first: Reals
    second: Reals
    overlap: Reals
    first_max: Reals
    second_max: Reals


def best_amounts(box: Box) -> Amounts:
    """Return the amounts within the limits with the least sum of squares.

    The function is convex: when its lowest point lies outside, the best point lies on one of the four sides.
    """
    p, q, c, first_max, second_max = box
    inside = _inside(box)
    best = Amounts(*(np.where(_is_allowed(inside, box), part, 0) for part in inside))
    sides = [((p - c * fixed).clip(0, first_max), fixed) for fixed in (np.zeros_like(second_max), second_max)]
    sides += [(fixed, (q - c * fixed).clip(0, second_max)) for fixed in (np.zeros_like(first_max), first_max)]
    for first, second in sides:
        gain = first * (2 * p - first) + second * (2 * (q - c * first) - second)
        wins = gain > best.explained
        best = Amounts(*(np.where(wins, new, old) for new, old in zip((first, second, gain), best, strict=True)))
    return best


def best_explained(box: Box) -> Reals:
    """Return what :func:`best_amounts` explains, in fewer steps."""
    p, q, c, first_max, second_max = box
    inside = _inside(box)
    first = p.clip(0, first_max)
    best = np.where(_is_allowed(inside, box), inside.explained, first * (2 * p - first))
    reduced = p - c * second_max
    first = reduced.clip(0, first_max)
    np.maximum(best, first * (2 * reduced - first) + second_max * (2 * q - second_max), out=best)
    reduced = q - c * first_max
    second = reduced.clip(0, second_max)
    np.maximum(best, second * (2 * reduced - second) + first_max * (2 * p - first_max), out=best)
    second = q.clip(0, second_max)
    found: Reals = np.maximum(best, second * (2 * q - second), out=best)
    return found


def _inside(box: Box) -> Amounts:
    """Return the solution without limits."""
    rest = 1 / (1 - box.overlap**2)
    first = (box.first - box.overlap * box.second) * rest
    second = (box.second - box.overlap * box.first) * rest
    return Amounts(first, second, box.first * first + box.second * second)


def _is_allowed(amounts: Amounts, box: Box) -> Reals:
    first, second, _ = amounts
    allowed: Reals = (first >= 0) & (first <= box.first_max) & (second >= 0) & (second <= box.second_max)
    return allowed
