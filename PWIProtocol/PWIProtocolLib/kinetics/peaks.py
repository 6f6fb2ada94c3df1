"""The top of a tabulated function, far finer than its grid: the root of its derivative by local interpolation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Reals = NDArray[Any]
    Indices = NDArray[np.intp]

NODES = 6
NEWTON_STEPS = 3


class Peak(NamedTuple):
    """Places of the tops, in steps of the grid from its start, and the values there; shape (n,)."""

    place: Reals
    value: Reals


def find_peaks(values: Reals, slopes: Reals) -> Peak:
    """Return the greatest value of each row between the grid points.

    The top of a function is only known to the square root of the rounding error, the root of its derivative to the
    error itself, so the root is sought: by Newton's method on the polynomial through six values of the derivative.

    Parameters
    ----------
    values, slopes : shape (n, n_grid), the function and its derivative per step of the grid; views with unit stride
        along rows are fine.
    """
    n, size = values.shape
    rows = np.arange(n)
    best = values.argmax(axis=1)
    left = best - (slopes[rows, best] < 0)
    inside = (left >= 0) & (left < size - 1)
    left = left.clip(0, size - 2)
    start = (left - NODES // 2 + 1).clip(0, size - NODES)
    nodes = start + np.arange(NODES)[:, None]
    derivative = divided_differences(slopes[rows, nodes])
    at_left, at_right = slopes[rows, left], slopes[rows, left + 1]
    low = (left - start).astype(values.dtype)
    x = low + np.clip(at_left / (at_left - at_right + values.dtype.type(1e-30)), 0, 1)
    for _ in range(NEWTON_STEPS):
        value, slope = with_slope(derivative, x)
        # A step is only safe where the function bends down.
        x = np.clip(x - value / np.where(slope < 0, slope, -np.inf), low, low + 1)
    top = interpolated(divided_differences(values[rows, nodes]), x)
    place = np.where(inside, start + x, best).astype(values.dtype)
    return Peak(place, np.where(inside, top, values[rows, best]))


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
