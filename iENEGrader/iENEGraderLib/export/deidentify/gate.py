"""The gate: reads back every byte that is about to be shared, and refuses when it finds who the patient is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.export.deidentify.dicom_content import is_dicom_file
from iENEGraderLib.export.deidentify.encodings import SHORT, decoded_bytes, decoded_texts
from iENEGraderLib.export.deidentify.identifiers import Kind
from iENEGraderLib.export.deidentify.search import HEAD_BYTES, Search, ends_of, weak_kinds
from iENEGraderLib.export.deidentify.unpacking import (
    CERTAIN_HEADS,
    PNG_SIGNATURE,
    UnreadableError,
    inner_contents,
    is_container,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from iENEGraderLib.export.deidentify.identifiers import Identifiers

MOST_LEVELS = 12
SAID_EVERY = 10
TYPED = "look for it in what was typed (names of segments, notes, teaching notes), change it there and export again"
REMEDY = {
    Kind.FILE_NAME: "rename the source file or folder if the word in it is none of the patient, then export again",
    Kind.CASE_ID: "give the reading a case id that is no word or number of its content, and export again",
    Kind.UID: "please report it, as the program should have replaced it; leave out this target until then",
    Kind.DEVICE: "please report it, as the program should have left it out; leave out this target until then",
}
"""What to do; a person may have the name of something in the report, and then text of that name has to be changed."""
LEGIBLE_RUN = re.compile(rb"[\x09\x20-\x7e]+(?:[\xa0-\xff]{1,3}[\x20-\x7e]+)*")
LEAST_RUN, LEAST_RUN_OF_FEW, LEAST_ASCII_SHARE = 6, 4, 0.75
"""Compressed bytes are full of shorter and stranger runs; those of four signs count in short contents alone."""
BETWEEN_RUNS = b"\x0c"
"""Not the end of a line, after which a value may follow its label."""
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x9f]")
ASCII = bytes(range(128))
MOST_CONTROL_SHARE = 0.02
LEGIBLE_BYTES = bytes([0, 9, 10, 13, *range(0x20, 0x7F), *range(0xA0, 0x100)])


@dataclass(frozen=True)
class GateReport:
    """What the gate has read, and where it cannot look closely.

    Attributes
    ----------
    files, bytes_read : what was read back.
    loosely_checked : kinds of values that are so short or common that they count only after a label (``name: Li``).
    """

    files: int
    bytes_read: int
    loosely_checked: tuple[Kind, ...]


def _keep_still(what: str) -> None:
    """Say nothing."""


def require_clean(folder: str | Path, identifiers: Identifiers, say: Callable[[str], None] = _keep_still) -> GateReport:
    """Read back a folder, or a single file, and refuse it when it tells who the patient is.

    Names of files and folders, texts in any usual encoding and spelling, archives, compressed streams, DICOM files with
    private and nested attributes, pictures and pages with embedded files are looked into; each of them may hold others.

    Parameters
    ----------
    folder : the export; it must not be shared before this returns.
    identifiers : values of the source, see :mod:`iENEGraderLib.export.deidentify.identifiers`.
    say : told in a few words, every few files, how far it is.

    Raises
    ------
    InputError
        Naming the file and the kind of value found, never the value; also when something cannot be read back, and
        when there are no identifiers or no files, since nothing is checked then.
    """
    root = Path(folder)
    files = [root] if root.is_file() else sorted(path for path in root.rglob("*") if not path.is_dir())
    if not identifiers.found:
        raise InputError("the export cannot be checked: no identifying values of the source were given")
    if not files:
        raise InputError(f"{root.name}: holds no file; there is nothing to check")
    search = Search(identifiers)
    folders = [] if root.is_file() else [path for path in root.rglob("*") if path.is_dir()]
    for number, path in enumerate([root, *folders, *files], start=1):
        if path.is_symlink():
            raise InputError(f"file {number} of the export is a link to another place; copy the file itself")
        kind = _kind_in_name(search, path.name)
        if kind is not None:
            raise _refusal(f"the name of file or folder {number} of the export", kind)
    size = 0
    for number, path in enumerate(files):
        if number % SAID_EVERY == 0:
            say(f"looking for what identifies the patient: file {number + 1} of {len(files)}")
        data = path.read_bytes()
        size += len(data)
        _require_clean_content(search, data, str(path.relative_to(root)) if path != root else path.name)
    return GateReport(len(files), size, weak_kinds(identifiers))


def _require_clean_content(search: Search, data: bytes, name: str) -> None:
    try:
        kind = _kind_in_content(search, data, 0)
    except UnreadableError as error:
        raise InputError(f"{name}: cannot be read back ({error}), so it must not be shared") from error
    except InputError as error:
        raise InputError(f"{name}: {error}, so it must not be shared") from error
    if kind is not None:
        raise _refusal(name, kind)


def _refusal(where: str, kind: Kind | None) -> InputError:
    remedy = REMEDY.get(kind, TYPED) if kind is not None else TYPED
    return InputError(
        f"{where}: holds an identifying value of the source ({kind}); the export was not finished: {remedy}"
    )


def _kind_in_content(search: Search, data: bytes, level: int) -> Kind | None:
    """Search bytes as they are, as text, and all that is inside them."""
    if not data:
        return None
    if level > MOST_LEVELS:
        raise UnreadableError("contents within contents without end")
    # All parts of these come below, one by one; pixels among them would read as words.
    is_parted = is_dicom_file(data) or data.startswith(PNG_SIGNATURE)
    texts = [] if is_parted else list(_texts_in(data))
    kind = _kind_in_texts(search, texts) or _kind_in_bytes(search, data)
    if kind is not None:
        return kind
    for inner in inner_contents(data):
        if inner.is_pixels:
            kind = _kind_in_bytes(search, inner.content)
        else:
            kind = _kind_in_name(search, inner.name) or _kind_in_content(search, inner.content, level + 1)
        if kind is not None:
            return kind
    for text in texts:
        kind = _kind_in_encoded(search, text, level + 1)
        if kind is not None:
            return kind
    return None


def _kind_in_encoded(search: Search, text: str, level: int) -> Kind | None:
    """Decode what may be base64 or hexadecimal digits; the many short pieces are searched together."""
    legible, others = [], []
    for content in decoded_bytes(text):
        if len(content) > SHORT or is_container(content):
            kind = _kind_in_guessed(search, content, level)
            if kind is not None:
                return kind
        elif content.translate(None, LEGIBLE_BYTES):
            others.append(content)
        else:
            legible.append(content.replace(b"\0", b""))
    return _kind_in_bytes(search, b"\n".join(others)) or _kind_in_content(search, b"\n".join(legible), level)


def _kind_in_guessed(search: Search, content: bytes, level: int) -> Kind | None:
    """Search what was decoded on the guess that it is base64: a word may look like a damaged stream by chance."""
    try:
        return _kind_in_content(search, content, level)
    except UnreadableError:
        if len(content) > SHORT or content.startswith(CERTAIN_HEADS):
            raise
        # Its bytes have been searched before they were opened.
        return None


def _kind_in_bytes(search: Search, data: bytes) -> Kind | None:
    """Without the zeros, text of two or four bytes a letter reads as if it had one."""
    kind = search.in_bytes(data)
    if kind is None and b"\0" in data:
        kind = search.in_bytes(data.replace(b"\0", b""))
    return kind


def _kind_in_name(search: Search, name: str) -> Kind | None:
    return search.in_name(name) or _kind_in_texts(search, [name])


def _kind_in_texts(search: Search, texts: list[str]) -> Kind | None:
    for text in texts:
        kind = search.in_text(text)
        if kind is not None:
            return kind
        for form in decoded_texts(text):
            kind = search.in_text(form) or next(filter(None, map(search.in_text, decoded_texts(form))), None)
            if kind is not None:
                return kind
    return None


def _texts_in(data: bytes) -> Iterator[str]:
    """Return the readings of bytes as text; of other bytes the legible runs near both ends."""
    text = _as_text(data)
    if text is not None:
        yield text
        if not text.isascii():
            yield data.decode("latin-1")
        return
    ends, least = ends_of(data), LEAST_RUN if len(data) > SHORT else LEAST_RUN_OF_FEW
    for piece in (ends, ends.replace(b"\0", b"")):
        runs = BETWEEN_RUNS.join(run for run in LEGIBLE_RUN.findall(piece) if _is_legible(run, least))
        yield runs.decode("latin-1")
        yield runs.decode("utf-8", errors="replace")


def _is_legible(run: bytes, least: int) -> bool:
    strange = len(run.translate(None, ASCII))
    return len(run) >= least and strange <= (1 - LEAST_ASCII_SHARE) * len(run)


def _as_text(data: bytes) -> str | None:
    """Return bytes as text when nearly all of it is legible."""
    for charset in _charsets(data):
        try:
            text = data.decode(charset)
        except UnicodeDecodeError:
            continue
        if len(CONTROL.findall(text[:HEAD_BYTES])) <= MOST_CONTROL_SHARE * min(len(text), HEAD_BYTES):
            return text
    return None


def _charsets(data: bytes) -> tuple[str, ...]:
    if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return ("utf-32",)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    head = data[:HEAD_BYTES]
    if head.count(0) * 4 > len(head):
        # The zero comes first in letters whose high byte comes first.
        return ("utf-16-be",) if head[::2].count(0) > head[1::2].count(0) else ("utf-16-le",)
    return ("utf-8", "latin-1")
