"""Locking a reading: who signed it and when, and a check sum that shows any later change."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.reading.document import Signature
from iENEGraderLib.reading.serialization import reading_from_text, reading_to_text

if TYPE_CHECKING:
    from iENEGraderLib.reading.document import Reading


def signed(reading: Reading, by: str, at: str) -> Reading:
    """Return the reading, signed.

    Parameters
    ----------
    by : pseudonym of the reader who signs.
    at : date and time with time zone (ISO 8601).

    Raises
    ------
    InputError
        When nobody is named, the time cannot be read, or the reading is signed already.
    """
    if not by.strip():
        raise InputError("a reading is signed by somebody: enter the reader first")
    if reading.signature is not None:
        raise InputError(f"{reading.case_id}: signed already by {reading.signature.by}; take the signature back first")
    result = replace(reading, signature=Signature(by, at, check_sum(reading)))
    reading_from_text(reading_to_text(result), reading.case_id)
    return result


def unsigned(reading: Reading) -> Reading:
    """Return the reading without its signature, to be changed again."""
    return replace(reading, signature=None)


def check_sum(reading: Reading) -> str:
    """Return the SHA-256 of the document without its signature."""
    return hashlib.sha256(reading_to_text(unsigned(reading)).encode("utf-8")).hexdigest()


def is_intact(reading: Reading) -> bool:
    """Tell whether a signed reading is as it was signed; an unsigned one is not."""
    return reading.signature is not None and reading.signature.sha256 == check_sum(reading)
