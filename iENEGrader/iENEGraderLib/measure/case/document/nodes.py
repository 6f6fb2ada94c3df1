"""The records of nodes as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iENEGraderLib.measure.case.document.values import Json, number, place, used
from iENEGraderLib.measure.evidence_class import EvidenceClass
from iENEGraderLib.measure.units import Unit

if TYPE_CHECKING:
    from iENEGraderLib.measure.case.node_measurement import NodeMeasurement
    from iENEGraderLib.measure.case.records.record_types import NodeRecord, Outcome
    from iENEGraderLib.measure.map_values import MapValue
    from iENEGraderLib.measure.position.neck_level import LevelProposal
    from iENEGraderLib.measure.spikes import SpikeCandidate, SpikeSurvey, Stranding

SIZE_FIELDS = (
    "greatest_dimension_mm",
    "uncertainty_mm",
    "axial_long_mm",
    "axial_short_mm",
    "min_width_mm",
    "volume_ml",
    "components",
    "touches_border",
    "place",
)


def node_json(record: NodeRecord) -> Json:
    """Return one node; what could not be measured is null, with its reason."""
    basics = record.basics.result
    return {
        "id": record.node_id,
        "segment": record.segment.name,
        **_size(record.basics),
        "side": None if basics is None or basics.side is None else str(basics.side.side),
        "level": _level(record.level)["level"],
        "side_proposal": None if basics is None else _side(basics),
        "level_proposal": _level(record.level),
        "below_cricoid": None if basics is None else _cricoid(basics),
        "spikes": _spikes(record.spikes.result),
        "spike_survey": _survey(record.spikes),
        "stranding": _stranding(record.stranding),
        "map_values": [_map_value(each) for each in record.map_values],
    }


def _map_value(found: MapValue) -> Json:
    return {
        "kind": found.kind,
        "value": number(found.mean, 3),
        "uncertainty": number(found.uncertainty, 3),
        "unit": found.unit,
        "voxels": found.voxels,
        "method": found.method,
        "place": place(found.place_ras_mm),
    }


def not_assessed(outcome: Outcome[object]) -> Json:
    """Return what stands in the place of a result that could not be had."""
    return {"evidence_class": str(EvidenceClass.NOT_ASSESSABLE), "reason": outcome.reason}


def _size(outcome: Outcome[NodeMeasurement]) -> Json:
    if outcome.result is None:
        return dict.fromkeys(SIZE_FIELDS) | {"reason": outcome.reason}
    size = outcome.result.size
    middle = [(first + second) / 2 for first, second in zip(*size.ends_ras_mm, strict=True)]
    values = (
        number(size.greatest_dimension_mm),
        number(size.uncertainty_mm),
        number(size.axial_long_mm),
        number(size.axial_short_mm),
        number(size.min_width_mm),
        number(size.volume_mm3 / 1000, 3),
        size.components,
        size.touches_border,
        place(middle),
    )
    return dict(zip(SIZE_FIELDS, values, strict=True))


def _side(found: NodeMeasurement) -> Json | None:
    side = found.side
    if side is None:
        return None
    distance = number(side.distance_mm)
    return {"side": str(side.side), "distance_mm": distance, "close_call": side.near_band, "reason": side.reason}


def _cricoid(found: NodeMeasurement) -> Json | None:
    below = found.below_cricoid
    if below is None:
        return None
    return {
        "relation": str(below.relation),
        "depth_mm": number(below.depth_mm),
        "uncertainty_mm": number(below.tolerance_mm),
        "place": place(below.lowest_point_ras_mm),
        "reason": below.reason,
    }


def _spikes(found: SpikeSurvey | None) -> list[Json]:
    return [] if found is None else [_spike(each, found.unit) for each in found.candidates]


def _spike(spike: SpikeCandidate, unit: str) -> Json:
    digits = 1 if unit == Unit.HU else 3
    return {
        "class": str(spike.kind),
        "length_mm": number(spike.length_mm),
        "uncertainty_mm": number(spike.length_uncertainty_mm),
        "base_width_mm": number(spike.base_width_mm),
        "half_width_mm": number(spike.half_width_mm),
        "mean_value": number(spike.mean_value, digits),
        "enhancement": number(spike.enhancement, digits),
        "base": place(spike.base_ras_mm),
        "tip": place(spike.tip_ras_mm),
        "place": place(spike.tip_ras_mm),
        "reason": spike.reason,
    }


def _survey(outcome: Outcome[SpikeSurvey]) -> Json:
    found = outcome.result
    if found is None:
        return not_assessed(outcome)
    rough = found.irregularity
    return {
        "evidence_class": str(found.evidence_class),
        "reason": found.reason,
        "spikes": len(found.spikes),
        "irregularity_area_ratio": None if rough is None else number(rough.area_ratio, 3),
        "roughness_mm": None if rough is None else number(rough.roughness_mm, 3),
        "fat_border_share": number(found.fat_border_share, 3),
        "unit": found.unit,
        "values_from": outcome.source,
        "preferences": used(found.preferences),
        "warnings": list(found.warnings),
    }


def _level(outcome: Outcome[LevelProposal]) -> Json:
    found = outcome.result
    if found is None:
        return {"level": None, "reason": outcome.reason}
    return {
        "level": None if found.level is None else str(found.level),
        "reason": found.reason,
        "alternatives": [str(each) for each in found.alternatives],
        "is_borderline": found.is_borderline,
        "confidence": None if found.confidence is None else str(found.confidence),
        "missing": list(found.missing),
        "preferences": used(found.preferences),
        "warnings": list(found.warnings),
    }


def _stranding(outcome: Outcome[Stranding]) -> Json:
    found = outcome.result
    if found is None or found.reason:
        reason = outcome.reason if found is None else found.reason
        return {"evidence_class": str(EvidenceClass.NOT_ASSESSABLE), "reason": reason}
    return {
        "difference_hu": number(found.difference_hu, 1),
        "mean_fat_hu": number(found.mean_fat_hu, 1),
        "reference_fat_hu": number(found.reference_fat_hu, 1),
        "fat_fraction": number(found.fat_fraction, 3),
        "stranded_fraction": number(found.stranded_fraction, 3),
        "unit": str(Unit.HU),
        "values_from": outcome.source,
        "caution": found.caution,
        "preferences": used(found.preferences),
    }
