"""Simple ways to measure vessel contact, written from their descriptions, to compare with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

if TYPE_CHECKING:
    from contact_phantoms import Pose

ROUND = np.ones((3, 3), dtype=bool)
HALF_WIDTH_MM, PIXEL_MM = 12.0, 0.25


def axial_fraction_deg(vessel: np.ndarray, tumour: np.ndarray) -> float:
    """Return the greatest share of the vessel's border pixels beside tumour in an axial section, times 360."""
    greatest = 0.0
    for inside, other in zip(vessel, tumour, strict=True):
        if inside.any() and other.any():
            border = inside & ~ndimage.binary_erosion(inside)
            touched = border & ndimage.binary_dilation(other, ROUND)
            greatest = max(greatest, 360 * np.count_nonzero(touched) / np.count_nonzero(border))
    return float(greatest)


def chord_deg(
    vessel: np.ndarray,
    tumour: np.ndarray,
    spacing_kji: tuple[float, ...],
    centre_mm: np.ndarray,
    at: Pose,
) -> float:
    """Return the greatest angle at the vessel's centre between its two contact points that lie farthest apart.

    Planes are orthogonal to the vessel's true axis, within 12 mm of a point on it: better than any tracing could do.
    """
    offsets = np.arange(-HALF_WIDTH_MM, HALF_WIDTH_MM + PIXEL_MM / 2, PIXEL_MM)
    first, second = np.meshgrid(offsets, offsets, indexing="ij")
    greatest = 0.0
    for along in np.arange(-12.0, 12.1, 1.0):
        plane = centre_mm + along * at.axis + first[..., None] * at.across + second[..., None] * at.other
        places = np.moveaxis(np.round(plane / np.array(spacing_kji)).astype(int), -1, 0)
        places = tuple(places.clip(0, np.array(vessel.shape)[:, None, None] - 1))
        inside, other = vessel[places], tumour[places]
        reach = max(1, round(spacing_kji[1] / PIXEL_MM))
        contact = inside & ~ndimage.binary_erosion(inside) & ndimage.binary_dilation(other, iterations=reach)
        points = np.argwhere(contact) - np.argwhere(inside).mean(axis=0) if contact.any() else np.empty((0, 2))
        if len(points) > 1:
            distance = np.linalg.norm(points[:, None] - points[None], axis=-1)
            a, b = points[list(np.unravel_index(distance.argmax(), distance.shape))]
            cosine = a @ b / np.linalg.norm(a) / np.linalg.norm(b)
            greatest = max(greatest, float(np.degrees(np.arccos(np.clip(cosine, -1, 1)))))
    return greatest
