"""The contour a structure would have without the node, from its label alone, and what of the node lies inside it.

Where the label of a muscle gives way to that of the node, either the node grew in or it pushed the muscle aside. The
labels alone cannot prove growth: they can only tell that something is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.measure.evidence_class import EvidenceClass
from iENEGraderLib.measure.infiltration.surroundings import distance_from, rims_from
from iENEGraderLib.measure.section_runs import NO_RUN, SectionRun, longest_run

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import Vector
    from numpy.typing import NDArray

    from iENEGraderLib.measure.infiltration.surroundings import Surroundings
    from iENEGraderLib.measure.label_field import LabelPart
    from iENEGraderLib.measure.preferences import Preferences

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

BALL_MM = 10.0
"""Ours: a hollow that a ball of this radius enters belongs to the shape of the structure."""
KEPT_SHARE = 0.5
"""Ours: a structure that lost less than this share of what lies inside its contour was pushed aside, not replaced."""
LOST_SHARE = 0.1
"""Ours: a structure that lost this share beside the node is told of even where its hollow is as shallow as the rim."""
BEYOND_MM = (2.0, 8.0)
"""Ours: sections this far above and below the hollow tell which area the structure would have."""
LEAST_SECTIONS_BEYOND = 2
MOST_NODE_SHARE = 0.8
"""Ours: a node with more than this share inside the contour lies within the structure, and has no outer contour."""


@dataclass(frozen=True)
class ContourCheck:
    """What of the node lies inside the expected contour.

    Attributes
    ----------
    evidence_class : INDETERMINATE when the structure lost what lies inside, else NOT_MET; never MET.
    reason : a sentence.
    inside_mm3 : volume of the node inside the contour; the least, as wide hollows are not filled to their rim.
    run : contiguous sections of it.
    depth_mm : how deep it lies below the contour; the least, too.
    missing_mm3 : how much smaller the structure is there than between the sections above and below; ``None`` when it
        ends there.
    place_ras_mm : its middle.
    """

    evidence_class: EvidenceClass
    reason: str
    inside_mm3: float
    run: SectionRun
    depth_mm: float = 0.0
    missing_mm3: float | None = None
    place_ras_mm: Vector | None = None


@dataclass(frozen=True)
class _Lost:
    """Volume of a structure beside the node that is missing, and that is expected."""

    missing_mm3: float
    expected_mm3: float


def contour_check(around: Surroundings, structure: LabelPart, preferences: Preferences) -> ContourCheck:
    """Compare the node with the closed contour of the structure.

    Parameters
    ----------
    around : labels, reaching twice ``BALL_MM`` beyond the node.
    structure : the whole label.
    """
    contour = closed(around.structure, around.spacing_mm, BALL_MM)
    inside = around.node & contour
    volume_mm3 = float(np.count_nonzero(inside)) * around.geometry.voxel_volume_mm3
    if not inside.any():
        return ContourCheck(EvidenceClass.NOT_MET, "the node lies outside the contour of the structure", 0.0, NO_RUN)
    deep = inside & (rims_from(~contour, around.spacing_mm) > 1)
    runs = [_run(around, part, preferences) for part in (deep, inside)]
    lost = _lost(around, structure, inside)
    if inside.sum() > MOST_NODE_SHARE * around.node.sum():
        judged = EvidenceClass.NOT_MET, "the node lies within the structure, which has no outer contour there"
    else:
        least_mm = preferences.value("infiltration.least_length_mm")
        is_deep, enters = (run.class_for(least_mm) is not EvidenceClass.NOT_MET for run in runs)
        judged = _judged(is_deep, enters, volume_mm3, lost)
    return ContourCheck(
        *judged,
        volume_mm3,
        runs[1],
        depth_mm=float(distance_from(~contour, around.spacing_mm)[inside].max()),
        missing_mm3=lost.missing_mm3 if lost else None,
        place_ras_mm=around.middle_ras_mm(inside),
    )


def closed(mask: Mask, spacing_mm: Floats, radius_mm: float) -> Mask:
    """Fill the hollows of a mask that a ball cannot enter."""
    reached = distance_from(mask, spacing_mm) <= radius_mm
    filled: Mask = distance_from(~reached, spacing_mm) > radius_mm
    return filled | mask


def _run(around: Surroundings, part: Mask, preferences: Preferences) -> SectionRun:
    least_area = preferences.value("infiltration.least_area_mm2")
    return longest_run(part, around.spacing_mm, around.section_axis, least_area)


def _judged(is_deep: bool, enters: bool, inside_mm3: float, lost: _Lost | None) -> tuple[EvidenceClass, str]:
    is_smaller = lost is not None and lost.missing_mm3 >= LOST_SHARE * lost.expected_mm3
    if not (is_deep or (enters and is_smaller)):
        return EvidenceClass.NOT_MET, "the node hardly enters the expected contour of the structure"
    seen = f"at least {inside_mm3:.0f} mm3 of the node lie inside the expected contour of the structure"
    if lost is None:
        return EvidenceClass.INDETERMINATE, f"{seen}: grown in or pushed aside, the labels cannot tell"
    if lost.missing_mm3 < KEPT_SHARE * inside_mm3:
        return EvidenceClass.NOT_MET, f"{seen}, but the structure kept its size: pushed aside"
    return EvidenceClass.INDETERMINATE, f"{seen}, and {lost.missing_mm3:.0f} mm3 of the structure are missing there"


def _lost(around: Surroundings, structure: LabelPart, inside: Mask) -> _Lost | None:
    """Return how much of the structure is missing beside the node, by its sections above and below."""
    axis = around.section_axis
    others = tuple(n for n in range(3) if n != axis)
    step = float(around.spacing_mm[axis])
    side_mm2 = float(np.prod(np.delete(around.spacing_mm, axis)))
    touched = np.flatnonzero(inside.any(axis=others))
    sections = np.arange(touched[0], touched[-1] + 1)
    left_mm2 = (around.structure & ~around.node).sum(axis=others)[sections] * side_mm2
    areas = structure.mask.sum(axis=others) * side_mm2
    sections += around.start_kji[axis] - structure.start_kji[axis]
    near, far = (int(np.ceil(mm / step)) for mm in BEYOND_MM)
    below = np.arange(max(sections[0] - far, 0), max(sections[0] - near + 1, 0))
    above = np.arange(sections[-1] + near, min(sections[-1] + far + 1, len(areas)))
    if min(len(below), len(above)) < LEAST_SECTIONS_BEYOND:
        return None
    places = [below.mean(), above.mean()]
    expected = np.interp(sections, places, [areas[below].mean(), areas[above].mean()])
    return _Lost(float((expected - left_mm2).sum() * step), float(expected.sum() * step))
