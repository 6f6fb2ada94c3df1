"""What can be measured of one node, and the same as evidence of the reading document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.measure.position.cricoid import BelowCricoid, below_cricoid
from iENEGraderLib.measure.position.laterality import SideProposal, side_of_segment
from iENEGraderLib.measure.size.node_size import NodeSize, node_size
from iENEGraderLib.reading import Evidence, Place

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.segmentation import Segment, Segmentation

    from iENEGraderLib.measure.position.midsagittal import Plane

GREATEST_DIMENSION = "greatest_dimension"
"""Kind of the evidence on the size that staging counts."""
SIZE_METHOD = "greatest distance between two points of the segment's surface (maximum Feret diameter)"
SHORT_AXIS_METHOD = "longest diameter perpendicular to the longest one, in the axial section where that is found"
SIDE_METHOD = "centroid of the segment from the mid-sagittal plane, positive to the right; plane {}"
CRICOID_METHOD = "lowest point of the segment below the lower border of the cricoid; negative above it"

Point = tuple[float, float, float]


@dataclass(frozen=True)
class Landmarks:
    """What positions are measured against.

    Attributes
    ----------
    plane : mid-sagittal plane; None when it could not be found.
    cricoid_lower_edge_ras_mm : None when the cricoid was not segmented.
    why_no_plane : why the plane could not be found; empty when it was.
    """

    plane: Plane | None
    cricoid_lower_edge_ras_mm: Point | None
    why_no_plane: str = ""


@dataclass(frozen=True)
class NodeMeasurement:
    """Size and position of one node; None what could not be measured."""

    size: NodeSize
    side: SideProposal | None
    below_cricoid: BelowCricoid | None
    plane: Plane | None

    @property
    def greatest_dimension_mm(self) -> float:
        """Greatest dimension to a tenth of a millimetre, as it is shown and stored."""
        return _tenth(self.size.greatest_dimension_mm)

    def evidence(self) -> tuple[Evidence, ...]:
        """All numbers as evidence."""
        middle: Point = tuple(_tenth(x) for x in np.mean(self.size.ends_ras_mm, axis=0))  # type: ignore[assignment]
        found = [
            Evidence(
                kind=GREATEST_DIMENSION,
                value=self.greatest_dimension_mm,
                unit="mm",
                uncertainty=_tenth(self.size.uncertainty_mm),
                method=SIZE_METHOD,
                place=Place(middle),
            ),
            Evidence(kind="short_axis", value=_tenth(self.size.axial_short_mm), unit="mm", method=SHORT_AXIS_METHOD),
        ]
        if self.side is not None and self.plane is not None:
            method = SIDE_METHOD.format(self.plane.source)
            found.append(Evidence("midline_distance", value=_tenth(self.side.distance_mm), unit="mm", method=method))
        if self.below_cricoid is not None:
            depth = _tenth(self.below_cricoid.depth_mm)
            found.append(Evidence("depth_below_cricoid", "cricoid_cartilage", depth, "mm", method=CRICOID_METHOD))
        return tuple(found)


def measure_node(segment: Segment, segmentation: Segmentation, landmarks: Landmarks) -> NodeMeasurement:
    """Measure one node.

    Raises
    ------
    InputError
        When the segment is empty.
    """
    mask, plane, edge = segment.mask(), landmarks.plane, landmarks.cricoid_lower_edge_ras_mm
    return NodeMeasurement(
        size=node_size(mask, segmentation.geometry),
        side=None if plane is None else side_of_segment(segment, segmentation, plane),
        below_cricoid=None if edge is None else below_cricoid(mask, segmentation.geometry, edge),
        plane=plane,
    )


def _tenth(value: float) -> float:
    return round(float(value), 1)
