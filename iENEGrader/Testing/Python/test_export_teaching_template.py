"""The file that a teacher begins with: it adds nothing as it stands, and every line of it is right once it is used."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from HeadNeckNodesLib.drawing.png import png_bytes
from iENEGraderLib.export.teaching import notes
from iENEGraderLib.export.teaching.notes import NO_NOTES, PathologicalExtension, TeacherNotes, read_notes
from iENEGraderLib.export.teaching.notes_template import notes_template

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = re.compile(r"^# (?=\[|\w+ = )", re.MULTILINE)


@pytest.fixture
def a_filled_in_file(tmp_path: Path) -> TeacherNotes:
    """All entries in use, with a photograph beside the file."""
    text = ENTRY.sub("", notes_template()).replace("section.jpg", "section.png")
    (tmp_path / "teaching.toml").write_text(text, encoding="utf-8")
    (tmp_path / "section.png").write_bytes(a_photograph())
    return read_notes(tmp_path / "teaching.toml")


def a_photograph() -> bytes:
    """Return a small grey picture."""
    import numpy as np

    return png_bytes(np.full((8, 8), 90, np.uint8))


def test_as_it_stands_it_adds_nothing(tmp_path: Path) -> None:
    (tmp_path / "teaching.toml").write_text(notes_template(), encoding="utf-8")
    assert read_notes(tmp_path / "teaching.toml") == NO_NOTES


def test_every_line_is_right_once_its_mark_is_taken_away(a_filled_in_file: TeacherNotes) -> None:
    assert a_filled_in_file.history == "Three months of swelling.\n\nNever smoked."
    assert a_filled_in_file.pathology is not None
    assert a_filled_in_file.pathology.extension is PathologicalExtension.MINOR
    assert a_filled_in_file.pathology.extent_mm == 1.2
    assert a_filled_in_file.pathology.photo is not None
    assert [each.url[:8] for each in a_filled_in_file.references] == ["https://"]
    assert [each.answers[each.right] for each in a_filled_in_file.questions] == ["Internal jugular"]


def test_no_entry_that_can_be_read_is_missing() -> None:
    tables = {"": (*notes.TEXTS, "keywords"), "pathology": notes.PATHOLOGY_FIELDS,
              "reference": notes.REFERENCE_FIELDS, "question": notes.QUESTION_FIELDS}  # fmt: skip
    offered: dict[str, list[str]] = {"": []}
    table = ""
    for line in notes_template().splitlines():
        if found := re.match(r"# \[+(\w+)", line):
            table = found[1]
            offered[table] = []
        elif found := re.match(r"# (\w+) = ", line):
            offered[table].append(found[1])
    assert {name: tuple(fields) for name, fields in offered.items()} == tables
