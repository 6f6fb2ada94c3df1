"""A colour table whose steps look equally large, from dark to bright, for readers with any colour vision."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ENTRIES = 256
ANCHORS_LAB = ((12.0, 22.0, -34.0), (34.0, 26.0, -46.0), (55.0, -14.0, -20.0), (76.0, -28.0, 36.0), (95.0, -8.0, 62.0))
"""CIELAB (D65), our choice: lightness rises evenly, hue runs from indigo over teal to yellow."""
WHITE_D65 = np.array([0.95047, 1.0, 1.08883])
RGB_OF_XYZ = np.array([[3.2404542, -1.5371385, -0.4985314], [-0.9692660, 1.8760108, 0.0415560],
                       [0.0556434, -0.2040259, 1.0572252]])  # fmt: skip
CUBE_LIMIT = 6 / 29


@cache
def colour_table() -> NDArray[np.uint8]:
    """Return the table, shape (256, 3), sRGB.

    Neighbours are equally far from each other in CIELAB (CIE 15), so that equal differences of a value look equal.
    """
    anchors = np.array(ANCHORS_LAB)
    path = np.concatenate([np.linspace(a, b, 200, endpoint=False) for a, b in pairwise(anchors)])
    path = np.vstack([path, anchors[-1]])
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    even = np.linspace(0.0, length[-1], ENTRIES)
    lab = np.stack([np.interp(even, length, path[:, n]) for n in range(3)], axis=1)
    return np.rint(255 * srgb_of_lab(lab)).astype(np.uint8)


def srgb_of_lab(lab: Floats) -> Floats:
    """Return sRGB from 0 to 1 of colours in CIELAB, shape (n, 3); what no screen can show is clipped."""
    height = (lab[:, 0] + 16) / 116
    cubes = np.stack([height + lab[:, 1] / 500, height, height - lab[:, 2] / 200], axis=1)
    xyz = np.where(cubes > CUBE_LIMIT, cubes**3, 3 * CUBE_LIMIT**2 * (cubes - 4 / 29)) * WHITE_D65
    linear = np.clip(xyz @ RGB_OF_XYZ.T, 0.0, 1.0)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def coloured(values: NDArray[Any], low: float, high: float) -> NDArray[np.uint8]:
    """Return colours of values, shape (..., 3); what lies outside the range takes the colour of its end."""
    share = np.nan_to_num((values - low) / max(high - low, 1e-12))
    return colour_table()[np.clip(np.rint(share * (ENTRIES - 1)), 0, ENTRIES - 1).astype(int)]
