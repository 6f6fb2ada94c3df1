"""Conditions of rule rows: a set of words, or a range of numbers written as a clinician would (``>3 <=6``)."""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "": operator.eq,
}
_BOUND = re.compile(r"(<=|>=|<|>|)(\d+(?:\.\d+)?)")


class TableError(Exception):
    """A rule table is wrong: a hole, an overlap, an unknown word. Our own fault, found when tables are loaded."""


@dataclass(frozen=True)
class Words:
    """Any of these words."""

    words: tuple[str, ...]

    def holds(self, value: object) -> bool:
        """Tell whether the value is one of the words."""
        return value in self.words


@dataclass(frozen=True)
class NumberRange:
    """All of these bounds, such as ``>3 <=6``."""

    bounds: tuple[tuple[str, float], ...]

    def holds(self, value: object) -> bool:
        """Tell whether the number lies within all bounds."""
        if not isinstance(value, int | float):
            raise TableError(f"a number was expected, not {value!r}")
        return all(_OPERATORS[sign](value, limit) for sign, limit in self.bounds)


def parse_words(value: object, allowed: tuple[str, ...], where: str) -> Words:
    """Read one word or a list of words, all from the allowed ones."""
    words = tuple(value) if isinstance(value, list) else (value,)
    for word in words:
        if word not in allowed:
            raise TableError(f"{where}: {word!r} is none of {', '.join(allowed)}")
    return Words(tuple(str(word) for word in words))


def parse_range(value: object, where: str) -> NumberRange:
    """Read bounds such as ``1``, ``>=2`` or ``>3 <=6``."""
    parts = [_BOUND.fullmatch(part) for part in str(value).split()]
    if not parts or None in parts:
        raise TableError(f"{where}: {value!r} is no range such as '>3 <=6'")
    return NumberRange(tuple((part[1], float(part[2])) for part in parts if part))
