"""A part of the digital neck: a solid, its attenuation and its segment; and helpers to make parts in pairs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.sample.signed_distance import Loft, Solid, as_point

if TYPE_CHECKING:
    from collections.abc import Sequence

Rows = tuple[tuple[float, float, float, float, float, float], ...]
TubeRows = tuple[tuple[float, float, float, float], ...]
JITTER_MM = 0.4


class Tissue(IntEnum):
    """Attenuation (HU) of tissues on a contrast-enhanced CT of the neck, about 60 s after injection."""

    AIR = -1000
    FAT = -105
    CEREBROSPINAL_FLUID = 12
    NECROSIS = 25
    SKIN = 35
    SPINAL_CORD = 45
    WALL = 50
    MUSCLE = 60
    PAROTID = 38
    DISC = 80
    SPIKE = 80
    NODE = 95
    SUBMANDIBULAR = 96
    RIM = 105
    THYROID = 165
    VEIN = 185
    CARTILAGE = 210
    ARTERY = 230
    CANCELLOUS_BONE = 400
    CORTICAL_BONE = 900
    TEETH = 1700


@dataclass(frozen=True)
class Part:
    """One thing to paint; a part without a name is tissue that no segment covers."""

    name: str | None
    solid: Solid
    hu: float


class Builder:
    """Makes paired parts from the stations of the right side, each a little displaced as in a real patient."""

    def __init__(self, rng: np.random.Generator) -> None:
        """Take the source of the displacements."""
        self._rng = rng

    def pair(self, name: str | None, hu: float, *pieces: Rows) -> list[Part]:
        """Right and left part made of one or more lofts; named with _right and _left."""
        parts = []
        for side, sign in (("right", 1.0), ("left", -1.0)):
            dx, dy = self._rng.uniform(-JITTER_MM, JITTER_MM, 2)
            for rows in pieces:
                moved = tuple((z, sign * x + dx, y + dy, a, b, sign * angle) for z, x, y, a, b, angle in rows)
                parts.append(Part(None if name is None else f"{name}_{side}", Loft(moved), hu))
        return parts

    def tube(self, name: str, hu: float, rows: TubeRows, sign: float) -> Part:
        """One vessel of circular section from rows of z, x, y and radius given for the right side."""
        dx, dy = self._rng.uniform(-JITTER_MM, JITTER_MM, 2)
        scale = self._rng.uniform(0.96, 1.04)
        stations = tuple((z, sign * x + dx, y + dy, r * scale, r * scale, 0.0) for z, x, y, r in rows)
        return Part(f"{name}_{'right' if sign > 0 else 'left'}", Loft(stations, round_tube=True), hu)


def column(*rows: Sequence[float]) -> Loft:
    """A loft in the midline from rows of z, y, semi-axis across, semi-axis front to back."""
    return Loft(tuple((z, 0.0, y, a, b, 0.0) for z, y, a, b in rows))


def mirrored(point: Sequence[float]) -> tuple[float, float, float]:
    """The same point on the other side of the body."""
    return as_point(np.multiply(point, (-1.0, 1.0, 1.0)))
