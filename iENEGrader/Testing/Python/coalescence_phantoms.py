"""Pairs of nodes whose notch, contact patch and fat plane are known by construction, drawn onto a grid."""

from __future__ import annotations

from dataclasses import dataclass
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
    # Points of shape (..., 3) in mm [k, j, i] about the middle of the grid, to 0 fat, 1 first, 2 second label.
    Labelling = Callable[[Floats], NDArray[np.int_]]

FAT_HU, SOFT_HU = -95.0, 70.0
SUBSAMPLES = 4


@dataclass(frozen=True)
class Scanner:
    """Blur (full width at half maximum), noise of single voxels, and the seed of that noise."""

    blur_mm: float
    noise_hu: float
    seed: int = 1


@dataclass(frozen=True, eq=False)
class Phantom:
    """An image and the masks of two labels in it."""

    image: Image
    first: Mask
    second: Mask


@dataclass(frozen=True, eq=False)
class TwoBalls:
    """Two balls whose centres lie on a line through the middle of the grid, cut by a slab of fat where they meet.

    Attributes
    ----------
    radii_mm : of both.
    distance_mm : between the centres.
    axis : unit vector from the first to the second, [k, j, i].
    slab_mm : thickness of the fat between them; 0 for none.
    middle_mm : where the plane of their meeting cuts the line.
    """

    radii_mm: tuple[float, float]
    distance_mm: float
    axis: Floats
    slab_mm: float = 0.0
    middle_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @property
    def heights_mm(self) -> tuple[float, float]:
        """Distance of each centre from the plane in which the surfaces meet (law of cosines)."""
        one, two = self.radii_mm
        first = (self.distance_mm**2 + one**2 - two**2) / (2 * self.distance_mm)
        return first, self.distance_mm - first

    @property
    def notch_deg(self) -> float:
        """True angle outside, between the tangents where the outlines meet; 0 when they do not."""
        one, two = self.radii_mm
        cosine = (one**2 + two**2 - self.distance_mm**2) / (2 * one * two)
        return 180.0 - float(np.degrees(np.arccos(max(cosine, -1.0))))

    @property
    def patch_diameter_mm(self) -> float:
        """True diameter of the circle in which the balls meet; 0 when they do not."""
        return float(2 * np.sqrt(max(self.radii_mm[0] ** 2 - self.heights_mm[0] ** 2, 0.0)))

    @property
    def separability(self) -> float:
        """True depth of the neck in radii of the smaller ball; a ball whose centre lies in the other has no neck."""
        if min(self.heights_mm) < 0:
            return 0.0
        return 1.0 - self.patch_diameter_mm / 2 / min(self.radii_mm)

    def __call__(self, points: Floats) -> NDArray[np.int_]:
        """Label points; the slab is fat."""
        moved = points - np.array(self.middle_mm)
        along = moved @ self.axis
        aside = (moved**2).sum(-1) - along**2
        heights = self.heights_mm
        first = (along < 0) & (aside + (along + heights[0]) ** 2 <= self.radii_mm[0] ** 2)
        second = (along >= 0) & (aside + (along - heights[1]) ** 2 <= self.radii_mm[1] ** 2)
        return np.where(np.abs(along) < self.slab_mm / 2, 0, first + 2 * second)

    def without_slab(self) -> TwoBalls:
        """Return the same balls as a reader would label them who draws both up to the middle of a thin plane."""
        return TwoBalls(self.radii_mm, self.distance_mm, self.axis, 0.0, self.middle_mm)


def balls_with_notch(
    notch_deg: float, radii_mm: tuple[float, float], axis: Floats, slab_mm: float = 0.0, middle: Floats | None = None
) -> TwoBalls:
    """Return two balls that meet at an angle."""
    one, two = radii_mm
    inner = np.radians(180.0 - notch_deg)
    distance = float(np.sqrt(one**2 + two**2 - 2 * one * two * np.cos(inner)))
    place = (0.0, 0.0, 0.0) if middle is None else tuple(middle.tolist())
    return TwoBalls(radii_mm, distance, axis, slab_mm, place)


