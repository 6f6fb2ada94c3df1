"""What a signature means to whoever wants to change a reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError
from slicer.i18n import tr as _

from iENEGraderLib.reading import is_intact

if TYPE_CHECKING:
    from iENEGraderLib.reading import Reading


def is_locked(reading: Reading | None) -> bool:
    """Tell whether a reading is signed, rightly or not: it is not edited then."""
    return reading is not None and reading.signature is not None


def refuse_when_locked(reading: Reading) -> None:
    """Refuse to change a signed reading.

    Raises
    ------
    InputError
        Says who signed it, when, and what to do.
    """
    signature = reading.signature
    if signature is not None:
        text = _("{case}: locked by {reader} ({time}) and cannot be changed; press Unlock to take the signature back")
        raise InputError(text.format(case=reading.case_id, reader=signature.by, time=signature.at))


def broken_signature(reading: Reading) -> str:
    """Say that a reading is not what was signed; empty when it is, or when nobody signed it."""
    signature = reading.signature
    if signature is None or is_intact(reading):
        return ""
    text = _("{case}: changed after {reader} signed it ({time}); undo that change, or press Unlock and sign anew")
    return text.format(case=reading.case_id, reader=signature.by, time=signature.at)
