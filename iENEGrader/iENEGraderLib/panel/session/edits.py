"""What the panel does to a reading: each edit makes a new one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from iENEGraderLib.reading import Certainty, MarkKind, NeckLevel, Node, Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from iENEGraderLib.reading import FindingKind, Mark, MCategory, Side

    Point = tuple[float, float, float]


def now() -> str:
    """Return date and time in UTC (ISO 8601), to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def empty_reading(case_id: str, reader: str = "") -> Reading:
    """Return a reading that begins now."""
    return Reading(case_id=case_id, reader=reader, read_at=now())


def set_fields(**values: Any) -> Callable[[Reading], Reading]:
    """Edit fields of the case."""
    return lambda reading: replace(reading, **values)


def set_m_category(m_category: MCategory) -> Callable[[Reading], Reading]:
    """Edit M. With another M the number of lesions goes: one that does not fit makes the document invalid."""

    def edit(reading: Reading) -> Reading:
        if reading.m_category is m_category:
            return reading
        return replace(reading, m_category=m_category, metastatic_lesions=None)

    return edit


def set_node_fields(node_id: str, **values: Any) -> Callable[[Reading], Reading]:
    """Edit fields of one node."""
    return lambda reading: reading.with_node(replace(reading.node(node_id), **values))


def set_finding(node_id: str, kind: FindingKind, certainty: Certainty | None) -> Callable[[Reading], Reading]:
    """Set a finding of one node, or take it back with None."""
    return lambda reading: reading.with_node(reading.node(node_id).with_finding(kind, certainty))


def add_node(node_id: str, side: Side) -> Callable[[Reading], Reading]:
    """Add a node. Its level is 'other' until the reader says which: a level is never guessed."""
    return lambda reading: reading.with_node(Node(node_id, side, NeckLevel.OTHER))


def remove_node(node_id: str) -> Callable[[Reading], Reading]:
    """Remove one node."""
    return lambda reading: reading.without_node(node_id)


def set_nodes_assessed(assessed: bool) -> Callable[[Reading], Reading]:
    """State whether the neck nodes were assessed at all: NX when they were not, and then there is no list of them."""

    def edit(reading: Reading) -> Reading:
        if assessed == (reading.nodes is not None):
            return reading
        return replace(reading, nodes=() if assessed else None)

    return edit


def add_mark(node_id: str, mark: Mark) -> Callable[[Reading], Reading]:
    """Add a mark to a node; a long axis is the greatest dimension of its node."""
    return lambda reading: reading.with_node(_with_mark(reading.node(node_id), mark))


def move_mark(mark_id: str, points_ras_mm: Sequence[Point]) -> Callable[[Reading], Reading]:
    """Give a mark other points; a long axis is the greatest dimension of its node."""

    def edit(reading: Reading) -> Reading:
        node = node_of_mark(reading, mark_id)
        mark = next(each for each in node.marks if each.id == mark_id)
        return reading.with_node(_with_mark(node, mark.moved(points_ras_mm)))

    return edit


def remove_mark(mark_id: str) -> Callable[[Reading], Reading]:
    """Remove a mark. A size that was taken from it stays: it has been measured."""
    return lambda reading: reading.with_node(node_of_mark(reading, mark_id).without_mark(mark_id))


def node_of_mark(reading: Reading, mark_id: str) -> Node:
    """Return the node that a mark belongs to; KeyError when there is none."""
    for node in reading.nodes or ():
        if any(mark.id == mark_id for mark in node.marks):
            return node
    raise KeyError(mark_id)


def free_mark_id(reading: Reading) -> str:
    """Return the first of M1, M2 ... that no mark has."""
    return _free_id("M", {mark.id for mark in reading.marks})


def free_node_id(reading: Reading) -> str:
    """Return the first of N1, N2 ... that no node has."""
    return _free_id("N", {node.id for node in reading.nodes or ()})


def _free_id(letter: str, taken: set[str]) -> str:
    return next(name for number in range(1, len(taken) + 2) if (name := f"{letter}{number}") not in taken)


def _with_mark(node: Node, mark: Mark) -> Node:
    marked = node.with_mark(mark)
    if mark.kind is MarkKind.LONG_AXIS and mark.length_mm is not None:
        return replace(marked, greatest_dimension_mm=round(mark.length_mm, 1))
    return marked
