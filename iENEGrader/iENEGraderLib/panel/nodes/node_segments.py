"""What measured segments add to a reading: nodes that are wanting and values that are empty, never more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.measure.case.evidence.rows import of_level
from iENEGraderLib.measure.case.measured_reading import completed_node, doubts_about, find_landmarks, with_evidence
from iENEGraderLib.measure.case.node_measurement import GREATEST_DIMENSION, measure_node
from iENEGraderLib.measure.case.roles import assign_roles
from iENEGraderLib.measure.case.segment_matching import match_segments
from iENEGraderLib.measure.position.laterality import side_of_segment
from iENEGraderLib.measure.position.neck_landmarks import landmarks_of
from iENEGraderLib.measure.position.neck_level import propose_level
from iENEGraderLib.panel.session.edits import free_mark_id, free_node_id
from iENEGraderLib.reading import Mark, MarkKind, NeckLevel, Node

if TYPE_CHECKING:
    from collections.abc import Iterable

    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segment, Segmentation

    from iENEGraderLib.measure.case.node_measurement import Landmarks, NodeMeasurement
    from iENEGraderLib.measure.position.neck_landmarks import NeckLandmarks
    from iENEGraderLib.measure.position.neck_level import LevelProposal
    from iENEGraderLib.reading import Reading, Side


@dataclass(frozen=True)
class SegmentsUsed:
    """A reading with what the segments added, and what was done in words.

    Attributes
    ----------
    measured : ids of the nodes whose segments were measured as they are now.
    """

    reading: Reading
    message: str
    measured: tuple[str, ...] = ()


class SideUnknownError(InputError):
    """The side of a new node cannot be proposed; the reader has to state it."""


class _Neck:
    """What the nodes of a segmentation are measured against."""

    def __init__(self, segmentation: Segmentation, image: Image) -> None:
        self.segmentation = segmentation
        self.landmarks: Landmarks = find_landmarks(segmentation, image)
        structures = assign_roles(segmentation).structures
        self._levels: NeckLandmarks = landmarks_of(structures, segmentation.geometry, self.landmarks.plane)

    def measure(self, segment: Segment) -> NodeMeasurement:
        """Measure size, side and height of a node."""
        return measure_node(segment, self.segmentation, self.landmarks)

    def level(self, segment: Segment) -> LevelProposal:
        """Propose the level of a node."""
        return propose_level(segment, self._levels)

    def completed(self, node: Node, segment: Segment, found: NodeMeasurement) -> Node:
        """Return a node with measured values where it has none, and with the proposal of its level as evidence."""
        return with_evidence(completed_node(node, found), (*found.evidence(), *of_level(self.level(segment))))


def with_missing_sizes(reading: Reading, segmentation: Segmentation, image: Image) -> SegmentsUsed:
    """Measure the nodes that have a segment and fill what is empty. What the reader entered stays.

    A size that is still the measured one is measured anew: the segment may have been corrected.
    """
    before = without_measured_sizes(reading)
    segments = match_segments(before, segmentation, skip_unknown=True)
    if not segments.segment_of:
        return SegmentsUsed(reading, "No node of the reading has a segment, so nothing was measured.")
    neck = _Neck(segmentation, image)
    changed = before
    doubts: list[str] = []
    filled: list[str] = []
    kept: list[str] = []
    for node_id, segment in segments.segment_of.items():
        node, found = before.node(node_id), neck.measure(segment)
        completed = neck.completed(node, segment, found)
        changed = changed.with_node(completed)
        doubts += doubts_about(node, found)
        news = _news(node, completed, found)
        if news:
            filled.append(f"{node_id} {', '.join(news)}")
        else:
            kept.append(node_id)
    if neck.landmarks.plane is None:
        doubts.append(f"the sides were not checked against the image: {neck.landmarks.why_no_plane}")
    without = [node.id for node in reading.nodes or () if node.id not in segments.segment_of]
    doubts += [f"{node_id} names no segment, so it was not measured" for node_id in without]
    message = _sentences((_message(("filled", filled), ("kept", kept)), *doubts))
    return SegmentsUsed(changed, message, tuple(segments.segment_of))


def with_nodes_of_segments(reading: Reading, segmentation: Segmentation, image: Image) -> SegmentsUsed:
    """Add a measured node for each node segment that no node has.

    Sides are proposed from the mid-sagittal plane, levels from the landmarks that are segmented; a level that they
    leave open is left for the reader to choose.

    Raises
    ------
    InputError
        When there is no such plane: a node needs a side, and a side is never guessed.
    """
    segments = match_segments(reading, segmentation, skip_unknown=True)
    known = [segment.name for segment in segmentation.nodes if segment not in segments.unread]
    if not segments.unread:
        return SegmentsUsed(reading, _sentences([_message(("already there", known))]))
    neck = _Neck(segmentation, image)
    if neck.landmarks.plane is None:
        raise InputError(_no_sides(neck.landmarks.why_no_plane))
    changed, added, ids, doubts = reading, [], [], []
    for segment in segments.unread:
        node, words, more = _new_node(changed, segment, neck)
        changed = changed.with_node(node)
        added.append(words)
        ids.append(node.id)
        doubts += more
    message = _message(("added", added), ("already there", known))
    sides = f"Sides from the mid-sagittal plane {neck.landmarks.plane.source}"
    advice = f"{sides}: check them, and choose the levels that are open"
    return SegmentsUsed(changed, _sentences((message, advice, *doubts)), tuple(ids))


def with_node_of_segment(
    reading: Reading, segmentation: Segmentation, image: Image, segment_id: str, side: Side | None = None
) -> SegmentsUsed:
    """Add a measured node for one segment, whatever its name is.

    Parameters
    ----------
    segment_id : id or name of the segment.
    side : what the reader says; None to have it proposed.

    Raises
    ------
    SideUnknownError
        When no side is given and none can be proposed.
    InputError
        When the segment is not there, or a node has it already.
    """
    holders = [node.id for node in reading.nodes or () if node.segment_id == segment_id]
    if holders:
        raise InputError(f"the segment {segment_id!r} belongs to {holders[0]} already; choose another one")
    found = [each for each in segmentation.segments if each.segment_id == segment_id]
    found = found or [each for each in segmentation.segments if each.name == segment_id]
    if len(found) != 1:
        raise InputError(f"no segment {segment_id!r} with voxels in {segmentation.source}; draw it, or choose another")
    neck = _Neck(segmentation, image)
    if side is None and neck.landmarks.plane is None:
        raise SideUnknownError(f"The side of {segment_id} cannot be told: {neck.landmarks.why_no_plane}")
    node, words, doubts = _new_node(reading, found[0], neck, side)
    return SegmentsUsed(reading.with_node(node), _sentences((f"added {words}", *doubts)), (node.id,))


def with_axes(reading: Reading, segmentation: Segmentation, node_id: str) -> SegmentsUsed:
    """Add the long and the short axis of a node's segment as marks; axes that the reader has drawn stay.

    The long axis is the greatest dimension in any direction (TNM), the short one lies in the axial section (RECIST).

    Raises
    ------
    InputError
        When the node has no segment.
    """
    segments = match_segments(reading, segmentation, skip_unknown=True)
    if node_id not in segments.segment_of:
        raise InputError(f"{node_id} has no segment to take the axes from; draw one, or place the axes by hand")
    size = measure_node(segments.segment_of[node_id], segmentation, find_landmarks(segmentation)).size
    ends = {MarkKind.LONG_AXIS: size.ends_ras_mm, MarkKind.SHORT_AXIS: size.axial_short_ends_ras_mm}
    there = {mark.kind for mark in reading.node(node_id).marks}
    changed, added, kept = reading, [], []
    for kind, points in ends.items():
        words = str(kind).replace("_", " ")
        if kind in there:
            kept.append(words)
            continue
        ends_ras_mm = tuple((round(r, 2), round(a, 2), round(s, 2)) for r, a, s in points)
        mark = Mark(free_mark_id(changed), kind, ends_ras_mm, note="proposed from the segment")
        changed = changed.with_node(changed.node(node_id).with_mark(mark))
        added.append(f"{words} {mark.length_mm or 0.0:.1f} mm")
    return SegmentsUsed(changed, f"{node_id}: {_sentences([_message(('added', added), ('kept', kept))])}")


def without_measured_sizes(reading: Reading) -> Reading:
    """Return a reading without the sizes that are measurements, and with those that the reader entered."""
    nodes = [
        replace(node, greatest_dimension_mm=None) if _has_measured_size(node) else node for node in reading.nodes or ()
    ]
    return reading if reading.nodes is None else reading.with_nodes(nodes)


def _has_measured_size(node: Node) -> bool:
    measured = [each.value for each in node.evidence if each.kind == GREATEST_DIMENSION]
    return node.greatest_dimension_mm is not None and node.greatest_dimension_mm in measured


def _new_node(reading: Reading, segment: Segment, neck: _Neck, side: Side | None = None) -> tuple[Node, str, list[str]]:
    """Return a node of a segment, what it is in words, and what a reader should look at."""
    plane = neck.landmarks.plane
    proposal = None if plane is None else side_of_segment(segment, neck.segmentation, plane)
    if side is None:
        assert proposal is not None, "without a side the plane is known"
        side = proposal.side
    level = neck.level(segment).level
    node = Node(free_node_id(reading), side, level or NeckLevel.OTHER, segment_id=segment.segment_id)
    found = neck.measure(segment)
    completed = neck.completed(node, segment, found)
    close = proposal is not None and proposal.side is side and proposal.near_band
    side_words = f"{side}, close call" if close else str(side)
    level_words = f"level {level}" if level else "level open"
    words = ", ".join((segment.name, side_words, *_news(node, completed, found), level_words))
    return completed, f"{node.id} ({words})", doubts_about(node, found)


def _news(before: Node, after: Node, found: NodeMeasurement) -> list[str]:
    """Say what the measurement filled."""
    news = []
    if before.greatest_dimension_mm is None:
        news.append(f"{found.greatest_dimension_mm:.1f} ± {found.size.uncertainty_mm:.1f} mm")
    if before.extends_below_cricoid is not after.extends_below_cricoid:
        news.append("below the cricoid" if after.extends_below_cricoid else "not below the cricoid")
    return news


def _no_sides(why: str) -> str:
    return (
        f"No node was added, because the sides cannot be told: {why}. Segment paired structures (named ..._left and "
        "..._right), or use a CT in HU; or add the nodes by hand: Add asks for the side."
    )


def _message(*parts: tuple[str, list[str]]) -> str:
    return "; ".join(f"{verb} {', '.join(names)}" for verb, names in parts if names)


def _sentences(texts: Iterable[str]) -> str:
    return " ".join(f"{text[0].upper()}{text[1:]}." for text in texts)
