"""A fast walk over the header of a DICOM file: only the wanted elements are kept, and pixel data is never reached.

Little-endian files of plain structure only (PS3.5 chapter 7, PS3.10 chapter 7). Anything else, and any doubt, raises
``UnusualHeaderError``, and pydicom reads the file instead.
"""

from __future__ import annotations

import os
import struct
import sys
from typing import TYPE_CHECKING

from PWIProtocolLib.protocol.headers.raw import (
    LONG_TYPES,
    MACROS,
    SHORT_TYPES,
    Raw,
    UnusualHeaderError,
    WrongType,
    fits,
    is_enhanced,
)
from PWIProtocolLib.protocol.headers.tags import Tag

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FIRST_READ = 16384
END_OF_CLASSIC = 0x00290000
END_OF_ENHANCED = 0x52009231
NEVER = 0x1_0000_0000
UNDEFINED = 0xFFFFFFFF
DELIMITERS, FIRST_DELIMITER = 0xFFFE, 0xFFFE0000
ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
IMPLICIT = b"1.2.840.10008.1.2"
EXPLICIT = b"1.2.840.10008.1.2.1"
COMPRESSED = (b"1.2.840.10008.1.2.4.", b"1.2.840.10008.1.2.5")
"""JPEG families and RLE: only pixel data is compressed, the header is explicit little endian."""

CLASSIC_IMAGE = {Tag.Rows, Tag.Columns, Tag.PixelSpacing}
ENHANCED_IMAGE = {Tag.Rows, Tag.Columns, Tag.PerFrameFunctionalGroupsSequence}
"""The last elements of an image header: without them its elements may not be in order, or it is no image."""

SHORT_CODES = frozenset(vr.encode() for vr in SHORT_TYPES)
LONG_CODES = frozenset(vr.encode() for vr in LONG_TYPES)
MACRO_NUMBERS = frozenset(int(tag) for tag in MACROS)
TYPE_OF = {int(tag): tag.vr.encode() for tag in Tag}

_element = struct.Struct("<HH2sH").unpack_from
_tag_and_length = struct.Struct("<HHL").unpack_from
_length = struct.Struct("<L").unpack_from


class _MoreNeededError(Exception):
    """The part of the file in hand ends inside the header."""


def walk_file(path: Path, types: Mapping[int, bytes] = TYPE_OF, end: int = 0) -> Raw:
    """Return the wanted elements of a DICOM file.

    Parameters
    ----------
    path : the file.
    types : wanted tag numbers with their value types.
    end : tag number at which to stop; by default behind the last one wanted for the class of the file.

    Raises
    ------
    UnusualHeaderError
        when the file is not of plain structure, cut short or in any way doubtful.
    OSError
        when the file cannot be read.
    """
    with path.open("rb", buffering=0) as stream:
        size = os.fstat(stream.fileno()).st_size
        data = stream.read(FIRST_READ)
        while True:
            try:
                return _Walk(data, size, types).wanted(end)
            except (_MoreNeededError, struct.error) as shortage:
                more = stream.read(3 * len(data))
                if not more:
                    raise UnusualHeaderError from shortage
                data += more


