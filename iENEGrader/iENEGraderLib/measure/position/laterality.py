"""On which side of the patient a node lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.measure.position.centroid import centroid_ras_mm
from iENEGraderLib.reading.vocabulary import Side

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.segmentation import Segment, Segmentation

    from iENEGraderLib.measure.position.midsagittal import Plane

    Point = tuple[float, float, float]

MIDLINE_BAND_MM = 5.0
"""Ours: the rules say that midline nodes count as ipsilateral, not how wide the midline is."""


@dataclass(frozen=True)
class SideProposal:
    """A proposed side; the reader decides.

    Attributes
    ----------
    side : right, left or midline.
    distance_mm : of the centroid from the mid-sagittal plane, positive on the patient's right.
    near_band : the distance is so close to the border of the midline band that the fit of the plane may decide it.
    reason : why, in one sentence.
    """

    side: Side
    distance_mm: float
    near_band: bool
    reason: str


def side_of(point_ras_mm: Point, plane: Plane, band_mm: float = MIDLINE_BAND_MM) -> SideProposal:
    """Propose the side of a node from its centroid.

    Parameters
    ----------
    point_ras_mm : centroid of the node.
    plane : the patient's mid-sagittal plane.
    band_mm : points within this distance of the plane are midline, borders included.

    Raises
    ------
    InputError
        when the band is negative.
    """
    if band_mm < 0:
        raise InputError(f"midline band of {band_mm} mm, expected 0 or more")
    distance = plane.distance_mm(point_ras_mm)
    towards = Side.RIGHT if distance > 0 else Side.LEFT
    side = Side.MIDLINE if abs(distance) <= band_mm else towards
    near = abs(abs(distance) - band_mm) <= max(plane.residual_mm, 1.0)
    reason = (
        f"the centroid lies {abs(distance):.1f} mm to the {towards} of the mid-sagittal plane {plane.source}; "
        f"within {band_mm:g} mm counts as midline"
    )
    return SideProposal(side, distance, near, reason + (" (close call)" if near else ""))


def side_of_segment(segment: Segment, segmentation: Segmentation, plane: Plane) -> SideProposal:
    """Propose the side of a segment from the centroid of its voxels."""
    return side_of(centroid_ras_mm(segment, segmentation.geometry), plane)
