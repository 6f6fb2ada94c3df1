"""What measured segments add to a reading: nodes that are wanting and sizes that are empty, never more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from iENEGraderLib.measure.laterality import side_of
from iENEGraderLib.panel.edits import free_node_id
from iENEGraderLib.reading import Evidence, NeckLevel, Node, Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iENEGraderLib.measure.midsagittal import Plane
    from iENEGraderLib.reading import Reading

GREATEST_DIMENSION = "greatest_dimension"
METHOD = "maximum Feret diameter of the segment"


@dataclass(frozen=True)
class SegmentedNode:
    """A node segment of the scene and its size.

    Attributes
    ----------
    middle_ras_mm : middle of its greatest dimension.
    centroid_ras_mm : centroid of its voxels.
    """

    segment_id: str
    name: str
    size_mm: float
    uncertainty_mm: float
    middle_ras_mm: tuple[float, float, float]
    centroid_ras_mm: tuple[float, float, float]


@dataclass(frozen=True)
class SegmentsUsed:
    """A reading with what the segments added, and what was done in words."""

    reading: Reading
    message: str


def with_missing_sizes(reading: Reading, segments: Sequence[SegmentedNode]) -> SegmentsUsed:
    """Fill the sizes that are empty. A size that stands in the reading is the reader's and stays."""
    filled, kept, unmatched = [], [], []
    changed = reading
    for node in reading.nodes or ():
        segment = _segment_of(node, segments)
        if node.greatest_dimension_mm is not None:
            kept.append(node.id)
        elif segment is None:
            unmatched.append(node.id)
        else:
            changed = changed.with_node(measured(node, segment))
            filled.append(f"{node.id} {segment.size_mm:.1f} ± {segment.uncertainty_mm:.1f} mm")
    return SegmentsUsed(changed, _message(("filled", filled), ("kept", kept), ("no segment for", unmatched)))


def with_nodes_of_segments(reading: Reading, segments: Sequence[SegmentedNode], plane: Plane) -> SegmentsUsed:
    """Add a measured node for each segment that no node has.

    Sides are proposed from the mid-sagittal plane; levels are left for the reader to choose.
    """
    taken = [_segment_of(node, segments) for node in reading.nodes or ()]
    added, known = [], []
    changed = reading
    for segment in segments:
        if segment in taken:
            known.append(segment.name)
            continue
        proposal = side_of(segment.centroid_ras_mm, plane)
        node = Node(free_node_id(changed), proposal.side, NeckLevel.OTHER, segment_id=segment.segment_id)
        changed = changed.with_node(measured(node, segment))
        doubt = ", close call" if proposal.near_band else ""
        added.append(f"{node.id} ({segment.name}, {node.side}{doubt}, {segment.size_mm:.1f} mm)")
    message = _message(("added", added), ("already there", known))
    if added:
        message += f" Sides from the mid-sagittal plane {plane.source}: check them, and choose the levels."
    return SegmentsUsed(changed, message)


def measured(node: Node, segment: SegmentedNode) -> Node:
    """Return the node with the size of its segment, and the measurement as evidence."""
    size = Evidence(
        kind=GREATEST_DIMENSION,
        value=round(segment.size_mm, 1),
        unit="mm",
        uncertainty=round(segment.uncertainty_mm, 1),
        method=METHOD,
        place=Place(segment.middle_ras_mm),
    )
    others = tuple(evidence for evidence in node.evidence if evidence.kind != GREATEST_DIMENSION)
    return replace(node, greatest_dimension_mm=round(segment.size_mm, 1), evidence=(*others, size))


def _segment_of(node: Node, segments: Sequence[SegmentedNode]) -> SegmentedNode | None:
    by_id = [segment for segment in segments if segment.segment_id == node.segment_id]
    by_name = [segment for segment in segments if segment.name == node.segment_id]
    return next(iter(by_id or by_name), None)


def _message(*parts: tuple[str, list[str]]) -> str:
    said = "; ".join(f"{verb} {', '.join(names)}" for verb, names in parts if names)
    return f"{said[0].upper()}{said[1:]}." if said else "Nothing to do."
