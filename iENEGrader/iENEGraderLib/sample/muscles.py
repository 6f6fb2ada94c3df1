"""Outline of the neck, its fat and its muscles. Lengths in mm; the origin is the middle of the C4/C5 spine.

Stations are z, x, y, semi-axis 1, semi-axis 2, angle of axis 1 from x (degrees), for the right side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iENEGraderLib.sample.parts import Builder, Part, Tissue, column
from iENEGraderLib.sample.signed_distance import Common, Grown, Loft, Outside

if TYPE_CHECKING:
    import numpy as np

SKIN_MM = 2.0
PLATYSMA_DEPTH_MM = 4.2
PLATYSMA_MM = 1.2
SUBCUTANEOUS_MM = 5.0

OUTLINE = column(
    (-110, -6, 67, 59), (-60, -6, 64, 57), (-14, -6, 61, 57), (-3, -2, 61, 60), (5, 3, 62, 67), (12, 5.5, 63, 71),
    (30, 5.5, 65, 71), (50, 4.5, 66, 71.5), (90, 4, 66, 73),
)  # fmt: skip

STERNOCLEIDOMASTOID = (
    (-110, 20, 37, 10, 5, 140), (-54, 39, 25.5, 14, 5, 130), (-24, 47, 9, 16, 5, 107), (10, 50, -3, 15, 5, 100),
    (40, 51, -14, 13, 5.5, 95), (90, 52, -24, 9, 6, 90),
)  # fmt: skip
TRAPEZIUS = (
    (-110, 36, -41, 28, 5.5, 32),
    (-40, 27, -47, 23, 4, 28),
    (10, 18, -53, 16, 3.5, 18),
    (90, 10, -59, 9, 3, 9),
)
LEVATOR_SCAPULAE = (
    (-110, 42, -33, 9, 10, 20),
    (-24, 34, -26, 7.5, 8.5, 20),
    (30, 31, -18, 6, 7.5, 0),
    (72, 27, -12, 4, 5, 0),
)
SPLENIUS = ((-110, 19, -44, 15, 6, 25), (-20, 18, -45, 15, 7, 22), (40, 20, -47, 17, 8, 20), (90, 22, -48, 19, 8, 18))
MULTIFIDUS = (
    (-110, 13, -32, 12, 8, 20),
    (-20, 13, -32.5, 12, 8, 15),
    (40, 15, -33, 14, 8, 12),
    (90, 16, -34, 15, 8, 12),
)
MIDDLE_SCALENE = ((-110, 31, -8, 7, 9, 0), (-24, 24.5, -8, 4.5, 7, 0), (30, 22, -8, 3, 5, 0))
ANTERIOR_SCALENE = (
    (-110, 29, 5, 6, 5, 0),
    (-54, 24.5, 0.0, 4.2, 4.2, 0),
    (-20, 22, 3, 3.5, 3.5, 0),
    (10, 20, 3, 2, 2, 0),
)
PREVERTEBRAL = (
    (-110, 7.5, 11, 6, 2.5, 0),
    (-20, 8, 11.5, 6.5, 3, 0),
    (60, 7.5, 11.5, 6.5, 3.5, 0),
    (90, 7, 11, 6, 3, 0),
)
STERNO_THYROID = ((-110, 11, 39, 8, 2.2, -15), (-60, 11.5, 40, 9, 2.2, -20), (-31, 14, 35, 8, 2, -45))
THYROHYOID = ((-31, 15.5, 32, 7, 1.8, -55), (-2, 16, 30, 7, 2, -55))
DIGASTRIC = ((3, 8, 47, 4, 9, 0), (10, 9, 52, 4.5, 9, 0), (15, 9, 55, 3, 5, 0))
MASSETER = ((24, 47, 24, 5, 2, 110), (36, 50, 24, 11, 4.5, 105), (60, 53, 23, 12, 5.5, 103), (90, 54, 24, 11, 6, 103))
MEDIAL_PTERYGOID = ((29, 39, 19, 5, 2.5, 100), (45, 37, 19, 10, 4.5, 98), (90, 32, 20, 11, 5.5, 95))
TONGUE = column((8, 46, 9, 7), (20, 44, 16, 12), (36, 43, 19, 15), (56, 43, 19, 15), (63, 42, 16, 12))


def fat_and_skin() -> list[Part]:
    """Skin, the fat under it and the fat between the deep structures: the ground on which all else is painted."""
    return [
        Part("skin", OUTLINE, Tissue.SKIN),
        Part("subcutaneous_fat", Grown(OUTLINE, -SKIN_MM), Tissue.FAT),
        Part("deep_neck_fat", Grown(OUTLINE, -SKIN_MM - SUBCUTANEOUS_MM), Tissue.FAT),
    ]


def platysma() -> list[Part]:
    """Thin sheets in the fat under the skin, in front and at the sides."""
    outer = Grown(OUTLINE, -PLATYSMA_DEPTH_MM)
    inner = Outside(Grown(OUTLINE, -PLATYSMA_DEPTH_MM - PLATYSMA_MM))
    sheets = []
    for side, sign in (("right", 1), ("left", -1)):
        region = Loft(
            ((-110, sign * 38, 36, 29, 31, 0), (20, sign * 40, 34, 29, 27, 0), (34, sign * 42, 36, 20, 18, 0))
        )
        sheets.append(Part(f"platysma_{side}", Common((region, outer, inner)), Tissue.MUSCLE))
    return sheets


def muscles(rng: np.random.Generator) -> list[Part]:
    """All muscles, the deepest first."""
    build = Builder(rng)
    muscle = Tissue.MUSCLE
    return [
        *build.pair("prevertebral", muscle, PREVERTEBRAL),
        *build.pair("autochthon", muscle, MULTIFIDUS, SPLENIUS),
        *build.pair("middle_scalene", muscle, MIDDLE_SCALENE),
        *build.pair("anterior_scalene", muscle, ANTERIOR_SCALENE),
        *build.pair("levator_scapulae", muscle, LEVATOR_SCAPULAE),
        *build.pair("trapezius", muscle, TRAPEZIUS),
        *build.pair("sterno_thyroid", muscle, STERNO_THYROID),
        *build.pair("thyrohyoid", muscle, THYROHYOID),
        *build.pair("digastric", muscle, DIGASTRIC),
        *build.pair("medial_pterygoid", muscle, MEDIAL_PTERYGOID),
        *build.pair("masseter", muscle, MASSETER),
        Part("tongue", TONGUE, muscle),
        *build.pair("sternocleidomastoid", muscle, STERNOCLEIDOMASTOID),
        *platysma(),
    ]
