"""Vessels and tumours whose contact angle is known by construction, drawn onto a grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]
    # Points of shape (..., 3) in mm [k, j, i] about the middle of the grid, to 0 fat, 1 vessel, 2 tumour.
    Labelling = Callable[[Floats], NDArray[np.int_]]

VESSEL, TUMOUR = 1, 2
MOST_SUBSAMPLES = 9


@dataclass(frozen=True, eq=False)
class Pose:
    """A vessel's place: a point on its axis, the axis, and two directions across."""

    centre: Floats
    axis: Floats
    across: Floats
    other: Floats

    def coordinates(self, points: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the place along the axis and the two places across."""
        moved = points - self.centre
        return moved @ self.axis, moved @ self.across, moved @ self.other


def pose(tilt_deg: float, azimuth_deg: float, centre: tuple[float, ...] = (0.0, 0.0, 0.0)) -> Pose:
    """Return a pose whose axis is tilted away from the array's k axis."""
    tilt, azimuth = np.radians([tilt_deg, azimuth_deg])
    axis = np.array([np.cos(tilt), np.sin(tilt) * np.sin(azimuth), np.sin(tilt) * np.cos(azimuth)])
    across = np.array([0.0, np.cos(azimuth), -np.sin(azimuth)])
    return Pose(np.array(centre), axis, across, np.cross(axis, across))


def random_pose(tilt_deg: float, spacing: tuple[float, ...], rng: np.random.Generator) -> Pose:
    """Return a pose with random azimuth and a random place within a voxel."""
    shift = rng.uniform(-0.5, 0.5, 3) * np.array(spacing)
    return pose(tilt_deg, rng.uniform(0, 360), tuple(shift))


def in_sector(angle: Floats, start_deg: float, arc_deg: float) -> Mask:
    """Tell which angles lie in a sector."""
    inside: Mask = np.mod(angle - np.radians(start_deg), 2 * np.pi) <= np.radians(arc_deg)
    return inside


def tube_with_cuff(
    at: Pose,
    radius: float,
    arcs_deg: tuple[tuple[float, float], ...],
    *,
    thickness: float = 6.0,
    length: float = 20.0,
    gap: float = 0.0,
) -> Labelling:
    """Return a straight vessel with tumour on arcs of its wall, each given as start and extent in degrees."""

    def label(points: Floats) -> NDArray[np.int_]:
        along, x, y = at.coordinates(points)
        distance, angle = np.hypot(x, y), np.arctan2(y, x)
        in_arc = np.any([in_sector(angle, start, arc) for start, arc in arcs_deg], axis=0)
        shell = (distance > radius + gap) & (distance <= radius + gap + thickness)
        return np.where(distance <= radius, VESSEL, TUMOUR * (shell & in_arc & (np.abs(along) <= length / 2)))

    return label


def tube_beside_ball(at: Pose, radius: float, ball_radius: float, distance: float, length: float = 20.0) -> Labelling:
    """Return a straight vessel that indents, or just touches, a rod of round cross-section."""

    def label(points: Floats) -> NDArray[np.int_]:
        along, x, y = at.coordinates(points)
        node = (np.hypot(x - distance, y) <= ball_radius) & (np.abs(along) <= length / 2)
        return np.where(np.hypot(x, y) <= radius, VESSEL, TUMOUR * node)

    return label


def convex_contact_deg(radius: float, ball_radius: float, distance: float, tolerance: float) -> float:
    """Return the true arc for :func:`tube_beside_ball`: where the rod begins within the tolerance along the normal."""
    angle = np.radians(np.arange(0, 180, 0.01))
    below = np.maximum(ball_radius**2 - (distance * np.sin(angle)) ** 2, 0)
    gap = distance * np.cos(angle) - np.sqrt(below) - radius
    reached = (distance * np.sin(angle) <= ball_radius) & (np.cos(angle) > 0) & (gap <= tolerance)
    return float(2 * np.degrees(angle[reached].max())) if reached.any() else 0.0


def oval_vein(at: Pose, half_axes: tuple[float, float], half_deg: float, length: float = 20.0) -> Labelling:
    """Return a flat vein with tumour over its flat side, to both sides by a parameter angle of the ellipse."""
    a, b = half_axes

    def label(points: Floats) -> NDArray[np.int_]:
        along, x, y = at.coordinates(points)
        covered = in_sector(np.arctan2(y / b, x / a), 90 - half_deg, 2 * half_deg)
        near = (np.abs(x) < 14) & (np.abs(y) < 9) & (np.abs(along) <= length / 2)
        return np.where((x / a) ** 2 + (y / b) ** 2 <= 1, VESSEL, TUMOUR * (covered & near))

    return label


def oval_contact_deg(half_axes: tuple[float, float], half_deg: float, tolerance: float) -> float:
    """Return the true share of the perimeter, times 360, for :func:`oval_vein`."""
    a, b = half_axes
    t = np.linspace(0, 2 * np.pi, 40_001)[:-1]
    weight = np.hypot(a * np.sin(t), b * np.cos(t))
    normal = np.stack([np.cos(t) / a, np.sin(t) / b])
    normal /= np.linalg.norm(normal, axis=0)
    touched = np.zeros(t.shape, dtype=bool)
    for offset in np.linspace(0.01, tolerance, 20):
        x, y = a * np.cos(t) + offset * normal[0], b * np.sin(t) + offset * normal[1]
        touched |= in_sector(np.arctan2(y / b, x / a), 90 - half_deg, 2 * half_deg)
    return float(360 * weight[touched].sum() / weight.sum())


def curved_tube(at: Pose, radius: float, bend_radius: float, arc_deg: tuple[float, float], length: float) -> Labelling:
    """Return a vessel on a circle through the middle of the grid with a cuff on it."""

    def label(points: Floats) -> NDArray[np.int_]:
        along, x, y = at.coordinates(points)
        outward = np.hypot(along, x + bend_radius) - bend_radius
        arc_length = np.arctan2(along, x + bend_radius) * bend_radius
        distance = np.hypot(outward, y)
        cuff = (distance <= radius + 5) & in_sector(np.arctan2(y, outward), *arc_deg)
        return np.where(distance <= radius, VESSEL, TUMOUR * (cuff & (np.abs(arc_length) <= length / 2)))

    return label


def forked_tube(at: Pose, trunk: float, branch: float, half_angle_deg: float) -> Callable[[Floats], Mask]:
    """Return the inside of a vessel that divides at the middle of the grid; the trunk comes from below."""
    half = np.radians(half_angle_deg)

    def inside(points: Floats) -> Mask:
        along, x, y = at.coordinates(points)
        found: Mask = (np.hypot(x, y) <= trunk) & (along <= 1)
        for sign in (-1, 1):
            forward = along * np.cos(half) + sign * x * np.sin(half)
            found = found | (np.hypot(x * np.cos(half) - sign * along * np.sin(half), y) <= branch) & (forward > -1)
        return found

    return inside


def draw(
    label: Labelling, spacing: tuple[float, ...], extent: tuple[float, ...] = (60.0, 44.0, 44.0)
) -> tuple[Mask, Mask]:
    """Return vessel and tumour masks [k, j, i]: a voxel takes the label that fills most of it.

    Only voxels whose corners and centre disagree are looked at more closely.
    """
    shape = tuple(round(e / s) for e, s in zip(extent, spacing, strict=True))
    centres = _grid(shape, spacing, 0.0)
    at_centre = label(centres)
    corners = label(_grid(tuple(n + 1 for n in shape), spacing, -0.5))
    same = np.ones(shape, dtype=bool)
    for k in (0, 1):
        for j in (0, 1):
            for i in (0, 1):
                same &= corners[k : k + shape[0], j : j + shape[1], i : i + shape[2]] == at_centre
    vessel, tumour = same & (at_centre == VESSEL), same & (at_centre == TUMOUR)
    counts = [min(MOST_SUBSAMPLES, round(3 * s / min(spacing))) for s in spacing]
    parts = [((np.arange(n) + 0.5) / n - 0.5) * s for n, s in zip(counts, spacing, strict=True)]
    offsets = np.stack(np.meshgrid(*parts, indexing="ij"), -1).reshape(-1, 3)
    border = np.argwhere(~same)
    found = label(centres[tuple(border.T)][:, None] + offsets)
    of_vessel, of_tumour = (found == VESSEL).mean(axis=1), (found == TUMOUR).mean(axis=1)
    of_fat = 1 - of_vessel - of_tumour
    vessel[tuple(border.T)] = (of_vessel >= of_tumour) & (of_vessel >= of_fat)
    tumour[tuple(border.T)] = (of_tumour > of_vessel) & (of_tumour >= of_fat)
    return vessel, tumour


def _grid(shape: tuple[int, ...], spacing: tuple[float, ...], first: float) -> Floats:
    """Return points about the middle of the grid; ``first`` is -0.5 for corners with one point more per axis."""
    middle = [(n - 1) / 2 if first == 0 else n / 2 - 1 for n in shape]
    axes = [(np.arange(n) + first - m) * s for n, m, s in zip(shape, middle, spacing, strict=True)]
    return np.stack(np.meshgrid(*axes, indexing="ij"), -1)
