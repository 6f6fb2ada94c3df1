"""A whole case in the scene: image, nodes, anatomy, measurements and the reading, in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from HeadNeckNodesLib.scene.subject_hierarchy import add_folder, put_into
from HeadNeckNodesLib.scene.volumes import add_volume

from iENEGraderLib.scene.evidence_markups import add_dimension_line, add_evidence
from iENEGraderLib.scene.reading_node import create_reading_node
from iENEGraderLib.scene.segment_display import show_anatomy, show_nodes
from iENEGraderLib.scene.segmentations import add_segmentation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segment

    from iENEGraderLib.reading import Reading

Point = tuple[float, float, float]


@dataclass(frozen=True)
class CaseScene:
    """Nodes of a case in the scene.

    Attributes
    ----------
    folder : its item in the subject hierarchy.
    volume : vtkMRMLScalarVolumeNode
    nodes, anatomy : vtkMRMLSegmentationNode; `anatomy` is None when only nodes were segmented.
    measurements : markups, locked.
    reading : vtkMRMLTextNode with the reading document.
    """

    folder: int
    volume: Any
    nodes: Any
    anatomy: Any
    measurements: tuple[Any, ...]
    reading: Any


def add_case(
    image: Image,
    nodes: Sequence[Segment],
    anatomy: Sequence[Segment],
    reading: Reading,
    dimension_ends_ras_mm: Mapping[str, tuple[Point, Point]],
) -> CaseScene:
    """Put a case into the scene.

    Parameters
    ----------
    nodes, anatomy : segments on the grid of the image.
    dimension_ends_ras_mm : ends of the greatest dimension by id of the node in the reading.
    """
    volume = add_volume(image, image.modality or "Image")
    node_segmentation = add_segmentation("Nodes", nodes, image.geometry, volume)
    show_nodes(node_segmentation)
    anatomy_segmentation = add_segmentation("Anatomy", anatomy, image.geometry, volume) if anatomy else None
    if anatomy_segmentation is not None:
        show_anatomy(anatomy_segmentation)
    measurements = [add_dimension_line(node_id, ends) for node_id, ends in dimension_ends_ras_mm.items()]
    for node in reading.nodes or ():
        measurements += add_evidence(node)
    text = create_reading_node(reading)
    folder = add_folder(f"iENE {reading.case_id}")
    put_into(folder, [node for node in (volume, node_segmentation, anatomy_segmentation) if node is not None])
    if measurements:
        put_into(add_folder("Measurements", folder), measurements)
    put_into(folder, [text])
    return CaseScene(folder, volume, node_segmentation, anatomy_segmentation, tuple(measurements), text)
