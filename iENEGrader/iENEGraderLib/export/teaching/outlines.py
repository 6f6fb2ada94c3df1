"""Outlines of segments in planes through the patient, short enough for hundreds of sections in one page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.drawing import svg
from scipy import ndimage

from iENEGraderLib.export.figures.outline import outline_pieces

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.segmentation import Segment
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MARGIN_VOXELS = 3
SMOOTHING_VOXELS = 0.7
"""Ours: takes the steps of the voxels off the outline; measurements use another, finer surface."""
LEAST_TURN_PIXELS = 0.35


@dataclass(frozen=True, eq=False)
class SoftSegment:
    """A segment as values between 0 and 1 that are one half at its surface.

    Attributes
    ----------
    values : around the segment, [k, j, i].
    start_kji : where `values` begins on the grid.
    """

    segment: Segment
    geometry: ImageGeometry
    values: NDArray[np.float32]
    start_kji: NDArray[np.int_]

    @property
    def middle_ras_mm(self) -> Floats:
        """Centre of mass, shape (3,)."""
        return self.geometry.ras_from_kji(np.array(ndimage.center_of_mass(self.values)) + self.start_kji)

    @property
    def corners_ras_mm(self) -> Floats:
        """Corners of the box that holds the segment, shape (8, 3)."""
        sides = np.array([[part.start, part.stop - 1] for part in self.segment.grid_box])
        return self.geometry.ras_from_kji(np.stack(np.meshgrid(*sides, indexing="ij"), axis=-1).reshape(-1, 3))

    def at(self, points_ras_mm: Floats) -> NDArray[np.float32]:
        """Return the values at RAS points of shape (..., 3)."""
        places = self.geometry.kji_from_ras(points_ras_mm) - self.start_kji
        found: NDArray[np.float32] = ndimage.map_coordinates(
            self.values, np.moveaxis(places, -1, 0), order=1, mode="constant", prefilter=False
        )
        return found


def soft_segment(segment: Segment, geometry: ImageGeometry) -> SoftSegment:
    """Return a segment with its steps smoothed, ready to be cut by planes."""
    mask = np.pad(segment.cropped_mask(), MARGIN_VOXELS).astype(np.float32)
    start = np.array([part.start for part in segment.grid_box]) - MARGIN_VOXELS
    return SoftSegment(segment, geometry, ndimage.gaussian_filter(mask, SMOOTHING_VOXELS), start)


def outline_path(values: NDArray[np.float32]) -> str:
    """Return the outline of a soft segment in a plane as SVG path data in pixels; empty where it is not there."""
    if values.max() <= 0.5:
        return ""
    inside = values > 0.5
    rows, columns = (np.flatnonzero(inside.any(axis=axis)) for axis in (1, 0))
    top, left = max(rows[0] - 1, 0), max(columns[0] - 1, 0)
    part = values[top : rows[-1] + 2, left : columns[-1] + 2]
    lines = chained(outline_pieces(part)[..., ::-1] + np.array([left, top]) + 0.5)
    return "".join(_path(simplified(line)) for line in lines)


def chained(pieces: Floats) -> list[Floats]:
    """Return lines made of pieces that share their ends.

    Parameters
    ----------
    pieces : ends, shape (n, 2, 2).

    Returns
    -------
    Arrays of shape (m, 2); a closed line ends with its first point.
    """
    at_end: dict[tuple[float, float], list[int]] = {}
    keys = [tuple(map(tuple, np.round(piece, 4).tolist())) for piece in pieces]
    for number, ends in enumerate(keys):
        for end in ends:
            at_end.setdefault(end, []).append(number)
    unused = set(range(len(keys)))
    # Lines that leave the picture begin at an end of their own; closed ones begin anywhere.
    loose = [found[0] for found in at_end.values() if len(found) == 1]
    order = (*loose, *range(len(keys)))
    return [_followed(first, keys, at_end, unused) for first in order if first in unused]


def simplified(line: Floats) -> Floats:
    """Return a line without the points that lie less than a fraction of a pixel off the line to the next."""
    kept = [0]
    for n in range(1, len(line) - 1):
        ahead, here = line[n + 1] - line[kept[-1]], line[n] - line[kept[-1]]
        away = abs(ahead[0] * here[1] - ahead[1] * here[0]) / max(float(np.hypot(*ahead)), 1e-6)
        if away > LEAST_TURN_PIXELS or np.hypot(*here) > 6:
            kept.append(n)
    return line[[*kept, len(line) - 1]]


def _followed(
    first: int,
    keys: list[tuple[tuple[float, float], ...]],
    at_end: dict[tuple[float, float], list[int]],
    unused: set[int],
) -> Floats:
    unused.discard(first)
    start, end = keys[first]
    if len(at_end[end]) == 1:
        start, end = end, start
    points = [start, end]
    while True:
        following = next((each for each in at_end[points[-1]] if each in unused), None)
        if following is None:
            return np.array(points)
        unused.discard(following)
        one, other = keys[following]
        points.append(other if one == points[-1] else one)


def _path(line: Floats) -> str:
    closed = len(line) > 3 and np.allclose(line[0], line[-1], atol=1e-3)
    return svg.line_path(np.round(line[:-1] if closed else line, 1), closed=closed)
