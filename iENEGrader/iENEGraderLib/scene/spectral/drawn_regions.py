"""Regions that the user has drawn: closed curves in a plane, and boxes. What they hold of a grid of voxels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
from HeadNeckNodesLib.errors import InputError
from vtk.util.numpy_support import vtk_to_numpy

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]
    Start = tuple[int, int, int]

CURVE_CLASS = "vtkMRMLMarkupsClosedCurveNode"
BOX_CLASS = "vtkMRMLMarkupsROINode"
LEAST_CURVE_POINTS = 3
MOST_VOXELS = 2_000_000
"""Ours: more is no region of tissue, and takes minutes."""


def drawn_regions() -> list[Any]:
    """Return closed curves and boxes of the scene that enclose something, in its order."""
    markups = [*slicer.util.getNodesByClass(CURVE_CLASS), *slicer.util.getNodesByClass(BOX_CLASS)]
    return [each for each in markups if not each.GetHideFromEditors() and _encloses(each)]


def mask_of_drawing(markup: Any, geometry: ImageGeometry) -> tuple[Mask, Start]:
    """Return the voxels whose middle a closed curve or a box encloses.

    A curve takes one layer of voxels, that nearest to its plane, whichever way the plane lies.

    Parameters
    ----------
    markup : vtkMRMLMarkupsClosedCurveNode or vtkMRMLMarkupsROINode.
    geometry : grid of the voxels.

    Returns
    -------
    Mask [k, j, i] of a box of the grid, and where the box begins.

    Raises
    ------
    InputError
        When it encloses no voxel of the grid or far too many, or a curve does not lie in one plane.
    """
    corners = _course(markup) if markup.IsA(CURVE_CLASS) else _corners(markup)
    start, stop = _box_around(markup.GetName(), corners, geometry)
    places = geometry.ras_from_kji(np.moveaxis(np.indices((stop - start).tolist()), 0, -1) + start)
    mask = _inside_curve(markup, places, geometry) if markup.IsA(CURVE_CLASS) else _inside_box(markup, places)
    if not mask.any():
        raise InputError(f"{markup.GetName()}: encloses no voxel of the images; draw it larger, inside them")
    k, j, i = start.tolist()
    return mask, (k, j, i)


def _encloses(markup: Any) -> bool:
    if markup.IsA(CURVE_CLASS):
        return bool(markup.GetNumberOfDefinedControlPoints() >= LEAST_CURVE_POINTS)
    return min(markup.GetSize()) > 0


def _box_around(name: str, corners: Floats, geometry: ImageGeometry) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    kji = geometry.kji_from_ras(corners)
    start = np.maximum(np.floor(kji.min(axis=0)).astype(int), 0)
    stop = np.minimum(np.ceil(kji.max(axis=0)).astype(int) + 1, geometry.array_shape)
    if (start >= stop).any():
        raise InputError(f"{name}: lies outside the images")
    if np.prod(stop - start) > MOST_VOXELS:
        raise InputError(f"{name}: {np.prod(stop - start) / 1e6:.0f} million voxels; draw a smaller region")
    return start, stop


def _inside_curve(markup: Any, places: Floats, geometry: ImageGeometry) -> Mask:
    course = _course(markup)
    centre = course.mean(axis=0)
    across, along, normal = np.linalg.svd(course - centre, full_matrices=False)[2]
    axes = geometry.ras_from_kji(np.eye(3)) - geometry.ras_from_kji(np.zeros(3))
    half_mm = 0.5 * float(np.abs(axes @ normal).max())
    if np.abs((course - centre) @ normal).max() > half_mm:
        raise InputError(f"{markup.GetName()}: does not lie in one plane; draw it in one slice view")
    away = (places - centre) @ normal
    layer = (away >= -half_mm) & (away < half_mm)
    mask = np.zeros(layer.shape, dtype=bool)
    flat = (places[layer] - centre) @ np.stack([across, along], axis=1)
    mask[layer] = _inside_polygon(flat, (course - centre) @ np.stack([across, along], axis=1))
    return mask


def _inside_polygon(points: Floats, polygon: Floats) -> Mask:
    """Tell which points (n, 2) lie in a polygon (m, 2): a ray from inside crosses its border an odd number of times."""
    inside = np.zeros(len(points), dtype=bool)
    x, y = points.T
    for (x_0, y_0), (x_1, y_1) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        if y_0 != y_1:
            crosses = ((y_0 <= y) != (y_1 <= y)) & (x < x_0 + (y - y_0) * (x_1 - x_0) / (y_1 - y_0))
            inside ^= crosses
    return inside


def _inside_box(markup: Any, places: Floats) -> Mask:
    to_box = np.linalg.inv(slicer.util.arrayFromVTKMatrix(markup.GetObjectToWorldMatrix()))
    own = places @ to_box[:3, :3].T + to_box[:3, 3]
    return np.asarray((np.abs(own) <= np.array(markup.GetSize()) / 2).all(axis=-1))


def _corners(markup: Any) -> Floats:
    to_world = slicer.util.arrayFromVTKMatrix(markup.GetObjectToWorldMatrix())
    signs = np.stack(np.meshgrid(*[(-0.5, 0.5)] * 3), axis=-1).reshape(-1, 3)
    corners: Floats = (signs * np.array(markup.GetSize())) @ to_world[:3, :3].T + to_world[:3, 3]
    return corners


def _course(curve: Any) -> Floats:
    points: Floats = vtk_to_numpy(curve.GetCurvePointsWorld().GetData()).astype(float)
    return points
