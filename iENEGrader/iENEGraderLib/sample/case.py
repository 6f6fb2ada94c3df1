"""The sample case as image and segmentation, as if it had been read from files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.imaging.segmentation import Segment, Segmentation
from HeadNeckNodesLib.imaging.terminology import terminology_from_entry
from scipy import ndimage

from iENEGraderLib.anatomy.structures import Role

if TYPE_CHECKING:
    from iENEGraderLib.sample.neck import DigitalNeck

SOURCE = "the sample case"


def sample_image(neck: DigitalNeck) -> Image:
    """Return the CT of a sample case."""
    return Image(neck.hu, neck.geometry, "CT", SOURCE)


def sample_segmentation(neck: DigitalNeck) -> Segmentation:
    """Return the segments of a sample case with their codes; ids are names.

    Anatomy has the colours of its structures. Nodes have none: all would have the same, while the scene gives
    neighbours different ones.
    """
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
            terminology=terminology_from_entry(each.structure.terminology),
            colour=None if each.structure.role is Role.NODE else each.structure.colour,
        )
        for each in neck.segments
    )
    return Segmentation(neck.geometry, segments, SOURCE)
