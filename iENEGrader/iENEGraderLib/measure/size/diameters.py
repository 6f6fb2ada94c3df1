"""Exact diameters of sets of points, by their convex hull."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import ConvexHull, QhullError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points = NDArray[np.float64]

ROWS_AT_ONCE = 512
FEW_CORNERS = 100


@dataclass(frozen=True, eq=False)
class Chord:
    """A straight line between two points.

    Attributes
    ----------
    length : in the unit of the points.
    ends : the two points, shape (2, dimensions).
    """

    length: float
    ends: Points


def hull_vertices(points: Points) -> Points:
    """Return the corners of the convex hull; all points when they are too few or too flat to have one.

    In two dimensions the corners are in counter-clockwise order.
    """
    try:
        corners: Points = points[ConvexHull(points).vertices]
    except (QhullError, ValueError):
        return points
    return corners


def longest_chord(points: Points) -> Chord:
    """Return the longest distance between any two points (maximum Feret diameter), exactly.

    Notes
    -----
    No pair can be longer than its two distances from the middle together, so points too close to the middle to beat a
    first good pair are left out before all remaining pairs are compared.
    """
    centred = points - (points.min(axis=0) + points.max(axis=0)) / 2.0
    reach = np.linalg.norm(centred, axis=1)
    first = _farthest(centred, centred[int(np.argmax(reach))])
    good = float(np.linalg.norm(centred[first] - centred[_farthest(centred, centred[first])]))
    kept = np.flatnonzero(reach >= (good - float(reach.max())) * (1.0 - 1e-9))
    one, two = _farthest_pair(centred[kept])
    ends = points[[kept[one], kept[two]]]
    return Chord(float(np.linalg.norm(ends[1] - ends[0])), ends)


def longest_perpendicular_chord(corners: Points, axis: Points) -> Chord:
    """Return the longest chord of a convex polygon at right angles to an axis.

    Parameters
    ----------
    corners : corners of the polygon, counter-clockwise, shape (n, 2).
    axis : direction that the chord is perpendicular to, shape (2,).

    Notes
    -----
    The width across the axis changes linearly between corners, so the widest place is at a corner.
    """
    along = axis / np.linalg.norm(axis)
    turn = np.stack([along, [-along[1], along[0]]])
    turned = corners @ turn.T
    turned = np.roll(turned, -int(np.argmin(turned[:, 0])), axis=0)
    far = int(np.argmax(turned[:, 0]))
    lower, upper = turned[: far + 1], np.vstack([turned[far:], turned[:1]])[::-1]
    places = turned[:, 0]
    bottom = np.interp(places, lower[:, 0], lower[:, 1])
    top = np.interp(places, upper[:, 0], upper[:, 1])
    widest = int(np.argmax(top - bottom))
    ends = np.array([[places[widest], bottom[widest]], [places[widest], top[widest]]]) @ turn
    return Chord(float(top[widest] - bottom[widest]), ends)


def smallest_width(points: Points) -> float:
    """Return the smallest distance between two parallel planes (lines) that hold the points, one on a face of the hull.

    A box or an ellipsoid has its least width there; of a body with long bare edges, such as a tetrahedron, it is an
    upper bound.
    """
    try:
        hull = ConvexHull(points)
    except (QhullError, ValueError):
        return 0.0
    corners, normals = points[hull.vertices], hull.equations[:, :-1]
    # Some of the corners bound each width from below; only faces that may still win see all corners.
    bound = _widths(corners[:: max(1, len(corners) // FEW_CORNERS)], normals)
    good = _widths(corners, normals[[int(np.argmin(bound))]])[0]
    promising = normals[bound <= good * (1.0 + 1e-9)]
    return float(_widths(corners, promising).min())


def _widths(corners: Points, normals: Points) -> Points:
    depths = corners @ normals.T
    widths: Points = np.ptp(depths, axis=0)
    return widths


def _farthest(points: Points, place: Points) -> int:
    return int(np.argmax(np.linalg.norm(points - place, axis=1)))


def _farthest_pair(points: Points) -> tuple[int, int]:
    """Compare all pairs, some rows at a time to spare memory."""
    squares = np.einsum("ij,ij->i", points, points)
    best, pair = -1.0, (0, 0)
    for start in range(0, len(points), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        distances = squares[rows, None] + squares[None, :] - 2.0 * (points[rows] @ points.T)
        row, column = divmod(int(np.argmax(distances)), len(points))
        if distances[row, column] > best:
            best, pair = float(distances[row, column]), (start + row, column)
    return pair
