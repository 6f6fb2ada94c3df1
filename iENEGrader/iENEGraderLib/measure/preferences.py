"""Thresholds that no publication gives: named, with a remark, changeable, and shown wherever they were used."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.toml_file import read_toml

from iENEGraderLib.measure.units import shown_unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PREFERENCES_FILE = Path(__file__).with_name("preferences.toml")
MOST_VALUE = 1000.0
"""No length, angle, share or difference in HU of a neck is larger."""


@dataclass(frozen=True)
class Preference:
    """One threshold.

    Attributes
    ----------
    name : ``part.name``, as it stands in the table.
    value, unit : number and UCUM unit ("1" for shares, "deg" for angles).
    meaning : what is compared with it.
    remark : where it comes from.
    is_default : False when a user changed it.
    """

    name: str
    value: float
    unit: str
    meaning: str
    remark: str
    is_default: bool = True

    def __str__(self) -> str:
        """Text beside a result that used it."""
        unit = shown_unit(self.unit)
        value = f"{self.value:g} {unit}".rstrip()
        changed = "" if self.is_default else ", changed by the user"
        return f"{self.meaning}: {value} ({self.remark}{changed})"


@dataclass(frozen=True)
class Preferences:
    """All thresholds by name."""

    rows: tuple[Preference, ...]

    def named(self, name: str) -> Preference:
        """Return one threshold; KeyError when there is none of that name."""
        for row in self.rows:
            if row.name == name:
                return row
        raise KeyError(name)

    def value(self, name: str) -> float:
        """Return the number of one threshold."""
        return self.named(name).value

    def of(self, part: str) -> tuple[Preference, ...]:
        """Return the thresholds of one part (``spikes``, say), to be shown with its results."""
        return tuple(row for row in self.rows if row.name.startswith(f"{part}."))

    def changed(self, values: Mapping[str, float], source: str = "preferences") -> Preferences:
        """Return a copy with other numbers.

        Raises
        ------
        InputError
            When a name is not known or a value is no number of the allowed range.
        """
        known = {row.name for row in self.rows}
        for name, value in values.items():
            if name not in known:
                raise InputError(f"{source}: there is no preference {name!r}; there are {', '.join(sorted(known))}")
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST_VALUE:
                raise InputError(f"{source}: {name} is {value!r}: give a number from 0 to {MOST_VALUE:g}")
        return Preferences(tuple(_changed(row, values) for row in self.rows))


def _changed(row: Preference, values: Mapping[str, float]) -> Preference:
    value = float(values.get(row.name, row.value))
    is_default = row.is_default and value == row.value
    return Preference(row.name, value, row.unit, row.meaning, row.remark, is_default)


@cache
def default_preferences() -> Preferences:
    """Return the thresholds that the project ships."""
    return Preferences(tuple(_rows(read_toml(PREFERENCES_FILE))))


def load_preferences(path: str | Path) -> Preferences:
    """Read a user's own numbers: a TOML file with a table per part and ``name = number`` for those to change.

    Raises
    ------
    InputError
        When the file cannot be read, or names something unknown.
    """
    path = Path(path)
    values: dict[str, Any] = {}
    for part, entries in read_toml(path).items():
        if not isinstance(entries, dict):
            raise InputError(f"{path.name}: {part!r} is no table; write [part] and below it name = number")
        values |= {f"{part}.{name}": value for name, value in entries.items()}
    return default_preferences().changed(values, path.name)


def _rows(document: Mapping[str, Any]) -> Iterable[Preference]:
    allowed = {field.name for field in fields(Preference)} - {"name", "is_default"}
    for part, entries in document.items():
        for name, entry in entries.items():
            if set(entry) != allowed:
                raise InputError(f"{PREFERENCES_FILE.name}: {part}.{name} has {sorted(entry)}, needs {sorted(allowed)}")
            yield Preference(f"{part}.{name}", float(entry["value"]), entry["unit"], entry["meaning"], entry["remark"])
