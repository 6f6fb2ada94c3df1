"""How maps of spectral CT and of perfusion are drawn: title, unit, range and colours of each kind."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.export.job.case_map import Quantity
from iENEGraderLib.measure.case.evidence.words import PERFUSION_LABEL, PerfusionKind
from iENEGraderLib.measure.map_values import SpectralKind

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from iENEGraderLib.export.job.case_map import CaseMap

    Colour = tuple[float, float, float]

BLACK_BODY: tuple[Colour, ...] = (
    (0.0, 0.0, 0.0), (0.35, 0.05, 0.15), (0.75, 0.15, 0.05), (0.98, 0.55, 0.05), (1.0, 1.0, 0.75),
)  # fmt: skip
BLUE_GREEN: tuple[Colour, ...] = (
    (0.0, 0.0, 0.0), (0.1, 0.12, 0.45), (0.1, 0.4, 0.65), (0.35, 0.75, 0.65), (0.95, 1.0, 0.85),
)  # fmt: skip
INDIGO_YELLOW: tuple[Colour, ...] = (
    (0.10, 0.07, 0.33), (0.30, 0.25, 0.62), (0.05, 0.56, 0.65), (0.50, 0.80, 0.40), (0.98, 0.95, 0.30),
)  # fmt: skip
"""Each step is brighter than the one before, so that it can be read without colours, too."""
HIGH_QUANTILE = 0.98
OPACITY, CLEAR_SHARE = 0.8, 0.12
"""Ours: anatomy is seen through colours, and alone where a map holds next to nothing or has no value."""


@dataclass(frozen=True)
class MapLook:
    """How one kind of map is drawn.

    Attributes
    ----------
    title, unit : as users know them.
    high : value at the upper end of the colours, in the unit that is shown; NaN where the values shall decide. They
        all begin at zero.
    colours : red, green, blue from 0 to 1 at even distances.
    evidence : kind of evidence that holds the value of a node; empty when there is none.
    factor : from the values of the map to the unit that is shown.
    warning : what stands with every such map; empty when there is nothing to mind.
    """

    title: str
    unit: str
    high: float
    colours: tuple[Colour, ...]
    evidence: str = ""
    factor: float = 1.0
    warning: str = ""

    def fitted(self, values: NDArray[Any]) -> MapLook:
        """Return the look with the end of its colours, taken from values in the unit that is shown where needed."""
        known = values[values > 0]
        if not np.isnan(self.high):
            return self
        return replace(self, high=_round_up(float(np.quantile(known, HIGH_QUANTILE))) if known.size else 1.0)

    def share(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return where values in the unit that is shown lie between the ends, from 0 to 1; NaN stays."""
        return np.clip(values / self.high, 0.0, 1.0)

    def rgb(self, share: NDArray[Any]) -> NDArray[Any]:
        """Return colours from 0 to 1, shape (..., 3), of places between the ends."""
        at = np.linspace(0.0, 1.0, len(self.colours))
        channels = np.array(self.colours).T
        return np.stack([np.interp(share, at, channel) for channel in channels], axis=-1)

    def opacity(self, share: NDArray[Any]) -> NDArray[Any]:
        """Return how much of the anatomy the colours cover; nothing where there is no value."""
        cover: NDArray[Any] = OPACITY * np.clip(np.nan_to_num(share) / CLEAR_SHARE, 0.0, 1.0)
        return cover


NAN = float("nan")
LOOKS = {
    Quantity.IODINE: MapLook("Iodine", "mg/mL", 6.0, BLACK_BODY, SpectralKind.IODINE),
    Quantity.FAT_FRACTION: MapLook("Fat fraction", "%", 100.0, BLUE_GREEN, SpectralKind.FAT),
    Quantity.KTRANS: MapLook("Ktrans", "/min", NAN, INDIGO_YELLOW, PerfusionKind.KTRANS),
    Quantity.KEP: MapLook("kep", "/min", NAN, INDIGO_YELLOW, PerfusionKind.KEP),
    Quantity.VE: MapLook("ve", "%", 100.0, INDIGO_YELLOW, PerfusionKind.VE),
    Quantity.VP: MapLook("vp", "%", NAN, INDIGO_YELLOW, PerfusionKind.VP),
    Quantity.T1: MapLook("T1", "s", NAN, INDIGO_YELLOW),
}
FACTORS = {"1": 100.0, "/s": 60.0, "1/s": 60.0, "ms": 0.001}
"""From units of maps to those that are shown: percent, per minute, seconds."""


def look_of(found: CaseMap) -> MapLook:
    """Return how a map is drawn, whatever unit it came in."""
    warning = PERFUSION_LABEL if found.quantity.is_perfusion else ""
    return replace(LOOKS[found.quantity], factor=FACTORS.get(found.unit, 1.0), warning=warning)


def _round_up(value: float) -> float:
    """Return a value above zero of two digits that is not below."""
    step = 10.0 ** np.floor(np.log10(value)) / 2
    return float(np.ceil(value / step - 1e-9) * step)
