"""Frame times from a table, for files that do not state them."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SECONDS_PER_UNIT = {"s": 1.0, "ms": 1e-3, "min": 60.0}
HEADING = re.compile(r"^\s*time\s*[\(\[]\s*(?P<unit>[a-z]+)\s*[\)\]]\s*$", re.IGNORECASE)


def read_frame_times(path: Path) -> NDArray[np.float64]:
    """Read the times of the frames in seconds: a column named ``time (s)``, ``time (ms)`` or ``time (min)``.

    Raises
    ------
    InputError
        When the heading states no unit, or a row holds no number; times are never guessed.
    """
    try:
        rows = [row for row in csv.reader(path.read_text(encoding="utf-8-sig").splitlines()) if row]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as text; give a CSV file with the column 'time (s)'") from error
    headings = rows[0] if rows else []
    columns = [(n, found["unit"].lower()) for n, cell in enumerate(headings) if (found := HEADING.match(cell))]
    if len(columns) != 1 or columns[0][1] not in SECONDS_PER_UNIT:
        raise InputError(f"{path}: expected one column 'time (s)', 'time (ms)' or 'time (min)' in its first line")
    column, unit = columns[0]
    try:
        return SECONDS_PER_UNIT[unit] * np.array([float(row[column]) for row in rows[1:]])
    except (ValueError, IndexError) as error:
        raise InputError(f"{path}: a row holds no number under 'time ({unit})'") from error
