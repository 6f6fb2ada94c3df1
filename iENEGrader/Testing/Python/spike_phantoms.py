"""Nodes with and without spikes, known by formula, as a scanner of known blur and noise would show them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image
from scipy import ndimage
from scipy.spatial.transform import Rotation

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]
    # Points of shape (..., 3) in mm about the node's centre, to about the distance from a surface, negative inside.
    Solid = Callable[[Floats], Floats]

FAT_HU, NODE_HU, MUSCLE_HU, ARTERY_HU = -95.0, 70.0, 60.0, 230.0
SUBSAMPLES = 3
FWHM_PER_SD = 2.3548


@dataclass(frozen=True, eq=False)
class Spike:
    """A straight spike along a ray from the centre of the node, with its widths at base and tip."""

    direction: Floats
    length_mm: float
    base_width_mm: float
    tip_width_mm: float

    def solid(self, base_radius_mm: float) -> Solid:
        """Return the spike on a surface that is so far from the centre."""

        def distance(points: Floats) -> Floats:
            along = points @ self.direction
            across = np.sqrt(np.maximum((points**2).sum(-1) - along**2, 0.0))
            share = np.clip((along - base_radius_mm) / self.length_mm, 0.0, 1.0)
            radius = 0.5 * (self.base_width_mm + share * (self.tip_width_mm - self.base_width_mm))
            return np.maximum.reduce([across - radius, along - base_radius_mm - self.length_mm, -along])

        return distance


def rod(direction: Floats, length_mm: float, width_mm: float) -> Spike:
    """Return a cylinder."""
    return Spike(direction, length_mm, width_mm, width_mm)


def cone(direction: Floats, length_mm: float, width_mm: float) -> Spike:
    """Return a cone that ends 0.4 mm wide."""
    return Spike(direction, length_mm, width_mm, 0.4)


@dataclass(frozen=True, eq=False)
class NodeShape:
    """A star-shaped node: half axes in mm and waves on its surface, each a direction (number of waves) and a height."""

    half_axes_mm: tuple[float, float, float] = (7.0, 7.0, 7.0)
    turn: Floats = field(default_factory=lambda: np.eye(3))
    waves: Floats = field(default_factory=lambda: np.empty((0, 3)))
    wave_mm: float = 0.0

    def radius_mm(self, direction: Floats) -> Floats:
        """Return the distance of the surface from the centre along unit vectors of shape (..., 3)."""
        own = direction @ self.turn
        smooth = np.sqrt(1.0 / ((own / np.array(self.half_axes_mm)) ** 2).sum(-1))
        if not len(self.waves):
            return smooth
        return smooth + self.wave_mm * np.sin(own @ self.waves.T + 1.0).mean(-1) * np.sqrt(len(self.waves))

    def solid(self, points: Floats) -> Floats:
        """Return about the distance from the surface."""
        distance = np.linalg.norm(points, axis=-1)
        return distance - self.radius_mm(points / np.maximum(distance, 1e-9)[..., None])


def lobulated(rng: np.random.Generator, height_mm: float, waves: float) -> NodeShape:
    """Return a node of random half axes with random waves about so high, so many round its circumference."""
    directions = rng.normal(size=(4, 3))
    directions *= waves / np.linalg.norm(directions, axis=1)[:, None]
    half = rng.uniform(5.5, 8.0, 3)
    return NodeShape(tuple(half), Rotation.random(random_state=rng).as_matrix(), directions, height_mm)


def ovoid(rng: np.random.Generator) -> NodeShape:
    """Return a smooth node."""
    return NodeShape(tuple(rng.uniform(5.0, 8.0, 3)), Rotation.random(random_state=rng).as_matrix())


def spread_directions(count: int, rng: np.random.Generator) -> Floats:
    """Return unit vectors evenly spread over the sphere, turned at random."""
    n = np.arange(count) + 0.5
    polar, azimuth = np.arccos(1 - 2 * n / count), np.pi * (1 + 5**0.5) * n
    unit = np.stack([np.cos(polar), np.sin(polar) * np.sin(azimuth), np.sin(polar) * np.cos(azimuth)], 1)
    return unit @ Rotation.random(random_state=rng).as_matrix()


def artery(direction: Floats, distance_mm: float, radius_mm: float = 2.5) -> Solid:
    """Return a straight vessel that passes at right angles to a direction, its axis so far from the node's centre."""
    axis = np.cross(direction, np.eye(3)[np.argmin(np.abs(direction))])
    axis /= np.linalg.norm(axis)

    def distance(points: Floats) -> Floats:
        moved = points - distance_mm * direction
        along = moved @ axis
        return np.sqrt(np.maximum((moved**2).sum(-1) - along**2, 0.0)) - radius_mm

    return distance


def muscle(direction: Floats, distance_mm: float, thickness_mm: float = 6.0) -> Solid:
    """Return a flat slab at right angles to a direction, its near face so far from the node's centre."""
    return lambda points: np.abs(points @ direction - distance_mm - thickness_mm / 2) - thickness_mm / 2


