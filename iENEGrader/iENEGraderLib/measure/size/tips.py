"""The two ends of a greatest dimension, placed finer than single voxels allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from iENEGraderLib.measure.size.diameters import Chord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Points = NDArray[np.float64]

SMOOTHING_VOXELS = 0.7
MOST_ANISOTROPY = 2.0
"""Ours: with thicker sections a tip is seen in too few of them to be fitted."""
CAPS_VOXELS = ((6.0, 2.0), (5.0, 2.0), (4.0, 1.5), (3.0, 1.5))
"""Ours: half width and depth of the caps to fit, the widest first: it averages over most of the surface."""
MOST_MISFIT_VOXELS = 0.15
"""Ours: the scatter that smoothed voxels leave on a quadric; a cap that scatters more is of another shape."""
LEAST_POINTS = 12
MOST_CORRECTION_VOXELS = 0.5
"""Ours: a surface lies within half a voxel of where single voxels put it; a fit that says more is wrong."""


def with_fitted_tips(chord: Chord, mask: Mask, spacing_mm: Sequence[float]) -> Chord:
    """Return a chord whose ends are moved along it onto the surface fitted to the caps at its ends.

    Single voxels at a pointed end decide its place by chance. A quadric fitted to the surface of the smoothed mask
    round the end averages over them; it is moved out by what the smoothing took from a surface so curved. The widest
    cap that a quadric fits is taken. Where none does (a thin tail, a corner, sections much thicker than the other
    sides of the voxels), the end stays.

    Parameters
    ----------
    chord : in mm along the array axes; the centre of the first voxel is the origin.
    mask : array [k, j, i].
    spacing_mm : in the order of the array axes.

    Notes
    -----
    Smoothing with covariance S moves a surface of curvature K inward by half the trace of S K, to first order.
    """
    spacing = np.asarray(spacing_mm, dtype=float)
    if spacing.max() > MOST_ANISOTROPY * spacing.min() or chord.length <= 0.0:
        return chord
    along = (chord.ends[1] - chord.ends[0]) / chord.length
    back, forth = (
        _correction(_Cap(mask, spacing, end, way)) for end, way in ((chord.ends[0], -along), (chord.ends[1], along))
    )
    ends = chord.ends + np.stack([-back * along, forth * along])
    return Chord(chord.length + back + forth, ends)


@dataclass(frozen=True, eq=False)
class _Cap:
    """The end of a body: its mask, an end of the chord in mm, and the direction outward."""

    mask: Mask
    spacing: Points
    end: Points
    outward: Points

    @property
    def voxel(self) -> float:
        return float(np.prod(self.spacing) ** (1 / 3))

    def surface(self) -> Points:
        """Return places of the surface of the smoothed mask near the end, from the end, in mm."""
        reach = np.ceil(CAPS_VOXELS[0][0] * self.voxel / self.spacing).astype(int) + 4
        middle = np.rint(self.end / self.spacing).astype(int)
        first, last = middle - reach, middle + reach + 1
        box = tuple(slice(max(a, 0), max(b, 0)) for a, b in zip(first, last, strict=True))
        pads = [(max(-a, 0), max(b - n, 0)) for a, b, n in zip(first, last, self.mask.shape, strict=True)]
        near = np.pad(self.mask[box], pads)
        field = ndimage.gaussian_filter(near.astype(np.float32), SMOOTHING_VOXELS, mode="nearest") - np.float32(0.5)
        places = np.concatenate([_crossings(field, axis) for axis in range(3)])
        surface: Points = (places + first) * self.spacing - self.end
        return surface


def _correction(cap: _Cap) -> float:
    """Return how far out of the chord's end the fitted surface lies, in mm; 0 where no cap can be fitted."""
    surface, sides = cap.surface(), _across(cap.outward)
    if not len(surface):
        return 0.0
    tip = surface[int(np.argmax(surface @ cap.outward))]
    flat, height = (surface - tip) @ sides.T / cap.voxel, (surface - tip) @ cap.outward / cap.voxel
    smoothing = sides @ np.diag((SMOOTHING_VOXELS * cap.spacing / cap.voxel) ** 2) @ sides.T
    for radius, depth in CAPS_VOXELS:
        kept = (np.hypot(*flat.T) < radius) & (height > -depth)
        peak = _peak(flat[kept], height[kept], radius)
        if peak is not None:
            top, curvature = peak
            correction = float(tip @ cap.outward) / cap.voxel + top + 0.5 * float(np.sum(smoothing * curvature))
            if abs(correction) <= MOST_CORRECTION_VOXELS:
                return correction * cap.voxel
    return 0.0


def _peak(flat: Points, height: Points, radius: float) -> tuple[float, Points] | None:
    """Fit a quadric; return the height of its peak and its curvature (2 x 2), or None where it has no peak."""
    if len(flat) < LEAST_POINTS:
        return None
    u, v = flat.T
    terms = np.stack([np.ones_like(u), u, v, u**2, u * v, v**2], axis=1)
    c = np.linalg.lstsq(terms, height, rcond=None)[0]
    curvature = -np.array([[2 * c[3], c[4]], [c[4], 2 * c[5]]])
    misfit = float(np.sqrt(np.mean((terms @ c - height) ** 2)))
    if misfit > MOST_MISFIT_VOXELS or np.linalg.eigvalsh(curvature).min() <= 0.0:
        return None
    place = np.linalg.solve(curvature, c[1:3])
    if np.hypot(*place) > radius:
        return None
    return float(c[0] + 0.5 * c[1:3] @ place), curvature


def _across(direction: Points) -> Points:
    """Return two unit vectors at right angles to a direction and to each other, shape (2, 3)."""
    aside = np.eye(3)[int(np.argmin(np.abs(direction)))]
    first = np.cross(direction, aside)
    first /= np.linalg.norm(first)
    return np.stack([first, np.cross(direction, first)])


def _crossings(field: NDArray[np.float32], axis: int) -> Points:
    """Return where the field crosses zero between neighbours along one axis."""
    low = (slice(None),) * axis + (slice(None, -1),)
    high = (slice(None),) * axis + (slice(1, None),)
    places = np.nonzero((field[low] > 0) != (field[high] > 0))
    before, after = field[low][places], field[high][places]
    points = np.stack(places, axis=1).astype(float)
    points[:, axis] += before / (before - after)
    return points
