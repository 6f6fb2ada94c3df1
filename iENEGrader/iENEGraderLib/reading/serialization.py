"""Reading documents to and from JSON (schema ``hnn-reading/1``), with errors that name the field."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.reading.document import SCHEMA, Evidence, Finding, Node, Place, Reading, Signature
from iENEGraderLib.reading.fields import REQUIRED, Fields, as_whole, one_line
from iENEGraderLib.reading.mark import mark_from_json, mark_to_json
from iENEGraderLib.reading.vocabulary import (
    Certainty,
    Classification,
    ClinicalEneThreshold,
    EvidenceClass,
    FindingKind,
    MarkerStatus,
    MCategory,
    NeckLevel,
    Side,
    Site,
    TCategory,
    YesNo,
)

if TYPE_CHECKING:
    from collections.abc import Callable

Item = TypeVar("Item")

LARGEST_PLAUSIBLE_NODE_MM = 300.0
TIME_PATTERN = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})"
SHA256_PATTERN = "[0-9a-f]{64}"
THRESHOLD_FIELD = "cENE_imaging_threshold"
READING_FIELDS = (
    "schema", "case_id", "reader", "read_at", "site", "p16", "ebv", "untested_p16_as_negative", "primary_side",
    "T", "M", "metastatic_lesions", "classification", "clinical_ene", "recent_biopsy", "prior_treatment",
    THRESHOLD_FIELD, "nodes", "signature",
)  # fmt: skip
NODE_FIELDS = (
    "id", "side", "level", "count", "greatest_dimension_mm", "extends_below_cricoid", "segment_id", "findings",
    "evidence", "marks",
)  # fmt: skip
EVIDENCE_FIELDS = ("kind", "structure", "value", "unit", "uncertainty", "method", "place", "class")
SIGNATURE_FIELDS = ("by", "at", "sha256")


def reading_from_text(text: str, name: str = "reading") -> Reading:
    """Read a document from JSON text.

    Parameters
    ----------
    text : the JSON.
    name : what to call the document in messages, a file name for example.

    Raises
    ------
    InputError
        One line that names the document, the field, what was found and what was expected.
    """
    text = text.removeprefix("\ufeff")  # some editors put a byte order mark first
    if not text.strip():
        raise InputError(f"{name}: the file is empty; expected a reading document ({SCHEMA})")
    try:
        value = json.loads(text, object_pairs_hook=_without_repeated_fields)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InputError(f"{name}: not readable as JSON ({error.msg}, {where}); expected a reading document") from error
    except InputError as error:
        raise InputError(f"{name}: {error}") from error
    except RecursionError as error:
        raise InputError(
            f"{name}: found hundreds of nested brackets; expected a reading document ({SCHEMA})"
        ) from error
    except ValueError as error:
        raise InputError(
            f"{name}: found a number with thousands of digits; expected numbers in mm and counts"
        ) from error
    return reading_from_json(value, name)


def reading_from_json(value: object, name: str = "reading") -> Reading:
    """Make a reading from parsed JSON; see `reading_from_text`."""
    fields = Fields(value, f"{name}: ", READING_FIELDS)
    _check_schema(fields)
    reading = Reading(
        case_id=fields.identifier("case_id"),
        reader=fields.text("reader", ""),
        read_at=_moment(fields, "read_at", ""),
        site=fields.optional("site", lambda key: fields.choice(key, Site)),
        p16=fields.choice("p16", MarkerStatus, "unknown"),
        ebv=fields.choice("ebv", MarkerStatus, "unknown"),
        untested_p16_as_negative=fields.flag("untested_p16_as_negative", False),
        primary_side=fields.optional("primary_side", lambda key: fields.choice(key, Side)),
        t_category=fields.choice("T", TCategory),
        m_category=fields.choice("M", MCategory),
        metastatic_lesions=fields.optional("metastatic_lesions", lambda key: fields.count(key, 0)),
        classification=fields.choice("classification", Classification, "clinical"),
        clinical_ene=fields.optional("clinical_ene", fields.flag),
        recent_biopsy=fields.choice("recent_biopsy", YesNo, "unknown"),
        prior_treatment=fields.choice("prior_treatment", YesNo, "unknown"),
        clinical_ene_imaging_threshold=_threshold(fields),
        nodes=_nodes(fields),
        signature=fields.optional("signature", lambda key: _signature(fields, key)),
    )
    _check_metastases(fields, reading)
    return reading


def reading_to_json(reading: Reading) -> dict[str, Any]:
    """Return the document as plain JSON values, fields in the order of the contract. No marks: no such field."""
    signature = {} if reading.signature is None else {"signature": asdict(reading.signature)}
    return {
        "schema": SCHEMA,
        "case_id": reading.case_id,
        "reader": reading.reader,
        "read_at": reading.read_at,
        "site": reading.site,
        "p16": reading.p16,
        "ebv": reading.ebv,
        "untested_p16_as_negative": reading.untested_p16_as_negative,
        "primary_side": reading.primary_side,
        "T": reading.t_category,
        "M": reading.m_category,
        "metastatic_lesions": reading.metastatic_lesions,
        "classification": reading.classification,
        "clinical_ene": reading.clinical_ene,
        "recent_biopsy": reading.recent_biopsy,
        "prior_treatment": reading.prior_treatment,
        THRESHOLD_FIELD: reading.clinical_ene_imaging_threshold,
        "nodes": None if reading.nodes is None else [_node_to_json(node) for node in reading.nodes],
        **signature,
    }


def reading_to_text(reading: Reading) -> str:
    """Return the document as JSON text, two spaces indented, ending with a newline."""
    return json.dumps(reading_to_json(reading), indent=2, ensure_ascii=False) + "\n"


def _node_to_json(node: Node) -> dict[str, Any]:
    marks = {"marks": [mark_to_json(mark) for mark in node.marks]} if node.marks else {}
    return {
        "id": node.id,
        "side": node.side,
        "level": node.level,
        "count": node.count,
        "greatest_dimension_mm": node.greatest_dimension_mm,
        "extends_below_cricoid": node.extends_below_cricoid,
        "segment_id": node.segment_id,
        "findings": {finding.kind: finding.certainty for finding in node.findings},
        "evidence": [_evidence_to_json(evidence) for evidence in node.evidence],
        **marks,
    }


def _evidence_to_json(evidence: Evidence) -> dict[str, Any]:
    place = None if evidence.place is None else {"ras_mm": list(evidence.place.ras_mm)}
    values = [
        evidence.kind,
        evidence.structure,
        evidence.value,
        evidence.unit,
        evidence.uncertainty,
        evidence.method,
        place,
        evidence.evidence_class,
    ]
    return {key: value for key, value in zip(EVIDENCE_FIELDS, values, strict=True) if value is not None}


def _without_repeated_fields(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """JSON lets a name stand twice and Python would keep the last one: a finding could be lost that way."""
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise InputError(f'the field "{one_line(repeated)}" stands more than once in one object; keep one')
    return values


def _check_schema(fields: Fields) -> None:
    if fields.text("schema") != SCHEMA:
        raise fields.wrong("schema", f'"{SCHEMA}"; a later version of HeadNeckNodes may have written this document')


def _moment(fields: Fields, name: str, default: Any = REQUIRED) -> str:
    value = fields.text(name, default)
    if value != default and not _is_moment(value):
        raise fields.wrong(name, "a date and time with its time zone, such as 2026-11-22T10:00:00Z")
    return value


def _signature(fields: Fields, name: str) -> Signature:
    inner = Fields(fields.raw(name), fields.at(name), SIGNATURE_FIELDS)
    check_sum = inner.text("sha256")
    if re.fullmatch(SHA256_PATTERN, check_sum) is None:
        raise inner.wrong("sha256", "64 hexadecimal digits")
    return Signature(inner.identifier("by"), _moment(inner, "at"), check_sum)


def _is_moment(text: str) -> bool:
    """Python alone would also take week dates, any separator and times without zone."""
    if re.fullmatch(TIME_PATTERN, text) is None:
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _threshold(fields: Fields) -> ClinicalEneThreshold:
    value = as_whole(fields.raw(THRESHOLD_FIELD, "3"))
    words = [str(word) for word in ClinicalEneThreshold]
    if isinstance(value, bool) or str(value) not in words:
        raise fields.wrong(THRESHOLD_FIELD, f"one of {', '.join(words)}")
    return ClinicalEneThreshold(str(value))


def _check_metastases(fields: Fields, reading: Reading) -> None:
    lesions = reading.metastatic_lesions
    if reading.m_category is MCategory.M0 and lesions:
        raise fields.wrong("metastatic_lesions", "0 or null with M0")
    if reading.m_category is MCategory.M1A and lesions is not None and lesions > 3:
        raise fields.wrong("metastatic_lesions", "at most 3 with M1a")
    if reading.m_category is MCategory.M1B and lesions is not None and 0 < lesions <= 3:
        raise fields.wrong("metastatic_lesions", "more than 3 with M1b")


def _nodes(fields: Fields) -> tuple[Node, ...] | None:
    if fields.raw("nodes") is None:
        return None
    nodes = tuple(_node(value, f"{fields.at('nodes')}[{index}]") for index, value in enumerate(fields.items("nodes")))
    ids = [node.id for node in nodes]
    for index, node_id in enumerate(ids):
        if node_id in ids[:index]:
            raise InputError(
                f'{fields.at("nodes")}[{index}].id: "{one_line(node_id)}" stands twice; give every node its own id'
            )
    _check_marks(fields, nodes)
    return nodes


def _check_marks(fields: Fields, nodes: tuple[Node, ...]) -> None:
    ids: set[str] = set()
    for index, node in enumerate(nodes):
        for mark in node.marks:
            if mark.id in ids:
                where = f"{fields.at('nodes')}[{index}].marks"
                raise InputError(f'{where}: the id "{one_line(mark.id)}" stands twice; give every mark its own id')
            ids.add(mark.id)


def _node(value: object, path: str) -> Node:
    fields = Fields(value, path, NODE_FIELDS)
    return Node(
        id=fields.identifier("id"),
        side=fields.choice("side", Side),
        level=fields.choice("level", NeckLevel),
        count=fields.count("count", 1, 1),
        greatest_dimension_mm=fields.optional("greatest_dimension_mm", lambda key: _dimension_mm(fields, key)),
        extends_below_cricoid=fields.optional("extends_below_cricoid", fields.flag),
        segment_id=fields.optional("segment_id", fields.text),
        findings=_findings(fields),
        evidence=_list_of(fields, "evidence", _one_evidence),
        marks=_list_of(fields, "marks", mark_from_json),
    )


def _dimension_mm(fields: Fields, name: str) -> float:
    value = fields.number(name)
    if not 0 < value <= LARGEST_PLAUSIBLE_NODE_MM:
        raise fields.wrong(name, f"millimetres, above 0 and at most {LARGEST_PLAUSIBLE_NODE_MM:g}")
    return value


def _findings(fields: Fields) -> tuple[Finding, ...]:
    given = Fields(fields.raw("findings", {}), fields.at("findings"), [str(kind) for kind in FindingKind])
    return tuple(Finding(kind, given.choice(kind, Certainty)) for kind in FindingKind if given.has(kind))


def _list_of(fields: Fields, name: str, read: Callable[[object, str], Item]) -> tuple[Item, ...]:
    if not fields.has(name):
        return ()
    return tuple(read(value, f"{fields.at(name)}[{index}]") for index, value in enumerate(fields.items(name)))


def _one_evidence(value: object, path: str) -> Evidence:
    fields = Fields(value, path, EVIDENCE_FIELDS)
    evidence = Evidence(
        kind=fields.identifier("kind"),
        structure=fields.optional("structure", fields.text),
        value=fields.optional("value", fields.number),
        unit=fields.optional("unit", fields.text),
        uncertainty=fields.optional("uncertainty", lambda key: _uncertainty(fields, key)),
        method=fields.optional("method", fields.text),
        place=fields.optional("place", lambda key: _place(fields, key)),
        evidence_class=fields.optional("class", lambda key: fields.choice(key, EvidenceClass)),
    )
    if evidence.value is not None and not evidence.unit:
        raise InputError(f"{fields.at('unit')}: missing; a value without its unit cannot be used")
    return evidence


def _uncertainty(fields: Fields, name: str) -> float:
    value = fields.number(name)
    if value < 0:
        raise fields.wrong(name, "a number from 0")
    return value


def _place(fields: Fields, name: str) -> Place:
    inner = Fields(fields.raw(name), fields.at(name), ("ras_mm",))
    right, anterior, superior = inner.numbers("ras_mm", 3)
    return Place((right, anterior, superior))
