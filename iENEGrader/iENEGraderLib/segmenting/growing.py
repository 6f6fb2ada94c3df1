"""A node grown from one point inside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK
from HeadNeckNodesLib.errors import InputError
from scipy import ndimage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.image import Image
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]
    Box = tuple[slice, slice, slice]

SEED_RADIUS_MM = 2.0
SPREADS = 3.0
"""Ours: values within this many standard deviations of those round the seed belong to the node, ..."""
LEAST_SPREAD = 8.0
"""... and never less than this share of 100 HU apart, or noise would leave holes."""
LEAST_NODE_MM3 = 4.0
RIM_VOXELS = 2
LEAST_RIM_SHARE = 0.6
"""Ours: a part that lies in brighter tissue over this share of its surroundings is the necrotic middle of a node."""
NECK_RADII_MM = (0.0, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0)
"""Ours: bridges thinner than twice these radii are cut, one after the other, until the node no longer runs away."""


@dataclass(frozen=True, eq=False)
class _Site:
    """What is seen round a seed: smoothed values, voxels that may be taken, the seed, and the limit of reach."""

    smooth: NDArray[np.float32]
    free: Mask
    inner: tuple[int, ...]
    far: Mask
    geometry: ImageGeometry


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
    site = _Site(
        smooth=ndimage.median_filter(values, size=3, mode="nearest"),
        free=free & (from_seed <= radius_mm),
        inner=inner,
        far=from_seed >= radius_mm - 2 * max(geometry.spacing_mm),
        geometry=geometry,
    )
    grown = _with_rim(site, _part_alike(site, site.smooth[(from_seed <= SEED_RADIUS_MM) & free]))
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


def _part_alike(site: _Site, typical: NDArray[np.float32], low: float | None = None) -> Mask:
    """Return the part round the seed that looks like typical values, or lies between them and a lower limit.

    The border lies half-way to what is darker and to what is brighter: there a blurred body has its true border.
    """
    smooth, middle = site.smooth, float(np.median(typical))
    reach = SPREADS * max(1.4826 * float(np.median(np.abs(typical - middle))), LEAST_SPREAD)
    darker, brighter = smooth[smooth < middle - reach], smooth[smooth > middle + reach]
    if low is None:
        low = 0.5 * (middle + float(np.median(darker))) if darker.size else middle - reach
    high = 0.5 * (middle + float(np.median(brighter))) if brighter.size else middle + reach
    return _contained(site, (smooth >= low) & (smooth <= high) & site.free)


def _with_rim(site: _Site, grown: Mask) -> Mask:
    """Add the living rim when the seed lay in a necrotic middle: what has grown lies in brighter tissue all round."""
    shell = ndimage.binary_dilation(grown, iterations=RIM_VOXELS) & ~grown & site.free
    inside = site.smooth[grown]
    rim = site.smooth[shell & (site.smooth > float(np.median(inside)))]
    if rim.size < LEAST_RIM_SHARE * max(int(np.count_nonzero(shell)), 1):
        return grown
    try:
        whole = _part_alike(site, rim, low=float(np.percentile(inside, 2)))
    except InputError:
        return grown
    return whole | grown


def _contained(site: _Site, near: Mask) -> Mask:
    """Return the part round the seed after cutting bridges, narrow ones first, until it does not reach the limit."""
    for neck_mm in NECK_RADII_MM:
        part = _opened_part(near, site.inner, neck_mm, site.geometry)
        if part is None or (part & site.far).any():
            continue
        if part.sum() * site.geometry.voxel_volume_mm3 >= LEAST_NODE_MM3:
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
