"""Nodes with the muscles, glands, skin and nerves beside them as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iENEGraderLib.anatomy.structures import Role
from iENEGraderLib.measure.case.document.nodes import not_assessed
from iENEGraderLib.measure.case.document.pairs import fat_plane_json
from iENEGraderLib.measure.case.document.values import Json, number, place, used
from iENEGraderLib.measure.units import Unit

if TYPE_CHECKING:
    from iENEGraderLib.measure.case.records.record_types import InfiltrationRecord, NerveRecord, SkinRecord

VALUE_DIGITS = {Unit.HU: 1, Unit.IODINE: 3}


def infiltration_json(record: InfiltrationRecord) -> Json:
    """Return a node and a structure that it may have grown into."""
    pair: Json = {"node": record.node_id, "structure": record.structure, "role": str(record.role)}
    found = record.infiltration.result
    if found is None:
        return pair | not_assessed(record.infiltration)
    return pair | {
        "evidence_class": str(found.evidence_class),
        "reason": found.reason,
        "distance_mm": number(found.distance_mm),
        "sections": found.sections,
        "length_mm": number(found.length_mm),
        "depth_mm": number(found.depth_mm),
        "volume_mm3": number(found.volume_mm3),
        "excess": number(found.excess, VALUE_DIGITS[found.unit]),
        "reference": number(found.reference, VALUE_DIGITS[found.unit]),
        "unit": str(found.unit),
        "values_from": record.infiltration.source,
        "node_inside_expected_contour_mm3": number(found.node_inside_expected_contour_mm3),
        "overlap_mm3": number(found.overlap_mm3),
        "volume_to_other_side": None if found.asymmetry is None else number(found.asymmetry.volume_ratio, 3),
        "fat_plane": None if found.fat_plane is None else fat_plane_json(found.fat_plane),
        "place": place(found.place_ras_mm),
        "preferences": used(found.preferences),
        "warnings": list(found.warnings),
    }


def skin_json(record: SkinRecord) -> Json:
    """Return a node and the skin over it."""
    pair: Json = {"node": record.node_id, "structure": str(Role.SKIN), "role": str(Role.SKIN)}
    found = record.skin.result
    if found is None:
        return pair | not_assessed(record.skin)
    return pair | {
        "evidence_class": str(found.evidence_class),
        "reason": found.reason,
        "fat_lost": str(found.fat_lost),
        "thickening": str(found.thickening),
        "distance_mm": number(found.distance_mm),
        "least_fat_mm": number(found.least_fat_mm),
        "sections": found.sections,
        "length_mm": number(found.length_mm),
        "skin_mm": number(found.skin_mm),
        "reference_skin_mm": number(found.reference_skin_mm),
        "ratio": number(found.ratio, 3),
        "reference": found.reference,
        "unit": "mm",
        "values_from": record.skin.source,
        "place": place(found.place_ras_mm),
        "preferences": used(found.preferences),
        "warnings": list(found.warnings),
    }


def nerve_json(record: NerveRecord) -> Json:
    """Return a node and a nerve beside it; no threshold of these signs is published."""
    pair: Json = {"node": record.node_id, "structure": record.structure, "role": str(Role.NERVE)}
    found = record.signs.result
    if found is None:
        return pair | not_assessed(record.signs)
    muscle = found.denervation
    return pair | {
        "evidence_class": str(found.evidence_class),
        "reason": found.reason,
        "fat_plane": fat_plane_json(found.fat_plane),
        "denervation": {
            "evidence_class": str(muscle.evidence_class),
            "reason": muscle.reason,
            "fat_share_difference": number(muscle.fat_share_difference, 3),
            "volume_loss": number(muscle.volume_loss, 3),
        },
        "values_from": record.signs.source,
        "place": place(found.place_ras_mm),
        "preferences": used(found.preferences),
        "warnings": list(found.warnings),
    }
