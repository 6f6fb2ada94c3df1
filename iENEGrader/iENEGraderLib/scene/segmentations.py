"""Segmentations and segmentation nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
from vtk.util.numpy_support import numpy_to_vtk

from iENEGraderLib.anatomy.structures import CONTEXT_NAME, REGION_CONTEXT_NAME, structure_for
from iENEGraderLib.scene.volumes import matrix_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from iENEGraderLib.imaging.geometry import ImageGeometry
    from iENEGraderLib.imaging.segmentation import Segment
    from iENEGraderLib.imaging.terminology import Code

LABELMAP = "Binary labelmap"
UNKNOWN_COLOUR = (0.6, 0.6, 0.6)
# Bright on grey and told apart by people who see red and green alike; neighbours in a mass get different ones.
NODE_COLOURS = ((1.0, 0.86, 0.2), (0.45, 0.85, 1.0), (1.0, 0.55, 0.15), (0.85, 0.65, 1.0), (0.6, 1.0, 0.5))


def add_segmentation(name: str, segments: Iterable[Segment], geometry: ImageGeometry, volume: Any) -> Any:
    """Add segments to the scene, with their ids, names, colours and codes.

    Segments that share an array share a layer in the scene as well, so a whole neck takes the memory of one label map.

    Parameters
    ----------
    name : name of the node.
    geometry : grid of the segments.
    volume : vtkMRMLScalarVolumeNode on the same grid; it becomes the reference of the segmentation.

    Returns
    -------
    vtkMRMLSegmentationNode
    """
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", name)
    node.CreateDefaultDisplayNodes()
    node.SetReferenceImageGeometryParameterFromVolumeNode(volume)
    segmentation = node.GetSegmentation()
    segmentation.SetSourceRepresentationName(LABELMAP)
    layers: dict[tuple[int, tuple[int, int, int]], Any] = {}
    for number, segment in enumerate(segments):
        key = (id(segment.labels), segment.offset_kji)
        if key not in layers:
            layers[key] = _layer(segment, geometry)
        segmentation.AddSegment(_vtk_segment(segment, layers[key], number), segment.segment_id)
    return node


def mask_of_segment(node: Any, segment_id: str, volume: Any) -> NDArray[np.bool_]:
    """Return the mask [k, j, i] of a segment on the grid of a volume."""
    return slicer.util.arrayFromSegmentBinaryLabelmap(node, segment_id, volume) > 0


def terminology_tag(segment: Segment) -> str | None:
    """Coded meaning of a segment as Slicer stores it: what its file says, else what its name stands for."""
    found = segment.terminology
    if found is None:
        structure = structure_for(segment.name)
        return None if structure is None else structure.terminology
    meaning = [_code(found.category), _code(found.kind), _code(found.kind_modifier)]
    return "~".join([CONTEXT_NAME, *meaning, REGION_CONTEXT_NAME, _code(found.region), "^^"])


def _colour(segment: Segment, number: int) -> tuple[float, float, float]:
    if segment.colour is not None:
        return segment.colour
    if segment.is_node:
        return NODE_COLOURS[number % len(NODE_COLOURS)]
    structure = structure_for(segment.name)
    if structure is None:
        return UNKNOWN_COLOUR
    red, green, blue = structure.colour_rgb
    return red / 255, green / 255, blue / 255


def _vtk_segment(segment: Segment, layer: Any, number: int) -> Any:
    made = slicer.vtkSegment()
    made.SetName(segment.name)
    made.SetColor(*_colour(segment, number))
    made.SetLabelValue(segment.label_value)
    made.AddRepresentation(LABELMAP, layer)
    tag = terminology_tag(segment)
    if tag is not None:
        made.SetTag(slicer.vtkSegment.GetTerminologyEntryTagName(), tag)
    return made


def _layer(segment: Segment, geometry: ImageGeometry) -> Any:
    """Label array of a segment as image data that lies where the array lies on the grid."""
    first = np.array(segment.offset_kji)[::-1]
    last = first + segment.labels.shape[::-1] - 1
    image = slicer.vtkOrientedImageData()
    image.SetExtent(*np.column_stack([first, last]).ravel().tolist())
    image.SetGeometryFromImageToWorldMatrix(matrix_of(geometry.ijk_to_ras))
    labels = np.ascontiguousarray(segment.labels)
    image.GetPointData().SetScalars(numpy_to_vtk(labels.ravel(), deep=True))
    return image


def _code(code: Code | None) -> str:
    return "^^" if code is None else f"{code.scheme}^{code.value}^{code.meaning}"
