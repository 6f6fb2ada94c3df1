"""Flags and further alternatives of one edition: where an interpretation was made, it is said with its source."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from iENEGraderLib.reading import Certainty, Classification, FindingKind, MarkerStatus, Side, Site, TCategory
from iENEGraderLib.rules.conditions import NumberRange
from iENEGraderLib.rules.criteria import grade_rules
from iENEGraderLib.rules.facts import (
    SIZE_LIMITS_CM,
    is_coalescent,
    is_retropharyngeal,
    lone_coalescent,
    rounded_cm,
)
from iENEGraderLib.rules.grading import grade_node
from iENEGraderLib.rules.levels import level_rules
from iENEGraderLib.rules.notes import note
from iENEGraderLib.rules.results import Alternative, EditionResult, Trace
from iENEGraderLib.rules.staging import ChapterCase, imaging_sets_clinical_ene, possible_t
from iENEGraderLib.rules.tables import Variable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iENEGraderLib.reading import Node

NEAR_LIMIT_MM = 1.0
HIGHEST_GRADE = 3


def interpret(case: ChapterCase, result: EditionResult) -> EditionResult:
    """Add the flags, alternatives and traces of every interpretation that this result rests on."""
    remarks = [
        *_tumour_remarks(case),
        *_side_remarks(case),
        *_count_and_size_remarks(case),
        *_cricoid_remarks(case),
        *_clinical_ene_remarks(case),
        *_nasopharynx_remarks(case),
    ]
    flags = (*result.flags, *_pathological_flags(case), *(remark.matched for remark in remarks))
    alternatives = (*result.alternatives, *_other_readings(case, result))
    trace = (*result.trace, *remarks)
    return replace(
        result,
        flags=tuple(dict.fromkeys(flags)),
        alternatives=tuple(dict.fromkeys(alternatives)),
        trace=tuple(dict.fromkeys(trace)),
    )


def _tumour_remarks(case: ChapterCase) -> list[Trace]:
    reading = case.reading
    remarks = []
    if reading.site is Site.OROPHARYNX and reading.p16 is MarkerStatus.UNKNOWN:
        remarks.append(note("untested-as-negative"))
    if reading.t_category in (TCategory.T4A, TCategory.T4B) and possible_t(reading, case.stage_table) == (
        TCategory.T4,
    ):
        remarks.append(note("t4-undivided", t=reading.t_category))
    return remarks


def _pathological_flags(case: ChapterCase) -> list[str]:
    pathological = case.reading.classification is Classification.PATHOLOGICAL
    return [case.edition.n0_pathological_flag] if pathological and not case.reading.nodes else []


def _side_remarks(case: ChapterCase) -> list[Trace]:
    sides = {node.side for node in case.nodes}
    if not case.uses(Variable.SIDE) or not sides:
        return []
    remarks = []
    if Side.MIDLINE in sides:
        remarks.append(note("midline-node"))
    if case.reading.primary_side is Side.MIDLINE and case.reading.site is not Site.UNKNOWN_PRIMARY:
        remarks.append(note("midline-primary"))
    return remarks


def _count_and_size_remarks(case: ChapterCase) -> list[Trace]:
    remarks = []
    alone = lone_coalescent(case.nodes)
    if case.uses(Variable.COUNT) and alone:
        remarks.append(note("coalescent-count", nodes=_names(alone)))
    if case.uses(Variable.SIZE_CM):
        limits = limits_in_use(case)
        remarks += [
            note("size-near-limit", node=node.id, size_mm=node.greatest_dimension_mm, limit_cm=limit)
            for node in case.nodes
            for limit in limits
            if node.greatest_dimension_mm is not None and abs(node.greatest_dimension_mm - 10 * limit) <= NEAR_LIMIT_MM
        ]
        remarks += _fused_mass_remarks(case, limits)
    return remarks


def limits_in_use(case: ChapterCase) -> tuple[float, ...]:
    """Size limits, in cm, that the N table compares with."""
    ranges = [
        condition
        for row in case.n_table.rows
        for name, condition in row.conditions
        if name is Variable.SIZE_CM and isinstance(condition, NumberRange)
    ]
    used = {limit for each in ranges for _, limit in each.bounds}
    return tuple(limit for limit in SIZE_LIMITS_CM if limit in used)


def _fused_mass_remarks(case: ChapterCase, limits: tuple[float, ...]) -> list[Trace]:
    """Entries that were measured one by one may form a mass that passes a limit."""
    remarks = []
    for side in Side:
        fused = [node for node in case.nodes if is_coalescent(node) and node.side is side]
        sizes = [node.greatest_dimension_mm for node in fused if node.greatest_dimension_mm is not None]
        if len(sizes) < 2:
            continue
        together, largest = rounded_cm(sum(sizes)), rounded_cm(max(sizes))
        passed = [limit for limit in limits if largest <= limit < together]
        remarks += [note("fused-mass-size", nodes=_names(fused), limit_cm=limit) for limit in passed]
    return remarks


def _cricoid_remarks(case: ChapterCase) -> list[Trace]:
    if not case.uses(Variable.BELOW_CRICOID):
        return []
    below = [node for node in case.nodes if level_rules()[node.level].below_cricoid]
    above = [
        node
        for node in case.nodes
        if level_rules()[node.level].below_cricoid is False and node.extends_below_cricoid is None
    ]
    remarks = [note("level-below-cricoid", nodes=_names(below))] if below else []
    return remarks + ([note("level-above-cricoid", nodes=_names(above))] if above else [])


def _clinical_ene_remarks(case: ChapterCase) -> list[Trace]:
    if not case.nodes:
        return []
    if not case.uses(Variable.CLINICAL_ENE):
        ticked_in_vain = case.reading.clinical_ene and case.uses(Variable.IENE_GRADE)
        return [note("cene-tick-unused")] if ticked_in_vain else []
    remarks = []
    if not case.reading.clinical_ene and case.grade > 0 and not case.uses(Variable.IENE_GRADE):
        remarks.append(_imaging_ene_remark(case))
    if case.reading.clinical_ene is None and not case.clinical_ene:
        remarks.append(note("cene-not-stated"))
    return remarks


def _imaging_ene_remark(case: ChapterCase) -> Trace:
    """Say what iENE without clinical signs is worth in this edition."""
    threshold = case.reading.clinical_ene_imaging_threshold
    if not case.n_table.imaging_may_set_clinical_ene:
        return note("cene-imaging-not-enough", grade=case.grade)
    if not imaging_sets_clinical_ene(case):
        accepted = f"from grade {threshold}" if threshold.isdigit() else "at no grade"
        return note("cene-below-threshold", grade=case.grade, threshold=accepted)
    if case.grade < HIGHEST_GRADE:
        return note("cene-from-low-grade-imaging", grade=case.grade)
    return note("cene-from-imaging", grade=case.grade, threshold=threshold)


def _nasopharynx_remarks(case: ChapterCase) -> list[Trace]:
    if not case.uses(Variable.CERVICAL):
        return []
    remarks = []
    if case.uses(Variable.IENE_GRADE):
        if case.grade == HIGHEST_GRADE and all(gland_only(node) for node in _advanced(case.nodes)):
            remarks.append(note("npc-gland-only"))
        if case.grade == HIGHEST_GRADE and case.reading.classification is Classification.PATHOLOGICAL:
            remarks.append(note("npc-radiologic-in-pn"))
    doubtful = doubtful_retropharyngeal(case)
    if doubtful:
        remarks.append(note("npc-retropharyngeal", nodes=_names(doubtful)))
    return remarks


def _advanced(nodes: Iterable[Node]) -> list[Node]:
    return [node for node in nodes if grade_node(node).grade == HIGHEST_GRADE]


def gland_only(node: Node) -> bool:
    """Tell whether gland invasion is the only reason for grade 3."""
    certain = frozenset(node.kinds_with(Certainty.UNEQUIVOCAL))
    return not any(
        rule.grade == HIGHEST_GRADE and rule.requires <= certain and FindingKind.GLAND_INVASION not in rule.requires
        for rule in grade_rules()
    )


def doubtful_retropharyngeal(case: ChapterCase) -> list[Node]:
    """Return retropharyngeal nodes over 6 cm or, where the table asks about the grade, of grade 3."""
    beyond = [node for node in case.reading.nodes or () if is_retropharyngeal(node)]
    large = [n for n in beyond if n.greatest_dimension_mm is not None and rounded_cm(n.greatest_dimension_mm) > 6]
    advanced = _advanced(beyond) if case.uses(Variable.IENE_GRADE) else []
    return [node for node in beyond if node in large or node in advanced]


def _other_readings(case: ChapterCase, result: EditionResult) -> list[Alternative]:
    """What would hold if an interpretation that the texts leave open were made the other way."""
    if result.n is None:
        return []
    readings: list[tuple[ChapterCase, str]] = []
    if case.uses(Variable.CLINICAL_ENE) and not case.reading.clinical_ene and case.nodes:
        readings += _other_clinical_ene(case)
    others = [
        Alternative(f"{case.prefix}{n}", other.stage(n), when)
        for other, when in readings
        for n in other.possible_n()
        if f"{case.prefix}{n}" != result.n
    ]
    if case.uses(Variable.CERVICAL) and case.uses(Variable.IENE_GRADE) and case.grade == HIGHEST_GRADE:
        others += _without_gland_invasion(case, result)
    if doubtful_retropharyngeal(case) and result.n != f"{case.prefix}N3":
        others.append(Alternative(f"{case.prefix}N3", case.stage("N3"), "if the retropharyngeal node counts for N3"))
    return others


def _other_clinical_ene(case: ChapterCase) -> list[tuple[ChapterCase, str]]:
    if imaging_sets_clinical_ene(case):
        without = replace(case, clinical_ene=False)
        return [(without, f"if grade {case.grade} on imaging is not accepted as clinical ENE")]
    with_ene = replace(case, clinical_ene=True)
    if case.n_table.imaging_may_set_clinical_ene and case.grade > 0:
        return [(with_ene, f"if the institution accepts unequivocal grade {case.grade} on imaging as clinical ENE")]
    if case.reading.clinical_ene is None:
        return [(with_ene, "if there are clinical signs of ENE on examination")]
    return []


def _without_gland_invasion(case: ChapterCase, result: EditionResult) -> list[Alternative]:
    if not all(gland_only(node) for node in _advanced(case.nodes)):
        return []
    spared = tuple(node.with_finding(FindingKind.GLAND_INVASION, Certainty.ABSENT) for node in case.nodes)
    other = replace(case, nodes=spared)
    when = "if gland invasion alone is not advanced ENE"
    found = [Alternative(f"{case.prefix}{n}", other.stage(n), when) for n in other.possible_n()]
    return [each for each in found if each.n != result.n]


def _names(nodes: Iterable[Node]) -> str:
    return ", ".join(node.id for node in nodes)
