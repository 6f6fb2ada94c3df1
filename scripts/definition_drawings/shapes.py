"""Outlines as points of shape (n, 2): in pixels of a panel, x to the right and y downward, angles clockwise as seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

Points: TypeAlias = NDArray[np.float64]
Place: TypeAlias = tuple[float, float]
STEPS = 12


@dataclass(frozen=True)
class Spike:
    """A pointed projection of an outline, or a blunt tongue.

    Attributes
    ----------
    length : in pixels, from the outline to the tip.
    half_width_deg : of its base, seen from the centre.
    bend_deg : how far the tip lies beside the direction of the base, seen from the centre.
    """

    angle_deg: float
    length: float
    half_width_deg: float = 12
    bend_deg: float = 0
    blunt: bool = False

    def profile(self, degrees: Points) -> Points:
        """Return how far it projects in each direction, from 0 to 1 at its tip."""
        off = np.abs(np.mod(degrees - self.angle_deg + 180, 360) - 180) / self.half_width_deg
        near = np.clip(1 - off, 0, 1)
        return np.asarray(np.sin(near * np.pi / 2) ** 1.2 if self.blunt else near**1.7)


@dataclass(frozen=True)
class Lumps:
    """Waves of an outline: how many go round, and how high each is as share of the radius."""

    count: int
    height: float
    phase_deg: float = 0


def outline(
    centre: Place,
    radii: Place,
    *,
    lumps: Sequence[Lumps] = (),
    spikes: Sequence[Spike] = (),
    turned_deg: float = 0,
    fullness: float = 2,
) -> Points:
    """Return a closed outline: an ellipse, made fuller (``fullness`` over 2), lumpy and spiked as asked."""
    close = np.array([-1, -0.7, -0.45, -0.25, -0.1, 0, 0.1, 0.25, 0.45, 0.7, 1])
    at_spikes = [spike.angle_deg + spike.half_width_deg * close for spike in spikes]
    degrees = np.unique(np.round(np.mod(np.concatenate([np.arange(0, 360, 4.0), *at_spikes]), 360), 3))
    across, down = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    reach = (np.abs(across / radii[0]) ** fullness + np.abs(down / radii[1]) ** fullness) ** (-1 / fullness)
    for each in lumps:
        reach = reach * (1 + each.height * np.sin(np.radians(each.count * degrees + each.phase_deg)))
    bent = np.radians(degrees + sum(spike.bend_deg * spike.profile(degrees) for spike in spikes))
    reach = reach + sum(spike.length * spike.profile(degrees) for spike in spikes)
    rays = np.column_stack([reach * np.cos(bent), reach * np.sin(bent)])
    return np.asarray(turned(rays, turned_deg) + centre)


def tip(centre: Place, radii: Place, spike: Spike) -> Place:
    """Return where a spike of an elliptic outline ends."""
    across, down = np.cos(np.radians(spike.angle_deg)), np.sin(np.radians(spike.angle_deg))
    reach = 1 / np.hypot(across / radii[0], down / radii[1]) + spike.length
    way = np.radians(spike.angle_deg + spike.bend_deg)
    return centre[0] + float(reach * np.cos(way)), centre[1] + float(reach * np.sin(way))


def cuff(vessel: Place, radius: float, middle_deg: float, contact_deg: float, thickness: Place) -> Points:
    """Return tissue around a vessel over an angle: thickest at its middle, with round ends.

    Parameters
    ----------
    thickness : at the ends and in the middle, in pixels.
    """
    share = np.linspace(-1, 1, 73)
    way = np.radians(middle_deg + share * contact_deg / 2)
    rounded = np.sqrt(np.clip(1 - (np.abs(share) - 0.9).clip(0) ** 2 / 0.01, 0, 1))
    reach = radius + rounded * (thickness[0] + (thickness[1] - thickness[0]) * np.cos(share * np.pi / 2) ** 1.3)
    rays = np.column_stack([np.cos(way), np.sin(way)])
    return np.asarray(np.vstack([reach[:, None] * rays, radius * rays[::-1]]) + vessel)


def turned(points: Points, angle_deg: float) -> Points:
    """Return points turned clockwise about the origin."""
    cosine, sine = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    return np.asarray(points @ np.array([[cosine, sine], [-sine, cosine]]))


def curve(places: Sequence[Place], *, closed: bool = False) -> Points:
    """Return a smooth curve through places (Catmull and Rom's spline)."""
    through = np.asarray(places, dtype=float)
    if closed:
        through = np.vstack([through[-1], through, through[:2]])
    else:
        through = np.vstack([2 * through[0] - through[1], through, 2 * through[-1] - through[-2]])
    share = np.linspace(0, 1, STEPS, endpoint=False)[:, None]
    pieces = []
    for a, b, c, d in zip(through, through[1:], through[2:], through[3:], strict=False):
        cubic = (3 * b - a - 3 * c + d) * share**3 + (2 * a - 5 * b + 4 * c - d) * share**2
        pieces.append(0.5 * (cubic + (c - a) * share + 2 * b))
    return np.vstack(pieces if closed else [*pieces, through[-2:-1]])


def cut_right(points: Points, limit: float) -> Points:
    """Return an outline flattened at x = ``limit``: nothing of it lies to the right."""
    return np.column_stack([np.minimum(points[:, 0], limit), points[:, 1]])


def mirrored(points: Points, axis: float) -> Points:
    """Return points mirrored at the vertical line x = ``axis``."""
    return np.column_stack([2 * axis - points[:, 0], points[:, 1]])


def centre_for_contact(vessel: Place, vessel_radius: float, node_radius: float, contact_deg: float) -> Place:
    """Return the centre of a round node, left of a round vessel, that surrounds it over the contact asked for.

    The part of the vessel's circle inside the node's circle is the contact: by the law of cosines.
    """
    half = np.radians(contact_deg / 2)
    apart = vessel_radius * np.cos(half) + np.sqrt(node_radius**2 - (vessel_radius * np.sin(half)) ** 2)
    return vessel[0] - float(apart), vessel[1]
