"""Many spellings looked for in one pass over text or bytes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from iENEGraderLib.export.deidentify.folding import compact, folded, folding_table
from iENEGraderLib.export.deidentify.labels import AFTER_LABEL, END_OF_VALUE, LABEL_WORDS, TYPED, labelled_cells
from iENEGraderLib.export.deidentify.needles import LEAST_NUMBER, PERSONS, Needle, Strictness, needles_of
from iENEGraderLib.export.deidentify.own_texts import is_own_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from iENEGraderLib.export.deidentify.identifiers import Identifier, Identifiers, Kind

    Branch = dict[str, "Branch"]

BETWEEN = r"[\W_]{0,3}"
BETWEEN_BYTES = rb"[\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]{0,3}"
FOLDING = folding_table()
FORMS = {
    # The guards are: no letter beside a word; no digit beside a number, nor is it a part of a decimal fraction.
    Strictness.ANYWHERE: "(?:{})",
    Strictness.WORD: r"(?<![^\W\d_])(?:{})(?![^\W\d_])",
    # Zeros may stand before it, a time of day behind a date; long ones are no whole part of a decimal fraction.
    Strictness.NUMBER: r"(?<!\d)(?<!\d\.)0{{0,9}}(?:{})"
    r"(?:(?<=\d{{8}})[0-2]\d[0-5]\d(?:[0-5]\d(?:\.\d+)?)?)?(?!\d)(?:(?<=\d{{7}})|(?!\.\d))",
    Strictness.PARTED: r"(?<![\d.])(?:{})(?!\d)(?!\.\d)",
}
BETWEEN_OF = {Strictness.PARTED: "(?:[./-] ?|年|月)"}
YEAR_AND_MONTH = str.maketrans("", "", "年月")
LATIN_CHARSETS = ("utf-8", "cp437", "cp850", "mac_roman")
"""Latin-1 is found by folding."""
LEGACY_CHARSETS = (
    "utf-8", "utf-16-le", "utf-16-be", "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr", "cp949", "iso2022_jp",
    "iso2022_jp_2", "iso8859-2", "iso8859-3", "iso8859-4", "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8",
    "iso8859-9", "iso8859-13", "iso8859-16", "koi8_r", "koi8_u", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255",
    "cp1256", "cp1257", "cp1258", "cp852", "cp866", "tis-620",
)  # fmt: skip
"""Those of DICOM (PS3.3 C.12.1.1.2) and their kin."""
BACK_TO_ASCII = (b"\x1b(B", b"\x1b(J")
"""How ISO 2022 ends a word in other letters, unless more of them follow."""
AROUND = 64
LEAST_RAW, LEAST_RAW_ANYWHERE = 4, 6
"""Bytes of a word in such a character set; shorter ones come up in compressed bytes by chance."""
BASE64_BEFORE, BASE64_BEHIND = re.compile(r"[a-z0-9+/]*$"), re.compile(r"[a-z0-9+/]*")
LEAST_BASE64, LEAST_BASE64_DIGITS = 60, 8
"""Signs and digits around a short word without a gap: it came about by chance there; what they encode is searched."""
LEAST_TYPED = 3
"""Shorter numbers are the whole of too many texts: names of nodes, counters."""
OWN_NUMBERED_FILE = re.compile(r"\d{4}\.dcm")
"""How exports name the images of a series."""
HEAD_BYTES = 65536
"""Of bytes that are no text, so many at the beginning and the end are searched for short words too: headers."""


class Search:
    """Finds identifying values; of what it finds it gives the kind alone."""

    def __init__(self, identifiers: Identifiers) -> None:
        needles = {needle for one in identifiers.found for needle in needles_of(one)}
        self._kinds: Mapping[str, Kind] = {needle.plain: needle.kind for needle in needles}
        self._text = _text_pattern(needles)
        self._labelled = _labelled_pattern(needles)
        self._typed = _number_pattern(needles, LEAST_TYPED, f"(?:{TYPED})0{{0,9}}", END_OF_VALUE)
        self._in_names = _number_pattern(needles, LEAST_NUMBER - 1, r"(?<!\d)", r"(?!\d)")
        self._bytes = _bytes_pattern(needles)
        raw = _raw_forms(identifiers)
        self._raw = _any_of(form for form in raw if len(form) >= LEAST_RAW_ANYWHERE)
        self._short_raw = _any_of(form for form in raw if LEAST_RAW <= len(form) < LEAST_RAW_ANYWHERE)
        self._kind_of_raw = next((one.kind for one in identifiers.found if not one.value.isascii()), None)

    def in_text(self, text: str) -> Kind | None:
        """Return the kind of the first value found in a text, or None; the program's own sentences do not count."""
        plain = folded(text)
        cells = labelled_cells(plain)
        for pattern in (self._text, self._labelled, self._typed):
            for match in pattern.finditer(plain):
                value = match.lastindex or 0
                is_chance = _is_amid_base64(plain, *match.span(value)) or is_own_text(plain, *match.span(value))
                if not is_chance:
                    return self._kind(compact(match[value]))
        match_in_cell = self._labelled.search(cells)
        return None if match_in_cell is None else self._kind(compact(match_in_cell[1]))

    def in_name(self, name: str) -> Kind | None:
        """Return the kind of the first value found in the name of a file or folder, where numbers of four digits count.

        The names of numbers that exports give to images tell nothing.
        """
        found = self.in_text(name)
        if found is not None or OWN_NUMBERED_FILE.fullmatch(name.rpartition("/")[2]):
            return found
        match = self._in_names.search(folded(name))
        return None if match is None else self._kind(compact(match[1]))

    def in_bytes(self, data: bytes) -> Kind | None:
        """Return the kind of the first long value found in bytes that are no text (voxels, meshes), or None."""
        plain = data.translate(FOLDING)
        for match in self._bytes.finditer(plain):
            start, around = max(0, match.start() - AROUND), plain[max(0, match.start() - AROUND) : match.end() + AROUND]
            if not is_own_text(around.decode("latin-1"), match.start() - start, match.end() - start):
                return self._kind(compact(match.group().decode("ascii")))
        is_found = self._raw is not None and self._raw.search(data)
        is_found = is_found or (self._short_raw is not None and self._short_raw.search(ends_of(data)))
        return self._kind_of_raw if is_found else None

    def _kind(self, plain: str) -> Kind:
        """Zeros may stand before a number, and a time of day behind a date; signs of year and month in it."""
        plain = plain if plain in self._kinds else plain.translate(YEAR_AND_MONTH)
        ends = (plain[: len(plain) - cut] for cut in range(len(plain)))
        return next(self._kinds[form] for end in ends for form in (end, end.lstrip("0")) if form in self._kinds)


