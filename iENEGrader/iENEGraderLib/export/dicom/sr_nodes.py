"""One node as a group of measurements and evaluations (TID 1411 with a segment, TID 1501 without)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from iENEGraderLib.export.dicom.codes import Group, concept, unit_concept
from iENEGraderLib.export.dicom.exact_text import dicom_text
from iENEGraderLib.export.dicom.identity import new_uid
from iENEGraderLib.export.dicom.sr_evidence import Part, evidence_item, is_number, tracking_id
from iENEGraderLib.export.dicom.sr_items import (
    CONTAINS,
    HAS_PROPERTIES,
    INFERRED_FROM,
    answer_item,
    code_item,
    key_image_item,
    number_item,
    text_item,
    with_children,
)
from iENEGraderLib.export.dicom.sr_marks import is_measured, mark_item
from iENEGraderLib.reading import Certainty

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from highdicom.sr import ContentItem
    from pydicom import Dataset

    from iENEGraderLib.export.dicom.seg import WrittenSegmentation
    from iENEGraderLib.export.dicom.source_series import SourceSeries
    from iENEGraderLib.reading import Evidence, Finding, Node
    from iENEGraderLib.rules import NodeGrade


@dataclass(frozen=True, eq=False)
class ReportContext:
    """What the items of a report refer to.

    Attributes
    ----------
    written : the segmentation; None when there is none.
    further : measurements beyond the reading, by the id of the node.
    key_sections : sections that show a node, by its id.
    """

    source: SourceSeries
    written: WrittenSegmentation | None
    further: Mapping[str, Sequence[Evidence]]
    key_sections: Mapping[str, Sequence[int]]


def node_group(node: Node, grade: NodeGrade, context: ReportContext) -> Any:
    """Return the group of a node."""
    from highdicom.sr import (
        FindingSite,
        MeasurementsAndQualitativeEvaluations,
        TrackingIdentifier,
        VolumetricROIMeasurementsAndQualitativeEvaluations,
    )

    segment = None if context.written is None else context.written.of_segment(node.segment_id)
    uid = new_uid() if segment is None else segment.tracking_uid
    site = FindingSite(concept(Group.DOCUMENT, "node_site").coded, concept(Group.SIDE, node.side).coded)
    shared = {
        "tracking_identifier": TrackingIdentifier(uid=uid, identifier=dicom_text(node.id)),
        "finding_type": concept(Group.DOCUMENT, "node").coded,
        "finding_sites": [site],
    }
    if segment is None or context.written is None:
        group: Any = MeasurementsAndQualitativeEvaluations(**shared)
    else:
        group = VolumetricROIMeasurementsAndQualitativeEvaluations(
            referenced_segment=_referenced(context.written.header, segment.number, context.source), **shared
        )
    with_children(group[0], _items(node, grade, context))
    return group


def _referenced(segmentation: Dataset, number: int, source: SourceSeries) -> Any:
    from highdicom.sr import ReferencedSegment, SourceSeriesForSegmentation

    return ReferencedSegment(
        segmentation.SOPClassUID,
        segmentation.SOPInstanceUID,
        number,
        source_series=SourceSeriesForSegmentation(source.series_uid),
    )


def _items(node: Node, grade: NodeGrade, context: ReportContext) -> list[ContentItem]:
    """Return measurements first and evaluations after them, as the templates have it."""
    source = context.source
    evidence = [
        (each, evidence_item(each, tracking_id(node.id, part, number), source))
        for part, rows in ((Part.EVIDENCE, node.evidence), (Part.FURTHER, context.further.get(node.id, ())))
        for number, each in enumerate(rows, 1)
    ]
    marks = [(mark, mark_item(mark, node.id, number, source)) for number, mark in enumerate(node.marks, 1)]
    return [
        *_numbers(node),
        *(item for each, item in evidence if is_number(each)),
        *(item for mark, item in marks if is_measured(mark)),
        *_answers(node),
        _grade_item(grade),
        *(_finding_item(finding) for finding in node.findings),
        *(item for each, item in evidence if not is_number(each)),
        *(item for mark, item in marks if not is_measured(mark)),
        *(key_image_item(source.headers[k]) for k in context.key_sections.get(node.id, ())),
    ]


def _finding_item(finding: Finding) -> ContentItem:
    item = code_item(concept(Group.FINDING, finding.kind), concept(Group.CERTAINTY, finding.certainty))
    if finding.certainty is not Certainty.UNEQUIVOCAL:
        return item
    certain = code_item(concept(Group.ITEM, "certainty"), concept(Group.DOCUMENT, "unequivocal"), HAS_PROPERTIES)
    return with_children(item, [certain])


def _numbers(node: Node) -> list[ContentItem]:
    items: list[ContentItem] = []
    if node.greatest_dimension_mm is not None:
        name = concept(Group.ITEM, "node_greatest_dimension_mm")
        items.append(number_item(name, node.greatest_dimension_mm, unit_concept("mm")))
    return [*items, number_item(concept(Group.ITEM, "node_count"), node.count, unit_concept("{count}"))]


def _answers(node: Node) -> list[ContentItem]:
    items: list[ContentItem] = [answer_item("node_level", Group.LEVEL, node.level)]
    if node.extends_below_cricoid is not None:
        answer = "yes" if node.extends_below_cricoid else "no"
        items.append(answer_item("extends_below_cricoid", Group.ANSWER, answer))
    if node.segment_id is not None:
        items.append(text_item("segment_id", node.segment_id, CONTAINS))
    return items


def _grade_item(grade: NodeGrade) -> ContentItem:
    item = code_item(concept(Group.RESULT, "node_grade"), concept(Group.GRADE, str(grade.grade)))
    return with_children(item, [text_item("reason", reason, INFERRED_FROM) for reason in grade.reasons])
