"""Directions of the neck: how far to the right, to the front and up a place lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from numpy.typing import NDArray

    from iENEGraderLib.measure.position.midsagittal import Plane

    Vectors = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class NeckFrame:
    """Axes of a neck.

    Attributes
    ----------
    origin_ras_mm : a place on the midline.
    axes : rows are the unit vectors (RAS) to the right, to the front and up; they stand at right angles.
    has_midline : whether the axes come from the mid-sagittal plane; without it they are those of the scanner, and
        right and left of the midline are not known.
    tilt_deg : how far the neck leans to a side against the axis of the scanner; the axes follow it.
    """

    origin_ras_mm: Vectors
    axes: Vectors
    has_midline: bool
    tilt_deg: float

    @staticmethod
    def of(plane: Plane | None) -> NeckFrame:
        """Return the axes that a mid-sagittal plane gives.

        Up is the patient's S axis within the plane. So a lean to the side is followed; whether the chin is raised or
        lowered cannot be told from the plane, and the levels are then cut as axial sections show them.
        """
        if plane is None:
            return NeckFrame(np.zeros(3), np.eye(3), has_midline=False, tilt_deg=0.0)
        right = np.array(plane.to_right)
        up = np.array([0.0, 0.0, 1.0]) - right[2] * right
        up /= np.linalg.norm(up)
        tilt = float(np.degrees(np.arcsin(abs(right[2]))))
        return NeckFrame(np.array(plane.point_ras_mm), np.stack([right, np.cross(up, right), up]), True, tilt)

    def places(self, ras_mm: Vectors) -> Vectors:
        """Return mm to the right, to the front and up for RAS points of shape (n, 3)."""
        places: Vectors = (ras_mm - self.origin_ras_mm) @ self.axes.T
        return places

    def voxel_mm(self, geometry: ImageGeometry) -> Vectors:
        """Return the largest step between neighbouring voxels along each axis, shape (3,)."""
        extents: Vectors = np.abs(self.axes @ geometry.ijk_to_ras[:3, :3]).max(axis=1)
        return extents
