"""Enhancement curves described without a model: how much, how soon, how fast, and what follows."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.kinetics.aif_rise import last_rise_s
from PWIProtocolLib.preferences import read_preferences

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Map = NDArray[np.float32]

LIMITS = Path(__file__).with_name("semiquantitative.toml")
CHUNK = 8192
"""Voxels worked on at once, so that their curves stay in the cache."""


class CurveStatus(IntEnum):
    """Outcome for one voxel; the numbers agree with those of the model fits where the reason is the same."""

    MEASURED = 0
    NOT_ENHANCING = 1
    NOT_FINITE = 21
    CONSTANT = 22
    ZERO_BASELINE = 25

    @property
    def meaning(self) -> str:
        """A sentence for users."""
        return {
            CurveStatus.MEASURED: "measured",
            CurveStatus.NOT_ENHANCING: "does not enhance above noise: only enhancement and area have values",
            CurveStatus.NOT_FINITE: "the curve holds a value that is not a number",
            CurveStatus.CONSTANT: "the curve is constant",
            CurveStatus.ZERO_BASELINE: "no signal before contrast",
        }[self]


class CurveType(IntEnum):
    """Course after the initial peak (Kuhl 1999)."""

    UNKNOWN = 0
    PERSISTENT = 1
    PLATEAU = 2
    WASHOUT = 3


@dataclass(frozen=True)
class SemiquantitativeMaps:
    """One value for each voxel (n_voxels,); NaN where `status` says that there is none.

    Attributes
    ----------
    iauc60, iauc90 : area under the curve for 60 and 90 s from the arrival of the bolus: mM s of concentration, or s of
        relative enhancement when only the signal was given; NaN when the study ends before.
    arrival_s : when the voxel passes a tenth of its peak enhancement, counted from the arrival of the bolus.
    time_to_peak_s : from the arrival of the bolus to the highest sample.
    peak_enhancement : highest signal minus baseline, in units of the signal.
    relative_enhancement : the same as a share of the baseline.
    wash_in_per_min : mean slope from the voxel's arrival to its peak, relative to baseline.
    wash_out_per_min : mean slope from the peak to the end, relative to baseline; negative when it falls, NaN when the
        peak lies among the last frames.
    curve_type : `CurveType`, uint8.
    status : `CurveStatus`, uint8.
    """

    iauc60: Map
    iauc90: Map
    arrival_s: Map
    time_to_peak_s: Map
    peak_enhancement: Map
    relative_enhancement: Map
    wash_in_per_min: Map
    wash_out_per_min: Map
    curve_type: NDArray[np.uint8]
    status: NDArray[np.uint8]


@dataclass(frozen=True)
class _Plan:
    """What is the same for every voxel."""

    time_s: NDArray[np.float32]
    baseline: int
    arrival_s: float
    early_end: int
    late_frames: int
    types_known: bool
    weights: NDArray[np.float32]
    area_of_one_s: NDArray[np.float32]
    arrival_share: float
    least_enhancement: float
    noise_factor: float
    late_change: float


def semiquantitative_maps(
    signal: NDArray[np.floating],
    time_s: ArrayLike,
    baseline: int,
    concentration: NDArray[np.floating] | None = None,
    arrival_s: float | None = None,
) -> SemiquantitativeMaps:
    """Describe the enhancement of every voxel.

    Parameters
    ----------
    signal : (n_voxels, n_times).
    time_s : times in seconds (n_times,), rising.
    baseline : number of frames before contrast.
    concentration : mM (n_voxels, n_times), for the areas.
    arrival_s : when the bolus arrives (that of the AIF, say); the time of the last baseline frame when not given.

    Raises
    ------
    InputError
        When shapes do not agree, times do not rise, or baseline or arrival lie outside the study.
    """
    if signal.ndim != 2 or (concentration is not None and concentration.shape != signal.shape):
        shapes = [array.shape for array in (signal, concentration) if array is not None]
        raise InputError(f"curves have the shapes {shapes}; expected (voxels, times), the same for both")
    plan = _planned(np.asarray(time_s, dtype=float), signal.shape[1], baseline, arrival_s)
    count = signal.shape[0]
    maps = _empty_maps(count)
    for start in range(0, count, CHUNK):
        part = slice(start, start + CHUNK)
        # Curves that hold no numbers, or no signal, get a status; nothing is to be said of them on the way.
        with np.errstate(all="ignore"):
            curves = signal[part].astype(np.float32, copy=False)
            areas = None if concentration is None else concentration[part].astype(np.float32, copy=False)
            described = _described(curves, areas, plan)
        for field in fields(maps):
            getattr(maps, field.name)[part] = getattr(described, field.name)
    return maps


def _empty_maps(count: int) -> SemiquantitativeMaps:
    one, two, three, four, five, six, seven, eight = (np.empty(count, np.float32) for _ in range(8))
    kinds, status = np.empty(count, np.uint8), np.empty(count, np.uint8)
    return SemiquantitativeMaps(one, two, three, four, five, six, seven, eight, kinds, status)


def _planned(time: NDArray[np.float64], frames: int, baseline: int, arrival_s: float | None) -> _Plan:
    if time.shape != (frames,) or not np.all(np.isfinite(time)) or np.any(np.diff(time) <= 0.0):
        raise InputError(f"{frames} frames, {time.size} times; expected one rising time in seconds for each frame")
    if not 1 <= baseline <= frames - 2:
        raise InputError(f"{baseline} of {frames} frames before contrast; expected 1 to {max(frames - 2, 1)}")
    arrival = float(time[baseline - 1] if arrival_s is None else arrival_s)
    if not time[0] <= arrival < time[-1]:
        raise InputError(f"the bolus arrives at {arrival:g} s; frames last from {time[0]:g} to {time[-1]:g} s")
    limits = read_preferences(LIMITS)
    early_end = max(int(np.searchsorted(time, arrival + limits.value("early_s"), side="right")), baseline + 1)
    long_enough = time[-1] >= arrival + limits.value("early_s") + limits.value("late_gap_s")
    weights = np.stack([_area_weights(time, arrival, length) for length in (60.0, 90.0)], axis=1)
    return _Plan(
        time.astype(np.float32), baseline, arrival, early_end, int(limits.value("late_frames")), bool(long_enough),
        weights.astype(np.float32), weights.sum(axis=0).astype(np.float32), limits.value("arrival_share"),
        limits.value("least_enhancement"), limits.value("noise_factor"), limits.value("late_change"),
    )  # fmt: skip


def _area_weights(time: NDArray[np.float64], start: float, length: float) -> NDArray[np.float64]:
    """Weights whose product with the samples is the area under straight lines between them, from `start` on."""
    if time[-1] < start + length:
        return np.full(time.size, np.nan)
    knots = np.union1d(time, [start, start + length])
    knots = knots[(knots >= start) & (knots <= start + length)]
    hats = np.stack([np.interp(knots, time, unit) for unit in np.eye(time.size)], axis=1)
    widths = np.diff(knots)
    area: NDArray[np.float64] = 0.5 * widths @ (hats[:-1] + hats[1:])
    return area


def _described(signal: Map, concentration: Map | None, plan: _Plan) -> SemiquantitativeMaps:
    nan = np.float32(np.nan)
    rows = np.arange(signal.shape[0])
    before = signal[:, : plan.baseline]
    base = before.mean(axis=1)
    peak_at = signal[:, plan.baseline :].argmax(axis=1) + plan.baseline
    peak = signal[rows, peak_at] - base
    relative = peak / base
    noise = before.std(axis=1, ddof=1) if plan.baseline > 1 else np.zeros_like(base)
    level = base + np.float32(plan.arrival_share) * peak
    arrival = last_rise_s(signal, level, peak_at, plan.time_s) - np.float32(plan.arrival_s)
    time_to_peak = plan.time_s[peak_at] - np.float32(plan.arrival_s)
    late = signal[:, -plan.late_frames :].mean(axis=1) - base
    late_s = np.float32(plan.time_s[-plan.late_frames :].mean()) - plan.time_s[peak_at]
    wash_in = 60 * (1 - np.float32(plan.arrival_share)) * relative / (time_to_peak - arrival)
    wash_out = np.where(peak_at < signal.shape[1] - plan.late_frames, 60 * (late - peak) / (base * late_s), nan)
    areas = _areas(signal, base, concentration, plan)
    status = _status(signal, base, peak, noise, plan)
    enhancing, valued = status == CurveStatus.MEASURED, status <= CurveStatus.NOT_ENHANCING
    kinds = np.where(enhancing, _curve_types(signal, base, late, plan), CurveType.UNKNOWN).astype(np.uint8)
    arrival, time_to_peak, wash_in, wash_out = (
        np.where(enhancing, values, nan) for values in (arrival, time_to_peak, wash_in, wash_out)
    )
    iauc60, iauc90, peak, relative = (np.where(valued, values, nan) for values in (*areas, peak, relative))
    return SemiquantitativeMaps(iauc60, iauc90, arrival, time_to_peak, peak, relative, wash_in, wash_out, kinds, status)


def _areas(signal: Map, base: Map, concentration: Map | None, plan: _Plan) -> tuple[Map, Map]:
    if concentration is not None:
        areas = concentration @ plan.weights
    else:
        areas = (signal @ plan.weights) / base[:, None] - plan.area_of_one_s
    return areas[:, 0], areas[:, 1]


def _curve_types(signal: Map, base: Map, late: Map, plan: _Plan) -> NDArray[np.int64]:
    if not plan.types_known:
        return np.zeros(base.shape, np.int64)
    initial = signal[:, plan.baseline : plan.early_end].max(axis=1) - base
    change, room = late - initial, np.float32(plan.late_change) * initial
    fallen = np.where(change < -room, CurveType.WASHOUT, CurveType.PLATEAU)
    return np.where(change > room, CurveType.PERSISTENT, fallen)


def _status(signal: Map, base: Map, peak: Map, noise: Map, plan: _Plan) -> NDArray[np.uint8]:
    total = signal @ np.ones(signal.shape[1], np.float32)
    status = np.full(base.shape, CurveStatus.MEASURED, np.uint8)
    weak = (peak < plan.least_enhancement * base) | (peak < plan.noise_factor * noise)
    status[weak] = CurveStatus.NOT_ENHANCING
    suspect = np.flatnonzero(weak & (peak <= 0.0))
    status[suspect[np.ptp(signal[suspect], axis=1) == 0.0]] = CurveStatus.CONSTANT
    status[base <= 0.0] = CurveStatus.ZERO_BASELINE
    status[~np.isfinite(total)] = CurveStatus.NOT_FINITE
    return status
