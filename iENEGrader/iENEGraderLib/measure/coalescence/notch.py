"""Boundaries merged: the angle outside between both outlines where they meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.measure.coalescence.criteria import Notch
from iENEGraderLib.measure.coalescence.meetings import radius_mm
from iENEGraderLib.measure.evidence_class import EvidenceClass, class_of

if TYPE_CHECKING:
    from iENEGraderLib.measure.coalescence.meetings import Meetings
    from iENEGraderLib.measure.coalescence.two_nodes import TwoNodes
    from iENEGraderLib.measure.preferences import Preferences

MOST_VOXEL_MM = 1.0
"""Ours: a half-plane with coarser voxels is left out."""
LEAST_SHARE_OF_AZIMUTHS = 0.5
"""Ours: with fewer azimuths a wide notch cannot be claimed, for the criterion asks for half of them."""
SURELY_ACUTE_DEG = 60.0
"""Ours, from phantoms: with fewer azimuths only a notch below this is believed."""
NO_NOTCH_DEG = 165.0
"""Ours, from phantoms: a smooth single body reads from here to 180."""
LEAST_BAND_DEG = 5.0
VOXELS_PER_RADIUS = 10.0
"""Ours, from phantoms: uncertainty of the median, and how many voxels a radius must have for it."""

SHAPE_FACTOR = 2.0
"""Ours, from phantoms of long and flat nodes: how far off the angle is where outlines are no circles, in changes of the
angle when the outlines nearest to the notch count most."""


def measure_notch(nodes: TwoNodes, meetings: Meetings, preferences: Preferences) -> Notch:
    """Measure the angle of the notch in 36 half-planes round the line through the middles of both labels.

    Notes
    -----
    The criterion speaks of an acute angle that is preserved or not; the boundaries count as merged when the median
    reaches a right angle, and with it half of the azimuths. For two balls of radius R whose centres lie 2 h apart the
    angle is 2 acos(h / R).
    """
    if nodes.distance_mm > 0.0:
        return Notch(EvidenceClass.NOT_MET, f"the outlines do not meet: {nodes.distance_mm:.1f} mm lie between them")
    angles, planes = meetings.angles_deg, meetings.planes
    coarseness = planes.coarseness_mm(nodes.voxel_mm)
    usable = (coarseness <= MOST_VOXEL_MM * 1.001) & np.isfinite(angles)
    if not usable.any():
        reason = f"voxels of {float(coarseness.min()):.1f} mm or more, or outlines too short to have a curvature"
        return Notch(EvidenceClass.NOT_ASSESSABLE, reason)
    median = float(np.median(angles[usable]))
    nearest = int(np.argmin(np.where(usable, np.abs(angles - median), np.inf)))
    share = float(np.mean(angles[usable] >= preferences.value("coalescence.notch_deg")))
    band = max(
        _band_deg(float(np.median(coarseness[usable])), min(radius_mm(nodes, 0), radius_mm(nodes, 1))),
        SHAPE_FACTOR * abs(median - float(np.median(meetings.near_angles_deg[usable]))),
    )
    outcome, reason = _judged(median, band, share, float(usable.mean()), preferences)
    place = planes.point_mm(nearest, float(meetings.along_mm[nearest]), float(meetings.aside_mm[nearest]))
    return Notch(
        evidence_class=outcome,
        reason=reason,
        angle_deg=median,
        uncertainty=band,
        merged_share=share,
        azimuths_deg=tuple(planes.azimuths_deg.tolist()),
        angles_deg=tuple(float(a) if ok else None for a, ok in zip(angles, usable, strict=True)),
        place_ras_mm=nodes.place_ras(place),
    )


def _band_deg(voxel_mm: float, radius_mm: float) -> float:
    return LEAST_BAND_DEG * max(1.0, VOXELS_PER_RADIUS * voxel_mm / radius_mm)


def _judged(
    median: float, band: float, share: float, seen: float, preferences: Preferences
) -> tuple[EvidenceClass, str]:
    """Return the class and why."""
    threshold = preferences.value("coalescence.notch_deg")
    found = (
        f"the notch measures {median:.0f} ± {band:.0f} degrees (median), {threshold:.0f} or more over "
        f"{100 * share:.0f} % of its circumference"
    )
    if median >= NO_NOTCH_DEG:
        found = "there is no notch between the outlines"
    if seen < LEAST_SHARE_OF_AZIMUTHS:
        found += f"; only {100 * seen:.0f} % of the circumference has voxels fine enough to tell"
        is_acute = median + band < min(SURELY_ACUTE_DEG, threshold)
        return EvidenceClass.NOT_MET if is_acute else EvidenceClass.NOT_ASSESSABLE, found
    return class_of(median, threshold, band), found
