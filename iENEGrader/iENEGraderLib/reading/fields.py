"""Checks of single JSON values. Each error is one line: where, what was found, what was expected."""

from __future__ import annotations

import difflib
import json
import math
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from HeadNeckNodesLib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

Choice = TypeVar("Choice", bound=StrEnum)
REQUIRED: Any = object()


class Fields:
    """One JSON object, read field by field; every message begins with the path of the field.

    Parameters
    ----------
    value : what the JSON holds at this place.
    path : where this is, for messages (``case.json: nodes[0]``).
    known : all field names that this object may have.
    """

    def __init__(self, value: object, path: str, known: Collection[str]) -> None:
        if not isinstance(value, dict):
            raise InputError(f"{path.removesuffix(': ')}: found {_shown(value)}; expected an object with named fields")
        self.path = path
        self._values: dict[str, object] = value
        for name in value:
            if name not in known:
                hint = _did_you_mean(name, known) or f"; expected one of {', '.join(known)}"
                raise InputError(f"{self.at(one_line(name))}: unknown field{hint}")

    def at(self, name: str) -> str:
        """Path of one field, for messages."""
        return f"{self.path}{name}" if self.path.endswith(": ") else f"{self.path}.{name}"

    def has(self, name: str) -> bool:
        """Tell whether the field is there, null included."""
        return name in self._values

    def raw(self, name: str, default: Any = REQUIRED) -> Any:
        """Value as it stands, or the default when the field is missing."""
        if name in self._values:
            return self._values[name]
        if default is REQUIRED:
            raise InputError(f"{self.at(name)}: missing; this field is required")
        return default

    def optional(self, name: str, read: Callable[[str], Any]) -> Any:
        """None when the field is null or missing, else what `read` makes of it."""
        return None if self.raw(name, None) is None else read(name)

    def text(self, name: str, default: Any = REQUIRED) -> str:
        """Read a string."""
        value = self.raw(name, default)
        if not isinstance(value, str):
            raise self.wrong(name, "text")
        if any("\ud800" <= letter <= "\udfff" for letter in value):
            raise self.wrong(name, "whole characters (half a surrogate pair cannot be written to a file)")
        return value

    def identifier(self, name: str) -> str:
        """Read a name: not empty, on one line."""
        value = self.text(name)
        if not value.strip() or not value.isprintable():
            raise self.wrong(name, "a name that is not empty, on one line")
        return value

    def flag(self, name: str, default: Any = REQUIRED) -> bool:
        """Read true or false."""
        value = self.raw(name, default)
        if not isinstance(value, bool):
            raise self.wrong(name, "true or false")
        return value

    def count(self, name: str, minimum: int, default: Any = REQUIRED) -> int:
        """Read a whole number."""
        value = as_whole(self.raw(name, default))
        if isinstance(value, bool) or not isinstance(value, int) or value < minimum:
            raise self.wrong(name, f"a whole number from {minimum}")
        return value

    def number(self, name: str, default: Any = REQUIRED) -> float:
        """Read a finite number."""
        value = _finite(self.raw(name, default))
        if value is None:
            raise self.wrong(name, "a finite number")
        return value

    def numbers(self, name: str, length: int) -> list[float]:
        """Read a list of so many finite numbers."""
        values = [number for number in map(_finite, self.items(name)) if number is not None]
        if not len(values) == len(self.items(name)) == length:
            raise self.wrong(name, f"a list of {length} finite numbers")
        return values

    def choice(self, name: str, kind: type[Choice], default: Any = REQUIRED) -> Choice:
        """Read one word of a vocabulary."""
        value = self.raw(name, default)
        words = [str(word) for word in kind]
        if not isinstance(value, str) or value not in words:
            hint = _did_you_mean(value, words) if isinstance(value, str) else ""
            raise self.wrong(name, f"one of {', '.join(words)}{hint}")
        return kind(value)

    def items(self, name: str) -> list[Any]:
        """Read a list."""
        value = self.raw(name)
        if not isinstance(value, list):
            raise self.wrong(name, "a list")
        return value

    def wrong(self, name: str, expected: str) -> InputError:
        """Error about a value that is there and cannot be used."""
        return InputError(f"{self.at(name)}: found {_shown(self._values.get(name))}; expected {expected}")


def as_whole(value: object) -> object:
    """Return 2 for 2.0, since JSON has one kind of number only; anything else as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def one_line(text: str) -> str:
    """Cut long text short and escape what cannot be seen, so that a message stays one line."""
    cut = text if len(text) <= 60 else text[:57] + "..."
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in cut)


def _finite(value: object) -> float | None:
    """Return the value as a float; None when it is no number, not finite, or an integer too large for a float."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _shown(value: object) -> str:
    """Show a value as it would stand in the document; of an object or a list of lists only what it is."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list) and any(isinstance(item, list | dict) for item in value):
        return "a list of lists or objects"
    return one_line(json.dumps(value, ensure_ascii=False, default=str))


def _did_you_mean(word: str, known: Collection[str]) -> str:
    """Name the nearest known word; capitals do not matter here, though they do in the document."""
    by_small_letters = {each.lower(): each for each in known}
    near = difflib.get_close_matches(word.lower(), list(by_small_letters), n=1)
    return f' (did you mean "{by_small_letters[near[0]]}"?)' if near else ""
