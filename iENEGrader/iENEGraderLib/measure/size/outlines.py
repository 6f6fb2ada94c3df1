"""Outlines of a mask in its sections, finer than its voxels, and the domes that close it above and below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from iENEGraderLib.measure.size.diameters import hull_vertices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Points = NDArray[np.float64]

SMOOTHING_VOXELS = 0.7
"""Takes the stairs off an outline; a circle of radius r voxels shrinks by 0.25 / r voxels only."""
PAD = 3
DOME_LEVELS = (0.25, 0.5, 0.75, 1.0)
FARTHEST_POLE = 1.2
"""A pole foretold more than one section on would have shown in that section; a little more is noise of the areas."""


@dataclass(frozen=True, eq=False)
class Outline:
    """Convex outline of a mask in one section.

    Attributes
    ----------
    section : index of the section.
    corners_mm : corners of the convex hull, counter-clockwise, shape (n, 2), in mm along the two axes of the section.
    area_mm2 : area of the mask in the section.
    centre_mm : centre of that area, shape (2,).
    """

    section: int
    corners_mm: Points
    area_mm2: float
    centre_mm: Points


def section_outlines(mask: Mask, spacing_mm: Sequence[float], axis: int) -> list[Outline]:
    """Outline a mask in each section across one axis; sections without mask are passed over.

    The mask is smoothed by 0.7 voxel within the section and cut where it falls below one half, along every grid line.
    Where smoothing would wipe out a part, the voxel centres of the part are kept: what the reader drew counts.

    Parameters
    ----------
    mask : array [k, j, i], cropped to what matters.
    spacing_mm : in the order of the array axes.
    axis : array axis that the sections are cut across.
    """
    stack = np.moveaxis(mask, axis, 0)
    spacing = np.delete(np.asarray(spacing_mm, dtype=float), axis)
    padded = np.pad(stack, ((0, 0), (PAD, PAD), (PAD, PAD)))
    across = SMOOTHING_VOXELS * float(spacing.min()) / float(spacing_mm[axis])
    sigma = [across, *(SMOOTHING_VOXELS if n > 1 else 0.0 for n in stack.shape[1:])]
    field = ndimage.gaussian_filter(padded.astype(np.float32), sigma, mode="nearest") - np.float32(0.5)
    return [
        _outline(section, field[section], padded[section], spacing)
        for section in np.flatnonzero(stack.any(axis=(1, 2))).tolist()
    ]


def solid_points(outlines: Sequence[Outline], step_mm: float) -> Points:
    """Return points on the surface of the body that the outlines span, with a dome at either end.

    Parameters
    ----------
    outlines : of neighbouring sections, at least two.
    step_mm : distance between sections.

    Returns
    -------
    Points of shape (n, 3) in mm: along the axis of the sections first, then along the two axes of the section.

    Notes
    -----
    A body ends somewhere between the last section that shows it and the next that does not. The area of the sections of
    an ellipsoid is a quadratic function of their place, and their centres lie on a line, so the last three sections
    tell where its pole is. With fewer sections, or where the areas do not taper, the body is taken to end half a
    section on.
    """
    parts = [_placed(o.section * step_mm, o.corners_mm) for o in outlines]
    for end in (outlines[:3], outlines[:-4:-1]):
        parts += _dome(end, step_mm)
    return np.concatenate(parts)


def _dome(end: Sequence[Outline], step_mm: float) -> list[Points]:
    """Return shrinking copies of the last outline up to the pole; ``end`` begins with the last section."""
    last, before = end[:2]
    outward = last.section - before.section
    drift = last.centre_mm - before.centre_mm
    height, areas = _taper([o.area_mm2 / last.area_mm2 for o in end])
    levels = []
    for level, area in zip(DOME_LEVELS, areas, strict=True):
        corners = last.centre_mm + level * height * drift + np.sqrt(area) * (last.corners_mm - last.centre_mm)
        levels.append(_placed((last.section + outward * level * height) * step_mm, corners))
    return levels


def _taper(areas: Sequence[float]) -> tuple[float, Points]:
    """Return the height of the pole above the last section, in sections, and the area at each level of the dome.

    Areas are relative to the last section, which comes first.
    """
    levels = np.array(DOME_LEVELS)
    if len(areas) == 3:
        bend = (areas[2] - 2.0 * areas[1] + areas[0]) / 2.0
        slope = areas[0] - areas[1] + bend
        roots = np.roots([bend, slope, 1.0])
        poles = [float(r.real) for r in roots if abs(r.imag) < 1e-9 and 0.0 < r.real <= FARTHEST_POLE]
        if poles:
            height = min(*poles, 1.0)
            return height, np.clip(1.0 + slope * height * levels + bend * (height * levels) ** 2, 0.0, 1.0)
    return 0.5, 1.0 - levels


def _placed(depth_mm: float, corners_mm: Points) -> Points:
    return np.column_stack([np.full(len(corners_mm), depth_mm), corners_mm])


def _outline(section: int, field: NDArray[np.float32], padded: Mask, spacing: Points) -> Outline:
    inside = field > 0
    points = [np.argwhere(padded & ~inside).astype(float), _crossings(field, inside, 0), _crossings(field, inside, 1)]
    corners = hull_vertices((np.concatenate(points) - PAD) * spacing)
    voxels = np.argwhere(padded) - PAD
    area = len(voxels) * float(np.prod(spacing))
    return Outline(section, corners, area, voxels.mean(axis=0) * spacing)


def _crossings(field: NDArray[np.float32], inside: Mask, axis: int) -> Points:
    """Return where the field crosses zero between neighbours along one axis."""
    low = (slice(None),) * axis + (slice(None, -1),)
    high = (slice(None),) * axis + (slice(1, None),)
    places = np.nonzero(inside[low] != inside[high])
    before, after = field[low][places], field[high][places]
    points = np.stack(places, axis=1).astype(float)
    points[:, axis] += before / (before - after)
    return points
