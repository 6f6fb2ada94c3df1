"""Elements of a vendor, found through the name that reserves their block (PS3.5 7.8.1); read only when asked for."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.protocol.headers.fallback import dataset_of, raw_bytes
from PWIProtocolLib.protocol.headers.raw import UnusualHeaderError, WrongType, fits
from PWIProtocolLib.protocol.headers.walk import walk_file

if TYPE_CHECKING:
    from pathlib import Path

    from PWIProtocolLib.protocol.headers.tags import PrivateTag


def private_element(path: Path, tag: PrivateTag) -> bytes | WrongType | None:
    """Return a vendor's element of a file; None when the file does not hold it or can no longer be read."""
    try:
        return _by_walk(path, tag)
    except (UnusualHeaderError, OSError):
        pass
    try:
        return _by_pydicom(path, tag)
    except InputError:
        return None


@cache
def _wanted(tag: PrivateTag) -> dict[int, bytes]:
    """Return all places where the creator and the element can stand."""
    group = tag.group << 16
    creators = {group | block: b"LO" for block in range(0x10, 0x100)}
    return creators | {group | block << 8 | tag.element: tag.vr.encode() for block in range(0x10, 0x100)}


def _by_walk(path: Path, tag: PrivateTag) -> bytes | WrongType | None:
    raw = walk_file(path, _wanted(tag), end=(tag.group + 1) << 16)
    group = tag.group << 16
    for block in range(0x10, 0x100):
        creator = raw.get(group | block)
        if isinstance(creator, bytes) and creator.decode("latin-1").strip("\0 ") == tag.creator:
            found = raw.get(group | block << 8 | tag.element)
            return None if isinstance(found, list) else found
    return None


def _by_pydicom(path: Path, tag: PrivateTag) -> bytes | WrongType | None:
    data = dataset_of(path)
    try:
        number = data.private_block(tag.group, tag.creator).get_tag(tag.element)
    except KeyError:
        return None
    element = data.get_item(number)
    if element is None:
        return None
    stated = element.VR or tag.vr
    return raw_bytes(element) if fits(stated, tag.vr) else WrongType(stated)
