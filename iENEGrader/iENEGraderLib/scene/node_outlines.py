"""Outlines of nodes in the scene: found, added as segments, and told from those that were measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np
import slicer
import vtk
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.segmentation import Segment
from HeadNeckNodesLib.scene.volumes import geometry_of_volume, matrix_of, require_no_transform
from vtk.util.numpy_support import vtk_to_numpy

from iENEGraderLib.anatomy.structures import Role
from iENEGraderLib.measure.bounding_box import bounding_box
from iENEGraderLib.scene.segment_display import show_nodes
from iENEGraderLib.scene.segmentation_reading import (
    holds_node_segment,
    named_by_readings,
    reference_volume,
    require_labelmaps,
    role_of_segment,
    segments_of,
)
from iENEGraderLib.scene.segmentations import LABELMAP, add_segment, add_segmentation

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.segmentation import Box
    from numpy.typing import NDArray

MEASURED_TAG = "HeadNeckNodes.MeasuredOutline"
"""Tag of a segment: what its outline was when it was measured. It is saved with the segment."""
EDITOR_TAG = "SegmentEditor"
"""Slicer's own: the module looks for its settings under this tag."""


@dataclass(frozen=True, eq=False)
class SceneSegment:
    """A segment of the scene.

    Attributes
    ----------
    node : vtkMRMLSegmentationNode that holds it.
    """

    node: Any
    segment_id: str

    @property
    def stored(self) -> Any:
        """The vtkSegment."""
        return self.node.GetSegmentation().GetSegment(self.segment_id)

    @property
    def name(self) -> str:
        """Name that the reader sees."""
        return str(self.stored.GetName())

    @property
    def role(self) -> Role:
        """What it is to a node beside it."""
        return role_of_segment(self.stored)


def all_segments() -> Iterator[SceneSegment]:
    """Return all segments of the scene."""
    for node in slicer.util.getNodesByClass("vtkMRMLSegmentationNode"):
        for segment_id in segments_of(node):
            yield SceneSegment(node, segment_id)


def find_segment(id_or_name: str | None) -> SceneSegment | None:
    """Return the segment that a node of a reading names: by its id, else the one of that name."""
    every = list(all_segments()) if id_or_name else []
    found = [each for each in every if each.segment_id == id_or_name]
    found = found or [each for each in every if each.name == id_or_name]
    return found[0] if len(found) == 1 else None


def possible_nodes(named: Collection[str]) -> list[SceneSegment]:
    """Return the segments that no node of a reading names and that are no known structure, those of nodes first.

    Parameters
    ----------
    named : ids or names of segments that the nodes name.
    """
    free = [each for each in all_segments() if {each.segment_id, each.name}.isdisjoint(named)]
    return [each for role in (Role.NODE, Role.OTHER) for each in free if each.role is role]


def node_segment_at(ras_mm: Sequence[float], volume: Any) -> SceneSegment | None:
    """Return the node segment that holds a point of an image."""
    geometry = geometry_of_volume(volume)
    box = _box_round(ras_mm, geometry, 0.0)
    nodes = [each for each in all_segments() if each.role is Role.NODE and reference_volume(each.node) is volume]
    return next((each for each in nodes if box is not None and _part(each, volume, box).any()), None)


def others_near(ras_mm: Sequence[float], volume: Any, reach_mm: float) -> NDArray[np.bool_]:
    """Return what is known to be something else than a new node at a point.

    A segment that holds the point counts when it is a node or a known structure. Any other is taken for a whole, such
    as the outline of the body, that the new node is a part of.

    Returns
    -------
    mask [k, j, i] on the grid of the volume; empty farther off than the reach.

    Raises
    ------
    InputError
        When a transform moves the volume or a segmentation of it.
    """
    geometry = geometry_of_volume(volume)
    mask = np.zeros(geometry.array_shape, dtype=bool)
    box, point = _box_round(ras_mm, geometry, reach_mm), _box_round(ras_mm, geometry, 0.0)
    if box is None or point is None:
        return mask
    at = tuple(p.start - b.start for p, b in zip(point, box, strict=True))
    for each in all_segments():
        if reference_volume(each.node) is volume:
            require_no_transform(each.node)
            part = _part(each, volume, box)
            if not part[at] or each.role is not Role.OTHER:
                mask[box] |= part
    return mask


def add_node_outline(mask: NDArray[np.bool_], volume: Any) -> str:
    """Add a mask as the segment of a new node, beside the other nodes of the image.

    Parameters
    ----------
    mask : [k, j, i] on the grid of the volume, not empty.

    Returns
    -------
    id of the segment, which is its name, too.

    Raises
    ------
    InputError
        When the mask is empty, or the other nodes are segmented in another image.
    """
    geometry = geometry_of_volume(volume)
    box = bounding_box(mask)
    if box is None:
        raise InputError("no voxel lies inside: draw round the node, larger than one voxel")
    _require_same_image(volume)
    name, number = _free_name()
    labels = np.ascontiguousarray(mask[box], dtype=np.uint8)
    k, j, i = (part.start for part in box)
    whole = (slice(0, labels.shape[0]), slice(0, labels.shape[1]), slice(0, labels.shape[2]))
    segment = Segment(name, name, labels, 1, whole, (k, j, i), geometry.array_shape)
    node = _node_segmentation(volume)
    if node is None:
        node = add_segmentation("Nodes", [], geometry, volume)
    add_segment(node, segment, geometry, number)
    show_nodes(node)
    return name


