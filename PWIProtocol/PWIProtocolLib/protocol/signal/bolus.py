"""Arrival of the contrast bolus in a curve of signal over time, with its uncertainty.

The curve rests on a plateau and then climbs: a plateau and a straight climb are fitted to the frames up to the middle
of the climb, for every possible corner between them (piecewise regression, after Cheong, Koh and Hou, Phys Med Biol
2003;48:N83). A climb that does not stand out from the noise, or does not last, is no arrival.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

LEAST_FRAMES = 6  # fewer cannot hold a plateau, a climb and the noise of both
LEAST_RISE = 0.15  # of the plateau: in vessels the agent raises T1-weighted signal far more, motion less
LEAST_RISE_TO_NOISE = 6.0
SHORT_CURVE = 8.0  # frames: the noise of a short curve is known badly, so that more is asked of it
PART_OF_CLIMB = 0.6
FRAMES_AFTER = 5
LASTING = 0.25  # of the rise that must remain in the frames after the peak
CORNERS_PER_FRAME = 4


@dataclass(frozen=True)
class BolusArrival:
    """When the bolus reaches the imaged tissue.

    Attributes
    ----------
    frame : position of the corner between frames, 0 for the first one.
    uncertainty_frames : half of the range of corners that fit about as well, at least half a frame, and at least what
        lies between the corner and the first frame that clearly stands out.
    frames_before : number of frames whose signal is still that of the plateau.
    time_s : the corner on the time axis; None when the times are unknown.
    """

    frame: float
    uncertainty_frames: float
    frames_before: int
    time_s: float | None


def arrival_in(curve: ArrayLike, times_s: ArrayLike | None = None) -> BolusArrival | None:
    """Find the arrival of the bolus in a curve.

    Parameters
    ----------
    curve : (n,) mean signal of enhancing voxels, any unit.
    times_s : (n,) start of each frame in s, increasing; None when unknown.

    Returns
    -------
    BolusArrival or None
        None when nothing climbs clearly out of the noise, or the curve is too short or not finite.
    """
    signal = np.asarray(curve, dtype=float)
    if signal.ndim != 1 or signal.size < LEAST_FRAMES or not np.isfinite(signal).all():
        return None
    steepest = _middle_of_climb(signal)
    if steepest < 1:
        return None
    corners, misfits = _corner_fits(signal[: steepest + 1])
    best = int(np.argmin(misfits))
    corner = float(corners[best])
    plateau = float(np.median(signal[: int(corner) + 1]))
    noise = _noise_of(signal)
    rise = float(signal[steepest:].max()) - plateau
    if not _is_a_bolus(signal, plateau, rise, noise):
        return None
    freedom = max(steepest - 2, 1)
    alike = corners[misfits <= misfits[best] * (1 + 4 / freedom) + (0.01 * rise) ** 2]
    raised = np.flatnonzero(signal > plateau + max(3 * noise, 0.05 * rise))
    before = int(raised[raised > corner][0])
    spread = max(0.5, float(alike.max() - alike.min()) / 2, abs(before - int(corner) - 1))
    return BolusArrival(corner, spread, before, _time_at(corner, times_s, signal.size))


def _middle_of_climb(signal: NDArray[np.float64]) -> int:
    """First frame that has climbed most of the way, and stays there or goes on for a frame."""
    level = signal.min() + PART_OF_CLIMB * (signal.max() - signal.min())
    high = signal >= level
    lasting = np.flatnonzero(high[:-1] & high[1:])
    return int(lasting[0]) if lasting.size and signal.max() > signal.min() else 0


def _corner_fits(signal: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Corners tried, and the sum of squares that a plateau and a straight climb from each of them leave."""
    frames = np.arange(signal.size, dtype=float)
    corners = np.arange(0, signal.size - 1, 1 / CORNERS_PER_FRAME)
    climbs = np.maximum(frames - corners[:, None], 0.0)
    centred = climbs - climbs.mean(axis=1, keepdims=True)
    about_mean = signal - signal.mean()
    explained = (centred @ about_mean) ** 2 / (centred**2).sum(axis=1)
    return corners, np.maximum(about_mean @ about_mean - explained, 0.0)


def _noise_of(signal: NDArray[np.float64]) -> float:
    """Standard deviation of the noise, from second differences: slow changes cancel, the climb is an outlier."""
    second = np.diff(signal, 2)
    return float(1.4826 * np.median(np.abs(second - np.median(second))) / np.sqrt(6))


def _is_a_bolus(signal: NDArray[np.float64], plateau: float, rise: float, noise: float) -> bool:
    peak = int(np.argmax(signal))
    clear = LEAST_RISE_TO_NOISE * (1 + SHORT_CURVE / signal.size)
    after = signal[peak + 1 : peak + 1 + FRAMES_AFTER]
    lasts = after.size > 0 and float(np.median(after)) - plateau >= LASTING * rise
    return lasts and rise > 0 and rise >= LEAST_RISE * abs(plateau) and rise >= clear * noise


def _time_at(frame: float, times_s: ArrayLike | None, count: int) -> float | None:
    if times_s is None:
        return None
    times = np.asarray(times_s, dtype=float)
    if times.shape != (count,) or not np.isfinite(times).all():
        return None
    return float(np.interp(frame, np.arange(count), times))
