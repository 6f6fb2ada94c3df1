"""Whether a node reaches below the lower border of the cricoid cartilage."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from numpy.typing import NDArray

    Point = tuple[float, float, float]


class CricoidRelation(StrEnum):
    """Where the lowest point of a node lies."""

    BELOW = "below"
    NOT_BELOW = "not below"
    BORDERLINE = "borderline"


@dataclass(frozen=True)
class BelowCricoid:
    """Evidence on the extension of a node below the cricoid; borderline is for the reader to decide.

    Attributes
    ----------
    relation : below, not below, or borderline (within the tolerance).
    depth_mm : how far the lowest point of the node lies below the border; negative above it.
    tolerance_mm : one section thickness.
    lowest_point_ras_mm : the lowest point of the node.
    reason : why, in one sentence.
    """

    relation: CricoidRelation
    depth_mm: float
    tolerance_mm: float
    lowest_point_ras_mm: Point
    reason: str


def lowest_point_ras(mask: NDArray[Any], geometry: ImageGeometry) -> Point:
    """Return the centre of the lowest voxel (RAS mm, along the patient's long axis).

    Of several voxels at the same height it is the one closest to their middle.

    Raises
    ------
    InputError
        when the mask is empty or does not fit the geometry.
    """
    if mask.shape != geometry.array_shape:
        raise InputError(f"the mask has shape {mask.shape}, its image grid {geometry.array_shape}: give them alike")
    voxels = np.argwhere(mask)
    if not len(voxels):
        raise InputError("the mask is empty: draw the structure first")
    places = geometry.ras_from_kji(voxels)
    lowest = places[places[:, 2] <= places[:, 2].min() + 1e-3]
    x, y, z = lowest[np.argmin(np.linalg.norm(lowest - lowest.mean(axis=0), axis=1))].tolist()
    return x, y, z


def below_cricoid(mask: NDArray[Any], geometry: ImageGeometry, cricoid_lower_edge_ras: Point) -> BelowCricoid:
    """Compare the lowest point of a node with the lower border of the cricoid.

    The rule is about extension, so the lowest point counts, not the centroid. Take the border with
    :func:`lowest_point_ras` from the mask of the cricoid in the same image, or as a point of the reader.

    Parameters
    ----------
    mask : of the node, array [k, j, i].
    geometry : grid of the mask.
    cricoid_lower_edge_ras : a point on the lower border of the cricoid cartilage, RAS mm.
    """
    lowest = lowest_point_ras(mask, geometry)
    depth = cricoid_lower_edge_ras[2] - lowest[2]
    along_s = np.asarray(geometry.direction_lps)[2] * np.asarray(geometry.spacing_mm)
    tolerance = float(np.abs(along_s).max())
    if abs(depth) <= tolerance + 1e-6:
        relation = CricoidRelation.BORDERLINE
    else:
        relation = CricoidRelation.BELOW if depth > 0 else CricoidRelation.NOT_BELOW
    reason = (
        f"the lowest point of the node lies {abs(depth):.1f} mm {'below' if depth > 0 else 'above'} the lower border "
        f"of the cricoid; within {tolerance:.1f} mm (one section) is borderline"
    )
    return BelowCricoid(relation, depth, tolerance, lowest, reason)
