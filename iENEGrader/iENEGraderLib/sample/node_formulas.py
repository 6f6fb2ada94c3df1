"""Sizes of nodes from the formulas of their surfaces: volumes, extents, depths. Body coordinates, mm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize_scalar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iENEGraderLib.sample.signed_distance import Ellipsoid, Solid

Vector3 = NDArray[np.float64]
LAYER_MM = 1.0


def ellipsoid_volume(semi_axes: Sequence[float]) -> float:
    """Volume (mm3) of an ellipsoid."""
    return float(4 / 3 * np.pi * np.prod(semi_axes))


def share_below_plane(reach: float) -> float:
    """Share of a unit ball that remains below a plane at a distance `reach` (0 to 1) from its centre."""
    return 1 - (1 - reach) ** 2 * (2 + reach) / 4


def combined_diameter(first: Ellipsoid, second: Ellipsoid) -> float:
    """Greatest distance between two points of two ellipsoids that overlap: their greatest common width."""
    count = 20000
    height = 1 - (np.arange(count) + 0.5) / count
    turn = np.pi * (1 + 5**0.5) * np.arange(count)
    ring = np.sqrt(1 - height**2)
    directions = np.column_stack([ring * np.cos(turn), ring * np.sin(turn), height])
    there = np.maximum(first.support(directions), second.support(directions))
    back = np.maximum(first.support(-directions), second.support(-directions))
    return float((there + back).max())


def chords(body: Ellipsoid, points: Vector3, along: Vector3) -> tuple[Vector3, Vector3]:
    """Where lines through points (n, 3) along a direction enter and leave an ellipsoid; NaN where they miss it."""
    matrix = body.shape_matrix
    offset = points - np.array(body.centre)
    a = along @ matrix @ along
    b = offset @ matrix @ along
    c = np.einsum("ni,ij,nj->n", offset, matrix, offset) - 1
    with np.errstate(invalid="ignore"):
        root = np.sqrt(b**2 - a * c)
    return (-b - root) / a, (-b + root) / a


@dataclass(frozen=True, eq=False)
class Encasement:
    """A straight vessel with a node all around it but for a wedge.

    Attributes
    ----------
    body : the node, with nothing cut out of it.
    foot, along : a point of the vessel's axis and the direction of the axis.
    gap : direction from the axis through the middle of the wedge, orthogonal to the axis.
    radius : of the vessel.
    angle_deg : arc of contact: the circle less the wedge.
    """

    body: Ellipsoid
    foot: Vector3
    along: Vector3
    gap: Vector3
    radius: float
    angle_deg: float

    def around(self, distances: Vector3, turns_deg: Vector3) -> Vector3:
        """Points at distances from the axis, turned about it from the middle of the wedge."""
        turn = np.radians(turns_deg)[:, None]
        out = np.cos(turn) * self.gap + np.sin(turn) * np.cross(self.along, self.gap)
        points: Vector3 = self.foot + distances[:, None] * out
        return points

    def full_stretch(self) -> tuple[float, float]:
        """Stretch of the axis, measured from the foot, with node at least LAYER_MM thick on the whole arc."""
        half_gap = (360 - self.angle_deg) / 2
        turns: Vector3 = np.linspace(half_gap, 360 - half_gap, 721, dtype=np.float64)
        low, high = chords(self.body, self.around(np.full_like(turns, self.radius + LAYER_MM), turns), self.along)
        return float(low.max()), float(high.min())

    def volume(self) -> float:
        """Volume (mm3) of the node without vessel and wedge: exact chords summed over a fine polar grid."""
        step_mm, steps = 0.02, 1440
        reach = 2 * max(self.body.semi_axes)
        distances: Vector3 = np.add(self.radius, step_mm * (np.arange(round(reach / step_mm)) + 0.5), dtype=np.float64)
        width_deg = self.angle_deg / steps
        total = 0.0
        for turn in (360 - self.angle_deg) / 2 + width_deg * (np.arange(steps) + 0.5):
            low, high = chords(self.body, self.around(distances, np.full_like(distances, turn)), self.along)
            total += float(np.nansum((high - low) * distances))
        return total * step_mm * float(np.radians(width_deg))


def depth_along(body: Ellipsoid, muscle: Solid, towards: Vector3) -> tuple[Vector3, Vector3]:
    """Where the line from a node's centre enters the muscle, and where it leaves the node within the muscle."""
    centre = np.array(body.centre)
    reach = 1 / float(np.sqrt(towards @ body.shape_matrix @ towards))

    def gap(length: float) -> float:
        point = (np.float32(value).reshape(1) for value in centre + towards * length)
        return float(muscle.distance(*point)[0])

    deepest = minimize_scalar(gap, bounds=(0, reach), method="bounded").x
    entry = brentq(gap, 0, deepest)
    return centre + towards * entry, centre + towards * reach


def invaded_height(node: Solid, muscle: Solid, step_mm: float = 0.25) -> float:
    """Height (mm) of what a node and a muscle have in common, sampled every `step_mm`."""
    low, high = node.bounds()
    z, y, x = np.meshgrid(*(np.arange(low[n], high[n], step_mm, dtype=np.float32) for n in (2, 1, 0)), indexing="ij")
    both = (node.distance(x, y, z) < 0) & (muscle.distance(x, y, z) < 0)
    levels = np.flatnonzero(both.any(axis=(1, 2)))
    return float((levels[-1] - levels[0] + 1) * step_mm) if levels.size else 0.0
