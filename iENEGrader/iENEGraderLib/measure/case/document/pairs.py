"""Nodes with the vessels, veins and nodes beside them as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iENEGraderLib.measure.case.document.nodes import not_assessed
from iENEGraderLib.measure.case.document.values import Json, by_tolerance, number, place, used
from iENEGraderLib.measure.veins import VeinState

if TYPE_CHECKING:
    from iENEGraderLib.measure.case.records.record_types import CoalescenceRecord, ContactRecord, Outcome, VeinRecord
    from iENEGraderLib.measure.coalescence import Convexity, Notch, Separability
    from iENEGraderLib.measure.contact import BifurcationContact, LumenChange
    from iENEGraderLib.measure.fat_plane import FatPlane


def contact_json(record: ContactRecord) -> Json:
    """Return one node beside one vessel; angles in degrees."""
    found = record.profile
    return {
        "node": record.node_id,
        "structure": record.structure,
        "max_arc_deg": number(found.max_arc_deg, 1),
        "summed_arc_deg": number(found.summed_arc_deg, 1),
        "class": str(found.contact_class),
        "possible_classes": [str(each) for each in found.possible_classes],
        "band_deg": number(found.band_deg, 1),
        "length_ge_180_mm": number(found.length_ge_180_mm),
        "length_ge_270_mm": number(found.length_ge_270_mm),
        "length_ge_180_range_mm": _range(found.length_ge_180_range_mm),
        "length_ge_270_range_mm": _range(found.length_ge_270_range_mm),
        "length_uncertainty_mm": number(found.length_uncertainty_mm),
        "contact_length_mm": number(found.contact_length_mm),
        "unassessed_length_mm": number(found.unassessed_length_mm),
        "arc_deg_by_tolerance": by_tolerance(found.arc_deg_by_tolerance),
        "place": place(found.place_ras_mm),
        "counts_for_encasement": record.counts_for_encasement,
        "why_it_counts": record.why_it_counts,
        "evidence_class": None if record.evidence_class is None else str(record.evidence_class),
        "reason": record.reason,
        "vessel_radius_mm": number(found.radius_mm),
        "lumen": None if found.lumen is None else _lumen(found.lumen),
        "touches_border": found.touches_border,
        "bifurcations": [_bifurcation(each) for each in found.bifurcations if each.is_in_contact],
        "fat_plane": _fat_plane_outcome(record.fat_plane),
        "unit": "deg",
        "tolerance_mm": number(found.tolerance_mm),
        "wall_mm": number(found.wall_mm),
        "preferences": used(record.preferences),
        "warnings": list(found.warnings),
    }


def _range(ends_mm: tuple[float, float] | None) -> list[float | None] | None:
    return None if ends_mm is None else [number(end) for end in ends_mm]


def _lumen(found: LumenChange) -> Json:
    return {
        "narrowing": number(found.narrowing, 3),
        "circularity": number(found.circularity, 3),
        "free_circularity": number(found.free_circularity, 3),
        "axis_ratio": number(found.axis_ratio, 3),
        "free_axis_ratio": number(found.free_axis_ratio, 3),
    }


def _bifurcation(found: BifurcationContact) -> Json:
    return {"wall_share": number(found.wall_share, 3), "place": place(found.place_ras_mm)}


def fat_plane_json(found: FatPlane) -> Json:
    """Return the fat plane between a node and what lies beside it; met means that it is lost."""
    return {
        "evidence_class": str(found.evidence_class),
        "reason": found.reason,
        "lost_share": number(found.lost_share, 3),
        "uncertainty": number(found.uncertainty, 3),
        "facing_area_mm2": number(found.facing_area_mm2),
        "lost_area_mm2": number(found.lost_area_mm2),
        "sections": found.sections,
        "length_mm": number(found.length_mm),
        "mean_gap_mm": number(found.mean_gap_mm),
        "visible_plane_mm": number(found.visible_plane_mm),
        "unit": "1",
        "place": place(found.place_ras_mm),
        "preferences": used(found.preferences),
        "warnings": list(found.warnings),
    }


def _fat_plane_outcome(outcome: Outcome[FatPlane]) -> Json:
    if outcome.result is None:
        return not_assessed(outcome)
    return fat_plane_json(outcome.result) | {"values_from": outcome.source}


def vein_json(record: VeinRecord) -> Json:
    """Return one internal jugular vein."""
    found = record.status.result
    if found is None:
        return {"structure": record.structure, "class": str(VeinState.NOT_ASSESSABLE), "reason": record.status.reason}
    return {
        "structure": record.structure,
        "nodes": list(found.nodes),
        "class": str(found.status),
        "reason": found.reason,
        "obliteration": {"evidence_class": str(found.obliteration), "reason": found.obliteration_reason},
        "filling_defect": {"evidence_class": str(found.filling_defect), "reason": found.filling_defect_reason},
        "tumour_thrombus": {"evidence_class": str(found.tumour_thrombus), "reason": found.tumour_thrombus_reason},
        "least_area_share": number(found.least_area_share, 3),
        "gap_mm": number(found.gap_mm),
        "gap_sections": found.gap_sections,
        "defect_length_mm": number(found.defect_length_mm),
        "defect_sections": found.defect_sections,
        "defect_enhancement_share": number(found.defect_enhancement_share, 3),
        "defect_to_node_share": number(found.defect_to_node_share, 3),
        "reference_area_mm2": number(found.reference_area_mm2),
        "other_side_area_share": number(found.other_side_area_share, 3),
        "values_from": record.status.source,
        "place": place(found.place_ras_mm),
        "preferences": used(found.preferences),
        "warnings": list(found.warnings),
    }


def coalescence_json(record: CoalescenceRecord) -> Json:
    """Return a pair of nodes: three criteria, all needed."""
    pair: Json = {"nodes": [record.first, record.second]}
    found = record.coalescence.result
    if found is None:
        return pair | not_assessed(record.coalescence)
    return pair | {
        "evidence_class": str(found.evidence_class),
        "reason": found.reason,
        "distance_mm": number(found.distance_mm),
        "fat_plane": fat_plane_json(found.fat_plane),
        "convexity": _convexity(found.convexity),
        "notch": _notch(found.notch),
        "separability": _separability(found.separability),
        "values_from": record.coalescence.source,
        "place": place(found.fat_plane.place_ras_mm),
        "preferences": used(found.preferences),
        "warnings": list(found.warnings),
    }


def _convexity(found: Convexity) -> Json:
    return {
        "evidence_class": str(found.evidence_class),
        "reason": found.reason,
        "patch_to_short_axis": number(found.patch_to_short_axis, 3),
        "uncertainty": number(found.uncertainty, 3),
        "patch_diameter_mm": number(found.patch_diameter_mm),
        "short_axis_mm": number(found.short_axis_mm),
        "unit": "1",
        "place": place(found.place_ras_mm),
    }


def _notch(found: Notch) -> Json:
    return {
        "evidence_class": str(found.evidence_class),
        "reason": found.reason,
        "angle_deg": number(found.angle_deg, 1),
        "uncertainty": number(found.uncertainty, 1),
        "merged_share": number(found.merged_share, 3),
        "unit": "deg",
        "place": place(found.place_ras_mm),
    }


def _separability(found: Separability) -> Json:
    return {
        "class": str(found.bodies),
        "reason": found.reason,
        "value": number(found.value, 3),
        "uncertainty": number(found.uncertainty, 3),
        "unit": "1",
        "place": place(found.place_ras_mm),
    }
