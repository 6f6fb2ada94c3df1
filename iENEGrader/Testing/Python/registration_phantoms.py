"""A neck scanned twice, before and after contrast agent, with a known movement between the scans."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation
from scipy.special import expit

if TYPE_CHECKING:
    from collections.abc import Callable

    from iENEGraderLib.spectral import Response

    Points = np.ndarray
    Movement = Callable[[Points], Points]

BLUR_MM = 0.7
"""Width of edges, about that of a sharp soft-tissue kernel."""
GRID = ImageGeometry((104, 90, 44), (1.5, 1.5, 2.0), (-77.25, -66.75, -43.0))
COARSE = ImageGeometry((70, 60, 30), (2.25, 2.25, 3.0), (-77.625, -66.375, -43.5))
"""The same neck in a third of the voxels: enough for what is rigid."""
NODE_MM, VEIN_MM, ARTERY_MM = (30.0, 8.0, 0.0), (26.0, -24.0, 0.0), (-30.0, 2.0, 0.0)
NODE_RADIUS_MM, VEIN_RADIUS_MM, ARTERY_RADIUS_MM = 9.0, 7.0, 6.0
FAT_LOBULES_MM = tuple(
    (42.0 * np.cos(angle), 36.0 * np.sin(angle), z)
    for z in (-36.0, -21.0, -7.0, 7.0, 21.0, 36.0)
    for angle in np.arange(0.0, 6.2, 0.8) + 0.02 * z
    if np.hypot(42.0 * np.cos(angle) - NODE_MM[0], 36.0 * np.sin(angle) - NODE_MM[1]) > 23.0
    and np.hypot(42.0 * np.cos(angle) - ARTERY_MM[0], 36.0 * np.sin(angle) - ARTERY_MM[1]) > 13.0
)
NODE_MG_ML, VEIN_MG_ML, ARTERY_MG_ML, MUSCLE_MG_ML = 2.5, 6.0, 9.0, 0.8


def still(points: Points) -> Points:
    """Nobody moved."""
    return points


def shifted(*shift_mm: float) -> Movement:
    """The patient lies elsewhere."""
    return lambda points: points + np.array(shift_mm)


def turned(degrees: tuple[float, float, float], shift_mm: tuple[float, float, float]) -> Movement:
    """The patient lies elsewhere and turned."""
    matrix = Rotation.from_euler("xyz", degrees, degrees=True).as_matrix()
    return lambda points: points @ matrix.T + np.array(shift_mm)


def bent(points: Points) -> Points:
    """The neck is bent, and the throat has moved: up to some millimetres, differently everywhere."""
    x, y, z = np.moveaxis(points, -1, 0)
    bend = 4.0 * (z / 44.0) ** 2 + 1.0 * np.sin(x / 40.0)
    swallow = 3.0 * np.exp(-(((x / 30.0) ** 2) + ((y + 25.0) / 30.0) ** 2))
    return points + np.stack([0.8 * np.sin(z / 30.0), bend, swallow], axis=-1)


def squeezed(points: Points) -> Points:
    """Another neck."""
    return points * np.array([1.3, 0.8, 1.0])


def _inside(distance_mm: np.ndarray) -> np.ndarray:
    """Share of a voxel that is inside, from the signed distance to an edge (positive inside)."""
    return expit(distance_mm / (0.55 * BLUR_MM))


def _tube(points: Points, centre: tuple[float, float, float], radius: float, slant: float = 0.0) -> np.ndarray:
    x, y, z = np.moveaxis(points, -1, 0)
    return _inside(radius - np.hypot(x - centre[0] - slant * z, y - centre[1]))


def _ball(points: Points, centre: tuple[float, float, float], radius: float) -> np.ndarray:
    return _inside(radius - np.linalg.norm(points - np.array(centre), axis=-1))


@dataclass(frozen=True, eq=False)
class Tissues:
    """What is where, as shares that are drawn one over the other, at points in the space of the second scan."""

    points: Points

    def hounsfield(self) -> np.ndarray:
        """HU without contrast agent, at 70 keV or so."""
        x, y, z = np.moveaxis(self.points, -1, 0)
        values = np.full(x.shape, -1000.0)
        body = _inside(62.0 + 2.0 * np.cos(z / 11.0) - np.hypot(x / 1.15, y))
        values += body * 910.0  # subcutaneous fat, -90 HU
        values += self._muscle() * 140.0
        values += (-90.0 - values) * self._lobules
        for share, value in (
            (_tube(self.points, NODE_MM, 16.0), -90.0),
            (_ball(self.points, NODE_MM, NODE_RADIUS_MM), 40.0),
            (_tube(self.points, VEIN_MM, VEIN_RADIUS_MM), 45.0),
            (_tube(self.points, ARTERY_MM, ARTERY_RADIUS_MM), 45.0),
            (self._airway(), -1000.0),
            (_tube(self.points, (0.0, -42.0, 0.0), 3.0) * _inside(9.0 - np.abs(np.mod(z, 26.0) - 13.0)), 500.0),
        ):
            values += (value - values) * share
        vertebra = _tube(self.points, (0.0, 14.0, 0.0), 11.0) * _inside(7.5 - np.abs(np.mod(z, 19.0) - 9.5))
        arch = _tube(self.points, (0.0, 34.0, 0.0), 5.0, 0.05) * _inside(6.0 - np.abs(np.mod(z + 4, 19.0) - 9.5))
        values += (650.0 - values) * np.maximum(vertebra, arch)
        return values

    def iodine(self) -> np.ndarray:
        """Iodine of the second scan in mg/mL."""
        z = self.points[..., 2]
        bones = _tube(self.points, (0.0, 14.0, 0.0), 11.0) * _inside(7.5 - np.abs(np.mod(z, 19.0) - 9.5))
        amount = MUSCLE_MG_ML * self._muscle() * (1 - bones) * (1 - self._airway())
        amount *= 1 - self._lobules
        amount *= 1 - _tube(self.points, NODE_MM, 16.0)
        for share, value in (
            (_ball(self.points, NODE_MM, NODE_RADIUS_MM), NODE_MG_ML),
            (_tube(self.points, VEIN_MM, VEIN_RADIUS_MM), VEIN_MG_ML),
            (_tube(self.points, ARTERY_MM, ARTERY_RADIUS_MM), ARTERY_MG_ML),
        ):
            amount += (value - amount) * share
        return amount

    @cached_property
    def _lobules(self) -> np.ndarray:
        distance, _ = cKDTree(FAT_LOBULES_MM).query(self.points, distance_upper_bound=15.0)
        return _inside(5.5 - np.minimum(distance, 15.0))

    def _muscle(self) -> np.ndarray:
        x, y, z = np.moveaxis(self.points, -1, 0)
        return _inside(52.0 + 2.0 * np.sin(z / 9.0 + x / 20.0) - np.hypot(x / 1.15, y))

    def _airway(self) -> np.ndarray:
        x, y, z = np.moveaxis(self.points, -1, 0)
        return _inside(8.0 + 1.5 * np.cos(z / 5.0) - np.hypot(x, y + 30.0))


@dataclass(frozen=True, eq=False)
class TwoScans:
    """A neck before and after contrast agent.

    Attributes
    ----------
    movement : from points of the first scan (LPS mm) to the same tissue in the second.
    """

    response: Response
    movement: Movement = still
    noise_hu: float = 0.0
    before_grid: ImageGeometry = GRID
    after_grid: ImageGeometry = GRID

    def before(self) -> Image:
        """The first scan."""
        tissues = Tissues(self.movement(points_of(self.before_grid)))
        return self._image(tissues.hounsfield(), self.before_grid, 1)

    def after(self) -> Image:
        """The second scan, with iodine."""
        tissues = Tissues(points_of(self.after_grid))
        values = tissues.hounsfield() + self.response.iodine * tissues.iodine()
        return self._image(values, self.after_grid, 2)

    def iodine(self) -> np.ndarray:
        """True iodine on the grid of the second scan, mg/mL."""
        return Tissues(points_of(self.after_grid)).iodine()

    def core(self, centre_mm: tuple[float, float, float], radius_mm: float, half_length_mm: float = 6.0) -> np.ndarray:
        """Mask of the middle of a round structure on the grid of the second scan."""
        away = points_of(self.after_grid) - np.array(centre_mm)
        return (np.hypot(away[..., 0], away[..., 1]) < 0.6 * radius_mm) & (np.abs(away[..., 2]) < half_length_mm)

    def _image(self, values: np.ndarray, grid: ImageGeometry, seed: int) -> Image:
        noise = np.random.default_rng(seed).normal(0, self.noise_hu, values.shape) if self.noise_hu else 0.0
        return Image(np.rint(values + noise).astype(np.int16), grid, "CT", ("before", "after")[seed - 1])


def points_of(grid: ImageGeometry) -> Points:
    """Places of the voxels in LPS mm, shape (k, j, i, 3)."""
    k, j, i = np.meshgrid(*(np.arange(n) for n in grid.array_shape), indexing="ij")
    matrix = grid.ijk_to_lps
    return np.stack([i, j, k], axis=-1) @ matrix[:3, :3].T + matrix[:3, 3]
