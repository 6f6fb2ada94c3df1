"""Names that nobody had to think of: of cases, of their nodes in the scene, of their files. No Qt, no Slicer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

LONGEST_FILE_STEM = 100  # some file systems take 143 bytes with the extension
NOT_IN_FILE_NAMES = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')
# Windows takes these for devices, whatever their extension.
DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{digit}" for port in ("com", "lpt") for digit in range(10))})


def node_name(case_id: str, taken: Collection[str]) -> str:
    """Return the name of a reading's node: with a number behind it when another reading has the name."""
    name = _plain_node_name(case_id)
    names = (name, *(f"{name}_{number}" for number in range(1, len(taken) + 1)))
    return next(each for each in names if each not in taken)


def name_is_automatic(name: str, case_id: str) -> bool:
    """Tell whether a node still has the name for its case, perhaps with a number behind it."""
    return re.fullmatch(rf"{re.escape(_plain_node_name(case_id))}(_\d+)?", name) is not None


def free_case_id(pattern: str, taken: Collection[str]) -> str:
    """Return the first case id that is not taken.

    Parameters
    ----------
    pattern : text with ``{number}`` in it.
    """
    names = (pattern.format(number=number) for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def file_stem(case_id: str) -> str:
    """Return a case id as a file name without extension, such as Windows, macOS and Linux all take."""
    stem = NOT_IN_FILE_NAMES.sub("-", case_id)[:LONGEST_FILE_STEM].strip(". ")
    device = stem.partition(".")[0].rstrip().casefold() in DEVICES
    return f"reading-{stem}" if device or not stem else stem


def _plain_node_name(case_id: str) -> str:
    return f"Reading {case_id}"
