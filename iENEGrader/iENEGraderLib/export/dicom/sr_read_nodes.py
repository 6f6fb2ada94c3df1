"""The groups of a structured report as nodes of a reading document (JSON)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.export.dicom.codes import Group, concept, word
from iENEGraderLib.export.dicom.sr_evidence import Part
from iENEGraderLib.export.dicom.sr_read_items import Item, triples
from iENEGraderLib.export.evidence_class import class_of_word

if TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, Any]


def node_json(group: Item) -> Json:
    """Return one node with its findings, evidence and marks."""
    from pydicom.sr.codedict import codes

    extends = group.word("extends_below_cricoid", Group.ANSWER)
    value: Json = {
        "id": group.text_of(codes.DCM.TrackingIdentifier),
        "side": _side(group),
        "level": group.word("node_level", Group.LEVEL),
        "count": group.number("node_count"),
        "greatest_dimension_mm": group.number("node_greatest_dimension_mm"),
        "extends_below_cricoid": None if extends is None else extends == "yes",
        "segment_id": group.text("segment_id"),
        "findings": _findings(group),
        "evidence": _in_order(group, Part.EVIDENCE, _evidence),
    }
    marks = _in_order(group, Part.MARK, _mark)
    return value | {"marks": marks} if marks else value


def _side(group: Item) -> str:
    from pydicom.sr.codedict import codes

    for site in group.below(codes.SCT.FindingSite):
        if concept(Group.DOCUMENT, "node_site").is_code(site.code):
            for side in site.below(codes.SCT.Laterality):
                return side.word_in(Group.SIDE)
    raise InputError("a node of the report has no side; expected a finding site with its laterality")


def _findings(group: Item) -> Json:
    found: Json = {}
    for item in group.children:
        kind = word(Group.FINDING, item.name)
        if kind is not None and item.value_type == "CODE":
            found[kind] = item.word_in(Group.CERTAINTY)
    return found


def _in_order(group: Item, part: Part, read: Callable[[Item], Json]) -> list[Json]:
    """Return the items of one part in the order of the reading: by the number in their tracking identifiers."""
    numbered = [(number, item) for item in group.children if (number := _number(item, part)) is not None]
    return [read(item) for _, item in sorted(numbered, key=lambda pair: pair[0])]


def _number(item: Item, part: Part) -> int | None:
    from pydicom.sr.codedict import codes

    identifier = item.text_of(codes.DCM.TrackingIdentifier) if item.value_type in ("NUM", "CODE") else None
    pieces = (identifier or "").rsplit("/", 2)
    is_part = len(pieces) == 3 and pieces[1] == part and pieces[2].isdigit()
    return int(pieces[2]) if is_part else None


def _evidence(item: Item) -> Json:
    kind = word(Group.MEASUREMENT, item.name)
    points, unit = item.points_ras_mm, item.text("unit")
    row: Json = {
        "kind": item.text("kind") or kind,
        "structure": item.text("structure"),
        "value": item.value,
        "unit": item.unit if unit is None else unit,
        "uncertainty": _uncertainty(item),
        "method": item.text("method"),
        "place": None if points is None else {"ras_mm": points[0]},
        "class": _class(item),
    }
    return {key: value for key, value in row.items() if value is not None}


def _uncertainty(item: Item) -> float | None:
    if item.value_type == "NUM":
        return item.number("upper_uncertainty")
    text = item.text("uncertainty")
    return None if text is None else triples(text)[0][0]


def _class(item: Item) -> str | None:
    if item.value_type == "NUM":
        return class_of_word(item.word("evidence_class", Group.EVIDENCE_CLASS))
    if word(Group.LEVEL, item.code) is not None:
        return None
    found = item.word_in(Group.EVIDENCE_CLASS)
    return None if found == "none" else class_of_word(found)


def _mark(item: Item) -> Json:
    sections, axis = item.text("mark_sections"), item.text("mark_axis")
    findings = item.below(concept(Group.ITEM, "mark_finding"))
    row: Json = {
        "id": item.text("mark_id"),
        "kind": word(Group.MARK, item.name),
        "points_ras_mm": item.points_ras_mm,
        "finding": findings[0].word_in(Group.FINDING) if findings else None,
        "structure": item.text("structure"),
        "partner": item.text("mark_partner"),
        "axis_ras": None if axis is None else triples(axis)[0],
        "contiguous_sections": None if sections is None else int(sections),
        "series": item.text("mark_series"),
        "note": item.text("mark_note"),
    }
    return {key: value for key, value in row.items() if value is not None}
