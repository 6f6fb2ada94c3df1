"""Many spellings looked for in one pass over text or bytes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from iENEGraderLib.export.deidentify.folding import compact, folded, folding_table
from iENEGraderLib.export.deidentify.needles import Needle, Strictness, needles_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from iENEGraderLib.export.deidentify.identifiers import Identifiers, Kind

    Branch = dict[str, "Branch"]

BETWEEN = r"[\W_]{0,3}"
BETWEEN_BYTES = rb"[\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]{0,3}"
LABELS = "patient|name|birth|accession|institution|hospital|physician|operator|reader|mrn|case|study"
AFTER_LABEL = rf"(?:{LABELS})[a-z_ ]{{0,24}}[\W_]{{0,8}}[:=<>\"'|,;^\t\n]+[\W_]{{0,8}}"
FOLDING = folding_table()
FORMS = {
    # The guards are: no letter beside a word; no digit beside a number, nor is it a part of a decimal fraction.
    Strictness.ANYWHERE: "(?:{})",
    Strictness.WORD: r"(?<![^\W\d_])(?:{})(?![^\W\d_])",
    Strictness.NUMBER: r"(?<!\d)(?<!\d\.)(?:{})(?:(?<=\d{{8}})[0-2]\d[0-5]\d(?:[0-5]\d(?:\.\d+)?)?)?(?!\d)(?!\.\d)",
    Strictness.PARTED: r"(?<![\d.])(?:{})(?!\d)(?!\.\d)",
}
BETWEEN_OF = {Strictness.PARTED: "[./-]"}
LATIN_CHARSETS = ("utf-8",)
LEGACY_CHARSETS = (
    "utf-8", "utf-16-le", "utf-16-be", "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr", "iso8859-2", "iso8859-5",
    "koi8_r", "cp1251", "iso8859-6", "iso8859-7", "iso8859-8", "iso8859-9", "tis-620",
)  # fmt: skip
"""Those of DICOM (PS3.3 C.12.1.1.2) and their kin; ISO 2022 escapes are handled by the DICOM reader."""


class Search:
    """Finds identifying values; of what it finds it gives the kind alone."""

    def __init__(self, identifiers: Identifiers) -> None:
        needles = {needle for one in identifiers.found for needle in needles_of(one)}
        self._kinds: Mapping[str, Kind] = {needle.plain: needle.kind for needle in needles}
        self._text = _text_pattern(needles)
        self._labelled = _labelled_pattern(needles)
        self._bytes = _bytes_pattern(needles)
        self._raw = _raw_pattern(identifiers)
        self._kind_of_raw = next((one.kind for one in identifiers.found if not one.value.isascii()), None)

    def in_text(self, text: str) -> Kind | None:
        """Return the kind of the first value found in a text, or None."""
        plain = folded(text)
        match = self._text.search(plain)
        if match is not None:
            return self._kind(compact(match.group()))
        match = self._labelled.search(plain)
        return None if match is None else self._kind(compact(match.group(1)))

    def in_bytes(self, data: bytes) -> Kind | None:
        """Return the kind of the first long value found in bytes that are no text (voxels, meshes), or None."""
        match = self._bytes.search(data.translate(FOLDING))
        if match is not None:
            return self._kind(compact(match.group().decode("ascii")))
        if self._raw is not None and self._raw.search(data):
            return self._kind_of_raw
        return None

    def _kind(self, plain: str) -> Kind:
        """A time of day may follow a date."""
        while plain not in self._kinds:
            plain = plain[:-1]
        return self._kinds[plain]


def weak_kinds(identifiers: Identifiers) -> tuple[Kind, ...]:
    """Return the kinds of which no spelling is looked for as a word: too short or too common, or no spelling at all."""
    found = set()
    for one in identifiers.found:
        if all(needle.strictness is Strictness.LABELLED for needle in needles_of(one)):
            found.add(one.kind)
    return tuple(sorted(found))


def _text_pattern(needles: Iterable[Needle]) -> re.Pattern[str]:
    forms = []
    for strictness, form in FORMS.items():
        chosen = [needle.parts for needle in needles if needle.strictness is strictness]
        if chosen:
            forms.append(form.format(_tree(chosen, BETWEEN_OF.get(strictness, BETWEEN))))
    # Looking at the first letter alone is much faster than trying each form at each place.
    first = "".join(sorted({re.escape(needle.plain[0]) for needle in needles}))
    return re.compile(rf"(?=[{first}])(?:{'|'.join(forms)})" if forms else r"(?!)")


def _labelled_pattern(needles: Iterable[Needle]) -> re.Pattern[str]:
    chosen = [needle.parts for needle in needles if needle.strictness is Strictness.LABELLED]
    return re.compile(rf"{AFTER_LABEL}({_tree(chosen, BETWEEN)})(?![^\W_])" if chosen else r"(?!)")


def _bytes_pattern(needles: Iterable[Needle]) -> re.Pattern[bytes]:
    """Only long values: short ones come up in voxels by chance."""
    chosen = [
        needle.parts
        for needle in needles
        if needle.plain.isascii()
        and (
            needle.strictness is Strictness.ANYWHERE
            or (needle.strictness is Strictness.NUMBER and len(needle.plain) >= 8)
        )
    ]
    if not chosen:
        return re.compile(rb"(?!)")
    tree = _tree(chosen, "\0").encode("ascii")
    return re.compile(tree.replace(b"\0", BETWEEN_BYTES))


def _raw_pattern(identifiers: Identifiers) -> re.Pattern[bytes] | None:
    """Values with letters beyond ASCII, as the character sets of DICOM write them."""
    words = {
        word
        for one in identifiers.found
        for group in one.value.split("=")
        for word in group.replace("^", " ").split()
        if not word.isascii()
    }
    spelt = {form for word in words for form in (word, word.upper(), word.lower(), word.title())}
    found = set()
    for word in spelt:
        for charset in LATIN_CHARSETS if _is_latin(word) else LEGACY_CHARSETS:
            try:
                found.add(word.encode(charset))
            except UnicodeEncodeError:
                continue
    long_enough = sorted(re.escape(one) for one in found if len(one) >= 4)
    return re.compile(b"|".join(long_enough)) if long_enough else None


def _is_latin(word: str) -> bool:
    """Tell whether folded Latin-1 is enough to find a word in bytes, but for UTF-8."""
    return all(ord(letter) < 256 for letter in word)


def _tree(parts: Iterable[tuple[str, ...]], between: str) -> str:
    """Return a pattern that follows each beginning once, however many values share it."""
    root: Branch = {}
    for one in parts:
        place = root
        for sign in "\0".join(one):
            place = place.setdefault(sign, {})
        place[""] = {}
    return _pattern_of(root, between)


def _pattern_of(branch: Branch, between: str) -> str:
    ends_here = "" in branch
    forms = [
        (between if sign == "\0" else re.escape(sign)) + _pattern_of(below, between)
        for sign, below in sorted(branch.items())
        if sign
    ]
    if not forms:
        return ""
    whole = forms[0] if len(forms) == 1 and not ends_here else f"(?:{'|'.join(forms)})"
    return f"{whole}?" if ends_here else whole
