"""What measured segments add to a reading: nodes that are wanting and values that are empty, never more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iENEGraderLib.errors import InputError
from iENEGraderLib.measure.case.case_measurement import completed_node, doubts_about, find_landmarks, measured_reading
from iENEGraderLib.measure.case.node_measurement import measure_node
from iENEGraderLib.measure.case.segment_matching import match_segments
from iENEGraderLib.measure.position.laterality import side_of_segment
from iENEGraderLib.panel.edits import free_node_id
from iENEGraderLib.reading import NeckLevel, Node

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iENEGraderLib.imaging.image import Image
    from iENEGraderLib.imaging.segmentation import Segmentation
    from iENEGraderLib.measure.case.node_measurement import NodeMeasurement
    from iENEGraderLib.reading import Reading


@dataclass(frozen=True)
class SegmentsUsed:
    """A reading with what the segments added, and what was done in words."""

    reading: Reading
    message: str


def with_missing_sizes(reading: Reading, segmentation: Segmentation, image: Image) -> SegmentsUsed:
    """Measure the nodes that have a segment and fill what is empty. What stands in the reading is the reader's."""
    segments = match_segments(reading, segmentation, skip_unknown=True)
    if not segments.segment_of:
        return SegmentsUsed(reading, "No node of the reading has a segment, so nothing was measured.")
    measured = measured_reading(reading, segments, find_landmarks(segmentation, image))
    filled, kept = [], []
    for node_id, found in measured.measurements.items():
        news = _news(reading.node(node_id), measured.reading.node(node_id), found)
        if news:
            filled.append(f"{node_id} {', '.join(news)}")
        else:
            kept.append(node_id)
    message = _message(("filled", filled), ("kept", kept))
    return SegmentsUsed(measured.reading, _sentences((message, *measured.warnings)))


def with_nodes_of_segments(reading: Reading, segmentation: Segmentation, image: Image) -> SegmentsUsed:
    """Add a measured node for each node segment that no node has.

    Sides are proposed from the mid-sagittal plane; levels are left for the reader to choose.

    Raises
    ------
    InputError
        When there is no such plane: a node needs a side, and a side is never guessed.
    """
    segments = match_segments(reading, segmentation, skip_unknown=True)
    known = [segment.name for segment in segmentation.nodes if segment not in segments.unread]
    if not segments.unread:
        return SegmentsUsed(reading, _sentences([_message(("already there", known))]))
    landmarks = find_landmarks(segmentation, image)
    if landmarks.plane is None:
        raise InputError(_no_sides(landmarks.why_no_plane))
    changed, added, doubts = reading, [], []
    for segment in segments.unread:
        proposal = side_of_segment(segment, segmentation, landmarks.plane)
        node = Node(free_node_id(changed), proposal.side, NeckLevel.OTHER, segment_id=segment.segment_id)
        found = measure_node(segment, segmentation, landmarks)
        completed = completed_node(node, found)
        changed = changed.with_node(completed)
        doubts += doubts_about(node, found)
        side = f"{node.side}, close call" if proposal.near_band else str(node.side)
        added.append(f"{node.id} ({', '.join((segment.name, side, *_news(node, completed, found)))})")
    message = _message(("added", added), ("already there", known))
    advice = f"Sides from the mid-sagittal plane {landmarks.plane.source}: check them, and choose the levels"
    return SegmentsUsed(changed, _sentences((message, advice, *doubts)))


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
