"""A reading completed by what can be measured. The computer offers, the reader decides: what was entered stays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.measure.case.node_measurement import Landmarks, NodeMeasurement, measure_node
from iENEGraderLib.measure.position.cricoid import CricoidRelation, lowest_point_ras
from iENEGraderLib.measure.position.midsagittal import mid_sagittal_plane

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segmentation

    from iENEGraderLib.measure.case.measurements import CaseMeasurements
    from iENEGraderLib.measure.case.segment_matching import MatchedSegments
    from iENEGraderLib.measure.position.cricoid import BelowCricoid
    from iENEGraderLib.reading import Evidence, Node, Reading

    Point = tuple[float, float, float]

TOLERATED_DIFFERENCE_MM = 1.0
CRICOID = "cricoid_cartilage"
BELOW = {CricoidRelation.BELOW: True, CricoidRelation.NOT_BELOW: False, CricoidRelation.BORDERLINE: None}


@dataclass(frozen=True)
class MeasuredReading:
    """Reading with measurements.

    Attributes
    ----------
    reading : with measured values where the reader gave none, and with the measurements as evidence.
    measurements : by the id of the node; nodes without a segment are not in it.
    warnings : where reading and measurement disagree, and what a reader should look at.
    """

    reading: Reading
    measurements: dict[str, NodeMeasurement]
    warnings: tuple[str, ...]

    @property
    def dimension_ends_ras_mm(self) -> dict[str, tuple[Point, Point]]:
        """Ends of the greatest dimension, by the id of the node."""
        return {node_id: found.size.ends_ras_mm for node_id, found in self.measurements.items()}


def find_landmarks(segmentation: Segmentation, image: Image | None = None) -> Landmarks:
    """Find the mid-sagittal plane and the lower border of the cricoid.

    Parameters
    ----------
    segmentation : holds the structures beside the nodes.
    image : asked for the plane when the structures do not define one; only a CT in HU can tell it.
    """
    drawn = [each for each in segmentation.segments if each.name == CRICOID and each.cropped_mask().any()]
    edge = lowest_point_ras(drawn[0].mask(), segmentation.geometry) if len(drawn) == 1 else None
    try:
        return Landmarks(mid_sagittal_plane(segmentation, image), edge)
    except InputError as error:
        return Landmarks(None, edge, str(error))


def measured_reading(
    reading: Reading, segments: MatchedSegments, landmarks: Landmarks, *, sides_entered: bool = True
) -> MeasuredReading:
    """Measure size, side and height of every node of a reading that has a segment.

    Parameters
    ----------
    sides_entered : whether a reader entered the sides of the nodes; if not, measured ones are taken.

    Raises
    ------
    InputError
        When a segment cannot be measured.
    """
    found = {
        node_id: measure_node(segment, segments.segmentation, landmarks)
        for node_id, segment in segments.segment_of.items()
    }
    without_plane = f"the sides were not checked against the image: {landmarks.why_no_plane}"
    warnings = [] if landmarks.plane is not None else [without_plane]
    for node in reading.nodes or ():
        if node.id in found:
            warnings += doubts_about(node, found[node.id], sides_entered=sides_entered)
    nodes = [
        completed_node(node, found[node.id], sides_entered=sides_entered) if node.id in found else node
        for node in reading.nodes or ()
    ]
    completed = reading if reading.nodes is None else reading.with_nodes(nodes)
    return MeasuredReading(completed, found, (*warnings, *unmatched(reading, segments)))


def reading_with_measurements(
    reading: Reading, segments: MatchedSegments, case: CaseMeasurements, *, sides_entered: bool = True
) -> MeasuredReading:
    """Complete a reading by everything that was measured in its case.

    Parameters
    ----------
    case : measured with the segments of the reading, under the ids of its nodes.
    sides_entered : whether a reader entered the sides of the nodes; if not, measured ones are taken.
    """
    found, nodes = {}, []
    warnings = list(case.warnings)
    for node in reading.nodes or ():
        basics = case.node(node.id).basics.result if node.id in segments.segment_of else None
        if basics is None:
            nodes.append(node)
            continue
        found[node.id] = basics
        warnings += doubts_about(node, basics, sides_entered=sides_entered)
        completed = completed_node(node, basics, sides_entered=sides_entered)
        nodes.append(with_evidence(completed, case.evidence_for(node.id), case.evidence_kinds))
    completed_reading = reading if reading.nodes is None else reading.with_nodes(nodes)
    return MeasuredReading(completed_reading, found, (*warnings, *unmatched(reading, segments)))


def unmatched(reading: Reading, segments: MatchedSegments) -> list[str]:
    """Say which nodes have no segment, and which segments of nodes no node names."""
    without = [node.id for node in reading.nodes or () if node.id not in segments.segment_of]
    return [f"{node_id} names no segment, so it was not measured" for node_id in without] + [
        f'the segment "{segment.name}" belongs to no node of the reading, so it was not graded'
        for segment in segments.unread
    ]


def with_evidence(node: Node, evidence: Sequence[Evidence], replaced: Collection[str] = ()) -> Node:
    """Return a node with this evidence in place of earlier evidence of the same kinds, and of further kinds."""
    kinds = {each.kind for each in evidence}.union(replaced)
    return replace(node, evidence=(*evidence, *(each for each in node.evidence if each.kind not in kinds)))


def completed_node(node: Node, found: NodeMeasurement, *, sides_entered: bool = True) -> Node:
    """Add measured values where there are none, and the evidence in place of earlier measurements of the same kind."""
    size, below = node.greatest_dimension_mm, node.extends_below_cricoid
    if size is None:
        size = found.greatest_dimension_mm
    if below is None and found.below_cricoid is not None:
        below = BELOW[found.below_cricoid.relation]
    completed = replace(
        node,
        side=node.side if sides_entered or found.side is None else found.side.side,
        greatest_dimension_mm=size,
        extends_below_cricoid=below,
    )
    return with_evidence(completed, found.evidence())


def doubts_about(node: Node, found: NodeMeasurement, *, sides_entered: bool = True) -> list[str]:
    """Say where a node of a reading and its segment disagree, and what else a reader should look at."""
    doubts = []
    given = node.greatest_dimension_mm
    if given is not None and abs(given - found.size.greatest_dimension_mm) > TOLERATED_DIFFERENCE_MM:
        doubts.append(
            f"{node.id}: the reading says {given:.1f} mm, its segment measures {found.greatest_dimension_mm:.1f} mm; "
            "the reader's value was kept"
        )
    if sides_entered and found.side is not None and found.side.side is not node.side:
        doubts.append(f"{node.id}: the reading says {node.side}, but {found.side.reason}; the reader's side was kept")
    if found.below_cricoid is not None:
        doubts += _cricoid_doubts(node, found.below_cricoid)
    if found.size.components > 1:
        parts = found.size.components
        doubts.append(f"{node.id}: its segment has {parts} separate parts; the largest was measured")
    if found.size.touches_border:
        doubts.append(f"{node.id} reaches the edge of the image and may be larger than measured")
    return doubts


def _cricoid_doubts(node: Node, found: BelowCricoid) -> list[str]:
    measured, given = BELOW[found.relation], node.extends_below_cricoid
    if given is None and measured is None:
        return [f"{node.id}: whether it extends below the cricoid is for the reader to decide: {found.reason}"]
    if given is not None and measured is not None and given is not measured:
        said = "extends" if given else "does not extend"
        return [f"{node.id}: the reading says it {said} below the cricoid, but {found.reason}; the reading was kept"]
    return []
