"""Reading rows of TOML tables strictly: what is missing, misspelt or of the wrong kind is refused, the row named."""

from __future__ import annotations

import math
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.toml_file import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterable

Word = TypeVar("Word", bound=StrEnum)


class Row:
    """One row of a table with the name under which errors speak of it.

    Parameters
    ----------
    values : keys and values as TOML gave them.
    where : file and row, as the user knows them, for example ``my.toml, criterion 'axial'``.
    """

    def __init__(self, values: Any, where: str) -> None:
        if not isinstance(values, dict):
            raise InputError(f"{where}: must be a table with keys, not {values!r}")
        self._values: dict[str, Any] = values
        self.where = where

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def allow_only(self, keys: Iterable[str]) -> None:
        """Refuse a key that nobody reads: it is most likely misspelt."""
        known = sorted(keys)
        unknown = sorted(set(self._values) - set(known))
        if unknown:
            raise InputError(f"{self.where}: unknown key {unknown[0]!r}; known keys are {', '.join(known)}")

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text that is not empty."""
        value = self._values.get(key, default)
        if not isinstance(value, str) or (not value.strip() and key in self._values):
            raise InputError(f"{self.where}: {key} must be a text in quotes, found {value!r}")
        return value

    def number(self, key: str) -> float:
        """Return a finite number that is not negative."""
        value = self._values.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
            raise InputError(f"{self.where}: {key} must be a number of 0 or more, found {value!r}")
        return float(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, empty when the key is absent."""
        value = self._values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) and each.strip() for each in value):
            raise InputError(f"{self.where}: {key} must be a list of texts, found {value!r}")
        return tuple(value)

    def flag(self, key: str) -> bool:
        """Return true or false, false when the key is absent."""
        value = self._values.get(key, False)
        if not isinstance(value, bool):
            raise InputError(f"{self.where}: {key} must be true or false, found {value!r}")
        return value

    def word(self, key: str, words: type[Word]) -> Word:
        """Return one of the words of an enumeration."""
        value = self._values.get(key)
        if value not in set(words):
            raise InputError(f"{self.where}: {key} must be one of {', '.join(words)}, found {value!r}")
        return words(value)

    def rows(self, key: str) -> tuple[Row, ...]:
        """Return the rows of a table in this row, each named by its id, key or number."""
        value = self._values.get(key, [])
        if not isinstance(value, list):
            raise InputError(f"{self.where}: {key} must be written as [[{key}]]")
        return tuple(Row(each, f"{self.where}, {key} {_name_of(each, i)}") for i, each in enumerate(value, start=1))

    def named(self, key: str) -> tuple[tuple[str, Row], ...]:
        """Return the sub-tables of a table, each with its name."""
        value = self._values.get(key, {})
        if not isinstance(value, dict):
            raise InputError(f"{self.where}: {key} must be a table, found {value!r}")
        return tuple((name, Row(each, f"{self.where}, {key}.{name}")) for name, each in value.items())

    def named_texts(self, key: str) -> tuple[tuple[str, str], ...]:
        """Return the names and texts of a table of texts."""
        value = self._values.get(key, {})
        if not isinstance(value, dict) or not all(isinstance(each, str) and each for each in value.values()):
            raise InputError(f"{self.where}: [{key}] must hold texts in quotes")
        return tuple(value.items())


def read_rows(path: str | Path) -> Row:
    """Read one TOML file; InputError when it cannot be opened or is not TOML."""
    source = Path(path)
    return Row(read_toml(source), source.name)


def own_table(name: str) -> Row:
    """Read one of the tables that come with this package."""
    return read_rows(Path(__file__).parent / name)


def _name_of(row: Any, number: int) -> str:
    name = (row.get("id") or row.get("key") or row.get("name")) if isinstance(row, dict) else None
    return repr(name) if isinstance(name, str) else f"number {number}"