def _is_amid_base64(plain: str, start: int, end: int) -> bool:
    """Tell whether a short hit is a part of an embedded picture or file."""
    if end - start >= LEAST_RAW_ANYWHERE:
        return False
    before = BASE64_BEFORE.search(plain[max(0, start - LEAST_BASE64) : start])
    behind = BASE64_BEHIND.match(plain, end, end + LEAST_BASE64)
    run = (before[0] if before else "") + (behind[0] if behind else "")
    return len(run) >= LEAST_BASE64 and sum(map(str.isdigit, run)) >= LEAST_BASE64_DIGITS


def ends_of(data: bytes) -> bytes:
    """Return bytes near the beginning and the end, where headers and trailers are; all when there are few."""
    return data if len(data) <= 2 * HEAD_BYTES else data[:HEAD_BYTES] + b"\n" + data[-HEAD_BYTES:]


def weak_kinds(identifiers: Identifiers) -> tuple[Kind, ...]:
    """Return the kinds of which a value is not looked for as a word: too short or too common, or no spelling at all.

    A name counts by its family name, which stands before the first ``^``.
    """
    return tuple(sorted({one.kind for one in identifiers.found if _is_weak(one)}))


def _is_weak(identifier: Identifier) -> bool:
    value = identifier.value
    if identifier.kind in PERSONS and "^" in value:
        value = value.partition("^")[0] or value
    return all(needle.strictness is Strictness.LABELLED for needle in needles_of(replace(identifier, value=value)))


def _text_pattern(needles: Iterable[Needle]) -> re.Pattern[str]:
    forms = []
    for strictness, form in FORMS.items():
        chosen = [needle.parts for needle in needles if needle.strictness is strictness]
        if chosen:
            forms.append(form.format(_tree(chosen, BETWEEN_OF.get(strictness, BETWEEN))))
    # Looking at the first letter alone is much faster than trying each form at each place.
    first = "".join(sorted({re.escape(needle.plain[0]) for needle in needles} | {"0"}))
    return re.compile(rf"(?=[{first}])(?:{'|'.join(forms)})" if forms else r"(?!)")


def _labelled_pattern(needles: Iterable[Needle]) -> re.Pattern[str]:
    labelled = [needle for needle in needles if needle.strictness is Strictness.LABELLED]
    chosen = [needle.parts for needle in labelled if needle.plain not in LABEL_WORDS]
    return re.compile(rf"{AFTER_LABEL}0{{0,9}}({_tree(chosen, BETWEEN)})(?![^\W_])(?!\.\d)" if chosen else r"(?!)")


def _number_pattern(needles: Iterable[Needle], least: int, before: str, behind: str) -> re.Pattern[str]:
    """Return a pattern of the numbers that are too short to be looked for everywhere, from `least` digits on."""
    chosen = [
        needle.parts
        for needle in needles
        if needle.strictness is Strictness.LABELLED and needle.plain.isdigit() and len(needle.plain) >= least
    ]
    return re.compile(f"{before}({_tree(chosen, BETWEEN)}){behind}" if chosen else r"(?!)")


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


def _raw_forms(identifiers: Identifiers) -> set[bytes]:
    """Words with letters beyond ASCII, as the character sets of DICOM and of older programs write them."""
    words = {
        word
        for one in identifiers.found
        for group in one.value.split("=")
        for word in (*group.replace("^", " ").split(), group.replace("^", ""))
        if not word.isascii()
    }
    spelt = {form for word in words for form in (word, word.upper(), word.lower(), word.title())}
    found = set()
    for word in spelt:
        for charset in LATIN_CHARSETS if _is_latin(word) else LEGACY_CHARSETS:
            try:
                written = word.encode(charset)
            except UnicodeEncodeError:
                continue
            found.add(written[:-3] if written.endswith(BACK_TO_ASCII) else written)
    return found


def _any_of(forms: Iterable[bytes]) -> re.Pattern[bytes] | None:
    chosen = sorted(re.escape(form) for form in forms)
    return re.compile(b"|".join(chosen)) if chosen else None


def _is_latin(word: str) -> bool:
    """Tell whether folding finds a word in bytes of Latin-1."""
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
