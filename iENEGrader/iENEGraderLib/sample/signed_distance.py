"""Solids given by formulas: each tells how far a point lies from its surface (mm, negative inside).

Every solid is evaluated on the coordinates of the body (x to the patient's right, y forwards, z upwards, in mm), which
come as three arrays that broadcast against each other. The surface is exact for every solid; away from it the value
is the first-order distance, which is all that partial volume at the surface needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

if TYPE_CHECKING:
    from collections.abc import Sequence

Field = NDArray[np.float32]
Point = tuple[float, float, float]
Bounds = tuple[Point, Point]

TABLE_STEP_MM = 0.05
FAR_MM = 1e4


class Solid(Protocol):
    """Anything that can be painted into the image."""

    def bounds(self) -> Bounds:
        """Lowest and highest corner of a box around the solid."""

    def distance(self, x: Field, y: Field, z: Field) -> Field:
        """Signed distance to the surface in mm, negative inside."""


def first_order_distance(scaled: Field, slope: Field) -> Field:
    """Distance to the unit level of a scaled radius, from the radius and the size of its gradient times itself."""
    distance: Field = np.divide(scaled * (scaled - 1), np.maximum(slope, np.float32(1e-6)), dtype=np.float32)
    return distance


@dataclass(frozen=True)
class Ellipsoid:
    """Ellipsoid with semi-axes along the columns of a rotation matrix (rows given)."""

    centre: Point
    semi_axes: Point
    axes: tuple[Point, Point, Point] = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))

    @property
    def shape_matrix(self) -> NDArray[np.float64]:
        """Matrix M with (p - centre)' M (p - centre) = 1 on the surface, in 1/mm2."""
        rotation = np.asarray(self.axes)
        matrix: NDArray[np.float64] = rotation @ np.diag(1.0 / np.square(self.semi_axes)) @ rotation.T
        return matrix

    def support(self, directions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Largest coordinate along unit directions of shape (n, 3): the exact extent of the ellipsoid."""
        along = directions @ np.asarray(self.axes) * np.asarray(self.semi_axes)
        reach: NDArray[np.float64] = directions @ np.asarray(self.centre) + np.linalg.norm(along, axis=1)
        return reach

    def bounds(self) -> Bounds:
        """Box around the ellipsoid."""
        high = self.support(np.eye(3))
        low = -self.support(-np.eye(3))
        return as_point(low), as_point(high)

    def distance(self, x: Field, y: Field, z: Field) -> Field:
        """Signed distance, exact at the surface."""
        dx, dy, dz = (axis - np.float32(c) for axis, c in zip((x, y, z), self.centre, strict=True))
        scaled = np.float32(0.0)
        slope = np.float32(0.0)
        for direction, semi in zip(np.asarray(self.axes, np.float32).T, self.semi_axes, strict=True):
            along = (dx * direction[0] + dy * direction[1] + dz * direction[2]) / np.float32(semi)
            scaled = scaled + along**2
            slope = slope + (along / np.float32(semi)) ** 2
        return first_order_distance(np.sqrt(scaled), np.sqrt(slope))


@dataclass(frozen=True)
class Loft:
    """Elliptic sections stacked along z, joined smoothly.

    Attributes
    ----------
    stations : rows of z, x, y, first semi-axis, second semi-axis (mm) and the angle of the first axis from x (degrees),
        with z increasing.
    round_tube : the sections are orthogonal to the line of centres instead of horizontal; exact where that line is
        straight. Only for circular sections.
    """

    stations: tuple[tuple[float, float, float, float, float, float], ...]
    round_tube: bool = False

    @cached_property
    def table(self) -> NDArray[np.float32]:
        """Rows of x, y, a, b, cosine, sine and the slopes of x and y for every step of z."""
        rows = np.asarray(self.stations, dtype=float)
        z = np.arange(rows[0, 0], rows[-1, 0] + TABLE_STEP_MM, TABLE_STEP_MM)
        smooth = PchipInterpolator(rows[:, 0], rows[:, 1:], extrapolate=True)
        values = smooth(z)
        slopes = smooth.derivative()(z)[:, :2]
        angle = np.radians(values[:, 4])
        return np.column_stack([values[:, :4], np.cos(angle), np.sin(angle), slopes]).T.astype(np.float32)

    def centre_at(self, z: float) -> Point:
        """Centre of the section at a height."""
        return self.values_at([z], 0)[0], self.values_at([z], 1)[0], z

    @property
    def _heights(self) -> NDArray[np.float64]:
        steps = np.arange(self.table.shape[1], dtype=np.float64)
        heights: NDArray[np.float64] = np.add(self.stations[0][0], TABLE_STEP_MM * steps)
        return heights

    def values_at(self, heights: Sequence[float], column: int) -> list[float]:
        """Values of one column of the table (0 x, 1 y, 2 and 3 semi-axes) at several heights."""
        return [float(value) for value in np.interp(heights, self._heights, self.table[column])]

    def bounds(self) -> Bounds:
        """Box around all sections."""
        x, y = self.table[:2]
        reach = self.table[2:4].max(axis=0) * (1.3 if self.round_tube else 1.0)
        low = (x - reach).min(), (y - reach).min(), self.stations[0][0]
        high = (x + reach).max(), (y + reach).max(), self.stations[-1][0]
        return as_point(low), as_point(high)

    def distance(self, x: Field, y: Field, z: Field) -> Field:
        """Signed distance, exact at the surface of horizontal sections and of straight tubes."""
        bottom, top = np.float32(self.stations[0][0]), np.float32(self.stations[-1][0])
        steps = (z - bottom) * np.float32(1 / TABLE_STEP_MM) + np.float32(0.5)
        row = np.clip(steps, 0, self.table.shape[1] - 1).astype(np.int32)
        cx, cy, a, b, cos, sin, slope_x, slope_y = self.table
        dx, dy, first = x - cx.take(row), y - cy.take(row), a.take(row)
        if self.round_tube:
            along = dx * slope_x.take(row) + dy * slope_y.take(row)
            stretch = (1 + slope_x**2 + slope_y**2).take(row)
            side = np.sqrt(np.maximum(dx**2 + dy**2 - along**2 / stretch, 0)) - first
        else:
            if sin.any():
                c, s = cos.take(row), sin.take(row)
                dx, dy = dx * c + dy * s, dy * c - dx * s
            second = b.take(row)
            u, v = dx / first, dy / second
            side = first_order_distance(np.sqrt(u**2 + v**2), np.sqrt((u / first) ** 2 + (v / second) ** 2))
        field: Field = np.maximum(side, np.maximum(bottom - z, z - top))
        return field


@dataclass(frozen=True)
class ArchWall:
    """A wall that stands on a line in the horizontal plane, the same on both sides of the midline (jaw, hyoid).

    Attributes
    ----------
    stations : rows of x (>= 0), y, lower z, upper z and half thickness (mm), from the midline backwards.
    """

    stations: tuple[tuple[float, float, float, float, float], ...]

    def bounds(self) -> Bounds:
        """Box around the wall."""
        x, y, low, high, half = np.asarray(self.stations).T
        reach = (x + half).max()
        return (
            (-float(reach), float((y - half).min()), float(low.min())),
            (float(reach), float((y + half).max()), float(high.max())),
        )

    def distance(self, x: Field, y: Field, z: Field) -> Field:
        """Signed distance to the wall with its height and thickness interpolated along the line."""
        x, y, z = np.broadcast_arrays(np.abs(x), y, z)
        best = np.full(x.shape, FAR_MM, np.float32)
        rows = np.asarray(self.stations, np.float32)
        for start, end in pairwise(rows):
            step = end - start
            part = ((x - start[0]) * step[0] + (y - start[1]) * step[1]) / (step[0] ** 2 + step[1] ** 2)
            part = np.clip(part, 0, 1)
            side = np.hypot(x - start[0] - part * step[0], y - start[1] - part * step[1])
            low, high, half = (start[n] + part * step[n] for n in (2, 3, 4))
            best = np.minimum(best, np.maximum(side - half, np.maximum(low - z, z - high)))
        return best


@dataclass(frozen=True)
class TaperedRod:
    """A straight rod whose radius changes evenly from its base to its tip, round at both ends."""

    base: Point
    tip: Point
    base_radius: float
    tip_radius: float

    def bounds(self) -> Bounds:
        """Box around the rod."""
        ends = np.array([self.base, self.tip])
        reach = max(self.base_radius, self.tip_radius)
        return as_point(ends.min(axis=0) - reach), as_point(ends.max(axis=0) + reach)

    def distance(self, x: Field, y: Field, z: Field) -> Field:
        """Signed distance to the rod."""
        step = np.subtract(self.tip, self.base).astype(np.float32)
        dx, dy, dz = (axis - np.float32(c) for axis, c in zip((x, y, z), self.base, strict=True))
        part = np.clip((dx * step[0] + dy * step[1] + dz * step[2]) / float(step @ step), 0, 1)
        side = np.sqrt((dx - part * step[0]) ** 2 + (dy - part * step[1]) ** 2 + (dz - part * step[2]) ** 2)
        field: Field = side - np.float32(self.base_radius) - part * np.float32(self.tip_radius - self.base_radius)
        return field


@dataclass(frozen=True)
class HalfSpace:
    """The side of a plane that its normal points away from; only to be used within an intersection."""

    point: Point
    normal: Point

    def bounds(self) -> Bounds:
        """Everything."""
        return (-FAR_MM, -FAR_MM, -FAR_MM), (FAR_MM, FAR_MM, FAR_MM)

    def distance(self, x: Field, y: Field, z: Field) -> Field:
        """Signed distance to the plane."""
        parts = (
            (axis - np.float32(c)) * np.float32(n)
            for axis, c, n in zip((x, y, z), self.point, self.normal, strict=True)
        )
        field: Field = np.add.reduce(list(parts))
        return field


@dataclass(frozen=True)
class Outside:
    """What lies outside another solid; only to be used within an intersection."""

    solid: Solid

    def bounds(self) -> Bounds:
        """Everything."""
        return (-FAR_MM, -FAR_MM, -FAR_MM), (FAR_MM, FAR_MM, FAR_MM)

    def distance(self, x: Field, y: Field, z: Field) -> Field:
        """Distance with the sign turned."""
        return -self.solid.distance(x, y, z)


@dataclass(frozen=True)
class Grown:
    """A solid grown outwards (or shrunk, with a negative number) by an even layer."""

    solid: Solid
    by_mm: float

    def bounds(self) -> Bounds:
        """Box around the grown solid."""
        low, high = self.solid.bounds()
        return as_point(np.subtract(low, self.by_mm)), as_point(np.add(high, self.by_mm))

    def distance(self, x: Field, y: Field, z: Field) -> Field:
        """Distance less the layer."""
        field: Field = self.solid.distance(x, y, z) - np.float32(self.by_mm)
        return field


@dataclass(frozen=True)
class Common:
    """What several solids have in common."""

    solids: tuple[Solid, ...]

    def bounds(self) -> Bounds:
        """Box that all solids share."""
        boxes = np.array([solid.bounds() for solid in self.solids])
        return as_point(boxes[:, 0].max(axis=0)), as_point(boxes[:, 1].min(axis=0))

    def distance(self, x: Field, y: Field, z: Field) -> Field:
        """Greatest of the distances."""
        field: Field = np.maximum.reduce([solid.distance(x, y, z) for solid in self.solids])
        return field


@dataclass(frozen=True)
class Together:
    """Several solids as one."""

    solids: tuple[Solid, ...]

    def bounds(self) -> Bounds:
        """Box around all solids."""
        boxes = np.array([solid.bounds() for solid in self.solids])
        return as_point(boxes[:, 0].min(axis=0)), as_point(boxes[:, 1].max(axis=0))

    def distance(self, x: Field, y: Field, z: Field) -> Field:
        """Least of the distances."""
        field: Field = np.minimum.reduce([solid.distance(x, y, z) for solid in self.solids])
        return field


def as_point(values: object) -> Point:
    """Three numbers as a point."""
    x, y, z = (float(value) for value in np.asarray(values, dtype=float))
    return x, y, z
