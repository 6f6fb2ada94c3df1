"""What would change the result of the selected node, in words. No Qt, no Slicer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

from iENEGraderLib.panel.result.presenter import EDITION_CAPTIONS, NOTHING
from iENEGraderLib.reading import Certainty
from iENEGraderLib.rules.what_if import what_would_change

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iENEGraderLib.reading import Reading
    from iENEGraderLib.rules import Assessment
    from iENEGraderLib.rules.what_if import Outcome, WhatIf

NOTHING_SINGLE = "Nothing single would change the result."
ARROW = "→"
LIST = '<ul style="margin-top: 2px">'
KEPT = 32
"""Answers that are remembered, one for each node and state of the findings: each takes a tenth of a second."""


@dataclass(frozen=True)
class WhatIfLine:
    """One change, and what it would lead to.

    Attributes
    ----------
    condition : which findings would have to be read otherwise.
    outcome : grade, N and stage then; only what would be different.
    is_doubted : the reader has recorded the findings as equivocal: worth a second look first.
    """

    condition: str
    outcome: str
    is_doubted: bool

    @property
    def text(self) -> str:
        """The line as a sentence."""
        return f"{self.condition} {ARROW} {self.outcome}"


def what_if_lines(reading: Reading, assessment: Assessment, node_id: str) -> tuple[WhatIfLine, ...]:
    """Return what would change the result: what is in doubt first, then from the highest grade downwards.

    Raises
    ------
    KeyError
        When the reading has no such node.
    """
    # Neither marks nor evidence have a say in the result, and they change at every drag.
    nodes = tuple(replace(node, marks=(), evidence=()) for node in reading.nodes or ())
    lines = [_line(each, assessment) for each in _changes(reading.with_nodes(nodes), node_id)]
    return tuple(sorted(lines, key=lambda line: not line.is_doubted))


def what_if_html(node_id: str, lines: Iterable[WhatIfLine]) -> str:
    """Return the lines as a list, those in doubt marked."""
    items = "".join(f"<li>{_marked(line)}</li>" for line in lines)
    return f"<b>{escape(node_id)}</b>{LIST}{items}</ul>" if items else f"<b>{escape(node_id)}</b>: {NOTHING_SINGLE}"


@lru_cache(maxsize=KEPT)
def _changes(reading: Reading, node_id: str) -> tuple[WhatIf, ...]:
    return what_would_change(reading, node_id)


def _line(what_if: WhatIf, present: Assessment) -> WhatIfLine:
    # A finding that would have to be doubted first is certain as yet.
    is_doubted = what_if.is_doubted and what_if.certainty is Certainty.UNEQUIVOCAL
    return WhatIfLine(what_if.condition, _outcome(what_if.outcome, what_if.node_id, present), is_doubted)


def _outcome(outcome: Outcome, node_id: str, present: Assessment) -> str:
    words = [f"grade {outcome.node_grade}"] if outcome.node_grade != present.node(node_id).grade else []
    if words and outcome.grade == present.grade:
        words = [f"{words[0]} for this node"]
    changed = _changed_editions(outcome, present)
    stays = "the patient's result stays" if outcome.grade == present.grade else "N and stage stay"
    return "; ".join((*words, *(changed or (stays,))))


def _changed_editions(outcome: Outcome, present: Assessment) -> list[str]:
    """Return N and stage where they change; editions that come to the same are told together."""
    captions: dict[str, list[str]] = {}
    for edition, n, stage in outcome.staging:
        now = present.edition(edition)
        if (n, stage) != (now.n, now.stage):
            captions.setdefault(f"{n or NOTHING} · {stage or NOTHING}", []).append(EDITION_CAPTIONS[edition])
    return [f"{', '.join(names)} {value}" for value, names in captions.items()]


def _marked(line: WhatIfLine) -> str:
    return f"<b>in doubt</b>, {escape(line.text)}" if line.is_doubted else escape(line.text)
