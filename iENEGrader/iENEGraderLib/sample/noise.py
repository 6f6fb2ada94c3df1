"""What a scanner does to a perfect image: blur, tissue texture and the noise of a filtered back projection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import fft, ndimage

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import Vector
    from numpy.typing import NDArray

    from iENEGraderLib.sample.signed_distance import Field

BLUR_FWHM_MM = 0.8
SLICE_PROFILE_FWHM_MM = 1.0
NOISE_SD_HU = 11.5
TEXTURE_SD_HU = 3.0
TEXTURE_MM = 3.0
KERNEL_CUT_PER_MM = 0.45
HU_LIMITS = (-1024, 3071)
FWHM_PER_SD = 2.3548


def blurred(hu: Field, spacing_mm: Vector) -> Field:
    """The image through the point spread of the scanner: FWHM 0.8 mm in the plane, 1 mm across it."""
    in_plane = BLUR_FWHM_MM / FWHM_PER_SD
    across = SLICE_PROFILE_FWHM_MM / FWHM_PER_SD
    sigma = (across / spacing_mm[2], in_plane / spacing_mm[1], in_plane / spacing_mm[0])
    image: Field = ndimage.gaussian_filter(hu, sigma, truncate=3.0, mode="nearest")
    return image


def quantum_noise(shape: tuple[int, int, int], spacing_mm: Vector, rng: np.random.Generator) -> Field:
    """Noise with the spectrum that a soft-tissue kernel leaves, of standard deviation NOISE_SD_HU.

    In the plane the amplitude grows with the root of the frequency (ramp filter) and falls with the kernel; slices are
    independent, as in a reconstruction without overlap.
    """
    rows = fft.fftfreq(shape[1], spacing_mm[1])[:, None]
    columns = fft.rfftfreq(shape[2], spacing_mm[0])[None, :]
    frequency = np.hypot(rows, columns)
    transfer = (np.sqrt(frequency) * np.exp(-((frequency / KERNEL_CUT_PER_MM) ** 2))).astype(np.float32)
    noise = np.empty(shape, np.float32)
    for k in range(shape[0]):
        white = rng.standard_normal(shape[1:], dtype=np.float32)
        noise[k] = fft.irfft2(fft.rfft2(white) * transfer, shape[1:])
    noise *= np.float32(NOISE_SD_HU / noise.std())
    return noise


def tissue_texture(shape: tuple[int, int, int], spacing_mm: Vector, rng: np.random.Generator) -> Field:
    """Slow variation of attenuation within tissues, of standard deviation TEXTURE_SD_HU."""
    coarse_shape = [int(np.ceil(n * s / TEXTURE_MM)) + 1 for n, s in zip(shape, spacing_mm[::-1], strict=True)]
    coarse = rng.standard_normal(coarse_shape, dtype=np.float32)
    factors = np.divide(shape, coarse_shape)
    fine: Field = ndimage.zoom(coarse, factors, order=1)
    return fine * np.float32(TEXTURE_SD_HU / fine.std())


def scanned(hu: Field, body: NDArray[np.bool_], spacing_mm: Vector, rng: np.random.Generator) -> NDArray[np.int16]:
    """Image as the scanner stores it: blurred, with texture in the body and noise everywhere, rounded to int16.

    Parameters
    ----------
    hu : perfect image [k, j, i] in HU.
    body : where there is tissue.
    spacing_mm : spacing along i, j, k.
    rng : source of the noise.
    """
    image = blurred(hu, spacing_mm)
    image += np.where(body, tissue_texture(image.shape, spacing_mm, rng), np.float32(0))
    image += quantum_noise(image.shape, spacing_mm, rng)
    return np.clip(np.rint(image), *HU_LIMITS).astype(np.int16)
