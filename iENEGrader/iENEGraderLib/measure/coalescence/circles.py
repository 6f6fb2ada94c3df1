"""Circles fitted to outlines, and the angle that two of them enclose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Circle:
    """A circle in a half-plane: its middle (along, aside), shape (2,), and its radius."""

    middle_mm: Floats
    radius_mm: float


def fitted_circle(along_mm: Floats, aside_mm: Floats, weights: Floats | None = None) -> Circle:
    """Fit a circle to points by least squares of the squared radii (Kasa 1976, doi:10.1109/TIM.1976.6312298).

    Parameters
    ----------
    along_mm, aside_mm : the points, shape (n,).
    weights : of the points, all alike by default.
    """
    weight = np.ones_like(along_mm) if weights is None else weights
    system = np.stack([2.0 * along_mm, 2.0 * aside_mm, np.ones_like(along_mm)], axis=1)
    (x, y, rest), *_ = np.linalg.lstsq(system * weight[:, None], (along_mm**2 + aside_mm**2) * weight, rcond=None)
    return Circle(np.array([x, y]), float(np.sqrt(max(rest + x**2 + y**2, 1e-6))))


def notch_between(one: Circle, two: Circle, seen_mm: Floats, leap_mm: float) -> tuple[float, Floats]:
    """Return the angle outside two circles where they meet, in degrees from 0 to 180, and where that is.

    Parameters
    ----------
    one, two : the second lies further along.
    seen_mm : where the outlines were seen to end, (along, aside), shape (2,).
    leap_mm : a meeting farther than this from there is none; the tangents are then taken at the place seen.
    """
    if float(np.linalg.norm(two.middle_mm - one.middle_mm)) >= one.radius_mm + two.radius_mm:
        return 0.0, seen_mm
    place = _meeting(one, two)
    if place is None or np.linalg.norm(place - seen_mm) > leap_mm:
        place = seen_mm
    (x1, y1), (x2, y2) = place - one.middle_mm, place - two.middle_mm
    opening = 180.0 + float(np.degrees(np.arctan2(y1, x1) - np.arctan2(y2, x2)))
    return float(np.clip(opening, 0.0, 180.0)), place


def _meeting(one: Circle, two: Circle) -> Floats | None:
    """Return the outer of the points where two circles meet; ``None`` when one lies within the other."""
    between = two.middle_mm - one.middle_mm
    distance = float(np.linalg.norm(between))
    if distance <= abs(one.radius_mm - two.radius_mm):
        return None
    unit = between / distance
    ahead = (distance**2 + one.radius_mm**2 - two.radius_mm**2) / (2.0 * distance)
    sideways = float(np.sqrt(max(one.radius_mm**2 - ahead**2, 0.0)))
    outward = np.array([-unit[1], unit[0]])
    outward = outward if outward[1] >= 0 else -outward
    place: Floats = one.middle_mm + ahead * unit + sideways * outward
    return place
