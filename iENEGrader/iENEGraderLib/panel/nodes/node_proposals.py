"""What was proposed for a node, in words; the reader decides. No Qt, no Slicer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iENEGraderLib.measure.case.evidence.words import Kind
from iENEGraderLib.reading import NeckLevel

if TYPE_CHECKING:
    from iENEGraderLib.reading import Evidence, Node

MIDLINE_DISTANCE = "midline_distance"
LEVEL_PREFIX = "neck_level_"
LONGEST_LINE = 104
LONGEST_AGREEING_LINE = 52


@dataclass(frozen=True)
class NodeProposal:
    """What the landmarks say about the place of a node.

    Attributes
    ----------
    level : None when it is open, or was not looked for.
    line : one line for the panel; empty when nothing was proposed.
    reason : everything there is to say.
    is_new : the level is not the one that stands in the reading.
    """

    level: NeckLevel | None
    line: str
    reason: str
    is_new: bool


def proposal_for(node: Node | None) -> NodeProposal:
    """Return what was proposed for a node, as the evidence of the reading has it."""
    found = None if node is None else _evidence(node, Kind.LEVEL)
    if node is None or found is None:
        return NodeProposal(None, "", "", False)
    level = _level(found)
    reason = (found.method or "").removeprefix(f"level {level}: ")
    line = f"{level} proposed: {reason}" if level else f"No level proposed: {reason}"
    length = LONGEST_AGREEING_LINE if level is node.level else LONGEST_LINE
    return NodeProposal(level, _cut(line, length), "\n".join(_reasons(node, line)), level not in (None, node.level))


def _evidence(node: Node, kind: str) -> Evidence | None:
    return next((each for each in node.evidence if each.kind == kind), None)


def _level(found: Evidence) -> NeckLevel | None:
    name = (found.structure or "").removeprefix(LEVEL_PREFIX)
    return NeckLevel(name) if name in list(NeckLevel) else None


def _reasons(node: Node, level_line: str) -> list[str]:
    lines = [part.strip() for part in level_line.split(";")]
    side = _evidence(node, MIDLINE_DISTANCE)
    if side is not None and side.value is not None:
        where = "right" if side.value > 0 else "left"
        lines.append(f"Centroid {abs(side.value):.1f} mm {where} of the mid-sagittal plane")
    return lines


def _cut(line: str, length: int) -> str:
    return line if len(line) <= length else f"{line[:length].rsplit(' ', 1)[0]} …"
