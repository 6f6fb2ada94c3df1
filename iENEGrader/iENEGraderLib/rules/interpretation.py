"""Flags of one edition: where an interpretation was made, it is said with its source."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from iENEGraderLib.reading import Classification, MarkerStatus, NeckLevel, Side, Site, TCategory
from iENEGraderLib.rules.alternatives import (
    HIGHEST_GRADE,
    doubtful_retropharyngeal,
    other_readings,
    rests_on_gland_invasion,
    sizes_near_limits,
)
from iENEGraderLib.rules.facts import is_borderline, is_coalescent, lone_coalescent, rounded_cm
from iENEGraderLib.rules.levels import level_rules
from iENEGraderLib.rules.notes import note
from iENEGraderLib.rules.staging import ChapterCase, imaging_sets_clinical_ene, possible_m, possible_t
from iENEGraderLib.rules.tables import Variable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iENEGraderLib.reading import Node
    from iENEGraderLib.rules.results import EditionResult, Trace

REGIONAL_BY_CONVENTION = {
    Site.SKIN: (NeckLevel.PAROTID, NeckLevel.FACIAL),
    Site.SALIVARY_GLAND: (NeckLevel.PAROTID,),
}


def interpret(case: ChapterCase, result: EditionResult) -> EditionResult:
    """Add the flags, alternatives and traces of every interpretation that this result rests on."""
    remarks = [
        *_tumour_remarks(case, result),
        *_category_remarks(case),
        *_side_remarks(case),
        *_count_and_size_remarks(case),
        *_cricoid_remarks(case),
        *_clinical_ene_remarks(case),
        *_nasopharynx_remarks(case),
    ]
    flags = (*result.flags, *_pathological_n0_flags(case), *(remark.matched for remark in remarks))
    return replace(
        result,
        flags=tuple(dict.fromkeys(flags)),
        alternatives=tuple(dict.fromkeys((*result.alternatives, *other_readings(case, result)))),
        trace=tuple(dict.fromkeys((*result.trace, *remarks))),
    )


def _tumour_remarks(case: ChapterCase, result: EditionResult) -> list[Trace]:
    reading = case.reading
    remarks = []
    if reading.site is Site.OROPHARYNX and reading.p16 is MarkerStatus.UNKNOWN:
        remarks.append(note("untested-as-negative"))
    if reading.site is Site.UNKNOWN_PRIMARY:
        tests = {"p16": reading.p16, "EBV": reading.ebv}
        untested = [name for name, status in tests.items() if status is MarkerStatus.UNKNOWN]
        if untested and MarkerStatus.POSITIVE not in tests.values():
            remarks.append(note("unknown-primary-untested", tests=" and ".join(untested)))
        if reading.ebv is MarkerStatus.POSITIVE and result.stage == "IB":
            remarks.append(note("ebv-n1-stage"))
    for level in REGIONAL_BY_CONVENTION.get(reading.site, ()) if reading.site else ():
        nodes = [node for node in case.nodes if node.level is level]
        remarks += [note("regional-by-convention", nodes=_names(nodes), level=level)] if nodes else []
    return remarks


def _category_remarks(case: ChapterCase) -> list[Trace]:
    """Say where T or M was taken for another than the one entered."""
    reading = case.reading
    t, m = possible_t(reading, case.stage_table), possible_m(reading, case.stage_table)
    remarks = []
    if reading.t_category in (TCategory.T4A, TCategory.T4B) and t == (TCategory.T4,):
        remarks.append(note("t4-undivided", t=reading.t_category))
    if len(m) == 1 and m[0] is not reading.m_category:
        divided = len(reading.m_category) < len(m[0])
        lesions = reading.metastatic_lesions
        remarks.append(
            note("m1-by-lesions", lesions=lesions, m=m[0]) if divided else note("m1-undivided", m=reading.m_category)
        )
    return remarks


def _pathological_n0_flags(case: ChapterCase) -> list[str]:
    if case.reading.classification is not Classification.PATHOLOGICAL or case.reading.nodes:
        return []
    return list(filter(None, (case.edition.n0_pathological_flag, case.chapter.pathological_n0_flag)))


def _side_remarks(case: ChapterCase) -> list[Trace]:
    sides = {node.side for node in case.nodes}
    remarks = []
    if Side.MIDLINE in sides and (case.uses(Variable.SIDE) or (case.uses(Variable.CERVICAL) and len(sides) > 1)):
        remarks.append(note("midline-node"))
    midline_primary = case.reading.primary_side is Side.MIDLINE and case.reading.site is not Site.UNKNOWN_PRIMARY
    if sides and case.uses(Variable.SIDE) and midline_primary:
        remarks.append(note("midline-primary"))
    return remarks


def _count_and_size_remarks(case: ChapterCase) -> list[Trace]:
    remarks = []
    alone = lone_coalescent(case.nodes)
    if case.uses(Variable.COUNT) and alone:
        remarks.append(note("coalescent-count", nodes=_names(alone)))
    for near in sizes_near_limits(case):
        size_mm = near.node.greatest_dimension_mm or 0.0
        remarks.append(
            note(
                "size-near-limit",
                node=near.node.id,
                size_mm=size_mm,
                size_cm=rounded_cm(size_mm),
                limit_cm=near.limit_cm,
            )
        )
    return remarks + (_fused_mass_remarks(case) if case.uses(Variable.SIZE_CM) else [])


def _fused_mass_remarks(case: ChapterCase) -> list[Trace]:
    """Entries that were measured one by one may form a mass that passes a limit."""
    remarks = []
    for side in Side:
        fused = [node for node in case.nodes if is_coalescent(node) and node.side is side]
        sizes = [node.greatest_dimension_mm for node in fused if node.greatest_dimension_mm is not None]
        if len(sizes) < 2:
            continue
        together, largest = rounded_cm(sum(sizes)), rounded_cm(max(sizes))
        passed = [limit for limit in case.n_table.size_limits_cm if largest <= limit < together]
        remarks += [note("fused-mass-size", nodes=_names(fused), limit_cm=limit) for limit in passed]
    return remarks


def _cricoid_remarks(case: ChapterCase) -> list[Trace]:
    if not case.uses(Variable.BELOW_CRICOID):
        return []
    implied = {node.id: level_rules()[node.level].below_cricoid for node in case.nodes}
    disagree = [node for node in case.nodes if implied[node.id] and node.extends_below_cricoid is False]
    below = [node for node in case.nodes if implied[node.id] and node not in disagree]
    unread = [node for node in case.nodes if not implied[node.id] and node.extends_below_cricoid is None]
    borderline = [node for node in unread if is_borderline(node)]
    above = [node for node in unread if implied[node.id] is False and node not in borderline]
    found = {
        "level-below-cricoid": below,
        "level-and-extent-disagree": disagree,
        "cricoid-borderline": borderline,
        "level-above-cricoid": above,
    }
    return [note(note_id, nodes=_names(nodes)) for note_id, nodes in found.items() if nodes]


def _clinical_ene_remarks(case: ChapterCase) -> list[Trace]:
    if not case.nodes:
        return []
    if not case.uses(Variable.CLINICAL_ENE):
        clinical = case.reading.classification is Classification.CLINICAL
        ignored = "cene-tick-unused" if case.uses(Variable.IENE_GRADE) else "cene-examination-not-counted"
        return [note(ignored)] if case.reading.clinical_ene and clinical else []
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
    if case.uses(Variable.IENE_GRADE) and case.grade == HIGHEST_GRADE:
        if rests_on_gland_invasion(case):
            remarks.append(note("npc-gland-only"))
        if case.reading.classification is Classification.PATHOLOGICAL:
            remarks.append(note("npc-radiologic-in-pn"))
    doubtful = doubtful_retropharyngeal(case)
    if doubtful:
        remarks.append(note("npc-retropharyngeal", nodes=_names(doubtful)))
    return remarks


def _names(nodes: Iterable[Node]) -> str:
    return ", ".join(node.id for node in nodes)
