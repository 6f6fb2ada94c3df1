"""Short ways to write readings in the tests of the rules."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from iENEGraderLib.reading import (
    Certainty,
    FindingKind,
    MarkerStatus,
    MCategory,
    NeckLevel,
    Node,
    Reading,
    Side,
    Site,
    TCategory,
)
from iENEGraderLib.rules import assess

if TYPE_CHECKING:
    from collections.abc import Sequence

SPIKES = (FindingKind.FAT_SPIKES,)
MUSCLE = (FindingKind.MUSCLE_INVASION,)
COALESCENT = (
    FindingKind.FAT_PLANE_LOST_BETWEEN_NODES,
    FindingKind.CONVEXITY_LOST_AT_CONTACT,
    FindingKind.BOUNDARIES_MERGED,
)


def a_node(
    size_mm: float | None = 20.0,
    side: str = "right",
    level: str = "IIA",
    *,
    certain: Sequence[FindingKind] = (),
    equivocal: Sequence[FindingKind] = (),
    count: int = 1,
    below: bool | None = False,
) -> Node:
    """One node with these findings unequivocal and equivocal."""
    node = Node("N1", Side(side), NeckLevel(level), count, size_mm, below)
    for kind in certain:
        node = node.with_finding(kind, Certainty.UNEQUIVOCAL)
    for kind in equivocal:
        node = node.with_finding(kind, Certainty.EQUIVOCAL)
    return node


def a_reading(
    site: str | None,
    t: str,
    *nodes: Node,
    p16: str = "negative",
    side: str | None = "right",
    m: str = "M0",
    **others: Any,
) -> Reading:
    """One reading with these nodes, named N1, N2 ...; clinical ENE absent unless stated."""
    numbered = tuple(replace(node, id=f"N{index}") for index, node in enumerate(nodes, 1))
    reading = Reading("X1", Site(site) if site else None, TCategory(t), MCategory(m), numbered, p16=MarkerStatus(p16))
    return replace(reading, primary_side=Side(side) if side else None, **{"clinical_ene": False, **others})


def staged(reading: Reading) -> dict[str, tuple[str | None, str | None]]:
    """N and stage of every edition."""
    return {str(result.edition): (result.n, result.stage) for result in assess(reading).staging}
