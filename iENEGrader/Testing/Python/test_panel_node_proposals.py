"""What was proposed for a node, and that it stays a proposal."""

from __future__ import annotations

from dataclasses import replace

import pytest
from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.panel.case.case_measuring import with_measurements
from iENEGraderLib.panel.nodes.node_proposals import proposal_for
from iENEGraderLib.panel.nodes.node_segments import (
    SideUnknownError,
    with_axes,
    with_missing_sizes,
    with_node_of_segment,
    with_nodes_of_segments,
)
from iENEGraderLib.reading import Evidence, NeckLevel, Node, Side
from rules_builders import a_node, a_reading
from segment_builders import ANATOMY, LEFT_NODE, RIGHT_NODE, a_segmentation_of, an_image_without_units

IMAGE = an_image_without_units()
NECK = a_segmentation_of(RIGHT_NODE, LEFT_NODE, *ANATOMY)
NODES_ALONE = a_segmentation_of(RIGHT_NODE, LEFT_NODE)
III = Evidence(
    "proposed_level", "neck_level_III",
    method="level III: the centroid lies 9.0 mm below the hyoid; the node crosses a border, 27 % in VA",
)  # fmt: skip
OPEN = Evidence("proposed_level", method="open between IV, supraclavicular: not segmented: clavicula_left")


def node_at(level: NeckLevel, *evidence: Evidence) -> Node:
    return Node("N1", Side.RIGHT, level, evidence=evidence)


def test_a_proposed_level_is_offered_with_its_reason_until_the_reader_has_entered_it() -> None:
    offered = proposal_for(node_at(NeckLevel.OTHER, III))
    assert (offered.level, offered.is_new) == (NeckLevel.III, True)
    assert offered.line.startswith("III proposed: the centroid lies 9.0 mm below the hyoid; the node crosses")
    assert offered.reason.splitlines()[1] == "the node crosses a border, 27 % in VA"
    entered = proposal_for(node_at(NeckLevel.III, III))
    assert not entered.is_new
    assert len(entered.line) < len(offered.line)


def test_an_open_level_names_the_alternatives_and_what_is_missing() -> None:
    found = proposal_for(node_at(NeckLevel.OTHER, OPEN))
    assert (found.level, found.is_new) == (None, False)
    assert found.line == "No level proposed: open between IV, supraclavicular: not segmented: clavicula_left"


@pytest.mark.parametrize(("distance", "words"), [(8.24, "8.2 mm right of"), (-8.24, "8.2 mm left of")])
def test_the_side_is_told_by_its_distance_from_the_midline(distance: float, words: str) -> None:
    side = Evidence("midline_distance", value=distance, unit="mm")
    assert words in proposal_for(node_at(NeckLevel.III, III, side)).reason


def test_without_evidence_nothing_is_proposed() -> None:
    assert proposal_for(None).line == proposal_for(node_at(NeckLevel.III)).line == ""


def test_a_size_that_was_measured_is_measured_anew_and_one_that_was_entered_stays() -> None:
    reading = with_nodes_of_segments(a_reading("larynx", "T2"), NECK, IMAGE).reading
    entered = reading.with_node(replace(reading.node("N2"), greatest_dimension_mm=33.0))
    larger = a_segmentation_of(
        (RIGHT_NODE[0], RIGHT_NODE[1], RIGHT_NODE[2] + 3), (LEFT_NODE[0], LEFT_NODE[1], LEFT_NODE[2] + 3), *ANATOMY
    )
    again = with_missing_sizes(entered, larger, IMAGE).reading
    assert again.node("N1").greatest_dimension_mm == pytest.approx(2 * (RIGHT_NODE[2] + 3), abs=1.0)
    assert again.node("N2").greatest_dimension_mm == 33.0


def test_the_side_of_one_segment_is_the_readers_when_it_cannot_be_told() -> None:
    reading = a_reading("larynx", "T2")
    with pytest.raises(SideUnknownError, match="The side of node_right cannot be told: "):
        with_node_of_segment(reading, NODES_ALONE, IMAGE, "node_right")
    used = with_node_of_segment(reading, NODES_ALONE, IMAGE, "node_right", Side.LEFT)
    assert used.reading.node("N1").side is Side.LEFT
    assert used.measured == ("N1",)


def test_a_segment_that_is_not_there_or_has_a_node_is_refused() -> None:
    reading = a_reading("larynx", "T2", replace(a_node(20.0), segment_id="node_right"))
    with pytest.raises(InputError, match="'node_right' belongs to N1 already"):
        with_node_of_segment(reading, NECK, IMAGE, "node_right")
    with pytest.raises(InputError, match="no segment 'node_77' with voxels"):
        with_node_of_segment(reading, NECK, IMAGE, "node_77")


def test_without_a_segment_there_is_nothing_to_measure_or_to_draw() -> None:
    reading = a_reading("larynx", "T2", a_node(20.0))
    with pytest.raises(InputError, match="No node of the reading has a segment"):
        with_measurements(reading, NECK, IMAGE)
    with pytest.raises(InputError, match="N1 has no segment"):
        with_axes(reading, NECK, "N1")
