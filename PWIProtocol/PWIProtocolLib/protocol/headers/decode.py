"""Undecoded elements as numbers, texts and times, or why they are none (value types: PS3.5 6.2)."""

from __future__ import annotations

import math
import re
import struct
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from PWIProtocolLib.protocol.headers.raw import SIZE_OF, TEXT_TYPES, WrongType
from PWIProtocolLib.protocol.headers.tags import ANY, Limits, PrivateTag, Tag
from PWIProtocolLib.protocol.headers.value import HeaderValue, Presence

if TYPE_CHECKING:
    from PWIProtocolLib.protocol.headers.raw import Raw

T = TypeVar("T")
AnyTag = Tag | PrivateTag
Element = bytes | WrongType | None

PADDING = " \0\t\r\n"
DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
CLOCK = re.compile(r"(\d\d)(?::?(\d\d)(?::?(\d\d)(\.\d{1,6})?)?)?", re.ASCII)
MOMENT = re.compile(r"(\d{8})(\d\d)(\d\d)(?:(\d\d)(\.\d{1,6})?)?([+-]\d{4})?", re.ASCII)
FORMAT_OF = {"US": "H", "SS": "h", "UL": "L", "SL": "l", "FL": "f", "FD": "d"}


def element_of(raw: Raw, tag: int) -> Element:
    """Return the element of an item; a list of items counts as missing."""
    found = raw.get(tag)
    return None if isinstance(found, list) else found


@lru_cache(maxsize=65536)
def decoded_numbers(tag: AnyTag, element: Element, count: int | None) -> HeaderValue[tuple[float, ...]]:
    """Return the numbers of an element: ``count`` of them, or any count above none."""
    if not isinstance(element, bytes):
        return _no_bytes(tag, element)
    values = _binary_numbers(element, tag.vr) if tag.vr in FORMAT_OF else _decimal_numbers(element)
    if values is None:
        return _malformed(tag, "it does not hold numbers")
    if not values:
        return HeaderValue(tag, Presence.EMPTY)
    problem = _unsound(tag, values, count)
    return _malformed(tag, problem) if problem else HeaderValue(tag, Presence.PRESENT, values)


@lru_cache(maxsize=65536)
def decoded_number(tag: AnyTag, element: Element) -> HeaderValue[float]:
    """Return the one number of an element."""
    found = decoded_numbers(tag, element, 1)
    return HeaderValue(tag, found.presence, found.value[0] if found.value else None, found.problem)


@lru_cache(maxsize=16384)
def decoded_text(tag: AnyTag, element: Element, charset: str) -> HeaderValue[str]:
    """Return the text of an element without its padding."""
    if not isinstance(element, bytes):
        return _no_bytes(tag, element)
    if tag.vr not in TEXT_TYPES:
        return _malformed(tag, "it does not hold text")
    text = element.decode(charset, "replace").strip(PADDING)
    if any(ord(sign) < 32 for sign in text):
        return _malformed(tag, "it holds control characters")
    return HeaderValue(tag, Presence.PRESENT, text) if text else HeaderValue(tag, Presence.EMPTY)


@lru_cache(maxsize=16384)
def decoded_texts(tag: AnyTag, element: Element, charset: str) -> HeaderValue[tuple[str, ...]]:
    """Return the values of a text element, each without its padding."""
    found = decoded_text(tag, element, charset)
    values = tuple(part.strip(PADDING) for part in found.value.split("\\")) if found.value else None
    return HeaderValue(tag, found.presence, values, found.problem)


@lru_cache(maxsize=65536)
def decoded_clock(tag: AnyTag, element: Element) -> HeaderValue[float]:
    """Return a time of day (TM) in seconds since midnight. Colons of old files and padding are accepted."""
    found = decoded_text(tag, element, "latin-1")
    if found.value is None:
        return HeaderValue(tag, found.presence, None, found.problem)
    match = CLOCK.fullmatch(found.value)
    if match is None:
        return _malformed(tag, "it is not a time of day (HHMMSS.FFFFFF)")
    hours, minutes, seconds = (int(part or 0) for part in match.groups()[:3])
    if hours > 23 or minutes > 59 or seconds > 60:
        return _malformed(tag, "it is not a time of day (HHMMSS.FFFFFF)")
    return HeaderValue(tag, Presence.PRESENT, 3600.0 * hours + 60.0 * minutes + seconds + float(match[4] or 0))


