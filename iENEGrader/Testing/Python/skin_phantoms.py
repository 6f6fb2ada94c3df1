"""A round neck with skin, fat and a node below the skin, in HU."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image
from iENEGraderLib.measure.position.midsagittal import Plane
from scipy import ndimage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Floats = NDArray[np.float64]

FINE_MM = 0.5
NECK_RADIUS_MM = 38.0
FAT_TO_MM = 14.0
"""Depth at which muscle begins."""
NODE_RADIUS_MM = 8.0
BULGE_MM = 1.5
"""How far a node that has lost its fat would reach into the skin, were it round."""
AIRWAY_RADIUS_MM = 7.0
SOFT_HU, NODE_HU, FAT_HU, AIR_HU = 45.0, 80.0, -105.0, -1000.0
PSF_FWHM_MM = 0.8
LENGTH_MM = 30.0


@dataclass(frozen=True)
class SkinPlan:
    """What to draw.

    Attributes
    ----------
    skin_mm : thickness of the skin everywhere else.
    thick_mm : thickness within 9 mm of the place nearest to the node.
    fat_mm : fat between skin and node; 0 for a node that lies flat against the skin.
    azimuth_deg : where the node lies round the neck; 0 is the patient's left for the plain grid.
    """

    skin_mm: float = 2.0
    thick_mm: float = 2.0
    fat_mm: float = 4.0
    azimuth_deg: float = 20.0
    noise_hu: float = 10.0


@dataclass(frozen=True, eq=False)
class SkinPhantom:
    """Image, labels and the plane between left and right."""

    image: Image
    node: Mask
    skin: Mask
    muscle: Mask
    plane: Plane


def draw_neck(plan: SkinPlan, section_mm: float, rng: np.random.Generator, axes: Floats | None = None) -> SkinPhantom:
    """Draw a plan at 0.5 mm and average to sections."""
    half = NECK_RADIUS_MM + 4
    shape = tuple(round(e / FINE_MM) for e in (LENGTH_MM, 2 * half, 2 * half))
    centres = [(np.arange(n) + 0.5 - n / 2) * FINE_MM for n in shape]
    k, j, i = np.meshgrid(*centres, indexing="ij")
    depth = NECK_RADIUS_MM - np.hypot(j, i)
    angle = np.radians(plan.azimuth_deg)
    beside = np.sqrt(k**2 + ((j * np.cos(angle) - i * np.sin(angle)) ** 2))
    is_here = (beside < 9) & (j * np.sin(angle) + i * np.cos(angle) > 0)
    skin = (depth >= 0) & (depth < np.where(is_here, plan.thick_mm, plan.skin_mm))
    below = plan.thick_mm + plan.fat_mm - (BULGE_MM if plan.fat_mm == 0 else 0) + NODE_RADIUS_MM
    far = NECK_RADIUS_MM - below
    distance = np.sqrt(k**2 + (j - far * np.sin(angle)) ** 2 + (i - far * np.cos(angle)) ** 2)
    node = (distance <= NODE_RADIUS_MM) & ~skin
    muscle = (depth > FAT_TO_MM) & ~node
    airway = np.hypot(j, i) < AIRWAY_RADIUS_MM
    values = np.where(depth >= 0, FAT_HU, AIR_HU)
    values = np.where(skin | muscle, SOFT_HU, values)
    values = np.where(airway, AIR_HU, np.where(node, NODE_HU, values))
    values = ndimage.gaussian_filter(values, PSF_FWHM_MM / 2.355 / FINE_MM)
    factor = round(section_mm / FINE_MM)
    values = _thick(values, factor)
    values = values + rng.normal(0, plan.noise_hu, values.shape)
    matrix = np.eye(3) if axes is None else axes
    n = values.shape
    rows = tuple(tuple(row) for row in matrix.tolist())
    geometry = ImageGeometry((n[2], n[1], n[0]), (FINE_MM, FINE_MM, section_mm), (3.0, -8.0, 11.0), rows)
    labels = [_thick(mask.astype(np.float32), factor) > 0.5 for mask in (node, skin, muscle & ~airway)]
    return SkinPhantom(Image(values.astype(np.float32), geometry, "CT"), *labels, plane=_plane(geometry))


def _plane(geometry: ImageGeometry) -> Plane:
    """Return the plane through the middle of the neck across i."""
    middle = (np.array(geometry.array_shape) - 1) / 2
    x, y, z = geometry.ras_from_kji(middle).tolist()
    towards = geometry.ras_from_kji(middle - [0, 0, 1]) - geometry.ras_from_kji(middle)
    a, b, c = (towards / np.linalg.norm(towards)).tolist()
    return Plane((x, y, z), (a, b, c), 0.0, "drawn")


def _thick(values: NDArray[np.floating], factor: int) -> NDArray[np.floating]:
    """Average neighbouring sections."""
    whole = len(values) // factor * factor
    return values[:whole].reshape(-1, factor, *values.shape[1:]).mean(axis=1)


@dataclass(frozen=True)
class NervePlan:
    """A nerve beside a node, and the muscles of both sides.

    Attributes
    ----------
    gap_mm : fat between nerve and node; 0 when they touch along the nerve.
    fat_share : fat inside the muscle of the node's side.
    volume_share : its volume by that of the other side.
    """

    gap_mm: float = 3.0
    fat_share: float = 0.0
    volume_share: float = 1.0


@dataclass(frozen=True, eq=False)
class NervePhantom:
    """Image and labels."""

    image: Image
    nerve: Mask
    node: Mask
    muscle: Mask
    other_muscle: Mask


def draw_nerve(
    plan: NervePlan, spacing_kji: tuple[float, float, float], rng: np.random.Generator, axes: Floats | None = None
) -> NervePhantom:
    """Draw a nerve of 4 mm along k, a node with a flat side to it, and two egg-shaped muscles in fat."""
    extent = (40.0, 44.0, 60.0)
    centres = [
        (np.arange(round(e / s)) + 0.5) * s - e / 2 + rng.uniform(-0.1, 0.1)
        for e, s in zip(extent, spacing_kji, strict=True)
    ]
    k, j, i = np.meshgrid(*centres, indexing="ij")
    nerve = np.hypot(j + 8, i) <= 2
    wall = -6 + plan.gap_mm
    node = (k**2 + (j - 0.5) ** 2 + i**2 <= 8**2) & (j >= wall) & ~nerve
    half = np.array([14.0, 7.0, 7.0])
    here = half * np.cbrt(plan.volume_share)
    muscle, other = (
        (k / h[0]) ** 2 + ((j - 10) / h[1]) ** 2 + ((i - side * 20) / h[2]) ** 2 <= 1
        for side, h in ((1, here), (-1, half))
    )
    soft = SOFT_HU + plan.fat_share * (FAT_HU - SOFT_HU)
    values = np.where(muscle, soft, np.where(other | nerve, SOFT_HU, np.where(node, NODE_HU, FAT_HU)))
    sigma = [PSF_FWHM_MM / 2.355 / s for s in spacing_kji]
    values = ndimage.gaussian_filter(values, sigma) + rng.normal(0, 10, values.shape)
    matrix = np.eye(3) if axes is None else axes
    n = values.shape
    rows = tuple(tuple(row) for row in matrix.tolist())
    geometry = ImageGeometry((n[2], n[1], n[0]), spacing_kji[::-1], (3.0, -8.0, 11.0), rows)
    return NervePhantom(Image(values.astype(np.float32), geometry, "CT"), nerve, node, muscle, other)
