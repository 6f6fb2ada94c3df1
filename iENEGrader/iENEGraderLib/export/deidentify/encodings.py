"""Text and bytes that are written in other letters: base64, hexadecimal digits, percent signs, entities, escapes."""

from __future__ import annotations

import base64
import binascii
import html
import re
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}(?:\s{1,4}[A-Za-z0-9+/_-]{4,})*={0,2}")
HEX = re.compile(r"(?:[0-9A-Fa-f]{2}[ :\-]?){4,}[0-9A-Fa-f]?")
ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\x([0-9A-Fa-f]{2})")
OCTAL = re.compile(r"\\([0-3][0-7]{2})")
"""Bytes in strings of PDF and of the C family."""
PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
SLICER_PERCENT = re.compile(r"%ff(?=[89a-f][0-9a-f])|%25ff(?=[89a-f][0-9a-f])", re.IGNORECASE)
"""File names in scenes: each byte of a letter beyond ASCII is written with an extra ``ff``."""
QUOTED = re.compile(r"=([0-9A-F]{2})")
SHORT = 4096
"""Runs up to this length are decoded from every beginning, as other signs may stand directly before them."""
GROUP = 4


def decoded_texts(text: str) -> Iterator[str]:
    """Return the text with percent signs, HTML entities, escapes and quoted-printable signs resolved, if it has any."""
    if PERCENT.search(text):
        plain = SLICER_PERCENT.sub("%", text)
        for charset in ("utf-8", "latin-1"):
            yield PERCENT.sub(partial(_of_percent, charset=charset), plain)
    if "&" in text:
        yield from _if_changed(text, html.unescape(text))
    if "\\u" in text or "\\x" in text:
        yield from _if_changed(text, ESCAPE.sub(lambda match: chr(int(match[1] or match[2], 16)), text))
    if OCTAL.search(text):
        plain = OCTAL.sub(lambda match: chr(int(match[1], 8)), text)
        yield plain
        yield plain.encode("latin-1", errors="replace").decode("utf-8", errors="replace")
    if QUOTED.search(text):
        plain = QUOTED.sub(lambda match: chr(int(match[1], 16)), text.replace("=\n", "").replace("=\r\n", ""))
        yield from _if_changed(text, plain)
        yield from _if_changed(text, plain.encode("latin-1", errors="replace").decode("utf-8", errors="replace"))


def decoded_bytes(text: str) -> Iterator[bytes]:
    """Return what runs of base64 (plain and URL-safe) and of hexadecimal digits hold."""
    for run in dict.fromkeys(HEX.findall(text)):
        digits = re.sub(r"[^0-9A-Fa-f]", "", run)
        for start in (0, 1) if len(digits) <= SHORT else (0,):
            yield bytes.fromhex(digits[start : start + (len(digits) - start) // 2 * 2])
    for run in dict.fromkeys(BASE64.findall(text)):
        letters = re.sub(r"[\s=]", "", run).replace("-", "+").replace("_", "/")
        for start in range(GROUP if len(letters) <= SHORT else 1):
            yield from _from_base64(letters[start:])


def _from_base64(letters: str) -> Iterator[bytes]:
    rest = len(letters) % GROUP
    whole = letters[:-1] if rest == 1 else letters
    try:
        yield base64.b64decode(whole + "=" * (-len(whole) % GROUP))
    except (binascii.Error, ValueError):
        return


def _of_percent(match: re.Match[str], charset: str) -> str:
    return bytes.fromhex(match[0].replace("%", "")).decode(charset, errors="replace")


def _if_changed(before: str, after: str) -> Iterator[str]:
    if after != before:
        yield after
