"""Where the voxels of an image lie in the patient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from HeadNeckNodesLib.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Vector = tuple[float, float, float]
LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


@dataclass(frozen=True)
class ImageGeometry:
    """Grid of an image in patient space, as ITK and DICOM state it (LPS, mm).

    Attributes
    ----------
    size_ijk : number of columns, rows and slices. Arrays of such an image have shape ``size_ijk[::-1]``.
    spacing_mm : distance between neighbouring voxel centres along i, j, k.
    origin_lps_mm : centre of voxel (0, 0, 0).
    direction_lps : rows of the 3x3 matrix whose columns are the unit vectors of i, j, k in LPS.
    """

    size_ijk: tuple[int, int, int]
    spacing_mm: Vector
    origin_lps_mm: Vector = (0.0, 0.0, 0.0)
    direction_lps: tuple[Vector, Vector, Vector] = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))

    def __post_init__(self) -> None:
        """Refuse grids that are no grids."""
        if min(self.size_ijk) < 1 or not np.all(np.isfinite(self.spacing_mm)) or min(self.spacing_mm) <= 0:
            raise InputError(f"not an image grid: size {self.size_ijk}, spacing {self.spacing_mm} mm")
        axes = np.asarray(self.direction_lps)
        if not np.allclose(axes.T @ axes, np.eye(3), atol=1e-3):
            raise InputError("the image axes are not perpendicular unit vectors (sheared or tilted grid)")

    @property
    def array_shape(self) -> tuple[int, int, int]:
        """Shape of the voxel array, [k, j, i]."""
        return self.size_ijk[2], self.size_ijk[1], self.size_ijk[0]

    @property
    def spacing_kji_mm(self) -> Vector:
        """Spacing in the order of the array axes."""
        return self.spacing_mm[2], self.spacing_mm[1], self.spacing_mm[0]

    @property
    def voxel_volume_mm3(self) -> float:
        """Volume of one voxel."""
        return float(np.prod(self.spacing_mm))

    @property
    def ijk_to_lps(self) -> NDArray[np.float64]:
        """4x4 matrix from voxel indices (i, j, k) to LPS mm."""
        matrix = np.eye(4)
        matrix[:3, :3] = np.asarray(self.direction_lps) * np.asarray(self.spacing_mm)
        matrix[:3, 3] = self.origin_lps_mm
        return matrix

    @property
    def ijk_to_ras(self) -> NDArray[np.float64]:
        """4x4 matrix from voxel indices (i, j, k) to RAS mm, the space of Slicer scenes and of reading documents."""
        matrix: NDArray[np.float64] = LPS_TO_RAS @ self.ijk_to_lps
        return matrix

    def ras_from_kji(self, kji: ArrayLike) -> NDArray[np.float64]:
        """RAS mm of array positions of shape (..., 3) in [k, j, i] order, which may be fractional."""
        ijk = np.asarray(kji, dtype=float)[..., ::-1]
        matrix = self.ijk_to_ras
        points: NDArray[np.float64] = ijk @ matrix[:3, :3].T + matrix[:3, 3]
        return points

    def place_ras_mm(self, kji: ArrayLike) -> Vector:
        """RAS mm of one array position [k, j, i], which may be fractional, as plain numbers."""
        right, anterior, superior = self.ras_from_kji(kji).tolist()
        return right, anterior, superior

    def kji_from_ras(self, ras_mm: ArrayLike) -> NDArray[np.float64]:
        """Fractional array positions [k, j, i] of RAS points of shape (..., 3)."""
        inverse = np.linalg.inv(self.ijk_to_ras)
        ijk = np.asarray(ras_mm, dtype=float) @ inverse[:3, :3].T + inverse[:3, 3]
        positions: NDArray[np.float64] = ijk[..., ::-1]
        return positions

    def matches(self, other: ImageGeometry, tolerance_mm: float = 0.01) -> bool:
        """Tell whether both grids have the same size and every corner within the tolerance."""
        if self.size_ijk != other.size_ijk:
            return False
        corners = np.array([[k, j, i] for k in (0, 1) for j in (0, 1) for i in (0, 1)]) * (
            np.array(self.array_shape) - 1
        )
        return bool(np.abs(self.ras_from_kji(corners) - other.ras_from_kji(corners)).max() <= tolerance_mm)

    def describe(self) -> str:
        """One line for messages: size, spacing, origin (RAS)."""
        origin = self.ras_from_kji((0, 0, 0))
        size = " x ".join(str(n) for n in self.size_ijk)
        spacing = " x ".join(f"{s:.4g}" for s in self.spacing_mm)
        return f"{size} voxels of {spacing} mm, first voxel at RAS ({', '.join(f'{x:.1f}' for x in origin)}) mm"