@dataclass(frozen=True, eq=False)
class Scan:
    """How a phantom is drawn: spacing along k, j, i; blur; noise; how the grid lies in the patient; margin of fat."""

    spacing_kji_mm: tuple[float, float, float] = (0.5, 0.5, 0.5)
    blur_fwhm_mm: float = 0.7
    noise_hu: float = 12.0
    turn: Floats = field(default_factory=lambda: np.eye(3))
    margin_mm: float = 11.5


FINE = Scan((0.3, 0.3, 0.3), 0.45, 14.0)
HALF = Scan()
UNEVEN = Scan((0.5, 0.45, 0.45), 0.65, 12.0)
ONE = Scan((1.0, 1.0, 1.0), 1.2, 9.0)
SECTIONS_1 = Scan((1.0, 0.5, 0.5), 0.8, 11.0)
SECTIONS_3 = Scan((3.0, 0.5, 0.5), 0.7, 8.0)


@dataclass(frozen=True, eq=False)
class Phantom:
    """What was drawn: image, label of the node without and with its spikes, other labels, ends of the spikes in RAS."""

    image: Image
    node: Mask
    node_with_spikes: Mask
    others: tuple[Mask, ...]
    bases_ras_mm: Floats
    tips_ras_mm: Floats


def drawn(
    shape: NodeShape,
    spikes: tuple[Spike, ...] = (),
    scan: Scan = HALF,
    seed: int = 0,
    *,
    others: tuple[tuple[Solid, float], ...] = (),
    unlabelled: tuple[tuple[Solid, float], ...] = (),
) -> Phantom:
    """Draw a node in fat, at a random place within a voxel.

    Parameters
    ----------
    others : labelled structures and their HU.
    unlabelled : structures without label and their HU.
    """
    rng = np.random.default_rng(seed)
    spacing = np.array(scan.spacing_kji_mm)
    half = max(shape.half_axes_mm) + scan.margin_mm
    size = np.ceil(2 * half / spacing).astype(int)
    first = -(size - 1) / 2 * spacing + rng.uniform(-0.5, 0.5, 3) * spacing
    axes = [a + np.arange(n) * s for a, n, s in zip(first, size, spacing, strict=True)]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), -1)
    bases = [float(shape.radius_mm(s.direction)) for s in spikes]
    hu = np.full(points.shape[:3], FAT_HU)
    masks = []
    for solid, value in (*unlabelled, *others):
        share = occupancy(solid, points, spacing)
        masks.append(share >= 0.5)
        hu += share * (value - hu)
    body = occupancy(shape.solid, points, spacing)
    tissue = body.copy()
    for spike, base in zip(spikes, bases, strict=True):
        solid = spike.solid(base)
        near = solid(points) < 1.5 * np.linalg.norm(spacing)
        tissue[near] += occupancy(beyond(solid, shape.solid), points[near], spacing)
    tissue = np.minimum(tissue, 1.0)
    hu += tissue * (NODE_HU - hu)
    hu = ndimage.gaussian_filter(hu, scan.blur_fwhm_mm / FWHM_PER_SD / spacing) + rng.normal(0, scan.noise_hu, hu.shape)
    node = body >= 0.5
    labels = tuple(mask & ~node for mask in masks[len(unlabelled) :])
    geometry = geometry_of(hu.shape, scan)
    voxels = np.rint(hu).astype(np.int16)
    ends = np.array([[b * s.direction, (b + s.length_mm) * s.direction] for s, b in zip(spikes, bases, strict=True)])
    ras = geometry.ras_from_kji((ends.reshape(-1, 2, 3) - first) / spacing)
    return Phantom(Image(voxels, geometry, "CT"), node, tissue >= 0.5, labels, ras[:, 0], ras[:, 1])


def beyond(solid: Solid, body: Solid) -> Solid:
    """Return the part of a solid outside a body."""
    return lambda points: np.maximum(solid(points), -body(points))


def occupancy(solid: Solid, points: Floats, spacing: Floats) -> Floats:
    """Return the share of each voxel that a solid fills; voxels near its surface are divided."""
    distance = solid(points)
    share = (distance < 0).astype(float)
    near = np.abs(distance) < 1.5 * np.linalg.norm(spacing)
    counts = np.clip(np.round(SUBSAMPLES * spacing / spacing.min()), SUBSAMPLES, 9).astype(int)
    parts = [((np.arange(n) + 0.5) / n - 0.5) * s for n, s in zip(counts, spacing, strict=True)]
    offsets = np.stack(np.meshgrid(*parts, indexing="ij"), -1).reshape(-1, 3)
    places = points[near]
    share[near] = np.mean([solid(places + offset) < 0 for offset in offsets], axis=0)
    return share


def geometry_of(shape: tuple[int, ...], scan: Scan) -> ImageGeometry:
    """Return a grid of that shape somewhere in the patient."""
    k, j, i = scan.spacing_kji_mm
    axes = tuple(tuple(row) for row in scan.turn.tolist())
    return ImageGeometry(shape[::-1], (i, j, k), (12.0, -30.0, 45.0), axes)
