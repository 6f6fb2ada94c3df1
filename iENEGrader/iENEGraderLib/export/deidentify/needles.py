"""Which spellings of an identifying value are looked for, and how strictly."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import Enum
from functools import cache
from itertools import accumulate, permutations
from pathlib import Path
from typing import TYPE_CHECKING

from iENEGraderLib.export.deidentify.descriptors import load_descriptors
from iENEGraderLib.export.deidentify.folding import compact, spellings, tokens
from iENEGraderLib.export.deidentify.identifiers import Kind
from iENEGraderLib.export.deidentify.written_dates import full_forms, short_forms, spelt_forms
from iENEGraderLib.export.tables.columns import columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iENEGraderLib.export.deidentify.identifiers import Identifier

COMMON_FILE = Path(__file__).with_name("common_words.toml")
LEAST_ANYWHERE = 6
LEAST_WORD = 4
LEAST_NUMBER = 5
"""Shorter numbers are codes, measured values and counters of everybody's reports."""
LEAST_UID = 10
LEAST_SURNAME = 3
MOST_NAME_PARTS = 4
PERSONS = (Kind.PATIENT_NAME, Kind.PERSON)
DATES = (Kind.BIRTH_DATE, Kind.EXAMINATION_DATE)
NUMBERED = (Kind.PATIENT_ID, Kind.ACCESSION, Kind.CASE_ID)
GROUPS = {
    9: ((3, 2, 4), (3, 3, 3)),
    10: ((6, 4), (3, 3, 4)),
    11: ((6, 5), (2, 3, 3, 3)),
    12: ((4, 4, 4), (8, 4)),
}
"""How long numbers of persons are parted in print, by the number of their digits."""
CORE = re.compile(r"\d{6,}")
ORDINARY_LETTERS = frozenset("abivxnmts")
"""Letters that follow words of reports: *level a*, *level V*, *stage I*, *N* and *T* categories."""


class Strictness(Enum):
    """Where a spelling counts. The shorter or commoner, the more must stand around it."""

    ANYWHERE = "anywhere, also within words and between other bytes"
    WORD = "as a whole word"
    NUMBER = "as a whole number"
    PARTED = "as whole numbers with a stop, stroke or slash between them"
    LABELLED = "after a label such as patient, name, id"


@dataclass(frozen=True)
class Needle:
    """One spelling: its parts, between which other signs may stand, and what it tells."""

    parts: tuple[str, ...]
    strictness: Strictness
    kind: Kind

    @property
    def plain(self) -> str:
        """Letters and digits alone."""
        return "".join(self.parts)


def needles_of(identifier: Identifier) -> set[Needle]:
    """Return all spellings of a value that are looked for."""
    kind = identifier.kind
    if kind in DATES:
        return set(_of_date(identifier.value, kind))
    if kind is Kind.UID:
        parts = tokens(identifier.value)
        return {Needle(parts, Strictness.ANYWHERE, kind)} if len("".join(parts)) >= LEAST_UID else set()
    found: set[Needle] = set()
    for text in spellings(identifier.value):
        if kind in PERSONS:
            found.update(_of_person(text, kind))
        elif kind is Kind.FILE_NAME:
            found.update(_of_file_name(text))
        else:
            found.update(_of_value(tokens(text), kind))
        if kind in NUMBERED:
            found.update(_of_cores(text, kind))
        if kind is Kind.INSTITUTION:
            found.update(_of_place(text))
    return found


def _of_person(text: str, kind: Kind) -> Iterator[Needle]:
    """Each part of a name, and the parts in every order; names in other scripts come after ``=`` (PS3.5 6.2.1)."""
    for group in text.split("="):
        parts = tokens(group)
        for part in parts:
            # Initials stand in the markup of every page.
            if len(part) > 1 or not part.isascii():
                yield Needle((part,), _strictness_of_name(part), kind)
        for number in range(2, min(len(parts), MOST_NAME_PARTS) + 1):
            for order in permutations(parts[:MOST_NAME_PARTS], number):
                if len("".join(order)) >= LEAST_WORD or not compact(group).isascii():
                    yield Needle(order, _strictness_of_order(order), kind)


def _strictness_of_name(part: str) -> Strictness:
    if not part.isascii() and not part.isdigit() and len(part) >= 2:
        return Strictness.ANYWHERE
    if len(part) < LEAST_WORD or is_common(part):
        return Strictness.LABELLED
    return Strictness.ANYWHERE if len(part) >= LEAST_ANYWHERE else Strictness.WORD


