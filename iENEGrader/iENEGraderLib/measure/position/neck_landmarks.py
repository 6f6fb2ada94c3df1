"""Edges of the structures that part the neck into levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage
from scipy.spatial import ConvexHull, QhullError

from iENEGraderLib.measure.position.neck_borders import neck_borders
from iENEGraderLib.measure.position.neck_frame import NeckFrame
from iENEGraderLib.measure.size.node_size import section_axis

if TYPE_CHECKING:
    from collections.abc import Mapping

    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.segmentation import Segment, Segmentation
    from numpy.typing import NDArray

    from iENEGraderLib.measure.position.midsagittal import Plane

    Places = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Landmark:
    """A structure as a cloud of the places on its surface.

    Attributes
    ----------
    places : centres of voxels, mm to the right, to the front and up, shape (n, 3).
    voxel_mm : size of a voxel along these axes, shape (3,); edges lie half a voxel beyond the centres.
    is_cut_below, is_cut_above : the structure reaches the lower or upper edge of the image.
    """

    places: Places
    voxel_mm: Places
    is_cut_below: bool
    is_cut_above: bool

    def together_with(self, other: Landmark) -> Landmark:
        """Return both structures as one."""
        return Landmark(
            np.concatenate([self.places, other.places]),
            self.voxel_mm,
            self.is_cut_below or other.is_cut_below,
            self.is_cut_above or other.is_cut_above,
        )

    def turned_to(self, side: float) -> Landmark:
        """Return it with places counted outward from the midline on one side (1 right, -1 left)."""
        return Landmark(self.places * (side, 1.0, 1.0), self.voxel_mm, self.is_cut_below, self.is_cut_above)

    def outermost(self, direction: tuple[float, float], heights_mm: Places, reach_mm: float) -> Places:
        """Return the outermost place of each section in a direction, at given heights.

        Parameters
        ----------
        direction : outward and to the front.
        heights_mm : shape (n,).
        reach_mm : how far beyond its ends the last section still counts.

        Returns
        -------
        Places (outward, to the front), shape (n, 2); NaN beyond the reach. Gaps are bridged, so an obliterated
        stretch of a vein still has a course.
        """
        section_mm = float(self.voxel_mm[2])
        sections = np.rint(self.places[:, 2] / section_mm).astype(int)
        order = np.lexsort((self.places[:, :2] @ direction, sections))
        is_last = np.append(np.diff(sections[order]) > 0, True)
        extreme = self.places[order[is_last]]
        known = sections[order[is_last]] * section_mm
        found = np.column_stack([np.interp(heights_mm, known, extreme[:, axis]) for axis in (0, 1)])
        found[(heights_mm < known[0] - reach_mm) | (heights_mm > known[-1] + reach_mm)] = np.nan
        return found + 0.5 * self.voxel_mm[:2] * direction

    def extreme(self, axis: int, sign: float) -> float:
        """Return how far the structure reaches along an axis, upward (1) or downward (-1)."""
        return float(sign * (self.places[:, axis] * sign).max() + 0.5 * sign * self.voxel_mm[axis])

    def depth_inside(self, places: Places) -> Places:
        """Return how far places lie inside the convex hull in mm, negative outside; NaN for a flat structure."""
        try:
            faces = ConvexHull(self.places).equations
        except (QhullError, ValueError):
            return np.full(len(places), np.nan)
        depths: Places = -(places @ faces[:, :3].T + faces[:, 3]).max(axis=1)
        return depths


@dataclass(frozen=True, eq=False)
class NeckLandmarks:
    """Everything that neck levels are told by.

    Attributes
    ----------
    frame : directions of the neck.
    geometry : grid of the structures, on which the nodes must lie as well.
    by_name : landmarks by the name of their structure.
    """

    frame: NeckFrame
    geometry: ImageGeometry
    by_name: Mapping[str, Landmark]


def neck_landmarks(segmentation: Segmentation, plane: Plane | None) -> NeckLandmarks:
    """Find the landmarks among segments named as TotalSegmentator names its classes.

    Parameters
    ----------
    plane : mid-sagittal plane; without it only borders of one height can be told.
    """
    found = {segment.name: segment for segment in segmentation.segments}
    return landmarks_of(found, segmentation.geometry, plane)


def landmarks_of(structures: Mapping[str, Segment], geometry: ImageGeometry, plane: Plane | None) -> NeckLandmarks:
    """Find the landmarks among segments by the names of their structures."""
    frame = NeckFrame.of(plane)
    wanted = {name for border in neck_borders() for name in border.structure_names()}
    by_name = {
        name: _landmark(segment, geometry, frame)
        for name, segment in structures.items()
        if name in wanted and segment.cropped_mask().any()
    }
    return NeckLandmarks(frame, geometry, by_name)


def _landmark(segment: Segment, geometry: ImageGeometry, frame: NeckFrame) -> Landmark:
    mask, box = segment.cropped_mask(), segment.grid_box
    shell = mask & ~ndimage.binary_erosion(mask)
    ras = geometry.ras_from_kji(np.argwhere(shell) + [b.start for b in box])
    axis = section_axis(geometry)
    is_upward = bool(geometry.ijk_to_ras[2, 2 - axis] > 0)
    at_first, at_last = box[axis].start == 0, box[axis].stop == geometry.array_shape[axis]
    return Landmark(
        places=frame.places(ras),
        voxel_mm=frame.voxel_mm(geometry),
        is_cut_below=at_first if is_upward else at_last,
        is_cut_above=at_last if is_upward else at_first,
    )
