"""Arterial input functions as CSV files whose header states columns and units."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.files import write_text_atomically

from PWIProtocolLib.kinetics.aif_curve import AifCurve, checked_aif
from PWIProtocolLib.kinetics.aif_population import DEFAULT_HEMATOCRIT, checked_hematocrit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

SECONDS_PER_UNIT: Mapping[str, float] = {"s": 1.0, "min": 60.0, "ms": 1e-3}
MM_PER_UNIT: Mapping[str, float] = {"mM": 1.0, "mmol/L": 1.0, "mmol/l": 1.0, "M": 1e3, "mol/L": 1e3, "uM": 1e-3}
HEADER = "time (s)", "plasma concentration (mM)"
COLUMN = re.compile(r"^(?P<words>[A-Za-z ]+?)\s*[\(\[](?P<unit>[^\)\]]+)[\)\]]$")
MOST_BYTES = 10_000_000


@dataclass(frozen=True)
class Column:
    """A column of the file: what it holds and in which unit."""

    words: str
    unit: str
    index: int


def write_aif_csv(path: str | Path, time_s: ArrayLike, aif_mM: ArrayLike) -> None:
    """Write a curve of plasma concentration with ``time (s),plasma concentration (mM)`` as its first line."""
    curve = checked_aif(time_s, aif_mM)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows((repr(float(t)), repr(float(c))) for t, c in zip(curve.time_s, curve.aif_mM, strict=True))
    write_text_atomically(path, text.getvalue())


def read_aif_csv(path: str | Path, hematocrit: float = DEFAULT_HEMATOCRIT) -> AifCurve:
    """Read a curve: two columns, named ``time (UNIT)`` and ``plasma|blood concentration (UNIT)`` in the first line.

    Parameters
    ----------
    path : comma-, semicolon- or tab-separated text.
    hematocrit : used when the file holds blood concentration.

    Raises
    ------
    InputError
        When units are missing or unknown, it is not said whether blood or plasma is meant, or a row holds no numbers.
    """
    path = Path(path)
    return aif_of_rows(_rows(path), path.name, hematocrit)


def aif_of_rows(rows: list[list[str]], name: str, hematocrit: float = DEFAULT_HEMATOCRIT) -> AifCurve:
    """Return the curve that lines of cells hold, the first of them the header; see :func:`read_aif_csv`.

    Parameters
    ----------
    name : of the table, for messages.

    Raises
    ------
    InputError
        As :func:`read_aif_csv`.
    """
    share = checked_hematocrit(hematocrit)
    time, concentration = _columns(name, rows[0])
    seconds = _values(name, rows, time) * _factor(name, time, SECONDS_PER_UNIT)
    curve = _values(name, rows, concentration) * _factor(name, concentration, MM_PER_UNIT)
    if "blood" in concentration.words:
        curve = curve / (1.0 - share)
    return checked_aif(seconds, curve, name)


def _rows(path: Path) -> list[list[str]]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path.name}: is larger than 10 MB; this is no table of one curve")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name}: cannot be read as text ({error})") from error
    first = text.partition("\n")[0]
    separator = next((mark for mark in ("\t", ";") if mark in first), ",")
    rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=separator) if any(row)]
    if len(rows) < 2:
        raise InputError(f"{path.name}: holds no curve; expected a line '{','.join(HEADER)}' and numbers below it")
    return rows


def _columns(name: str, header: list[str]) -> tuple[Column, Column]:
    columns = [
        Column(found["words"].lower(), found["unit"].strip(), index)
        for index, cell in enumerate(header)
        if (found := COLUMN.match(cell))
    ]
    times = [column for column in columns if column.words == "time"]
    curves = [c for c in columns if c.words in ("plasma concentration", "blood concentration")]
    if len(times) != 1 or len(curves) != 1:
        raise InputError(
            f"{name}: first line is {', '.join(header)!r}; expected one column 'time (s)' and one "
            "'plasma concentration (mM)' or 'blood concentration (mM)': name both and their units"
        )
    return times[0], curves[0]


def _factor(name: str, column: Column, units: Mapping[str, float]) -> float:
    if column.unit not in units:
        raise InputError(f"{name}: unit {column.unit!r} of {column.words!r} is not known; expected {', '.join(units)}")
    return units[column.unit]


def _values(name: str, rows: list[list[str]], column: Column) -> NDArray[np.float64]:
    values = np.empty(len(rows) - 1)
    for line, row in enumerate(rows[1:]):
        try:
            values[line] = float(row[column.index])
        except (ValueError, IndexError) as error:
            raise InputError(f"{name}: line {line + 2} has no number under {column.words!r}: {row}") from error
    return values
