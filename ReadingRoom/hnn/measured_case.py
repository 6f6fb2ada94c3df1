"""A reading completed by what can be measured. The computer offers, the reader decides: what was entered stays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from iENEGraderLib.errors import InputError
from iENEGraderLib.measure.cricoid import CricoidRelation, lowest_point_ras
from iENEGraderLib.measure.midsagittal import mid_sagittal_plane

from hnn.node_measurement import Landmarks, NodeMeasurement, measure_node

if TYPE_CHECKING:
    from iENEGraderLib.measure.cricoid import BelowCricoid
    from iENEGraderLib.reading import Node, Reading

    from hnn.case import Case

TOLERATED_DIFFERENCE_MM = 1.0
CRICOID = "cricoid_cartilage"
BELOW = {CricoidRelation.BELOW: True, CricoidRelation.NOT_BELOW: False, CricoidRelation.BORDERLINE: None}


@dataclass(frozen=True)
class MeasuredCase:
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


def measure(case: Case) -> MeasuredCase:
    """Measure every node of a case that has a segment.

    Raises
    ------
    InputError
        When a segment cannot be measured.
    """
    landmarks, warnings = _landmarks(case)
    found = {key: measure_node(segment, case.segmentation, landmarks) for key, segment in case.segment_of.items()}
    nodes = []
    for node in case.reading.nodes or ():
        if node.id in found:
            warnings += _disagreements(node, found[node.id], sides_entered=case.sides_entered)
            nodes.append(_completed(node, found[node.id], sides_entered=case.sides_entered))
        else:
            warnings.append(f"{node.id} names no segment, so it was not measured")
            nodes.append(node)
    warnings += [
        f'the segment "{segment.name}" belongs to no node of the reading, so it was not graded'
        for segment in case.unread_segments
    ]
    reading = case.reading if case.reading.nodes is None else case.reading.with_nodes(nodes)
    return MeasuredCase(reading, found, tuple(warnings))


def _landmarks(case: Case) -> tuple[Landmarks, list[str]]:
    """Mid-sagittal plane and cricoid, and why one that is needed is missing."""
    names = [segment.name for segment in case.segmentation.segments]
    edge = None
    if names.count(CRICOID) == 1:
        edge = lowest_point_ras(case.segmentation.named(CRICOID).mask(), case.segmentation.geometry)
    try:
        return Landmarks(mid_sagittal_plane(case.segmentation, case.image), edge), []
    except InputError as error:
        return Landmarks(None, edge), [f"the sides were not checked against the image: {error}"]


def _completed(node: Node, found: NodeMeasurement, *, sides_entered: bool) -> Node:
    """Add measured values where there are none, and the evidence in place of earlier measurements of the same kind."""
    evidence = found.evidence()
    kinds = {each.kind for each in evidence}
    size, below = node.greatest_dimension_mm, node.extends_below_cricoid
    if size is None:
        size = found.greatest_dimension_mm
    if below is None and found.below_cricoid is not None:
        below = BELOW[found.below_cricoid.relation]
    return replace(
        node,
        side=node.side if sides_entered or found.side is None else found.side.side,
        greatest_dimension_mm=size,
        extends_below_cricoid=below,
        evidence=(*evidence, *(each for each in node.evidence if each.kind not in kinds)),
    )


def _disagreements(node: Node, found: NodeMeasurement, *, sides_entered: bool) -> list[str]:
    warnings = []
    given = node.greatest_dimension_mm
    if given is not None and abs(given - found.size.greatest_dimension_mm) > TOLERATED_DIFFERENCE_MM:
        warnings.append(
            f"{node.id}: the reading says {given:.1f} mm, its segment measures {found.greatest_dimension_mm:.1f} mm; "
            "the reader's value was kept"
        )
    if sides_entered and found.side is not None and found.side.side is not node.side:
        warnings.append(f"{node.id}: the reading says {node.side}, but {found.side.reason}; the reader's side was kept")
    if found.below_cricoid is not None:
        warnings += _cricoid_doubts(node, found.below_cricoid)
    if found.size.components > 1:
        parts = found.size.components
        warnings.append(f"{node.id}: its segment has {parts} separate parts; the largest was measured")
    if found.size.touches_border:
        warnings.append(f"{node.id} reaches the edge of the image and may be larger than measured")
    return warnings


def _cricoid_doubts(node: Node, found: BelowCricoid) -> list[str]:
    measured, given = BELOW[found.relation], node.extends_below_cricoid
    if given is None and measured is None:
        return [f"{node.id}: whether it extends below the cricoid is for the reader to decide: {found.reason}"]
    if given is not None and measured is not None and given is not measured:
        said = "extends" if given else "does not extend"
        return [f"{node.id}: the reading says it {said} below the cricoid, but {found.reason}; the reading was kept"]
    return []
