"""What the panel does to the marks of a reading: each edit makes a new one."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from iENEGraderLib.measure.case.evidence.words import Kind
from iENEGraderLib.panel.choices import spaced
from iENEGraderLib.panel.findings.suggestions import COALESCENCE, SUSPICIOUS
from iENEGraderLib.panel.session.edits import free_mark_id
from iENEGraderLib.reading import Certainty, Mark, MarkKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from iENEGraderLib.panel.findings.suggestions import Suggestion
    from iENEGraderLib.reading import Evidence, FindingKind, Node, Reading

    Point = tuple[float, float, float]

SNAP_MM = 3.0
"""Ours: a spike drawn with an end this near to that of a measured candidate is that candidate."""


def set_mark_fields(node_id: str, mark_id: str, **values: Any) -> Callable[[Reading], Reading]:
    """Edit fields of one mark."""

    def edit(reading: Reading) -> Reading:
        node = reading.node(node_id)
        mark = next(each for each in node.marks if each.id == mark_id)
        return reading.with_node(node.with_mark(replace(mark, **values)))

    return edit


def accept(suggestion: Suggestion, certainty: Certainty) -> Callable[[Reading], Reading]:
    """Set the certainty that the reader chose for a suggestion, and mark the places that speak for it.

    A finding that is read as absent gets no mark, nor does a place where the reader has set one already.
    """

    def edit(reading: Reading) -> Reading:
        node = reading.node(suggestion.node_id).with_finding(suggestion.kind, certainty)
        changed = reading.with_node(node)
        if certainty is Certainty.ABSENT:
            return changed
        for evidence in suggestion.evidence:
            place = None if evidence.place is None else evidence.place.ras_mm
            if place is not None and not _is_marked(node, suggestion.kind, place):
                node = node.with_mark(_mark_of(evidence, suggestion.kind, free_mark_id(changed), place))
                changed = changed.with_node(node)
        return changed

    return edit


def snapped(node: Node, mark: Mark) -> Mark:
    """Return a spike with its tip on that of the measured candidate beside it, and a note that says so.

    A line drawn from tip to base is turned round. Marks that are no spikes, and spikes without a candidate within
    3 mm of an end, stay as they were drawn.
    """
    tips = [
        (each, each.place.ras_mm)
        for each in node.evidence
        if each.kind == Kind.SPIKE and each.evidence_class in SUSPICIOUS and each.place is not None
    ]
    if mark.kind is not MarkKind.FAT_SPIKE or not tips:
        return mark
    base, tip = mark.points_ras_mm
    nearest, place = min(tips, key=lambda each: min(math.dist(each[1], base), math.dist(each[1], tip)))
    if math.dist(place, base) < math.dist(place, tip):
        base, tip = tip, base
    if math.dist(place, tip) > SNAP_MM:
        return mark
    length = "" if nearest.value is None else f" of {nearest.value:.1f} mm"
    note = f"tip set on that of the measured candidate{length}"
    return replace(mark, points_ras_mm=(base, place), note=note)


def turned_round(mark: Mark) -> Mark:
    """Return a contact angle that is counted the other way round: 148 degrees instead of 212."""
    begin, centre, end = np.asarray(mark.points_ras_mm)
    axis = mark.axis_ras or np.cross(begin - centre, end - centre)
    right, anterior, superior = (0.0 - float(value) for value in axis)
    return replace(mark, axis_ras=(right, anterior, superior)) if any((right, anterior, superior)) else mark


def _is_marked(node: Node, kind: FindingKind, place_ras_mm: Point) -> bool:
    points = [point for mark in node.marks if mark.finding is kind for point in mark.points_ras_mm]
    return any(math.dist(point, place_ras_mm) <= SNAP_MM for point in points)


def _mark_of(evidence: Evidence, kind: FindingKind, mark_id: str, place_ras_mm: Point) -> Mark:
    """Return a mark at a measured place. The structure of what lies between two nodes is the other node."""
    between = kind in COALESCENCE
    return Mark(
        id=mark_id,
        kind=MarkKind.PLACE,
        points_ras_mm=(place_ras_mm,),
        finding=kind,
        structure=None if between else evidence.structure,
        partner=evidence.structure if between else None,
        note=f"place of the measured {spaced(evidence.kind)}",
    )
