"""Sizes of nodes from the formulas of their surfaces: volumes, extents, depths. Body coordinates, mm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize_scalar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iENEGraderLib.sample.signed_distance import Ellipsoid, Solid

Vector3 = NDArray[np.float64]



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


def around_vessel(foot: Vector3, along: Vector3, gap: Vector3, radius: Vector3, angle_deg: Vector3) -> Vector3:
    """Points at a distance from a straight vessel's axis and at an angle from the middle of the gap in the contact."""
    turn = np.radians(angle_deg)[..., None]
    side = np.cross(along, gap)
    points: Vector3 = foot + np.asarray(radius)[..., None] * (np.cos(turn) * gap + np.sin(turn) * side)
    return points


def enclosed_stretch(
    body: Ellipsoid, foot: Vector3, along: Vector3, gap: Vector3, radius: float, angle_deg: float
) -> tuple[float, float]:
    """Stretch of a straight vessel, from its foot point, on which the whole arc of contact lies within the body."""
    half_gap = (360 - angle_deg) / 2
    turns = np.linspace(half_gap, 360 - half_gap, 721)
    low, high = chords(body, around_vessel(foot, along, gap, np.full(turns.shape, radius), turns), along)
    return float(low.max()), float(high.min())


def volume_around_vessel(
    body: Ellipsoid, foot: Vector3, along: Vector3, gap: Vector3, radius: float, angle_deg: float
) -> float:
    """Volume (mm3) of an ellipsoid without a straight vessel and without the wedge of the gap.

    The chords along the vessel are exact; they are summed over a fine polar grid around it.
    """
    half_gap = (360 - angle_deg) / 2
    step_mm, steps = 0.02, 1440
    distances = radius + step_mm * (np.arange(round(2 * max(body.semi_axes) / step_mm)) + 0.5)
    width_deg = (360 - 2 * half_gap) / steps
    total = 0.0
    for turn in half_gap + width_deg * (np.arange(steps) + 0.5):
        points = around_vessel(foot, along, gap, distances, np.full(distances.shape, turn))
        low, high = chords(body, points, along)
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
    z, y, x = np.meshgrid(
        *(np.arange(low[n], high[n], step_mm, dtype=np.float32) for n in (2, 1, 0)), indexing="ij"
    )
    both = (node.distance(x, y, z) < 0) & (muscle.distance(x, y, z) < 0)
    levels = np.flatnonzero(both.any(axis=(1, 2)))
    return float((levels[-1] - levels[0] + 1) * step_mm) if levels.size else 0.0
