"""The parts of two surfaces that face each other across a narrow gap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import KDTree

from iENEGraderLib.measure.distances import signed_distance_mm
from iENEGraderLib.measure.label_field import Field
from iENEGraderLib.measure.label_pair import pair_on
from iENEGraderLib.measure.surface import surface_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iENEGraderLib.measure.label_field import LabelPart
    from iENEGraderLib.measure.label_pair import LabelPair

    Floats = NDArray[np.float64]

RIM_MM = 1.5
"""Ours: surfaces this near to the outside of both labels together are left out, or the fat beside them would count."""
RIM_SHARE = 0.5
"""Ours: of a patch too small for that rim, the outer part by depth."""
MARGIN_VOXELS = 3


@dataclass(frozen=True, eq=False)
class FacingPatch:
    """Points of one surface and their opposites on another; n may be 0.

    Attributes
    ----------
    pair : both labels near the patch.
    first_mm, second_mm : the ends of the joining segments, shape (n, 3), in mm along the axes of the image.
    directions : unit vectors from first to second, shape (n, 3).
    areas_mm2 : what each point stands for, shape (n,).
    """

    pair: LabelPair
    first_mm: Floats
    second_mm: Floats
    directions: Floats
    areas_mm2: Floats

    @property
    def gaps_mm(self) -> Floats:
        """Length of the joining segments; 0 where the labels touch."""
        gaps: Floats = np.maximum(((self.second_mm - self.first_mm) * self.directions).sum(axis=1), 0.0)
        return gaps

    @property
    def middles_mm(self) -> Floats:
        """Middles of the joining segments."""
        middles: Floats = (self.first_mm + self.second_mm) / 2.0
        return middles


def facing_patch(first: LabelPart, second: LabelPart, spacing_mm: Floats, reach_mm: float) -> FacingPatch:
    """Return where two labels face each other.

    Parameters
    ----------
    first, second : cropped labels, neither of them within the other; their boxes within the reach of each other.
    spacing_mm : of their grid, in the order of the array axes.
    reach_mm : longest joining segment.

    Notes
    -----
    A point faces the nearest point of the other surface when both normals point at each other and the point lies
    1.5 mm inside the closing of both labels by a ball of the reach: at the rim the gap opens into the fat beside it.
    """
    pair = pair_on(first, second, *_near_box(first, second, spacing_mm, reach_mm), spacing_mm)
    surface = surface_of(pair.first, pair.spacing_mm, pair.origin_mm)
    other = surface_of(pair.second, pair.spacing_mm, pair.origin_mm)
    if not (len(surface.points_mm) and len(other.points_mm)):
        nowhere = np.empty((0, 3))
        return FacingPatch(pair, nowhere, nowhere, nowhere, np.empty(0))
    distance, nearest = KDTree(other.points_mm).query(surface.points_mm, distance_upper_bound=reach_mm)
    near = np.isfinite(distance)
    surface, nearest = surface.only(near), nearest[near]
    towards = other.points_mm[nearest] - surface.points_mm
    between_normals = surface.normals - other.normals[nearest]
    facing = np.einsum("ij,ij->i", surface.normals, other.normals[nearest]) < 0
    facing &= _is_deep(pair, surface.points_mm, facing, reach_mm)
    # The normals lead where the labels touch, the segment where there is a gap.
    directions = towards + float(pair.spacing_mm.min()) * between_normals
    directions /= np.maximum(np.linalg.norm(directions, axis=1, keepdims=True), 1e-6)
    chosen = surface.only(facing)
    opposite = other.points_mm[nearest[facing]]
    return FacingPatch(pair, chosen.points_mm, opposite, directions[facing], chosen.areas_mm2)


def _near_box(
    first: LabelPart, second: LabelPart, spacing_mm: Floats, reach_mm: float
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the box of the grid that holds the patch and what its closing and rim depend on."""
    margin = np.ceil((2.0 * reach_mm + RIM_MM) / spacing_mm).astype(np.intp) + MARGIN_VOXELS
    start = np.maximum(np.maximum(first.start_kji, second.start_kji) - margin, 0)
    ends = [np.add(part.start_kji, part.mask.shape) for part in (first, second)]
    return start, np.minimum(np.minimum(*ends) + margin, first.grid_shape)


def _is_deep(pair: LabelPair, points_mm: Floats, facing: NDArray[np.bool_], reach_mm: float) -> NDArray[np.bool_]:
    """Tell which points lie inside the closing of both labels by more than the rim."""
    grown = -signed_distance_mm(pair.first | pair.second, pair.spacing_mm) <= reach_mm
    closed = signed_distance_mm(grown, pair.spacing_mm) >= reach_mm
    # The surface lies half a voxel outside the border voxels that the distance starts from.
    within = signed_distance_mm(closed, pair.spacing_mm) + np.float32(0.5 * pair.spacing_mm.min())
    depth = Field(within, pair.spacing_mm, pair.origin_mm).at(points_mm)
    deepest = float(depth[facing].max()) if facing.any() else 0.0
    deep: NDArray[np.bool_] = depth >= min(RIM_MM, RIM_SHARE * deepest)
    return deep
