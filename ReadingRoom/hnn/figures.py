"""Figures of the measurements of a case, for the report and as files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from iENEGraderLib.export.figures import (
    angle_along_vessel_figure,
    contact_map_figure,
    cross_section_figure,
    notch_figure,
    spikes_figure,
    vein_profile_figure,
)
from iENEGraderLib.export.report_content import ReportFigure
from iENEGraderLib.export.words import spaced
from iENEGraderLib.measure.spikes import SpikeKind
from iENEGraderLib.measure.veins import VeinState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iENEGraderLib.measure.case.measurements import CaseMeasurements
    from iENEGraderLib.measure.case.records.record_types import CoalescenceRecord, ContactRecord, NodeRecord, VeinRecord

FIGURE_PATTERN = "figure-*.svg"
LONGEST_NAME = 100
FIGURED_SPIKES = (SpikeKind.SPIKE, SpikeKind.UNCERTAIN)


@dataclass(frozen=True)
class NamedFigure:
    """A figure with the name of its file."""

    file_name: str
    figure: ReportFigure


def case_figures(case: CaseMeasurements) -> tuple[NamedFigure, ...]:
    """Draw what was found: vessels that are touched and spikes; what is not there needs no figure."""
    drawn = [figure for record in case.contacts if _is_touched(record) for figure in _contact_figures(case, record)]
    drawn += [figure for record in case.nodes for figure in _spike_figures(case, record)]
    drawn += [figure for record in case.coalescence for figure in _notch_figures(case, record)]
    drawn += [figure for record in case.veins for figure in _vein_figures(record)]
    return tuple(NamedFigure(f"figure-{n:02}-{_slug(each.name)}.svg", each) for n, each in enumerate(drawn, start=1))


def _slug(name: str) -> str:
    """Return letters and digits only, and not too many, so that any name of a segment gives a file name."""
    return "-".join(re.findall(r"[A-Za-z0-9]+", name)).lower()[:LONGEST_NAME]


def _is_touched(record: ContactRecord) -> bool:
    return bool(record.profile.max_arc_deg) or bool(record.profile.unassessed_length_mm)


def _contact_figures(case: CaseMeasurements, record: ContactRecord) -> Iterator[ReportFigure]:
    node, geometry = case.node(record.node_id).segment, case.segmentation.geometry
    pair = f"{record.node_id}, {spaced(record.structure)}"
    profile = record.profile
    section, unrolled, along = (f"{pair}: {what}" for what in ("cross-section", "wall unrolled", "angle along it"))
    yield ReportFigure(record.node_id, section, cross_section_figure(profile, node, geometry, section, case.image))
    yield ReportFigure(record.node_id, unrolled, contact_map_figure(profile, geometry, unrolled))
    yield ReportFigure(record.node_id, along, angle_along_vessel_figure(profile, geometry, along))


def _notch_figures(case: CaseMeasurements, record: CoalescenceRecord) -> Iterator[ReportFigure]:
    found = record.coalescence.result
    if found is None or found.notch.angle_deg is None or case.image is None:
        return
    first, second = (case.node(name).segment for name in (record.first, record.second))
    name = f"{record.first} and {record.second}: notch between them"
    yield ReportFigure(record.first, name, notch_figure(found.notch, first, second, case.image, name))


def _vein_figures(record: VeinRecord) -> Iterator[ReportFigure]:
    found = record.status.result
    if found is None or found.profile is None or found.status is VeinState.PATENT or not found.nodes:
        return
    name = f"{spaced(record.structure)}: area along it"
    yield ReportFigure(found.nodes[0], name, vein_profile_figure(found, name))


def _spike_figures(case: CaseMeasurements, record: NodeRecord) -> Iterator[ReportFigure]:
    survey = record.spikes.result
    if survey is not None and survey.of_kind(*FIGURED_SPIKES) and case.image is not None:
        name = f"{record.node_id}: spikes"
        yield ReportFigure(record.node_id, name, spikes_figure(survey, record.segment, case.image, name))
