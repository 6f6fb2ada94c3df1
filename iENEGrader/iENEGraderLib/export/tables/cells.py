"""Cells of a CSV file."""

from __future__ import annotations

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
GUARD = "'"


def number(value: float | None) -> str:
    """Return the shortest text that gives the same number, and no grouping; empty for none."""
    return "" if value is None else repr(value) if value != int(value) else str(int(value))


def guarded(text: str) -> str:
    """Keep a spreadsheet from running a reader's text as a formula, wherever it would look for one."""
    return f"{GUARD}{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text
