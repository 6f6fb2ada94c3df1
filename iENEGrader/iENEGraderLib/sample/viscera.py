"""Airway with its walls, oesophagus and glands. Lengths in mm in body coordinates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iENEGraderLib.sample.parts import Builder, Part, Tissue, column, mirrored
from iENEGraderLib.sample.signed_distance import Ellipsoid, Loft

if TYPE_CHECKING:
    import numpy as np

AIRWAY_ROWS = (
    (-110, 28, 8.5, 8), (-50, 28, 8.3, 8), (-40, 27.5, 8, 8.5), (-31, 28, 4, 9.5), (-27, 28, 2, 9.5), (-22, 28, 4.5, 9),
    (-10, 25, 8.5, 5.5), (4, 22.5, 11, 4), (22, 22, 12, 4), (56, 21, 12, 4), (90, 21, 13, 6),
)  # fmt: skip
CONSTRICTOR_ROWS = (
    (-46, 19, 10, 5),
    (-33, 19.5, 14, 5),
    (-12, 21, 14.5, 7.5),
    (15, 21.5, 16, 8),
    (56, 20.5, 17, 8),
    (90, 21, 18, 9),
)
CONSTRICTOR_LEVELS = (("inferior", -46, -10), ("middle", -10, 16), ("superior", 16, 90))
LARYNX_WALL = column((-46, 27.5, 10.5, 10.5), (-33, 28, 12.5, 12.5), (-14, 28, 13.5, 12), (2, 26, 12, 8))
TRACHEA_WALL = column((-110, 28, 10.3, 9.7), (-44, 28, 10.3, 9.7))
OESOPHAGUS = Loft(((-110, -4, 17.5, 8, 3.4, 0), (-60, -2.5, 17.5, 7.5, 3, 0), (-46, 0, 17.5, 7, 2.5, 0)))

THYROID_LOBE = (
    (-84, 14, 27, 3, 4, 0),
    (-64, 15, 26, 6, 10, 0),
    (-48, 16, 24.5, 4.5, 8.5, 0),
    (-35, 17.5, 22, 1.5, 3, 0),
)
THYROID_ISTHMUS = column((-74, 39, 9, 1.5), (-66, 39, 11, 2.2), (-58, 39, 9, 1.5))
PAROTID = ((24, 49, 3, 2.5, 4, 0), (36, 52, 3, 6.5, 10, 0), (55, 53, 4, 8, 14, 0), (90, 54, 4, 7.5, 13, 0))
SUBMANDIBULAR = Ellipsoid((30, 42.5, 11), (8.5, 11.5, 12))


def between(rows: tuple[tuple[float, float, float, float], ...], low: float, high: float) -> Loft:
    """The piece of a midline column between two heights."""
    whole = column(*rows)
    inner = [z for z, *_ in rows if low < z < high]
    heights = [low, *inner, high]
    x, y, a, b = (dict(zip(heights, whole.values_at(heights, n), strict=True)) for n in range(4))
    return Loft(tuple((z, x[z], y[z], a[z], b[z], 0.0) for z in heights))


def pharynx_and_airway() -> list[Part]:
    """Walls first, then the air in them; oropharynx, larynx and trachea are pieces of one tube."""
    walls = [
        Part(f"{level}_pharyngeal_constrictor", between(CONSTRICTOR_ROWS, low, high), Tissue.WALL)
        for level, low, high in CONSTRICTOR_LEVELS
    ]
    return [
        *walls,
        Part(None, LARYNX_WALL, Tissue.WALL),
        Part(None, TRACHEA_WALL, Tissue.WALL),
        Part("esophagus", OESOPHAGUS, Tissue.WALL),
    ]


def air() -> list[Part]:
    """Air from the oropharynx to the trachea."""
    return [
        Part("oropharynx", between(AIRWAY_ROWS, 4, 90), Tissue.AIR),
        Part("larynx_air", between(AIRWAY_ROWS, -46, 4), Tissue.AIR),
        Part("trachea", between(AIRWAY_ROWS, -110, -46), Tissue.AIR),
    ]


def glands(rng: np.random.Generator) -> list[Part]:
    """Parotid, submandibular and thyroid glands."""
    build = Builder(rng)
    parts = build.pair("parotid_gland", Tissue.PAROTID, PAROTID)
    for side, centre in (("right", SUBMANDIBULAR.centre), ("left", mirrored(SUBMANDIBULAR.centre))):
        gland = Ellipsoid(centre, SUBMANDIBULAR.semi_axes)
        parts.append(Part(f"submandibular_gland_{side}", gland, Tissue.SUBMANDIBULAR))
    lobes = [
        Part("thyroid_gland", part.solid, Tissue.THYROID) for part in build.pair(None, Tissue.THYROID, THYROID_LOBE)
    ]
    return [*parts, *lobes, Part("thyroid_gland", THYROID_ISTHMUS, Tissue.THYROID)]
