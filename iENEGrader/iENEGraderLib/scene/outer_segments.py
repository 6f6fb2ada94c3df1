"""The segmentations of the scene without segments that show the face, for as long as a bundle is saved."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import slicer
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.scene.volumes import image_of_volume
from vtk.util.numpy_support import vtk_to_numpy

from iENEGraderLib.anatomy import Role
from iENEGraderLib.export.deidentify.outer_segments import is_vessel, left_out_note, outer_segments
from iENEGraderLib.scene.segmentation_reading import (
    named_by_readings,
    reference_volume,
    role_of_segment,
    segmentation_of_node,
    segments_of,
)
from iENEGraderLib.scene.segmentations import LABELMAP

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


@contextmanager
def without_outer_segments() -> Iterator[tuple[str, ...]]:
    """Have the segmentations hold copies without segments that may show the face, and give back their own at the end.

    Yields
    ------
    What its owner should know: which segments are left out.
    """
    held: list[tuple[Any, Any]] = []
    names: list[str] = []
    nodes_of_readings = named_by_readings()
    try:
        for node in slicer.util.getNodesByClass("vtkMRMLSegmentationNode"):
            outer = _outer_ids(node, nodes_of_readings)
            if outer:
                own = node.GetSegmentation()
                names += [own.GetSegment(each).GetName() for each in outer]
                held.append((node, own))
                node.SetAndObserveSegmentation(_copy_without(own, outer))
        yield (left_out_note(names),) if names else ()
    finally:
        for node, own in held:
            node.SetAndObserveSegmentation(own)


def _outer_ids(node: Any, nodes_of_readings: Collection[str]) -> tuple[str, ...]:
    """Ids of segments that may show the face; also of those that cannot be compared with an image."""
    others = {
        segment_id: segment.GetName()
        for segment_id, segment in segments_of(node).items()
        if role_of_segment(segment) is not Role.NODE and {segment_id, segment.GetName()}.isdisjoint(nodes_of_readings)
    }
    if not others:
        return ()
    volume = reference_volume(node)
    if volume is None or not node.GetSegmentation().ContainsRepresentation(LABELMAP):
        return tuple(each for each, name in others.items() if not is_vessel(name))
    try:
        segmentation = segmentation_of_node(node, volume, {*others})
        read = [each for each in segmentation.segments if each.segment_id in others]
        outer = {each.segment_id for each in outer_segments(read, image_of_volume(volume))}
    except InputError:
        return tuple(each for each, name in others.items() if not is_vessel(name))
    # What has no voxels within the volume was not read.
    inner = {each.segment_id for each in read} - outer
    return tuple(
        each for each, name in others.items() if each not in inner and not (each not in outer and is_vessel(name))
    )


def _copy_without(segmentation: Any, segment_ids: Collection[str]) -> Any:
    copy = slicer.vtkSegmentation()
    copy.DeepCopy(segmentation)
    for segment_id in segment_ids:
        segment = copy.GetSegment(segment_id)
        layer = segment.GetRepresentation(LABELMAP)
        # Segments share layers, whose voxels stay when a segment is removed.
        if layer is not None and not layer.IsEmpty():
            labels = vtk_to_numpy(layer.GetPointData().GetScalars())
            labels[labels == segment.GetLabelValue()] = 0
            layer.Modified()
        copy.RemoveSegment(segment_id)
    return copy
