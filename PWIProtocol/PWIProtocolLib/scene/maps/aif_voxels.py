"""The voxels of an artery in the scene: those that are measured, those left out, and a segment of them to draw on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
from HeadNeckNodesLib.scene.volumes import matrix_of
from vtk.util.numpy_support import numpy_to_vtk

from PWIProtocolLib.scene.maps.map_nodes import MAP_ATTRIBUTE
from PWIProtocolLib.scene.maps.map_volumes import ANATOMY
from PWIProtocolLib.scene.maps.region_masks import ARTERY_ATTRIBUTE, ARTERY_COLOUR, LABELMAP, SceneSegment

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from numpy.typing import NDArray

    from PWIProtocolLib.mapping import Arterial

    Mask = NDArray[np.bool_]

USED, LEFT_OUT = "artery", "left out"
LEFT_OUT_COLOUR = (0.55, 0.55, 0.55)
EDITOR_TAG = "SegmentEditor"


def show_artery_voxels(arterial: Arterial) -> Any:
    """Show the voxels that an arterial curve was measured in, and those left out, in the place of those shown before.

    Returns
    -------
    vtkMRMLSegmentationNode; None for a curve that was not measured in voxels.
    """
    hide_artery_voxels()
    artery = arterial.origin.artery
    if artery is None or arterial.voxels is None:
        return None
    node = _segmentation("Artery of the fit", arterial.words)
    node.SetAttribute(ARTERY_ATTRIBUTE, "1")
    _add(node, USED, ARTERY_COLOUR, arterial.voxels, artery.geometry)
    left_out = artery.mask & ~arterial.voxels
    if left_out.any():
        _add(node, LEFT_OUT, LEFT_OUT_COLOUR, left_out, artery.geometry)
    return node


def hide_artery_voxels() -> None:
    """Take the voxels of an artery out of the scene."""
    nodes = slicer.util.getNodesByClass("vtkMRMLSegmentationNode")
    for former in [each for each in nodes if each.GetAttribute(ARTERY_ATTRIBUTE)]:
        slicer.mrmlScene.RemoveNode(former)


def artery_to_draw(mask: Mask, geometry: ImageGeometry) -> SceneSegment:
    """Add the voxels of an artery as a segment of its own, which Segment Editor has open when it is next shown."""
    node = _segmentation(slicer.mrmlScene.GenerateUniqueName("Artery drawn"), "")
    _add(node, USED, ARTERY_COLOUR, mask, geometry)
    volumes = slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")
    image = next((each for each in reversed(volumes) if each.GetAttribute(MAP_ATTRIBUTE) == ANATOMY), None)
    if image is not None:
        node.SetReferenceImageGeometryParameterFromVolumeNode(image)
    editor = _editor()
    editor.SetAndObserveSegmentationNode(node)
    editor.SetAndObserveSourceVolumeNode(image)
    editor.SetSelectedSegmentID(USED)
    return SceneSegment(node, USED)


def jump_to(ras_mm: NDArray[np.float64]) -> None:
    """Show a place in the middle of all slice views."""
    for node in slicer.util.getNodesByClass("vtkMRMLSliceNode"):
        node.JumpSliceByCentering(*(float(x) for x in ras_mm))


def _segmentation(name: str, description: str) -> Any:
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", name)
    node.SetDescription(description)
    node.CreateDefaultDisplayNodes()
    node.GetSegmentation().SetSourceRepresentationName(LABELMAP)
    return node


def _add(node: Any, name: str, colour: tuple[float, float, float], mask: Mask, geometry: ImageGeometry) -> None:
    image = slicer.vtkOrientedImageData()
    image.SetDimensions(*geometry.size_ijk)
    image.SetGeometryFromImageToWorldMatrix(matrix_of(geometry.ijk_to_ras))
    image.GetPointData().SetScalars(numpy_to_vtk(mask.astype(np.uint8).ravel(), deep=True))
    segment = slicer.vtkSegment()
    segment.SetName(name)
    segment.SetColor(*colour)
    segment.AddRepresentation(LABELMAP, image)
    node.GetSegmentation().AddSegment(segment, name)


def _editor() -> Any:
    scene = slicer.mrmlScene
    settings = scene.GetSingletonNode(EDITOR_TAG, "vtkMRMLSegmentEditorNode")
    if settings is None:
        made = slicer.vtkMRMLSegmentEditorNode()
        made.SetSingletonTag(EDITOR_TAG)
        settings = scene.AddNode(made)
    return settings
