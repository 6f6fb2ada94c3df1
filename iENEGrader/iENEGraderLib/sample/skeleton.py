"""Bones and cartilages of the neck. Lengths in mm in body coordinates."""

from __future__ import annotations

from iENEGraderLib.sample.parts import Part, Tissue, column, mirrored
from iENEGraderLib.sample.signed_distance import (
    ArchWall,
    Common,
    Ellipsoid,
    Grown,
    Outside,
    Solid,
    TaperedRod,
    Together,
)

CRICOID_LOWER_BORDER_MM = -46.0
VERTEBRA_BOTTOMS_MM = {
    "C1": 56,
    "C2": 38,
    "C3": 20,
    "C4": 2,
    "C5": -16,
    "C6": -34,
    "C7": -52,
    "T1": -70,
    "T2": -88,
    "T3": -106,
}
CORTEX_MM = 1.4
CANAL_Y_MM = -15.0

MANDIBLE = ArchWall((
    (0, 65, 10, 34, 5.5), (10, 63, 10, 34, 5.5), (20, 57, 11, 34, 5), (29, 47, 14, 35, 4.8), (36, 36, 18, 37, 4.5),
    (41, 24, 24, 42, 4), (43.5, 16, 28, 70, 3.5), (45, 8, 33, 80, 3), (45.5, 3, 40, 80, 2.5),
))  # fmt: skip
TEETH = ArchWall(
    ((0, 64, 33, 43, 2.5), (10, 62, 33, 43, 2.5), (20, 56, 33, 43, 3), (29, 46, 34, 43, 3.5), (35, 37, 36, 43, 3.5))
)
UPPER_TEETH = ArchWall(
    ((0, 65, 44, 54, 2.5), (10, 63, 44, 54, 2.5), (20, 57, 44, 54, 3), (28, 46, 44, 54, 3.5), (33, 34, 44, 54, 3.5))
)
MAXILLA = Together((
    ArchWall((
        (0, 65, 54, 75, 4), (10, 62, 54, 75, 4), (20, 54, 54, 75, 4.5), (28, 42, 54, 75, 4.5), (32, 32, 54, 75, 4),
    )),
    column((65, 44, 28, 19), (69, 44, 28, 19)),
))  # fmt: skip
CHEEKS_AND_LIPS = ArchWall((
    (0, 71.5, 20, 80, 2), (12, 68, 22, 80, 2), (24, 60, 28, 80, 1.7), (34, 46, 34, 80, 1.5), (38, 32, 42, 80, 1.5),
))  # fmt: skip
HYOID = ArchWall(((0, 37, -1, 8, 2.5), (8, 35, -1, 7, 2.3), (14, 29, -1, 5, 2), (19, 17, 0, 5, 1.6)))
THYROID_CARTILAGE = ArchWall(
    ((0, 43, -32, -15, 1.6), (10, 35, -33, -12, 1.6), (16.5, 23, -33, -12, 1.6), (16.5, 17, -36, -8, 1.6))
)
CRICOID_CARTILAGE = Common((
    column((CRICOID_LOWER_BORDER_MM, 27, 12.5, 12.5), (-37, 27, 13, 13)),
    Outside(column((CRICOID_LOWER_BORDER_MM - 1, 27.5, 9.8, 9.8), (-36, 27.5, 9.8, 9.8))),
))  # fmt: skip


def vertebra(bottom_mm: float) -> Solid:
    """Body, arch, lateral masses, transverse and spinous processes of one vertebra."""
    low, high, middle = bottom_mm + 2, bottom_mm + 16, bottom_mm + 9
    ring = Common((
        column((low + 1, CANAL_Y_MM, 15, 11.5), (high - 3, CANAL_Y_MM, 15, 11.5)),
        Outside(column((low, CANAL_Y_MM, 11, 7.5), (high, CANAL_Y_MM, 11, 7.5))),
    ))  # fmt: skip
    mass = Ellipsoid((17, -8, middle), (6, 6, 8.6))
    rod = TaperedRod((12, -1, middle), (21, -1, middle - 1), 4, 3)
    return Together((
        column((low, 0, 11.5, 8.5), (middle, 0, 10.5, 8), (high, 0, 11.5, 8.5)),
        ring,
        mass,
        Ellipsoid(mirrored(mass.centre), mass.semi_axes),
        rod,
        TaperedRod(mirrored(rod.base), mirrored(rod.tip), 4, 3),
        TaperedRod((0, -27, middle), (0, -41, middle - 5), 3, 2.5),
    ))  # fmt: skip


def bone(name: str, solid: Solid) -> list[Part]:
    """A bone: dense cortex with spongy bone in it."""
    return [
        Part(name, solid, Tissue.CORTICAL_BONE),
        Part(name, Grown(solid, -CORTEX_MM), Tissue.CANCELLOUS_BONE),
    ]


def spine() -> list[Part]:
    """Discs, vertebrae C1 to T3 and the canal with the cord."""
    parts = [Part(None, column((-110, 0, 10.5, 7.5), (72, 0, 10.5, 7.5)), Tissue.DISC)]
    for level, bottom in VERTEBRA_BOTTOMS_MM.items():
        parts += bone(f"vertebrae_{level}", vertebra(bottom))
    canal = column((-110, CANAL_Y_MM, 10.5, 7), (90, CANAL_Y_MM, 10.5, 7))
    cord = column((-110, CANAL_Y_MM, 5.5, 3.8), (-30, CANAL_Y_MM, 6.8, 4), (90, CANAL_Y_MM, 6, 4))
    return [*parts, Part(None, canal, Tissue.CEREBROSPINAL_FLUID), Part("spinal_cord", cord, Tissue.SPINAL_CORD)]


def jaws_and_larynx() -> list[Part]:
    """Cheeks, jaws with teeth, hyoid, thyroid and cricoid cartilage."""
    return [
        Part(None, CHEEKS_AND_LIPS, Tissue.MUSCLE),
        *bone("skull", MAXILLA),
        Part("teeth_upper", UPPER_TEETH, Tissue.TEETH),
        *bone("mandible", MANDIBLE),
        Part("teeth_lower", TEETH, Tissue.TEETH),
        *bone("hyoid", HYOID),
        Part("thyroid_cartilage", THYROID_CARTILAGE, Tissue.CARTILAGE),
        Part("cricoid_cartilage", CRICOID_CARTILAGE, Tissue.CARTILAGE),
    ]
