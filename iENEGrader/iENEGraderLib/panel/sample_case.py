"""The sample case in the scene, its sizes measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scipy import ndimage

from iENEGraderLib.imaging.image import Image
from iENEGraderLib.imaging.segmentation import Segment, Segmentation
from iENEGraderLib.imaging.terminology import terminology_from_tags
from iENEGraderLib.measure.size import node_size
from iENEGraderLib.panel.edits import set_node_fields
from iENEGraderLib.sample import digital_neck, sample_reading
from iENEGraderLib.scene.case_scene import CaseScene, add_case

if TYPE_CHECKING:
    from iENEGraderLib.anatomy import Structure
    from iENEGraderLib.sample import DigitalNeck


def add_sample_case(seed: int = 0) -> CaseScene:
    """Make a digital neck and put it into the scene with its segments and its reading.

    Parameters
    ----------
    seed : chooses the patient.
    """
    neck = digital_neck(seed)
    segmentation = _segmentation(neck)
    reading, ends = sample_reading(neck), {}
    for node in reading.nodes or ():
        size = node_size(segmentation.named(str(node.segment_id)).mask(), neck.geometry)
        reading = set_node_fields(node.id, greatest_dimension_mm=round(size.greatest_dimension_mm, 1))(reading)
        ends[node.id] = size.ends_ras_mm
    anatomy = [segment for segment in segmentation.segments if not segment.is_node]
    image = Image(neck.hu, neck.geometry, "CT", reading.case_id)
    return add_case(image, segmentation.nodes, anatomy, reading, ends)


def _segmentation(neck: DigitalNeck) -> Segmentation:
    boxes = ndimage.find_objects(neck.labels)
    segments = tuple(
        Segment(
            segment_id=each.name,
            name=each.name,
            labels=neck.labels,
            label_value=each.value,
            box=boxes[each.value - 1],
            offset_kji=(0, 0, 0),
            grid_shape=neck.geometry.array_shape,
            terminology=terminology_from_tags(f"TerminologyEntry:{each.structure.terminology}"),
            colour=_colour(each.structure),
        )
        for each in neck.segments
    )
    return Segmentation(neck.geometry, segments, "sample case")


def _colour(structure: Structure) -> tuple[float, float, float]:
    red, green, blue = structure.colour_rgb
    return red / 255, green / 255, blue / 255
