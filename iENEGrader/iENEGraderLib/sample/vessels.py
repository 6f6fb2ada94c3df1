"""Arteries and veins of the neck. Rows for the right side: z, x, y, radius (mm), or loft stations for the veins.

The lumen is the segment: on CT the normal wall cannot be told from it. The left common carotid is straight where a
node may enclose it, so that a section orthogonal to its centreline has one exact contact angle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iENEGraderLib.sample.parts import Builder, Part, Rows, Tissue
from iENEGraderLib.sample.signed_distance import Loft

if TYPE_CHECKING:
    import numpy as np

STRAIGHT_FROM_MM, STRAIGHT_TO_MM = -74.0, -34.0
_STRAIGHT = tuple((z, 27.5 + 0.05 * (z + 54), 14.0 - 0.04 * (z + 54), 3.5) for z in range(-78, -29, 4))
COMMON_CAROTID = ((-110, 22, 17, 3.7), *_STRAIGHT, (-18, 28.6, 12.4, 3.6), (-9, 28.8, 12, 4.2), (-3, 28.8, 12.2, 3.9))
INTERNAL_CAROTID = ((-9, 29.5, 11, 3.4), (0, 30.5, 9.5, 3.3), (10, 30.5, 8, 2.7), (50, 28.5, 5, 2.5), (90, 27, 4, 2.4))
EXTERNAL_CAROTID = (
    (-7, 28, 14, 2.6),
    (2, 26.5, 17, 2.3),
    (20, 27, 18, 2.1),
    (45, 33, 14, 2.0),
    (70, 40, 8, 1.7),
    (90, 42, 6, 1.5),
)
VERTEBRAL = ((-60, 17, 3, 1.8), (-46, 16, 0, 1.8), (90, 16, 0, 1.8))
JUGULAR_RIGHT: Rows = (
    (-110, 33, 14, 7, 6, 0), (-54, 38, 9, 6.8, 5, -20), (-24, 37.5, 8, 6.2, 5, -20), (4, 38.5, 4, 6, 4.8, -20),
    (40, 36.5, -3, 5, 4.5, 0), (90, 33, -4, 4.5, 4, 0),
)  # fmt: skip
JUGULAR_LEFT: Rows = (
    (-110, 33, 14, 5.5, 5, 0), (-54, 38, 9, 5, 4, -20), (-24, 37, 7.5, 4.8, 4, -20), (4, 38.5, 4, 4.6, 4, -20),
    (40, 36.5, -3, 4.2, 4, 0), (90, 33, -4, 4, 3.5, 0),
)  # fmt: skip
JUGULAR_LEFT_PUSHED_ASIDE: Rows = (
    JUGULAR_LEFT[0], (-74, 39, 6, 5, 3.6, -20), (-54, 41, 3, 5, 3, -25), (-36, 39, 5, 5, 3.6, -20), *JUGULAR_LEFT[2:],
)  # fmt: skip


def vessels(rng: np.random.Generator, left_vein_pushed_aside: bool) -> list[Part]:
    """Veins, then arteries; with a large node beside it the left jugular vein gives way."""
    build = Builder(rng)
    rows = {1.0: JUGULAR_RIGHT, -1.0: JUGULAR_LEFT_PUSHED_ASIDE if left_vein_pushed_aside else JUGULAR_LEFT}
    parts = []
    for sign, side in ((1.0, "right"), (-1.0, "left")):
        stations = tuple((z, sign * x, y, a, b, sign * angle) for z, x, y, a, b, angle in rows[sign])
        parts.append(Part(f"internal_jugular_vein_{side}", Loft(stations), Tissue.VEIN))
    for sign in (1.0, -1.0):
        parts.append(build.tube("vertebral_artery", Tissue.ARTERY, VERTEBRAL, sign))
        parts.append(build.tube("external_carotid_artery", Tissue.ARTERY, EXTERNAL_CAROTID, sign))
        parts.append(build.tube("internal_carotid_artery", Tissue.ARTERY, INTERNAL_CAROTID, sign))
        parts.append(build.tube("common_carotid_artery", Tissue.ARTERY, COMMON_CAROTID, sign))
    return parts
