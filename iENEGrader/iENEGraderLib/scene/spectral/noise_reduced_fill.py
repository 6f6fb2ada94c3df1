"""Noise-reduced monochromatic images in a volume of the scene, some sections at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from iENEGraderLib.spectral import noise_reduced

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iENEGraderLib.spectral import Blend, SpectralInput

SECTIONS = 4
"""Ours: sections are smoothed one by one, and so many at once fit into the caches."""


def fill_noise_reduced(data: SpectralInput, blend: Blend, voxels: NDArray[Any], threads: int) -> None:
    """Compute a noise-reduced image of the energy of a blend into int16 voxels [k, j, i], in HU."""
    kev, limits = blend.kev, np.iinfo(voxels.dtype)
    assert kev is not None

    def fill(first: int) -> None:
        sections = slice(first, first + SECTIONS)
        values = np.rint(noise_reduced(data, kev, sections))
        voxels[sections] = np.clip(values, limits.min, limits.max)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(fill, range(0, len(voxels), SECTIONS)))
