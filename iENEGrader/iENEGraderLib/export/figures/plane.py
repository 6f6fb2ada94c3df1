"""Planes of any direction through the patient, hung as radiologists hang images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

LEFT_RAS, POSTERIOR_RAS, INFERIOR_RAS = np.array([-1.0, 0, 0]), np.array([0, -1.0, 0]), np.array([0, 0, -1.0])
HUNG = ((POSTERIOR_RAS, INFERIOR_RAS), (LEFT_RAS, INFERIOR_RAS), (LEFT_RAS, POSTERIOR_RAS))
"""What lies to the right and below in planes nearest to sagittal, coronal and axial."""
LETTERS = (("L", "R"), ("P", "A"), ("I", "S"))
SECOND_LETTER = 0.35
"""Ours: a direction gets a second letter when it deviates by more than about 20 degrees."""


@dataclass(frozen=True, eq=False)
class Plane:
    """A plane as it is shown.

    Attributes
    ----------
    centre_ras_mm : the middle of the picture, shape (3,).
    right_ras, down_ras : perpendicular unit vectors to the right and to the bottom of the picture, shape (3,).
    """

    centre_ras_mm: Floats
    right_ras: Floats
    down_ras: Floats

    def ras(self, across_mm: Floats) -> Floats:
        """Return RAS mm of places in the picture, shape (..., 2): mm to the right and down from the centre."""
        points: Floats = self.centre_ras_mm + across_mm @ np.stack([self.right_ras, self.down_ras])
        return points

    def across(self, points_ras_mm: ArrayLike) -> Floats:
        """Return places in the picture, shape (..., 2), of points of shape (..., 3), seen along the normal."""
        moved = np.asarray(points_ras_mm, dtype=float) - self.centre_ras_mm
        places: Floats = moved @ np.stack([self.right_ras, self.down_ras]).T
        return places

    @property
    def letters(self) -> tuple[str, str, str, str]:
        """Sides of the patient at the left, right, upper and lower edge of the picture."""
        edges = (-self.right_ras, self.right_ras, -self.down_ras, self.down_ras)
        left, right, top, bottom = (direction_letters(edge) for edge in edges)
        return left, right, top, bottom


def plane_across(centre_ras_mm: ArrayLike, normal_ras: ArrayLike) -> Plane:
    """Return the plane across a direction.

    The patient's left is on the right of planes nearer to axial or coronal, the back on the right of those nearer to
    sagittal; the back, or the feet, are below.
    """
    normal = unit(normal_ras)
    rightward, downward = HUNG[int(np.argmax(np.abs(normal)))]
    right = unit(rightward - normal * (normal @ rightward))
    down = np.cross(normal, right)
    return Plane(np.asarray(centre_ras_mm, dtype=float), right, down if down @ downward > 0 else -down)


def plane_along(centre_ras_mm: ArrayLike, line_ras: ArrayLike, other_ras: ArrayLike | None = None) -> Plane:
    """Return the plane that holds a direction, and another one.

    When the other is missing, or nearly the same, it is the plane nearest to axial that holds the line.
    """
    line = unit(line_ras)
    if other_ras is not None:
        normal = np.cross(line, unit(other_ras))
        if np.linalg.norm(normal) > SECOND_LETTER:
            return plane_across(centre_ras_mm, normal)
    upright = -INFERIOR_RAS if abs(line @ INFERIOR_RAS) < 0.9 else -POSTERIOR_RAS
    return plane_across(centre_ras_mm, upright - line * (line @ upright))


def direction_letters(direction_ras: ArrayLike) -> str:
    """Return the side of the patient that a direction points to, the stronger of two first, as in ``AL``."""
    direction = unit(direction_ras)
    order = np.argsort(-np.abs(direction), kind="stable")
    strong = [axis for n, axis in enumerate(order[:2]) if n == 0 or abs(direction[axis]) > SECOND_LETTER]
    return "".join(LETTERS[axis][int(direction[axis] > 0)] for axis in strong)


def unit(vector: ArrayLike) -> Floats:
    """Return a vector of length 1."""
    values = np.asarray(vector, dtype=float)
    scaled: Floats = values / max(float(np.linalg.norm(values)), 1e-12)
    return scaled
