"""Images as SimpleITK sees them, and the coarser ones that a registration works on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from scipy import ndimage

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.image import Image
    from numpy.typing import NDArray

    Values = NDArray[np.float32]
    Mask = NDArray[np.bool_]

WORK_MM = 1.0
"""Ours: finer voxels cost time and do not place an edge better than noise lets them."""
WORK_HU = (-700.0, 900.0)
"""Ours: metal and the inside of air count no more than bone and the border of air."""
BODY_HU = -400.0
OPENING_MM = 3.0
"""Ours: thinner than this is the table or a blanket."""


def volume_of(image: Image) -> SimpleITK.Image:
    """Return an image for SimpleITK, as 32-bit floats."""
    volume = SimpleITK.GetImageFromArray(image.voxels.astype(np.float32))
    _place(volume, image.geometry)
    return volume


def mask_volume(mask: Mask, geometry: ImageGeometry) -> SimpleITK.Image:
    """Return a mask for SimpleITK."""
    volume = SimpleITK.GetImageFromArray(mask.astype(np.uint8))
    _place(volume, geometry)
    return volume


def values_of(volume: SimpleITK.Image) -> Values:
    """Return the voxels [k, j, i]."""
    found: Values = SimpleITK.GetArrayFromImage(volume).astype(np.float32, copy=False)
    return found


def geometry_of(volume: SimpleITK.Image) -> ImageGeometry:
    """Return the grid."""
    a, b, c = np.reshape(volume.GetDirection(), (3, 3)).tolist()
    direction = ((a[0], a[1], a[2]), (b[0], b[1], b[2]), (c[0], c[1], c[2]))
    return ImageGeometry(volume.GetSize(), volume.GetSpacing(), volume.GetOrigin(), direction)


def work_volume(volume: SimpleITK.Image) -> SimpleITK.Image:
    """Return a volume of about `WORK_MM`, its values within `WORK_HU`."""
    limited = SimpleITK.Clamp(volume, SimpleITK.sitkFloat32, *WORK_HU)
    spacing = np.array(volume.GetSpacing())
    wanted = np.maximum(spacing, WORK_MM)
    if np.allclose(wanted, spacing):
        return limited
    sigmas = np.where(wanted > spacing, 0.5 * np.sqrt(np.maximum(wanted**2 - spacing**2, 0.0)), 0.0)
    smoothed = SimpleITK.DiscreteGaussian(limited, (sigmas**2).tolist(), useImageSpacing=True)
    size = np.maximum(np.floor((np.array(volume.GetSize()) - 1) * spacing / wanted).astype(int) + 1, 1)
    return SimpleITK.Resample(
        smoothed, size.tolist(), SimpleITK.Transform(), SimpleITK.sitkLinear, volume.GetOrigin(), wanted.tolist(),
        volume.GetDirection(), WORK_HU[0],
    )  # fmt: skip


def resampled(
    moving: SimpleITK.Image, fixed: SimpleITK.Image, transform: SimpleITK.Transform, outside: float, *, smooth: bool
) -> SimpleITK.Image:
    """Return a volume on the grid of another; ``smooth`` keeps the sharpness of edges and costs time."""
    how = SimpleITK.sitkBSpline3 if smooth else SimpleITK.sitkLinear
    return SimpleITK.Resample(moving, fixed, transform, how, outside)


def covered_part(moving: Image, fixed: SimpleITK.Image, transform: SimpleITK.Transform) -> Mask:
    """Return where on a grid a moved image has values."""
    everywhere = mask_volume(np.ones(moving.geometry.array_shape, dtype=bool), moving.geometry)
    found = SimpleITK.Resample(everywhere, fixed, transform, SimpleITK.sitkNearestNeighbor, 0)
    covered: Mask = SimpleITK.GetArrayFromImage(found) > 0
    return covered


def body_mask(volume: SimpleITK.Image, source: str) -> Mask:
    """Return the largest body of a CT with its airways, without the table.

    Raises
    ------
    InputError
        when there is none.
    """
    dense = values_of(volume) > BODY_HU
    spacing = np.array(volume.GetSpacing())[::-1]
    steps = np.maximum(np.round(0.5 * OPENING_MM / spacing), 1).astype(int)
    opened = ndimage.binary_opening(dense, np.ones(2 * steps + 1, dtype=bool))
    labels, count = ndimage.label(opened)
    if not count:
        raise InputError(f"{source}: there is no body in it; give a CT in HU of the neck")
    largest = int(np.argmax(np.bincount(labels.ravel())[1:])) + 1
    body: Mask = labels == largest
    for section in body:
        section[...] = ndimage.binary_fill_holes(section)
    return body


def _place(volume: SimpleITK.Image, geometry: ImageGeometry) -> None:
    volume.SetSpacing(geometry.spacing_mm)
    volume.SetOrigin(geometry.origin_lps_mm)
    volume.SetDirection([x for row in geometry.direction_lps for x in row])


def lps_from_kji(volume: SimpleITK.Image, kji: NDArray[Any]) -> NDArray[np.float64]:
    """Return places in LPS mm of positions [k, j, i] of shape (n, 3)."""
    matrix = geometry_of(volume).ijk_to_lps
    places: NDArray[np.float64] = kji[:, ::-1] @ matrix[:3, :3].T + matrix[:3, 3]
    return places
