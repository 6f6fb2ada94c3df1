"""Free text cleaned by an allow-list of words: what is not known to describe an examination does not stay."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.anatomy.structures import load_structures

DESCRIPTORS_FILE = Path(__file__).with_name("descriptors.toml")
TOKEN = re.compile(r"[^\W_]+(?:[.'][^\W_]+)*")


@dataclass(frozen=True)
class Descriptors:
    """Words and forms of numbers that may stay."""

    words: frozenset[str]
    pattern: re.Pattern[str]

    def allows(self, word: str) -> bool:
        """Tell whether a word may stay."""
        plain = word.casefold()
        return plain in self.words or self.pattern.fullmatch(plain) is not None


def cleaned_text(text: str) -> str:
    """Return the words of a text that may stay, in their order, with one blank between them."""
    known = load_descriptors()
    return " ".join(word for word in TOKEN.findall(text) if known.allows(word))


def has_known_words_alone(text: str) -> bool:
    """Tell whether every word of a text may stay."""
    known = load_descriptors()
    return all(known.allows(word) for word in TOKEN.findall(text))


@cache
def load_descriptors(path: Path = DESCRIPTORS_FILE) -> Descriptors:
    """Read the words that may stay.

    Raises
    ------
    InputError
        When the file is no such table, or a pattern cannot be compiled.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        rows, patterns = document["words"].values(), document["patterns"].values()
        words = {word for row in rows for word in row.split()}
        pattern = re.compile("|".join(f"(?:{one})" for one in patterns))
    except (OSError, tomllib.TOMLDecodeError, KeyError, AttributeError, TypeError, re.error) as error:
        raise InputError(f"{path.name}: expected tables [words] and [patterns] of texts ({error})") from error
    return Descriptors(frozenset(words | _words_of_structures()), pattern)


def _words_of_structures() -> set[str]:
    texts = [text for row in load_structures().values() for text in (row.name, row.label)]
    return {word.casefold() for text in texts for word in TOKEN.findall(text)}