@lru_cache(maxsize=16384)
def decoded_date(tag: AnyTag, element: Element) -> HeaderValue[date]:
    """Return a date (DA)."""
    found = decoded_text(tag, element, "latin-1")
    if found.value is None:
        return HeaderValue(tag, found.presence, None, found.problem)
    day = _day(found.value.replace(".", ""))
    return HeaderValue(tag, Presence.PRESENT, day) if day else _malformed(tag, "it is not a date (YYYYMMDD)")


@lru_cache(maxsize=65536)
def decoded_moment(tag: AnyTag, element: Element) -> HeaderValue[datetime]:
    """Return a date with time (DT): in UTC when the file states its offset, and in local time without zone else."""
    found = decoded_text(tag, element, "latin-1")
    if found.value is None:
        return HeaderValue(tag, found.presence, None, found.problem)
    problem = "it is not a date with time (YYYYMMDDHHMMSS.FFFFFF)"
    match = MOMENT.fullmatch(found.value)
    day = _day(match[1]) if match else None
    if match is None or day is None:
        return _malformed(tag, problem)
    hours, minutes, seconds = int(match[2]), int(match[3]), int(match[4] or 0)
    if hours > 23 or minutes > 59 or seconds > 60:
        return _malformed(tag, problem)
    moment = datetime(day.year, day.month, day.day)
    try:
        moment += timedelta(hours=hours, minutes=minutes, seconds=seconds + float(match[5] or 0))
        if match[6]:
            offset = timedelta(hours=int(match[6][1:3]), minutes=int(match[6][3:]))
            moment = (moment - offset if match[6][0] == "+" else moment + offset).replace(tzinfo=timezone.utc)  # noqa: UP017
    except OverflowError:
        return _malformed(tag, problem)
    return HeaderValue(tag, Presence.PRESENT, moment)


def _no_bytes(tag: AnyTag, element: WrongType | None) -> HeaderValue[T]:
    if element is None:
        return HeaderValue(tag, Presence.MISSING)
    return _malformed(tag, f"its value type is {element.vr}, expected {tag.vr}")


def _malformed(tag: AnyTag, problem: str) -> HeaderValue[T]:
    return HeaderValue(tag, Presence.MALFORMED, None, problem)


def _binary_numbers(element: bytes, vr: str) -> tuple[float, ...] | None:
    size = SIZE_OF[vr]
    if len(element) % size:
        return None
    return tuple(float(value) for value in struct.unpack(f"<{len(element) // size}{FORMAT_OF[vr]}", element))


def _decimal_numbers(element: bytes) -> tuple[float, ...] | None:
    text = element.decode("latin-1").strip(PADDING)
    parts = [part.strip(PADDING) for part in text.split("\\")] if text else []
    if not all(DECIMAL.fullmatch(part) for part in parts):
        return None
    return tuple(float(part) for part in parts)


def _unsound(tag: AnyTag, values: tuple[float, ...], count: int | None) -> str:
    """Return what is wrong with numbers; empty when they are sound."""
    if count is not None and len(values) != count:
        return f"found {len(values)} numbers, expected {count}"
    limits = tag.limits if isinstance(tag, Tag) else ANY
    problems = (_out_of_range(value, limits, whole=tag.vr == "IS") for value in values)
    return next((problem for problem in problems if problem), "")


def _out_of_range(value: float, limits: Limits, *, whole: bool) -> str:
    if not math.isfinite(value):
        return "found no finite number"
    if whole and not value.is_integer():
        return f"found {value:g}, expected a whole number"
    low, high, closed = limits
    if value > high or value < low or (value == low and not closed):
        return f"found {value:g}, expected {'at least' if closed else 'above'} {low:g} and at most {high:g}"
    return ""


def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:])) if len(text) == 8 and text.isascii() else None
    except ValueError:
        return None
