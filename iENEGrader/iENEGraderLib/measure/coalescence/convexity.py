"""Convexity lost at the contact: how wide the contact is for the size of the smaller node."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.measure.coalescence.criteria import Convexity
from iENEGraderLib.measure.evidence_class import EvidenceClass, class_of
from iENEGraderLib.measure.size.node_size import node_size

if TYPE_CHECKING:
    from iENEGraderLib.measure.coalescence.meetings import Meetings
    from iENEGraderLib.measure.coalescence.two_nodes import TwoNodes
    from iENEGraderLib.measure.label_field import LabelPart
    from iENEGraderLib.measure.preferences import Preferences

LEAST_SHARE_OF_AZIMUTHS = 0.5
"""Ours: with fewer the patch has no area."""


def measure_convexity(nodes: TwoNodes, meetings: Meetings, preferences: Preferences) -> Convexity:
    """Compare the contact patch of two labels with the axial short axis of the smaller one.

    Notes
    -----
    Two convex nodes that merely touch share a small patch; where they flatten or merge it grows. Its rim is where the
    outlines meet, see :func:`iENEGraderLib.measure.coalescence.meetings.meetings_of`; its diameter is that of a circle
    of the same area. Counting touching voxels instead would add the blurred wedge beside the patch. No published value
    says from which ratio on convexity is lost.
    """
    short = min(_short_axis_mm(part, nodes) for part in (nodes.first, nodes.second))
    if nodes.distance_mm > 0.0:
        reason = f"the labels do not touch: {nodes.distance_mm:.1f} mm lie between them"
        return Convexity(EvidenceClass.NOT_MET, reason, 0.0, 0.0, 0.0, short)
    found = np.isfinite(meetings.aside_mm)
    if found.mean() < LEAST_SHARE_OF_AZIMUTHS:
        reason = "the outlines are too short or too coarse to show where they meet"
        return Convexity(EvidenceClass.NOT_ASSESSABLE, reason, short_axis_mm=short)
    diameter = 2.0 * float(np.sqrt(np.mean(meetings.aside_mm[found] ** 2)))
    ratio = diameter / short
    uncertainty = float(nodes.voxel_mm.max()) / short
    outcome = class_of(ratio, preferences.value("coalescence.patch_to_short_axis"), uncertainty)
    return Convexity(
        evidence_class=outcome,
        reason=(
            f"the contact measures {diameter:.1f} mm, {ratio:.2f} ± {uncertainty:.2f} of the smaller short axis of "
            f"{short:.1f} mm"
        ),
        patch_to_short_axis=ratio,
        uncertainty=uncertainty,
        patch_diameter_mm=diameter,
        short_axis_mm=short,
        place_ras_mm=nodes.place_ras(meetings.planes.point_mm(0, float(np.mean(meetings.along_mm[found])), 0.0)),
    )


def _short_axis_mm(part: LabelPart, nodes: TwoNodes) -> float:
    """Return the axial short axis of a cropped label; where it lies on the grid changes no length."""
    cropped = type(nodes.geometry)(
        part.mask.shape[::-1], nodes.geometry.spacing_mm, direction_lps=nodes.geometry.direction_lps
    )
    return node_size(part.mask, cropped).axial_short_mm
