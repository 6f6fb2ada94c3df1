"""The header of one DICOM file, read fast and decoded on demand. Values are never guessed, and pixels never read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.protocol.headers.decode import (
    decoded_clock,
    decoded_date,
    decoded_moment,
    decoded_number,
    decoded_numbers,
    decoded_text,
    decoded_texts,
    element_of,
)
from PWIProtocolLib.protocol.headers.fallback import read_with_pydicom
from PWIProtocolLib.protocol.headers.private_elements import private_element
from PWIProtocolLib.protocol.headers.raw import UnusualHeaderError, is_enhanced
from PWIProtocolLib.protocol.headers.tags import PrivateTag, Tag
from PWIProtocolLib.protocol.headers.walk import walk_file
from PWIProtocolLib.protocol.verdict import Evidence

if TYPE_CHECKING:
    from datetime import date, datetime
    from os import PathLike

    from PWIProtocolLib.protocol.headers.decode import Element
    from PWIProtocolLib.protocol.headers.raw import Raw
    from PWIProtocolLib.protocol.headers.value import HeaderValue


class HeaderItem:
    """Attributes of one item: of a whole file, or of one item of a sequence in it.

    All accessors take ``frame``, the number of a frame in an enhanced file counted from 0; it has no effect elsewhere.
    """

    def __init__(self, raw: Raw, charset: str) -> None:
        self._raw = raw
        self._charset = charset

    def text(self, tag: Tag, frame: int = 0) -> HeaderValue[str]:
        """Return a text without padding; several values stay joined by backslashes."""
        return decoded_text(tag, self._element(tag, frame), self._charset)

    def texts(self, tag: Tag, frame: int = 0) -> HeaderValue[tuple[str, ...]]:
        """Return the values of a text attribute."""
        return decoded_texts(tag, self._element(tag, frame), self._charset)

    def number(self, tag: Tag, frame: int = 0) -> HeaderValue[float]:
        """Return the one number of an attribute, in the unit of the standard (ms, mm, degrees)."""
        return decoded_number(tag, self._element(tag, frame))

    def numbers(self, tag: Tag, count: int | None = None, frame: int = 0) -> HeaderValue[tuple[float, ...]]:
        """Return the numbers of an attribute; another count than ``count`` is malformed."""
        return decoded_numbers(tag, self._element(tag, frame), count)

    def clock_s(self, tag: Tag, frame: int = 0) -> HeaderValue[float]:
        """Return a time of day in seconds since midnight."""
        return decoded_clock(tag, self._element(tag, frame))

    def date(self, tag: Tag, frame: int = 0) -> HeaderValue[date]:
        """Return a date."""
        return decoded_date(tag, self._element(tag, frame))

    def moment(self, tag: Tag, frame: int = 0) -> HeaderValue[datetime]:
        """Return a date with time."""
        return decoded_moment(tag, self._element(tag, frame))

    def items(self, tag: Tag, frame: int = 0) -> tuple[HeaderItem, ...]:
        """Return the items of a sequence; none when it is missing or empty."""
        for raw in self._places(frame):
            found = raw.get(tag)
            if isinstance(found, list):
                return tuple(HeaderItem(item, self._charset) for item in found)
        return ()

    def _places(self, frame: int) -> tuple[Raw, ...]:  # noqa: ARG002 (an item has no frames)
        return (self._raw,)

    def _element(self, tag: Tag, frame: int) -> Element:
        for raw in self._places(frame):
            found = element_of(raw, tag)
            if found is not None:
                return found
        return None


class Header(HeaderItem):
    """Header of one file. Attributes of an enhanced file are sought in its frame, then in what the frames share.

    Attributes
    ----------
    path : the file.
    name : its name for users, relative to the folder they gave.
    enhanced : whether it is an enhanced (multi-frame) MR image.
    frames : number of frames, 1 for classic files.
    """

    def __init__(self, path: Path, name: str, raw: Raw) -> None:
        charset = raw.get(Tag.SpecificCharacterSet)
        super().__init__(raw, "utf-8" if charset == b"ISO_IR 192" else "latin-1")
        self.path = path
        self.name = name
        self.enhanced = is_enhanced(raw)
        self._shared: Raw = {}
        self._frames: list[Raw] = []
        if self.enhanced:
            shared = cast("list[Raw]", raw.get(Tag.SharedFunctionalGroupsSequence, []))
            self._shared = shared[0] if shared else {}
            self._frames = cast("list[Raw]", raw.get(Tag.PerFrameFunctionalGroupsSequence, []))
        self.frames = max(1, len(self._frames))

    def evidence(self, *tags: Tag | PrivateTag) -> Evidence:
        """Return where these attributes stand."""
        return Evidence(", ".join(tag.label for tag in tags), self.name)

    def private_text(self, tag: PrivateTag) -> HeaderValue[str]:
        """Return a vendor's text attribute; opens the file again."""
        return decoded_text(tag, private_element(self.path, tag), self._charset)

    def private_number(self, tag: PrivateTag) -> HeaderValue[float]:
        """Return a vendor's number; opens the file again."""
        return decoded_number(tag, private_element(self.path, tag))

    def private_bytes(self, tag: PrivateTag) -> bytes | None:
        """Return a vendor's block of bytes, None when it is missing; opens the file again."""
        found = private_element(self.path, tag)
        return found if isinstance(found, bytes) else None

    def _places(self, frame: int) -> tuple[Raw, ...]:
        if not self.enhanced:
            return (self._raw,)
        own = self._frames[frame] if 0 <= frame < len(self._frames) else {}
        return own, self._shared, self._raw


def read_header(path: str | PathLike[str], name: str | None = None) -> Header:
    """Read the header of a DICOM file: by the fast walk, and by pydicom when anything about it is unusual.

    Parameters
    ----------
    path : the file.
    name : its name for users; the plain file name when not given.

    Raises
    ------
    InputError
        when the file is not DICOM, cannot be read, or its header is damaged.
    """
    file = Path(path)
    try:
        raw = walk_file(file)
    except UnusualHeaderError:
        raw = read_with_pydicom(file)
    except OSError as error:
        raise InputError(f"{file.name}: the file cannot be read; check that it is there and open to you") from error
    return Header(file, name or file.name, raw)
