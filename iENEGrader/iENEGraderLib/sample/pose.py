"""How the patient lies in the scanner: body coordinates to RAS and the image grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.geometry import ImageGeometry, Vector

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

FIELD_OF_VIEW_MM = (160.0, 160.0, 168.0)
FIELD_CENTRE_RAS_MM = (0.0, 0.0, -210.0)
BODY_CENTRE_MM = (0.0, 6.0, -12.0)
SPACING_LIMITS_MM = (0.3, 2.5)


@dataclass(frozen=True)
class Pose:
    """Rigid placement of the body: RAS = rotation @ (body - BODY_CENTRE_MM) + FIELD_CENTRE_RAS_MM + shift.

    The midline of the patient is the body plane x = 0, which is neither at x = 0 in RAS nor parallel to an image axis.
    """

    turn_deg: float
    lean_deg: float
    nod_deg: float
    shift_mm: Vector

    @classmethod
    def random(cls, rng: np.random.Generator) -> Pose:
        """A patient who lies a little turned and off centre, as patients do."""
        turn, lean = rng.choice([-1.0, 1.0], 2) * rng.uniform((1.5, 0.5), (4.0, 1.5))
        x = rng.choice([-1.0, 1.0]) * rng.uniform(3.0, 5.0)
        y, z = rng.uniform(-2.0, 2.0, 2)
        return cls(float(turn), float(lean), float(rng.uniform(-1.0, 1.0)), (float(x), float(y), float(z)))

    @property
    def rotation(self) -> NDArray[np.float64]:
        """3x3 matrix from body directions to RAS directions."""
        turn, lean, nod = np.radians([self.turn_deg, self.lean_deg, self.nod_deg])
        about_s = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
        about_a = np.array([[np.cos(lean), 0, np.sin(lean)], [0, 1, 0], [-np.sin(lean), 0, np.cos(lean)]])
        about_r = np.array([[1, 0, 0], [0, np.cos(nod), -np.sin(nod)], [0, np.sin(nod), np.cos(nod)]])
        matrix: NDArray[np.float64] = about_s @ about_a @ about_r
        return matrix

    @property
    def _centre_ras(self) -> NDArray[np.float64]:
        centre: NDArray[np.float64] = np.add(FIELD_CENTRE_RAS_MM, self.shift_mm)
        return centre

    def ras_from_body(self, points_mm: ArrayLike) -> NDArray[np.float64]:
        """RAS mm of body points of shape (..., 3)."""
        ras: NDArray[np.float64] = np.subtract(points_mm, BODY_CENTRE_MM) @ self.rotation.T + self._centre_ras
        return ras

    def body_from_ras(self, points_mm: ArrayLike) -> NDArray[np.float64]:
        """Body mm of RAS points of shape (..., 3)."""
        body: NDArray[np.float64] = np.subtract(points_mm, self._centre_ras) @ self.rotation + BODY_CENTRE_MM
        return body


def scan_geometry(spacing_mm: Vector) -> ImageGeometry:
    """Grid of the scan: axial slices, rows to the patient's left, columns to the back (LPS axes).

    Raises
    ------
    InputError
        If a spacing is outside 0.3 to 2.5 mm: the neck would need too much memory, or lose its vessels.
    """
    if len(spacing_mm) != 3 or not all(SPACING_LIMITS_MM[0] <= s <= SPACING_LIMITS_MM[1] for s in spacing_mm):
        low, high = SPACING_LIMITS_MM
        raise InputError(f"spacing {spacing_mm} mm for the sample case: give three numbers from {low} to {high} mm")
    size = [round(extent / step) for extent, step in zip(FIELD_OF_VIEW_MM, spacing_mm, strict=True)]
    half = (np.array(size) - 1) / 2 * np.array(spacing_mm)
    right, forward, up = FIELD_CENTRE_RAS_MM
    origin = np.array([-right, -forward, up]) - half
    x, y, z = (float(value) for value in origin)
    return ImageGeometry((size[0], size[1], size[2]), spacing_mm, (x, y, z))
