"""A node against a muscle with a plume of known depth, drawn with partial volume, blur and noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image
from scipy import ndimage

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.spatial.transform import Rotation

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

SIDE_MM = 44.0
SD_PER_FWHM = 1 / 2.355
PLUME_RADIUS_MM = 4.0


@dataclass(frozen=True)
class Scan:
    """How a phantom is scanned: voxel [k, j, i] in mm, blur in mm, and the values of what is seen."""

    spacing_kji: tuple[float, float, float]
    blur_fwhm_mm: float
    noise: float
    node: float
    muscle: float
    fat: float


def iodine_scan(spacing_kji: tuple[float, float, float], blur_fwhm_mm: float, noise: float) -> Scan:
    """An iodine map in mg/mL."""
    return Scan(spacing_kji, blur_fwhm_mm, noise, 2.2, 0.8, 0.0)


def ct_scan(spacing_kji: tuple[float, float, float], blur_fwhm_mm: float, noise: float, node: float = 95.0) -> Scan:
    """A contrast-enhanced CT in HU."""
    return Scan(spacing_kji, blur_fwhm_mm, noise, node, 62.0, -100.0)


@dataclass(frozen=True, eq=False)
class Phantom:
    """Image and labels; the plume belongs to the label of the muscle."""

    image: Image
    muscle: Mask
    node: Mask
    plume: Mask


@dataclass(frozen=True, eq=False)
class Scene:
    """What is drawn, from points in mm about the middle of the grid.

    Attributes
    ----------
    depth_mm : of the plume below the face of the muscle; 0 for none.
    turn : rows are the direction into the muscle, then two across.
    shift_mm : of the whole within the grid.
    gap_mm : of fat between node and muscle.
    flat_mm : how much of the node is cut off flat where it meets the muscle.
    dent_mm : how far the node, round then, sinks into the muscle.
    is_pushed : the muscle gives way to the dent and keeps its thickness; else it lost what the node fills.
    radius_mm : of the node.
    thickness_mm : of the muscle.
    """

    depth_mm: float
    turn: Floats
    shift_mm: Floats
    gap_mm: float = 0.0
    flat_mm: float = 0.5
    dent_mm: float = 0.0
    is_pushed: bool = False
    radius_mm: float = 10.0
    thickness_mm: float = 14.0

    def parts(self, points: Floats) -> tuple[Mask, Mask, Mask]:
        """Return node, muscle (with the plume) and plume."""
        into, x, y = np.moveaxis((points - self.shift_mm) @ self.turn.T, -1, 0)
        centre = self.dent_mm - self.radius_mm if self.dent_mm else self.flat_mm - self.radius_mm
        across2 = x**2 + y**2
        node = ((into - centre) ** 2 + across2 <= self.radius_mm**2) & (into <= self.dent_mm - self.gap_mm)
        pushed = 0.0
        if self.is_pushed:
            pushed = np.maximum(centre + np.sqrt(np.maximum(self.radius_mm**2 - across2, 0.0)), 0.0)
        muscle = (into > pushed) & (into < pushed + self.thickness_mm) & ~node
        width = PLUME_RADIUS_MM * (1 - 0.6 * into / max(self.depth_mm, 1e-6))
        plume = muscle & (into <= self.depth_mm) & (np.sqrt(across2) <= width)
        return node, muscle, plume


def random_scene(
    depth_mm: float, scan: Scan, rng: np.random.Generator, tilt_deg: tuple[float, float] = (0.0, 45.0)
) -> Scene:
    """Return a scene whose face is tilted out of the k axis by an angle of that range."""
    tilt, azimuth = np.radians([rng.uniform(*tilt_deg) * rng.choice([-1.0, 1.0]), rng.uniform(0, 360)])
    into = np.array([np.sin(tilt), np.cos(tilt) * np.sin(azimuth), np.cos(tilt) * np.cos(azimuth)])
    x = np.cross(into, [0.31, 0.52, 0.8])
    x /= np.linalg.norm(x)
    shift = rng.uniform(-0.5, 0.5, 3) * np.array(scan.spacing_kji)
    return Scene(depth_mm, np.array([into, x, np.cross(into, x)]), shift)


def upright_scene(depth_mm: float, **changes: float) -> Scene:
    """Return a scene whose face holds the k axis and looks along i."""
    return Scene(depth_mm, np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]), np.zeros(3), **changes)


def drawn(
    scene: Scene, scan: Scan, rng: np.random.Generator, direction: Rotation | None = None, modality: str = "CT"
) -> Phantom:
    """Scan a scene; a voxel belongs to what fills at least half of it."""
    spacing = np.array(scan.spacing_kji)
    shape = np.round(SIDE_MM / spacing).astype(int)
    shares = [np.zeros(shape, dtype=np.float32) for _ in range(3)]
    subs = np.clip(np.round(2 * spacing / spacing.min()).astype(int), 2, 6)
    for n in np.ndindex(*subs):
        offset = (np.array(n) + 0.5) / subs - 0.5
        axes = [(np.arange(m) - (m - 1) / 2 + o) * s for m, o, s in zip(shape, offset, spacing, strict=True)]
        points = np.stack(np.meshgrid(*axes, indexing="ij"), -1)
        for n_part, part in enumerate(scene.parts(points)):
            shares[n_part] += part / np.prod(subs)
    node, muscle, plume = shares
    values = scan.fat + (scan.node - scan.fat) * (node + plume) + (scan.muscle - scan.fat) * (muscle - plume)
    values = ndimage.gaussian_filter(values, scan.blur_fwhm_mm * SD_PER_FWHM / spacing)
    values += rng.normal(0, scan.noise, shape)
    axes = np.eye(3) if direction is None else direction.as_matrix()
    rows = tuple((float(a), float(b), float(c)) for a, b, c in axes)
    k, j, i = (int(n) for n in shape)
    geometry = ImageGeometry((i, j, k), scan.spacing_kji[::-1], (-12.0, 31.0, 7.0), rows)
    is_node = node >= 0.5
    return Phantom(Image(values, geometry, modality), (muscle >= 0.5) & ~is_node, is_node, plume >= 0.5)
