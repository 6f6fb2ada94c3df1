"""What the result would be if a node's findings were read otherwise: what is worth a second look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iENEGraderLib.reading import Certainty, FindingKind
from iENEGraderLib.rules.assessment import assess
from iENEGraderLib.rules.criteria import criterion, grade_rules
from iENEGraderLib.rules.grading import grade_node

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iENEGraderLib.reading import Node, Reading
    from iENEGraderLib.rules.results import Assessment, Edition


@dataclass(frozen=True)
class Outcome:
    """What a reader would see of a result.

    Attributes
    ----------
    node_grade, grade : of the node in question, and of the patient.
    staging : edition, N and stage; None where it cannot be computed.
    """

    node_grade: int
    grade: int
    staging: tuple[tuple[Edition, str | None, str | None], ...]


@dataclass(frozen=True)
class WhatIf:
    """One outcome, and what would lead to it.

    Attributes
    ----------
    findings : sets of findings, any of which leads there; those of a set go together.
    certainty : how sure the reader would have to be of them.
    is_doubted : every finding of one of the sets is recorded already, as equivocal where not unequivocal.
    """

    node_id: str
    findings: tuple[frozenset[FindingKind], ...]
    certainty: Certainty
    outcome: Outcome
    is_doubted: bool

    @property
    def condition(self) -> str:
        """Return what would have to be, in words."""
        return f"if {self.certainty}: {_listed([_together(each) for each in self.findings], 'or')}"


def what_would_change(reading: Reading, node_id: str) -> tuple[WhatIf, ...]:
    """Return the other outcomes that single changes of a node's findings lead to, the highest grade first.

    Upwards, the findings that a grade still lacks become unequivocal; downwards, one unequivocal finding becomes
    equivocal. Changes without effect on grade, N or stage are left out.

    Raises
    ------
    KeyError
        When the reading has no such node.
    """
    node = reading.node(node_id)
    present = _outcome(assess(reading), node_id)
    certain = frozenset(node.kinds_with(Certainty.UNEQUIVOCAL))
    wanting = dict.fromkeys(rule.requires - certain for rule in grade_rules() if not rule.requires <= certain)
    found = _changes(reading, node, wanting, Certainty.UNEQUIVOCAL)
    decisive = [frozenset({kind}) for kind in FindingKind if kind in certain and _lowers(node, kind)]
    found += _changes(reading, node, decisive, Certainty.EQUIVOCAL)
    others = [each for each in found if each.outcome != present]
    return tuple(sorted(others, key=lambda each: (-each.outcome.node_grade, not each.is_doubted)))


def _changes(
    reading: Reading, node: Node, sets: Iterable[frozenset[FindingKind]], certainty: Certainty
) -> list[WhatIf]:
    """Try each set of findings; sets with one outcome and one state of doubt are told together."""
    found: dict[tuple[Outcome, bool], list[frozenset[FindingKind]]] = {}
    for kinds in sets:
        changed = node
        for kind in kinds:
            changed = changed.with_finding(kind, certainty)
        outcome = _outcome(assess(reading.with_node(changed)), node.id)
        is_doubted = all(node.certainty_of(kind) in (Certainty.EQUIVOCAL, Certainty.UNEQUIVOCAL) for kind in kinds)
        found.setdefault((outcome, is_doubted), []).append(kinds)
    return [WhatIf(node.id, tuple(kinds), certainty, *key) for key, kinds in found.items()]


def _lowers(node: Node, kind: FindingKind) -> bool:
    return grade_node(node.with_finding(kind, Certainty.EQUIVOCAL)).grade < grade_node(node).grade


def _outcome(assessment: Assessment, node_id: str) -> Outcome:
    staging = tuple((result.edition, result.n, result.stage) for result in assessment.staging)
    return Outcome(assessment.node(node_id).grade, assessment.grade, staging)


def _together(kinds: frozenset[FindingKind]) -> str:
    return _listed([criterion(kind).title.lower() for kind in FindingKind if kind in kinds], "and")


def _listed(words: list[str], last: str) -> str:
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
