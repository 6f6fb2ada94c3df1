"""What a reader drew as items of a structured report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iENEGraderLib.export.dicom.codes import Group, concept, unit_concept
from iENEGraderLib.export.dicom.sr_evidence import Part, tracking_id
from iENEGraderLib.export.dicom.sr_items import (
    HAS_CONCEPT_MOD,
    HAS_PROPERTIES,
    code_item,
    number_item,
    place_items,
    text_item,
    tracking_items,
    with_children,
)

if TYPE_CHECKING:
    from highdicom.sr import ContentItem

    from iENEGraderLib.export.dicom.source_series import SourceSeries
    from iENEGraderLib.reading import Mark


def mark_item(mark: Mark, node_id: str, number: int, source: SourceSeries) -> ContentItem:
    """Return a mark: its length or angle with the points it rests on, or the place alone."""
    below = [*tracking_items(tracking_id(node_id, Part.MARK, number)), text_item("mark_id", mark.id, HAS_CONCEPT_MOD)]
    if mark.finding is not None:
        finding = concept(Group.FINDING, mark.finding)
        below.append(code_item(concept(Group.ITEM, "mark_finding"), finding, HAS_CONCEPT_MOD))
    axis = None if mark.axis_ras is None else " ".join(repr(float(x)) for x in mark.axis_ras)
    sections = None if mark.contiguous_sections is None else str(mark.contiguous_sections)
    for key, text in (
        ("structure", mark.structure),
        ("mark_partner", mark.partner),
        ("mark_axis", axis),
        ("mark_sections", sections),
        ("mark_series", mark.series),
        ("mark_note", mark.note or None),
    ):
        if text is not None:
            below.append(text_item(key, text, HAS_PROPERTIES))
    return with_children(_value(mark), [*below, *place_items(mark.points_ras_mm, source)])


def is_measured(mark: Mark) -> bool:
    """Tell whether a mark is written as a measurement."""
    return mark.length_mm is not None or mark.angle_deg is not None


def _value(mark: Mark) -> ContentItem:
    name = concept(Group.MARK, mark.kind)
    if mark.length_mm is not None:
        return number_item(name, mark.length_mm, unit_concept("mm"))
    if mark.angle_deg is not None:
        return number_item(name, mark.angle_deg, unit_concept("deg"))
    return code_item(name, concept(Group.ANSWER, "yes"))