class _Walk:
    """One pass over the first part of a file."""

    def __init__(self, data: bytes, size: int, types: Mapping[int, bytes]) -> None:
        self.data = data
        self.size = size
        self.types = types
        self.start, self.explicit = self._after_meta_information()

    def wanted(self, end: int) -> Raw:
        """Return the wanted elements of the whole file."""
        out: Raw = {}
        place = self._elements(self.start, self.size, out, end or END_OF_CLASSIC)
        if end:
            return out
        if place < self.size and is_enhanced(out):
            self._elements(place, self.size, out, END_OF_ENHANCED)
        if not (ENHANCED_IMAGE if is_enhanced(out) else CLASSIC_IMAGE) <= out.keys():
            raise UnusualHeaderError
        return out

    def _after_meta_information(self) -> tuple[int, bool]:
        """Return where the data set begins, and whether it states its value types."""
        data, place, syntax = self.data, 132, b""
        if data[128:132] != b"DICM":
            raise UnusualHeaderError
        while True:
            group, element, vr, length = _element(data, place)
            if group != 2:
                break
            place += 8
            if vr in LONG_CODES:
                length = _length(data, place)[0]
                place += 4
            elif vr not in SHORT_CODES:
                raise UnusualHeaderError
            if element == 0x10:
                syntax = data[place : place + length].rstrip(b"\0 ")
            place += length
        if syntax == IMPLICIT:
            if vr in SHORT_CODES or vr in LONG_CODES:
                raise UnusualHeaderError
            return place, False
        if syntax == EXPLICIT or syntax.startswith(COMPRESSED):
            return place, True
        raise UnusualHeaderError

    def _elements(self, place: int, end: int, out: Raw | None, stop: int = NEVER) -> int:
        """Walk to the byte ``end``, the tag ``stop`` or the end of an item; return where that is.

        Wanted elements go into ``out``; without it all are passed over.
        """
        head, types, last = self._explicit_head if self.explicit else self._implicit_head, self.types, -1
        while place < end:
            begin = place
            tag, vr, length, place = head(place)
            if tag >= stop:
                return begin
            if tag >= FIRST_DELIMITER:
                if tag == ITEM_END and end == sys.maxsize:
                    return place
                raise UnusualHeaderError
            if tag <= last:
                raise UnusualHeaderError
            last = tag
            if out is not None and tag in types:
                place = self._keep(tag, vr, place, length, out)
            elif length == UNDEFINED and vr in (b"SQ", b""):
                place = self._items(place, length, None)
            elif length & 1:
                raise UnusualHeaderError
            else:
                place += length
        if place > end:
            raise UnusualHeaderError
        return place

    def _explicit_head(self, place: int) -> tuple[int, bytes, int, int]:
        """Return tag, value type and length of the element at a place, and where its value begins."""
        group, element, vr, length = _element(self.data, place)
        place += 8
        if vr in LONG_CODES:
            if length:
                raise UnusualHeaderError
            length = _length(self.data, place)[0]
            place += 4
        elif vr not in SHORT_CODES and group != DELIMITERS:
            raise UnusualHeaderError
        return group << 16 | element, vr, length, place

    def _implicit_head(self, place: int) -> tuple[int, bytes, int, int]:
        """Return the same of an element that does not state its value type."""
        group, element, length = _tag_and_length(self.data, place)
        return group << 16 | element, b"", length, place + 8

    def _keep(self, tag: int, vr: bytes, place: int, length: int, out: Raw) -> int:
        """Store one wanted element; return the place behind it."""
        expected = self.types[tag]
        if expected == b"SQ":
            if vr not in (b"SQ", b""):
                raise UnusualHeaderError
            if tag in MACRO_NUMBERS:
                return self._items(place, length, out)
            items: list[Raw] = []
            out.setdefault(tag, items)
            return self._items(place, length, items)
        if length & 1 or length == UNDEFINED or vr == b"SQ" or place + length > self.size:
            raise UnusualHeaderError
        if place + length > len(self.data):
            raise _MoreNeededError
        if vr in (expected, b"") or fits(vr.decode(), expected.decode()):
            out.setdefault(tag, self.data[place : place + length])
        else:
            out.setdefault(tag, WrongType(vr.decode()))
        return place + length

    def _items(self, place: int, length: int, out: Raw | list[Raw] | None) -> int:
        """Walk the items of a sequence into ``out``: a list gets one entry an item, a macro fills its parent."""
        end = NEVER if length == UNDEFINED else place + length
        if length != UNDEFINED and end > self.size:
            raise UnusualHeaderError
        while place < end:
            tag, _, size, place = self._implicit_head(place)
            if tag == SEQUENCE_END and length == UNDEFINED:
                return place
            if tag != ITEM:
                raise UnusualHeaderError
            target: Raw | None
            if isinstance(out, list):
                target = {}
                out.append(target)
            else:
                target = out
            if target is None and size != UNDEFINED:
                place += size
            else:
                place = self._elements(place, sys.maxsize if size == UNDEFINED else place + size, target)
        if place != end:
            raise UnusualHeaderError
        return place
