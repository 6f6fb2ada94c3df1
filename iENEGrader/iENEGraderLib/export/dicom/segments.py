"""What a DICOM segmentation says of each segment: meaning, side, colour, how it was drawn, tracking identifiers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.anatomy.structures import CATEGORIES, SIDES, Role, structure_for
from iENEGraderLib.export.dicom.codes import Concept, Group, concept
from iENEGraderLib.export.dicom.exact_text import dicom_text
from iENEGraderLib.export.dicom.identity import new_uid

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging import segmentation, terminology
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from highdicom.seg import SegmentDescription

    from iENEGraderLib.anatomy.structures import Structure
    from iENEGraderLib.reading import Node, Reading

LONGEST_LABEL = 64
GREY = (0.5, 0.5, 0.5)


class AlgorithmKind(StrEnum):
    """How a segment was drawn: Segment Algorithm Type (0062,0008)."""

    MANUAL = "MANUAL"
    SEMIAUTOMATIC = "SEMIAUTOMATIC"
    AUTOMATIC = "AUTOMATIC"


class AlgorithmFamily(StrEnum):
    """What a program draws segments by (CID 7162); values are the names of the concepts in pydicom."""

    NEIGHBORHOOD_ANALYSIS = "NeighborhoodAnalysis"
    MORPHOLOGICAL_OPERATIONS = "MorphologicalOperations"
    DEFORMABLE_MODELS = "DeformableModels"
    ARTIFICIAL_INTELLIGENCE = "ArtificialIntelligence"


@dataclass(frozen=True)
class Algorithm:
    """How a segment was drawn.

    Attributes
    ----------
    name, version : of the program that drew it; needed unless it was drawn by hand.
    family : None when it is not known; the program is then named without the code of a family.
    """

    kind: AlgorithmKind
    name: str = ""
    version: str = ""
    family: AlgorithmFamily | None = None

    def __post_init__(self) -> None:
        """Refuse a computed segment without the program that computed it, and one drawn by hand with a program."""
        if (self.kind is AlgorithmKind.MANUAL) != (not self.name) or (self.name and not self.version):
            raise InputError(
                f"a {self.kind} segment: found the program {self.name or 'none'!r} {self.version!r}; expected the name "
                "and the version of the program that drew it, and none for a segment drawn by hand"
            )


@dataclass(frozen=True)
class WrittenSegment:
    """A segment as it stands in a DICOM segmentation; a report refers to it by these.

    Attributes
    ----------
    number : segment number, from 1.
    tracking_id, tracking_uid : shared by the segment and its group of measurements. The id is that of the node.
    middle_ras_mm : mean place of its voxels.
    """

    segment_id: str
    name: str
    number: int
    tracking_id: str
    tracking_uid: str
    middle_ras_mm: tuple[float, float, float]


def written_segment(
    segment: segmentation.Segment, number: int, reading: Reading | None, geometry: ImageGeometry
) -> WrittenSegment:
    """Give a segment its number and its tracking identifiers."""
    node = node_of(segment, reading)
    name = segment.name if node is None else node.id
    start = [part.start for part in segment.grid_box]
    middle = geometry.place_ras_mm(np.argwhere(segment.cropped_mask()).mean(axis=0) + start)
    return WrittenSegment(segment.segment_id, segment.name, number, dicom_text(name), new_uid(), middle)


def node_of(segment: segmentation.Segment, reading: Reading | None) -> Node | None:
    """Return the node of a reading that a segment shows, named by id or name; None when it is named for none."""
    nodes = () if reading is None else reading.nodes or ()
    by_id = [node for node in nodes if node.segment_id == segment.segment_id]
    return next(iter(by_id or [node for node in nodes if node.segment_id == segment.name]), None)


def segment_description(
    segment: segmentation.Segment, written: WrittenSegment, algorithm: Algorithm, node: Node | None
) -> SegmentDescription:
    """Return the item of the segment sequence.

    The meaning is the segment's own terminology, else that of the structure of its name, else tissue; the side of a
    node is that of the reading.
    """
    from highdicom.color import CIELabColor
    from highdicom.seg import SegmentDescription

    structure = structure_for(segment.name)
    category, kind, side = _meaning(segment, structure)
    if node is not None:
        side = concept(Group.SIDE, node.side)
    red, green, blue = (round(255 * part) for part in _colour(segment, structure))
    shown = "".join(letter if letter.isprintable() else " " for letter in segment.name.replace("\\", "/"))
    description = SegmentDescription(
        segment_number=written.number,
        segment_label=shown.strip()[:LONGEST_LABEL] or f"segment {written.number}",
        segmented_property_category=category.coded,
        segmented_property_type=kind.coded,
        algorithm_type=algorithm.kind.value,
        algorithm_identification=_identification(algorithm),
        tracking_id=written.tracking_id,
        tracking_uid=written.tracking_uid,
        anatomic_regions=[concept(Group.DOCUMENT, "neck").coded] if segment.is_node else None,
        display_color=CIELabColor.from_rgb(red, green, blue),
    )
    if algorithm.name and algorithm.family is None:
        # What stands there for the family is none: the library writes no name without one.
        del description.SegmentationAlgorithmIdentificationSequence
        description.SegmentAlgorithmName = f"{algorithm.name} {algorithm.version}"[:LONGEST_LABEL]
    if side is not None:
        kind_item = description.SegmentedPropertyTypeCodeSequence[0]
        kind_item.SegmentedPropertyTypeModifierCodeSequence = [side.coded]
    return description


def _meaning(segment: segmentation.Segment, structure: Structure | None) -> tuple[Concept, Concept, Concept | None]:
    """Return category, type and side."""
    terms = segment.terminology
    if terms is not None and terms.category is not None and terms.kind is not None:
        side = None if terms.kind_modifier is None else _of_terms(terms.kind_modifier)
        return _of_terms(terms.category), _of_terms(terms.kind), side
    if structure is None:
        category = CATEGORIES["anatomical_structure"]
        return _sct(category.value, category.meaning), concept(Group.DOCUMENT, "unknown_structure"), None
    category, kind, modifier = structure.snomed_category, structure.snomed_type, structure.snomed_modifier
    side = None if modifier is None else _sct(modifier.value, modifier.meaning)
    return _sct(category.value, category.meaning), _sct(kind.value, kind.meaning), side


def structure_site(name: str) -> tuple[Concept, Concept | None] | None:
    """Return code and side of a structure that measurements name; None when it has no code of its own.

    Names without side are taken as they are: ``internal_carotid_artery`` has the code of the artery.
    """
    structure = structure_for(name) or next(filter(None, (structure_for(f"{name}_{side}") for side in SIDES)), None)
    if structure is None or structure.role is Role.NODE:
        return None
    kind, modifier = structure.snomed_type, structure.snomed_modifier
    has_side = modifier is not None and structure.name == name
    side = _sct(modifier.value, modifier.meaning) if has_side and modifier is not None else None
    return _sct(kind.value, kind.meaning), side


def _colour(segment: segmentation.Segment, structure: Structure | None) -> tuple[float, float, float]:
    if segment.colour is not None:
        return segment.colour
    return GREY if structure is None else structure.colour


def _identification(algorithm: Algorithm) -> object:
    from highdicom import AlgorithmIdentificationSequence
    from pydicom.sr.codedict import codes

    if not algorithm.name:
        return None
    family = getattr(codes.DCM, algorithm.family or AlgorithmFamily.ARTIFICIAL_INTELLIGENCE)
    return AlgorithmIdentificationSequence(algorithm.name, family, algorithm.version)


def _of_terms(code: terminology.Code) -> Concept:
    return Concept(code.scheme, code.value, code.meaning)


def _sct(value: str, meaning: str) -> Concept:
    return Concept("SCT", value, meaning)