def remember_outline(segment: SceneSegment) -> None:
    """Note that a segment was measured as it is now."""
    segment.stored.SetTag(MEASURED_TAG, _outline(segment))


def has_changed(segment: SceneSegment) -> bool:
    """Tell whether a segment was changed after it was measured; one that was never measured has not."""
    tag = vtk.reference("")
    measured = segment.stored.GetTag(MEASURED_TAG, tag)
    return bool(measured) and str(tag) != _outline(segment)


def prepare_segment_editor(segment: SceneSegment) -> None:
    """Have Segment Editor open on a segment: its settings are in a node of the scene."""
    scene = slicer.mrmlScene
    settings = scene.GetSingletonNode(EDITOR_TAG, "vtkMRMLSegmentEditorNode")
    if settings is None:
        made = slicer.vtkMRMLSegmentEditorNode()
        made.SetSingletonTag(EDITOR_TAG)
        settings = scene.AddNode(made)
    settings.SetAndObserveSegmentationNode(segment.node)
    settings.SetAndObserveSourceVolumeNode(reference_volume(segment.node))
    settings.SetSelectedSegmentID(segment.segment_id)


def _require_same_image(volume: Any) -> None:
    for node in slicer.util.getNodesByClass("vtkMRMLSegmentationNode"):
        other = reference_volume(node)
        if holds_node_segment(node) and other is not None and other is not volume:
            raise InputError(
                f"the other nodes are segmented in {other.GetName()}, this one in {volume.GetName()}: draw it in "
                f"a view that shows {other.GetName()}"
            )


def _node_segmentation(volume: Any) -> Any:
    """Return the first segmentation of an image that holds drawn nodes."""
    for node in slicer.util.getNodesByClass("vtkMRMLSegmentationNode"):
        is_drawn = node.GetSegmentation().GetSourceRepresentationName() == LABELMAP
        if is_drawn and reference_volume(node) is volume and holds_node_segment(node):
            require_no_transform(node)
            return node
    return None


def _free_name() -> tuple[str, int]:
    """Return the first of node_1, node_2 ... that no segment has and no reading names, and its number from 0."""
    taken = {word for each in all_segments() for word in (each.segment_id, each.name)} | named_by_readings()
    return next((name, at) for at in range(len(taken) + 1) if (name := f"node_{at + 1}") not in taken)


def _box_round(ras_mm: Sequence[float], geometry: ImageGeometry, reach_mm: float) -> Box | None:
    """Return the part of a grid within reach of a point along each axis; None when the point is not on the grid."""
    at = np.rint(geometry.kji_from_ras(np.asarray(ras_mm, dtype=float))).astype(int)
    if (at < 0).any() or (at >= geometry.array_shape).any():
        return None
    reach = np.ceil(reach_mm / np.array(geometry.spacing_kji_mm)).astype(int)
    first, last = np.maximum(at - reach, 0), np.minimum(at + reach + 1, geometry.array_shape)
    k, j, i = (slice(int(a), int(b)) for a, b in zip(first, last, strict=True))
    return k, j, i


def _part(segment: SceneSegment, volume: Any, box: Box) -> NDArray[np.bool_]:
    """Return a segment in a part of the grid of a volume, resampled only when it lies on another grid."""
    require_labelmaps(segment.node)
    layer = segment.stored.GetRepresentation(LABELMAP)
    wanted = slicer.vtkOrientedImageData()
    wanted.SetExtent(*[end for part in reversed(box) for end in (part.start, part.stop - 1)])
    wanted.SetGeometryFromImageToWorldMatrix(matrix_of(geometry_of_volume(volume).ijk_to_ras))
    wanted.AllocateScalars(vtk.VTK_UNSIGNED_CHAR, 1)
    found = slicer.vtkOrientedImageData()
    resample = slicer.vtkOrientedImageDataResample.ResampleOrientedImageToReferenceOrientedImage
    if layer is None or layer.IsEmpty() or not resample(layer, wanted, found, False, False):
        return np.zeros([part.stop - part.start for part in box], dtype=bool)
    return _labels(found) == segment.stored.GetLabelValue()


def _labels(image: Any) -> NDArray[Any]:
    columns, rows, slices = image.GetDimensions()
    labels: NDArray[Any] = vtk_to_numpy(image.GetPointData().GetScalars()).reshape(slices, rows, columns)
    return labels


def _outline(segment: SceneSegment) -> str:
    """Return what tells an outline from another one: its box and a checksum of its voxels."""
    layer = segment.stored.GetRepresentation(LABELMAP)
    if layer is None or layer.IsEmpty():
        return "empty"
    mask = _labels(layer) == segment.stored.GetLabelValue()
    box = bounding_box(mask)
    if box is None:
        return "empty"
    i, _, j, _, k, _ = layer.GetExtent()
    places = [f"{first + part.start}:{first + part.stop}" for first, part in zip((k, j, i), box, strict=True)]
    return f"{','.join(places)} {crc32(np.packbits(mask[box]).tobytes()):08x}"