def _strictness_of_order(order: tuple[str, ...]) -> Strictness:
    """Common words and single letters beside each other are whole words, or begin and end in the midst of others."""
    telling = [part for part in order if (len(part) > 1 or not part.isascii()) and not is_common(part)]
    if not telling and any(part in ORDINARY_LETTERS for part in order):
        return Strictness.LABELLED
    is_joined = len(telling) == len(order) and len("".join(order)) >= LEAST_ANYWHERE
    return Strictness.ANYWHERE if is_joined else Strictness.WORD


def _of_file_name(text: str) -> Iterator[Needle]:
    """The whole name, and those words of it that are not in every file's name; surnames among these after a label."""
    parts = tokens(text)
    telling = [part for part in parts if not _is_of_files(part)]
    surnames = [part for part in parts if len(part) >= LEAST_SURNAME and part in _rows().surnames]
    if telling or len(parts) == len(surnames) > 1:
        yield from _of_value(parts, Kind.FILE_NAME)
    for part in telling:
        yield from _of_value((part,), Kind.FILE_NAME)
    for part in surnames:
        yield Needle((part,), Strictness.LABELLED, Kind.FILE_NAME)


def _is_of_files(word: str) -> bool:
    """Tell whether a word tells nothing as a part of a file name: counters, and words of anybody's."""
    return is_common(word) or re.fullmatch(r"\d{1,4}|[a-z]{1,3}\d{0,4}", word) is not None


def _of_cores(text: str, kind: Kind) -> Iterator[Needle]:
    """The number in an id such as ``KH-0078123``, with and without the zeros before it."""
    for core in CORE.findall(text) or (tokens(text) if text.strip().isdigit() else ()):
        for number in {core, core.lstrip("0")} - {""}:
            yield Needle((number,), _strictness_of_number(number), kind)
        for sizes in GROUPS.get(len(core), ()):
            ends = tuple(accumulate(sizes))
            yield Needle(
                tuple(core[end - size : end] for size, end in zip(sizes, ends, strict=True)), Strictness.NUMBER, kind
            )


def _strictness_of_number(digits: str) -> Strictness:
    return Strictness.NUMBER if len(digits) >= LEAST_NUMBER else Strictness.LABELLED


def _of_place(text: str) -> Iterator[Needle]:
    """What is particular in the name of an institution: *Nordhafen* of *Klinikum Nordhafen*."""
    for part in tokens(text):
        if len(part) >= LEAST_ANYWHERE and part.isalpha() and not is_common(part) and part not in _rows().institutions:
            yield Needle((part,), Strictness.ANYWHERE, Kind.INSTITUTION)


def _of_value(parts: tuple[str, ...], kind: Kind) -> Iterator[Needle]:
    """Numbers, codes and phrases."""
    plain = "".join(parts)
    if not plain:
        return
    if len(parts) == 1 and kind is not Kind.CONTACT and is_common(plain):
        yield Needle(parts, Strictness.LABELLED, kind)
    elif plain.isdigit():
        yield Needle(parts, _strictness_of_number(plain), kind)
    elif len(plain) >= LEAST_ANYWHERE:
        yield Needle(parts, Strictness.ANYWHERE, kind)
    else:
        yield Needle(parts, Strictness.WORD if len(plain) >= LEAST_WORD else Strictness.LABELLED, kind)


def _of_date(value: str, kind: Kind) -> Iterator[Needle]:
    match = re.match(r"(\d{4})\D?(\d{2})\D?(\d{2})", value)
    if match is None:
        return
    year, month, day = match.groups()
    for form in full_forms(year, month, day) | spelt_forms(year, month, day):
        yield Needle(form, Strictness.NUMBER, kind)
    for form in short_forms(year, month, day) | full_forms(year, month, day):
        yield Needle(form, Strictness.PARTED, kind)


def is_common(word: str) -> bool:
    """Tell whether a word stands in reports, pages and file names of anybody."""
    return word in _rows().common or load_descriptors().allows(word)


@dataclass(frozen=True)
class _Rows:
    """Words of common_words.toml.

    Attributes
    ----------
    common : those of all rows but the institutions, and those of the columns of tables.
    surnames : those of them that may be surnames too.
    """

    common: frozenset[str]
    surnames: frozenset[str]
    institutions: frozenset[str]


@cache
def _rows() -> _Rows:
    rows = {name: frozenset(row.split()) for name, row in _table().items()}
    of_columns = frozenset(word for column in columns() for word in tokens(column.name))
    common = rows["files"] | rows["people"] | rows["pages"] | rows["months"] | of_columns
    surnames = frozenset(word for word in common - rows["files"] if not load_descriptors().allows(word))
    return _Rows(common, surnames, rows["institutions"] | rows["people"])


def _table() -> dict[str, str]:
    table: dict[str, str] = tomllib.loads(COMMON_FILE.read_text(encoding="utf-8"))["words"]
    return table
