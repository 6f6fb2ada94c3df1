"""Every wrong value in a document is refused with one line: file, field, what was found and what was expected."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.reading import reading_from_json, reading_from_text
from reading_builders import EXAMPLE, a_document

SITES = (
    "oropharynx, nasopharynx, salivary_gland, oral_cavity, hypopharynx, larynx, nasal_cavity_and_sinuses, "
    "unknown_primary, skin"
)
LEVELS = "IA, IB, IIA, IIB, III, IV, VA, VB, VI, VII, retropharyngeal, parotid, supraclavicular, facial, other"
T_CATEGORIES = "one of TX, T0, Tis, T1, T2, T3, T4, T4a, T4b"
A_NAME = "a name that is not empty, on one line"
A_TIME = "a date and time with its time zone, such as 2026-11-22T10:00:00Z"
A_COUNT = "a whole number from 1"
A_SIZE = "millimetres, above 0 and at most 300"
A_NUMBER = "a finite number"
A_PLACE = "a list of 3 finite numbers"
AN_OBJECT = "an object with named fields"
A_FLAG = "true or false"

WRONG_VALUES = [
    # the contract itself
    ("schema", "hnn-reading/2", '"hnn-reading/1"; a later version of HeadNeckNodes may have written this document'),
    ("schema", 1, "text"),
    # words
    ("site", "oropharinx", f'one of {SITES} (did you mean "oropharynx"?)'),
    ("site", "Larynx", f'one of {SITES} (did you mean "larynx"?)'),
    ("site", "knee", f"one of {SITES}"),
    ("site", 3, f"one of {SITES}"),
    ("p16", None, "one of positive, negative, unknown"),
    ("ebv", "pos", "one of positive, negative, unknown"),
    ("primary_side", "rigth", 'one of right, left, midline (did you mean "right"?)'),
    ("T", "t2", f'{T_CATEGORIES} (did you mean "T2"?)'),
    ("T", None, T_CATEGORIES),
    ("M", "m1A", 'one of M0, M1, M1a, M1b (did you mean "M1a"?)'),
    ("M", "MX", "one of M0, M1, M1a, M1b"),
    ("M", "", "one of M0, M1, M1a, M1b"),
    ("classification", "clinic", 'one of clinical, pathological (did you mean "clinical"?)'),
    ("recent_biopsy", True, "one of yes, no, unknown"),
    ("prior_treatment", "done", "one of yes, no, unknown"),
    ("cENE_imaging_threshold", 4, "one of 3, 2, 1, never"),
    ("cENE_imaging_threshold", True, "one of 3, 2, 1, never"),
    ("cENE_imaging_threshold", 2.5, "one of 3, 2, 1, never"),
    ("cENE_imaging_threshold", None, "one of 3, 2, 1, never"),
    ("nodes[0].side", "", "one of right, left, midline"),
    ("nodes[0].side", "Left", 'one of right, left, midline (did you mean "left"?)'),
    ("nodes[0].level", "IIa", f'one of {LEVELS} (did you mean "IIA"?)'),
    ("nodes[0].level", None, f"one of {LEVELS}"),
    ("nodes[0].findings.fat_spikes", "yes", "one of absent, equivocal, unequivocal"),
    (
        "nodes[0].findings.fat_spikes",
        "unequivical",
        'one of absent, equivocal, unequivocal (did you mean "unequivocal"?)',
    ),
    ("nodes[0].findings.fat_spikes", None, "one of absent, equivocal, unequivocal"),
    ("nodes[0].evidence[0].class", "encased", "one of met, not_met, indeterminate, not_assessable"),
    # names, texts and times
    ("case_id", " ", A_NAME),
    ("case_id", "a\nb", A_NAME),
    ("case_id", 7, "text"),
    ("reader", None, "text"),
    ("reader", ["R1", "R2"], "text"),
    ("nodes[0].id", "", A_NAME),
    ("nodes[0].segment_id", 1, "text"),
    ("nodes[0].evidence[0].kind", " ", A_NAME),
    ("nodes[0].evidence[0].structure", False, "text"),
    ("read_at", "yesterday", A_TIME),
    ("read_at", "2026-02-30T10:00:00Z", A_TIME),
    ("read_at", "2026-11-22T25:00:00Z", A_TIME),
    ("read_at", "2026-11-22T10:00:00", A_TIME),
    ("read_at", "2026-11-22", A_TIME),
    ("read_at", "2026-W47-7T10:00Z", A_TIME),
    ("read_at", "2026-11-22 10:00Z", A_TIME),
    ("read_at", "2026-11-22T10:00Z\n", A_TIME),
    ("read_at", 1763805600, "text"),
    # yes or no
    ("clinical_ene", "no", A_FLAG),
    ("untested_p16_as_negative", 1, A_FLAG),
    ("untested_p16_as_negative", None, A_FLAG),
    ("nodes[0].extends_below_cricoid", 0, A_FLAG),
    # counts
    ("nodes[0].count", True, A_COUNT),
    ("nodes[0].count", 0, A_COUNT),
    ("nodes[0].count", 1.5, A_COUNT),
    ("nodes[0].count", "1", A_COUNT),
    ("nodes[0].count", None, A_COUNT),
    ("nodes[0].count", math.inf, A_COUNT),
    ("metastatic_lesions", -1, "a whole number from 0"),
    # sizes and other numbers
    ("nodes[0].greatest_dimension_mm", -24, A_SIZE),
    ("nodes[0].greatest_dimension_mm", 0, A_SIZE),
    ("nodes[0].greatest_dimension_mm", 300.5, A_SIZE),
    ("nodes[0].greatest_dimension_mm", 2400.0, A_SIZE),
    ("nodes[0].greatest_dimension_mm", True, A_NUMBER),
    ("nodes[0].greatest_dimension_mm", "24 mm", A_NUMBER),
    ("nodes[0].greatest_dimension_mm", math.nan, A_NUMBER),
    ("nodes[0].greatest_dimension_mm", -math.inf, A_NUMBER),
    ("nodes[0].evidence[0].value", math.nan, A_NUMBER),
    ("nodes[0].evidence[0].value", "212", A_NUMBER),
    ("nodes[0].evidence[0].uncertainty", -3, "a number from 0"),
    ("nodes[0].evidence[0].place.ras_mm", [1, 2], A_PLACE),
    ("nodes[0].evidence[0].place.ras_mm", [1, 2, None], A_PLACE),
    ("nodes[0].evidence[0].place.ras_mm", [1, 2, 3, 4], A_PLACE),
    ("nodes[0].evidence[0].place.ras_mm", [1, 2, 3, "4"], A_PLACE),
    ("nodes[0].evidence[0].place.ras_mm", [1, 2, math.nan], A_PLACE),
    ("nodes[0].evidence[0].place.ras_mm", "1 2 3", "a list"),
    # shapes
    ("nodes", "N1", "a list"),
    ("nodes[0]", "N1", AN_OBJECT),
    ("nodes[0]", None, AN_OBJECT),
    ("nodes[0].findings", ["fat_spikes"], AN_OBJECT),
    ("nodes[0].findings", None, AN_OBJECT),
    ("nodes[0].evidence", None, "a list"),
    ("nodes[0].evidence[0]", 212, AN_OBJECT),
    ("nodes[0].evidence[0].place", [1, 2, 3], AN_OBJECT),
]

# Values that are not shown as they stand: they are too long, would break the line, or hold too much.
WRONG_VALUES_SHOWN_IN_SHORT = [
    ("nodes", {"N1": 24}, "an object", "a list"),
    ("nodes[0].evidence[0].place.ras_mm", [[1], [2], [3]], "a list of lists or objects", A_PLACE),
    ("nodes[0].evidence[0].place.ras_mm", [{}], "a list of lists or objects", A_PLACE),
    ("nodes[0].greatest_dimension_mm", 10**400, "1" + "0" * 56 + "...", A_NUMBER),
    ("nodes[0].evidence[0].place.ras_mm", [0, 0, 10**400], "[0, 0, 1" + "0" * 49 + "...", A_PLACE),
    ("case_id", "\n" * 10_000, '"' + r"\n" * 28 + "...", A_NAME),
    ("case_id", "a\u2028b", r'"a\u2028b"', A_NAME),
    ("case_id", "a\u00a0b", r'"a\xa0b"', A_NAME),
    ("case_id", "soft\u00adhyphen", r'"soft\xadhyphen"', A_NAME),
    ("reader", "\ud800", r'"\ud800"', "whole characters (half a surrogate pair cannot be written to a file)"),
]


def refusal(document: object) -> str:
    with pytest.raises(InputError) as error:
        reading_from_json(document, "case.json")
    message = str(error.value)
    assert message.isprintable()
    return message


@pytest.mark.parametrize(("path", "value", "expected"), WRONG_VALUES, ids=str)
def test_a_wrong_value_is_named_with_its_place_and_what_was_expected(path: str, value: Any, expected: str) -> None:
    found = json.dumps(value)
    assert refusal(a_document(path, value)) == f"case.json: {path}: found {found}; expected {expected}"


@pytest.mark.parametrize(
    ("path", "value", "found", "expected"),
    WRONG_VALUES_SHOWN_IN_SHORT,
    ids=[f"{path}: {found!a}" for path, _, found, _ in WRONG_VALUES_SHOWN_IN_SHORT],
)
def test_a_value_that_would_break_the_line_is_shown_in_short(path: str, value: Any, found: str, expected: str) -> None:
    assert refusal(a_document(path, value)) == f"case.json: {path}: found {found}; expected {expected}"


def test_a_value_nested_as_deep_as_json_can_be_read_does_not_break_the_message() -> None:
    for depth in range(800, 1000):
        text = EXAMPLE.replace('"R1"', "[" * depth + "]" * depth)
        with pytest.raises(InputError, match=r"^case.json: (reader: found a list of lists|found hundreds of nested)"):
            reading_from_text(text, "case.json")


@pytest.mark.parametrize("unit", [None, ""])
def test_a_value_without_its_unit_is_refused(unit: str | None) -> None:
    message = "case.json: nodes[0].evidence[0].unit: missing; a value without its unit cannot be used"
    assert refusal(a_document("nodes[0].evidence[0].unit", unit)) == message
    assert refusal(a_document("nodes[0].evidence[0].unit")) == message


def test_two_nodes_with_one_id_are_refused() -> None:
    node = a_document()["nodes"][0]
    document = a_document("nodes", [node, node | {"id": "N2"}, node])
    assert refusal(document) == 'case.json: nodes[2].id: "N1" stands twice; give every node its own id'


@pytest.mark.parametrize(
    ("m", "lesions", "expected"),
    [
        ("M0", 1, "0 or null with M0"),
        ("M1a", 4, "at most 3 with M1a"),
        ("M1b", 3, "more than 3 with M1b"),
    ],
)
def test_metastatic_lesions_that_contradict_m_are_refused(m: str, lesions: int, expected: str) -> None:
    document = a_document("M", m) | {"metastatic_lesions": lesions}
    assert refusal(document) == f"case.json: metastatic_lesions: found {lesions}; expected {expected}"


@pytest.mark.parametrize(
    ("m", "lesions"),
    [
        ("M0", 0),
        ("M0", None),
        ("M1", 0),
        ("M1", 1),
        ("M1", 9),
        ("M1a", 0),
        ("M1a", 3),
        ("M1a", None),
        ("M1b", 0),
        ("M1b", 4),
    ],
)
def test_metastatic_lesions_that_fit_m_are_taken(m: str, lesions: int | None) -> None:
    document = a_document("M", m) | {"metastatic_lesions": lesions}
    assert reading_from_json(document).metastatic_lesions == lesions


def test_the_bad_documents_are_bad_by_their_one_change_only() -> None:
    assert reading_from_json(a_document()).case_id == "X1"
