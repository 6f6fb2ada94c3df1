"""What the panel does to a reading: each edit makes a new one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from iENEGraderLib.reading import Certainty, NeckLevel, Node, Reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from iENEGraderLib.reading import FindingKind, MCategory, Side


def empty_reading(case_id: str, reader: str = "") -> Reading:
    """Return a reading that begins now."""
    return Reading(case_id=case_id, reader=reader, read_at=datetime.now(UTC).isoformat(timespec="seconds"))


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


def free_node_id(reading: Reading) -> str:
    """Return the first of N1, N2 ... that no node has."""
    taken = {node.id for node in reading.nodes or ()}
    return next(name for number in range(1, len(taken) + 2) if (name := f"N{number}") not in taken)
