"""Text without regard to case, accents and way of writing, so that one spelling finds the others."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
"""Letters that Unicode does not take apart."""
WITHOUT_WIDTH = (0xAD, 0x61C, 0xFEFF, *range(0x200B, 0x2010), *range(0x2060, 0x2065))
"""Soft hyphens, joiners and marks of direction: a name looks the same with them."""
ACCENTS = [code for code in range(0x80, 0x20000) if unicodedata.combining(chr(code))]
PLAIN = str.maketrans(LETTERS) | dict.fromkeys((*WITHOUT_WIDTH, *ACCENTS))
NO_LETTER = "\ufffd"
"""Stands where bytes are no text; any other sign that is no letter does as well."""
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
TWO_LETTERS = re.compile(r"(?<![aeiouq])([aou])e")
"""An umlaut written as two letters, as many registers do; not in *Bauer*, *Lafayette*, *Quedlinburg*."""
TOKEN = re.compile(r"[^\W_]+")


def folded(text: str) -> str:
    """Return text in small letters without accents; ligatures and wide forms are taken apart (Unicode NFKD)."""
    if text.isascii():
        return text.lower()
    text = text.replace(NO_LETTER, "\x7f")
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return unicodedata.normalize("NFKD", text.casefold()).translate(PLAIN)
    # Most of what is searched is bytes read as Latin-1, for which one table is enough.
    return text.translate(_latin_table())


@cache
def _latin_table() -> dict[int, str]:
    return {code: unicodedata.normalize("NFKD", chr(code).casefold()).translate(PLAIN) for code in range(256)}


def spellings(text: str) -> set[str]:
    """Return the folded spellings of a value: without accents, with umlauts as two letters, and two letters as one.

    A register that holds ``Mueller`` is found in a text that says ``Müller``, and the other way round.
    """
    two_letters = unicodedata.normalize("NFC", text).casefold().translate(UMLAUTS)
    plain = folded(text)
    return {plain, folded(two_letters), TWO_LETTERS.sub(r"\1", plain)}


def tokens(text: str) -> tuple[str, ...]:
    """Return the letters and digits of a folded text, parted where anything else stands between them."""
    return tuple(TOKEN.findall(text))


def compact(text: str) -> str:
    """Return the letters and digits alone."""
    return "".join(TOKEN.findall(text))


def folding_table() -> bytes:
    """Return the table that folds bytes of Latin-1 text: small letters without accents, other bytes as they are."""
    table = bytearray(range(256))
    for code in range(256):
        plain = folded(chr(code))
        if len(plain) == 1 and plain.isascii():
            table[code] = ord(plain)
    return bytes(table)
