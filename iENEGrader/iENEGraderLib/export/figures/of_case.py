"""Which figures the measurements of a case ask for, drawn one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iENEGraderLib.export.figures.coalescence import notch_figure
from iENEGraderLib.export.figures.cross_section import cross_section_figure
from iENEGraderLib.export.figures.spikes import spikes_figure
from iENEGraderLib.export.figures.vein import vein_profile_figure
from iENEGraderLib.export.figures.vessel_length import angle_along_vessel_figure, contact_map_figure
from iENEGraderLib.export.report_content import ReportFigure
from iENEGraderLib.export.words import spaced
from iENEGraderLib.measure.case.evidence.words import Kind
from iENEGraderLib.measure.spikes import SpikeKind
from iENEGraderLib.measure.veins import VeinState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from iENEGraderLib.measure.case.measurements import CaseMeasurements
    from iENEGraderLib.measure.case.records.record_types import CoalescenceRecord, ContactRecord, NodeRecord, VeinRecord
    from iENEGraderLib.reading import Evidence, Reading

    Drawn = Iterator[tuple[Kind, ReportFigure]]

FIGURED = (Kind.CONTACT, Kind.SPIKE_COUNT, Kind.NOTCH, Kind.VEIN)
"""Evidence that figures show."""
FIGURED_SPIKES = (SpikeKind.SPIKE, SpikeKind.UNCERTAIN)
SAME = 1e-6


def case_figures(case: CaseMeasurements) -> tuple[ReportFigure, ...]:
    """Draw what was found: vessels that are touched, spikes, notches, narrow veins; the rest needs no figure."""
    return tuple(figure for _, figure in _drawn(case))


def asks_for_figures(reading: Reading) -> bool:
    """Tell whether a reading holds evidence that figures show."""
    return any(each.kind in FIGURED for node in reading.nodes or () for each in node.evidence)


def figures_for_reading(reading: Reading, found: CaseMeasurements) -> tuple[ReportFigure, ...]:
    """Draw the figures of what a reading holds as evidence, where measuring again gave the same.

    A figure that shows another number than the reading would be no figure of it, so it is left out.

    Parameters
    ----------
    reading : as it is shown.
    found : measured in the segments of its nodes.
    """
    measured = {record.node_id for record in found.nodes}
    held = {node.id: node.evidence for node in reading.nodes or () if node.id in measured}
    return tuple(
        figure
        for kind, figure in _drawn(found)
        if figure.node_id in held and _are_same(kind, held[figure.node_id], found.evidence_for(figure.node_id))
    )


def _are_same(kind: Kind, held: Iterable[Evidence], found: Iterable[Evidence]) -> bool:
    one, other = (
        sorted((each.structure or "", each.value) for each in rows if each.kind == kind and each.value is not None)
        for rows in (held, found)
    )
    if [structure for structure, _ in one] != [structure for structure, _ in other]:
        return False
    return all(abs(first - second) <= SAME for (_, first), (_, second) in zip(one, other, strict=True))


def _drawn(case: CaseMeasurements) -> Drawn:
    for contact in case.contacts:
        if contact.profile.max_arc_deg or contact.profile.unassessed_length_mm:
            yield from _of_contact(case, contact)
    for node in case.nodes:
        yield from _of_spikes(case, node)
    for pair in case.coalescence:
        yield from _of_notch(case, pair)
    for vein in case.veins:
        yield from _of_vein(vein)


def _of_contact(case: CaseMeasurements, record: ContactRecord) -> Drawn:
    node, geometry, profile = case.node(record.node_id).segment, case.segmentation.geometry, record.profile
    pair = f"{record.node_id}, {spaced(record.structure)}"
    section, unrolled, along = (f"{pair}: {what}" for what in ("cross-section", "wall unrolled", "angle along it"))
    for name, svg in (
        (section, cross_section_figure(profile, node, geometry, section, case.image)),
        (unrolled, contact_map_figure(profile, geometry, unrolled)),
        (along, angle_along_vessel_figure(profile, geometry, along)),
    ):
        yield Kind.CONTACT, ReportFigure(record.node_id, name, svg)


def _of_spikes(case: CaseMeasurements, record: NodeRecord) -> Drawn:
    survey = record.spikes.result
    if survey is not None and survey.of_kind(*FIGURED_SPIKES) and case.image is not None:
        name = f"{record.node_id}: spikes"
        svg = spikes_figure(survey, record.segment, case.image, name)
        yield Kind.SPIKE_COUNT, ReportFigure(record.node_id, name, svg)


def _of_notch(case: CaseMeasurements, record: CoalescenceRecord) -> Drawn:
    found = record.coalescence.result
    if found is None or found.notch.angle_deg is None or case.image is None:
        return
    first, second = (case.node(name).segment for name in (record.first, record.second))
    name = f"{record.first} and {record.second}: notch between them"
    yield Kind.NOTCH, ReportFigure(record.first, name, notch_figure(found.notch, first, second, case.image, name))


def _of_vein(record: VeinRecord) -> Drawn:
    found = record.status.result
    if found is None or found.profile is None or found.status is VeinState.PATENT or not found.nodes:
        return
    name = f"{spaced(record.structure)}: area along it"
    yield Kind.VEIN, ReportFigure(found.nodes[0], name, vein_profile_figure(found, name))
