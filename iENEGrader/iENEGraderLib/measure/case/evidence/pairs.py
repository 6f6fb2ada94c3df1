"""Nodes with what lies beside them as evidence of a reading document; what is far and unsuspicious is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iENEGraderLib.measure.case.evidence.words import Kind, evidence_place, with_thresholds
from iENEGraderLib.measure.contact.classes import ENCASEMENT_DEG
from iENEGraderLib.reading import Evidence, EvidenceClass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iENEGraderLib.measure.case.records.record_types import (
        CoalescenceRecord,
        ContactRecord,
        InfiltrationRecord,
        NerveRecord,
        SkinRecord,
        VeinRecord,
    )
    from iENEGraderLib.measure.fat_plane import FatPlane

SHARE = "1"
NOT_ENOUGH = {
    Kind.FAT_PLANE: "a lost fat plane alone proves no invasion",
    Kind.FAT_PLANE_BETWEEN: "coalescence needs all three signs",
}
SUSPICIOUS = (EvidenceClass.MET, EvidenceClass.INDETERMINATE)
CONTACT_METHOD = "greatest contiguous arc in planes orthogonal to the vessel that holds along it"


def of_contact(record: ContactRecord) -> Iterator[Evidence]:
    """Return angle, encased length, contact with bifurcations and fat plane of a node that touches a vessel."""
    found = record.profile
    touching = [each for each in found.bifurcations if each.is_in_contact]
    if found.max_arc_deg or found.reason:
        yield _angle(record)
    if found.length_ge_270_mm and record.counts_for_encasement:
        method = f"length of vessel with a contiguous arc of at least {ENCASEMENT_DEG:g} degrees"
        error = None if found.length_uncertainty_mm is None else round(found.length_uncertainty_mm, 1)
        yield Evidence(Kind.ENCASED_LENGTH, record.structure, round(found.length_ge_270_mm, 1), "mm", error, method)
    for each in touching:
        method = "share of the wall about the bifurcation within reach of the node; a finding of its own"
        place = evidence_place(each.place_ras_mm)
        yield Evidence(Kind.BIFURCATION, record.structure, _share(each.wall_share), SHARE, method=method, place=place)
    if record.fat_plane.result is not None and (found.max_arc_deg or touching):
        yield _fat_plane(Kind.FAT_PLANE, record.structure, record.fat_plane.result, record.fat_plane.source)


def of_vein(record: VeinRecord, node_id: str) -> Iterator[Evidence]:
    """Return the lumen of a vein beside a node, and what it lacks."""
    found = record.status.result
    if found is None or node_id not in found.nodes:
        return
    place, structure = evidence_place(found.place_ras_mm), record.structure
    method = with_thresholds(found.reason, found.preferences, found.warnings, record.status.source)
    if found.least_area_share is not None:
        area = _share(found.least_area_share)
        yield Evidence(Kind.VEIN, structure, area, SHARE, method=f"{found.status}: {method}", place=place)
    if found.other_side_area_share is not None:
        area = _share(found.other_side_area_share)
        method = "area of the narrowest section by that of the other vein at the same height; veins differ by nature"
        yield Evidence(Kind.VEIN_TO_OTHER_SIDE, structure, area, SHARE, method=method, place=place)
    if found.obliteration in SUSPICIOUS:
        gap, why = round(found.gap_mm, 1), found.obliteration_reason
        yield Evidence(Kind.OBLITERATION, structure, gap, "mm", None, why, place, found.obliteration)
    if found.filling_defect in SUSPICIOUS:
        # The criterion is tumour in the lumen: a defect that does not enhance, as bland thrombus, does not meet it.
        length, why = round(found.defect_length_mm, 1), f"{found.tumour_thrombus_reason}; {found.filling_defect_reason}"
        yield Evidence(Kind.FILLING_DEFECT, structure, length, "mm", None, why, place, found.tumour_thrombus)


def of_pair(record: CoalescenceRecord, node_id: str) -> Iterator[Evidence]:
    """Return the three criteria of coalescence for one of two nodes that face each other, and all three together."""
    found = record.coalescence.result
    if node_id not in (record.first, record.second) or found is None or not found.fat_plane.facing_area_mm2:
        return
    partner = record.second if node_id == record.first else record.first
    source = record.coalescence.source
    method = with_thresholds(found.reason, found.preferences, found.warnings, source)
    place = evidence_place(found.fat_plane.place_ras_mm)
    yield Evidence(Kind.COALESCENCE, partner, method=method, place=place, evidence_class=found.evidence_class)
    yield _fat_plane(Kind.FAT_PLANE_BETWEEN, partner, found.fat_plane, source)
    for kind, value, unit, criterion in (
        (Kind.CONVEXITY, found.convexity.patch_to_short_axis, SHARE, found.convexity),
        (Kind.NOTCH, found.notch.angle_deg, "deg", found.notch),
    ):
        yield Evidence(
            kind=kind,
            structure=partner,
            value=None if value is None else round(value, 3),
            unit=None if value is None else unit,
            uncertainty=None if criterion.uncertainty is None else round(criterion.uncertainty, 3),
            method=criterion.reason,
            place=evidence_place(criterion.place_ras_mm),
            evidence_class=criterion.evidence_class,
        )


def of_infiltration(record: InfiltrationRecord) -> Iterator[Evidence]:
    """Return infiltration of a structure that the node touches, or that something speaks for."""
    found = record.infiltration.result
    if found is None or (found.distance_mm > 0 and found.evidence_class is EvidenceClass.NOT_MET):
        return
    open_by_shape = found.contour is not None and found.contour.evidence_class is EvidenceClass.INDETERMINATE
    # Where the shapes leave it open, the depth of what differs in value tells nothing of how deep the node lies.
    is_told = found.evidence_class is EvidenceClass.MET or not open_by_shape
    depth = found.depth_mm or None if is_told else None
    yield Evidence(
        kind=Kind.INFILTRATION,
        structure=record.structure,
        value=None if depth is None else round(depth, 1),
        unit=None if depth is None else "mm",
        method=with_thresholds(found.reason, found.preferences, found.warnings, record.infiltration.source),
        place=evidence_place(found.place_ras_mm),
        evidence_class=found.evidence_class,
    )
    if found.fat_plane is not None:
        yield _fat_plane(Kind.FAT_PLANE, record.structure, found.fat_plane, record.infiltration.source)


def of_skin(record: SkinRecord) -> Iterator[Evidence]:
    """Return what speaks for growth into the skin, when something does."""
    found = record.skin.result
    if found is None or found.evidence_class not in SUSPICIOUS:
        return
    yield Evidence(
        kind=Kind.SKIN,
        structure="skin",
        value=None if found.ratio is None else _share(found.ratio),
        unit=None if found.ratio is None else SHARE,
        method=with_thresholds(found.reason, found.preferences, found.warnings),
        place=evidence_place(found.place_ras_mm),
        evidence_class=found.evidence_class,
    )


def of_nerve(record: NerveRecord) -> Iterator[Evidence]:
    """Return the signs at a nerve, when something speaks for them."""
    found = record.signs.result
    if found is None or found.evidence_class not in SUSPICIOUS:
        return
    yield Evidence(
        kind=Kind.NERVE,
        structure=record.structure,
        method=with_thresholds(found.reason, found.preferences, found.warnings, record.signs.source),
        place=evidence_place(found.place_ras_mm),
        evidence_class=found.evidence_class,
    )


def _angle(record: ContactRecord) -> Evidence:
    found = record.profile
    words = [CONTACT_METHOD, record.reason]
    if record.counts_for_encasement:
        words.append(record.why_it_counts)
    if found.summed_arc_deg is not None:
        words.append(f"all arcs together {found.summed_arc_deg:.0f} degrees")
    if found.arc_deg_by_tolerance:
        angles = ", ".join(f"{angle:.0f} at {gap:g} mm" for gap, angle in sorted(found.arc_deg_by_tolerance.items()))
        words.append(f"degrees by the gap that counts as contact: {angles}")
    if found.lumen is not None:
        words.append(f"lumen narrowed by {100 * max(found.lumen.narrowing, 0):.0f} %")
    return Evidence(
        kind=Kind.CONTACT,
        structure=record.structure,
        value=None if found.max_arc_deg is None else round(found.max_arc_deg, 1),
        unit=None if found.max_arc_deg is None else "deg",
        uncertainty=None if found.band_deg is None else round(found.band_deg, 1),
        method=with_thresholds("; ".join(words), record.preferences, found.warnings),
        place=evidence_place(found.place_ras_mm),
        evidence_class=record.evidence_class,
    )


def _fat_plane(kind: Kind, structure: str, found: FatPlane, source: str) -> Evidence:
    return Evidence(
        kind=kind,
        structure=structure,
        value=None if found.lost_share is None else _share(found.lost_share),
        unit=None if found.lost_share is None else SHARE,
        uncertainty=None if found.uncertainty is None else _share(found.uncertainty),
        method=with_thresholds(f"{found.reason}; {NOT_ENOUGH[kind]}", found.preferences, found.warnings, source),
        place=evidence_place(found.place_ras_mm),
        evidence_class=found.evidence_class,
    )


def _share(value: float) -> float:
    return round(value, 3)
