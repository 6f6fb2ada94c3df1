"""Coalescence of two nodes: three criteria, all needed, and whether there are two nodes at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.measure.coalescence.convexity import measure_convexity
from iENEGraderLib.measure.coalescence.criteria import (
    Bodies,
    Coalescence,
    Convexity,
    Notch,
    Separability,
    class_of_all,
)
from iENEGraderLib.measure.coalescence.meetings import meetings_of
from iENEGraderLib.measure.coalescence.notch import measure_notch
from iENEGraderLib.measure.coalescence.separability import measure_separability
from iENEGraderLib.measure.coalescence.two_nodes import TwoNodes
from iENEGraderLib.measure.evidence_class import EvidenceClass
from iENEGraderLib.measure.fat_plane import FatPlane, fat_plane_between, fat_plane_not_assessable, why_no_surfaces
from iENEGraderLib.measure.label_field import LabelPart, label_part
from iENEGraderLib.measure.label_pair import box_distance_mm
from iENEGraderLib.measure.preferences import Preferences, default_preferences
from iENEGraderLib.measure.tissue import IN_HU, TissueValues, tissue_scale

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segment
    from numpy.typing import NDArray

    from iENEGraderLib.measure.preferences import Preference

NARROW_GAP_VOXELS = 1.6
"""Ours: a gap of so many voxels may be one of the drawing only."""
NO_IMAGE = "no image was given, and masks alone do not show fat"
ALL_NEEDED = {
    EvidenceClass.MET: "all three criteria are met",
    EvidenceClass.NOT_MET: "not met: {}; all three criteria are needed",
    EvidenceClass.INDETERMINATE: "indeterminate: {}; all three criteria are needed",
    EvidenceClass.NOT_ASSESSABLE: "not assessable: {}; all three criteria are needed",
}


def coalescence(
    image: Image | None,
    first: NDArray[Any] | Segment,
    second: NDArray[Any] | Segment,
    preferences: Preferences | None = None,
    geometry: ImageGeometry | None = None,
    *,
    values: TissueValues = IN_HU,
) -> Coalescence:
    """Measure the three criteria of coalescence of two nodes that a reader has labelled one by one.

    The tool only proposes: whether nodes have coalesced, and whether there are two of them, is for the reader to say.

    Parameters
    ----------
    image : CT in HU or shares of soft tissue; ``None`` when there is none, and then the fat plane is not assessable.
    first, second : masks [k, j, i] or segments on the grid of the image. A voxel of both labels is given to the one
        whose own part is nearer, and a warning says so.
    preferences : thresholds; those of the project by default.
    geometry : grid of the masks, needed without image only.
    values : what the values of the image are.

    Raises
    ------
    InputError
        when a mask does not have the shape of the grid, or neither image nor geometry are given.

    Notes
    -----
    The criteria are those of the head and neck consensus on imaging-detected extranodal extension: fat plane between
    the nodes lost, convexity lost at the contact, boundaries merged; it gives no numbers. Ours are preferences.
    """
    chosen = preferences or default_preferences()
    grid = image.geometry if image is not None else geometry
    if grid is None:
        raise InputError("neither image nor geometry are given: give the grid that the masks lie on")
    one = label_part(first, grid.array_shape, "the first node")
    two = label_part(second, grid.array_shape, "the second node")
    reason = why_no_surfaces(one, two)
    if reason:
        return _nothing_assessable(reason, chosen)
    reach = chosen.value("fat_plane.reach_mm")
    distance = box_distance_mm(one, two, np.array(grid.spacing_kji_mm))
    if distance > reach:
        return _apart(distance, f"at least {distance:.1f} mm", chosen)
    nodes = TwoNodes(one, two, grid)
    if nodes.distance_mm > reach:
        return _apart(nodes.distance_mm, f"{nodes.distance_mm:.1f} mm", chosen)
    meetings = meetings_of(nodes)
    criteria = (
        _fat_plane(image, one, two, chosen, values),
        measure_convexity(nodes, meetings, chosen),
        measure_notch(nodes, meetings, chosen),
    )
    return _together(criteria, nodes, chosen)


def _fat_plane(
    image: Image | None, first: LabelPart, second: LabelPart, preferences: Preferences, values: TissueValues
) -> FatPlane:
    if image is None:
        return fat_plane_not_assessable(NO_IMAGE, preferences)
    try:
        scale = tissue_scale(image, first, (second,), values)
    except InputError as error:
        return fat_plane_not_assessable(str(error), preferences)
    return fat_plane_between(image, first, second, scale, preferences)


def _together(criteria: tuple[FatPlane, Convexity, Notch], nodes: TwoNodes, preferences: Preferences) -> Coalescence:
    """Return all three criteria with what they amount to."""
    fat_plane, convexity, notch = criteria
    named = (("fat plane", fat_plane), ("convexity at the contact", convexity), ("boundaries", notch))
    outcome = class_of_all(criteria)
    deciding = " and ".join(name for name, criterion in named if criterion.evidence_class is outcome)
    warnings = (nodes.pair.overlap_warning, _border_warning(nodes), _gap_warning(nodes))
    return Coalescence(
        evidence_class=outcome,
        reason=ALL_NEEDED[outcome].format(deciding),
        fat_plane=fat_plane,
        convexity=convexity,
        notch=notch,
        separability=measure_separability(nodes, preferences),
        distance_mm=nodes.distance_mm,
        warnings=tuple(warning for warning in warnings if warning),
        preferences=_shown(preferences),
    )


def _border_warning(nodes: TwoNodes) -> str:
    for part in (nodes.first, nodes.second):
        start, stop = np.array(part.start_kji), np.add(part.start_kji, part.mask.shape)
        if (start == 0).any() or (stop == part.grid_shape).any():
            return "a label reaches the border of the image: what lies beyond was not measured"
    return ""


def _gap_warning(nodes: TwoNodes) -> str:
    if 0.0 < nodes.distance_mm <= NARROW_GAP_VOXELS * float(nodes.voxel_mm.max()):
        return "the labels lie about one voxel apart: if the nodes touch, draw them so"
    return ""


def _apart(distance_mm: float, stated: str, preferences: Preferences) -> Coalescence:
    """Return the result for nodes that do not come near each other."""
    reason = f"the nodes lie {stated} apart"
    not_met = EvidenceClass.NOT_MET
    return Coalescence(
        not_met,
        reason,
        FatPlane(not_met, reason, preferences=preferences.of("fat_plane")),
        Convexity(not_met, reason, 0.0, 0.0, 0.0),
        Notch(not_met, reason),
        Separability(Bodies.TWO, reason, 1.0, 0.0, 0.0),
        distance_mm,
        preferences=_shown(preferences),
    )


def _nothing_assessable(reason: str, preferences: Preferences) -> Coalescence:
    """Return the result for labels without surfaces."""
    unknown = EvidenceClass.NOT_ASSESSABLE
    return Coalescence(
        unknown,
        reason,
        fat_plane_not_assessable(reason, preferences),
        Convexity(unknown, reason),
        Notch(unknown, reason),
        Separability(Bodies.NOT_ASSESSABLE, reason),
        preferences=_shown(preferences),
    )


def _shown(preferences: Preferences) -> tuple[Preference, ...]:
    return preferences.of("coalescence") + preferences.of("fat_plane")
