"""Centrelines with a steady frame: even steps, smooth, each point in the middle of its cross-section."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from iENEGraderLib.measure.contact.cross_section import ray_directions, section_centres, wall_distances

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iENEGraderLib.measure.contact.vessel_tree import Branch
    from iENEGraderLib.measure.label_field import Field

    Floats = NDArray[np.float64]

STEP_MM = 0.5
SMOOTHING_MM = 2.0
RECENTRINGS = 2
RECENTRING_RAYS = 48


@dataclass(frozen=True, eq=False)
class Centreline:
    """Points every ``STEP_MM`` along a branch; all arrays have shape (n, 3), in mm along the image axes [k, j, i].

    Attributes
    ----------
    points_mm : the middle of each cross-section.
    tangent : unit vector along the vessel.
    zero, quarter : unit vectors of the cross-section at 0 and at 90 degrees; they do not turn about the vessel.
    radius_mm : distance to the wall in the mask, shape (n,).
    """

    points_mm: Floats
    tangent: Floats
    zero: Floats
    quarter: Floats
    radius_mm: Floats

    def __len__(self) -> int:
        """Count the sections."""
        return len(self.points_mm)


def centreline_of(branch: Branch, vessel: Field, reference: Floats) -> Centreline:
    """Turn a path of voxels into a centreline.

    Parameters
    ----------
    branch : path through the vessel's voxels.
    vessel : smooth field of the vessel's mask, one half at the wall.
    reference : unit vector [k, j, i] that 0 degrees should point to where the vessel allows it.
    """
    line = _framed(_smooth(_without_ends(branch)), branch, reference)
    for _ in range(RECENTRINGS):
        directions = ray_directions(line.zero, line.quarter, RECENTRING_RAYS)
        distances = wall_distances(vessel, line.points_mm, directions, reach_mm(line.radius_mm))
        centres, is_closed = section_centres(line.points_mm, directions, distances)
        moved = np.linalg.norm(centres - line.points_mm, axis=1)
        good = is_closed & (moved < 2 * line.radius_mm)
        if np.count_nonzero(good) < 2:
            break
        line = _framed(_smooth(centres[good]), branch, reference)
    return _framed(_to_ends(line, vessel, branch), branch, reference)


def _without_ends(branch: Branch) -> Floats:
    """Return the path without its last radius: it runs into a corner of the label's end, not along the vessel."""
    points = branch.points_mm
    is_parted = branch.parent is not None
    from_start, from_end = (np.linalg.norm(points - end, axis=1) for end in (points[0], points[-1]))
    keep = from_end > branch.radius_mm.max()
    if not is_parted:
        keep &= from_start > branch.radius_mm.max()
    return points[keep] if np.count_nonzero(keep) >= 3 else points


def _to_ends(line: Centreline, vessel: Field, branch: Branch) -> Floats:
    """Return the points of a line and straight ends, as far as they stay in the vessel."""
    steps = STEP_MM * np.arange(1, int(3 * branch.radius_mm.max() / STEP_MM) + 1)[:, None]
    before, after = line.points_mm[0] - steps * line.tangent[0], line.points_mm[-1] + steps * line.tangent[-1]
    before, after = (end[: int(np.argmin(np.r_[vessel.at(end) > 0.5, False]))] for end in (before, after))
    return np.concatenate([before[::-1] if branch.parent is None else before[:0], line.points_mm, after])


def reach_mm(radius_mm: Floats) -> float:
    """Return how far rays must go: an oval vein is several times wider than the ball that fits into it."""
    return float(4 * np.median(radius_mm) + 5)


def _smooth(points_mm: Floats) -> Floats:
    """Return points every ``STEP_MM`` along a smoothed copy."""
    even = _even(points_mm)
    width = SMOOTHING_MM / STEP_MM
    pad = min(len(even) - 1, int(4 * width))
    if pad < 1:
        return even
    # Odd reflection keeps the ends in place.
    padded = np.pad(even, [(pad, pad), (0, 0)], mode="reflect", reflect_type="odd")
    return _even(ndimage.gaussian_filter1d(padded, width, axis=0)[pad:-pad])


def _even(points_mm: Floats) -> Floats:
    steps = np.linalg.norm(np.diff(points_mm, axis=0), axis=1)
    points = points_mm[np.r_[True, steps > 1e-6]]
    along = np.r_[0.0, np.cumsum(steps[steps > 1e-6])]
    places = np.arange(0, along[-1] + 1e-9, STEP_MM)
    return np.stack([np.interp(places, along, points[:, axis]) for axis in range(3)], axis=1)


def _framed(points_mm: Floats, branch: Branch, reference: Floats) -> Centreline:
    """Add tangents and a frame carried along without turning (parallel transport)."""
    count = len(points_mm)
    tangent = np.gradient(points_mm, axis=0) if count > 1 else np.array([[1.0, 0.0, 0.0]])
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    zero = np.empty_like(tangent)
    # A vessel along the reference itself takes another start.
    start = reference if abs(tangent[0] @ reference) < 0.9 else np.roll(reference, 1)
    for n in range(count):
        across = (start if n == 0 else zero[n - 1]) - tangent[n] * (tangent[n] @ (start if n == 0 else zero[n - 1]))
        zero[n] = across / np.linalg.norm(across)
    near = np.linalg.norm(points_mm[:, None] - branch.points_mm[None], axis=-1).argmin(axis=1)
    return Centreline(points_mm, tangent, zero, np.cross(tangent, zero), branch.radius_mm[near])
