"""Products of a voxel's curve with those of a Tofts model, at any delay between two at which they are tabulated.

Between two such delays the arterial curve at the times of the images is a straight line in the delay, so a convolved
curve decays by one exponential and gains integrals of that line. All products with a voxel's curve, and of the curves
with each other, follow from those at the two ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]

NODES = 8
"""Rates of the table through which polynomials go."""


class Products(NamedTuple):
    """Products at some places, each of shape (n,): the curves by which Ktrans and vp are multiplied are c and a.

    Attributes
    ----------
    kep, data_c, data_a, cc, ca, aa : in 1/min, mM and min.
    data_slope, c_slope, a_slope : products of the slope of a along time with the data and both curves.
    data_by_kep, c_by_kep, a_by_kep : products of the derivative of c by the place of kep with the data and both curves.
    """

    kep: Floats
    data_c: Floats
    data_a: Floats
    cc: Floats
    ca: Floats
    aa: Floats
    data_slope: Floats
    c_slope: Floats
    a_slope: Floats
    data_by_kep: Floats
    c_by_kep: Floats
    a_by_kep: Floats


class Local(NamedTuple):
    """Everything about some voxels, each in its own cell and about its own kep.

    Attributes
    ----------
    log_kep : of the first node, shape (n,).
    width : of the cell, in minutes, shape (n,).
    polynomials : shape (NODES, 4, n): products of the unit curve with the data, the arterial curve and its slope, and
        the logarithm of the length, at the later end of the cell.
    ends : shape (5, n), products of data and slope, data and curve, curve and curve, curve and slope, slope and slope.
    """

    log_kep: Floats
    width: Floats
    polynomials: Floats
    ends: Floats

    def of(self, some: Indices) -> Local:
        """Return those of some voxels."""
        return Local(*(part[..., some] for part in self))


class _Passed(NamedTuple):
    """What happens to a convolved curve over the elapsed time, and the derivatives of that by the place of kep.

    Attributes
    ----------
    scale : what is left of the unit curve, times its length.
    zeroth, first : amounts of the arterial curve and of its slope that are gained.
    """

    scale: Floats
    zeroth: Floats
    first: Floats
    scale_x: Floats
    zeroth_x: Floats
    first_x: Floats


def products(local: Local, elapsed: Floats, x: Floats, step: float) -> Products:
    """Return all products at places between the ends of cells, and between nodes.

    Parameters
    ----------
    elapsed : from the later end, in minutes.
    x : place of kep from the first node.
    step : of the table of rates, in the logarithm of kep.
    """
    (unit, with_plasma, with_slope, log_length), slopes = _with_slope(local.polynomials, x)
    unit_x, plasma_x, slope_x, length_x = slopes
    data_slope, data_late, aa, ab, bb = local.ends
    kep = np.exp(local.log_kep + step * x)
    scale, zeroth, first, scale_x, zeroth_x, first_x = _passed(kep, elapsed, step, log_length, length_x)
    # c = scale * unit + zeroth * plasma + first * slope, with the last two as they are at the later end.
    c_late = scale * with_plasma + zeroth * aa + first * ab
    c_slope = scale * with_slope + zeroth * ab + first * bb
    u_c = scale + zeroth * with_plasma + first * with_slope
    late_x = scale_x * with_plasma + scale * plasma_x + zeroth_x * aa + first_x * ab
    along_x = scale_x * with_slope + scale * slope_x + zeroth_x * ab + first_x * bb
    cross = scale * (zeroth * plasma_x + first * slope_x)
    return Products(
        kep=kep,
        data_c=scale * unit + zeroth * data_late + first * data_slope,
        data_a=data_late + elapsed * data_slope,
        cc=scale * u_c + zeroth * c_late + first * c_slope,
        ca=c_late + elapsed * c_slope,
        aa=aa + elapsed * (2 * ab + elapsed * bb),
        data_slope=data_slope,
        c_slope=c_slope,
        a_slope=ab + elapsed * bb,
        data_by_kep=scale_x * unit + scale * unit_x + zeroth_x * data_late + first_x * data_slope,
        c_by_kep=scale_x * u_c + cross + zeroth_x * c_late + first_x * c_slope,
        a_by_kep=late_x + elapsed * along_x,
    )


def _passed(kep: Floats, elapsed: Floats, step: float, log_length: Floats, length_x: Floats) -> _Passed:
    passed = kep * elapsed
    decay = np.exp(-passed)
    zeroth = -np.expm1(-passed) / kep
    first = (elapsed - zeroth) / kep
    zeroth_x = step * (elapsed * decay - zeroth)
    scale = decay * np.exp(log_length)
    return _Passed(
        scale=scale,
        zeroth=zeroth,
        first=first,
        scale_x=scale * (length_x - step * passed),
        zeroth_x=zeroth_x,
        first_x=-step * first - zeroth_x / kep,
    )


def _with_slope(coefficients: Floats, x: Floats) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the values and derivatives of Newton polynomials, shape (n_polynomials, n)."""
    value, slope = coefficients[-1].copy(), np.zeros_like(coefficients[-1])
    for node in range(len(coefficients) - 2, -1, -1):
        reach = x - node
        slope *= reach
        slope += value
        value *= reach
        value += coefficients[node]
    return value, slope
