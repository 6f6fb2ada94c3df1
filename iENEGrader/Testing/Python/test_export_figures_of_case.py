"""Figures for a reading: those of its own evidence, and none that would show another number."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from contact_phantoms import draw, pose, tube_with_cuff
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.imaging.segmentation import Segment, Segmentation
from iENEGraderLib.export.figures.of_case import asks_for_figures, case_figures, figures_for_reading
from iENEGraderLib.measure.case.measure_case import measure_case
from iENEGraderLib.measure.case.measured_reading import reading_with_measurements
from iENEGraderLib.measure.case.segment_matching import match_segments
from iENEGraderLib.reading import NeckLevel, Node, Reading, Side, Site
from scipy import ndimage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iENEGraderLib.export.report_content import ReportFigure
    from iENEGraderLib.measure.case.measurements import CaseMeasurements
    from iENEGraderLib.measure.case.segment_matching import MatchedSegments

CAROTID = "internal_carotid_artery_right"
GRID = ImageGeometry((72, 72, 72), (0.5, 0.5, 0.5), (0.0, 0.0, 0.0))
NODE = Node("N1", Side.RIGHT, NeckLevel.IIA, segment_id="Segment_2")
READING = Reading("case", Site.LARYNX, nodes=(NODE,))
CONTACT_FIGURES = ["cross-section", "wall unrolled", "angle along it"]


@pytest.fixture(scope="module")
def the_segments() -> MatchedSegments:
    tube = tube_with_cuff(pose(20, 30), 3.5, ((140.0, 220.0),), length=12.0)
    vessel, node = draw(tube, (0.5,) * 3, (36.0,) * 3)
    labels = (vessel + 2 * (node & ~vessel)).astype(np.uint8)
    boxes = ndimage.find_objects(labels)
    segments = tuple(
        Segment(f"Segment_{value}", name, labels, value, boxes[value - 1], (0, 0, 0), labels.shape)
        for value, name in ((1, CAROTID), (2, "node_1"))
    )
    return match_segments(READING, Segmentation(GRID, segments))


@pytest.fixture(scope="module")
def a_ct(the_segments: MatchedSegments) -> Image:
    vessel, node = (segment.mask() for segment in the_segments.segmentation.segments)
    noise = np.random.default_rng(1).normal(0, 8, GRID.array_shape)
    return Image((-100 + 350 * vessel + 150 * node + noise).astype(np.int16), GRID, "CT")


@pytest.fixture(scope="module")
def the_measurements(a_ct: Image, the_segments: MatchedSegments) -> CaseMeasurements:
    return measure_case(a_ct, the_segments.segmentation, nodes=the_segments.segment_of)


@pytest.fixture(scope="module")
def a_measured_reading(the_segments: MatchedSegments, the_measurements: CaseMeasurements) -> Reading:
    return reading_with_measurements(READING, the_segments, the_measurements).reading


def of_contact(figures: Sequence[ReportFigure]) -> list[str]:
    """What the figures of the carotid show."""
    return [each.name.split(": ")[1] for each in figures if "carotid" in each.name]


def test_a_vessel_that_is_touched_has_three_figures(the_measurements: CaseMeasurements) -> None:
    assert of_contact(case_figures(the_measurements)) == CONTACT_FIGURES


def test_a_reading_gets_the_figures_of_its_evidence(
    a_measured_reading: Reading, the_measurements: CaseMeasurements
) -> None:
    drawn = figures_for_reading(a_measured_reading, the_measurements)
    assert of_contact(drawn) == CONTACT_FIGURES
    assert drawn == case_figures(the_measurements)


def test_a_figure_that_would_show_another_number_is_left_out(
    a_measured_reading: Reading, the_measurements: CaseMeasurements
) -> None:
    node = a_measured_reading.node("N1")
    other = tuple(replace(e, value=90.0) if e.kind == "contact_angle" else e for e in node.evidence)
    changed = a_measured_reading.with_node(replace(node, evidence=other))
    assert of_contact(figures_for_reading(changed, the_measurements)) == []


def test_only_evidence_that_figures_show_asks_for_them(a_measured_reading: Reading) -> None:
    assert asks_for_figures(a_measured_reading)
    assert not asks_for_figures(READING)
