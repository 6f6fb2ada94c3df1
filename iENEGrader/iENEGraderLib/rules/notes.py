"""Interpretations and cautions that stand beside a category; their wording and sources are data."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from iENEGraderLib.rules.basis import Basis, basis_of, read_table

if TYPE_CHECKING:
    from iENEGraderLib.rules.results import Trace


@cache
def notes() -> dict[str, Basis]:
    """Return all notes by their id."""
    return {row["id"]: basis_of(row, f"note.{row['id']}") for row in read_table("notes.toml")["note"]}


@cache
def principles() -> tuple[Basis, ...]:
    """Return the principles that the engine is built on and that stand beside no single result."""
    return tuple(basis_of(row, f"principle.{row['id']}") for row in read_table("notes.toml")["principle"])


def note(note_id: str, **values: object) -> Trace:
    """Return one note with its blanks filled in."""
    basis = notes()[note_id]
    return basis.trace(basis.text.format(**values))
