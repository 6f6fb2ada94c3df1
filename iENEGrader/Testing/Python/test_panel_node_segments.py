"""What the panel does with measured segments: adds what is wanting, fills what is empty, and says so."""

from __future__ import annotations

from dataclasses import replace

import pytest
from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.panel.nodes.node_segments import with_missing_sizes, with_nodes_of_segments
from iENEGraderLib.reading import NeckLevel, Side
from rules_builders import a_node, a_reading
from segment_builders import ANATOMY, LEFT_NODE, RIGHT_NODE, a_segmentation_of, an_image_without_units

IMAGE = an_image_without_units()
NECK = a_segmentation_of(RIGHT_NODE, LEFT_NODE, *ANATOMY)
NODES_ALONE = a_segmentation_of(RIGHT_NODE, LEFT_NODE)


def test_what_was_filled_is_said_with_its_uncertainty() -> None:
    node = replace(a_node(None, below=None), segment_id="node_right")
    used = with_missing_sizes(a_reading("larynx", "T2", node), NECK, IMAGE)
    filled = used.reading.node("N1")
    assert used.message.startswith(f"Filled N1 {filled.greatest_dimension_mm} ± 0.8 mm, not below the cricoid.")
    assert filled.extends_below_cricoid is False


def test_a_node_with_nothing_to_fill_is_kept_and_a_difference_is_said() -> None:
    node = replace(a_node(30.0), segment_id="node_right")
    used = with_missing_sizes(a_reading("larynx", "T2", node), NECK, IMAGE)
    assert used.reading.node("N1").greatest_dimension_mm == 30.0
    assert used.message.startswith("Kept N1. N1: the reading says 30.0 mm, its segment measures")


def test_a_node_without_segment_is_named() -> None:
    known = replace(a_node(None), segment_id="node_right")
    lost = replace(a_node(None, "left"), segment_id="node_that_is_gone")
    used = with_missing_sizes(a_reading("larynx", "T2", known, lost), NECK, IMAGE)
    assert "N2 names no segment, so it was not measured." in used.message


def test_a_reading_without_nodes_has_nothing_to_fill() -> None:
    reading = a_reading("larynx", "T2")
    used = with_missing_sizes(reading, NECK, IMAGE)
    assert used.reading == reading
    assert used.message == "No node of the reading has a segment, so nothing was measured."


def test_sizes_need_neither_units_nor_landmarks() -> None:
    node = replace(a_node(None), segment_id="node_right")
    used = with_missing_sizes(a_reading("larynx", "T2", node), NODES_ALONE, IMAGE)
    assert used.reading.node("N1").greatest_dimension_mm == pytest.approx(20.0, abs=1.0)
    assert "The sides were not checked against the image: mr.nrrd: not in Hounsfield units" in used.message


def test_new_nodes_come_measured_with_their_side_and_without_a_level_that_no_landmark_tells() -> None:
    used = with_nodes_of_segments(a_reading("larynx", "T2"), NECK, IMAGE)
    right, left = used.reading.nodes or ()
    assert (right.segment_id, right.side, right.level) == ("node_right", Side.RIGHT, NeckLevel.OTHER)
    assert (left.segment_id, left.side, left.level) == ("node_left", Side.LEFT, NeckLevel.OTHER)
    assert (right.extends_below_cricoid, left.extends_below_cricoid) == (False, True)
    assert [len(node.evidence) for node in (right, left)] == [5, 5]
    assert "N2 (node_left, left, 12." in used.message
    assert (
        "plane fitted to 1 paired and 2 midline structures: check them, and choose the levels that are open."
        in used.message
    )


def test_a_close_call_of_the_side_is_said() -> None:
    segmentation = a_segmentation_of(("node_1", (4.8, 0.0, 0.0), 5.0), *ANATOMY)
    used = with_nodes_of_segments(a_reading("larynx", "T2"), segmentation, IMAGE)
    assert used.reading.node("N1").side is Side.MIDLINE
    assert "(node_1, midline, close call, " in used.message


def test_without_a_plane_no_side_is_guessed() -> None:
    with pytest.raises(InputError) as refused:
        with_nodes_of_segments(a_reading("larynx", "T2"), NODES_ALONE, IMAGE)
    message = str(refused.value)
    assert message.startswith("No node was added, because the sides cannot be told: mr.nrrd: not in Hounsfield units")
    assert "Segment paired structures" in message
    assert "add the nodes by hand" in message


def test_a_segment_named_by_a_node_is_not_added_again() -> None:
    mine = replace(a_node(20.0), segment_id="node_right")
    used = with_nodes_of_segments(a_reading("larynx", "T2", mine), NECK, IMAGE)
    assert used.reading.node("N1") == a_reading("larynx", "T2", mine).node("N1")
    assert [node.segment_id for node in used.reading.nodes or ()] == ["node_right", "node_left"]
    assert "; already there node_right." in used.message


def test_segments_that_all_have_nodes_need_no_plane() -> None:
    first = replace(a_node(20.0), segment_id="node_right")
    second = replace(a_node(12.0), segment_id="node_left")
    reading = a_reading("larynx", "T2", first, second)
    used = with_nodes_of_segments(reading, NODES_ALONE, IMAGE)
    assert used.reading == reading
    assert used.message == "Already there node_right, node_left."
