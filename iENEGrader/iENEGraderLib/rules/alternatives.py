"""What would hold if an interpretation that the texts leave open were made the other way."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from iENEGraderLib.reading import Certainty, Classification, FindingKind, NeckLevel
from iENEGraderLib.rules.criteria import grade_rules
from iENEGraderLib.rules.facts import STEP_CM, is_retropharyngeal, rounded_cm
from iENEGraderLib.rules.grading import grade_node
from iENEGraderLib.rules.levels import level_rules
from iENEGraderLib.rules.results import Alternative, EditionResult
from iENEGraderLib.rules.staging import ChapterCase, imaging_sets_clinical_ene
from iENEGraderLib.rules.tables import Variable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iENEGraderLib.reading import Node

HIGHEST_GRADE = 3
NEAR_LIMIT_MM = 1.0
LARGE_CM = 6.0


@dataclass(frozen=True)
class NearLimit:
    """A node whose size lies so near a limit that measuring error decides about N; `other` has it on the other side."""

    node: Node
    limit_cm: float
    other: ChapterCase
    when: str


def other_readings(case: ChapterCase, result: EditionResult) -> tuple[Alternative, ...]:
    """Return the categories that would hold otherwise, each with its condition; none where N is open anyway."""
    if result.n is None:
        return ()
    variants = [(near.other, near.when) for near in sizes_near_limits(case)]
    if case.uses(Variable.CLINICAL_ENE) and not case.reading.clinical_ene and case.nodes:
        variants += _other_clinical_ene(case)
    if case.uses(Variable.CERVICAL):
        variants += _other_nasopharynx(case)
    others = [
        Alternative(f"{case.prefix}{n}", variant.stage(n), when)
        for variant, when in variants
        for n in variant.possible_n()
        if f"{case.prefix}{n}" != result.n
    ]
    if doubtful_retropharyngeal(case) and result.n != f"{case.prefix}N3":
        others.append(Alternative(f"{case.prefix}N3", case.stage("N3"), "if the retropharyngeal node counts for N3"))
    return tuple(others)


def sizes_near_limits(case: ChapterCase) -> tuple[NearLimit, ...]:
    """Return the nodes within 1 mm of a limit on which N depends."""
    near = []
    for node, limit in itertools.product(case.nodes, case.n_table.size_limits_cm):
        size_mm = node.greatest_dimension_mm
        if size_mm is None or abs(size_mm - 10 * limit) > NEAR_LIMIT_MM:
            continue
        over = rounded_cm(size_mm) > limit
        moved = replace(node, greatest_dimension_mm=10 * (limit if over else limit + STEP_CM))
        other = replace(case, nodes=tuple(moved if each is node else each for each in case.nodes))
        if other.possible_n() != case.possible_n():
            near.append(NearLimit(node, limit, other, f"if {node.id} is {'not ' if over else ''}over {limit:g} cm"))
    return tuple(near)


def _other_clinical_ene(case: ChapterCase) -> list[tuple[ChapterCase, str]]:
    variants = []
    with_ene = replace(case, clinical_ene=True)
    if imaging_sets_clinical_ene(case):
        without = replace(case, clinical_ene=False)
        variants.append((without, f"if grade {case.grade} on imaging is not accepted as clinical ENE"))
    elif case.n_table.imaging_may_set_clinical_ene and case.grade > 0:
        when = f"if the institution accepts unequivocal grade {case.grade} on imaging as clinical ENE"
        variants.append((with_ene, when))
    if case.reading.clinical_ene is None and not case.clinical_ene:
        variants.append((with_ene, "if there are clinical signs of ENE on examination"))
    return variants


def _other_nasopharynx(case: ChapterCase) -> list[tuple[ChapterCase, str]]:
    variants = []
    if case.uses(Variable.IENE_GRADE) and case.grade == HIGHEST_GRADE:
        if rests_on_gland_invasion(case):
            spared = (node.with_finding(FindingKind.GLAND_INVASION, Certainty.ABSENT) for node in case.nodes)
            variants.append((replace(case, nodes=tuple(spared)), "if gland invasion alone is not advanced ENE"))
        if case.reading.classification is Classification.PATHOLOGICAL:
            unread = tuple(replace(node, findings=()) for node in case.nodes)
            variants.append((replace(case, nodes=unread), "if imaging does not count in the pathological category"))
    disagree = [node for node in case.nodes if _level_overrules_reader(node)]
    if disagree:
        higher = (replace(node, level=NeckLevel.III) if node in disagree else node for node in case.nodes)
        variants.append((replace(case, nodes=tuple(higher)), "if the node does not extend below the cricoid, as read"))
    return variants


def _level_overrules_reader(node: Node) -> bool:
    return bool(level_rules()[node.level].below_cricoid) and node.extends_below_cricoid is False


def advanced(nodes: Iterable[Node]) -> list[Node]:
    """Return the nodes of grade 3."""
    return [node for node in nodes if grade_node(node).grade == HIGHEST_GRADE]


def rests_on_gland_invasion(case: ChapterCase) -> bool:
    """Tell whether gland invasion is the only reason for grade 3 in every node that has it."""
    return all(_gland_only(node) for node in advanced(case.nodes))


def _gland_only(node: Node) -> bool:
    certain = frozenset(node.kinds_with(Certainty.UNEQUIVOCAL))
    return not any(
        rule.grade == HIGHEST_GRADE and rule.requires <= certain and FindingKind.GLAND_INVASION not in rule.requires
        for rule in grade_rules()
    )


def doubtful_retropharyngeal(case: ChapterCase) -> list[Node]:
    """Return retropharyngeal nodes over 6 cm or, where the table asks about the grade, of grade 3."""
    if not case.uses(Variable.CERVICAL):
        return []
    beyond = [node for node in case.reading.nodes or () if is_retropharyngeal(node)]
    large = [node for node in beyond if rounded_cm(node.greatest_dimension_mm or 0.0) > LARGE_CM]
    grade_3 = advanced(beyond) if case.uses(Variable.IENE_GRADE) else []
    return [node for node in beyond if node in large or node in grade_3]
