"""A node grown from one point inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import SimpleITK
from scipy import ndimage

from iENEGraderLib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from iENEGraderLib.imaging.geometry import ImageGeometry
    from iENEGraderLib.imaging.image import Image

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]
    Box = tuple[slice, slice, slice]

SEED_RADIUS_MM = 2.0
SPREADS = 3.0
"""Ours: values within this many standard deviations of those round the seed belong to the node, ..."""
LEAST_SPREAD = 8.0
"""... and never less than this share of 100 HU apart, or noise would leave holes."""
NECK_RADII_MM = (0.0, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0)
"""Ours: bridges thinner than twice these radii are cut, one after the other, until the node no longer runs away."""


def grow_from_seed(
    image: Image, seed_ras_mm: Sequence[float], others: NDArray[np.bool_] | None = None, radius_mm: float = 30.0
) -> NDArray[np.bool_]:
    """Grow a node from a seed: what looks like its surroundings, is connected to it, and stays within reach.

    Parameters
    ----------
    seed_ras_mm : a point inside the node.
    others : mask [k, j, i] of what is known to be something else (vessels, muscles, other nodes).
    radius_mm : farthest that the node may reach from the seed; growth that reaches it has run away, and narrower and
        wider bridges are cut until it stays.

    Returns
    -------
    mask [k, j, i] on the grid of the image; cavities filled. A first outline: the reader corrects it.

    Raises
    ------
    InputError
        When the seed lies outside the image, in something else, in air, or nothing of the size of a node grows.
    """
    geometry = image.geometry
    place = geometry.kji_from_ras(np.asarray(seed_ras_mm, dtype=float))
    seed = np.rint(place).astype(int)
    if (seed < 0).any() or (seed >= geometry.array_shape).any():
        raise InputError("the seed lies outside the image: click into the node")
    box = _box(seed, geometry, radius_mm)
    inner = tuple((seed - [b.start for b in box]).tolist())
    values = image.voxels[box].astype(np.float32)
    free = np.ones(values.shape, dtype=bool) if others is None else ~others[box]
    if not free[inner]:
        raise InputError("the seed lies in another segment: click into the node, or correct that segment first")
    from_seed = _distance_mm(values.shape, inner, geometry)
    near = _alike(values, from_seed, free) & (from_seed <= radius_mm)
    grown = _contained(near, inner, from_seed >= radius_mm - 2 * max(geometry.spacing_mm), geometry)
    mask = np.zeros(geometry.array_shape, dtype=bool)
    mask[box] = ndimage.binary_fill_holes(grown) & free
    return mask


def _box(seed: NDArray[np.int_], geometry: ImageGeometry, radius_mm: float) -> Box:
    reach = np.ceil(radius_mm / np.array(geometry.spacing_kji_mm)).astype(int)
    first = np.maximum(seed - reach, 0)
    last = np.minimum(seed + reach + 1, geometry.array_shape)
    k, j, i = (slice(int(a), int(b)) for a, b in zip(first, last, strict=True))
    return k, j, i


def _distance_mm(shape: tuple[int, ...], inner: tuple[int, ...], geometry: ImageGeometry) -> Floats:
    axes = [(np.arange(size) - at) * step for size, at, step in zip(shape, inner, geometry.spacing_kji_mm, strict=True)]
    k, j, i = np.meshgrid(*axes, indexing="ij", sparse=True)
    distance: Floats = np.sqrt(k**2 + j**2 + i**2)
    return distance


def _alike(values: NDArray[np.float32], from_seed: Floats, free: Mask) -> Mask:
    """Tell which voxels look like those round the seed; the border lies half-way to what is darker and to what is not.

    Half-way is where the border of a blurred body is seen at its true place.
    """
    smooth = ndimage.median_filter(values, size=3, mode="nearest")
    around = smooth[(from_seed <= SEED_RADIUS_MM) & free]
    middle = float(np.median(around))
    reach = SPREADS * max(1.4826 * float(np.median(np.abs(around - middle))), LEAST_SPREAD)
    darker, brighter = smooth[smooth < middle - reach], smooth[smooth > middle + reach]
    low = 0.5 * (middle + float(np.median(darker))) if darker.size else middle - reach
    high = 0.5 * (middle + float(np.median(brighter))) if brighter.size else middle + reach
    alike: Mask = (smooth >= low) & (smooth <= high) & free
    return alike


def _contained(near: Mask, inner: tuple[int, ...], far: Mask, geometry: ImageGeometry) -> Mask:
    """Return the part round the seed after cutting bridges, narrow ones first, until it does not reach the limit."""
    for neck_mm in NECK_RADII_MM:
        part = _opened_part(near, inner, neck_mm, geometry)
        if part is not None and not (part & far).any() and part.sum() * geometry.voxel_volume_mm3 >= 4.0:
            return part
    raise InputError(
        "nothing of the size of a node grew from the seed: it runs into its surroundings or is too small; draw the "
        "node with curves or in Segment Editor"
    )


def _opened_part(near: Mask, inner: tuple[int, ...], neck_mm: float, geometry: ImageGeometry) -> Mask | None:
    """Return the part that holds the seed after an opening with a ball; None when the seed is cut off."""
    # The border of the box counts as outside, or what is cut off by it would look thick.
    padded = np.pad(near, 1)
    core = padded if neck_mm == 0 else _distance_to(~padded, geometry) > neck_mm
    labels, _ = ndimage.label(core)
    label = labels[tuple(at + 1 for at in inner)]
    if not label:
        return None
    part: Mask = labels == label
    if neck_mm > 0:
        part = padded & (_distance_to(part, geometry) <= neck_mm + 0.5 * max(geometry.spacing_mm))
    return part[1:-1, 1:-1, 1:-1]


def _distance_to(mask: Mask, geometry: ImageGeometry) -> NDArray[np.float32]:
    """Distance in mm to a mask; zero in it, infinite when it is empty."""
    if not mask.any():
        return np.full(mask.shape, np.inf, dtype=np.float32)
    itk = SimpleITK.GetImageFromArray(mask.astype(np.uint8))
    itk.SetSpacing(geometry.spacing_mm)
    distance = SimpleITK.SignedMaurerDistanceMap(itk, squaredDistance=False, useImageSpacing=True)
    outside: NDArray[np.float32] = np.maximum(SimpleITK.GetArrayFromImage(distance), 0)
    return outside
