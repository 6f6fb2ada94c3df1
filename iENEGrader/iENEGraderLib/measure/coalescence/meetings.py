"""Where the outlines of two nodes meet, and at which angle, in half-planes round the line through their middles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.measure.coalescence.circles import fitted_circle, notch_between
from iENEGraderLib.measure.coalescence.half_planes import HalfPlanes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iENEGraderLib.measure.coalescence.circles import Circle
    from iENEGraderLib.measure.coalescence.two_nodes import TwoNodes

    Floats = NDArray[np.float64]

CLEAR_OF_OTHER = 0.05
"""Ours: an outline is followed to where the other label's blurred field is less than this."""
TOUCHING = 0.25
"""Ours: outlines meet where the other label's blurred field reaches this; one half when they share a surface."""
ARC_RADII = 1.25
"""Ours: length of the arc that a circle is fitted to, in radii of the label: longer ones leave the notch's
neighbourhood, shorter ones lose their curvature in the steps of the voxels."""
NEAR_SHARE_OF_ARC = 0.35
"""Ours: standard deviation of the weights that count the near part of the arc most."""
LEAST_POINTS = 6
LEAP_MM = 1.5
LEAP_VOXELS = 3.0
"""Ours: circles that meet farther than this from where the outlines were seen to end do not meet."""


@dataclass(frozen=True, eq=False)
class Meetings:
    """What was found in each half-plane.

    Attributes
    ----------
    planes : the half-planes.
    angles_deg : angle outside between the outlines, 0 where they do not touch, NaN where one is too short to tell.
    near_angles_deg : the same with the outlines nearest to the notch counted most: noisier, and as far from the first
        as the outlines are from circles.
    along_mm, aside_mm : where they meet.
    """

    planes: HalfPlanes
    angles_deg: Floats
    near_angles_deg: Floats
    along_mm: Floats
    aside_mm: Floats


@dataclass(frozen=True, eq=False)
class _Side:
    """The outline of one label from the notch outward, in one half-plane."""

    along_mm: Floats
    aside_mm: Floats
    touches: bool

    @property
    def circle(self) -> Circle:
        return fitted_circle(self.along_mm, self.aside_mm)

    @property
    def near_circle(self) -> Circle:
        length = np.concatenate(([0.0], np.cumsum(np.hypot(np.diff(self.along_mm), np.diff(self.aside_mm)))))
        weights = np.exp(-0.5 * (length / (NEAR_SHARE_OF_ARC * length[-1])) ** 2)
        return fitted_circle(self.along_mm, self.aside_mm, weights)

    @property
    def end_mm(self) -> Floats:
        return np.array([self.along_mm[0], self.aside_mm[0]])


def meetings_of(nodes: TwoNodes) -> Meetings:
    """Fit a circle to either outline in each half-plane, and find where both meet.

    Notes
    -----
    The outlines next to the notch are left out, where the blur of the labels fills it. Circles, not tangent lines: a
    line along 2 mm of a node of 8 mm radius would read the notch far too open.
    """
    planes = HalfPlanes.of(nodes)
    sides = [_sides(nodes, planes, number) for number in (0, 1)]
    count = len(planes.azimuths_deg)
    angles, near_angles, places = np.full(count, np.nan), np.full(count, np.nan), np.full((count, 2), np.nan)
    leap = max(LEAP_MM, LEAP_VOXELS * float(nodes.pair.spacing_mm.max()))
    for n, (one, two) in enumerate(zip(*sides, strict=True)):
        if min(len(one.along_mm), len(two.along_mm)) < LEAST_POINTS:
            continue
        seen = (one.end_mm + two.end_mm) / 2.0
        if one.touches and two.touches:
            angles[n], places[n] = notch_between(one.circle, two.circle, seen, leap)
            near_angles[n], _ = notch_between(one.near_circle, two.near_circle, seen, leap)
        else:
            angles[n], near_angles[n], places[n] = 0.0, 0.0, (seen[0], 0.0)
    return Meetings(planes, angles, near_angles, places[:, 0], np.maximum(places[:, 1], 0.0))


def radius_mm(nodes: TwoNodes, number: int) -> float:
    """Return the radius of a ball as large as one label (0 or 1)."""
    mask = nodes.pair.second if number else nodes.pair.first
    volume = np.count_nonzero(mask) * float(np.prod(nodes.pair.spacing_mm))
    return float(np.cbrt(3.0 * volume / (4.0 * np.pi)))


def _sides(nodes: TwoNodes, planes: HalfPlanes, number: int) -> list[_Side]:
    """Return the outline of one label from the notch outward in each half-plane."""
    outlines = planes.outlines(nodes, number)
    arc = ARC_RADII * radius_mm(nodes, number)
    sides = []
    for along, aside, of_other in zip(outlines.along_mm, outlines.aside_mm, outlines.of_other, strict=True):
        seen = np.isfinite(aside)
        beside = np.flatnonzero(of_other[seen] > CLEAR_OF_OTHER)
        start = int(beside[-1]) + 1 if len(beside) else 0
        x, y = along[seen][start:], aside[seen][start:]
        length = np.concatenate(([0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))))[: len(x)]
        touches = bool((of_other[seen] >= TOUCHING).any())
        sides.append(_Side(x[length <= arc], y[length <= arc], touches))
    return sides
