"""Node segments of the scene, measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
import vtk

from iENEGraderLib.errors import InputError
from iENEGraderLib.measure.size import node_size
from iENEGraderLib.panel.node_segments import SegmentedNode
from iENEGraderLib.scene.segmentations import mask_of_segment
from iENEGraderLib.scene.volumes import geometry_of_volume

if TYPE_CHECKING:
    from iENEGraderLib.imaging.geometry import ImageGeometry

NODE_PREFIX = "node_"
LYMPH_NODE_CODE = "59441001"


def segmented_nodes() -> tuple[SegmentedNode, ...]:
    """Measure all node segments of the scene, on the grid of the volume that each segmentation refers to.

    Raises
    ------
    InputError
        When there is no node segment, or a segmentation does not say which volume it belongs to.
    """
    found = []
    for segmentation in slicer.util.getNodesByClass("vtkMRMLSegmentationNode"):
        ids = [each for each in segmentation.GetSegmentation().GetSegmentIDs() if _is_node(segmentation, each)]
        if ids:
            volume = _reference_volume(segmentation)
            found += [_measured(segmentation, segment_id, volume) for segment_id in ids]
    if not found:
        raise InputError("There is no node segment in the scene; name the segments of nodes node_1, node_2 ...")
    return tuple(found)


def _is_node(segmentation: Any, segment_id: str) -> bool:
    segment = segmentation.GetSegmentation().GetSegment(segment_id)
    return segment.GetName().lower().startswith(NODE_PREFIX) or LYMPH_NODE_CODE in _terminology(segment)


def _terminology(segment: Any) -> str:
    value = vtk.reference("")
    segment.GetTag(slicer.vtkSegment.GetTerminologyEntryTagName(), value)
    return str(value)


def _reference_volume(segmentation: Any) -> Any:
    role = segmentation.GetReferenceImageGeometryReferenceRole()
    volume = segmentation.GetNodeReference(role)
    if volume is None:
        raise InputError(
            f"{segmentation.GetName()}: no source volume; choose one in Segment Editor, so that the grid is known"
        )
    return volume


def _measured(segmentation: Any, segment_id: str, volume: Any) -> SegmentedNode:
    name = segmentation.GetSegmentation().GetSegment(segment_id).GetName()
    geometry = geometry_of_volume(volume)
    try:
        size = node_size(mask_of_segment(segmentation, segment_id, volume), geometry)
    except InputError as error:
        raise InputError(f"{segmentation.GetName()}, {name}: {error}") from error
    right, anterior, superior = (float(value) for value in np.mean(size.ends_ras_mm, axis=0))
    return SegmentedNode(
        segment_id=segment_id,
        name=name,
        size_mm=size.greatest_dimension_mm,
        uncertainty_mm=size.uncertainty_mm,
        to_left_mm=_middle_right_mm(geometry) - right,
        centre_ras_mm=(right, anterior, superior),
    )


def _middle_right_mm(geometry: ImageGeometry) -> float:
    columns, rows, slices = geometry.size_ijk
    middle = geometry.ijk_to_ras @ [(columns - 1) / 2, (rows - 1) / 2, (slices - 1) / 2, 1]
    return float(middle[0])
