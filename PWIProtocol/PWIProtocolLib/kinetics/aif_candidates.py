"""How early, strong and sharp the curve of each voxel is: what tells an artery from everything else that enhances."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from PWIProtocolLib.kinetics.aif_curve import ARRIVAL_SHARE
from PWIProtocolLib.kinetics.aif_rise import last_rise_s
from PWIProtocolLib.preferences import read_preferences

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Map = NDArray[np.float32]

LIMITS = Path(__file__).with_name("aif_detection.toml")
FIRST_FRAMES = 2
RISE_SHARE = 0.1
ARTERIAL_FALL = 0.25
"""Level after the first pass, as a share of the peak, that earns the full score: population averages fall below it."""
STRONGEST = 0.005
"""Share of all voxels whose mean curve tells when contrast arrives."""


@dataclass(frozen=True)
class CurveMeasures:
    """Measures of every voxel, each [k, j, i]; not a number where a curve is not finite.

    Attributes
    ----------
    base, peak, noise : signal before contrast, greatest enhancement over it, and noise, in units of the input.
    rise_s, peak_s : when a tenth of the peak is passed, and the time of the peak.
    fallen_share : lowest level within a fixed time after the peak, as a share of the peak.
    cut_off : whether the top is flat, as that of a clipped signal.
    """

    base: Map
    peak: Map
    noise: Map
    rise_s: Map
    peak_s: Map
    fallen_share: Map
    cut_off: NDArray[np.bool_]


@dataclass(frozen=True)
class CandidateScores:
    """Scores from 0 to 1, each [k, j, i], and the limits they rest on."""

    early: Map
    strong: Map
    sharp: Map
    enhancing: NDArray[np.bool_]
    earliest_s: float
    strong_level: float

    @property
    def total(self) -> Map:
        """Product of the three: a voxel must be all of them."""
        return self.early * self.strong * self.sharp


def frames_before_contrast(frames: NDArray[np.generic]) -> int:
    """Count frames before any strong enhancement; 0 when nothing rises after the first frame."""
    flat = frames.reshape(frames.shape[0], -1)
    with np.errstate(invalid="ignore"):
        rise = np.nan_to_num(flat.max(axis=0) - flat[:FIRST_FRAMES].mean(axis=0), nan=-np.inf)
    count = max(int(STRONGEST * rise.size), min(rise.size, 20))
    strongest = np.argpartition(rise, rise.size - count)[-count:]
    curve = flat[:, strongest].mean(axis=1, dtype=float)
    curve = curve - curve[:FIRST_FRAMES].min()
    peak = int(np.argmax(curve))
    below = np.flatnonzero(curve[:peak] < ARRIVAL_SHARE * curve[peak])
    return int(below[-1]) + 1 if below.size else 0


def measured_curves(frames: NDArray[np.generic], time_s: NDArray[np.float64], baseline: int) -> CurveMeasures:
    """Measure every voxel of ``frames[t, k, j, i]``, one slice at a time to spare memory."""
    shape = frames.shape[1:]
    base, peak, noise, rise, peaked, fallen = (np.empty(shape, np.float32) for _ in range(6))
    maps = CurveMeasures(base, peak, noise, rise, peaked, fallen, np.empty(shape, np.bool_))
    time = time_s.astype(np.float32)
    fall_s = np.float32(read_preferences(LIMITS).value("sharp_fall_s"))
    for k in range(shape[0]):
        curves = np.ascontiguousarray(frames[:, k].reshape(frames.shape[0], -1).T, dtype=np.float32)
        rows = np.arange(curves.shape[0])
        base = curves[:, :baseline].mean(axis=1)
        peak_at = curves.argmax(axis=1)
        top, peak_s = curves[rows, peak_at], time[peak_at]
        with np.errstate(all="ignore"):
            after = (time > peak_s[:, None]) & (time <= peak_s[:, None] + fall_s)
            lowest = np.where(after, curves, np.inf).min(axis=1) - base
            tail = np.diff(curves[:, -max(curves.shape[1] // 3, 4) :], axis=1)
            maps.fallen_share[k] = (lowest / (top - base)).reshape(shape[1:])
            maps.noise[k] = (tail.std(axis=1) / np.sqrt(2.0)).reshape(shape[1:])
            level = base + np.float32(RISE_SHARE) * (top - base)
            maps.rise_s[k] = last_rise_s(curves, level, peak_at, time).reshape(shape[1:])
        maps.base[k], maps.peak[k] = base.reshape(shape[1:]), (top - base).reshape(shape[1:])
        maps.peak_s[k] = peak_s.reshape(shape[1:])
        maps.cut_off[k] = ((curves == top[:, None]).sum(axis=1) > 1).reshape(shape[1:])
    return maps


def scored(measures: CurveMeasures, interval_s: float) -> CandidateScores:
    """Score every voxel; `interval_s` between frames loosens the limit of the rise, which it blurs."""
    limits = read_preferences(LIMITS)
    with np.errstate(all="ignore"):
        enhancing = (measures.peak > limits.value("noise_factor") * measures.noise) & (measures.peak > 0.0)
        enhancing &= np.isfinite(measures.rise_s)
        peaks = measures.peak[enhancing]
        level = float(np.quantile(peaks, limits.value("strong_quantile"))) if peaks.size else np.inf
        strong = np.minimum(measures.peak / np.float32(level), 1.0)
        candidates = enhancing & (strong >= limits.value("strong_floor"))
        earliest = float(np.quantile(measures.rise_s[candidates], 0.02)) if candidates.any() else np.inf
        early = 1.0 - np.maximum(measures.rise_s - earliest, 0.0) / limits.value("early_s")
        quick = measures.peak_s - measures.rise_s <= limits.value("sharp_rise_s") + interval_s
        depth = (1.0 - measures.fallen_share) / (1.0 - ARTERIAL_FALL)
        falls = measures.fallen_share <= limits.value("sharp_fall_share")
        sharp = np.where(quick & falls, np.minimum(depth, 1.0), 0.0)
    kept = [np.where(candidates, np.clip(score, 0.0, 1.0), 0.0).astype(np.float32) for score in (early, strong, sharp)]
    return CandidateScores(kept[0], kept[1], kept[2], enhancing, earliest, level)
