"""Cross-sections of a vessel: where rays from the centre meet the wall, between the voxels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iENEGraderLib.measure.label_field import Field

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

RAYS = 360
COARSE_RAYS = 60
COARSE_STEP_MM = 0.4
BAND_MM = 0.6
LEAST_CLOSED_SHARE = 0.98
"""Ours: a section counts when this share of its rays meets the wall."""
NORMAL_SMOOTHING_RAYS = 1.5
INNER_SHARE = 0.75


@dataclass(frozen=True, eq=False)
class CrossSections:
    """Outlines of the vessel in planes orthogonal to its centreline; n sections, m rays.

    Attributes
    ----------
    wall_mm : where each ray meets the wall, shape (n, m, 3), mm along the image axes.
    normals : outward unit normals of the outline within its plane, shape (n, m, 3).
    weights_deg : share of the perimeter of each ray, in degrees of a full turn, shape (n, m).
    area_mm2, perimeter_mm : of each outline, shape (n,).
    axis_ratio : short by long axis of the ellipse with the outline's second moments of area, shape (n,).
    is_closed : the outline is complete, and the vessel goes on at both sides of the plane, shape (n,).
    """

    wall_mm: Floats
    normals: Floats
    weights_deg: Floats
    area_mm2: Floats
    perimeter_mm: Floats
    axis_ratio: Floats
    is_closed: Mask


def ray_directions(zero: Floats, quarter: Floats, count: int) -> Floats:
    """Return unit vectors of shape (n, count, 3), evenly round each section."""
    angle = 2 * np.pi * np.arange(count) / count
    directions: Floats = (
        np.cos(angle)[None, :, None] * zero[:, None, :] + np.sin(angle)[None, :, None] * quarter[:, None, :]
    )
    return directions


def wall_distances(vessel: Field, centres_mm: Floats, directions: Floats, reach: float) -> Floats:
    """Return how far each ray goes until it leaves the vessel, shape (n, rays); NaN when it does not within reach."""
    steps = np.arange(0.0, 0.4 * reach, COARSE_STEP_MM)
    values = vessel.at(centres_mm[:, None, None] + directions[:, :, None] * steps[:, None])
    found = _first_exit(values, np.zeros(directions.shape[:2]), COARSE_STEP_MM)
    missing = np.isnan(found)
    starts = centres_mm[np.nonzero(missing)[0]]
    found[missing] = _whole_rays(vessel, starts, directions[missing], np.arange(0.0, reach, COARSE_STEP_MM))
    return found


def fine_wall_distances(vessel: Field, centres_mm: Floats, directions: Floats, reach: float) -> Floats:
    """Return the same on many rays, searched only about the wall that some rays have found."""
    skip = directions.shape[1] // COARSE_RAYS
    coarse = wall_distances(vessel, centres_mm, directions[:, ::skip], reach)
    around = np.stack([np.roll(coarse, shift, axis=1) for shift in (1, 0, -1, -2)])
    lowest = np.repeat(np.maximum(around.min(axis=0) - BAND_MM, 0.0), skip, axis=1)
    width = np.repeat(around.max(axis=0) + BAND_MM, skip, axis=1) - lowest
    step = max(0.2, 0.75 * float(vessel.spacing_mm.min()))
    usable = np.isfinite(width) & (width < 6.0)
    count = int(np.ceil(width[usable].max() / step)) + 1 if usable.any() else 2
    low = np.where(usable, lowest, 0.0)
    steps = step * np.arange(count)
    along = low[..., None] + steps
    found = _first_exit(vessel.at(centres_mm[:, None, None] + directions[:, :, None] * along[..., None]), low, step)
    missing = ~usable | np.isnan(found)
    starts = centres_mm[np.nonzero(missing)[0]]
    found[missing] = _whole_rays(vessel, starts, directions[missing], np.arange(0.0, reach, step))
    return found


def _whole_rays(vessel: Field, starts_mm: Floats, directions: Floats, steps: Floats) -> Floats:
    """Search single rays, shape (rays, 3), that the quick search has missed: flat veins and openings."""
    values = vessel.at(starts_mm[:, None] + directions[:, None] * steps[:, None])
    return _first_exit(values, np.zeros(len(starts_mm)), float(steps[1]))


def _first_exit(values: NDArray[np.float32], start: Floats, step: float) -> Floats:
    """Return where values along the last axis first fall below one half, linear in between."""
    out = values < 0.5
    after = np.maximum(np.argmax(out, axis=-1), 1)[..., None]
    inner = np.take_along_axis(values, after - 1, axis=-1)[..., 0]
    outer = np.take_along_axis(values, after, axis=-1)[..., 0]
    share = np.clip((inner - 0.5) / np.maximum(inner - outer, 1e-6), 0.0, 1.0)
    distance: Floats = start + step * (after[..., 0] - 1 + share)
    distance[~out.any(axis=-1) | out[..., 0]] = np.nan
    return distance


def section_centres(centres_mm: Floats, directions: Floats, distances: Floats) -> tuple[Floats, Mask]:
    """Return the centroid of each outline, and which outlines are closed enough to have one."""
    is_closed = np.isfinite(distances).mean(axis=1) > 0.9
    angle = 2 * np.pi * np.arange(distances.shape[1]) / distances.shape[1]
    known = np.where(is_closed[:, None], distances, 1.0)
    radius = np.where(np.isfinite(known), known, np.nanmedian(known, axis=1, keepdims=True))
    x, y = radius * np.cos(angle), radius * np.sin(angle)
    next_x, next_y = np.roll(x, -1, axis=1), np.roll(y, -1, axis=1)
    cross = x * next_y - next_x * y
    area = 3 * cross.sum(axis=1)
    shift_x, shift_y = ((x + next_x) * cross).sum(axis=1) / area, ((y + next_y) * cross).sum(axis=1) / area
    quarter = directions.shape[1] // 4
    moved = centres_mm + shift_x[:, None] * directions[:, 0] + shift_y[:, None] * directions[:, quarter]
    return np.where(is_closed[:, None], moved, centres_mm), is_closed


def cross_sections(
    vessel: Field, centres_mm: Floats, tangent: Floats, directions: Floats, distances: Floats
) -> CrossSections:
    """Measure the outlines that rays of known length describe."""
    is_closed = np.isfinite(distances).mean(axis=1) >= LEAST_CLOSED_SHARE
    filled = np.where(np.isfinite(distances), distances, 0.0)
    middle = np.array([np.median(row[row > 0]) if (row > 0).any() else 0.0 for row in filled])
    radius = np.where(filled > 0, filled, middle[:, None])
    wall = centres_mm[:, None] + directions * radius[..., None]
    step = np.linalg.norm(np.roll(wall, -1, axis=1) - wall, axis=-1)
    share = 0.5 * (step + np.roll(step, 1, axis=1))
    perimeter = step.sum(axis=1)
    turn = 2 * np.pi / distances.shape[1]
    return CrossSections(
        wall,
        _outward_normals(wall, tangent, directions),
        360 * share / np.maximum(perimeter, 1e-9)[:, None],
        0.5 * (radius * np.roll(radius, -1, axis=1)).sum(axis=1) * np.sin(turn),
        perimeter,
        _axis_ratio(radius),
        is_closed & _goes_on(vessel, centres_mm, tangent, directions * radius[..., None]),
    )


def _axis_ratio(radius: Floats) -> Floats:
    """Return the ratio of the axes of outlines given by the lengths of even rays, shape (n, rays)."""
    angle = 2 * np.pi * np.arange(radius.shape[1]) / radius.shape[1]
    ways = np.stack([np.cos(angle), np.sin(angle)])
    area = np.maximum((radius**2).sum(axis=1) / 2, 1e-9)
    middle = (radius**3 @ ways.T) / 3 / area[:, None]
    spread = np.einsum("nr,ar,br->nab", radius**4, ways, ways) / 4 / area[:, None, None]
    lengths = np.linalg.eigvalsh(spread - middle[:, :, None] * middle[:, None, :])
    ratio: Floats = np.sqrt(np.maximum(lengths[:, 0], 0.0) / np.maximum(lengths[:, 1], 1e-9))
    return ratio


def _outward_normals(wall_mm: Floats, tangent: Floats, directions: Floats) -> Floats:
    smooth = ndimage.gaussian_filter1d(wall_mm, NORMAL_SMOOTHING_RAYS, axis=1, mode="wrap")
    along = np.roll(smooth, -1, axis=1) - np.roll(smooth, 1, axis=1)
    normals = np.cross(along, tangent[:, None])
    normals /= np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-9)
    outward: Floats = normals * np.sign((normals * directions).sum(axis=-1, keepdims=True))
    return outward


def _goes_on(vessel: Field, centres_mm: Floats, tangent: Floats, rays_mm: Floats) -> Mask:
    """Tell which sections do not cut the open end of the label: its inside goes on to both sides of the plane."""
    inner = centres_mm[:, None] + INNER_SHARE * rays_mm[:, ::6]
    ahead = tangent[:, None] * float(vessel.spacing_mm.max())
    inside = (vessel.at(inner + ahead) > 0.5) & (vessel.at(inner - ahead) > 0.5)
    goes_on: Mask = inside.mean(axis=1) >= 0.95
    return goes_on
