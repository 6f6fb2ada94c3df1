"""What measured segments add to a reading, and what they leave alone."""

from __future__ import annotations

from dataclasses import replace

from iENEGraderLib.measure.midsagittal import Plane
from iENEGraderLib.panel.node_segments import SegmentedNode, with_missing_sizes, with_nodes_of_segments
from iENEGraderLib.reading import Evidence, Side
from rules_builders import a_node, a_reading

MIDDLE = Plane((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), 0.5, "of the test")


def a_segment(name: str, size_mm: float = 21.34, right_mm: float = 30.0) -> SegmentedNode:
    """A segment whose name is its id."""
    place = (right_mm, 0.0, 0.0)
    return SegmentedNode(name, name, size_mm, 0.42, place, place)


def test_an_empty_size_is_filled_and_backed_by_evidence() -> None:
    reading = a_reading("larynx", "T2", replace(a_node(None), segment_id="node_1"))
    used = with_missing_sizes(reading, [a_segment("node_1")])
    node = used.reading.node("N1")
    assert node.greatest_dimension_mm == 21.3
    (evidence,) = node.evidence
    assert (evidence.value, evidence.unit, evidence.uncertainty) == (21.3, "mm", 0.4)
    assert used.message == "Filled N1 21.3 ± 0.4 mm."


def test_the_readers_own_size_stays() -> None:
    reading = a_reading("larynx", "T2", replace(a_node(30.0), segment_id="node_1"))
    used = with_missing_sizes(reading, [a_segment("node_1")])
    assert used.reading == reading
    assert used.message == "Kept N1."


def test_a_node_without_segment_is_named() -> None:
    used = with_missing_sizes(a_reading("larynx", "T2", a_node(None)), [a_segment("node_1")])
    assert used.message == "No segment for N1."


def test_a_reading_without_nodes_has_nothing_to_fill() -> None:
    assert with_missing_sizes(a_reading("larynx", "T2"), [a_segment("node_1")]).message == "Nothing to do."


def test_a_new_measurement_replaces_the_former_one_and_keeps_other_evidence() -> None:
    angle = Evidence("contact_angle", "internal_carotid_artery", 212.0, "deg")
    former = Evidence("greatest_dimension", None, 9.0, "mm")
    node = replace(a_node(None), segment_id="node_1", evidence=(former, angle))
    used = with_missing_sizes(a_reading("larynx", "T2", node), [a_segment("node_1")])
    kinds = [(evidence.kind, evidence.value) for evidence in used.reading.node("N1").evidence]
    assert kinds == [("contact_angle", 212.0), ("greatest_dimension", 21.3)]


def test_sides_follow_the_plane_and_a_close_call_is_said() -> None:
    segments = [
        a_segment("node_a", right_mm=30.0),
        a_segment("node_b", right_mm=-30.0),
        a_segment("node_c", right_mm=4.8),
    ]
    used = with_nodes_of_segments(a_reading("larynx", "T2"), segments, MIDDLE)
    assert [node.side for node in used.reading.nodes or ()] == [Side.RIGHT, Side.LEFT, Side.MIDLINE]
    assert "N3 (node_c, midline, close call, 21.3 mm)" in used.message
    assert "plane of the test: check them" in used.message


def test_a_segment_named_by_a_node_is_not_added_again() -> None:
    reading = a_reading("larynx", "T2", replace(a_node(30.0), segment_id="node_a"))
    used = with_nodes_of_segments(reading, [a_segment("node_a"), a_segment("node_b")], MIDDLE)
    assert [node.segment_id for node in used.reading.nodes or ()] == ["node_a", "node_b"]
