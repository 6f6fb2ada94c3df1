"""Limits that a user may question: a number with its unit, meaning, source and confidence, kept in TOML tables."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.toml_file import read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Confidence(StrEnum):
    """How well a number is founded: published and read, published but second-hand, or a choice of this project."""

    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"


@dataclass(frozen=True)
class Preference:
    """One limit; `unit` is UCUM ("1" for a share)."""

    name: str
    value: float
    unit: str
    meaning: str
    source: str
    confidence: Confidence

    def __str__(self) -> str:
        """Text beside a result that used it."""
        number = f"{self.value:g} {'' if self.unit == '1' else self.unit}".rstrip()
        return f"{self.meaning}: {number} ({self.source}; confidence {self.confidence})"


@dataclass(frozen=True)
class Preferences:
    """All limits of one table."""

    rows: tuple[Preference, ...]

    def named(self, name: str) -> Preference:
        """Return one limit; KeyError when there is none of that name."""
        for row in self.rows:
            if row.name == name:
                return row
        raise KeyError(name)

    def value(self, name: str) -> float:
        """Return the number of one limit."""
        return self.named(name).value


@cache
def read_preferences(path: Path) -> Preferences:
    """Read a table of tables, one for each limit.

    Raises
    ------
    InputError
        When the file cannot be read, or a row lacks a field, has one too many, or holds no number: the row is named.
    """
    document = read_toml(path)
    return Preferences(tuple(_row(path.name, name, entry) for name, entry in document.items()))


def _row(file: str, name: str, entry: Mapping[str, Any]) -> Preference:
    needed = {field.name for field in fields(Preference)} - {"name"}
    if not isinstance(entry, dict) or set(entry) != needed:
        raise InputError(f"{file}: {name} has {sorted(entry)}; it needs {', '.join(sorted(needed))}")
    value = entry["value"]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{file}: {name} has the value {value!r}; expected a number")
    texts = [str(entry[key]).strip() for key in ("unit", "meaning", "source")]
    if not all(texts) or entry["confidence"] not in list(Confidence):
        raise InputError(f"{file}: {name} needs unit, meaning, source and a confidence of {', '.join(Confidence)}")
    return Preference(name, float(value), texts[0], texts[1], texts[2], Confidence(entry["confidence"]))
