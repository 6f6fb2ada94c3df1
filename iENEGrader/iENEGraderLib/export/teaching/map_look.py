"""How maps of spectral CT and of perfusion are drawn: title, unit, range and colours of each kind."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.drawing.map_colours import PERFUSION_SCALES, SPECTRAL_SCALES

from iENEGraderLib.export.job.case_map import Quantity
from iENEGraderLib.measure.case.evidence.words import PERFUSION_LABEL, PerfusionKind
from iENEGraderLib.measure.map_values import SpectralKind

if TYPE_CHECKING:
    from typing import Any

    from HeadNeckNodesLib.drawing.map_colours import ColourScale
    from numpy.typing import NDArray

    from iENEGraderLib.export.job.case_map import CaseMap

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
    scale : colours.
    evidence : kind of evidence that holds the value of a node; empty when there is none.
    factor : from the values of the map to the unit that is shown.
    warning : what stands with every such map; empty when there is nothing to mind.
    """

    title: str
    unit: str
    high: float
    scale: ColourScale
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
        return self.scale.at(share)

    def opacity(self, share: NDArray[Any]) -> NDArray[Any]:
        """Return how much of the anatomy the colours cover; nothing where there is no value."""
        cover: NDArray[Any] = OPACITY * np.clip(np.nan_to_num(share) / CLEAR_SHARE, 0.0, 1.0)
        return cover


NAN = float("nan")
SCALES = SPECTRAL_SCALES | PERFUSION_SCALES
LOOKS = {
    quantity: MapLook(title, unit, high, SCALES[quantity], evidence)
    for quantity, title, unit, high, evidence in (
        (Quantity.IODINE, "Iodine", "mg/mL", 6.0, SpectralKind.IODINE),
        (Quantity.FAT_FRACTION, "Fat fraction", "%", 100.0, SpectralKind.FAT),
        (Quantity.KTRANS, "Ktrans", "/min", NAN, PerfusionKind.KTRANS),
        (Quantity.KEP, "kep", "/min", NAN, PerfusionKind.KEP),
        (Quantity.VE, "ve", "%", 100.0, PerfusionKind.VE),
        (Quantity.VP, "vp", "%", NAN, PerfusionKind.VP),
        (Quantity.T1, "T1", "s", NAN, ""),
    )
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
