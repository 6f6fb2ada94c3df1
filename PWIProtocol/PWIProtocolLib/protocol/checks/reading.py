"""Reading one value for a whole series: the planes must agree, and what is missing or malformed is said."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from PWIProtocolLib.protocol.headers.value import HeaderValue, Presence
from PWIProtocolLib.protocol.verdict import NO_EVIDENCE, Evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from PWIProtocolLib.protocol.headers.tags import Tag
    from PWIProtocolLib.protocol.series import Plane

T = TypeVar("T")
SAME = 1e-4  # relative: scanners write the same number with more or fewer digits


@dataclass(frozen=True)
class Reading(Generic[T]):
    """A value that holds for a series, or why there is none.

    Attributes
    ----------
    problem : one clause for a reason; empty when there is a value.
    malformed : the problem is a value that cannot be used, not one that is absent.
    """

    value: T | None
    evidence: Evidence
    problem: str = ""
    malformed: bool = False


def agreed_number(planes: tuple[Plane, ...], tag: Tag) -> Reading[float]:
    """Return the number that every plane states alike; one plane without it is enough to have none."""
    return _agreed(((plane, plane.header.number(tag, plane.frame)) for plane in planes), _same_number)


def agreed_numbers(planes: tuple[Plane, ...], tag: Tag, count: int) -> Reading[tuple[float, ...]]:
    """Return the numbers that every plane states alike."""
    return _agreed(((plane, plane.header.numbers(tag, count, plane.frame)) for plane in planes), _same_numbers)


def stated_number(planes: tuple[Plane, ...], tag: Tag) -> Reading[float]:
    """Return the number that some planes state, all of these alike; the others may be silent."""
    found = [(plane, plane.header.number(tag, plane.frame)) for plane in planes]
    return _agreed(_telling(found), _same_number)


def stated_text(planes: tuple[Plane, ...], tag: Tag) -> Reading[str]:
    """Return the text that some planes state, all of these alike; the others may be silent."""
    found = [(plane, plane.header.text(tag, plane.frame)) for plane in planes]
    return _agreed(_telling(found), str.__eq__)


def stated_clock_s(planes: tuple[Plane, ...], tag: Tag) -> Reading[float]:
    """Return the time of day in s that some planes state, all of these alike."""
    found = [(plane, plane.header.clock_s(tag, plane.frame)) for plane in planes]
    return _agreed(_telling(found), _same_number)


def _telling(found: list[tuple[Plane, HeaderValue[T]]]) -> list[tuple[Plane, HeaderValue[T]]]:
    """The values that say something, or else the first silent one."""
    return [each for each in found if each[1].presence in (Presence.PRESENT, Presence.MALFORMED)] or found[:1]


def _agreed(found: Iterable[tuple[Plane, HeaderValue[T]]], same: Callable[[T, T], bool]) -> Reading[T]:
    first: T | None = None
    evidence = NO_EVIDENCE
    for plane, value in found:
        here = Evidence(value.label, plane.header.name)
        if value.value is None:
            return Reading(None, here, value.describe(), value.presence is Presence.MALFORMED)
        if first is None:
            first, evidence = value.value, here
        elif not same(first, value.value):
            values = "" if value.tag.vr == "UI" else f": {first} and {value.value}"  # a UID tells which examination
            return Reading(None, here, f"{value.label} differs between the files{values}")
    return Reading(first, evidence, "" if first is not None else "the series holds no images")


def _same_number(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=SAME)


def _same_numbers(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return len(one) == len(other) and all(map(_same_number, one, other))
