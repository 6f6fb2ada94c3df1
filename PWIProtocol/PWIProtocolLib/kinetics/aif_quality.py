"""What tells a good arterial input function from a poor one, in numbers and warnings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from PWIProtocolLib.kinetics.aif_curve import AifCurve, checked_aif
from PWIProtocolLib.preferences import read_preferences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

LIMITS = Path(__file__).with_name("aif_limits.toml")


@dataclass(frozen=True)
class AifQuality:
    """Measures of a curve.

    Attributes
    ----------
    peak_mM, peak_time_s : highest sample.
    arrival_s : when the bolus arrives: :attr:`AifCurve.arrival_s` with straight lines between the samples.
    fwhm_s : width of the first pass at half its height; None when it does not fall to half before the end.
    samples_above_half : samples within that width.
    baseline_samples : samples before arrival.
    baseline_sd_share : their standard deviation as a share of the peak; None below three samples.
    baseline_cv : the same of the signal as a share of its mean; None without the signal.
    tail_mM : mean of the last minute.
    warnings : one sentence each.
    """

    peak_mM: float
    peak_time_s: float
    arrival_s: float
    fwhm_s: float | None
    samples_above_half: int
    baseline_samples: int
    baseline_sd_share: float | None
    baseline_cv: float | None
    tail_mM: float
    warnings: tuple[str, ...]


def aif_quality(time_s: ArrayLike, aif_mM: ArrayLike, signal: ArrayLike | None = None) -> AifQuality:
    """Measure an AIF.

    Parameters
    ----------
    time_s, aif_mM : times in seconds and plasma concentration, (n,).
    signal : mean signal of the same voxels, (n,), when it is at hand: for its variation before arrival.

    Raises
    ------
    InputError
        When times or concentrations cannot be those of an AIF.
    """
    curve = checked_aif(time_s, aif_mM)
    peak = float(curve.aif_mM[curve.peak])
    half = _half_width(curve)
    sd = curve.baseline_sd_mM
    tail_s = read_preferences(LIMITS).value("tail_s")
    tail = curve.aif_mM[curve.time_s > curve.time_s[-1] - min(tail_s, 0.25 * np.ptp(curve.time_s))]
    measures = AifQuality(
        peak_mM=peak,
        peak_time_s=float(curve.time_s[curve.peak]),
        arrival_s=curve.arrival_s,
        fwhm_s=half,
        samples_above_half=_samples_above_half(curve),
        baseline_samples=curve.first_risen,
        baseline_sd_share=None if sd is None else sd / peak,
        baseline_cv=None if signal is None else _signal_cv(np.asarray(signal, dtype=float), curve.baseline_mM.size),
        tail_mM=float(np.mean(tail)),
        warnings=(),
    )
    return replace(measures, warnings=tuple(_warnings(measures)))


def _half_width(curve: AifCurve) -> float | None:
    time, c, peak = curve.time_s, curve.aif_mM, curve.peak
    half = 0.5 * c[peak]
    before, after = np.flatnonzero(c[:peak] < half), np.flatnonzero(c[peak:] < half)
    if not before.size or not after.size:
        return None
    i, j = int(before[-1]), peak + int(after[0])
    start = np.interp(half, [c[i], c[i + 1]], [time[i], time[i + 1]])
    end = np.interp(half, [c[j], c[j - 1]], [time[j], time[j - 1]])
    return float(end - start)


def _samples_above_half(curve: AifCurve) -> int:
    above = curve.aif_mM >= 0.5 * curve.aif_mM[curve.peak]
    before, after = np.flatnonzero(~above[: curve.peak]), np.flatnonzero(~above[curve.peak :])
    start = int(before[-1]) + 1 if before.size else 0
    end = curve.peak + int(after[0]) if after.size else above.size
    return end - start


def _signal_cv(signal: NDArray[np.float64], count: int) -> float | None:
    before = signal[:count]
    mean = float(np.mean(before)) if count >= 3 else 0.0
    return float(np.std(before, ddof=1)) / mean if mean > 0.0 else None


def _warnings(q: AifQuality) -> Iterator[str]:
    limits = read_preferences(LIMITS)
    if q.samples_above_half == 1:
        yield "AIF: one sample alone makes up the peak; its height depends on when that volume was taken"
    if q.peak_mM < limits.value("peak_low_mM"):
        yield f"AIF: peak of {q.peak_mM:.3g} mM is low; partial volume, inflow or a vein may be the cause"
    if q.peak_mM > limits.value("peak_high_mM"):
        yield f"AIF: peak of {q.peak_mM:.3g} mM is too high to be true; check units, T1 of blood and flip angle"
    if q.fwhm_s is None:
        yield "AIF: the first pass does not fall to half of its height; it may be a vein or tissue"
    elif q.fwhm_s > limits.value("fwhm_long_s"):
        yield f"AIF: first pass of {q.fwhm_s:.0f} s at half height; slow injection, dispersion or a vein"
    if q.baseline_samples < limits.value("fewest_baseline"):
        yield f"AIF: {q.baseline_samples} samples before arrival; noise and baseline cannot be told"
    if q.baseline_sd_share is not None and q.baseline_sd_share > limits.value("baseline_sd_high"):
        yield f"AIF: noise before arrival is {q.baseline_sd_share:.0%} of the peak"
    if q.baseline_cv is not None and q.baseline_cv > limits.value("baseline_cv_high"):
        yield f"AIF: the signal varies by {q.baseline_cv:.0%} before arrival; pulsation, inflow or motion"
    if q.tail_mM > limits.value("tail_share_high") * q.peak_mM:
        yield f"AIF: ends at {q.tail_mM / q.peak_mM:.0%} of its peak; the first pass may have been missed"