def halved_ellipsoid(half_axes_mm: tuple[float, float, float], turn: Rotation) -> Labelling:
    """Return a single body cut in two by a plane through its middle across its longest axis."""
    half = np.array(half_axes_mm)

    def label(points: Floats) -> NDArray[np.int_]:
        own = turn.inv().apply(points.reshape(-1, 3)).reshape(points.shape)
        inside = ((own / half) ** 2).sum(-1) <= 1
        return np.where(inside, np.where(own[..., int(np.argmax(half))] < 0, 1, 2), 0)

    return label


def random_axis(rng: np.random.Generator) -> Floats:
    """Return a random direction."""
    direction = rng.normal(size=3)
    return direction / np.linalg.norm(direction)


def random_middle(spacing_kji: tuple[float, ...], rng: np.random.Generator) -> Floats:
    """Return a random place within a voxel."""
    return rng.uniform(-0.5, 0.5, 3) * np.array(spacing_kji)


def grid(spacing_kji: tuple[float, float, float], extent_mm: float, turn: Rotation | None = None) -> ImageGeometry:
    """Return a cubic grid with its middle at the origin, turned if asked."""
    k, j, i = (max(int(np.ceil(extent_mm / s)), 4) for s in spacing_kji)
    axes = (turn or Rotation.identity()).as_matrix()
    spacing = (spacing_kji[2], spacing_kji[1], spacing_kji[0])
    origin = -axes @ ((np.array([i, j, k]) - 1) / 2 * np.array(spacing))
    return ImageGeometry((i, j, k), spacing, tuple(origin.tolist()), tuple(map(tuple, axes.tolist())))


def shares(label: Labelling, geometry: ImageGeometry) -> NDArray[np.float32]:
    """Return the share of each voxel that the first and the second label fill, shape (2, k, j, i).

    Only voxels whose corners and centre disagree, or that a slab may cut, are looked at more closely.
    """
    shape, spacing = geometry.array_shape, np.array(geometry.spacing_kji_mm)
    axes = [(np.arange(n) - (n - 1) / 2) * s for n, s in zip(shape, spacing, strict=True)]
    centres = np.stack(np.meshgrid(*axes, indexing="ij"), -1)
    at_centre = label(centres)
    mixed = ndimage.maximum_filter(at_centre, 3) != ndimage.minimum_filter(at_centre, 3)
    out = np.stack([at_centre == 1, at_centre == 2]).astype(np.float32)
    counts = np.clip(np.round(SUBSAMPLES * spacing / spacing.min()), SUBSAMPLES, 10).astype(int)
    parts = [((np.arange(n) + 0.5) / n - 0.5) * s for n, s in zip(counts, spacing, strict=True)]
    offsets = np.stack(np.meshgrid(*parts, indexing="ij"), -1).reshape(-1, 3)
    border = np.argwhere(mixed)
    for some in np.array_split(border, max(1, len(border) // 20_000)):
        found = label(centres[tuple(some.T)][:, None] + offsets)
        for number in (1, 2):
            out[(number - 1, *some.T)] = (found == number).mean(axis=1)
    return out


def masks(label: Labelling, geometry: ImageGeometry) -> tuple[Mask, Mask]:
    """Return the masks of both labels: a voxel takes what fills most of it."""
    first, second = shares(label, geometry)
    filled = first + second >= 0.5
    return filled & (first >= second), filled & (first < second)


def an_image(
    label: Labelling, geometry: ImageGeometry, scanner: Scanner, values_hu: tuple[float, float] = (SOFT_HU, SOFT_HU)
) -> Image:
    """Return a CT of both labels in fat."""
    filled = shares(label, geometry)
    steps = np.array(values_hu, dtype=np.float32) - FAT_HU
    sharp = FAT_HU + np.tensordot(steps, filled, axes=1)
    blurred = ndimage.gaussian_filter(sharp, scanner.blur_mm / 2.355 / np.array(geometry.spacing_kji_mm))
    noisy = blurred + np.random.default_rng(scanner.seed).normal(0.0, scanner.noise_hu, blurred.shape)
    return Image(np.round(noisy).astype(np.int16), geometry, "CT", "phantom.nrrd")


def a_phantom(
    balls: TwoBalls, geometry: ImageGeometry, scanner: Scanner, values_hu: tuple[float, float] = (SOFT_HU, SOFT_HU)
) -> Phantom:
    """Return the image of two balls with the masks of a reader who draws both up to the middle of the plane."""
    return Phantom(an_image(balls, geometry, scanner, values_hu), *masks(balls.without_slab(), geometry))
