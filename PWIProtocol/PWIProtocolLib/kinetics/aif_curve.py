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
FOOT_SHARE, FOOT_OF_RISE, LONGEST_FOOT_S = 0.1, 0.87, 3.0
"""Where the foot ends as a share of the peak, its length as a share of the rise from there to half, and its limit."""


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
        """Time at which the bolus arrives, from the rise between a tenth and half of the peak.

        The foot of a bolus hides in noise and between samples; its steep rise does not. The arrival is set before the
        tenth by a share of the time from the tenth to the half: that of the average of Parker et al. 2006, so that a
        curve counts from where its published onset lies, however it was sampled. A parabola, the rise of the
        linear-quadratic model of Cheong et al. (Phys Med Biol 2003;48:N83), would have 0.81. The foot of a slow
        injection is no longer than that of a quick one, hence the limit. The published onset is met within 0.1 s
        (Parker), 0.5 s (Wong) and 0.9 s (Georgiou).
        """
        tenth_s, half_s = self._rise_s(FOOT_SHARE), self._rise_s(0.5)
        foot_s = min(FOOT_OF_RISE * (half_s - tenth_s), LONGEST_FOOT_S)
        return float(max(tenth_s - foot_s, self.time_s[0]))

    def _rise_s(self, share: float) -> float:
        """Time at which the last rise to the peak passes a share of it, on the line between two samples."""
        level = share * self.aif_mM[self.peak]
        below = np.flatnonzero(self.aif_mM[: self.peak] < level)
        if not below.size:
            return float(self.time_s[0])
        last = int(below[-1])
        low, high = self.aif_mM[last : last + 2]
        start, end = self.time_s[last : last + 2]
        return float(start + (level - low) / (high - low) * (end - start))

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
