"""An empty file for the teacher to begin with, which says of every entry what it is."""

from __future__ import annotations

from pathlib import Path

TEMPLATE_FILE = Path(__file__).with_name("notes_template.toml")


def notes_template() -> str:
    """Return the text of the file; as it stands all of its entries are comments, so it adds nothing to a case."""
    return TEMPLATE_FILE.read_text(encoding="utf-8")
