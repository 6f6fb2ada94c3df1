"""Where a vessel divides: no cross-section there has one outline, so contact is stated as a share of the wall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iENEGraderLib.measure.contact.centreline import Centreline

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

DIVERGED_SHARE = 0.5
"""Ours: a branch has left its parent's centreline once it is this share of its radius away."""
REACH_RADII = 1.3
LEAST_REACH_MM = 4.5
"""Ours: the wall within this distance of the middle of a bifurcation, or within 1.3 radii, belongs to it."""


@dataclass(frozen=True)
class Bifurcation:
    """A division of the vessel.

    Attributes
    ----------
    centre_mm : its middle, mm along the image axes [k, j, i].
    reach_mm : wall within this distance belongs to it.
    """

    centre_mm: tuple[float, float, float]
    reach_mm: float

    def moved(self, by_mm: Floats) -> Bifurcation:
        """Return the same division in coordinates that begin elsewhere."""
        k, j, i = (np.array(self.centre_mm) + by_mm).tolist()
        return Bifurcation((k, j, i), self.reach_mm)


def find_bifurcations(lines: list[Centreline], parents: list[int | None]) -> tuple[tuple[Bifurcation, ...], list[Mask]]:
    """Find where branches leave their parents, and the sections of each line that lie there.

    Notes
    -----
    A section lies in a bifurcation where the ball that fits into it and the ball in the other branch overlap.
    """
    in_zone = [np.zeros(len(line), dtype=bool) for line in lines]
    found = []
    for number, parent in enumerate(parents):
        if parent is None:
            continue
        child, trunk = lines[number], lines[parent]
        distance = np.linalg.norm(child.points_mm[:, None] - trunk.points_mm[None], axis=-1)
        left = distance.min(axis=1) > DIVERGED_SHARE * child.radius_mm
        overlap = left[:, None] & (distance < child.radius_mm[:, None] + trunk.radius_mm[None])
        of_child, of_trunk = overlap.any(axis=1), overlap.any(axis=0)
        # What comes before the branch has left belongs to the bifurcation too.
        of_child[: max(int(np.argmax(left)), 1)] = True
        in_zone[number] |= of_child
        in_zone[parent] |= of_trunk
        if of_trunk.any():
            k, j, i = np.concatenate([trunk.points_mm[of_trunk], child.points_mm[of_child]]).mean(axis=0).tolist()
            radius = float(trunk.radius_mm[of_trunk].max())
            found.append(Bifurcation((k, j, i), max(LEAST_REACH_MM, REACH_RADII * radius)))
    return tuple(found), in_zone


def share_of_wall(bifurcation: Bifurcation, vessel: Mask, tumour: Mask, spacing_mm: Floats, reach_mm: float) -> float:
    """Return the share of the wall of a bifurcation that lies within reach of the tumour.

    Parameters
    ----------
    bifurcation : its centre in mm from the first voxel of the masks.
    vessel, tumour : masks [k, j, i] of one grid.
    spacing_mm : of the masks, along k, j, i.
    reach_mm : greatest gap between wall and tumour that counts.
    """
    centre = np.array(bifurcation.centre_mm) / spacing_mm
    half = (bifurcation.reach_mm + reach_mm) / spacing_mm + 2
    low = np.maximum(np.floor(centre - half), 0).astype(int)
    high = np.minimum(np.ceil(centre + half) + 1, vessel.shape).astype(int)
    box = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
    part, other = vessel[box], tumour[box]
    if not other.any():
        return 0.0
    wall = np.argwhere(part & ~ndimage.binary_erosion(part, border_value=1))
    near = wall[np.linalg.norm((wall + low - centre) * spacing_mm, axis=1) <= bifurcation.reach_mm]
    distance = ndimage.distance_transform_edt(~other, spacing_mm)[tuple(near.T)]
    # Centres of touching voxels are one voxel apart.
    return float((distance <= reach_mm + spacing_mm.max()).mean()) if len(near) else 0.0
