"""Evidence as items of a structured report: numbers as measurements, all else as evaluations."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from iENEGraderLib.export.dicom.codes import OTHER, Group, concept, known, unit_concept
from iENEGraderLib.export.dicom.segments import structure_site
from iENEGraderLib.export.dicom.sr_items import (
    HAS_CONCEPT_MOD,
    HAS_PROPERTIES,
    answer_item,
    code_item,
    number_item,
    place_items,
    text_item,
    tracking_items,
    with_children,
)
from iENEGraderLib.export.evidence_class import class_word
from iENEGraderLib.measure.case.evidence.words import PERFUSION_LABEL, Kind, PerfusionKind
from iENEGraderLib.measure.map_values import SpectralKind

if TYPE_CHECKING:
    from highdicom.sr import ContentItem

    from iENEGraderLib.export.dicom.codes import Concept
    from iENEGraderLib.export.dicom.source_series import SourceSeries
    from iENEGraderLib.reading import Evidence

LEVEL_PREFIX = "neck_level_"


class Part(StrEnum):
    """Which part of a document an item stands for, as its tracking identifier says."""

    EVIDENCE = "evidence"
    FURTHER = "further"
    """Measured, and not in the reading."""
    MARK = "mark"


def tracking_id(node_id: str, part: Part, number: int) -> str:
    """Return the tracking identifier of an item of a node; numbers keep the order of the reading."""
    return f"{node_id}/{part}/{number}"


def evidence_item(evidence: Evidence, identifier: str, source: SourceSeries) -> ContentItem:
    """Return evidence as NUM item when it has a value, else as CODE item with its class."""
    name = known(Group.MEASUREMENT, evidence.kind) if evidence.kind != OTHER else None
    label = name or concept(Group.MEASUREMENT, OTHER)
    below = [*tracking_items(identifier), *_site(evidence), *_modifiers(evidence, named=name is not None)]
    below += _uncertainty(evidence)
    if evidence.place is not None:
        below += place_items([evidence.place.ras_mm], source)
    return with_children(_value(evidence, label), below)


def is_number(evidence: Evidence) -> bool:
    """Tell whether evidence is written as a measurement."""
    return evidence.value is not None and bool(evidence.unit)


def has_code(unit: str) -> bool:
    """Tell whether a unit is in the table of codes; the word of all others is none."""
    return unit != OTHER and known(Group.UNIT, unit) is not None


def _proposed_level(evidence: Evidence) -> Concept | None:
    """Return the level that was proposed, where the evidence says no more than that."""
    if evidence.kind != Kind.LEVEL or evidence.evidence_class is not None:
        return None
    return known(Group.LEVEL, (evidence.structure or "").removeprefix(LEVEL_PREFIX))


def _value(evidence: Evidence, label: Concept) -> ContentItem:
    if evidence.value is not None and evidence.unit:
        return number_item(label, evidence.value, unit_concept(evidence.unit))
    level = _proposed_level(evidence)
    return code_item(label, level or concept(Group.EVIDENCE_CLASS, class_word(evidence) or "none"))


def _site(evidence: Evidence) -> list[ContentItem]:
    """Return the structure: as finding site where it has a code, and always by its name."""
    from highdicom.sr import FindingSite

    if evidence.structure is None:
        return []
    items: list[ContentItem] = []
    site = structure_site(evidence.structure)
    if site is not None:
        kind, side = site
        items.append(FindingSite(kind.coded, None if side is None else side.coded))
    return [*items, text_item("structure", evidence.structure, HAS_CONCEPT_MOD)]


def _modifiers(evidence: Evidence, *, named: bool) -> list[ContentItem]:
    items: list[ContentItem] = []
    if not named:
        items.append(text_item("kind", evidence.kind, HAS_CONCEPT_MOD))
    items += _of_map(evidence)
    if evidence.method is not None:
        items.append(text_item("method", evidence.method, HAS_CONCEPT_MOD))
    against = class_word(evidence)
    if is_number(evidence) and against is not None:
        items.append(answer_item("evidence_class", Group.EVIDENCE_CLASS, against, HAS_PROPERTIES))
    if evidence.unit is not None and not (is_number(evidence) and has_code(evidence.unit)):
        items.append(text_item("unit", evidence.unit))
    return items


def _of_map(evidence: Evidence) -> list[ContentItem]:
    """Return how a value stands for a map, and that perfusion is not recommended for staging."""
    if not is_number(evidence) or evidence.kind not in (*SpectralKind, *PerfusionKind):
        return []
    is_perfusion = evidence.kind in tuple(PerfusionKind)
    statistic = concept(Group.DOCUMENT, "median" if is_perfusion else "mean")
    items: list[ContentItem] = [code_item(concept(Group.DOCUMENT, "derivation"), statistic, HAS_CONCEPT_MOD)]
    return [*items, text_item("caution", PERFUSION_LABEL, HAS_PROPERTIES)] if is_perfusion else items


def _uncertainty(evidence: Evidence) -> list[ContentItem]:
    """Return the uncertainty as both ranges of TID 310, in the unit of the value."""
    if evidence.uncertainty is None:
        return []
    if not (is_number(evidence) and evidence.unit):
        return [text_item("uncertainty", repr(float(evidence.uncertainty)))]
    unit = unit_concept(evidence.unit)
    return [
        number_item(concept(Group.ITEM, key), evidence.uncertainty, unit, HAS_PROPERTIES)
        for key in ("upper_uncertainty", "lower_uncertainty")
    ]
