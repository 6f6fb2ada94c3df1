"""The soft tissue of a node, and its core: what is left of it when a ball is rolled inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from iENEGraderLib.measure.spikes.candidate import Irregularity
from iENEGraderLib.measure.spikes.isotropic import distance_to_mm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iENEGraderLib.measure.spikes.isotropic import TissueGrid

    Mask = NDArray[np.bool_]

NEIGHBOURS = np.ones((3, 3, 3), dtype=bool)
SURE_SHARE = 0.5
FAINT_SHARE = 0.3
"""Ours: soft tissue begins at the first share and is followed, on a slightly smoothed image, down to the second."""
BALL_MM = 2.0
"""Ours: radius of the ball; spikes are thinner than twice that."""


def soft_tissue(grid: TissueGrid, reach_mm: float) -> tuple[Mask, Mask]:
    """Return the node with the soft tissue that hangs on it within reach, but for what is excluded: sure, and faint."""
    allowed = (grid.outside_mm <= reach_mm) & ~grid.excluded
    sure = connected_to(grid.node, allowed & (grid.share > SURE_SHARE))
    return sure, connected_to(sure, allowed & (grid.smooth_share > FAINT_SHARE))


def connected_to(seed: Mask, allowed: Mask) -> Mask:
    """Return the seed with all allowed voxels that are connected with it."""
    labels, count = ndimage.label(seed | allowed, NEIGHBOURS)
    is_kept = np.zeros(count + 1, dtype=bool)
    is_kept[np.unique(labels[seed])] = True
    is_kept[0] = False
    kept: Mask = is_kept[labels]
    return kept


def opened(body: Mask, radius_mm: float, voxel_mm: float) -> Mask:
    """Return the union of all balls of a radius that fit into a body (morphological opening); may be empty."""
    padded = np.pad(body, 1)
    middles = (distance_to_mm(~padded, voxel_mm) > radius_mm)[1:-1, 1:-1, 1:-1]
    if not middles.any():
        return np.zeros_like(body)
    covered: Mask = (distance_to_mm(middles, voxel_mm) <= radius_mm) & body
    return covered


def irregularity(body: Mask, core: Mask, from_core_mm: NDArray[np.float32], voxel_mm: float) -> Irregularity:
    """Compare the surfaces of the soft tissue and of its core.

    Parameters
    ----------
    from_core_mm : distance from the core, which is inside the body.
    """
    surface = body & ~ndimage.binary_erosion(body, border_value=1)
    depth = from_core_mm[surface]
    rms = float(np.sqrt(np.mean(depth**2))) if depth.size else 0.0
    return Irregularity(_area(body, voxel_mm) / max(_area(core, voxel_mm), voxel_mm**2), rms)


def _area(mask: Mask, voxel_mm: float) -> float:
    """Return the area of a surface: the integral of the gradient of the smoothed mask."""
    gradient = ndimage.gaussian_gradient_magnitude(mask.astype(np.float32), 1.0, truncate=3.0)
    return float(gradient.sum()) * voxel_mm**2
