"""Where a tapering spike ends: straight frusta, blurred as the image is, compared with its measured cross-sections."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

BLUR_MM = 0.3
"""Ours: standard deviation of the blur of a sharp CT; half a voxel is added for sampling and interpolation."""
MODEL_ERROR_MM2 = 0.1
"""Ours: cross-sections of real spikes differ by about so much from straight frusta."""
LENGTH_STEP_MM = 0.1
LONGEST_MM = 14.0
WIDTHS_MM = np.arange(0.4, 2.61, 0.2)
TAPERS = np.array([0.2, 0.4, 0.6, 0.8, 1.0])
"""Width at the tip over that at the base. A point ends where it is a fifth as wide: what is thinner cannot be seen."""
FRAME_MM = 1.5
LEAST_PLACES = 5


@dataclass(frozen=True)
class TipFit:
    """Place of a tip along its axis, plus or minus."""

    tip_mm: float
    uncertainty_mm: float


def fitted_tip(along_mm: Floats, area_mm2: Floats, base_mm: float, voxel_mm: float, noise_mm2: float) -> TipFit | None:
    """Return the mean place of the tip over all frusta, weighted by how well each explains the cross-sections.

    Parameters
    ----------
    along_mm, area_mm2 : cross-section at evenly spaced places from clear of the core to beyond the end.
    base_mm : place where the spike begins.
    voxel_mm : twice the distance between places.
    noise_mm2 : standard deviation of a cross-section.

    Returns
    -------
    TipFit or None
        None when there are too few places.
    """
    if len(along_mm) < LEAST_PLACES:
        return None
    lengths, places, models = _frusta(round(voxel_mm, 3))
    first, last = float(along_mm[0] - base_mm), float(along_mm[-1] - base_mm)
    is_possible = (lengths >= first - 0.3) & (lengths <= last)
    if not is_possible.any():
        return None
    lengths, models = lengths[is_possible], models[is_possible]
    at = (along_mm - base_mm - places[0]) / (places[1] - places[0])
    low = np.clip(np.floor(at).astype(int), 0, len(places) - 2)
    weight = np.clip(at - low, 0.0, 1.0)
    expected = models[..., low] * (1 - weight) + models[..., low + 1] * weight
    squares = ((expected - area_mm2) ** 2).sum(axis=-1)
    # Neighbouring places share voxels: only one in a voxel side (two places) counts.
    misfit = 0.25 * squares / (noise_mm2**2 + MODEL_ERROR_MM2**2)
    likelihood = np.exp(-(misfit - misfit.min())).sum(axis=(1, 2))
    likelihood /= likelihood.sum()
    mean = float(likelihood @ lengths)
    spread = float(np.sqrt(likelihood @ (lengths - mean) ** 2))
    return TipFit(base_mm + mean, spread)


@lru_cache(maxsize=4)
def _frusta(voxel_mm: float) -> tuple[Floats, Floats, Floats]:
    """Return lengths, places, and cross-sections of blurred frusta, shape (lengths, widths, tapers, places)."""
    step = 0.5 * voxel_mm
    lengths = np.arange(LENGTH_STEP_MM, LONGEST_MM, LENGTH_STEP_MM)
    places = np.arange(-FRAME_MM, LONGEST_MM + FRAME_MM, step)
    share = np.clip(places / lengths[:, None], 0.0, 1.0)[:, None, None, :]
    width = WIDTHS_MM[:, None, None] * (1 + share * (TAPERS[:, None] - 1))
    is_filled = np.clip((lengths[:, None] - places) / step + 0.5, 0.0, 1.0)[:, None, None, :]
    area = (np.pi / 4 * width**2 * is_filled).astype(np.float32)
    blur = np.hypot(BLUR_MM, 0.5 * voxel_mm)
    blurred: Floats = ndimage.gaussian_filter1d(area, blur / step, axis=-1, mode="nearest")
    return lengths, places, blurred
