"""HNCIG grade of a node: the highest grade whose findings are all unequivocal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iENEGraderLib.reading import Certainty, FindingKind, Node
from iENEGraderLib.rules.criteria import criterion, grade_rules, grading_findings
from iENEGraderLib.rules.results import NodeGrade

if TYPE_CHECKING:
    from iENEGraderLib.rules.criteria import GradeRule


def grade_node(node: Node) -> NodeGrade:
    """Grade one node.

    Only findings that the reader calls unequivocal count; equivocal ones are listed and never raise the grade
    (Henson et al. 2024, doi:10.1016/S1470-2045(24)00066-4; Kuno et al. 2025, doi:10.1007/s11604-025-01894-3).
    """
    certain = frozenset(node.kinds_with(Certainty.UNEQUIVOCAL))
    fulfilled = [rule for rule in grade_rules() if rule.requires <= certain]
    grade = fulfilled[0].grade
    deciding = [rule for rule in fulfilled if rule.grade == grade]
    equivocal = tuple(kind for kind in grading_findings() if node.certainty_of(kind) is Certainty.EQUIVOCAL)
    return NodeGrade(
        node_id=node.id,
        grade=grade,
        equivocal=equivocal,
        not_assessed=tuple(kind for kind in grading_findings() if node.certainty_of(kind) is None),
        reasons=(
            *(f"grade {grade}: {_because(rule)}" for rule in deciding),
            *_lower_grades(fulfilled, grade),
            *(f"{criterion(kind).title} is equivocal: recorded, does not raise the grade" for kind in equivocal),
            *_partial_coalescence(certain, fulfilled),
        ),
        trace=tuple(rule.basis.trace() for rule in deciding),
    )


def _because(rule: GradeRule) -> str:
    names = [criterion(kind).title.lower() for kind in FindingKind if kind in rule.requires]
    if not names:
        return rule.basis.text
    return f"{rule.basis.text} ({', '.join(names) + ': ' if len(names) > 1 else ''}unequivocal)"


def _lower_grades(fulfilled: list[GradeRule], grade: int) -> list[str]:
    return [
        f"also grade {rule.grade}: {rule.basis.text}; the highest grade holds"
        for rule in fulfilled
        if 0 < rule.grade < grade
    ]


def _partial_coalescence(certain: frozenset[FindingKind], fulfilled: list[GradeRule]) -> list[str]:
    """Say which signs are wanting where some but not all signs of a joint rule are unequivocal."""
    lines = []
    for rule in grade_rules():
        wanting = rule.requires - certain
        if rule not in fulfilled and wanting and wanting != rule.requires:
            names = ", ".join(criterion(kind).title.lower() for kind in FindingKind if kind in wanting)
            lines.append(f"not grade {rule.grade}: all of its signs must be unequivocal; wanting: {names}")
    return lines
