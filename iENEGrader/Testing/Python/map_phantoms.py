"""A node in fat, with a CT, a fat map and an iodine map of it: small, and each with its own noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.imaging.segmentation import Segment, Segmentation
from scipy import ndimage

if TYPE_CHECKING:
    from collections.abc import Mapping

SIDE_MM = 0.5
SHAPE = (64, 72, 80)
GRID = ImageGeometry((80, 72, 64), (SIDE_MM,) * 3, (-20.0, -18.0, -16.0))
RADIUS_MM, SPIKE_MM, SPIKE_WIDTH_MM = 6.0, 4.0, 1.6
PSF_MM = 0.3
FAT_HU, SOFT_HU, IODINE_HU = -100.0, 50.0, 26.0
NODE_MG_ML, MUSCLE_MG_ML = 2.5, 0.8


def places_mm() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Left, back and up of every voxel from the middle of the node."""
    k, j, i = np.indices(SHAPE)
    return i * SIDE_MM - 20.0, j * SIDE_MM - 18.0, k * SIDE_MM - 16.0


def a_segment(name: str, mask: np.ndarray) -> Segment:
    """Segment of a mask on the grid."""
    places = np.nonzero(mask)
    k, j, i = (slice(int(p.min()), int(p.max()) + 1) for p in places)
    return Segment(name, name, mask.astype(np.uint8), 1, (k, j, i), (0, 0, 0), SHAPE)


def segmentation_of(masks: Mapping[str, np.ndarray]) -> Segmentation:
    """Segmentation of masks by name."""
    return Segmentation(GRID, tuple(a_segment(name, mask) for name, mask in masks.items()), "small.seg.nrrd")


def blurred(values: np.ndarray, noise: float, seed: int) -> np.ndarray:
    """As a scanner shows it: with its point spread, and noise that reaches as far."""
    seen = ndimage.gaussian_filter(values, PSF_MM / SIDE_MM)
    return seen + np.random.default_rng(seed).normal(0, noise, values.shape)


def ct_of(soft: np.ndarray, iodine: np.ndarray, fat_hu: np.ndarray | float = FAT_HU) -> Image:
    """HU of shares of soft tissue with iodine; a corner is air."""
    values = soft * SOFT_HU + (1 - soft) * fat_hu + iodine * IODINE_HU
    values[:4] = -1000.0
    return Image(blurred(values, 6.0, 1).astype(np.float32), GRID, "CT", "ct.nrrd")


def fat_map_of(soft: np.ndarray) -> Image:
    """Shares of fat."""
    return Image(blurred(1 - soft, 0.06, 2).astype(np.float32), GRID, "", "fat.nrrd")


def iodine_map_of(iodine: np.ndarray) -> Image:
    """Iodine in mg/mL."""
    return Image(blurred(iodine, 0.2, 3).astype(np.float32), GRID, "", "iodine.nrrd")


def spiked_node() -> tuple[np.ndarray, np.ndarray]:
    """Mask of a node, and shares of soft tissue with a spike of it."""
    x, y, z = places_mm()
    ball = np.sqrt(x**2 + y**2 + z**2) < RADIUS_MM
    spike = (np.hypot(y, z) < SPIKE_WIDTH_MM / 2) & (x > 0) & (x < RADIUS_MM + SPIKE_MM)
    return ball, (ball | spike).astype(float)


def stained(soft: np.ndarray) -> Image:
    """CT in which the fat round the node, but not farther out, has taken up contrast agent and is as dense as it."""
    x, y, z = places_mm()
    away = np.sqrt(x**2 + y**2 + z**2)
    stain = np.where((away > RADIUS_MM) & (away < RADIUS_MM + 7.0), (SOFT_HU - FAT_HU) / IODINE_HU, 0.0) * (1 - soft)
    return ct_of(soft, stain)
