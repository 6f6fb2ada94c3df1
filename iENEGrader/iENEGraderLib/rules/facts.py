"""What the N tables ask about the nodes, taken from the reading. What is not known gives several possibilities."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from iENEGraderLib.reading import Certainty, FindingKind, Side, Site
from iENEGraderLib.rules.grading import grade_node
from iENEGraderLib.rules.levels import level_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iENEGraderLib.reading import Node, Reading

SIZE_LIMITS_CM = (3.0, 6.0)
STEP_CM = 0.1
DEPTH_BELOW_CRICOID = "depth_below_cricoid"
"""Kind of the evidence that holds the measured height of a node against the cricoid."""
COALESCENCE = (
    FindingKind.FAT_PLANE_LOST_BETWEEN_NODES,
    FindingKind.CONVEXITY_LOST_AT_CONTACT,
    FindingKind.BOUNDARIES_MERGED,
)


@dataclass(frozen=True)
class NodalFacts:
    """One possible state of the nodes, in the words of the N tables (see ``tables.Variable``)."""

    count: int = 1
    size_cm: float = STEP_CM
    side: str = "ipsilateral"
    iene_grade: int = 0
    clinical_ene: str = "no"
    pene: str = "no"
    cervical: str = "unilateral"
    below_cricoid: str = "no"

    def is_consistent(self) -> bool:
        """Tell whether such nodes can exist: two sides need two nodes, and no cervical node has no extent."""
        if self.count == 1 and self.side == "bilateral":
            return False
        return self.cervical != "none" or (self.iene_grade == 0 and self.below_cricoid == "no")


def rounded_cm(size_mm: float) -> float:
    """Return a size in cm with one decimal, halves away from zero, as it is compared with 3 and 6 cm."""
    return float((Decimal(str(size_mm)) / 10).quantize(Decimal("0.1"), ROUND_HALF_UP))


def possible_facts(reading: Reading, nodes: Sequence[Node], clinical_ene: bool) -> tuple[NodalFacts, ...]:
    """Return every state that agrees with what is known about these nodes.

    Parameters
    ----------
    reading : for the side of the primary and the kind of tumour.
    nodes : the nodes that the table is about; may be empty for tables on cervical nodes.
    clinical_ene : whether clinical ENE holds in the edition at hand.
    """
    return tuple(
        NodalFacts(
            count=node_count(nodes),
            size_cm=size_cm,
            side=side,
            iene_grade=max((grade_node(node).grade for node in nodes), default=0),
            clinical_ene="yes" if clinical_ene else "no",
            pene=pene,
            cervical=cervical_side(nodes),
            below_cricoid=below,
        )
        for size_cm, side, pene, below in itertools.product(
            possible_sizes_cm(nodes), possible_sides(reading, nodes), possible_pene(nodes), possible_below(nodes)
        )
    )


def node_count(nodes: Sequence[Node]) -> int:
    """Count metastatic nodes; a coalescent entry that stands alone on its side is at least two nodes."""
    return sum(node.count for node in nodes) + len(lone_coalescent(nodes))


def is_coalescent(node: Node) -> bool:
    """Tell whether all three signs of coalescence are unequivocal."""
    return all(node.certainty_of(kind) is Certainty.UNEQUIVOCAL for kind in COALESCENCE)


def lone_coalescent(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """Return coalescent entries counted once that have no coalescent partner entry on their side."""
    fused = [node for node in nodes if is_coalescent(node)]
    return tuple(
        node for node in fused if node.count == 1 and not any(o is not node and o.side is node.side for o in fused)
    )


def possible_sizes_cm(nodes: Sequence[Node]) -> tuple[float, ...]:
    """Return the largest size, or one size for each class that is possible when some nodes were not measured."""
    known = [rounded_cm(node.greatest_dimension_mm) for node in nodes if node.greatest_dimension_mm is not None]
    largest = max(known, default=STEP_CM)
    if len(known) == len(nodes):
        return (largest,)
    return (largest, *(round(limit + STEP_CM, 1) for limit in SIZE_LIMITS_CM if largest <= limit))


def possible_sides(reading: Reading, nodes: Sequence[Node]) -> tuple[str, ...]:
    """Return where the nodes lie relative to the primary; midline nodes count as ipsilateral.

    For an unknown or midline primary, nodes on one side are ipsilateral and nodes on both sides bilateral.
    """
    lateral = {node.side for node in nodes} - {Side.MIDLINE}
    if len(lateral) > 1:
        return ("bilateral",)
    if not lateral or reading.site is Site.UNKNOWN_PRIMARY or reading.primary_side is Side.MIDLINE:
        return ("ipsilateral",)
    away = "bilateral" if any(node.side is Side.MIDLINE for node in nodes) else "contralateral"
    if reading.primary_side is None:
        return ("ipsilateral", away)
    return ("ipsilateral",) if reading.primary_side in lateral else (away,)


def cervical_side(nodes: Sequence[Node]) -> str:
    """Tell whether these (cervical) nodes lie on one side or both; midline nodes make no second side."""
    if not nodes:
        return "none"
    return "bilateral" if {Side.RIGHT, Side.LEFT} <= {node.side for node in nodes} else "unilateral"


def possible_pene(nodes: Sequence[Node]) -> tuple[str, ...]:
    """Return whether histology found extranodal extension; both when some nodes were not looked at."""
    certainties = [node.certainty_of(FindingKind.PATHOLOGICAL_ENE) for node in nodes]
    if Certainty.UNEQUIVOCAL in certainties:
        return ("yes",)
    return ("no", "yes") if None in certainties else ("no",)


def possible_below(nodes: Sequence[Node]) -> tuple[str, ...]:
    """Return whether a node extends below the caudal border of the cricoid; both when that is not known."""
    extents = [below_cricoid(node) for node in nodes]
    if True in extents:
        return ("yes",)
    return ("no", "yes") if None in extents else ("no",)


def below_cricoid(node: Node) -> bool | None:
    """Tell whether one node extends below the cricoid: by its level where that implies it, else as it was read.

    A node whose height was measured and left open lies at the border: then its level decides nothing.
    """
    implied = level_rules()[node.level].below_cricoid
    if implied:
        return True
    if node.extends_below_cricoid is not None:
        return node.extends_below_cricoid
    return None if is_borderline(node) else implied


def is_borderline(node: Node) -> bool:
    """Tell whether the height against the cricoid was measured and left for the reader to decide."""
    measured = any(evidence.kind == DEPTH_BELOW_CRICOID for evidence in node.evidence)
    return measured and node.extends_below_cricoid is None


def is_retropharyngeal(node: Node) -> bool:
    """Tell whether the node is retropharyngeal; such nodes make no nasopharyngeal disease bilateral."""
    return level_rules()[node.level].retropharyngeal
