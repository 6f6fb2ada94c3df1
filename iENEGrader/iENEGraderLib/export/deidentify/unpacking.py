"""What is inside files that hold other files, compressed data or described data."""

from __future__ import annotations

import bz2
import io
import lzma
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from iENEGraderLib.export.deidentify.dicom_content import is_dicom_file, parts_of_dicom

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
GZIP_HEAD_BYTES = 512
NRRD_HEADER_END = re.compile(rb"\r?\n\r?\n")
NRRD_GZIP = re.compile(rb"^encoding:\s*(gzip|gz|bzip2|bz2)\s*$", re.MULTILINE | re.IGNORECASE)
PDF_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
ZLIB_HEADS = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
UNREADABLE = {
    b"7z\xbc\xaf\x27\x1c": "7z archive",
    b"Rar!\x1a\x07": "RAR archive",
    b"\x28\xb5\x2f\xfd": "Zstandard stream",
    b"\x04\x22\x4d\x18": "LZ4 stream",
}
CERTAIN_HEADS = (b"PK\x03\x04", b"NRRD000", PNG_SIGNATURE, *UNREADABLE)
"""Beginnings that are too long to come up by chance."""
ZIP_END, ZIP_END_BYTES = b"PK\x05\x06", 65557
"""Mark of the end of an archive, and how far from the end of a file it may be."""


class UnreadableError(Exception):
    """A content that cannot be read back, and what it is."""


@dataclass(frozen=True, eq=False)
class Inner:
    """One content of a file: its name if it has one, its bytes, and whether these are pixels, which are no text."""

    content: bytes
    name: str = ""
    is_pixels: bool = False


def inner_contents(data: bytes) -> Iterator[Inner]:
    """Return what is inside, one level down; nothing when the bytes are no container.

    Raises
    ------
    UnreadableError
        When it is a container that cannot be opened: encrypted, damaged, or of an unknown kind.
    """
    for head, kind in UNREADABLE.items():
        if data.startswith(head):
            raise UnreadableError(kind)
    opener = _opener(data)
    if opener is None:
        return
    try:
        yield from opener(data)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, lzma.LZMAError, struct.error, RuntimeError) as error:
        raise UnreadableError("damaged or encrypted container") from error


def is_container(data: bytes) -> bool:
    """Tell whether bytes begin as a known container does, or as one that cannot be opened."""
    return data.startswith(HEADS) or is_dicom_file(data) or ZIP_END in data


def _opener(data: bytes) -> Callable[[bytes], Iterator[Inner]] | None:
    for head, opener in OPENERS.items():
        if data.startswith(head):
            return opener
    if is_dicom_file(data):
        return _dicom
    if data[:2] in ZLIB_HEADS:
        return _zlib_if_it_is
    # Archives may stand behind something else: a program, a page.
    return _zip if ZIP_END in data[-ZIP_END_BYTES:] else None


def _zip(data: bytes) -> Iterator[Inner]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        yield Inner(archive.comment)
        for entry in archive.infolist():
            yield Inner(entry.comment + b"\n" + entry.extra)
            yield Inner(b"" if entry.is_dir() else archive.read(entry), entry.filename)


def _gzip(data: bytes) -> Iterator[Inner]:
    """All members, one after the other; first what stands in the head of the first: name and comment (RFC 1952 2.3)."""
    yield Inner(data[10:GZIP_HEAD_BYTES])
    while data.startswith(b"\x1f\x8b"):
        stream = zlib.decompressobj(wbits=31)
        yield Inner(stream.decompress(data) + stream.flush())
        if not stream.eof:
            raise EOFError
        data = stream.unused_data
    yield Inner(data)


def _bzip2(data: bytes) -> Iterator[Inner]:
    yield Inner(bz2.decompress(data))


def _xz(data: bytes) -> Iterator[Inner]:
    yield Inner(lzma.decompress(data))


def _zlib_if_it_is(data: bytes) -> Iterator[Inner]:
    stream = zlib.decompressobj()
    try:
        content = stream.decompress(data)
    except zlib.error:
        return
    yield Inner(content)


def _png(data: bytes) -> Iterator[Inner]:
    pixels = []
    for kind, content in png_chunks(data):
        if kind == b"IDAT":
            pixels.append(content)
        elif kind == b"zTXt":
            name, _, packed = content.partition(b"\0")
            yield Inner(name + b"\n" + zlib.decompress(packed[1:]))
        elif kind == b"iTXt":
            name, _, rest = content.partition(b"\0")
            language, _, text = rest[2:].partition(b"\0")
            title, _, text = text.partition(b"\0")
            yield Inner(b"\n".join((name, language, title, zlib.decompress(text) if rest[:1] == b"\1" else text)))
        elif kind == b"iCCP":
            name, _, packed = content.partition(b"\0")
            yield Inner(name + b"\n" + zlib.decompress(packed[1:]))
        elif kind not in (b"IHDR", b"IEND"):
            yield Inner(content)
    stream = zlib.decompressobj()
    yield Inner(stream.decompress(b"".join(pixels)), is_pixels=True)
    if not stream.eof:
        raise EOFError
    yield Inner(stream.unused_data)


def png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Return kind and content of each chunk (ISO/IEC 15948 5.3); what follows the end as a chunk without kind."""
    place = len(PNG_SIGNATURE)
    kind = b""
    while place < len(data) and kind != b"IEND":
        length, kind = struct.unpack(">I4s", data[place : place + 8])
        yield kind, data[place + 8 : place + 8 + length]
        place += length + 12
    if data[place:]:
        yield b"", data[place:]


def _nrrd(data: bytes) -> Iterator[Inner]:
    end = NRRD_HEADER_END.search(data)
    header, voxels = (data, b"") if end is None else (data[: end.start()], data[end.end() :])
    yield Inner(header.partition(b"\n")[2])
    match = NRRD_GZIP.search(header)
    if match is not None:
        for inner in (_gzip if match[1].lower().startswith(b"g") else _bzip2)(voxels):
            yield replace(inner, is_pixels=True)


def _pdf(data: bytes) -> Iterator[Inner]:
    """Streams that are compressed by zlib, which is what writers of PDF use."""
    for match in PDF_STREAM.finditer(data):
        yield from _zlib_if_it_is(match[1])


def _glb(data: bytes) -> Iterator[Inner]:
    """Chunks of a binary glTF file (specification 2.0, 4.4)."""
    place = 12
    while place + 8 <= len(data):
        (length,) = struct.unpack("<I", data[place : place + 4])
        yield Inner(data[place + 8 : place + 8 + length])
        place += 8 + length


def _dicom(data: bytes) -> Iterator[Inner]:
    for part in parts_of_dicom(data):
        yield Inner(part.content, is_pixels=part.is_pixels)


OPENERS: dict[bytes, Callable[[bytes], Iterator[Inner]]] = {
    b"PK\x03\x04": _zip,
    b"\x1f\x8b": _gzip,
    b"BZh": _bzip2,
    b"\xfd7zXZ\x00": _xz,
    PNG_SIGNATURE: _png,
    b"NRRD000": _nrrd,
    b"%PDF": _pdf,
    b"glTF": _glb,
}
HEADS = (*OPENERS, *ZLIB_HEADS, *UNREADABLE)
