"""The end of a thin spike: the cross-section along its axis, which survives the blur that hides the spike's edge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from iENEGraderLib.measure.spikes.frustum import TipFit, fitted_tip

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iENEGraderLib.measure.spikes.isotropic import TissueGrid
    from iENEGraderLib.measure.spikes.projections import Projection

    Floats = NDArray[np.float64]

DISC_MM = 1.0
RING_MM = (1.3, 1.9)
"""Ours: soft tissue is summed over a disc of that radius across the axis, above the fat in a ring round it."""
RING_PERCENTILE = 30
RING_LIMITS = (-0.1, 0.3)
LEAST_AREA_MM2 = 0.25
NOISE_SDS = 4.0
"""Ours: a spike goes on while its cross-section is at least that large, and that many sd of noise."""
BEFORE_MM = 2.0
BEYOND_MM = 2.0
"""Ours: how far before its foot and beyond its end the axis is followed."""
CLEAR_OF_CORE_MM = 0.7
"""Ours: closer to the core the disc holds blur of the core."""


@dataclass(frozen=True, eq=False)
class Axis:
    """A line through a projection with what lies along it.

    Attributes
    ----------
    origin, direction : array position, and unit vector in array directions.
    along_mm : places on the line, shape (n,).
    area_mm2 : cross-section of soft tissue at each.
    share : share of soft tissue on the line itself.
    height_mm : distance from the surface of the core.
    tilt_mm : where the soft tissue of the disc lies, away from the line, shape (n, 3).
    """

    origin: Floats
    direction: Floats
    along_mm: Floats
    area_mm2: Floats
    share: Floats
    height_mm: Floats
    tilt_mm: Floats

    def at(self, place_mm: float, voxel_mm: float) -> Floats:
        """Return the array position of a place on the line."""
        position: Floats = self.origin + self.direction * (place_mm / voxel_mm)
        return position


@dataclass(frozen=True, eq=False)
class Trace:
    """A projection followed to its end.

    Attributes
    ----------
    axis : the line it was followed on.
    base_mm, tip_mm : places on the line where it leaves the core, and its end.
    uncertainty_mm : of the length, plus or minus.
    half_width_mm : diameter half-way.
    mean_share : mean share of soft tissue on the line between a quarter and three quarters of the length.
    """

    axis: Axis
    base_mm: float
    tip_mm: float
    uncertainty_mm: float
    half_width_mm: float
    mean_share: float

    @property
    def length_mm(self) -> float:
        """From base to tip."""
        return self.tip_mm - self.base_mm


def traced(grid: TissueGrid, from_core_mm: NDArray[np.float32], projection: Projection) -> Trace:
    """Follow a projection from the core to its end; the axis is aimed again at the soft tissue once it was followed."""
    aim = projection.top - projection.foot
    distance = float(np.linalg.norm(aim)) * grid.voxel_mm
    if distance < 0.5 * grid.voxel_mm:
        aim = projection.foot - ndimage.center_of_mass(grid.node)
        distance = grid.voxel_mm
    ahead = distance + BEYOND_MM
    axis = _axis(grid, from_core_mm, projection.foot, aim, ahead)
    for _ in range(2):
        base = _base_mm(axis, grid.voxel_mm)
        end = _rough_end_mm(grid, axis, base)
        axis = _axis(grid, from_core_mm, *_aimed(axis, base, end, grid.voxel_mm), end - base + BEYOND_MM)
    base = _base_mm(axis, grid.voxel_mm)
    rough = _rough_end_mm(grid, axis, base)
    is_clear = (axis.along_mm >= base + CLEAR_OF_CORE_MM) & (axis.along_mm <= rough + 0.75 * BEYOND_MM)
    fit = fitted_tip(axis.along_mm[is_clear], axis.area_mm2[is_clear], base, grid.voxel_mm, _area_noise(grid))
    fit = fit or TipFit(rough, grid.voxel_mm)
    middle = base + 0.5 * (fit.tip_mm - base)
    area = float(np.interp(middle, axis.along_mm, axis.area_mm2))
    inner = np.abs(axis.along_mm - middle) <= max(0.25 * (fit.tip_mm - base), 0.5 * grid.voxel_mm)
    width = 2 * float(np.sqrt(max(area, 0.0) / np.pi))
    return Trace(axis, base, fit.tip_mm, fit.uncertainty_mm, width, float(axis.share[inner].mean()))


def _axis(grid: TissueGrid, from_core_mm: NDArray[np.float32], origin: Floats, aim: Floats, ahead_mm: float) -> Axis:
    """Sample discs across a line."""
    side = grid.voxel_mm
    direction = aim / np.linalg.norm(aim)
    first = np.cross(direction, np.eye(3)[np.argmin(np.abs(direction))])
    first /= np.linalg.norm(first)
    second = np.cross(direction, first)
    along = np.arange(-BEFORE_MM, ahead_mm, 0.5 * side)
    ticks = np.arange(-np.floor(RING_MM[1] / side), np.floor(RING_MM[1] / side) + 1) * side
    a, b = (each.ravel() for each in np.meshgrid(ticks, ticks, indexing="ij"))
    radius = np.hypot(a, b)
    a, b, radius = (each[radius <= RING_MM[1]] for each in (a, b, radius))
    across = a[:, None] * first + b[:, None] * second
    line = along[:, None] * direction
    places = origin + (line[:, None, :] + across) / side
    share = _sampled(grid.share, places)
    ring, disc = radius >= RING_MM[0], radius <= DISC_MM
    fat = np.clip(np.percentile(share[:, ring], RING_PERCENTILE, axis=1), *RING_LIMITS)
    soft = np.clip(share[:, disc] - fat[:, None], RING_LIMITS[0] * 5, 1.0)
    area = ndimage.uniform_filter1d(soft.sum(axis=1) * side**2, max(1, round(0.5 / (0.5 * side))), mode="nearest")
    weight = np.maximum(soft, 0.0)
    tilt = weight @ across[disc] / np.maximum(weight.sum(axis=1), 1e-6)[:, None]
    on_line = origin + line / side
    height = _sampled(from_core_mm, on_line) - 0.5 * side
    return Axis(origin, direction, along, area, _sampled(grid.share, on_line), height, tilt)


def _sampled(values: NDArray[np.float32], positions: Floats) -> Floats:
    """Return values between voxels."""
    found: Floats = ndimage.map_coordinates(
        values, np.moveaxis(positions, -1, 0), output=np.float64, order=1, mode="nearest", prefilter=False
    )
    return found


def _area_noise(grid: TissueGrid) -> float:
    """Return the standard deviation of a cross-section in mm2 due to noise."""
    return float(grid.smooth_noise_share * np.pi * DISC_MM**2)


def _base_mm(axis: Axis, voxel_mm: float) -> float:
    """Return where the line leaves the core for good before its origin's side ends."""
    is_inside = (axis.height_mm <= 0.0) & (axis.along_mm <= voxel_mm)
    if not is_inside.any():
        nearest = int(np.argmin(np.where(axis.along_mm <= voxel_mm, axis.height_mm, np.inf)))
        return float(axis.along_mm[nearest] - max(axis.height_mm[nearest], 0.0))
    last = int(np.flatnonzero(is_inside)[-1])
    if last + 1 == len(axis.along_mm):
        return float(axis.along_mm[last])
    low, high = axis.height_mm[last], axis.height_mm[last + 1]
    share = float(np.clip(-low / max(high - low, 1e-6), 0, 1))
    return float(axis.along_mm[last] + share * (axis.along_mm[last + 1] - axis.along_mm[last]))


def _rough_end_mm(grid: TissueGrid, axis: Axis, base_mm: float) -> float:
    """Return the last place, going on from the base, with enough cross-section."""
    least = max(LEAST_AREA_MM2, NOISE_SDS * _area_noise(grid))
    ahead = np.flatnonzero(axis.along_mm > base_mm)
    thin = ahead[axis.area_mm2[ahead] < least]
    return float(axis.along_mm[thin[0] if len(thin) else -1])


def _aimed(axis: Axis, base_mm: float, end_mm: float, voxel_mm: float) -> tuple[Floats, Floats]:
    """Return origin and aim of the straight line through the soft tissue of the discs between base and end."""
    start = base_mm + min(CLEAR_OF_CORE_MM, 0.3 * (end_mm - base_mm))
    between = (axis.along_mm >= start) & (axis.along_mm <= end_mm)
    if np.count_nonzero(between) < 4:
        return axis.origin, axis.direction
    along = axis.along_mm[between]
    weights = np.sqrt(np.clip(axis.area_mm2[between], 1e-3, None))
    lines = np.polyfit(along, axis.tilt_mm[between], 1, w=weights)
    slope, offset = lines
    direction = axis.direction + slope
    origin = axis.origin + offset / voxel_mm
    return origin, direction
