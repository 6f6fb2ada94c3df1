"""What was measured of a node as evidence of a reading document: numbers with their method, thresholds and place."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from iENEGraderLib.measure.case.evidence.pairs import (
    of_contact,
    of_infiltration,
    of_nerve,
    of_pair,
    of_skin,
    of_vein,
)
from iENEGraderLib.measure.case.evidence.words import Kind, evidence_place, with_thresholds
from iENEGraderLib.measure.map_values import SpectralKind
from iENEGraderLib.measure.spikes import SpikeKind
from iENEGraderLib.measure.units import Unit
from iENEGraderLib.reading import Evidence, EvidenceClass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iENEGraderLib.measure.case.measurements import CaseMeasurements
    from iENEGraderLib.measure.case.records.record_types import NodeRecord
    from iENEGraderLib.measure.map_values import MapValue
    from iENEGraderLib.measure.position.neck_level import LevelProposal
    from iENEGraderLib.measure.spikes import SpikeSurvey, Stranding

COUNT = "{count}"
MAP_DIGITS = 3
SPIKE_CLASSES = {SpikeKind.SPIKE: EvidenceClass.MET, SpikeKind.UNCERTAIN: EvidenceClass.INDETERMINATE}
"""Other candidates are in the JSON; in a reading they would only be noise."""


def evidence_rows(case: CaseMeasurements, node_id: str) -> tuple[Evidence, ...]:
    """Return the evidence on one node; what was not within reach of it is left out."""
    rows = list(_of_node(case.node(node_id)))
    rows += [row for record in case.contacts if record.node_id == node_id for row in of_contact(record)]
    rows += [row for record in case.veins for row in of_vein(record, node_id)]
    rows += [row for record in case.coalescence for row in of_pair(record, node_id)]
    rows += [row for record in case.infiltration if record.node_id == node_id for row in of_infiltration(record)]
    rows += [row for record in case.skin if record.node_id == node_id for row in of_skin(record)]
    rows += [row for record in case.nerves if record.node_id == node_id for row in of_nerve(record)]
    return tuple(rows)


def _of_node(record: NodeRecord) -> Iterator[Evidence]:
    if record.basics.result is not None:
        yield from record.basics.result.evidence()
    if record.level.result is not None:
        yield from of_level(record.level.result)
    if record.spikes.result is not None:
        yield from _of_spikes(record.spikes.result, record.spikes.source)
    if record.stranding.result is not None:
        yield from _of_stranding(record.stranding.result)
    yield from (of_map_value(each) for each in record.map_values)


def of_map_value(found: MapValue) -> Evidence:
    """Return the mean of a map; one row of several has a place, so that the scene shows one point."""
    return Evidence(
        kind=found.kind,
        value=round(found.mean, MAP_DIGITS) + 0.0,
        unit=found.unit,
        uncertainty=None if isnan(found.uncertainty) else round(found.uncertainty, MAP_DIGITS),
        method=found.method,
        place=evidence_place(found.place_ras_mm) if found.kind == SpectralKind.IODINE else None,
    )


def of_level(found: LevelProposal) -> Iterator[Evidence]:
    """Return the proposed level of a node with its reason; not assessable when it is open."""
    method = with_thresholds(found.reason, found.preferences, found.warnings)
    if found.level is None:
        yield Evidence(Kind.LEVEL, method=method, evidence_class=EvidenceClass.NOT_ASSESSABLE)
    else:
        yield Evidence(Kind.LEVEL, f"neck_level_{found.level}", method=method)


def _of_spikes(found: SpikeSurvey, source: str) -> Iterator[Evidence]:
    assessed = found.evidence_class is not EvidenceClass.NOT_ASSESSABLE
    yield Evidence(
        Kind.SPIKE_COUNT,
        value=float(len(found.spikes)) if assessed else None,
        unit=COUNT if assessed else None,
        method=with_thresholds(found.reason, found.preferences, found.warnings, source),
        evidence_class=found.evidence_class,
    )
    for spike in found.of_kind(*SPIKE_CLASSES):
        yield Evidence(
            Kind.SPIKE,
            value=round(spike.length_mm, 1),
            unit="mm",
            uncertainty=round(spike.length_uncertainty_mm, 1),
            method=spike.reason,
            place=evidence_place(spike.tip_ras_mm),
            evidence_class=SPIKE_CLASSES[spike.kind],
        )


def _of_stranding(found: Stranding) -> Iterator[Evidence]:
    if found.difference_hu is None:
        return
    method = f"fat in a shell round the node minus fat further out; {found.caution}"
    value = round(found.difference_hu, 1) + 0.0  # no negative zero
    yield Evidence(Kind.STRANDING, None, value, Unit.HU, method=with_thresholds(method, found.preferences))
