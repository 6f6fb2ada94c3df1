"""Concentration of contrast agent from the signal of a spoiled gradient echo: the exact inverse, no linearisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.kinetics.checks import (
    checked_b1,
    checked_flip_angles,
    checked_relaxivity,
    checked_repetition_time,
    checked_t1,
)
from PWIProtocolLib.kinetics.chunks import in_slabs
from PWIProtocolLib.kinetics.status import FIRST_WITHOUT_VALUE, VoxelStatus

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Reals = NDArray[Any]

BLOCK = 4096
RISE_SDS = 4.0
LEAST_RISE = 1.05
LEAST_SHARE = 0.003
FEWEST_BASELINE = 2
MOST_CLIMBED, MOST_CLIMBED_OF_TWO = 0.4, 0.1
"""Share of the whole rise that a baseline climbs at most, and one of two frames."""


@dataclass(frozen=True, eq=False)
class Concentration:
    """Concentration curves.

    Attributes
    ----------
    mM : shape (n_voxels, n_times), in mmol/L; NaN where the status has no value.
    status : shape (n_voxels,), `VoxelStatus`.
    """

    mM: Reals  # noqa: N815
    status: NDArray[np.uint8]


def concentration_from_signal(  # noqa: PLR0917 (the quantities in the order of the signal equation)
    signal: NDArray[Any],
    baseline: int | tuple[int, int],
    flip_angle_deg: float,
    repetition_time_s: float,
    t1_s: ArrayLike,
    relaxivity_per_mM_s: float,
    *,
    b1: ArrayLike | None = None,
    dtype: str = "float32",
    threads: int | None = None,
) -> Concentration:
    """Convert a dynamic series to concentration.

    Parameters
    ----------
    signal : shape (n_voxels, n_times), any numbers; a transposed view of time-first images is fine.
    baseline : number of frames before contrast, whose mean sets the scale (see :func:`automatic_baseline`); or the
        first of them and the one after the last, where the first frames are not yet in the steady state.
    t1_s : before contrast, one number or one for each voxel.
    relaxivity_per_mM_s : longitudinal, of the agent at this field strength.
    b1 : ratio of the true to the nominal flip angle, one for each voxel.

    Raises
    ------
    InputError
        for shapes or units that cannot be meant.
    """
    convert = Converter(
        baseline,
        flip_angle_deg,
        repetition_time_s,
        t1_s=t1_s,
        relaxivity_per_mM_s=relaxivity_per_mM_s,
        b1=b1,
        dtype=dtype,
    )
    found = np.empty(signal.shape, np.dtype(dtype))
    status = np.empty(len(signal), np.uint8)
    convert.check(signal)

    def work(part: slice) -> None:
        found[part], status[part] = convert.slab(signal, part)

    in_slabs(work, len(signal), threads)
    return Concentration(found, status)


class Conversion(Protocol):
    """Makes concentrations of stored numbers, some voxels at a time."""

    def check(self, signal: NDArray[Any]) -> None:
        """Refuse numbers that cannot be meant."""

    def slab(self, signal: NDArray[Any], part: slice) -> tuple[Reals, NDArray[np.uint8]]:
        """Return the concentration of some voxels and their status."""


class Converter:
    """Settings of a conversion, checked once; see :func:`concentration_from_signal`."""

    def __init__(
        self,
        baseline: int | tuple[int, int],
        flip_angle_deg: float,
        repetition_time_s: float,
        *,
        t1_s: ArrayLike,
        relaxivity_per_mM_s: float,
        b1: ArrayLike | None = None,
        dtype: str = "float32",
    ) -> None:
        self._baseline = slice(*((0, baseline) if isinstance(baseline, int) else baseline))
        self._dtype = np.dtype(dtype)
        self._angle = float(np.deg2rad(checked_flip_angles(flip_angle_deg)[0]))
        self._repetition_time_s = checked_repetition_time(repetition_time_s)
        self._t1 = checked_t1(t1_s)
        self._relaxivity = checked_relaxivity(relaxivity_per_mM_s)
        self._b1 = None if b1 is None else np.asarray(b1)

    def check(self, signal: NDArray[Any]) -> None:
        """Refuse a signal that does not suit the settings."""
        if signal.ndim != 2:
            raise InputError(f"signal has shape {signal.shape}; expected (voxels, times)")
        first, stop = self._baseline.start, self._baseline.stop
        if not 0 <= first < stop < signal.shape[1]:
            raise InputError(
                f"baseline of {stop - first} frames from frame {first + 1}: expected those before contrast, "
                f"at least one of {signal.shape[1]} and not all"
            )
        if self._t1.ndim and self._t1.shape != (len(signal),):
            raise InputError(f"T1 map has shape {self._t1.shape}; expected one value for each of {len(signal)} voxels")
        self._b1 = checked_b1(self._b1, len(signal))

    def slab(self, signal: NDArray[Any], part: slice) -> tuple[Reals, NDArray[np.uint8]]:
        """Convert some voxels."""
        rows = np.asarray(signal[part], self._dtype, order="C")
        t1 = self._t1[part] if self._t1.ndim else np.full(len(rows), self._t1)
        cosine = np.cos(self._angle * (1.0 if self._b1 is None else self._b1[part]), dtype=np.float64)
        cosine = np.broadcast_to(cosine, len(rows)).astype(self._dtype)
        # Without a flip angle a T1 is of no use.
        t1 = np.where(np.isfinite(cosine), t1, np.nan)
        found, status = np.empty_like(rows), np.empty(len(rows), np.uint8)
        for start in range(0, len(rows), BLOCK):
            at = slice(start, start + BLOCK)
            found[at], status[at] = self._inverted(rows[at], t1[at].astype(self._dtype), cosine[at, None])
        return found, status

    def _inverted(self, rows: Reals, t1: Reals, cosine: Reals) -> tuple[Reals, NDArray[np.uint8]]:
        kind = self._dtype.type
        tr, relaxivity = kind(self._repetition_time_s), kind(self._relaxivity)
        with np.errstate(all="ignore"):
            before = rows[:, self._baseline].mean(axis=1)
            rest = np.expm1(-tr / t1)[:, None]
            # The signal as a share of that of full recovery: 1 means a relaxation rate beyond all bounds.
            share = -rest / (1 - cosine * (1 + rest)) / before[:, None]
            share = rows * share
            # log1p keeps the digits of small concentrations.
            rate = np.log1p(share * (1 - cosine) / (1 - share)) / tr
            found = (rate - 1 / t1[:, None]) / relaxivity
            top = share.max(axis=1)
            total = found.sum(axis=1)
        status = self._status(total, before, t1, top, rows)
        found[status >= FIRST_WITHOUT_VALUE] = np.nan
        return found, status

    @staticmethod
    def _status(total: Reals, before: Reals, t1: Reals, top: Reals, rows: Reals) -> NDArray[np.uint8]:
        status = np.zeros(len(total), np.uint8)
        odd = np.flatnonzero(~np.isfinite(total) | ~(before > 0) | ~(t1 > 0) | (top >= 1))
        conditions = [
            (~np.isfinite(rows[odd]).all(axis=1), VoxelStatus.NOT_FINITE),
            (~(before[odd] > 0), VoxelStatus.ZERO_BASELINE),
            (~(t1[odd] > 0) | ~np.isfinite(t1[odd]), VoxelStatus.NO_T1),
            (top[odd] >= 1, VoxelStatus.SATURATED),
        ]
        status[odd] = np.select(
            [each for each, _ in conditions],
            [np.uint8(code) for _, code in conditions],
            np.uint8(VoxelStatus.NEGATIVE),
        )
        return status


def automatic_baseline(signal: NDArray[Any], fewest: int = FEWEST_BASELINE) -> int:
    """Return the number of frames before contrast reaches any larger vessel or tissue.

    The voxels that enhance most, one in fifty, are averaged; the baseline ends where their mean leaves the scatter of
    the frames before.

    Parameters
    ----------
    signal : shape (n_voxels, n_times).

    Raises
    ------
    InputError
        when nothing enhances, or the first frames already do.
    """
    mean, half_at = _strongest_rise(signal, fewest)
    # From the steep rise back to the scatter of the frames before; their median is blind to the first of the rise.
    level = float(np.median(mean[:half_at]))
    scatter = 1.4826 * float(np.median(np.abs(mean[:half_at] - level)))
    limit = level + max(RISE_SDS * scatter, LEAST_SHARE * (mean[half_at] - level))
    frames = half_at
    while frames > fewest and mean[frames - 1] > limit:
        frames -= 1
    _require_flat(mean, frames)
    return frames


def checked_baseline(signal: NDArray[Any], frames: int) -> int:
    """Return a number of frames before contrast that was given; InputError when the signal has risen within them.

    Where the signal itself does not tell when it rises, the number stands.

    Parameters
    ----------
    signal : shape (n_voxels, n_times).
    """
    try:
        found, half_at = automatic_baseline(signal), _strongest_rise(signal, FEWEST_BASELINE)[1]
    except InputError:
        return frames
    if frames > half_at:
        raise InputError(
            f"baseline of {frames} frames: the strongest enhancement is half over by frame {half_at + 1}, so contrast "
            f"would count as baseline; frames are counted from the first of the series: give {found} or fewer"
        )
    return frames


def _strongest_rise(signal: NDArray[Any], fewest: int) -> tuple[NDArray[np.float64], int]:
    """Return the mean curve of the voxels that enhance most, and the first frame in which it is half risen."""
    rows = signal[:: max(1, len(signal) // 200_000)].astype(np.float32)
    rows = rows[np.isfinite(rows).all(axis=1)]
    if rows.ndim != 2 or rows.shape[1] < FEWEST_BASELINE + 2 or not len(rows):
        raise InputError(f"signal has shape {signal.shape}; expected voxels in rows and some frames of finite numbers")
    rise = rows.max(axis=1) - rows[:, :fewest].mean(axis=1)
    mean: NDArray[np.float64] = rows[rise >= np.quantile(rise, 0.98)].mean(axis=0, dtype=float)
    start = float(mean[:fewest].mean())
    half_at = int(np.argmax(mean >= (mean.max() + start) / 2))
    if half_at < fewest or mean.max() <= LEAST_RISE * start:
        raise InputError("baseline: no rise after the first frames; give the number of frames before contrast yourself")
    return mean, half_at


def _require_flat(mean: NDArray[np.float64], frames: int) -> None:
    """Refuse a baseline that rises steadily: tissue enhances so when the study began after the bolus.

    In made-up studies begun 4 to 150 s after the bolus the line through the baseline makes up 0.4 to 0.6 of the whole
    rise, or 0.2 to 0.4 through two frames; in those begun before it at most 0.02 with noise and drift, and 0.37 where
    the head moved.
    """
    slope, start = np.polyfit(np.arange(frames), mean[:frames], 1)
    climbed, late = slope * (frames - 1), np.diff(mean[-max(mean.size // 3, 4) :])
    most = (MOST_CLIMBED if frames > FEWEST_BASELINE else MOST_CLIMBED_OF_TWO) * (mean.max() - start)
    if climbed > max(most, RISE_SDS * float(late.std()) / np.sqrt(2)):
        raise InputError(
            f"baseline: the signal climbs steadily from the first frame on, to {climbed / (mean.max() - start):.0%} of "
            f"its rise within {frames} frames, as in a study that begins after contrast; a fit needs frames before it. "
            "If there are some (the head moved, say), give their number yourself"
        )
