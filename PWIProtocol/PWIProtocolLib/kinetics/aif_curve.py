"""What every use of an arterial input function asks of it first: sensible times, sensible numbers, a bolus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

FEWEST_SAMPLES = 6
MOST_CONCENTRATION_mM = 100.0
SHORTEST_STUDY_S = 20.0
ARRIVAL_SHARE = 0.15
"""Share of the peak that tells the arriving bolus from noise."""


@dataclass(frozen=True)
class AifCurve:
    """Plasma concentration over time: checked, with times in seconds that rise."""

    time_s: NDArray[np.float64]
    aif_mM: NDArray[np.float64]

    @property
    def peak(self) -> int:
        """Index of the highest sample."""
        return int(np.argmax(self.aif_mM))

    @property
    def first_risen(self) -> int:
        """Index of the sample from which the curve stays above a share of its peak until the peak."""
        below = np.flatnonzero(self.aif_mM[: self.peak] < ARRIVAL_SHARE * self.aif_mM[self.peak])
        return int(below[-1]) + 1 if below.size else 0

    @property
    def arrival_s(self) -> float:
        """Time at which the bolus arrives: where the line up to the first risen sample leaves zero."""
        first = self.first_risen
        if first == 0:
            return float(self.time_s[0])
        before, after = self.aif_mM[first - 1], self.aif_mM[first]
        share = np.clip(-before / (after - before), 0.0, 1.0)
        return float(self.time_s[first - 1] + share * (self.time_s[first] - self.time_s[first - 1]))

    @property
    def baseline_mM(self) -> NDArray[np.float64]:
        """Samples before arrival, without the last of them, which may hold the first of the bolus."""
        return self.aif_mM[: max(self.first_risen - 1, 0)]

    @property
    def baseline_sd_mM(self) -> float | None:
        """Standard deviation of the samples before arrival; None when there are fewer than three."""
        return float(np.std(self.baseline_mM, ddof=1)) if self.baseline_mM.size >= 3 else None


def checked_aif(time_s: ArrayLike, aif_mM: ArrayLike, what: str = "AIF") -> AifCurve:
    """Return the curve, or say why it cannot be one.

    Raises
    ------
    InputError
        When times do not rise or are hardly in seconds, or concentrations are not finite, hardly in mM, or never rise.
    """
    time, curve = np.asarray(time_s, dtype=float), np.asarray(aif_mM, dtype=float)
    if time.ndim != 1 or time.shape != curve.shape:
        raise InputError(f"{what}: {curve.shape} concentrations for {time.shape} times; expected one list of each")
    if time.size < FEWEST_SAMPLES:
        raise InputError(f"{what}: {time.size} samples; at least {FEWEST_SAMPLES} are needed")
    if not np.all(np.isfinite(time)) or not np.all(np.isfinite(curve)):
        raise InputError(f"{what}: holds values that are not finite numbers")
    if np.any(np.diff(time) <= 0.0):
        index = int(np.flatnonzero(np.diff(time) <= 0.0)[0])
        raise InputError(f"{what}: time {time[index + 1]:g} s follows {time[index]:g} s; times must rise")
    if np.ptp(time) < SHORTEST_STUDY_S:
        raise InputError(f"{what}: lasts {np.ptp(time):g} s; are its times in minutes? Give seconds")
    if curve.max() <= 0.0:
        raise InputError(f"{what}: never rises above zero; there is no bolus in it")
    if curve.max() > MOST_CONCENTRATION_mM:
        raise InputError(f"{what}: peak of {curve.max():g}; a bolus stays below {MOST_CONCENTRATION_mM:g} mM: give mM")
    return AifCurve(time, curve)
