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

from PWIProtocolLib.mapping import resampled
from PWIProtocolLib.mapping.segments import WHOLE

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


@dataclass(frozen=True, eq=False)
class PlacedMask:
    """A segment on the grid of a dynamic study.

    Attributes
    ----------
    mask : [k, j, i].
    words : that it was brought from another grid, and how it changed; empty when it was not.
    """

    mask: Mask
    words: str = ""


def mask_of(segment: SceneSegment, geometry: ImageGeometry) -> PlacedMask:
    """Return a segment on a grid; one that was drawn on another grid is brought onto it by the nearest voxel.

    Raises
    ------
    InputError
        When nothing of it lies there, or a transform moves it.
    """
    node = segment.segmentation
    require_no_transform(node)
    drawn_on = node.GetNodeReference(node.GetReferenceImageGeometryReferenceRole())
    if drawn_on is not None and drawn_on.GetImageData() is not None:
        drawn = geometry_of_volume(drawn_on)
        if not drawn.matches(geometry, tolerance_mm=0.1):
            return _brought(segment, _drawn_mask(segment, drawn), drawn, drawn_on.GetName(), geometry)
    return PlacedMask(_drawn_mask(segment, geometry))


def _drawn_mask(segment: SceneSegment, geometry: ImageGeometry) -> Mask:
    grid = add_helper("vtkMRMLScalarVolumeNode", "grid")
    try:
        _lay_out(grid, geometry)
        voxels = slicer.util.arrayFromSegmentBinaryLabelmap(segment.segmentation, segment.segment_id, grid)
        found: Mask = voxels > 0
    except RuntimeError as error:
        raise InputError(f"{segment.name}: has no voxels on the dynamic study; draw it there") from error
    finally:
        slicer.mrmlScene.RemoveNode(grid)
    return found


def _brought(segment: SceneSegment, mask: Mask, drawn: ImageGeometry, name: str, onto: ImageGeometry) -> PlacedMask:
    found = resampled(mask, drawn, onto)
    if not found.mask.any():
        raise InputError(
            f"{segment.name}: nothing of it lies on the dynamic study; it was drawn on {name}, {drawn.describe()}; the "
            f"dynamic study has {onto.describe()}; draw it on the maps, or register the images"
        )
    words = (
        f"{segment.name}: drawn on {name} ({_spacing(drawn)}) and brought onto the dynamic study ({_spacing(onto)}) by "
        f"the nearest voxel: {found.drawn_ml:.2g} mL as drawn, {found.placed_ml:.2g} mL as measured"
    )
    if found.inside_share < WHOLE:
        words += f"; {1 - found.inside_share:.0%} of it lies outside the study and was not measured"
    return PlacedMask(found.mask, words)


def _spacing(geometry: ImageGeometry) -> str:
    return " x ".join(f"{each:g}" for each in geometry.spacing_mm) + " mm"


def _lay_out(node: Any, geometry: ImageGeometry) -> None:
    node.SetIJKToRASMatrix(matrix_of(geometry.ijk_to_ras))
    slicer.util.updateVolumeFromArray(node, np.zeros(geometry.array_shape, np.uint8))
