"""Node segments of the scene, measured, and the plane that tells their sides apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
import vtk

from iENEGraderLib.errors import InputError
from iENEGraderLib.imaging.hounsfield import why_not_hounsfield
from iENEGraderLib.imaging.segmentation import Segment, Segmentation
from iENEGraderLib.measure.midsagittal import Plane, mid_sagittal_plane
from iENEGraderLib.measure.size import bounding_box, node_size
from iENEGraderLib.panel.node_segments import SegmentedNode
from iENEGraderLib.scene.segmentations import mask_of_segment
from iENEGraderLib.scene.volumes import geometry_of_volume, image_of_volume

if TYPE_CHECKING:
    from iENEGraderLib.imaging.geometry import ImageGeometry
    from iENEGraderLib.imaging.image import Image

NODE_PREFIX = "node_"
LYMPH_NODE_CODE = "59441001"


def segmented_nodes() -> tuple[SegmentedNode, ...]:
    """Measure all node segments of the scene, on the grid of the volume that each segmentation refers to.

    Raises
    ------
    InputError
        When there is no node segment, or a segmentation does not say which volume it belongs to.
    """
    return tuple(
        _measured(segmentation, segment_id, _reference_volume(segmentation))
        for segmentation in _segmentations_with_nodes()
        for segment_id in _node_ids(segmentation)
    )


def plane_between_sides() -> Plane:
    """Return the mid-sagittal plane, fitted to the segments of the scene or to the body in a CT.

    Where neither gives one, it is the plane through the middle of the image, and its source says so.
    """
    volume = _reference_volume(_segmentations_with_nodes()[0])
    geometry = geometry_of_volume(volume)
    segments = [
        _cropped(segmentation, segment_id, volume)
        for segmentation in slicer.util.getNodesByClass("vtkMRMLSegmentationNode")
        if segmentation.GetNodeReference(segmentation.GetReferenceImageGeometryReferenceRole()) is volume
        for segment_id in segmentation.GetSegmentation().GetSegmentIDs()
    ]
    found = tuple(segment for segment in segments if segment is not None)
    try:
        return mid_sagittal_plane(Segmentation(geometry, found), _image_in_hounsfield(volume))
    except InputError:
        middle = geometry.ras_from_kji((np.array(geometry.array_shape) - 1) / 2)
        right, anterior, superior = (float(value) for value in middle)
        return Plane((right, anterior, superior), (1.0, 0.0, 0.0), 0.0, "through the middle of the image")


def _segmentations_with_nodes() -> list[Any]:
    found = [each for each in slicer.util.getNodesByClass("vtkMRMLSegmentationNode") if _node_ids(each)]
    if not found:
        raise InputError("There is no node segment in the scene; name the segments of nodes node_1, node_2 ...")
    return found


def _node_ids(segmentation: Any) -> list[str]:
    segments = segmentation.GetSegmentation()
    return [each for each in segments.GetSegmentIDs() if _is_node(segments.GetSegment(each))]


def _is_node(segment: Any) -> bool:
    entry = vtk.reference("")
    segment.GetTag(slicer.vtkSegment.GetTerminologyEntryTagName(), entry)
    return segment.GetName().lower().startswith(NODE_PREFIX) or LYMPH_NODE_CODE in str(entry)


def _reference_volume(segmentation: Any) -> Any:
    volume = segmentation.GetNodeReference(segmentation.GetReferenceImageGeometryReferenceRole())
    if volume is None:
        raise InputError(
            f"{segmentation.GetName()}: no source volume; choose one in Segment Editor, so that the grid is known"
        )
    return volume


def _measured(segmentation: Any, segment_id: str, volume: Any) -> SegmentedNode:
    name = segmentation.GetSegmentation().GetSegment(segment_id).GetName()
    geometry = geometry_of_volume(volume)
    mask = mask_of_segment(segmentation, segment_id, volume)
    try:
        size = node_size(mask, geometry)
    except InputError as error:
        raise InputError(f"{segmentation.GetName()}, {name}: {error}") from error
    return SegmentedNode(
        segment_id=segment_id,
        name=name,
        size_mm=size.greatest_dimension_mm,
        uncertainty_mm=size.uncertainty_mm,
        middle_ras_mm=_point(np.mean(size.ends_ras_mm, axis=0)),
        centroid_ras_mm=_centroid(mask, geometry),
    )


def _cropped(segmentation: Any, segment_id: str, volume: Any) -> Segment | None:
    """Return a segment without the empty room around it; None when it is empty."""
    mask = mask_of_segment(segmentation, segment_id, volume)
    box = bounding_box(mask)
    if box is None:
        return None
    labels = mask[box].astype(np.uint8)
    return Segment(
        segment_id=segment_id,
        name=segmentation.GetSegmentation().GetSegment(segment_id).GetName(),
        labels=labels,
        label_value=1,
        box=(slice(0, labels.shape[0]), slice(0, labels.shape[1]), slice(0, labels.shape[2])),
        offset_kji=(box[0].start, box[1].start, box[2].start),
        grid_shape=mask.shape,
    )


def _image_in_hounsfield(volume: Any) -> Image | None:
    """Return the image when it is a CT; the outline of the body cannot be found in other images."""
    image = image_of_volume(volume)
    return image if why_not_hounsfield(image) is None else None


def _centroid(mask: Any, geometry: ImageGeometry) -> tuple[float, float, float]:
    return _point(geometry.ras_from_kji(np.argwhere(mask).mean(axis=0)))


def _point(values: Any) -> tuple[float, float, float]:
    right, anterior, superior = (round(float(value), 1) for value in values)
    return right, anterior, superior
