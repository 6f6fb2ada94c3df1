"""The top of a tabulated function, far finer than its grid: the root of its derivative by local interpolation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from PWIProtocolLib.kinetics.roots import bracketed_roots

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Reals = NDArray[Any]
    Indices = NDArray[np.intp]

NODES = 6
NEWTON_STEPS = 3
SETTLED, TOLERANCE = 0.01, 1e-7
RIVAL = 0.7
"""A local top that reaches this share of the highest on the grid may be higher than it between the grid points."""


class Peak(NamedTuple):
    """Places of the tops, in steps of the grid from its start, and the values there; shape (n,)."""

    place: Reals
    value: Reals


def highest_peaks(values: Reals, slopes: Reals) -> Peak:
    """Return the greatest value of each row, on the grid or between its points.

    Parameters
    ----------
    values, slopes : shape (n, n_grid), the function and its derivative per step of the grid; views with unit stride
        along rows are fine.
    """
    best = values.argmax(axis=1)
    highest = find_peaks(values, slopes, np.arange(len(values)), best)
    rows, tops = rival_tops(values, best)
    if not rows.size:
        return highest
    places, heights = (np.append(*each) for each in zip(highest, find_peaks(values, slopes, rows, tops), strict=True))
    first = highest_of_each(np.append(np.arange(len(values)), rows), heights)
    return Peak(places[first], heights[first])


def find_peaks(values: Reals, slopes: Reals, rows: Indices, tops: Indices) -> Peak:
    """Return the tops beside grid points.

    The top of a function is only known to the square root of the rounding error, the root of its derivative to the
    error itself, so the root is sought: by Newton's method on the polynomial through six values of the derivative.

    Parameters
    ----------
    rows, tops : shape (n,), rows and their grid points; a row may come several times.
    """
    size = values.shape[1]
    left = tops - (slopes[rows, tops] < 0)
    inside = (left >= 0) & (left < size - 1)
    left = left.clip(0, size - 2)
    start = (left - NODES // 2 + 1).clip(0, size - NODES)
    nodes = start + np.arange(NODES)[:, None]
    derivative = divided_differences(slopes[rows, nodes])
    at_left, at_right = slopes[rows, left], slopes[rows, left + 1]
    low = (left - start).astype(values.dtype)
    # Without a root between the points the top lies at the upper end: another function may take over there.
    share = np.clip(at_left / (at_left - at_right + values.dtype.type(1e-30)), 0, 1)
    x = low + np.where((at_left > 0) == (at_right > 0), at_left > 0, share)
    for _ in range(NEWTON_STEPS):
        before = x
        value, slope = with_slope(derivative, x)
        # A step is only safe where the function bends down.
        x = np.clip(x - value / np.where(slope < 0, slope, -np.inf), low, low + 1)
    odd = np.flatnonzero(((slope >= 0) | (np.abs(x - before) > SETTLED)) & (at_left > 0) & (at_right < 0))
    if odd.size:
        x[odd] = _safe_root(derivative[:, odd], low[odd])
    top = interpolated(divided_differences(values[rows, nodes]), x)
    place = np.where(inside, start + x, tops).astype(values.dtype)
    return Peak(place, np.where(inside, top, values[rows, tops]))


def _safe_root(coefficients: Reals, low: Reals) -> Reals:
    """Return the roots of polynomials that change their sign within a step, however they bend."""
    precise, start = coefficients.astype(np.float64), low.astype(np.float64)
    return bracketed_roots(lambda at, some: interpolated(precise[:, some], at), start, start + 1, TOLERANCE)


def rival_tops(values: Reals, best: Indices) -> tuple[Indices, Indices]:
    """Return rows and grid points of other local tops than the best one that may be higher between the grid points.

    Parameters
    ----------
    values : shape (n, n_grid), on the grid.
    best : shape (n,), where they are greatest.
    """
    rises = values[:, 1:] > values[:, :-1]
    several = np.flatnonzero((rises[:, 1:] > rises[:, :-1]).any(axis=1))
    some, rises = values[several], rises[several]
    is_top = some >= RIVAL * np.take_along_axis(some, best[several, None], axis=1)
    is_top[:, 1:] &= rises
    is_top[:, :-1] &= ~rises
    is_top[np.arange(len(several)), best[several]] = False
    row, tops = is_top.nonzero()
    return several[row], tops


def highest_of_each(rows: Indices, heights: Reals) -> Indices:
    """Return for each row, of which every one from 0 on comes at least once, the index of its greatest height."""
    order = np.lexsort((heights, rows))
    found: Indices = order[np.append(np.diff(rows[order]) > 0, True)[: len(rows)]]
    return found


def divided_differences(samples: Reals) -> Reals:
    """Return Newton's coefficients of the polynomials through samples at 0, 1, 2 ...; shape (n_nodes, n), in place."""
    for order in range(1, len(samples)):
        samples[order:] = (samples[order:] - samples[order - 1 : -1]) / samples.dtype.type(order)
    return samples


def interpolated(coefficients: Reals, x: Reals) -> Reals:
    """Return the values of Newton polynomials at ``x``, shape (n,)."""
    value: Reals = coefficients[-1]
    for node in range(len(coefficients) - 2, -1, -1):
        value = value * (x - x.dtype.type(node)) + coefficients[node]
    return value


def with_slope(coefficients: Reals, x: Reals) -> tuple[Reals, Reals]:
    """Return the values and derivatives of Newton polynomials at ``x``."""
    value, slope = coefficients[-1], np.zeros_like(x)
    for node in range(len(coefficients) - 2, -1, -1):
        reach = x - x.dtype.type(node)
        slope = slope * reach + value
        value = value * reach + coefficients[node]
    return value, slope
