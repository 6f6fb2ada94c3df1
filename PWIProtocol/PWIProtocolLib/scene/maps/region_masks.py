"""Segments of the scene on the grid of a dynamic study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.segmentation import means_node
from HeadNeckNodesLib.imaging.terminology import terminology_from_entry
from HeadNeckNodesLib.scene.helper_nodes import add_helper
from HeadNeckNodesLib.scene.volumes import geometry_of_volume, matrix_of, require_no_transform

from PWIProtocolLib.dynamic import require_same_grid

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

LABELMAP = "Binary labelmap"
ARTERY_ATTRIBUTE = "PWIProtocol.Artery"
ARTERY_COLOUR = (0.85, 0.2, 0.2)


@dataclass(frozen=True)
class SceneSegment:
    """A segment: its segmentation (vtkMRMLSegmentationNode) and its id there."""

    segmentation: Any
    segment_id: str

    @property
    def key(self) -> str:
        """Text that names it in the scene."""
        return f"{self.segmentation.GetID()}|{self.segment_id}"

    @property
    def name(self) -> str:
        """Name that the reader sees."""
        return str(self._segment.GetName())

    @property
    def colour(self) -> tuple[float, float, float]:
        """Red, green, blue from 0 to 1."""
        red, green, blue = self._segment.GetColor()
        return red, green, blue

    @property
    def is_node(self) -> bool:
        """Whether it is a lymph node, by name or code."""
        import vtk

        entry = vtk.reference("")
        coded = self._segment.GetTag(slicer.vtkSegment.GetTerminologyEntryTagName(), entry)
        return means_node(self.name, terminology_from_entry(str(entry)) if coded else None)

    @property
    def _segment(self) -> Any:
        return self.segmentation.GetSegmentation().GetSegment(self.segment_id)


def scene_segments() -> list[SceneSegment]:
    """Return all segments of the scene that can be regions; that of an artery that was found is none."""
    nodes = slicer.util.getNodesByClass("vtkMRMLSegmentationNode")
    return [
        SceneSegment(node, segment_id)
        for node in nodes
        if not node.GetAttribute(ARTERY_ATTRIBUTE)
        for segment_id in node.GetSegmentation().GetSegmentIDs()
    ]


def mask_of(segment: SceneSegment, geometry: ImageGeometry) -> Mask:
    """Return the mask [k, j, i] of a segment on a grid.

    Raises
    ------
    InputError
        When the image that it was drawn on lies on another grid, or a transform moves it.
    """
    node = segment.segmentation
    require_no_transform(node)
    drawn_on = node.GetNodeReference(node.GetReferenceImageGeometryReferenceRole())
    if drawn_on is not None and drawn_on.GetImageData() is not None:
        what = f"segmentation {node.GetName()} (drawn on {drawn_on.GetName()})"
        require_same_grid(what, geometry_of_volume(drawn_on), "dynamic study", geometry)
    grid = add_helper("vtkMRMLScalarVolumeNode", "grid")
    try:
        _lay_out(grid, geometry)
        found: Mask = slicer.util.arrayFromSegmentBinaryLabelmap(node, segment.segment_id, grid) > 0
    except RuntimeError as error:
        raise InputError(f"{segment.name}: has no voxels on the dynamic study; draw it there") from error
    finally:
        slicer.mrmlScene.RemoveNode(grid)
    return found


def show_artery(mask: Mask, geometry: ImageGeometry, why: str) -> Any:
    """Show the voxels that an arterial curve was measured in, in the place of those shown before.

    Returns
    -------
    vtkMRMLSegmentationNode
    """
    nodes = slicer.util.getNodesByClass("vtkMRMLSegmentationNode")
    for former in [each for each in nodes if each.GetAttribute(ARTERY_ATTRIBUTE)]:
        slicer.mrmlScene.RemoveNode(former)
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Artery of the fit")
    node.SetAttribute(ARTERY_ATTRIBUTE, "1")
    node.SetDescription(why)
    node.CreateDefaultDisplayNodes()
    node.GetSegmentation().SetSourceRepresentationName(LABELMAP)
    segment = slicer.vtkSegment()
    segment.SetName("artery")
    segment.SetColor(*ARTERY_COLOUR)
    segment.AddRepresentation(LABELMAP, _labelmap(mask, geometry))
    node.GetSegmentation().AddSegment(segment, "artery")
    return node


def _labelmap(mask: Mask, geometry: ImageGeometry) -> Any:
    from vtk.util.numpy_support import numpy_to_vtk

    image = slicer.vtkOrientedImageData()
    image.SetDimensions(*geometry.size_ijk)
    image.SetGeometryFromImageToWorldMatrix(matrix_of(geometry.ijk_to_ras))
    image.GetPointData().SetScalars(numpy_to_vtk(mask.astype(np.uint8).ravel(), deep=True))
    return image


def _lay_out(node: Any, geometry: ImageGeometry) -> None:
    node.SetIJKToRASMatrix(matrix_of(geometry.ijk_to_ras))
    slicer.util.updateVolumeFromArray(node, np.zeros(geometry.array_shape, np.uint8))
