"""Text and coordinates in DICOM without loss: what the standard cannot hold as it stands is written as JSON text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    Point = tuple[float, float, float]

KEPT_CONTROLS = "\t"


def dicom_text(text: str) -> str:
    """Return the text as it can stand in a DICOM text value.

    DICOM has no empty values where one is required, drops blanks at the end and refuses control characters. Such text,
    and text that begins with a quotation mark, is written as a JSON string.
    """
    plain = all(letter.isprintable() or letter in KEPT_CONTROLS for letter in text)
    if text and plain and text == text.strip() and not text.startswith('"'):
        return text
    return json.dumps(text)


def text_of(value: str) -> str:
    """Return the text that `dicom_text` wrote.

    Raises
    ------
    InputError
        When the value begins as a JSON string and is none.
    """
    if not value.startswith('"'):
        return value
    try:
        text = json.loads(value)
    except json.JSONDecodeError as error:
        raise InputError("a text of the report begins with a quotation mark and is no JSON string") from error
    return str(text)


def lps_of(points_ras_mm: Sequence[Point]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return points in the patient coordinates of DICOM (LPS mm), shape (n, 3)."""
    return np.asarray(points_ras_mm, dtype=float) * (-1.0, -1.0, 1.0)


def ras_of(graphic_data: Sequence[float]) -> list[list[float]]:
    """Return the points of a DICOM coordinate item in RAS mm, each number with the digits that 32 bits hold."""
    flat = [float(str(np.float32(value))) for value in graphic_data]
    points = [flat[start : start + 3] for start in range(0, len(flat), 3)]
    return [[-x + 0.0, -y + 0.0, z + 0.0] for x, y, z in points]


def fits_32_bits(points_ras_mm: Sequence[Point]) -> bool:
    """Tell whether DICOM can hold the points at all; what it cannot lies outside of every patient."""
    return bool(np.abs(points_ras_mm).max() <= np.finfo(np.float32).max)


def is_exact(points_ras_mm: Sequence[Point]) -> bool:
    """Tell whether `ras_of` gives these points back after DICOM has stored them in 32 bits."""
    if not fits_32_bits(points_ras_mm):
        return False
    stored = lps_of(points_ras_mm).astype(np.float32).ravel().tolist()
    # Compared as they would be written, so that a negative zero is told from zero.
    return repr(ras_of(stored)) == repr([list(point) for point in points_ras_mm])
