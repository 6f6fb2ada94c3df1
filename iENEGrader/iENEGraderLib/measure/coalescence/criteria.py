"""What is measured of two nodes that may have grown together: evidence for each criterion, and for all three."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from iENEGraderLib.measure.evidence_class import EvidenceClass

if TYPE_CHECKING:
    from iENEGraderLib.measure.fat_plane import FatPlane
    from iENEGraderLib.measure.preferences import Preference

Point = tuple[float, float, float]


@dataclass(frozen=True)
class Convexity:
    """The contact patch against the smaller node; ``met`` means that convexity is lost at the contact.

    Attributes
    ----------
    evidence_class, reason : whether the patch is as wide as the threshold asks, and why so.
    patch_to_short_axis : diameter of the patch in axial short axes of the smaller node; ``None`` when not measured.
    uncertainty : of that ratio, plus or minus.
    patch_diameter_mm : diameter of a circle of the patch's area; 0 when the labels do not touch.
    short_axis_mm : axial short axis of the smaller node.
    place_ras_mm : middle of the patch.
    """

    evidence_class: EvidenceClass
    reason: str
    patch_to_short_axis: float | None = None
    uncertainty: float | None = None
    patch_diameter_mm: float | None = None
    short_axis_mm: float | None = None
    place_ras_mm: Point | None = None


@dataclass(frozen=True)
class Notch:
    """The angle outside between both outlines where they meet; ``met`` means that the boundaries are merged.

    Attributes
    ----------
    evidence_class, reason : whether the angle is as open as the threshold asks, and why so.
    angle_deg : median over the azimuths; 0 where outlines do not meet, 180 where there is no notch.
    uncertainty : of that median, plus or minus, in degrees.
    merged_share : share of the azimuths at or above the threshold.
    azimuths_deg : azimuth of each half-plane round the line through both middles.
    angles_deg : angle in each half-plane, in the same order; ``None`` where the grid is too coarse.
    place_ras_mm : bottom of the notch in the half-plane nearest to the median.
    """

    evidence_class: EvidenceClass
    reason: str
    angle_deg: float | None = None
    uncertainty: float | None = None
    merged_share: float | None = None
    azimuths_deg: tuple[float, ...] = ()
    angles_deg: tuple[float | None, ...] = ()
    place_ras_mm: Point | None = None


class Bodies(StrEnum):
    """How many bodies two labels look like, by shape alone."""

    ONE = "one"
    UNCLEAR = "unclear"
    TWO = "two"
    NOT_ASSESSABLE = "not_assessable"


@dataclass(frozen=True)
class Separability:
    """How narrow the neck between two labels is; offered to the reader, not a criterion.

    Two nodes must be told from one lobulated node before coalescence is thought of; two hila or a septum inside help.

    Attributes
    ----------
    bodies : what the number suggests; merged nodes may look like one body.
    reason : why so, in a sentence.
    value : 1 - (radius of the widest ball that passes from one label to the other) / (that of the widest ball in the
        smaller label): 0 for a single body, 1 for labels apart.
    uncertainty : of that value, plus or minus.
    neck_radius_mm : the first of these radii.
    place_ras_mm : middle of the neck.
    """

    bodies: Bodies
    reason: str
    value: float | None = None
    uncertainty: float | None = None
    neck_radius_mm: float | None = None
    place_ras_mm: Point | None = None


@dataclass(frozen=True)
class Coalescence:
    """Evidence for and against coalescence of two labelled nodes. The tool only proposes; the reader decides.

    Attributes
    ----------
    evidence_class : ``met`` when all three criteria are, ``not_met`` when one is not; else what is missing.
    reason : why so, in a sentence.
    fat_plane, convexity, notch : the three criteria, all needed.
    separability : whether there are two nodes at all.
    distance_mm : between the surfaces, 0 when they touch; for labels far apart, a lower bound.
    warnings : what limits the measurement.
    preferences : thresholds without published basis that were used.
    """

    evidence_class: EvidenceClass
    reason: str
    fat_plane: FatPlane
    convexity: Convexity
    notch: Notch
    separability: Separability
    distance_mm: float | None = None
    warnings: tuple[str, ...] = ()
    preferences: tuple[Preference, ...] = ()


def class_of_all(criteria: tuple[FatPlane | Convexity | Notch, ...]) -> EvidenceClass:
    """Return the class of criteria that are all needed: one that is not met decides."""
    classes = {criterion.evidence_class for criterion in criteria}
    for decisive in (EvidenceClass.NOT_MET, EvidenceClass.NOT_ASSESSABLE, EvidenceClass.INDETERMINATE):
        if decisive in classes:
            return decisive
    return EvidenceClass.MET
