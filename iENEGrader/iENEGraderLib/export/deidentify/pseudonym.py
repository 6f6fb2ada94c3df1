"""New names for old ones: the same key gives the same pseudonyms, in every file and on every run.

Case ids, UIDs and the shift of dates are computed from the identifying value with HMAC-SHA256 (RFC 2104, FIPS 198-1),
so that nobody without the key finds the way back, not even by trying all patient numbers.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from HeadNeckNodesLib.errors import InputError

LEAST_KEY_BYTES = 16
LETTERS = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"
"""Without 0, 1, I, O and U, which are misread."""
CASE_PREFIX = "HNN"
YEARS_BACK = (20, 40)
"""Shifts are longer than any follow-up, so that a shifted date is never the true date of another visit."""
DAYS_IN_YEAR = 365.25
DATE = re.compile(r"(?P<year>\d{4})(?P<dash>-?)(?P<month>\d{2})(?P=dash)(?P<day>\d{2})(?P<time>.*)", re.DOTALL)
ZONE = re.compile(r"([+-]\d{2}:?\d{2}|Z)\s*$")


@dataclass(frozen=True)
class Pseudonyms:
    """Case ids, UIDs and dates that stand for the true ones.

    Attributes
    ----------
    key : secret bytes, at least 16. It is neither shown nor written into any export.
    """

    key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse keys that could be guessed."""
        if len(self.key) < LEAST_KEY_BYTES:
            raise InputError(f"the key has {len(self.key)} bytes; expected at least {LEAST_KEY_BYTES} secret ones")

    def case_id(self, patient: str) -> str:
        """Return the pseudonym of a patient, readable and easy to type: ``HNN-7F3K-92QD``."""
        letters = self._letters("case", _plain(patient))
        return f"{CASE_PREFIX}-{letters[:4]}-{letters[4:]}"

    def name(self, name: str) -> str:
        """Return eight letters that stand for a name, such as the id of a segment."""
        return self._letters("name", name)

    def reader(self, reader: str) -> str:
        """Return four letters that stand for a reader, the same in the readings of all patients."""
        return self._letters("reader", _plain(reader))[:4]

    def reading(self, reading: str) -> str:
        """Return four letters that stand for one of the readings of a patient."""
        return self._letters("reading", reading)[:4]

    def uid(self, uid: str) -> str:
        """Return the UID that stands for another one, under the root 2.25 (DICOM PS3.5 B.2)."""
        return f"2.25.{self._number('uid', uid.strip()) % 2**128}"

    def shift_days(self, patient: str) -> int:
        """Return by how many days all dates of a patient move: always back, by whole days, 20 to 40 years."""
        first, last = (round(years * DAYS_IN_YEAR) for years in YEARS_BACK)
        return -(first + self._number("date", _plain(patient)) % (last - first))

    def shifted(self, value: str, patient: str) -> str:
        """Return a date or a date with time, moved; the time stays, the time zone goes.

        Parameters
        ----------
        value : as DICOM writes it (``20240131``, ``20240131101500.5+0100``) or as ISO 8601 does.

        Returns
        -------
        The same form; empty when the value has no day (a year alone, a range, something that is no date).
        """
        parts = DATE.fullmatch(value.strip())
        if parts is None:
            return ""
        dash = parts["dash"]
        try:
            day = datetime(int(parts["year"]), int(parts["month"]), int(parts["day"]))
            moved = day + timedelta(days=self.shift_days(patient))
        except (ValueError, OverflowError):
            return ""
        return f"{moved.year:04d}{dash}{moved.month:02d}{dash}{moved.day:02d}{ZONE.sub('', parts['time'])}"

    def _letters(self, purpose: str, value: str) -> str:
        number, letters = self._number(purpose, value), ""
        for _ in range(8):
            number, digit = divmod(number, len(LETTERS))
            letters += LETTERS[digit]
        return letters

    def _number(self, purpose: str, value: str) -> int:
        digest = hmac.new(self.key, f"{purpose}:{value}".encode(), "sha256").digest()
        return int.from_bytes(digest, "big")


def _plain(patient: str) -> str:
    """Patient ids and readers are compared without regard to case and outer blanks."""
    return patient.strip().casefold()
