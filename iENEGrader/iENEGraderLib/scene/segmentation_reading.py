"""Segmentation nodes of the scene as segmentations that can be measured."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
import vtk
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.segmentation import Segment, Segmentation, means_node
from HeadNeckNodesLib.imaging.terminology import terminology_from_entry
from HeadNeckNodesLib.scene.volumes import geometry_of_volume, image_of_volume, require_no_transform
from vtk.util.numpy_support import vtk_to_numpy

from iENEGraderLib.anatomy.structures import Role, structure_for
from iENEGraderLib.measure.bounding_box import bounding_box
from iENEGraderLib.measure.case.roles import structure_coded
from iENEGraderLib.measure.position.midsagittal import mirror_pairs
from iENEGraderLib.scene.reading_node import read_reading, reading_nodes
from iENEGraderLib.scene.segmentations import LABELMAP, mask_of_segment
from iENEGraderLib.scene.stored_labels import StoredLabels

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.terminology import Terminology


def segmented_image(also: Collection[str] = ()) -> tuple[Segmentation, Image]:
    """Return what is measured of the image that has node segments, and that image.

    Read are the node segments, segments that a reading in the scene names, and the structures that nodes are measured
    against: those with a role beside a node, and paired ones, which tell the sides. The rest of a segmentation of the
    whole body stays unread: that would take long.

    Parameters
    ----------
    also : ids or names of further segments that are nodes.

    Raises
    ------
    InputError
        When there is no node segment, a node segment is empty or outside the image, a transform moves what is read, or
        it cannot be told which image the nodes belong to.
    """
    every = slicer.util.getNodesByClass("vtkMRMLSegmentationNode")
    with_nodes = [node for node in every if holds_node_segment(node, also)]
    if not with_nodes:
        raise InputError("There is no node segment in the scene; name the segments of nodes node_1, node_2 ...")
    volume = _volume_of(with_nodes)
    others = [node for node in every if node not in with_nodes and reference_volume(node) is volume]
    stored = [segment for node in (*with_nodes, *others) for segment in segments_of(node).values()]
    beside_nodes = _beside_nodes(stored) | named_by_readings() | {*also}
    read = [segmentation_of_node(node, volume, beside_nodes) for node in (*with_nodes, *others)]
    return _together(read), image_of_volume(volume)


def segmentation_of_node(node: Any, volume: Any, beside_nodes: Collection[str] | None = None) -> Segmentation:
    """Return the segments of a segmentation node with names, codes and colours.

    Empty segments are left out, but for those of nodes. A segmentation that has surfaces only is given label maps.

    Parameters
    ----------
    node : vtkMRMLSegmentationNode
    volume : vtkMRMLScalarVolumeNode; the segments are brought onto its grid.
    beside_nodes : names or ids of what to read beside the node segments; None for all.

    Raises
    ------
    InputError
        When the segment of a node is empty or outside the image, no label maps can be made of what there is, or a
        transform moves the segmentation or the volume.
    """
    geometry = geometry_of_volume(volume)
    wanted = [
        segment_id
        for segment_id, segment in segments_of(node).items()
        if beside_nodes is None or _is_node(segment) or not {segment_id, segment.GetName()}.isdisjoint(beside_nodes)
    ]
    if wanted:
        require_no_transform(node)
        require_labelmaps(node)
    stored_labels = StoredLabels(volume)
    segments = [_segment(node, segment_id, volume, geometry, stored_labels) for segment_id in wanted]
    return Segmentation(geometry, tuple(segment for segment in segments if segment is not None), node.GetName())


def _beside_nodes(stored: Sequence[Any]) -> set[str]:
    """Names of the structures that nodes are measured against: those with a role, and left and right partners."""
    with_role = {segment.GetName() for segment in stored if role_of_segment(segment) is not Role.OTHER}
    return with_role.union(chain.from_iterable(mirror_pairs([segment.GetName() for segment in stored])))


def role_of_segment(segment: Any) -> Role:
    """Tell what a segment (vtkSegment) is to a node beside it: by its name, else by its code."""
    if _is_node(segment):
        return Role.NODE
    name = segment.GetName().strip().replace(" ", "_")
    structure = structure_for(name) or structure_for(name.lower()) or structure_coded(_terminology(segment))
    return Role.OTHER if structure is None else structure.role


def named_by_readings() -> set[str]:
    """Return ids or names of segments that the readings of the scene name; the panel tells of one that is not valid."""
    named: set[str] = set()
    for node in reading_nodes():
        with suppress(InputError):
            named |= {each.segment_id for each in read_reading(node).nodes or () if each.segment_id}
    return named


def segments_of(node: Any) -> dict[str, Any]:
    """Return the segments (vtkSegment) of a segmentation node by id."""
    segmentation = node.GetSegmentation()
    return {segment_id: segmentation.GetSegment(segment_id) for segment_id in segmentation.GetSegmentIDs()}


def require_labelmaps(node: Any) -> None:
    """Have Slicer make label maps of surfaces, on the grid of the source volume; asked for a missing one it fails.

    Raises
    ------
    InputError
        When none can be made.
    """
    if node.GetSegmentation().ContainsRepresentation(LABELMAP) or node.CreateBinaryLabelmapRepresentation():
        return
    raise InputError(
        f"{node.GetName()}: the segments have no label map, and none can be made of what they have; create the binary "
        "labelmap representation in the Segmentations module"
    )


def _volume_of(segmentations: Sequence[Any]) -> Any:
    """Return the one volume that all segmentations refer to."""
    volumes = []
    for node in segmentations:
        volume = reference_volume(node)
        if volume is None:
            raise InputError(
                f"{node.GetName()}: no source volume; choose one in Segment Editor, so that the grid is known"
            )
        if volume not in volumes:
            volumes.append(volume)
    if len(volumes) > 1:
        raise InputError(
            f"Nodes are segmented in several images: {', '.join(volume.GetName() for volume in volumes)}; "
            "keep the segmentations of the image that you read"
        )
    return volumes[0]


def reference_volume(node: Any) -> Any:
    """Return the volume that a segmentation was drawn in; None when it has none."""
    return node.GetNodeReference(node.GetReferenceImageGeometryReferenceRole())


def _together(segmentations: Sequence[Segmentation]) -> Segmentation:
    """Return all segments as one segmentation.

    Ids are unique within a segmentation only; a segment whose id is taken is known by its name instead.
    """
    segments: list[Segment] = []
    taken: set[str] = set()
    for segment in (each for segmentation in segmentations for each in segmentation.segments):
        own = replace(segment, segment_id=segment.name) if segment.segment_id in taken else segment
        if own.is_node and own.segment_id in taken:
            raise InputError(f'two segments are named "{segment.name}"; give each node segment a name of its own')
        taken.add(own.segment_id)
        segments.append(own)
    return Segmentation(segmentations[0].geometry, tuple(segments), ", ".join(each.source for each in segmentations))


def holds_node_segment(node: Any, also: Collection[str] = ()) -> bool:
    """Tell whether a segmentation holds a segment of a node, by its name or code, or one of some ids or names."""
    return any(
        _is_node(segment) or not {segment_id, segment.GetName()}.isdisjoint(also)
        for segment_id, segment in segments_of(node).items()
    )


def _is_node(segment: Any) -> bool:
    return means_node(segment.GetName(), _terminology(segment))


def _terminology(segment: Any) -> Terminology | None:
    entry = vtk.reference("")
    found = segment.GetTag(slicer.vtkSegment.GetTerminologyEntryTagName(), entry)
    return terminology_from_entry(str(entry)) if found else None


def _segment(
    node: Any, segment_id: str, volume: Any, geometry: ImageGeometry, stored_labels: StoredLabels
) -> Segment | None:
    """Return a segment without the empty room around it; None when nothing of it is in the image and it is no node."""
    stored = node.GetSegmentation().GetSegment(segment_id)
    mask, start = stored_labels.part(stored) or (mask_of_segment(node, segment_id, volume), (0, 0, 0))
    box = bounding_box(mask)
    if box is None:
        if _is_node(stored):
            raise InputError(f'{node.GetName()}: segment "{stored.GetName()}" {_why_empty(node, segment_id, volume)}')
        return None
    labels = mask[box].astype(np.uint8)
    k, j, i = (first + part.start for first, part in zip(start, box, strict=True))
    return Segment(
        segment_id=segment_id,
        name=stored.GetName(),
        labels=labels,
        label_value=1,
        box=(slice(0, labels.shape[0]), slice(0, labels.shape[1]), slice(0, labels.shape[2])),
        offset_kji=(k, j, i),
        grid_shape=geometry.array_shape,
        terminology=_terminology(stored),
        colour=stored.GetColor(),
    )


def _why_empty(node: Any, segment_id: str, volume: Any) -> str:
    """Say why a segment has no voxel on the grid of the volume, and what to do."""
    image = slicer.vtkOrientedImageData()
    node.GetBinaryLabelmapRepresentation(segment_id, image)
    if image.IsEmpty() or not vtk_to_numpy(image.GetPointData().GetScalars()).any():
        return "holds no voxels; draw it or delete it"
    return f"lies outside {volume.GetName()}; choose the volume that it was drawn in as source volume, or delete it"
