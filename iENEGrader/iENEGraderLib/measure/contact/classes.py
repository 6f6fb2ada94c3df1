"""Classes of vessel contact, how sure they are, and why a contact cannot be assessed."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

if TYPE_CHECKING:
    from iENEGraderLib.measure.preferences import Preference, Preferences

HALF_DEG = 180.0
"""Contact below this is no encasement (head and neck consensus criteria for imaging-detected extranodal extension)."""
ENCASEMENT_DEG = 270.0
"""Encasement of a major artery from here on (same source; Yousem 1995 used more than 270 degrees on MRI)."""
THRESHOLD_SOURCE = (
    "180 and 270 degrees: consensus criteria of the Head and Neck Cancer International Group for imaging-detected "
    "extranodal extension, Lancet Oncol 2024;25(7):e297-e307, doi:10.1016/S1470-2045(24)00066-4"
)
TOLERANCE, SUSTAINED = "contact.tolerance_mm", "contact.sustained_mm"
TOLERANCES_MM = (0.5, 1.0, 1.5)
"""Ours: every angle is printed at these tolerances, because for a round node it hangs on them by tens of degrees."""
MOST_REACH_MM = 5.0
"""Ours: tolerance and wall together; a tumour farther from the lumen than this is no contact."""
SUSTAINED_VOXELS = 2.0
"""Ours: the maximum must hold over two voxels too, so that one noisy section does not decide."""
LEAST_RADIUS_VOXELS = 2.0
"""Ours: thinner vessels have too few voxels round them for an angle."""
LEAST_LENGTH_MM = 3.0
LEAST_ELONGATION = 3.0
"""Ours: a shorter piece of vessel, or one whose voxels spread less than this many times farther along than across (in
squares; 3 is one and a half diameters), has no direction that a cross-section could be orthogonal to."""
LEAST_BAND_DEG = 5.0
"""Ours, from phantoms: no stated uncertainty is less."""
THICK_SECTION_BAND_DEG = 20.0
THICK_SECTION_MM = 3.0
"""Ours, from phantoms: the uncertainty at sections of this thickness; less in proportion for thinner ones."""
LENGTH_STEP_MM = 0.5
"""Ours, from phantoms: lengths are known within this and half of the largest voxel side."""
PRECISE_LENGTH_MM = 1.0
"""Ours: lengths that are known less well than this are told with a warning."""


class ContactClass(StrEnum):
    """Contact of a tumour with the circumference of a vessel; evidence, never a grade."""

    BELOW_180 = "<180"
    FROM_180_TO_270 = "180-<270"
    AT_LEAST_270 = ">=270"
    NOT_ASSESSABLE = "not_assessable"


class NotAssessable(StrEnum):
    """Why a contact has no angle, as a reader may see it."""

    EMPTY_VESSEL = "the vessel's mask is empty"
    EMPTY_TUMOUR = "the tumour's mask is empty"
    INSIDE_VESSEL = "all of the tumour's mask lies inside the vessel's mask"
    TOO_THIN = "the vessel is too thin for the grid: less than two voxels from centre to wall"
    TOO_SHORT = "the labelled piece of vessel is too short to tell its direction"
    NO_CROSS_SECTION = (
        "no complete cross-section where the tumour meets the vessel: a bifurcation, the border of the image, or the "
        "end of the labelled lumen"
    )


def contact_class(arc_deg: float) -> ContactClass:
    """Return the class of an angle: 180 and 270 belong to the upper class."""
    if arc_deg >= ENCASEMENT_DEG:
        return ContactClass.AT_LEAST_270
    return ContactClass.FROM_180_TO_270 if arc_deg >= HALF_DEG else ContactClass.BELOW_180


def noise_deg(radius_mm: float, voxel_mm: float) -> float:
    """Return what the grid alone may make of the angle of one section: half a voxel of the circumference."""
    return max(LEAST_BAND_DEG, 57.3 * 0.5 * voxel_mm / radius_mm)


def length_uncertainty_mm(section_mm: float) -> float:
    """Return the uncertainty of lengths along the vessel from the largest voxel side."""
    return LENGTH_STEP_MM + 0.5 * section_mm


def band_deg(radius_mm: float, voxel_mm: float, section_mm: float, is_filled: bool) -> float:
    """Return the uncertainty of an angle: half a voxel of the circumference, more where sections were filled in.

    Parameters
    ----------
    radius_mm : of the vessel.
    voxel_mm : side of a cube as large as a voxel.
    section_mm : largest voxel side.
    is_filled : thick sections were filled in between.
    """
    band = noise_deg(radius_mm, voxel_mm)
    return max(band, THICK_SECTION_BAND_DEG * section_mm / THICK_SECTION_MM) if is_filled else band


def used_preferences(preferences: Preferences) -> tuple[Preference, ...]:
    """Return the thresholds that decide on contact; thickness of walls is given by who knows the vessel."""
    return preferences.named(TOLERANCE), preferences.named(SUSTAINED)


def checked_tolerance_mm(
    tolerance_mm: float | None, wall_mm: float, voxel_mm: float, preferences: Preferences
) -> float:
    """Return the tolerance to use: by default the preferred one or half a voxel, whichever is more.

    Raises
    ------
    InputError
        when tolerance or wall are negative, or reach too far together.
    """
    tolerance = max(preferences.value(TOLERANCE), 0.5 * voxel_mm) if tolerance_mm is None else tolerance_mm
    # Written so that NaN is refused too.
    if not (tolerance >= 0 and wall_mm >= 0 and tolerance + wall_mm <= MOST_REACH_MM):
        raise InputError(
            f"tolerance of {tolerance:g} mm with a wall of {wall_mm:g} mm: give both as 0 or more, together at most "
            f"{MOST_REACH_MM:g} mm"
        )
    return tolerance
