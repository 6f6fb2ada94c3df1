"""How well two scans match after their registration, at edges that it did not use."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK
from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.spectral.registration.edges import match_edges
from iENEGraderLib.spectral.registration.volumes import (
    WORK_HU,
    geometry_of,
    lps_from_kji,
    mask_volume,
    resampled,
    values_of,
)

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from numpy.typing import NDArray

    from iENEGraderLib.spectral.registration.edges import Edges, Matches

    Mask = NDArray[np.bool_]

SEARCH_MM = 3.0
PERCENTILE = 90.0
LEAST_FOUND = 0.6
MOST_MISMATCH_MM = 1.0
"""Ours: farther off, a margin of 3 mm around a node holds other tissue before than after."""
LEAST_OVERLAP = 0.3
WHOLE_OVERLAP = 0.98
LEAST_EDGES = 50
"""Ours: fewer edges of bone and air say nothing."""
NEAR_MM = 12.0
COARSE_MM = 8.0
PRIOR_EDGES = 3.0
"""Ours: where few edges are near, the mean of all counts like so many."""
LOST_MM = 1.5
"""Ours: an edge of bone or air that was not found again counts as so far away."""
TO_PLAUSIBLE = 2.0
"""Of normal errors, nine in ten lie within twice their mean size."""
BLOCK = 2000


class Motion(StrEnum):
    """What kind of movement is looked for, and was found."""

    NONE = "none"
    RIGID = "rigid"
    DEFORMABLE = "deformable"


@dataclass(frozen=True)
class RegistrationQuality:
    """How well two scans match.

    Attributes
    ----------
    motion : what was found.
    overlap : share of the body in the later scan that the earlier one covers.
    found_share : share of edges of bone and air that were found again.
    mismatch_mm : nine in ten edges of bone and air lie nearer together than this after registration.
    mismatch_before_mm : the same for the scans as they are; NaN when hardly an edge was found.
    mean_displacement_mm, most_displacement_mm : of the body.
    rotation_deg : of the rigid part.
    """

    motion: Motion
    overlap: float
    found_share: float
    mismatch_mm: float
    mismatch_before_mm: float
    mean_displacement_mm: float
    most_displacement_mm: float
    rotation_deg: float

    @property
    def found_motion(self) -> bool:
        """Whether something moved."""
        return self.motion is not Motion.NONE

    def summary(self) -> str:
        """One line for people."""
        left = f"edges of bone and air match within {self.mismatch_mm:.2f} mm (nine in ten)"
        if not self.found_motion:
            return f"no motion found between the scans, they were used as they are: {left}"
        return (
            f"{self.motion} registration moved the body by {self.mean_displacement_mm:.1f} mm on average, at most "
            f"{self.most_displacement_mm:.1f} mm: {left}"
        )


def matches_after(
    fixed: SimpleITK.Image, moving: SimpleITK.Image, transform: SimpleITK.Transform, edges: Edges
) -> Matches:
    """Look for edges after a transform."""
    return match_edges(fixed, resampled(moving, fixed, transform, WORK_HU[0], smooth=False), edges, SEARCH_MM)


def mismatch_mm(found: Matches) -> float:
    """Return how far nine in ten of the edges of bone and air are apart at most; NaN when too few were found."""
    away = np.abs(found.shift_mm[found.is_hard & found.is_found])
    return float(np.percentile(away, PERCENTILE)) if len(away) >= LEAST_EDGES else float("nan")


def found_share(found: Matches) -> float:
    """Return the share of edges of bone and air that were found again, 0 when there are none."""
    return float(found.is_found[found.is_hard].mean()) if found.is_hard.any() else 0.0


def displacements_mm(transform: SimpleITK.Transform, fixed: SimpleITK.Image, body: Mask) -> NDArray[np.float64]:
    """Return how far points of a body are moved."""
    inside = np.argwhere(body)
    places = lps_from_kji(fixed, inside[:: max(1, len(inside) // BLOCK)])
    return np.array([np.linalg.norm(np.subtract(transform.TransformPoint(p), p)) for p in places.tolist()])


def smallest_volume_ratio(transform: SimpleITK.Transform, fixed: SimpleITK.Image, body: Mask) -> float:
    """Return the strongest compression in a body by a transform; negative where it folds."""
    sides = np.maximum(np.array(fixed.GetSpacing()), COARSE_MM / 2)
    size = np.maximum(np.ceil(np.array(fixed.GetSize()) * np.array(fixed.GetSpacing()) / sides).astype(int), 3)
    field = SimpleITK.TransformToDisplacementField(
        transform, SimpleITK.sitkVectorFloat64, size.tolist(), fixed.GetOrigin(), sides.tolist(), fixed.GetDirection()
    )
    ratio = SimpleITK.DisplacementFieldJacobianDeterminant(field)
    inside = SimpleITK.Resample(
        mask_volume(body, geometry_of(fixed)), ratio, SimpleITK.Transform(), SimpleITK.sitkNearestNeighbor
    )
    # The outermost layer has one-sided differences only.
    core = (slice(1, -1),) * 3
    values = values_of(ratio)[core][SimpleITK.GetArrayFromImage(inside)[core] > 0]
    return float(values.min()) if values.size else 1.0


def require_good(quality: RegistrationQuality, largest_voxel_mm: float) -> None:
    """Pass when a registration can be used.

    Raises
    ------
    InputError
        with the numbers that speak against it.
    """
    advice = "the maps would show false iodine at every edge; give scans of one position, or spectral series"
    if quality.overlap < LEAST_OVERLAP:
        raise InputError(
            f"the scans hardly overlap: the one before contrast agent covers {100 * quality.overlap:.0f} % of the body "
            f"in the other, at least {100 * LEAST_OVERLAP:.0f} % needed; give scans of one region"
        )
    limit = max(MOST_MISMATCH_MM, 0.5 * largest_voxel_mm)
    if quality.found_share < LEAST_FOUND or np.isnan(quality.mismatch_mm):
        raise InputError(
            f"the registration failed: only {100 * quality.found_share:.0f} % of the edges of bone and air were found "
            f"again, at least {100 * LEAST_FOUND:.0f} % needed; {advice}"
        )
    if quality.mismatch_mm > limit:
        raise InputError(
            f"the registration failed: nine in ten edges of bone and air match within {quality.mismatch_mm:.1f} mm "
            f"only, {limit:g} mm needed; {advice}"
        )


def plausible_shift(
    edges: Edges, found: Matches, fixed: SimpleITK.Image, geometry: ImageGeometry
) -> NDArray[np.float32]:
    """Return by how much two scans may still differ in place, from the edges near each voxel, mm [k, j, i].

    Parameters
    ----------
    edges, found : of the work volume, and what became of them after the registration.
    fixed : the work volume.
    geometry : grid of the result.
    """
    is_lost = found.is_hard & ~found.is_found
    away = np.where(is_lost, LOST_MM, np.abs(found.shift_mm))
    is_known = np.isfinite(away)
    places, away = edges.places_lps_mm[is_known], away[is_known]
    sides = np.maximum(np.array(fixed.GetSpacing()), COARSE_MM)
    size = np.ceil(np.array(fixed.GetSize()) * np.array(fixed.GetSpacing()) / sides).astype(int) + 1
    coarse = SimpleITK.Image(size.tolist(), SimpleITK.sitkFloat32)
    coarse.SetOrigin(fixed.GetOrigin())
    coarse.SetSpacing(sides.tolist())
    coarse.SetDirection(fixed.GetDirection())
    nodes = lps_from_kji(coarse, np.argwhere(np.ones(size[::-1], dtype=bool)))
    local = np.empty(len(nodes), np.float32)
    mean = float(away.mean()) if len(away) else LOST_MM
    for start in range(0, len(nodes), BLOCK):
        part = nodes[start : start + BLOCK]
        squares = ((part[:, None] - places) ** 2).sum(axis=2)
        near = np.exp(-0.5 * squares / NEAR_MM**2)
        local[start : start + BLOCK] = (near @ away + PRIOR_EDGES * mean) / (near.sum(axis=1) + PRIOR_EDGES)
    filled = SimpleITK.GetImageFromArray(TO_PLAUSIBLE * local.reshape(size[::-1]))
    filled.CopyInformation(coarse)
    wanted = mask_volume(np.zeros(geometry.array_shape, dtype=bool), geometry)
    return values_of(
        SimpleITK.Resample(filled, wanted, SimpleITK.Transform(), SimpleITK.sitkLinear, TO_PLAUSIBLE * mean)
    )
