"""The reading as an object: changes make new readings, and nothing is lost or invented on the way."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from iENEGraderLib.reading import (
    Certainty,
    Evidence,
    Finding,
    FindingKind,
    NeckLevel,
    Node,
    Place,
    Reading,
    Side,
)

SPIKES = FindingKind.FAT_SPIKES
NECROSIS = FindingKind.CENTRAL_NECROSIS
MUSCLE = FindingKind.MUSCLE_INVASION


@pytest.fixture
def a_node() -> Node:
    return Node("N1", Side.RIGHT, NeckLevel.IIA)


@pytest.fixture
def another_node() -> Node:
    return Node("N2", Side.LEFT, NeckLevel.III)


@pytest.fixture
def a_reading(a_node: Node, another_node: Node) -> Reading:
    return Reading("X1", nodes=(a_node, another_node))


@pytest.fixture
def an_unassessed_neck() -> Reading:
    return Reading("X1", nodes=None)


def test_findings_keep_the_order_of_the_vocabulary_however_they_were_set(a_node: Node) -> None:
    node = a_node.with_finding(MUSCLE, Certainty.ABSENT).with_finding(NECROSIS, Certainty.EQUIVOCAL)
    node = node.with_finding(SPIKES, Certainty.UNEQUIVOCAL)
    assert [finding.kind for finding in node.findings] == [NECROSIS, SPIKES, MUSCLE]


@settings(deadline=None, max_examples=50)
@given(st.permutations(list(FindingKind)))
def test_the_order_of_setting_findings_makes_no_difference(kinds: list[FindingKind]) -> None:
    node = Node("N1", Side.RIGHT, NeckLevel.IIA)
    for kind in kinds:
        node = node.with_finding(kind, Certainty.EQUIVOCAL)
    assert node.findings == tuple(Finding(kind, Certainty.EQUIVOCAL) for kind in FindingKind)


def test_setting_a_finding_again_replaces_it_and_leaves_the_others(a_node: Node) -> None:
    node = a_node.with_finding(NECROSIS, Certainty.ABSENT).with_finding(SPIKES, Certainty.EQUIVOCAL)
    node = node.with_finding(SPIKES, Certainty.UNEQUIVOCAL)
    assert node.findings == (Finding(NECROSIS, Certainty.ABSENT), Finding(SPIKES, Certainty.UNEQUIVOCAL))


def test_a_finding_is_taken_back_with_none(a_node: Node) -> None:
    node = a_node.with_finding(SPIKES, Certainty.EQUIVOCAL).with_finding(NECROSIS, Certainty.ABSENT)
    assert node.with_finding(SPIKES, None).findings == (Finding(NECROSIS, Certainty.ABSENT),)
    assert a_node.with_finding(SPIKES, None) == a_node


def test_a_finding_that_was_not_assessed_has_no_certainty(a_node: Node) -> None:
    node = a_node.with_finding(SPIKES, Certainty.ABSENT)
    assert node.certainty_of(SPIKES) is Certainty.ABSENT
    assert node.certainty_of(MUSCLE) is None


def test_findings_are_listed_by_certainty(a_node: Node) -> None:
    node = a_node.with_finding(SPIKES, Certainty.UNEQUIVOCAL).with_finding(MUSCLE, Certainty.EQUIVOCAL)
    node = node.with_finding(NECROSIS, Certainty.UNEQUIVOCAL)
    assert node.kinds_with(Certainty.UNEQUIVOCAL) == (NECROSIS, SPIKES)
    assert node.kinds_with(Certainty.EQUIVOCAL) == (MUSCLE,)
    assert node.kinds_with(Certainty.ABSENT) == ()


def test_a_node_is_found_by_its_id(a_reading: Reading, another_node: Node) -> None:
    assert a_reading.node("N2") is another_node


def test_asking_for_a_node_that_is_not_there_is_an_error(a_reading: Reading, an_unassessed_neck: Reading) -> None:
    for reading in (a_reading, an_unassessed_neck):
        with pytest.raises(KeyError, match="N3"):
            reading.node("N3")


def test_a_changed_node_takes_the_place_of_the_one_with_its_id(
    a_reading: Reading, a_node: Node, another_node: Node
) -> None:
    larger = replace(a_node, greatest_dimension_mm=24.0)
    assert a_reading.with_node(larger).nodes == (larger, another_node)


def test_a_new_node_comes_last(a_reading: Reading, a_node: Node, another_node: Node) -> None:
    third = replace(a_node, id="N3")
    assert a_reading.with_node(third).nodes == (a_node, another_node, third)


def test_a_first_node_makes_an_unassessed_neck_an_assessed_one(an_unassessed_neck: Reading, a_node: Node) -> None:
    assert an_unassessed_neck.with_node(a_node).nodes == (a_node,)


def test_a_node_is_removed_by_its_id(a_reading: Reading, a_node: Node) -> None:
    assert a_reading.without_node("N2").nodes == (a_node,)
    assert a_reading.without_node("N9").nodes == a_reading.nodes


def test_removing_the_last_node_leaves_an_assessed_neck_without_nodes(a_reading: Reading) -> None:
    assert a_reading.without_node("N1").without_node("N2").nodes == ()


def test_removing_a_node_never_turns_nx_into_n0(an_unassessed_neck: Reading) -> None:
    assert an_unassessed_neck.without_node("N1").nodes is None


def test_nodes_are_replaced_all_at_once(a_reading: Reading, another_node: Node) -> None:
    assert a_reading.with_nodes(node for node in [another_node]).nodes == (another_node,)


def test_changes_leave_the_original_as_it_was(a_reading: Reading, a_node: Node, another_node: Node) -> None:
    a_reading.with_node(a_node.with_finding(SPIKES, Certainty.UNEQUIVOCAL))
    a_reading.without_node("N1")
    assert a_reading == Reading("X1", nodes=(a_node, another_node))
    assert a_node.findings == ()


@pytest.mark.parametrize(
    "thing",
    [
        Reading("X1"),
        Node("N1", Side.RIGHT, NeckLevel.IIA),
        Finding(SPIKES, Certainty.ABSENT),
        Evidence("contact_angle"),
        Place((1.0, 2.0, 3.0)),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_no_field_can_be_changed_in_place(thing: object) -> None:
    for field in fields(thing):  # type: ignore[arg-type]
        with pytest.raises(FrozenInstanceError):
            setattr(thing, field.name, None)
