"""Nodes of a reading find their segments by id, else by name, each its own; anything else is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.segmentation import Segmentation
from iENEGraderLib.measure.case.segment_matching import match_segments
from rules_builders import a_node, a_reading
from segment_builders import GRID, a_ball

if TYPE_CHECKING:
    from iENEGraderLib.reading import Node, Reading

PLACE = ((20.0, 0.0, 0.0), 4.0)


@pytest.fixture
def a_segmentation() -> Segmentation:
    """Two nodes and a muscle, with ids that are not their names."""
    names = {"s1": "node_1", "s2": "node_2", "s3": "tongue"}
    return Segmentation(GRID, tuple(a_ball(name, *PLACE, key) for key, name in names.items()), "neck.seg.nrrd")


def a_reading_of(*segment_ids: str | None) -> Reading:
    nodes: list[Node] = [replace(a_node(), segment_id=each) for each in segment_ids]
    return a_reading("larynx", "T2", *nodes)


def names(segments: tuple) -> list[str]:
    return [segment.name for segment in segments]


def test_segments_are_found_by_id_and_by_name(a_segmentation: Segmentation) -> None:
    matched = match_segments(a_reading_of("s2", "node_1", None), a_segmentation)

    assert {key: segment.name for key, segment in matched.segment_of.items()} == {"N1": "node_2", "N2": "node_1"}
    assert matched.unread == ()


def test_an_id_goes_before_a_name(a_segmentation: Segmentation) -> None:
    confusing = replace(a_segmentation.segments[1], name="s1")
    segmentation = replace(a_segmentation, segments=(a_segmentation.segments[0], confusing))

    assert match_segments(a_reading_of("s1"), segmentation).segment_of["N1"].name == "node_1"


def test_a_segment_that_a_node_names_is_a_node_whatever_its_name(a_segmentation: Segmentation) -> None:
    matched = match_segments(a_reading_of("tongue"), a_segmentation)

    assert names(matched.nodes) == ["node_1", "node_2", "tongue"]
    assert names(matched.anatomy) == []
    assert names(matched.unread) == ["node_1", "node_2"]


def test_other_segments_are_anatomy(a_segmentation: Segmentation) -> None:
    matched = match_segments(a_reading_of("s1"), a_segmentation)

    assert names(matched.anatomy) == ["tongue"]
    assert names(matched.unread) == ["node_2"]


def test_an_unknown_segment_is_refused_with_those_that_exist(a_segmentation: Segmentation) -> None:
    with pytest.raises(InputError) as refused:
        match_segments(a_reading_of("s1", "s9"), a_segmentation, "own.json")

    assert str(refused.value) == (
        'own.json: nodes[1].segment_id: found "s9", which is no segment of neck.seg.nrrd; '
        "expected the id or name of one of node_1, node_2, tongue"
    )


def test_the_name_of_several_segments_is_refused(a_segmentation: Segmentation) -> None:
    segmentation = replace(a_segmentation, segments=(*a_segmentation.segments, a_ball("node_1", *PLACE, "s4")))

    with pytest.raises(InputError, match="the name of several segments of neck"):
        match_segments(a_reading_of("node_1"), segmentation)


def test_unknown_segments_can_be_left_out(a_segmentation: Segmentation) -> None:
    matched = match_segments(a_reading_of("s9", "s1"), a_segmentation, skip_unknown=True)

    assert matched.segment_of.keys() == {"N2"}


@pytest.mark.parametrize("skip_unknown", [False, True])
def test_two_nodes_in_one_segment_are_refused(a_segmentation: Segmentation, skip_unknown: bool) -> None:
    with pytest.raises(InputError, match='the reading: nodes N1 and N2 name the same segment "node_1"'):
        match_segments(a_reading_of("s1", "node_1"), a_segmentation, skip_unknown=skip_unknown)
