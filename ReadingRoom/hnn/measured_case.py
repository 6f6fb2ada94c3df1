"""A reading completed by what can be measured. The computer offers, the reader decides: what was entered stays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from iENEGraderLib.measure.size import NodeSize, node_size
from iENEGraderLib.reading import Evidence, Place

if TYPE_CHECKING:
    from iENEGraderLib.reading import Node, Reading

    from hnn.case import Case

TOLERATED_DIFFERENCE_MM = 1.0
SIZE_METHOD = "greatest distance between two points of the segment's surface (maximum Feret diameter)"
SHORT_AXIS_METHOD = "longest diameter perpendicular to the longest one in the axial section"


@dataclass(frozen=True)
class MeasuredCase:
    """Reading with measurements.

    Attributes
    ----------
    reading : with measured sizes where the reader gave none, and with the measurements as evidence.
    sizes : by the id of the node; nodes without a segment are not in it.
    warnings : where reading and measurement disagree, and what a reader should look at.
    """

    reading: Reading
    sizes: dict[str, NodeSize]
    warnings: tuple[str, ...]


def measure(case: Case) -> MeasuredCase:
    """Measure every node of a case that has a segment."""
    sizes = {
        node_id: node_size(segment.mask(), case.segmentation.geometry) for node_id, segment in case.segment_of.items()
    }
    warnings: list[str] = []
    nodes = []
    for node in case.reading.nodes or ():
        if node.id in sizes:
            warnings += _size_warnings(node, sizes[node.id])
            nodes.append(_with_size(node, sizes[node.id]))
        else:
            warnings.append(f"{node.id} names no segment, so it was not measured")
            nodes.append(node)
    warnings += [
        f'the segment "{segment.name}" belongs to no node of the reading; it was not graded'
        for segment in case.unread_segments
    ]
    reading = case.reading if case.reading.nodes is None else case.reading.with_nodes(nodes)
    return MeasuredCase(reading, sizes, tuple(warnings))


def _with_size(node: Node, size: NodeSize) -> Node:
    measured = _rounded(size.greatest_dimension_mm)
    middle = np.mean(size.ends_ras_mm, axis=0)
    place = Place((_rounded(middle[0]), _rounded(middle[1]), _rounded(middle[2])))
    evidence = (
        Evidence("greatest_dimension", None, measured, "mm", _rounded(size.uncertainty_mm), SIZE_METHOD, place),
        Evidence("short_axis", None, _rounded(size.axial_short_mm), "mm", method=SHORT_AXIS_METHOD),
    )
    kinds = {each.kind for each in evidence}
    kept = tuple(each for each in node.evidence if each.kind not in kinds)
    given = node.greatest_dimension_mm
    return replace(node, greatest_dimension_mm=measured if given is None else given, evidence=(*evidence, *kept))


def _size_warnings(node: Node, size: NodeSize) -> list[str]:
    warnings = []
    given = node.greatest_dimension_mm
    if given is not None and abs(given - size.greatest_dimension_mm) > TOLERATED_DIFFERENCE_MM:
        warnings.append(
            f"{node.id}: the reading says {given:.1f} mm, its segment measures {size.greatest_dimension_mm:.1f} mm; "
            "the reader's value was kept"
        )
    if size.components > 1:
        warnings.append(f"{node.id}: its segment has {size.components} separate parts; the largest was measured")
    if size.touches_border:
        warnings.append(f"{node.id} reaches the edge of the image and may be larger than measured")
    return warnings


def _rounded(value: float) -> float:
    return round(float(value), 1)
