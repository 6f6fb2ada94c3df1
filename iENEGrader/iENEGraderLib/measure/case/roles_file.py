"""The user's file on which segment is what."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.anatomy.structures import Role, load_structures

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.segmentation import Segment, Segmentation


def read_roles(path: str | Path, segmentation: Segmentation) -> dict[str, str]:
    """Read a user's file on what segments are; return structure or role by the id of the segment.

    The file is a JSON object. Each key is the id or the name of a segment, each value the name of a structure of
    ``structures.toml`` (TotalSegmentator's class names, with their side), or a role when that is all that is known::

        {
            "Segment_3": "internal_jugular_vein_left",
            "level 2 mass": "node",
            "flap": "muscle"
        }

    Segments that it does not name keep what their name or code says; ``"other"`` takes that away from them.

    Raises
    ------
    InputError
        When it cannot be read, is no such object, or names something unknown or one segment twice.
    """
    path = Path(path)
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(f"{path.name}: cannot be read as JSON ({error})") from error
    if not isinstance(document, dict):
        raise InputError(f'{path.name}: found no JSON object; write {{"name of a segment": "structure or role"}}')
    stated: dict[str, str] = {}
    for key, value in document.items():
        segment = _segment_named(key, segmentation, path.name)
        if not isinstance(value, str) or (value not in load_structures() and value not in list(Role)):
            raise InputError(
                f"{path.name}: {key!r} is {value!r}, which is no role ({', '.join(Role)}) and no structure "
                f"({', '.join(load_structures())})"
            )
        if segment.segment_id in stated:
            raise InputError(f"{path.name}: the segment {segment.name!r} is named twice; keep one line")
        stated[segment.segment_id] = value
    return stated


def _segment_named(key: str, segmentation: Segmentation, file_name: str) -> Segment:
    """Return the segment with that id, else the one with that name."""
    by_id = [each for each in segmentation.segments if each.segment_id == key]
    found = by_id or [each for each in segmentation.segments if each.name == key]
    if len(found) == 1:
        return found[0]
    there = ", ".join(f"{each.name!r} (id {each.segment_id!r})" for each in segmentation.segments)
    problem = "several segments have the name" if found else "there is no segment"
    raise InputError(f"{file_name}: {problem} {key!r}; the segmentation has {there}")
