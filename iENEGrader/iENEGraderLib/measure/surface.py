"""The surface of a mask as points with outward normals and areas, finer than its voxels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from iENEGraderLib.measure.label_field import Field, smooth_field

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

PAD = 4
MOST_SHIFT_VOXELS = 0.75
"""Ours: a point moves no farther than this from the face of its voxel to the smooth surface."""
LEAST_SLOPE = 1e-3


@dataclass(frozen=True, eq=False)
class Surface:
    """Points on a surface.

    Attributes
    ----------
    points_mm : shape (n, 3), in mm along the axes of the image.
    normals : unit vectors outward, shape (n, 3).
    areas_mm2 : part of the surface that each point stands for, shape (n,).
    """

    points_mm: Floats
    normals: Floats
    areas_mm2: Floats

    def only(self, chosen: NDArray[np.bool_]) -> Surface:
        """Return some of the points."""
        return Surface(self.points_mm[chosen], self.normals[chosen], self.areas_mm2[chosen])


def surface_of(mask: Mask, spacing_mm: Floats, origin_mm: Floats) -> Surface:
    """Return the surface of a mask: one point for each voxel face between inside and outside.

    Parameters
    ----------
    mask : array [k, j, i]; where it meets the end of the array it is taken to go on.
    spacing_mm, origin_mm : of the mask, see :class:`iENEGraderLib.measure.label_field.Field`.

    Notes
    -----
    The faces across one axis cover the projection of the surface along it, so each face stands for its own area times
    the cosine between the normal and that axis; the squares of the three cosines sum to one, and so the areas to the
    area of the surface whatever its direction.
    """
    padded = np.pad(mask, PAD, mode="edge")
    field = smooth_field(padded, spacing_mm, origin_mm - PAD * spacing_mm)
    points, axes = _faces(mask, spacing_mm, origin_mm)
    slopes = _slopes(field, points)
    steepness = np.maximum(np.linalg.norm(slopes, axis=1), LEAST_SLOPE)
    normals = -slopes / steepness[:, None]
    most = MOST_SHIFT_VOXELS * float(spacing_mm.min())
    shift = np.clip((field.at(points) - 0.5) / steepness, -most, most)
    face_areas = float(np.prod(spacing_mm)) / spacing_mm[axes]
    areas = face_areas * np.abs(normals[np.arange(len(axes)), axes])
    return Surface(points + shift[:, None] * normals, normals, areas)


def _faces(mask: Mask, spacing_mm: Floats, origin_mm: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """Return the middles of the faces and the axis that each lies across."""
    points, axes = [], []
    for axis in range(3):
        low = (slice(None),) * axis + (slice(None, -1),)
        high = (slice(None),) * axis + (slice(1, None),)
        places = np.argwhere(mask[low] != mask[high]).astype(np.float64)
        places[:, axis] += 0.5
        points.append(origin_mm + places * spacing_mm)
        axes.append(np.full(len(places), axis, dtype=np.intp))
    return np.concatenate(points), np.concatenate(axes)


def _slopes(field: Field, points_mm: Floats) -> Floats:
    """Return the gradient of the field at points, per mm, shape (n, 3)."""
    places = np.moveaxis((points_mm - field.origin_mm) / field.spacing_mm, -1, 0)
    slopes = np.empty(points_mm.shape)
    for axis in range(3):
        along = ndimage.correlate1d(field.values, [-0.5, 0.0, 0.5], axis=axis, mode="nearest")
        slopes[:, axis] = ndimage.map_coordinates(along, places, order=1, mode="nearest") / field.spacing_mm[axis]
    return slopes
