"""Questions that names and code words in headers answer: is it spoiled, is fat suppressed, which coil received.

The knowledge is a table (``header_patterns.toml``), so that another vendor's word is a new row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.preferences import Confidence
from PWIProtocolLib.protocol.headers.tags import PrivateTag, Tag
from PWIProtocolLib.protocol.toml_rows import Row, own_table

# Attributes that are read from Siemens' measurement protocol, not from a DICOM element of their own.
SIEMENS_FAT_SATURATION = "SIEMENS_PROTOCOL_FAT_SATURATION"
SIEMENS_COIL_NAMES = "SIEMENS_PROTOCOL_COIL"


class Says(StrEnum):
    """What a matching value answers."""

    YES = "yes"
    NO = "no"


@dataclass(frozen=True)
class Pattern:
    """One row: a value of this attribute that matches answers the question."""

    attribute: str
    mechanism: str
    pattern: re.Pattern[str]
    says: Says
    confidence: Confidence


@dataclass(frozen=True)
class Question:
    """A question with its patterns.

    Attributes
    ----------
    decisive : the mechanism whose no is needed for a no; empty when any no will do.
    any_yes, any_no : one yes (or no) is enough, whatever else is said.
    """

    question_id: str
    title: str
    decisive: str
    any_yes: bool
    any_no: bool
    patterns: tuple[Pattern, ...]

    @property
    def attributes(self) -> tuple[str, ...]:
        """The attributes to read, each once, in the order of the table."""
        return tuple(dict.fromkeys(each.attribute for each in self.patterns))


@dataclass(frozen=True)
class Said:
    """A value that a pattern matched."""

    attribute: str
    value: str
    file: str
    mechanism: str
    says: Says


@cache
def question(question_id: str) -> Question:
    """Return one question of the table."""
    return next(each for each in questions() if each.question_id == question_id)


@cache
def questions() -> tuple[Question, ...]:
    """Return every question of the table, checked."""
    return read_questions(own_table("header_patterns.toml"))


def read_questions(table: Row) -> tuple[Question, ...]:
    """Read questions and patterns; an unknown attribute or a bad expression is refused with the row named."""
    rows = table.rows("pattern")
    found = []
    for each in table.rows("question"):
        each.allow_only(("id", "title", "decisive", "any_yes", "any_no"))
        name = each.text("id")
        own = tuple(_pattern(row) for row in rows if row.text("question") == name)
        flags = each.flag("any_yes"), each.flag("any_no")
        found.append(Question(name, each.text("title"), each.text("decisive", ""), *flags, own))
    known = {each.question_id for each in found}
    for row in rows:
        if row.text("question") not in known:
            raise InputError(f"{row.where}: question {row.text('question')!r} is not among the [[question]] rows")
    return tuple(found)


def matching(asked: Question, attribute: str, value: str, file: str) -> tuple[Said, ...]:
    """Return what one value of one attribute says to a question."""
    return tuple(
        Said(attribute, value, file, each.mechanism, each.says)
        for each in asked.patterns
        if each.attribute == attribute and each.pattern.fullmatch(value.strip())
    )


def decide(asked: Question, said: tuple[Said, ...]) -> bool | None:
    """Return the answer, or None when nothing was said, too little, or values contradict one another."""
    yes = {each.mechanism for each in said if each.says is Says.YES}
    no = {each.mechanism for each in said if each.says is Says.NO}
    if no and asked.any_no:
        return False
    if yes and (asked.any_yes or not yes & no):
        return True
    if yes or not no or (asked.decisive and asked.decisive not in no):
        return None
    return False


def _pattern(row: Row) -> Pattern:
    row.allow_only(("question", "attribute", "mechanism", "pattern", "says", "confidence", "note"))
    attribute = row.text("attribute")
    if attribute not in {*Tag.__members__, *PrivateTag.__members__, SIEMENS_FAT_SATURATION, SIEMENS_COIL_NAMES}:
        raise InputError(f"{row.where}: {attribute!r} is not an attribute that is read")
    try:
        pattern = re.compile(row.text("pattern"), re.IGNORECASE)
    except re.error as error:
        raise InputError(f"{row.where}: pattern is not a regular expression ({error})") from error
    mechanism = row.text("mechanism", "")
    return Pattern(attribute, mechanism, pattern, row.word("says", Says), row.word("confidence", Confidence))
