"""Colours of maps: the same quantity looks alike in views, reports and teaching files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Colour = tuple[float, float, float]

LEVELS, FINE_LEVELS = 256, 4096


@dataclass(frozen=True)
class ColourScale:
    """Colours of a map; all steps are equally brighter, so that it can be read without colours, too.

    Attributes
    ----------
    name : of the scale.
    anchors : red, green, blue (sRGB) from 0 to 1, each brighter than the one before; our choice.
    """

    name: str
    anchors: tuple[Colour, ...]

    @cached_property
    def colours(self) -> NDArray[np.float64]:
        """Colours from 0 to 1, shape (256, 3), on the way through the anchors at even steps of lightness (CIE L*)."""
        anchors = np.array(self.anchors)
        between = np.linspace(0.0, len(anchors) - 1.0, FINE_LEVELS)
        fine = np.stack([np.interp(between, np.arange(len(anchors)), channel) for channel in anchors.T], axis=1)
        linear = np.where(fine <= 0.04045, fine / 12.92, ((fine + 0.055) / 1.055) ** 2.4)
        luminance = linear @ np.array([0.2126, 0.7152, 0.0722])
        lightness = np.where(luminance > 0.008856, 116.0 * np.cbrt(luminance) - 16.0, 903.3 * luminance)
        even = np.linspace(lightness[0], lightness[-1], LEVELS)
        return np.stack([np.interp(even, lightness, channel) for channel in fine.T], axis=1)

    def at(self, share: NDArray[Any]) -> NDArray[np.float64]:
        """Return colours from 0 to 1, shape (..., 3), of places between the ends; beyond them, that of the end."""
        steps = np.rint(np.nan_to_num(share) * (LEVELS - 1))
        found: NDArray[np.float64] = self.colours[np.clip(steps, 0, LEVELS - 1).astype(int)]
        return found


IODINE = ColourScale("Iodine", ((0.0, 0.0, 0.0), (0.35, 0.05, 0.15), (0.75, 0.15, 0.05), (0.98, 0.55, 0.05),
                                (1.0, 1.0, 0.75)))  # fmt: skip
FAT = ColourScale("Fat", ((0.0, 0.0, 0.0), (0.1, 0.12, 0.45), (0.1, 0.4, 0.65), (0.35, 0.75, 0.65),
                          (0.95, 1.0, 0.85)))  # fmt: skip
FLOW = ColourScale("Perfusion flow", ((0.0, 0.0, 0.02), (0.32, 0.07, 0.43), (0.73, 0.21, 0.33), (0.98, 0.54, 0.04),
                                      (0.99, 1.0, 0.64)))  # fmt: skip
VOLUME = ColourScale("Perfusion volume", ((0.0, 0.0, 0.02), (0.18, 0.19, 0.42), (0.13, 0.44, 0.56), (0.21, 0.72, 0.47),
                                          (0.93, 0.98, 0.6)))  # fmt: skip
TIME = ColourScale("Perfusion time", ((0.0, 0.0, 0.02), (0.02, 0.22, 0.42), (0.3, 0.4, 0.45), (0.63, 0.61, 0.45),
                                      (1.0, 0.91, 0.35)))  # fmt: skip
SPECTRAL_SCALES = {"iodine": IODINE, "fat fraction": FAT}
"""Scale of every map of spectral CT that has one, by the name in headers of files."""
PERFUSION_SCALES = {
    "ktrans_per_min": FLOW, "fp_ml_100ml_min": FLOW, "ps_ml_100ml_min": FLOW, "kep_per_min": FLOW, "ve": VOLUME,
    "vp": VOLUME, "delay_s": TIME, "iauc60": FLOW, "iauc90": FLOW, "relative_enhancement": FLOW, "arrival_s": TIME,
    "time_to_peak_s": TIME, "wash_in_per_min": FLOW, "wash_out_per_min": FLOW, "t1_s": TIME, "r2": VOLUME,
    "residual_sd": VOLUME,
}  # fmt: skip
"""Scale of every map of perfusion, in the order in which maps are listed."""
