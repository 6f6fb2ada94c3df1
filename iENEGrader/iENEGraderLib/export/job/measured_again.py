"""What is measured in the outlines of a case when it is exported, and where that contradicts its reading."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.export.dicom.further import further_evidence
from iENEGraderLib.export.figures.of_case import asks_for_figures
from iENEGraderLib.export.job.case_map import Quantity
from iENEGraderLib.measure.case.evidence.words import is_measured_in
from iENEGraderLib.measure.case.maps import MeasureMaps
from iENEGraderLib.measure.case.measure_case import Part, measure_case
from iENEGraderLib.measure.fat_view import FAT_MAP, IODINE_MAP
from iENEGraderLib.measure.position.midsagittal import BODY_OUTLINE
from iENEGraderLib.reading import Side

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from HeadNeckNodesLib.imaging.image import Image

    from iENEGraderLib.export.job.export_case import ExportCase
    from iENEGraderLib.measure.case.measurements import CaseMeasurements
    from iENEGraderLib.measure.case.node_measurement import NodeMeasurement
    from iENEGraderLib.reading import Evidence, Node

SIZES = ("greatest_dimension", "short_axis")
"""Evidence that a measured reading holds already."""
WRONG_SIDE_MM = 10.0
"""Ours: a node that is read on one side may reach over the midline, its middle not by so much."""
SIZE_TOLERANCE, SIZE_TOLERANCE_MM = 0.2, 3.0
"""Ours: readers differ in the greatest dimension by a few millimetres."""
PERCENT = 0.01
ADVICE = "check which segment belongs to which node"


@dataclass(frozen=True, eq=False)
class MeasuredAgain:
    """What was measured in the outlines.

    Attributes
    ----------
    further : measurements that the reading does not hold, by the id of the node: volume and contact with vessels, and
        the sizes of a reading without measurements.
    notes : where the size of a segment is not that of the reading.
    """

    further: Mapping[str, tuple[Evidence, ...]]
    notes: tuple[str, ...] = ()


def measured_case(case: ExportCase) -> CaseMeasurements | None:
    """Measure the nodes of a case that have segments; None when none has.

    The image is read for figures alone, and with it the maps that the evidence was measured in: with others, numbers
    would come out that the reading does not hold.
    """
    if not case.segments.segment_of:
        return None
    draws = asks_for_figures(case.reading) and not case.figures
    return measure_case(
        case.image if draws else None,
        case.segments.segmentation,
        nodes=case.segments.segment_of,
        maps=_maps_of_evidence(case) if draws else None,
        leave_out=tuple(Part),
    )


def _maps_of_evidence(case: ExportCase) -> MeasureMaps:
    return MeasureMaps(
        iodine=_map_named(case, IODINE_MAP, Quantity.IODINE),
        fat_fraction=_map_named(case, FAT_MAP, Quantity.FAT_FRACTION),
    )


def _map_named(case: ExportCase, source: str, quantity: Quantity) -> Image | None:
    """Return a map that evidence names, on the grid of the segments and in the unit that measuring expects."""
    evidence = (each for node in case.reading.nodes or () for each in node.evidence)
    if not any(is_measured_in(source, each) for each in evidence):
        return None
    for each in case.maps:
        if each.quantity is quantity and each.is_on(case.segments.segmentation.geometry):
            factor = PERCENT if each.unit == "%" else 1.0
            return each.image if factor == 1.0 else replace(each.image, voxels=each.image.voxels * factor)
    return None


def measured_again(case: ExportCase, measured: CaseMeasurements | None) -> MeasuredAgain:
    """Compare what was measured with the reading, and return what the reading does not hold.

    Parameters
    ----------
    measured : of the nodes that have segments; None when none has.

    Raises
    ------
    InputError
        When a segment lies on the other side than its node was read on.
    """
    if measured is None:
        return MeasuredAgain({})
    rows = further_evidence(measured)
    notes: list[str] = []
    nodes = [node for node in case.reading.nodes or () if node.id in rows]
    found = {node.id: measured.evidence_for(node.id) for node in nodes}
    _require_sides(case, {node.id: _to_the_right_mm(measured.node(node.id).basics.result) for node in nodes})
    for node in nodes:
        known = {each.kind for each in node.evidence}
        sizes = [each for each in found[node.id] if each.kind in SIZES and each.kind not in known]
        rows[node.id] = (*sizes, *rows[node.id])
        notes += _of_size(node, _value(found[node.id], SIZES[0]))
    return MeasuredAgain(rows, tuple(notes))


def _value(rows: tuple[Evidence, ...], kind: str) -> float | None:
    return next((each.value for each in rows if each.kind == kind), None)


def _to_the_right_mm(found: NodeMeasurement | None) -> float | None:
    """Return the distance from the midline of the anatomy; the outline of a body is too vague to refuse a case."""
    if found is None or found.side is None or found.plane is None or found.plane.source == BODY_OUTLINE:
        return None
    return found.side.distance_mm


def _of_size(node: Node, measured_mm: float | None) -> Iterator[str]:
    read_mm = node.greatest_dimension_mm
    if read_mm is None or measured_mm is None:
        return
    if abs(read_mm - measured_mm) > max(SIZE_TOLERANCE_MM, SIZE_TOLERANCE * max(read_mm, measured_mm)):
        yield f"node {node.id}: {read_mm:.1f} mm in the reading, {measured_mm:.1f} mm in its segment; {ADVICE}"


def _require_sides(case: ExportCase, to_the_right_mm: Mapping[str, float | None]) -> None:
    """Compare with the midline where it is known; else nodes of the two sides with each other."""
    sides = {node.id: node.side for node in case.reading.nodes or () if node.side in (Side.RIGHT, Side.LEFT)}
    for node, side in sides.items():
        distance = to_the_right_mm.get(node)
        if distance is not None and (distance if side is Side.RIGHT else -distance) < -WRONG_SIDE_MM:
            other = Side.LEFT if side is Side.RIGHT else Side.RIGHT
            raise InputError(
                f"node {node}: is read on the {side}, its segment lies {abs(distance):.0f} mm to the {other} of the "
                f"midline; {ADVICE}"
            )
    places = {node: _right_mm(case, node) for node in sides if node in case.segments.segment_of}
    for right in (node for node in places if sides[node] is Side.RIGHT):
        for left in (node for node in places if sides[node] is Side.LEFT):
            if places[left] - places[right] > WRONG_SIDE_MM:
                raise InputError(
                    f"nodes {right} and {left}: are read on the right and on the left, their segments lie the other "
                    f"way round; {ADVICE}"
                )


def _right_mm(case: ExportCase, node: str) -> float:
    """Return how far to the right the middle of the segment of a node lies (RAS)."""
    segment = case.segments.segment_of[node]
    start = [part.start for part in segment.grid_box]
    middle = np.argwhere(segment.cropped_mask()).mean(axis=0) + start
    return case.segments.segmentation.geometry.place_ras_mm(middle)[0]
