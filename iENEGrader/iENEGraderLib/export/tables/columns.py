"""The columns of the CSV file: name, meaning and unit of each, from one table that the documentation shows as well."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iENEGraderLib.reading import FindingKind
from iENEGraderLib.rules.criteria import criterion
from iENEGraderLib.rules.table_reader import editions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from iENEGraderLib.rules import Edition

COLUMNS_FILE = Path(__file__).with_name("columns.toml")


class Part(StrEnum):
    """To which part of a row a column belongs; parts follow each other in this order."""

    CASE = "case"
    EDITION = "edition"
    NODE = "node"
    FINDING = "finding"
    MEASUREMENT = "measurement"
    REST = "rest"


class Beside(StrEnum):
    """What may stand beside a measured value."""

    UNCERTAINTY = "uncertainty"
    CLASS = "class"
    OF = "of"
    METHOD = "method"


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes
    ----------
    unit : UCUM code; empty for words.
    """

    name: str
    meaning: str
    unit: str
    part: Part


@dataclass(frozen=True)
class MeasuredColumn:
    """A kind of evidence and the columns that it fills.

    Attributes
    ----------
    kind : of the evidence.
    unit : UCUM code of its values; empty when it has none.
    is_least : whether the least of several values stands in the column, not the greatest.
    beside : further columns, named ``<name>_<beside>``.
    """

    kind: str
    name: str
    meaning: str
    unit: str
    is_least: bool
    beside: tuple[Beside, ...]

    def columns(self) -> Iterator[Column]:
        """Return the column of the value, where the kind has values, and those beside it."""
        if self.unit:
            yield Column(self.name, self.meaning, self.unit, Part.MEASUREMENT)
        texts = {
            Beside.UNCERTAINTY: (f"{self.meaning}: expected error", self.unit),
            Beside.CLASS: (f"{self.meaning}: against the threshold of the criterion", ""),
            Beside.OF: (f"{self.meaning}: structure or node that is meant", ""),
            Beside.METHOD: (f"{self.meaning}: how it was computed, in words", ""),
        }
        for each in self.beside:
            meaning, unit = texts[each]
            yield Column(f"{self.name}_{each}", meaning, unit, Part.MEASUREMENT)


def finding_column(kind: FindingKind) -> str:
    """Name of the column of a finding."""
    return f"finding_{kind}"


def edition_column(stem: str, edition: Edition) -> str:
    """Name of a column of an edition, such as ``n_uicc9``."""
    return f"{stem}_{edition.lower()}"


@cache
def measured_columns() -> tuple[MeasuredColumn, ...]:
    """Return which kinds of evidence have columns, in the order of the file."""
    return tuple(_measured(row) for row in _table()["measurement"])


@cache
def columns() -> tuple[Column, ...]:
    """Return all columns in the order of the file.

    Raises
    ------
    ValueError
        When the table is wrong; it names the row.
    """
    table = _table()
    found = [_column(row, Part.CASE) for row in table["case"]]
    found += [_of_edition(row, each.edition, each.title) for each in editions() for row in table["edition"]]
    found += [_column(row, Part.NODE) for row in table["node"]]
    found += [_of_finding(kind) for kind in FindingKind]
    found += [column for each in measured_columns() for column in each.columns()]
    found += [_column(row, Part.REST) for row in table["rest"]]
    names = [each.name for each in found]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ValueError(f"{COLUMNS_FILE.name}: columns named twice: {', '.join(repeated)}")
    return tuple(found)


def _table() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads(COLUMNS_FILE.read_text(encoding="utf-8"))


def _column(row: Mapping[str, Any], part: Part) -> Column:
    _require(row, needed=("name", "meaning"), allowed=("name", "meaning", "unit"))
    return Column(row["name"], row["meaning"], row.get("unit", ""), part)


def _of_edition(row: Mapping[str, Any], edition: Edition, title: str) -> Column:
    pattern = _column(row, Part.EDITION)
    return Column(pattern.name.format(edition=edition.lower()), pattern.meaning.format(title=title), "", Part.EDITION)


def _of_finding(kind: FindingKind) -> Column:
    meaning = f"{criterion(kind).title}: absent, equivocal, unequivocal; empty when not assessed"
    return Column(finding_column(kind), meaning, "", Part.FINDING)


def _measured(row: Mapping[str, Any]) -> MeasuredColumn:
    fields = ("kind", "name", "meaning", "unit", "which", "with")
    _require(row, needed=fields, allowed=fields)
    if row["which"] not in ("greatest", "least"):
        raise ValueError(f"{COLUMNS_FILE.name}: {row['name']}: which is {row['which']!r}, expected greatest or least")
    beside = tuple(Beside(each) for each in row["with"])
    return MeasuredColumn(row["kind"], row["name"], row["meaning"], row["unit"], row["which"] == "least", beside)


def _require(row: Mapping[str, Any], needed: Sequence[str], allowed: Sequence[str]) -> None:
    if not set(needed) <= set(row) <= set(allowed):
        name = row.get("name", "a row without name")
        raise ValueError(f"{COLUMNS_FILE.name}: {name}: found {sorted(row)}, expected {sorted(needed)}")
