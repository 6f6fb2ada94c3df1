"""The JSON Schema of the reading document, made from the vocabulary, the field lists and the defaults of the classes.

The schema is for other programs. What it cannot say stands in `BEYOND_THE_SCHEMA`; loading a document checks it all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iENEGraderLib.reading.document import SCHEMA, Node, Reading
from iENEGraderLib.reading.mark import MARK_FIELDS, POINTS
from iENEGraderLib.reading.serialization import (
    EVIDENCE_FIELDS,
    LARGEST_PLAUSIBLE_NODE_MM,
    NODE_FIELDS,
    READING_FIELDS,
    SHA256_PATTERN,
    SIGNATURE_FIELDS,
    THRESHOLD_FIELD,
    TIME_PATTERN,
    reading_to_json,
)
from iENEGraderLib.reading.vocabulary import (
    Certainty,
    Classification,
    ClinicalEneThreshold,
    EvidenceClass,
    FindingKind,
    MarkerStatus,
    MarkKind,
    MCategory,
    NeckLevel,
    Side,
    Site,
    TCategory,
    YesNo,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from enum import StrEnum

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ADDRESS = (
    "https://raw.githubusercontent.com/HeadNeckNodes/SlicerHeadNeckNodes/main/Docs/schema/hnn-reading-1.schema.json"
)
READING_REQUIRED = ("schema", "case_id", "T", "M", "nodes")
NODE_REQUIRED = ("id", "side", "level")
EVIDENCE_REQUIRED = ("kind",)
MARK_REQUIRED = ("id", "kind", "points_ras_mm")
POINTS_IN_WORDS = ", ".join(f"{number} for a `{kind}`" for kind, number in POINTS.items())
BEYOND_THE_SCHEMA = (
    "No two nodes and no two marks have the same `id`.",
    f"A mark has as many points as its kind asks for: {POINTS_IN_WORDS}.",
    "`metastatic_lesions` fits `M`: 0 with M0, at most 3 with M1a, above 3 with M1b; null, or 0 with M1: not counted.",
    "No field stands twice in one object.",
    "Numbers are finite and fit a double (NaN and Infinity are no JSON, though some programs write them).",
    "`read_at` is a date and a time that exist.",
    "`case_id`, node `id` and evidence `kind` hold printable characters only; no text holds half a surrogate pair.",
)
CONTROL_CHARACTERS = "[\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]"

Schema = dict[str, Any]


def reading_schema() -> Schema:
    """Return the schema (JSON Schema, draft 2020-12) of ``hnn-reading/1``."""
    defaults = reading_to_json(Reading("any")) | {"signature": None}
    return {
        "$schema": DIALECT,
        "$id": ADDRESS,
        "title": f"Reading document of HeadNeckNodes, {SCHEMA}",
        "description": "What one reader saw in one case. Research and teaching use, not a medical device. "
        "Fields may be added in later programs and are never renamed; unknown fields are refused.",
        "$comment": "Checked on loading, beyond this schema: " + " ".join(BEYOND_THE_SCHEMA),
        **_object(READING_FIELDS, _reading_properties(), READING_REQUIRED, defaults),
        "$defs": {"node": _node(), "evidence": _evidence(), "mark": _mark()},
    }


def _reading_properties() -> Schema:
    return {
        "schema": {"description": "Name and version of this contract.", "const": SCHEMA},
        "case_id": _name("Pseudonym of the case; never a patient's name."),
        "reader": _text("Who read: a pseudonym."),
        "read_at": _time("When it was read: date and time with time zone (ISO 8601); empty when not stated."),
        "site": _or_null(_words("Site of the primary tumour.", Site), "not chosen yet"),
        "p16": _words("Result of the p16 test.", MarkerStatus),
        "ebv": _words("Result of the test for Epstein-Barr virus.", MarkerStatus),
        "untested_p16_as_negative": _flag("The reader stages an oropharynx without p16 test as p16 negative."),
        "primary_side": _or_null(_words("Side of the primary tumour.", Side), "not known"),
        "T": _words("T category; TX when it is not known.", TCategory),
        "M": _words("M category; M1a and M1b exist for the nasopharynx in version 9 only.", MCategory),
        "metastatic_lesions": _or_null(
            _count("Number of distant metastatic lesions; 0 with M1 means not counted.", 0), "not counted"
        ),
        "classification": _words("Clinical (before treatment) or pathological (neck dissection) N.", Classification),
        "clinical_ene": _or_null(_flag("Signs of extranodal extension on examination."), "not stated"),
        "recent_biopsy": _words("Biopsy of a node shortly before the imaging.", YesNo),
        "prior_treatment": _words("Treatment of the neck before the imaging.", YesNo),
        THRESHOLD_FIELD: _threshold(),
        "nodes": _or_null(_list("The metastatic nodes; empty means none (N0).", "node"), "nodes not assessed (NX)"),
        "signature": _or_null(_signature(), "not signed"),
    }


def _node() -> Schema:
    example = Node("any", Side.RIGHT, NeckLevel.IIA)
    defaults = reading_to_json(Reading("any", nodes=(example,)))["nodes"][0] | {"marks": []}
    size = {
        "description": "Greatest dimension, in mm.",
        "type": "number",
        "exclusiveMinimum": 0,
        "maximum": LARGEST_PLAUSIBLE_NODE_MM,
    }
    properties = {
        "id": _name("Name of the node in this reading, such as N1."),
        "side": _words("Side of the node.", Side),
        "level": _words("Neck level or other nodal region.", NeckLevel),
        "count": _count("How many nodes this entry stands for, as in a fused mass.", 1),
        "greatest_dimension_mm": _or_null(size, "not measured"),
        "extends_below_cricoid": _or_null(
            _flag("Its lowest point lies below the caudal border of the cricoid."), "not assessed"
        ),
        "segment_id": _or_null(_text("Segment of this node in the segmentation of the scene."), "no segment"),
        "findings": _findings(),
        "evidence": _list("What was measured or seen at the node; it never sets a grade.", "evidence"),
        "marks": _list("What the reader drew at the node.", "mark"),
    }
    return {"description": "One metastatic node.", **_object(NODE_FIELDS, properties, NODE_REQUIRED, defaults)}


def _findings() -> Schema:
    kinds = [str(kind) for kind in FindingKind]
    certainty = _words("How sure the reader is; a finding that is missing was not assessed.", Certainty)
    meaning = "Finding and how sure the reader is of it; only unequivocal ones count."
    return {"description": meaning, **_object(kinds, dict.fromkeys(kinds, certainty))}


def _signature() -> Schema:
    properties = {
        "by": _name("Who signed: a pseudonym."),
        "at": {**_time("When it was signed (ISO 8601)."), "pattern": f"^{TIME_PATTERN}$"},
        "sha256": {**_text("Check sum of the document without the signature."), "pattern": f"^{SHA256_PATTERN}$"},
    }
    return {"description": "Locks the reading.", **_object(SIGNATURE_FIELDS, properties, SIGNATURE_FIELDS)}


def _point(meaning: str) -> Schema:
    return {"description": meaning, "type": "array", "items": {"type": "number"}, "minItems": 3, "maxItems": 3}


def _mark() -> Schema:
    points = {
        "description": "Points in the patient: right, anterior, superior, in mm.",
        "type": "array",
        "items": {key: value for key, value in _point("").items() if key != "description"},
        "minItems": min(POINTS.values()),
        "maxItems": max(POINTS.values()),
    }
    properties = {
        "id": _name("Name of the mark in this reading."),
        "kind": _words("What was drawn.", MarkKind),
        "points_ras_mm": points,
        "finding": _or_null(_words("What it shows.", FindingKind), "none, as for the axes"),
        "structure": _or_null(_text("Anatomical structure concerned (TotalSegmentator class name)."), "none"),
        "partner": _or_null(_text("Id of the other node, for coalescence."), "none"),
        "axis_ras": _or_null(_point("What a contact angle turns about (right-hand rule)."), "at most 180 degrees"),
        "contiguous_sections": _or_null(_count("Contiguous sections that show the finding.", 0), "not counted"),
        "series": _or_null(_text("Image series it was seen on."), "the one that is measured"),
        "note": _text("The reader's words."),
    }
    return {"description": "One drawing of the reader.", **_object(MARK_FIELDS, properties, MARK_REQUIRED)}


def _evidence() -> Schema:
    point = _point("Right, anterior, superior, in mm.")
    place = {"description": "Where in the patient.", **_object(("ras_mm",), {"ras_mm": point}, ("ras_mm",))}
    uncertainty = {"description": "Expected error of the value, in the same unit.", "type": "number", "minimum": 0}
    properties = {
        "kind": _name("What was measured, such as contact_angle or greatest_dimension."),
        "structure": _or_null(_text("Anatomical structure concerned (TotalSegmentator class name)."), "none"),
        "value": _or_null({"description": "The number measured, in `unit`.", "type": "number"}, "seen, not measured"),
        "unit": _or_null(_text("UCUM unit, such as mm or deg; required with a value."), "no value"),
        "uncertainty": _or_null(uncertainty, "not known"),
        "method": _or_null(_text("How it was obtained, in a few words."), "not stated"),
        "place": _or_null(place, "no place"),
        "class": _or_null(_words("How the value stands against the threshold of a criterion.", EvidenceClass), "none"),
    }
    return {
        "description": "Something measured or seen at a place.",
        **_object(EVIDENCE_FIELDS, properties, EVIDENCE_REQUIRED),
        "if": {"properties": {"value": {"type": "number"}}, "required": ["value"]},
        "then": {"properties": {"unit": {"type": "string", "minLength": 1}}, "required": ["unit"]},
    }


def _object(
    names: Sequence[str], properties: Schema, required: Sequence[str] = (), defaults: Mapping[str, object] | None = None
) -> Schema:
    """Describe an object with these fields and no other; each optional one with its default, when that has meaning."""
    described = {}
    for name in names:
        is_optional = defaults is not None and name not in required
        described[name] = properties[name] | ({"default": _plain((defaults or {})[name])} if is_optional else {})
    asked = {"required": list(required)} if required else {}
    return {"type": "object", "properties": described, **asked, "additionalProperties": False}


def _plain(value: object) -> object:
    return str(value) if isinstance(value, str) else value


def _text(meaning: str) -> Schema:
    return {"description": meaning, "type": "string"}


def _name(meaning: str) -> Schema:
    return {**_text(meaning), "pattern": "\\S", "not": {"pattern": CONTROL_CHARACTERS}}


def _time(meaning: str) -> Schema:
    return {**_text(meaning), "pattern": f"^({TIME_PATTERN})?$", "not": {"pattern": CONTROL_CHARACTERS}}


def _flag(meaning: str) -> Schema:
    return {"description": meaning, "type": "boolean"}


def _count(meaning: str, minimum: int) -> Schema:
    return {"description": meaning, "type": "integer", "minimum": minimum}


def _words(meaning: str, kind: type[StrEnum]) -> Schema:
    return {"description": meaning, "enum": [str(word) for word in kind]}


def _threshold() -> Schema:
    meaning = (
        'Lowest unequivocal imaging grade taken as clinical ENE where UICC 9 leaves it open; 3 and "3" are the same.'
    )
    words = _words(meaning, ClinicalEneThreshold)
    return words | {"enum": words["enum"] + [int(word) for word in words["enum"] if word.isdigit()]}


def _list(meaning: str, item: str) -> Schema:
    return {"description": meaning, "type": "array", "items": {"$ref": f"#/$defs/{item}"}}


def _or_null(schema: Schema, meaning_of_null: str) -> Schema:
    """Allow null too and say what it means."""
    described = schema | {"description": f"{schema['description']} Null: {meaning_of_null}."}
    if "enum" in schema:
        return described | {"enum": [*schema["enum"], None]}
    return described | {"type": [schema["type"], "null"]}
