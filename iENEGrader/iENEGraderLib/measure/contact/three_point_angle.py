"""The angle that a reader measures with three points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def three_point_angle(a: ArrayLike, vertex: ArrayLike, b: ArrayLike) -> float:
    """Return the angle at the vertex between two points, 0 to 180 degrees.

    Parameters
    ----------
    a, vertex, b : points of shape (3,) in mm: one end of the contact, the vessel's centre, the other end. An arc
        beyond 180 degrees is 360 minus this angle; three points cannot tell which.

    Raises
    ------
    InputError
        when a point is not three finite numbers, or lies on the vertex.
    """
    points = np.asarray([a, vertex, b], dtype=float)
    if points.shape != (3, 3) or not np.isfinite(points).all():
        raise InputError("three points of three finite numbers in mm are needed for an angle")
    first, second = points[0] - points[1], points[2] - points[1]
    if not np.linalg.norm(first) or not np.linalg.norm(second):
        raise InputError("a point of the angle lies on its vertex: move it to the end of the contact")
    return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(first, second)), first @ second)))
