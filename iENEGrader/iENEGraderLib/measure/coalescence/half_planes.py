"""Outlines of two nodes in half-planes round the line through their middles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iENEGraderLib.measure.coalescence.two_nodes import TwoNodes

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

AZIMUTHS = 36
RAYS = 121
STEP_MM = 0.25
BEYOND_MM = 1.0


@dataclass(frozen=True, eq=False)
class Outlines:
    """The outlines of one label in all half-planes, from the side of the other label to the far side.

    Attributes
    ----------
    along_mm : place along the line from the first to the second label, from halfway; shape (azimuths, rays).
    aside_mm : distance from the line, same shape; NaN where a ray leaves no outline.
    of_other : value of the other label's field at these points, same shape.
    """

    along_mm: Floats
    aside_mm: Floats
    of_other: Floats


@dataclass(frozen=True, eq=False)
class HalfPlanes:
    """The line through both middles and the directions away from it.

    Attributes
    ----------
    middle_mm : middle of both middles, in mm along the axes of the image.
    line : unit vector from the first to the second label.
    aside : unit vectors of the half-planes, shape (azimuths, 3).
    azimuths_deg : their azimuths, shape (azimuths,).
    """

    middle_mm: Floats
    line: Floats
    aside: Floats
    azimuths_deg: Floats

    @staticmethod
    def of(nodes: TwoNodes) -> HalfPlanes:
        """Return the half-planes of two nodes."""
        one, two = nodes.middles_mm
        line = (two - one) / max(float(np.linalg.norm(two - one)), 1e-6)
        start = np.eye(3)[int(np.argmin(np.abs(line)))]
        across = np.cross(line, start)
        across /= np.linalg.norm(across)
        azimuths = np.arange(AZIMUTHS) * 360.0 / AZIMUTHS
        turns = np.radians(azimuths)[:, None]
        aside = np.cos(turns) * across + np.sin(turns) * np.cross(line, across)
        return HalfPlanes((one + two) / 2.0, line, aside, azimuths)

    def coarseness_mm(self, voxel_mm: Floats) -> Floats:
        """Return the size of voxels in each half-plane, along the line or away from it, whichever is more."""
        along = float(np.linalg.norm(self.line * voxel_mm))
        coarseness: Floats = np.maximum(along, np.linalg.norm(self.aside * voxel_mm, axis=1))
        return coarseness

    def point_mm(self, azimuth: int, along_mm: float, aside_mm: float) -> Floats:
        """Return a place of one half-plane, in mm along the axes of the image."""
        place: Floats = self.middle_mm + along_mm * self.line + aside_mm * self.aside[azimuth]
        return place

    def outlines(self, nodes: TwoNodes, number: int) -> Outlines:
        """Trace one label (0 or 1): on rays from its middle, where each leaves its surface for good."""
        centre, other = nodes.middles_mm[number], nodes.fields[1 - number]
        own = nodes.fields[number]
        towards = self.line if number == 0 else -self.line
        turns = np.linspace(0.0, np.pi, RAYS)
        rays = np.cos(turns)[:, None] * towards + np.sin(turns)[:, None] * self.aside[:, None]
        longest = float(np.linalg.norm(nodes.surfaces[number].points_mm - centre, axis=1).max()) + BEYOND_MM
        radii = np.arange(0.0, longest + STEP_MM, STEP_MM)
        points = centre + radii[:, None] * rays[:, :, None]
        crossing = _last_crossing(own.at(points), radii)
        places = centre + crossing[..., None] * rays - self.middle_mm
        along = places @ self.line
        aside = np.einsum("arx,ax->ar", places, self.aside)
        return Outlines(along, aside, other.at(places + self.middle_mm).astype(np.float64))


def _last_crossing(inside: NDArray[np.float32], radii: Floats) -> Floats:
    """Return where each ray leaves the label for good, NaN where it never does."""
    above = inside >= 0.5
    last = above.shape[-1] - 1 - np.argmax(above[..., ::-1], axis=-1)
    leaves = above.any(axis=-1) & (last < above.shape[-1] - 1)
    last = np.minimum(last, above.shape[-1] - 2)
    before = np.take_along_axis(inside, last[..., None], axis=-1)[..., 0]
    after = np.take_along_axis(inside, last[..., None] + 1, axis=-1)[..., 0]
    share = (before - 0.5) / np.maximum(before - after, 1e-6)
    crossing: Floats = np.where(leaves, radii[last] + np.clip(share, 0.0, 1.0) * STEP_MM, np.nan)
    return crossing
