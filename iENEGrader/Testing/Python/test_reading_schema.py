"""The published schema and the program agree on every document, and the page names every word."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from HeadNeckNodesLib.errors import InputError
from hypothesis import given, settings
from hypothesis import strategies as st
from iENEGraderLib.reading import Reading, reading_from_json, reading_from_text, reading_to_json, reading_to_text
from iENEGraderLib.reading import vocabulary as words
from iENEGraderLib.reading.mark import MARK_FIELDS
from iENEGraderLib.reading.schema import reading_schema
from iENEGraderLib.reading.serialization import EVIDENCE_FIELDS, NODE_FIELDS, READING_FIELDS, SIGNATURE_FIELDS
from reading_builders import EXAMPLE, a_document, readings

ROOT = Path(__file__).resolve().parents[3]
SCHEMA_FILE = ROOT / "Docs" / "schema" / "hnn-reading-1.schema.json"
PAGE = ROOT / "Docs" / "reading-document.md"
SCRIPT = ROOT / "scripts" / "make_schema.py"
VALIDATOR = jsonschema.Draft202012Validator(reading_schema())
VOCABULARY = [kind for kind in vars(words).values() if isinstance(kind, type) and StrEnum in kind.__bases__]
ALL_WORDS = [str(word) for kind in VOCABULARY for word in kind]
# What the program refuses and a schema cannot: see BEYOND_THE_SCHEMA.
BEYOND = re.compile(
    r"stands twice; give every (node|mark)"
    r"|points; expected \d for a "
    r"|expected a direction"
    r"|metastatic_lesions: found \S+; expected (0 or null|at most 3|more than 3) "
    r"|expected (a finite number|a list of 3 finite numbers)"
    r"|expected a date and time"
    r"|expected a name that is not empty, on one line"
)
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 400),
    st.sampled_from([1.0, 2.0, 0.5, 1e300, 10**400, -0.0]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=4),
    st.sampled_from([*ALL_WORDS, "2026-02-30T10:00:00Z", "2026-11-22T10:00:00+01:00", "2026-11-22T10:00:00Z\n"]),
    st.just([]),
    st.just({}),
    st.just([1.0, 2.0, 3.0]),
)


def places_in(value: Any) -> list[tuple[Any, Any]]:
    """Every container in a document with every name or index in it."""
    if not isinstance(value, dict | list):
        return []
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    return [(value, key) for key in keys] + [place for key in keys for place in places_in(value[key])]


def refusal_of(document: object) -> str | None:
    try:
        reading_from_json(document, "case.json")
    except InputError as error:
        return str(error)
    return None


def check_that_schema_and_program_agree_on(document: object) -> None:
    message = refusal_of(document)
    if VALIDATOR.is_valid(document):
        assert message is None or BEYOND.search(message)
    else:
        assert message is not None
    assert message is None or message.isprintable()


@pytest.fixture(scope="module")
def the_page() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_the_schema_is_itself_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(reading_schema())


def test_the_schema_names_the_fields_of_the_contract_in_their_order() -> None:
    schema = reading_schema()
    assert tuple(schema["properties"]) == READING_FIELDS
    assert tuple(schema["$defs"]["node"]["properties"]) == NODE_FIELDS
    assert tuple(schema["$defs"]["evidence"]["properties"]) == EVIDENCE_FIELDS
    assert tuple(schema["$defs"]["mark"]["properties"]) == MARK_FIELDS
    assert tuple(schema["properties"]["signature"]["properties"]) == SIGNATURE_FIELDS
    assert list(schema["$defs"]["node"]["properties"]["findings"]["properties"]) == list(words.FindingKind)


def test_every_field_has_a_description_that_ends_as_a_sentence() -> None:
    schema = reading_schema()
    for described in (schema, *schema["$defs"].values()):
        for name, field in described["properties"].items():
            assert field["description"].endswith("."), name


def test_the_defaults_of_the_schema_are_those_of_the_program() -> None:
    schema = reading_schema()
    node = {"id": "N1", "side": "left", "level": "III"}
    smallest = {"schema": "hnn-reading/1", "case_id": "X1", "T": "T1", "M": "M0", "nodes": [node]}
    filled = {key: field["default"] for key, field in schema["properties"].items() if "default" in field}
    fields_of_node = schema["$defs"]["node"]["properties"].items()
    filled_node = {key: field["default"] for key, field in fields_of_node if "default" in field}
    written = reading_to_json(reading_from_json(smallest))
    # What nobody drew or signed is left out.
    del filled["signature"], filled_node["marks"]
    assert written == smallest | filled | {"nodes": [node | filled_node]}


def test_the_example_passes_the_schema() -> None:
    assert [error.message for error in VALIDATOR.iter_errors(json.loads(EXAMPLE))] == []


@settings(deadline=None, max_examples=100)
@given(readings())
def test_every_valid_reading_passes_the_schema_and_comes_back_the_same(reading: Reading) -> None:
    text = reading_to_text(reading)
    VALIDATOR.validate(json.loads(text))
    assert reading_from_text(text) == reading
    assert reading_to_text(reading_from_text(text)) == text


@settings(deadline=None, max_examples=200)
@given(readings(), st.data())
def test_a_document_with_any_value_replaced_is_taken_or_refused_by_both(reading: Reading, data: st.DataObject) -> None:
    document = json.loads(reading_to_text(reading))
    container, key = data.draw(st.sampled_from(places_in(document)))
    container[key] = data.draw(JUNK)
    check_that_schema_and_program_agree_on(document)


def test_a_document_with_any_field_or_item_removed_is_taken_or_refused_by_both() -> None:
    refused = 0
    for index in range(len(places_in(a_document()))):
        document = a_document()
        container, key = places_in(document)[index]
        del container[key]
        check_that_schema_and_program_agree_on(document)
        refused += not VALIDATOR.is_valid(document)
    # five fields of the case, three of the node, kind, unit and ras_mm of the evidence, three coordinates
    assert refused == 14


def test_a_document_with_an_unknown_field_anywhere_is_refused_by_both() -> None:
    document = a_document()
    objects = [
        document,
        *(container[key] for container, key in places_in(document) if isinstance(container[key], dict)),
    ]
    assert len(objects) == 5
    for each in objects:
        before = copy.copy(each)
        each["unheard_of"] = None
        assert not VALIDATOR.is_valid(document)
        assert ": unknown field; expected one of " in str(refusal_of(document))
        each.clear()
        each.update(before)


@pytest.mark.parametrize("word", [str(word) for word in words.FindingKind])
def test_every_finding_is_taken_by_both(word: str) -> None:
    document = a_document(f"nodes[0].findings.{word}", "absent")
    assert VALIDATOR.is_valid(document)
    assert refusal_of(document) is None


NODE_TWICE = a_document("nodes", a_document()["nodes"] * 2)


@pytest.mark.parametrize(
    "document",
    [
        NODE_TWICE,
        a_document("metastatic_lesions", 1),
        a_document("nodes[0].evidence[0].value", 10**400),
        a_document("read_at", "2026-02-30T10:00:00Z"),
        a_document("case_id", "soft\u00adhyphen"),
    ],
    ids=["two nodes with one id", "M0 with lesions", "no double", "no such day", "invisible letter"],
)
def test_what_a_schema_cannot_say_is_refused_by_the_program_alone(document: object) -> None:
    assert VALIDATOR.is_valid(document)
    assert BEYOND.search(str(refusal_of(document)))


def test_schema_file_and_page_are_up_to_date() -> None:
    assert json.loads(SCHEMA_FILE.read_text(encoding="utf-8")) == reading_schema()
    environment = {"PYTHONPATH": str(ROOT / "iENEGrader"), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--check"], capture_output=True, text=True, check=False, env=environment
    )
    assert (done.stdout + done.stderr, done.returncode) == ("", 0)


def test_the_vocabulary_is_the_thirteen_lists_of_the_contract() -> None:
    assert len(VOCABULARY) == 13


@pytest.mark.parametrize("word", ALL_WORDS)
def test_the_page_names_every_word(the_page: str, word: str) -> None:
    assert f'`"{word}"`' in the_page or f"`{word}`" in the_page


def test_the_example_of_the_page_is_the_one_tested_here(the_page: str) -> None:
    example = re.search(r"```json\n(.*?)\n```", the_page, re.DOTALL)
    assert example
    assert example.group(1) == EXAMPLE


def test_the_error_shown_on_the_page_is_what_the_program_says(the_page: str) -> None:
    assert str(refusal_of(a_document("nodes[0].level", "IIa"))) in the_page
