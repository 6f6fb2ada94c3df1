"""What the panel does to a reading with what was measured between a node and what lies beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from iENEGraderLib.panel.session.edits import free_mark_id
from iENEGraderLib.reading import Certainty, Mark, MarkKind

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from iENEGraderLib.reading import Evidence, FindingKind, Node, Reading

    Point = tuple[float, float, float]


def keep_evidence(
    rows: Mapping[str, Sequence[Evidence]], kinds: Collection[str], structures: Collection[str]
) -> Callable[[Reading], Reading]:
    """Put evidence into nodes in the place of what was measured before.

    Parameters
    ----------
    rows : new evidence by node.
    kinds, structures : evidence of one of these kinds on one of these structures goes.
    """

    def edit(reading: Reading) -> Reading:
        for node_id, added in rows.items():
            node = reading.node(node_id)
            kept = [each for each in node.evidence if each.kind not in kinds or each.structure not in structures]
            reading = reading.with_node(replace(node, evidence=(*kept, *added)))
        return reading

    return edit


def set_pair_finding(
    node_ids: Sequence[str], partner_of: Mapping[str, str], kind: FindingKind, certainty: Certainty | None, place: Point
) -> Callable[[Reading], Reading]:
    """Set a finding of one node or both at a contact, and mark the place with the partner.

    A finding that is absent or taken back gets no new mark; marks that are there stay, they are the reader's.

    Parameters
    ----------
    partner_of : id of the other node, by node.
    place : middle of the contact, RAS mm.
    """

    def edit(reading: Reading) -> Reading:
        for node_id in node_ids:
            node = reading.node(node_id).with_finding(kind, certainty)
            partner = partner_of[node_id]
            if certainty not in (None, Certainty.ABSENT) and not _is_marked(node, kind, partner):
                mark_id = free_mark_id(reading)
                node = node.with_mark(Mark(mark_id, MarkKind.PLACE, (place,), kind, partner=partner))
            reading = reading.with_node(node)
        return reading

    return edit


def same_segment(node: Node | None, other: Node | None) -> bool:
    """Tell whether two states of a reading are about one node with one segment."""
    return node is not None and other is not None and (node.id, node.segment_id) == (other.id, other.segment_id)


def _is_marked(node: Node, kind: FindingKind, partner: str) -> bool:
    return any(mark.finding is kind and mark.partner == partner for mark in node.marks)
