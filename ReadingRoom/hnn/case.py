"""A case to read: image, segments and reading, from the sample or from files, checked before anything starts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from iENEGraderLib.errors import InputError
from iENEGraderLib.export.report_content import ImageOrigin
from iENEGraderLib.imaging.hounsfield import require_hounsfield
from iENEGraderLib.imaging.image import Image
from iENEGraderLib.imaging.read import read_image
from iENEGraderLib.imaging.read_segmentation import read_segmentation
from iENEGraderLib.imaging.segmentation import Segment, Segmentation, segmentation_on
from iENEGraderLib.reading import load_reading
from iENEGraderLib.sample.neck import digital_neck
from iENEGraderLib.sample.reading import sample_reading
from scipy import ndimage

if TYPE_CHECKING:
    from iENEGraderLib.reading import Node, Reading
    from iENEGraderLib.sample.neck import DigitalNeck


@dataclass(frozen=True, eq=False)
class Case:
    """What a demo works on.

    Attributes
    ----------
    segmentation : on the grid of the image.
    reading : as the reader left it.
    segment_of : segment of each node of the reading that has one, by the id of the node.
    origin : whether the images are of a patient or computed.
    sides_entered : whether a reader entered the sides of the nodes; if not, measured ones are taken.
    """

    image: Image
    segmentation: Segmentation
    reading: Reading
    segment_of: dict[str, Segment]
    origin: ImageOrigin
    sides_entered: bool = True

    @property
    def node_segments(self) -> tuple[Segment, ...]:
        """Segments that are nodes, by their own name or because the reading says so."""
        used = {segment.segment_id for segment in self.segment_of.values()}
        return tuple(each for each in self.segmentation.segments if each.is_node or each.segment_id in used)

    @property
    def anatomy_segments(self) -> tuple[Segment, ...]:
        """All other segments."""
        nodes = {segment.segment_id for segment in self.node_segments}
        return tuple(each for each in self.segmentation.segments if each.segment_id not in nodes)

    @property
    def unread_segments(self) -> tuple[Segment, ...]:
        """Node segments that no node of the reading names."""
        used = {segment.segment_id for segment in self.segment_of.values()}
        return tuple(each for each in self.node_segments if each.segment_id not in used)


def sample_case() -> Case:
    """Make the digital neck and its reading; sizes, sides and heights of the nodes are left for the demo to measure."""
    neck = digital_neck()
    reading = sample_reading(neck)
    blank = [replace(node, greatest_dimension_mm=None, extends_below_cricoid=None) for node in reading.nodes or ()]
    image = Image(neck.hu, neck.geometry, "CT", "the sample case")
    case = _case(image, _segmentation_of(neck), reading.with_nodes(blank), "the sample reading", ImageOrigin.SIMULATED)
    return replace(case, sides_entered=False)


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
    segmentation = segmentation_on(image, segmentation)
    return _case(replace(image, modality="CT"), segmentation, reading, reading_path, origin)


def _case(image: Image, segmentation: Segmentation, reading: Reading, reading_name: str, origin: ImageOrigin) -> Case:
    segment_of = {
        node.id: _segment_of(node, index, segmentation, reading_name)
        for index, node in enumerate(reading.nodes or ())
        if node.segment_id
    }
    if not segment_of and not segmentation.nodes:
        raise InputError(
            f"{segmentation.source}: there is no lymph node in it, found {_names(segmentation)}; "
            "name the segments of nodes node_1, node_2 ... or name a segment in the reading"
        )
    _require_one_node_per_segment(segment_of, reading_name)
    return Case(image, segmentation, reading, segment_of, origin)


def _segment_of(node: Node, index: int, segmentation: Segmentation, reading_name: str) -> Segment:
    by_id = [each for each in segmentation.segments if each.segment_id == node.segment_id]
    found = by_id or [each for each in segmentation.segments if each.name == node.segment_id]
    if len(found) == 1:
        return found[0]
    raise InputError(
        f'{Path(reading_name).name}: nodes[{index}].segment_id: found "{node.segment_id}", which is '
        f"{'no segment' if not found else 'the name of several segments'} of {segmentation.source}; "
        f"expected the id or name of one of {_names(segmentation)}"
    )


def _require_one_node_per_segment(segment_of: dict[str, Segment], reading_name: str) -> None:
    owner: dict[str, str] = {}
    for node_id, segment in segment_of.items():
        other = owner.setdefault(segment.segment_id, node_id)
        if other != node_id:
            raise InputError(
                f'{Path(reading_name).name}: nodes {other} and {node_id} name the same segment "{segment.name}"; '
                "give each node its own segment, or read them as one node with a count"
            )


def _names(segmentation: Segmentation) -> str:
    return ", ".join(each.name for each in segmentation.segments)


def _segmentation_of(neck: DigitalNeck) -> Segmentation:
    boxes = ndimage.find_objects(neck.labels)
    segments = tuple(
        Segment(
            segment_id=each.name,
            name=each.name,
            labels=neck.labels,
            label_value=each.value,
            box=boxes[each.value - 1],
            offset_kji=(0, 0, 0),
            grid_shape=neck.labels.shape,
        )
        for each in neck.segments
    )
    return Segmentation(neck.geometry, segments, "the sample case")
