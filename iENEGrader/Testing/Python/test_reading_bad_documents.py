"""A file that holds no reading document is refused with one line: file, field, what was found, what was expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.reading import FindingKind, load_reading, reading_from_json
from reading_builders import EXAMPLE, a_document

if TYPE_CHECKING:
    from pathlib import Path

EMPTY = "the file is empty; expected a reading document (hnn-reading/1)"
NO_JSON = "not readable as JSON (Expecting value, line 1, column 1); expected a reading document"
NO_OBJECT = "expected an object with named fields"
UNREADABLE_TEXTS = {
    "empty": ("", EMPTY),
    "only blanks": (" \n\t\n", EMPTY),
    "only a byte order mark": ("\ufeff", EMPTY),
    "truncated": (
        EXAMPLE[:57],
        "not readable as JSON (Unterminated string starting at, line 1, column 56); expected a reading document",
    ),
    "no JSON": ("Dear colleague", NO_JSON),
    "zero bytes": ("\0\0\0", NO_JSON),
    "a list": (f"[{EXAMPLE}]", f"found a list of lists or objects; {NO_OBJECT}"),
    "an empty list": ("[]", f"found []; {NO_OBJECT}"),
    "a number": ("12", f"found 12; {NO_OBJECT}"),
    "null": ("null", f"found null; {NO_OBJECT}"),
    "an empty object": ("{}", "schema: missing; this field is required"),
    "a field twice": (
        '{"schema": "hnn-reading/1", "T": "T1", "T": "T2"}',
        'the field "T" stands more than once in one object; keep one',
    ),
    "a finding twice": (
        EXAMPLE.replace('"muscle_invasion"', '"fat_spikes"'),
        'the field "fat_spikes" stands more than once in one object; keep one',
    ),
    "a strange field twice": ('{"\\n": 1, "\\n": 2}', r'the field "\n" stands more than once in one object; keep one'),
    "NaN": (
        EXAMPLE.replace("24.0", "NaN"),
        "nodes[0].greatest_dimension_mm: found NaN; expected a finite number",
    ),
    "a number beyond double precision": (
        EXAMPLE.replace("212.0", "1e400"),
        "nodes[0].evidence[0].value: found Infinity; expected a finite number",
    ),
    "a number of 5000 digits": (
        EXAMPLE.replace("24.0", "1" * 5000),
        "found a number with thousands of digits; expected numbers in mm and counts",
    ),
    "deeply nested": (
        "[" * 100_000,
        "found hundreds of nested brackets; expected a reading document (hnn-reading/1)",
    ),
}
REQUIRED = (
    "schema", "case_id", "T", "M", "nodes", "nodes[0].id", "nodes[0].side", "nodes[0].level",
    "nodes[0].evidence[0].kind", "nodes[0].evidence[0].place.ras_mm",
)  # fmt: skip
FIELDS = (
    "schema, case_id, reader, read_at, site, p16, ebv, untested_p16_as_negative, primary_side, T, M, "
    "metastatic_lesions, classification, clinical_ene, recent_biopsy, prior_treatment, cENE_imaging_threshold, "
    "nodes, signature"
)


@pytest.fixture
def a_file(tmp_path: Path) -> Path:
    return tmp_path / "case.json"


def refusal(document: object) -> str:
    with pytest.raises(InputError) as error:
        reading_from_json(document, "case.json")
    return str(error.value)


def refusal_of_file(path: Path) -> str:
    with pytest.raises(InputError) as error:
        load_reading(path)
    return str(error.value)


@pytest.mark.parametrize(("text", "message"), UNREADABLE_TEXTS.values(), ids=UNREADABLE_TEXTS.keys())
def test_a_file_that_holds_no_document_is_refused_with_the_reason(a_file: Path, text: str, message: str) -> None:
    a_file.write_text(text, encoding="utf-8")
    assert refusal_of_file(a_file) == f"{a_file}: {message}"


def test_a_binary_file_is_refused(a_file: Path) -> None:
    a_file.write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe")
    assert refusal_of_file(a_file) == f"{a_file}: not a text file; expected a reading document (JSON, UTF-8)"


def test_a_missing_file_is_named(a_file: Path) -> None:
    message = f"{a_file}: cannot be read (No such file or directory); expected a reading document"
    assert refusal_of_file(a_file) == message


def test_a_folder_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    message = f"{tmp_path}: cannot be read (Is a directory); expected a reading document"
    assert refusal_of_file(tmp_path) == message


def test_a_file_that_cannot_be_opened_is_refused_with_the_reason_of_the_system(a_file: Path) -> None:
    a_file.symlink_to(a_file)
    assert refusal_of_file(a_file).startswith(f"{a_file}: cannot be read (Too many levels of symbolic links")


@pytest.mark.parametrize("path", REQUIRED)
def test_a_required_field_that_is_missing_is_named(path: str) -> None:
    assert refusal(a_document(path)) == f"case.json: {path}: missing; this field is required"


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("stage", "site"),
        ("t", "T"),
        ("Primary_Side", "primary_side"),
        ("nodes[0].segment", "segment_id"),
        ("nodes[0].findings.fat_spike", "fat_spikes"),
        ("nodes[0].findings.jugular_thrombosis", "jugular_thrombus"),
        ("nodes[0].evidence[0].units", "unit"),
        ("nodes[0].evidence[0].place.lps_mm", "ras_mm"),
    ],
)
def test_an_unknown_field_is_refused_with_the_nearest_known_one(path: str, meant: str) -> None:
    assert refusal(a_document(path, "absent")) == f'case.json: {path}: unknown field (did you mean "{meant}"?)'


@pytest.mark.parametrize(
    ("path", "known"),
    [("x", FIELDS), ("nodes[0].findings.x", ", ".join(FindingKind)), ("nodes[0].evidence[0].place.x", "ras_mm")],
)
def test_an_unknown_field_without_a_near_one_is_refused_with_all_known_ones(path: str, known: str) -> None:
    assert refusal(a_document(path, "absent")) == f"case.json: {path}: unknown field; expected one of {known}"


def test_an_unknown_field_with_a_strange_name_does_not_break_the_line() -> None:
    named = r"two\nlines\u2028\ud800"
    document = a_document() | {"two\nlines\u2028\ud800": 1}
    assert refusal(document) == f"case.json: {named}: unknown field; expected one of {FIELDS}"


def test_an_unknown_field_with_a_long_name_is_cut_short() -> None:
    assert f"case.json: {'x' * 57}...: unknown field" in refusal(a_document() | {"x" * 100_000: 1})
