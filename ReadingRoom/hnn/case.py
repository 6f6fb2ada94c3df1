"""A case to read: image, segments and reading, from the sample or from files, checked before anything starts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.hounsfield import require_hounsfield
from HeadNeckNodesLib.imaging.read import read_image
from HeadNeckNodesLib.imaging.read_segmentation import read_segmentation
from HeadNeckNodesLib.imaging.segmentation import segmentation_on
from iENEGraderLib.export.report_content import ImageOrigin
from iENEGraderLib.measure.case.segment_matching import match_segments
from iENEGraderLib.reading import load_reading
from iENEGraderLib.sample import digital_neck, sample_image, sample_reading, sample_segmentation

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.image import Image
    from iENEGraderLib.measure.case.segment_matching import MatchedSegments
    from iENEGraderLib.reading import Reading


@dataclass(frozen=True, eq=False)
class Case:
    """What a demo works on.

    Attributes
    ----------
    segments : on the grid of the image, and which node of the reading each belongs to.
    reading : as the reader left it.
    origin : whether the images are of a patient or computed.
    sides_entered : whether a reader entered the sides of the nodes; if not, measured ones are taken.
    """

    image: Image
    segments: MatchedSegments
    reading: Reading
    origin: ImageOrigin
    sides_entered: bool = True


def sample_case() -> Case:
    """Make the digital neck and its reading; sizes, sides and heights of the nodes are left to be measured."""
    neck = digital_neck()
    reading = sample_reading(neck)
    blank = [replace(node, greatest_dimension_mm=None, extends_below_cricoid=None) for node in reading.nodes or ()]
    segments = match_segments(reading, sample_segmentation(neck))
    return Case(sample_image(neck), segments, reading.with_nodes(blank), ImageOrigin.SIMULATED, sides_entered=False)


def case_of_files(image_path: str, segmentation_path: str, reading_path: str, origin: ImageOrigin) -> Case:
    """Read a case from files.

    Parameters
    ----------
    image_path : CT as DICOM folder, NRRD, NIfTI or MetaImage.
    segmentation_path : ``.seg.nrrd``, or a label volume on the grid of the image.
    reading_path : reading document; its nodes name their segments by id or by name.

    Raises
    ------
    InputError
        When a file cannot be used, the grids differ, the image is no CT in HU, or nodes and segments do not match.
    """
    reading = load_reading(reading_path)
    segmentation = read_segmentation(segmentation_path)
    image = read_image(image_path)
    require_hounsfield(image)
    segments = match_segments(reading, segmentation_on(image, segmentation), Path(reading_path).name)
    if not segments.nodes:
        raise InputError(
            f"{segmentation.source}: there is no lymph node in it, found "
            f"{', '.join(each.name for each in segmentation.segments)}; "
            "name the segments of nodes node_1, node_2 ... or name a segment in the reading"
        )
    return Case(replace(image, modality="CT"), segments, reading, origin)
