"""Images and volume nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
import vtk

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.geometry import LPS_TO_RAS, ImageGeometry
from HeadNeckNodesLib.imaging.image import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from HeadNeckNodesLib.imaging.geometry import Vector

SOFT_TISSUE_WINDOW_HU = 350.0
SOFT_TISSUE_LEVEL_HU = 40.0
MODALITY_ATTRIBUTE = "HeadNeckNodes.Modality"


def add_volume(image: Image, name: str) -> Any:
    """Add an image to the scene.

    Parameters
    ----------
    image : a CT is shown with the soft tissue window of the neck, anything else with Slicer's automatic window.
    name : name of the node. It must not come from a DICOM header, which may hold the patient's name.

    Returns
    -------
    vtkMRMLScalarVolumeNode
    """
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", name)
    node.SetIJKToRASMatrix(matrix_of(image.geometry.ijk_to_ras))
    slicer.util.updateVolumeFromArray(node, image.voxels)
    node.CreateDefaultDisplayNodes()
    if image.modality:
        node.SetAttribute(MODALITY_ATTRIBUTE, image.modality)
    if image.modality == "CT":
        show_soft_tissue(node)
    return node


def image_of_volume(node: Any) -> Image:
    """Return the voxels of a volume node (a copy) and where they lie.

    Raises
    ------
    InputError
        When the volume has no voxels, its axes are not perpendicular, or a transform moves it.
    """
    geometry = geometry_of_volume(node)
    return Image(
        voxels=slicer.util.arrayFromVolume(node).copy(),
        geometry=geometry,
        modality=node.GetAttribute(MODALITY_ATTRIBUTE) or "",
        source=node.GetName(),
    )


def geometry_of_volume(node: Any) -> ImageGeometry:
    """Return where the voxels of a volume node lie.

    Raises
    ------
    InputError
        When the volume has no voxels, its axes are not perpendicular, or a transform moves it.
    """
    if node.GetImageData() is None:
        raise InputError(f"{node.GetName()}: the volume holds no voxels; load the image again")
    require_no_transform(node)
    columns, rows, slices = node.GetImageData().GetDimensions()
    matrix = vtk.vtkMatrix4x4()
    node.GetIJKToRASMatrix(matrix)
    ijk_to_lps = LPS_TO_RAS @ slicer.util.arrayFromVTKMatrix(matrix)
    spacing = np.linalg.norm(ijk_to_lps[:3, :3], axis=0)
    first, second, third = ijk_to_lps[:3, :3] / spacing
    return ImageGeometry(
        size_ijk=(columns, rows, slices),
        spacing_mm=_vector(spacing),
        origin_lps_mm=_vector(ijk_to_lps[:3, 3]),
        direction_lps=(_vector(first), _vector(second), _vector(third)),
    )


def require_no_transform(node: Any) -> None:
    """Refuse a node that a transform moves: its own coordinates are not the patient's.

    Raises
    ------
    InputError
        When the node is under a transform.
    """
    transform = node.GetParentTransformNode()
    if transform is not None:
        raise InputError(
            f'{node.GetName()}: moved by the transform "{transform.GetName()}"; harden the transform first (in the '
            "Data module, by right click on it), or take it away"
        )


def show_soft_tissue(node: Any) -> None:
    """Show a CT with the window in which the neck is read."""
    display = node.GetDisplayNode()
    display.AutoWindowLevelOff()
    display.SetWindowLevel(SOFT_TISSUE_WINDOW_HU, SOFT_TISSUE_LEVEL_HU)


def matrix_of(values: NDArray[np.float64]) -> Any:
    """Return an array of shape (4, 4) as vtkMatrix4x4."""
    return slicer.util.vtkMatrixFromArray(values)


def _vector(values: NDArray[np.float64]) -> Vector:
    x, y, z = (float(value) for value in values)
    return x, y, z
