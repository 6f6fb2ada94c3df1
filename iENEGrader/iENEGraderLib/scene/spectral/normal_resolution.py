"""For teaching: what a scanner of usual resolution would show of an image, beside the original."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import ndimage

from iENEGraderLib.errors import InputError
from iENEGraderLib.imaging.geometry import LPS_TO_RAS
from iENEGraderLib.imaging.image import Image
from iENEGraderLib.measure.size.node_size import section_axis
from iENEGraderLib.scene.slice_background import is_ct
from iENEGraderLib.scene.spectral.volume_image import shared_image
from iENEGraderLib.scene.volumes import add_volume

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iENEGraderLib.imaging.geometry import ImageGeometry

PIXEL_MM = 0.45
"""A field of view of 230 mm in 512 pixels, usual for a neck."""
SECTION_MM = 3.0
BLUR_FWHM_MM = 0.9
"""Ours: about two pixels, as soft kernels of conventional scanners have."""
FWHM_PER_SIGMA = 2.3548
"""Of a normal distribution."""


def simulated_volume(volume: Any) -> Any:
    """Add a volume of usual resolution to the scene, of a volume with higher one.

    Raises
    ------
    InputError
        When the volume is no finer, or lies under a transform.
    """
    image = normal_resolution(shared_image(volume))
    name = f"{volume.GetName()}, simulated {PIXEL_MM:g} mm, sections {SECTION_MM:g} mm"
    return add_volume(replace(image, modality="CT" if is_ct(volume) else image.modality), name)


def normal_resolution(image: Image, pixel_mm: float = PIXEL_MM, section_mm: float = SECTION_MM) -> Image:
    """Return an image as usual pixels, blur and thick sections show it; noise falls as it does there, too.

    Raises
    ------
    InputError
        When the image is no finer in any direction.
    """
    axis = section_axis(image.geometry)
    spacing = np.array(image.geometry.spacing_kji_mm)
    wanted = np.where(np.arange(3) == axis, section_mm, pixel_mm)
    wanted = np.maximum(wanted, spacing)
    if np.allclose(wanted, spacing):
        raise InputError(
            f"{image.source}: its voxels of {' x '.join(f'{side:.2g}' for side in spacing)} mm are no finer than usual "
            f"ones ({pixel_mm:g} mm, sections of {section_mm:g} mm)"
        )
    voxels = image.voxels.astype(np.float32)
    for each in range(3):
        if wanted[each] > spacing[each]:
            voxels = _thick(voxels, each, wanted[each] / spacing[each]) if each == axis else _blurred(
                voxels, each, spacing[each]
            )
    count = np.maximum(np.floor(np.array(voxels.shape) * spacing / wanted).astype(int), 1)
    return _resampled(image, voxels, wanted / spacing, count)


def _blurred(voxels: NDArray[np.float32], axis: int, side_mm: float) -> NDArray[np.float32]:
    out: NDArray[np.float32] = ndimage.gaussian_filter1d(
        voxels, BLUR_FWHM_MM / FWHM_PER_SIGMA / side_mm, axis=axis, mode="nearest"
    )
    return out


def _thick(voxels: NDArray[np.float32], axis: int, layers: float) -> NDArray[np.float32]:
    out: NDArray[np.float32] = ndimage.uniform_filter1d(voxels, max(round(layers), 1), axis=axis, mode="nearest")
    return out


def _resampled(image: Image, voxels: NDArray[np.float32], step: NDArray[Any], count: NDArray[np.intp]) -> Image:
    """Read voxels on a coarser grid that begins at the same corner of the image."""
    first = (step - 1) / 2
    values = ndimage.affine_transform(
        voxels, step, first, output_shape=tuple(count.tolist()), order=1, mode="nearest", prefilter=False
    )
    dtype = image.voxels.dtype
    values = np.rint(values).astype(dtype) if np.issubdtype(dtype, np.integer) else values
    return Image(values, _coarser(image.geometry, step, first, count), image.modality, image.source)


def _coarser(
    geometry: ImageGeometry, step: NDArray[Any], first: NDArray[Any], count: NDArray[np.intp]
) -> ImageGeometry:
    origin = LPS_TO_RAS[:3, :3] @ geometry.ras_from_kji(first)
    x, y, z = (float(value) for value in origin)
    k, j, i = (np.array(geometry.spacing_kji_mm) * step).tolist()
    slices, rows, columns = count.tolist()
    return replace(geometry, size_ijk=(columns, rows, slices), spacing_mm=(i, j, k), origin_lps_mm=(x, y, z))
