"""Text without regard to case, accents and way of writing, so that one spelling finds the others."""

from __future__ import annotations

import re
import unicodedata

LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
"""Letters that Unicode does not take apart."""
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
TOKEN = re.compile(r"[^\W_]+")


def folded(text: str) -> str:
    """Return text in small letters without accents; ligatures and wide forms are taken apart (Unicode NFKD)."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).translate(LETTERS)


def spellings(text: str) -> set[str]:
    """Return the folded spellings of a value: without accents, and with umlauts written as two letters."""
    two_letters = unicodedata.normalize("NFC", text).casefold().translate(UMLAUTS)
    return {folded(text), folded(two_letters)}


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
