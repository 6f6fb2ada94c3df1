"""Edges of tissue in one scan, and where the other scan has them: how far two scans differ in place.

An edge is found again by comparing the course of the values across it (normalised correlation), which contrast agent
scales and does not shift. Only the displacement across an edge shows, and only that makes false iodine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from iENEGraderLib.spectral.registration.volumes import geometry_of, lps_from_kji, values_of

if TYPE_CHECKING:
    import SimpleITK
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

SMOOTH_MM = 1.0
SMOOTH_VOXELS = 0.8
"""Ours: less blur leaves steps of the voxels in the course of the values, more would join thin structures."""
LEAST_HU_PER_MM = 20.0
"""Ours: fat against muscle is steeper at any usual sharpness, noise is not after smoothing."""
MOST_EDGES = 8_000
STEP_MM = 0.25
HALF_MM = 3.0
"""Ours: the course of values is compared over so much on both sides; thin structures stay apart."""
LEAST_CORRELATION = 0.9
LEAST_SD_HU = 20.0
SIDE_MM = 2.0
AIR_HU, BONE_HU = -500.0, 250.0
"""Air and, without contrast agent, bone: what contrast agent hardly changes."""


@dataclass(frozen=True, eq=False)
class Edges:
    """Places on edges of a scan.

    Attributes
    ----------
    kji : on the grid of the scan, shape (n, 3).
    places_lps_mm, normals_lps : the same in mm, and unit vectors across the edges, shape (n, 3).
    """

    kji: Floats
    places_lps_mm: Floats
    normals_lps: Floats

    def part(self, chosen: Mask | slice) -> Edges:
        """Return some of them."""
        return Edges(self.kji[chosen], self.places_lps_mm[chosen], self.normals_lps[chosen])


@dataclass(frozen=True, eq=False)
class Matches:
    """What became of each edge in the other scan.

    Attributes
    ----------
    shift_mm : along the normal, from the edge in the first scan to that in the other; NaN where it was not found.
    is_hard : whether it is an edge of bone or air.
    """

    shift_mm: Floats
    is_hard: Mask

    @property
    def is_found(self) -> Mask:
        """Where the edge was found."""
        found: Mask = np.isfinite(self.shift_mm)
        return found


def find_edges(volume: SimpleITK.Image, inside: Mask) -> Edges:
    """Return places on the edges of a scan, evenly chosen.

    Parameters
    ----------
    volume : CT in HU.
    inside : part to look in, mask [k, j, i].
    """
    smooth = _smooth(volume)
    spacing = np.array(volume.GetSpacing())[::-1]
    axes = [axis for axis in range(3) if smooth.shape[axis] > 1]
    slopes = np.zeros((3, *smooth.shape), np.float32)
    for axis in axes:
        slopes[axis] = np.gradient(smooth, spacing[axis], axis=axis)
    steepness = np.sqrt(np.sum(slopes**2, axis=0))
    places = np.argwhere((steepness > LEAST_HU_PER_MM) & inside).astype(float)
    at = tuple(places.astype(int).T)
    normals = np.stack([slope[at] for slope in slopes], axis=1) / steepness[at][:, None]
    # An edge is where the slope is steepest along its normal.
    across = float(spacing[axes].min()) * normals / spacing
    sides = [
        ndimage.map_coordinates(steepness, (places + sign * across).T, order=1, mode="nearest") for sign in (-1, 1)
    ]
    is_top = (steepness[at] >= sides[0]) & (steepness[at] > sides[1])
    places, normals = places[is_top], normals[is_top]
    step = max(1, int(np.ceil(len(places) / MOST_EDGES)))
    places, normals = places[::step], normals[::step]
    directions = np.array(geometry_of(volume).direction_lps)
    return Edges(places, lps_from_kji(volume, places), normals[:, ::-1].astype(float) @ directions.T)


def match_edges(volume: SimpleITK.Image, moved: SimpleITK.Image, edges: Edges, search_mm: float) -> Matches:
    """Look for edges of one scan in another on the same grid.

    Parameters
    ----------
    volume, moved : the scan of the edges, and the other; where the other has no values it is all air.
    search_mm : how far to look.
    """
    if not len(edges.kji):
        return Matches(np.zeros(0), np.zeros(0, dtype=bool))
    half, reach = round(HALF_MM / STEP_MM), round(search_mm / STEP_MM)
    own = _courses(_smooth(volume), volume, edges, half)
    other = _courses(_smooth(moved), volume, edges, half + reach)
    windows = np.lib.stride_tricks.sliding_window_view(other, 2 * half + 1, axis=1)
    found = _correlation(own, windows)
    best = found.argmax(axis=1)
    row = np.arange(len(found))
    is_inner = (best > 0) & (best < found.shape[1] - 1)
    inner = np.clip(best, 1, found.shape[1] - 2)
    low, top, high = (found[row, inner + step] for step in (-1, 0, 1))
    bend = 2 * top - low - high
    fine = 0.5 * (high - low) / np.where(bend > 0, bend, np.inf)
    spread = windows[row, best].std(axis=1)
    is_found = is_inner & (found[row, best] >= LEAST_CORRELATION) & (spread >= LEAST_SD_HU)
    shift = np.where(is_found, (inner + fine - reach) * STEP_MM, np.nan)
    side = round(SIDE_MM / STEP_MM)
    middle = half + reach
    ends = other[:, [middle - side, middle + side]]
    return Matches(shift, (ends.min(axis=1) < AIR_HU) | (ends.max(axis=1) > BONE_HU))


def _smooth(volume: SimpleITK.Image) -> NDArray[np.float32]:
    spacing = np.array(volume.GetSpacing())[::-1]
    smooth: NDArray[np.float32] = ndimage.gaussian_filter(
        values_of(volume), np.maximum(SMOOTH_MM / spacing, SMOOTH_VOXELS)
    )
    return smooth


def _courses(values: NDArray[np.float32], volume: SimpleITK.Image, edges: Edges, count: int) -> Floats:
    """Return the values on the grid of a volume across each edge, shape (n, 2 count + 1)."""
    steps = np.arange(-count, count + 1) * STEP_MM
    directions = np.array(geometry_of(volume).direction_lps)
    per_mm = (edges.normals_lps @ directions)[:, ::-1] / np.array(volume.GetSpacing())[::-1]
    where = edges.kji[:, None] + steps[:, None] * per_mm[:, None]
    courses: Floats = ndimage.map_coordinates(values, where.reshape(-1, 3).T, order=1, mode="nearest")
    return courses.reshape(len(edges.kji), -1).astype(np.float64)


def _correlation(courses: Floats, windows: Floats) -> Floats:
    """Return the correlation of courses (n, m) with windows (n, shifts, m); 0 where one of them does not vary."""
    own = courses - courses.mean(axis=1, keepdims=True)
    products = np.einsum("nm,nsm->ns", own, windows)
    norms = np.linalg.norm(own, axis=1)[:, None] * windows.std(axis=2) * np.sqrt(windows.shape[2])
    return np.asarray(products / np.where(norms > 0, norms, np.inf), dtype=np.float64)
