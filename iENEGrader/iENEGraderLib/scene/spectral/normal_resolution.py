"""For teaching: what a scanner of usual resolution would show of an image, beside the original."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.geometry import LPS_TO_RAS
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.scene.volumes import add_volume
from scipy import ndimage

from iENEGraderLib.measure.size.node_size import section_axis
from iENEGraderLib.scene.slice_background import is_ct
from iENEGraderLib.scene.spectral.volume_image import shared_image

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from numpy.typing import NDArray

PIXEL_MM = 0.45
"""A field of view of 230 mm in 512 pixels, usual for a neck."""
SECTION_MM = 3.0
BLUR_FWHM_MM = 0.9
"""Ours: about two pixels, as soft kernels of conventional scanners have."""
FWHM_PER_SIGMA = 2.3548
"""Of a normal distribution."""
ROUNDING = 1e-6


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
    ratio = wanted / spacing
    layers = max(round(float(ratio[axis])), 1)
    voxels = ndimage.uniform_filter1d(image.voxels.astype(np.float32), layers, axis=axis, mode="nearest")
    for each in range(3):
        if each != axis and ratio[each] > 1:
            sigma = BLUR_FWHM_MM / FWHM_PER_SIGMA / spacing[each]
            voxels = ndimage.gaussian_filter1d(voxels, sigma, axis=each, mode="nearest")
    # The middle of an even number of layers lies between two of them; the filter gives it to the upper one.
    shift = np.where(np.arange(3) == axis, 0.5 * (layers % 2 == 0), 0.0)
    return _resampled(image, voxels, ratio, shift)


def _resampled(image: Image, voxels: NDArray[np.float32], step: NDArray[Any], shift: NDArray[Any]) -> Image:
    """Read voxels on a coarser grid that begins at the same corner of the image."""
    first = (step - 1) / 2
    count = np.maximum(np.floor(np.array(voxels.shape) / step + ROUNDING).astype(int), 1)
    values = ndimage.affine_transform(
        voxels, step, first + shift, output_shape=tuple(count.tolist()), order=1, mode="nearest", prefilter=False
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
