"""On which side of each border between neck levels a node lies."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.measure.position.neck_borders import Border, Edge, neck_borders

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from iENEGraderLib.measure.position.neck_landmarks import Landmark, NeckLandmarks
    from iENEGraderLib.measure.preferences import Preferences
    from iENEGraderLib.reading.vocabulary import NeckLevel

    Floats = NDArray[np.float64]

BACK, POSTEROLATERAL = (0.0, -1.0), (0.5**0.5, -(0.5**0.5))
IN_SECTION: Mapping[Edge, tuple[int, tuple[float, float]]] = {
    Edge.BACK: (1, BACK),
    Edge.FRONT: (1, (0.0, 1.0)),
    Edge.MEDIAL: (0, (-1.0, 0.0)),
}
"""Axis (outward, to the front) that the edge is met along, and the direction that it is outermost in."""
WHOLE: Mapping[Edge, tuple[int, float]] = {Edge.LOWEST: (2, -1.0), Edge.HIGHEST: (2, 1.0), Edge.HINDMOST: (1, -1.0)}
"""Axis that the edge is met along, and which end of it."""
NO_PLANE = "mid-sagittal plane"


@dataclass(frozen=True)
class BorderReading:
    """One border and one node.

    Attributes
    ----------
    border : row of the table.
    distance_mm : of the centroid, positive on the first side of the border; None when it could not be read.
    tolerance_mm : within this the centroid counts as on the border.
    missing : structures (or the plane) that are missing for it.
    why_unread : why it could not be read; empty when it was.
    distances_mm : of voxels of the node.
    """

    border: Border
    distance_mm: float | None
    tolerance_mm: float
    missing: tuple[str, ...] = ()
    why_unread: str = ""
    distances_mm: Floats | None = field(default=None, repr=False, compare=False)

    @property
    def is_read(self) -> bool:
        """Tell whether the side is known."""
        return self.distance_mm is not None

    @property
    def is_close(self) -> bool:
        """Tell whether the centroid lies within the tolerance."""
        return self.distance_mm is not None and abs(self.distance_mm) <= self.tolerance_mm

    @property
    def ruled_out(self) -> frozenset[NeckLevel]:
        """Levels on the other side."""
        if self.distance_mm is None:
            return frozenset()
        return self.border.second if self.distance_mm >= 0 else self.border.first

    def __str__(self) -> str:
        """Where the centroid lies, as part of a sentence."""
        if self.distance_mm is None:
            return f"somewhere to the {self.border.boundary}"
        words = self.border.side_names[0 if self.distance_mm >= 0 else 1]
        return f"{abs(self.distance_mm):.1f} mm {words} the {self.border.boundary}"


def read_borders(places: Floats, landmarks: NeckLandmarks, preferences: Preferences) -> tuple[BorderReading, ...]:
    """Read all borders for a node.

    Parameters
    ----------
    places : mm to the right, to the front and up, shape (n, 3); the centroid comes first.
    """
    side = 1.0 if places[0, 0] >= 0 else -1.0
    outward = places * (side, 1.0, 1.0)
    return tuple(_reading(border, outward, side, landmarks, preferences) for border in neck_borders())


def _reading(
    border: Border, outward: Floats, side: float, landmarks: NeckLandmarks, preferences: Preferences
) -> BorderReading:
    voxel = landmarks.frame.voxel_mm(landmarks.geometry)
    tolerance = max(float(voxel[2] if border.is_upright else voxel[:2].max()), preferences.value("level.borderline_mm"))
    sided = border.structure_names() != border.structure_names("right")
    if not landmarks.frame.has_midline and (sided or not border.is_upright):
        return BorderReading(border, None, tolerance, (NO_PLANE,), "the mid-sagittal plane is not known")
    names = border.structure_names("right" if side > 0 else "left")
    absent = tuple(name for name in names if name not in landmarks.by_name)
    found = [landmarks.by_name[name].turned_to(side) for name in names if name not in absent]
    if not found or (absent and border.edge is Edge.LINE):
        return BorderReading(border, None, tolerance, absent, f"not segmented: {', '.join(absent)}")
    if _is_cut(border, found):
        return BorderReading(border, None, tolerance, names, f"cut off by the edge of the image: {', '.join(names)}")
    distances = _distances(border, found, outward, preferences.value("level.landmark_reach_mm"))
    if np.isnan(distances[0]):
        return BorderReading(border, None, tolerance, names, f"not seen at the height of the node: {', '.join(names)}")
    return BorderReading(border, float(distances[0]), tolerance, distances_mm=distances[1:])


def _is_cut(border: Border, found: list[Landmark]) -> bool:
    if border.edge is Edge.LOWEST:
        return any(each.is_cut_below for each in found)
    return border.edge is Edge.HIGHEST and any(each.is_cut_above for each in found)


def _distances(border: Border, found: list[Landmark], outward: Floats, reach_mm: float) -> Floats:
    """Return distances in mm, positive on the first side of the border, NaN where it cannot be told."""
    whole = found[0]
    for other in found[1:]:
        whole = whole.together_with(other)
    if border.edge in WHOLE:
        axis, sign = WHOLE[border.edge]
        return outward[:, axis] - whole.extreme(axis, sign)
    if border.edge is Edge.HULL:
        return whole.depth_inside(outward)
    heights = outward[:, 2]
    if border.edge is Edge.LINE:
        outer, inner = (
            found[0].outermost(BACK, heights, reach_mm),
            found[1].outermost(POSTEROLATERAL, heights, reach_mm),
        )
        return _in_front_of_line(outward[:, :2], inner, outer)
    axis, direction = IN_SECTION[border.edge]
    return outward[:, axis] - whole.outermost(direction, heights, reach_mm)[:, axis]


def _in_front_of_line(points: Floats, inner: Floats, outer: Floats) -> Floats:
    """Return how far points lie in front of the line from an inner to an outer place; NaN where it runs backwards."""
    along = outer - inner
    length = np.linalg.norm(along, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        across = (along[:, 0] * (points - inner)[:, 1] - along[:, 1] * (points - inner)[:, 0]) / length
        distances: Floats = np.where(along[:, 0] > 0, across, np.nan)
    return distances
