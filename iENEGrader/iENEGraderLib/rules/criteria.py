"""The HNCIG criteria: what each finding means, what is not enough for it, and which findings give which grade."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from iENEGraderLib.reading import FindingKind
from iENEGraderLib.rules.basis import Basis, basis_of, read_table
from iENEGraderLib.rules.conditions import TableError

if TYPE_CHECKING:
    from iENEGraderLib.rules.results import Confidence


@dataclass(frozen=True)
class Criterion:
    """One finding a reader can make.

    Attributes
    ----------
    group : where it stands in the panel; ``not_counted`` and ``pathology`` never raise the grade.
    grade : grade that it gives alone; None when it gives none, or only together with others.
    """

    kind: FindingKind
    group: str
    title: str
    definition: str
    not_enough: str
    grade: int | None
    sources: tuple[str, ...]
    confidence: Confidence


@dataclass(frozen=True)
class GradeRule:
    """A grade and the findings that must all be unequivocal for it."""

    grade: int
    requires: frozenset[FindingKind]
    basis: Basis


@cache
def criteria() -> tuple[Criterion, ...]:
    """Return every finding's criterion, in the order of the panel."""
    rows = read_table("criteria.toml")["criterion"]
    found = tuple(
        Criterion(
            kind=FindingKind(row["kind"]),
            group=row["group"],
            title=row["title"],
            definition=row["definition"],
            not_enough=row["not_enough"],
            grade=row.get("grade"),
            sources=(basis := basis_of(row, f"hncig.finding.{row['kind']}")).sources,
            confidence=basis.confidence,
        )
        for row in rows
    )
    if {each.kind for each in found} != set(FindingKind) or len(found) != len(FindingKind):
        raise TableError("criteria.toml must describe every finding once")
    return found


@cache
def criterion(kind: FindingKind) -> Criterion:
    """Return the criterion of one finding."""
    return next(each for each in criteria() if each.kind is kind)


@cache
def grade_rules() -> tuple[GradeRule, ...]:
    """Return the grade rules, highest grade first; the last one gives grade 0 and asks for nothing."""
    rules = tuple(
        GradeRule(row["grade"], frozenset(map(FindingKind, row["requires"])), basis_of(row, row["id"]))
        for row in read_table("criteria.toml")["grade_rule"]
    )
    if [rule.grade for rule in rules if not rule.requires] != [0]:
        raise TableError("criteria.toml must have exactly one rule without findings, and it must give grade 0")
    return tuple(sorted(rules, key=lambda rule: -rule.grade))


@cache
def grading_findings() -> tuple[FindingKind, ...]:
    """Findings that can give a grade, alone or together, in the order of the vocabulary."""
    kinds = frozenset[FindingKind]().union(*(rule.requires for rule in grade_rules()))
    return tuple(kind for kind in FindingKind if kind in kinds)
