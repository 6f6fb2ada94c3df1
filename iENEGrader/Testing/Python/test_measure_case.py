"""A reading completed by its segments: what is empty is filled, what the reader entered stays, doubts are told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from iENEGraderLib.measure.case.measured_reading import MeasuredReading, find_landmarks, measured_reading
from iENEGraderLib.measure.case.segment_matching import match_segments
from iENEGraderLib.reading import Evidence, Node, Side
from rules_builders import a_node, a_reading
from segment_builders import (
    ANATOMY,
    LEFT_NODE,
    RIGHT_NODE,
    a_ball,
    a_segment_of,
    a_segmentation_of,
    an_image_without_units,
)


def measured(*nodes: Node, anatomy: tuple = ANATOMY, sides_entered: bool = True) -> MeasuredReading:
    """Measure nodes of a reading in the neck of two nodes."""
    segmentation = a_segmentation_of(RIGHT_NODE, LEFT_NODE, *anatomy)
    reading = a_reading("larynx", "T2", *nodes)
    landmarks = find_landmarks(segmentation, an_image_without_units())
    return measured_reading(reading, match_segments(reading, segmentation), landmarks, sides_entered=sides_entered)


def an_unmeasured_node(segment_id: str = "node_right", side: str = "right") -> Node:
    """Return a node whose size and height are empty."""
    return replace(a_node(None, side, below=None), segment_id=segment_id)


def test_empty_size_and_height_are_filled() -> None:
    right, left = measured(an_unmeasured_node(), an_unmeasured_node("node_left", "left")).reading.nodes or ()

    assert right.greatest_dimension_mm == pytest.approx(20.0, abs=1.0)
    assert left.greatest_dimension_mm == pytest.approx(12.0, abs=1.0)
    assert (right.extends_below_cricoid, left.extends_below_cricoid) == (False, True)


def test_every_measurement_becomes_evidence() -> None:
    (node,) = measured(an_unmeasured_node()).reading.nodes or ()
    found = {evidence.kind: evidence for evidence in node.evidence}

    assert found["greatest_dimension"].value == node.greatest_dimension_mm
    assert found["greatest_dimension"].place is not None
    assert found["greatest_dimension"].place.ras_mm == pytest.approx((30.0, 0.0, 10.0), abs=1.0)
    assert found["short_axis"].value == pytest.approx(20.0, abs=1.0)
    assert found["midline_distance"].value == pytest.approx(30.0, abs=0.5)
    assert found["depth_below_cricoid"].value == pytest.approx(-15.0, abs=0.5)
    assert all(evidence.method for evidence in node.evidence)


def test_what_the_reader_entered_stays_and_the_difference_is_told() -> None:
    mine = replace(a_node(31.0, "left", below=True), segment_id="node_right")
    result = measured(mine)
    (node,) = result.reading.nodes or ()

    assert (node.greatest_dimension_mm, node.side, node.extends_below_cricoid) == (31.0, Side.LEFT, True)
    assert node.evidence[0].value == pytest.approx(20.0, abs=1.0)
    size, side, height = result.warnings[:3]
    assert size.startswith("N1: the reading says 31.0 mm, its segment measures")
    assert side.startswith("N1: the reading says left, but the centroid lies 30.0 mm to the right")
    assert height.startswith("N1: the reading says it extends below the cricoid, but")


def test_a_difference_of_a_millimetre_is_none() -> None:
    measured_mm = measured(an_unmeasured_node()).reading.node("N1").greatest_dimension_mm
    assert measured_mm is not None
    mine = replace(a_node(measured_mm + 0.9), segment_id="node_right")

    assert not [each for each in measured(mine).warnings if each.startswith("N1")]


def test_sides_that_nobody_entered_are_measured() -> None:
    (node,) = measured(an_unmeasured_node(side="left"), sides_entered=False).reading.nodes or ()

    assert node.side is Side.RIGHT


def test_a_new_measurement_takes_the_place_of_the_former_one_and_other_evidence_stays() -> None:
    angle = Evidence("contact_angle", "internal_carotid_artery", 212.0, "deg")
    former = Evidence("greatest_dimension", None, 9.0, "mm")
    (node,) = measured(replace(an_unmeasured_node(), evidence=(former, angle))).reading.nodes or ()

    assert [each.kind for each in node.evidence].count("greatest_dimension") == 1
    assert former not in node.evidence
    assert angle in node.evidence


def test_measuring_twice_changes_nothing() -> None:
    once = measured(an_unmeasured_node()).reading

    assert measured(*(once.nodes or ())).reading == once


def test_a_close_call_at_the_cricoid_is_left_to_the_reader() -> None:
    cricoid = ("cricoid_cartilage", (0.0, 15.0, 4.0), 4.0)
    result = measured(an_unmeasured_node(), anatomy=(*ANATOMY[:3], cricoid))

    assert result.reading.node("N1").extends_below_cricoid is None
    assert any("is for the reader to decide" in warning for warning in result.warnings)


def test_without_landmarks_sizes_are_measured_and_the_reason_is_told() -> None:
    result = measured(an_unmeasured_node(), anatomy=())
    node = result.reading.node("N1")

    assert node.greatest_dimension_mm == pytest.approx(20.0, abs=1.0)
    assert node.extends_below_cricoid is None
    assert [each.kind for each in node.evidence] == ["greatest_dimension", "short_axis"]
    assert result.warnings[0].startswith("the sides were not checked against the image: mr.nrrd: not in Hounsfield")


def test_two_cricoids_are_no_landmark() -> None:
    segmentation = a_segmentation_of(*ANATOMY, ANATOMY[-1])

    assert find_landmarks(segmentation).cricoid_lower_edge_ras_mm is None
    assert find_landmarks(a_segmentation_of(*ANATOMY)).cricoid_lower_edge_ras_mm == pytest.approx((0.0, 15.0, -15.0))


def test_nodes_without_segment_and_segments_without_node_are_told() -> None:
    result = measured(an_unmeasured_node(), a_node(12.0))

    assert "N2 names no segment, so it was not measured" in result.warnings
    assert 'the segment "node_left" belongs to no node of the reading, so it was not graded' in result.warnings
    assert result.measurements.keys() == result.dimension_ends_ras_mm.keys() == {"N1"}


def test_a_neck_that_was_not_assessed_stays_so() -> None:
    segmentation = a_segmentation_of(RIGHT_NODE)
    reading = replace(a_reading("larynx", "T2"), nodes=None)
    result = measured_reading(reading, match_segments(reading, segmentation), find_landmarks(segmentation))

    assert result.reading.nodes is None


def test_stray_parts_and_the_edge_of_the_image_are_told() -> None:
    mask = a_ball(*RIGHT_NODE).mask()
    mask[0, 0, 0] = True
    segmentation = replace(a_segmentation_of(LEFT_NODE), segments=(a_segment_of("node_right", mask),))
    reading = a_reading("larynx", "T2", an_unmeasured_node())
    result = measured_reading(reading, match_segments(reading, segmentation), find_landmarks(segmentation))

    assert "N1: its segment has 2 separate parts; the largest was measured" in result.warnings
    assert "N1 reaches the edge of the image and may be larger than measured" in result.warnings
