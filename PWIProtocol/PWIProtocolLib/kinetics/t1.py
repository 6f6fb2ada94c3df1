"""T1 before contrast from images with several flip angles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.kinetics.checks import checked_b1, checked_flip_angles, checked_repetition_time
from PWIProtocolLib.kinetics.chunks import in_slabs
from PWIProtocolLib.kinetics.peaks import find_peaks
from PWIProtocolLib.kinetics.rate_table import unit_length
from PWIProtocolLib.kinetics.roots import bracketed_roots
from PWIProtocolLib.kinetics.solution import multiplied, padded
from PWIProtocolLib.kinetics.spoiled_echo import spoiled_signal
from PWIProtocolLib.kinetics.status import FIRST_WITHOUT_VALUE, VoxelStatus

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Reals = NDArray[Any]
    Floats = NDArray[np.float64]

SHORTEST_S, LONGEST_S = 0.02, 8.0
GRID = 64
BLOCK = 4096
TOLERANCE = 1e-7
Method = Literal["nonlinear", "linear"]


@dataclass(frozen=True, eq=False)
class T1Map:
    """T1 of every voxel; each of shape (n_voxels,), NaN where the status has no value.

    Attributes
    ----------
    t1_s, m0 : relaxation time, and signal of full recovery at 90 degrees.
    residual : root of the mean squared difference of signal and model.
    status : `VoxelStatus`.
    """

    t1_s: Reals
    m0: Reals
    residual: Reals
    status: NDArray[np.uint8]


def t1_from_flip_angles(
    signal: NDArray[Any],
    flip_angles_deg: ArrayLike,
    repetition_time_s: float,
    b1: ArrayLike | None = None,
    method: Method = "nonlinear",
    *,
    dtype: str = "float32",
    threads: int | None = None,
) -> T1Map:
    """Return T1 and M0 by least squares of the signal of a spoiled gradient echo.

    For a given T1 the best M0 follows in closed form, so T1 is the only unknown that is searched, over a grid from
    20 ms to 8 s and then exactly: no start values. The linear method (DESPOT1, Deoni et al. 2003) is the fit of a line
    to ``S / sin(a)`` by ``S / tan(a)``; noise biases it.

    Parameters
    ----------
    signal : shape (n_voxels, n_angles).
    flip_angles_deg : shape (n_angles,), nominal, at least two different ones.
    repetition_time_s : the same for all.
    b1 : ratio of true to nominal flip angle, one for each voxel; slower by some microseconds a voxel.

    Raises
    ------
    InputError
        for shapes or units that cannot be meant.
    """
    angles = checked_flip_angles(flip_angles_deg, fewest=2)
    tr = checked_repetition_time(repetition_time_s)
    if signal.ndim != 2 or signal.shape[1] != len(angles):
        raise InputError(
            f"signal has shape {signal.shape}; expected (voxels, {len(angles)}), one column per flip angle"
        )
    if method not in ("nonlinear", "linear"):
        raise InputError(f"method {method!r}: expected 'nonlinear' or 'linear'")
    ratio = checked_b1(b1, len(signal))
    values, status = np.empty((3, len(signal)), np.dtype(dtype)), np.empty(len(signal), np.uint8)
    grid = _Grid(angles, tr, np.dtype(dtype))

    def work(part: slice) -> None:
        rows = np.ascontiguousarray(signal[part], np.dtype(dtype))
        true_angles = None if ratio is None else ratio[part, None] * angles
        with np.errstate(all="ignore"):
            if method == "linear":
                found = _linear(rows, angles if true_angles is None else true_angles, tr)
            elif true_angles is None:
                found = grid.solve(rows)
            else:
                found = _with_own_angles(rows.astype(float), true_angles, tr)
            values[:, part], status[part] = _judged(rows, found)

    in_slabs(work, len(signal), threads)
    return T1Map(values[0], values[1], values[2], status)


class _Grid:
    """Signals of unit length over the logarithm of T1, for angles that all voxels share."""

    def __init__(self, angles: Floats, tr: float, dtype: np.dtype[Any]) -> None:
        self._log_t1 = np.linspace(np.log(SHORTEST_S), np.log(LONGEST_S), GRID)
        self._step = float(self._log_t1[1] - self._log_t1[0])
        curves = spoiled_signal(np.exp(self._log_t1)[:, None], angles, tr)
        slopes = _slopes(np.exp(self._log_t1)[:, None], angles, tr)
        self._dictionary: Reals = np.vstack(unit_length(curves, self._step * slopes)).T.astype(dtype)
        self._angles, self._tr = angles, tr

    def solve(self, rows: Reals) -> tuple[Reals, Reals, Reals]:
        """Return T1, M0 and the residual sum of squares."""
        place, value = np.empty((2, len(rows)), rows.dtype)
        for start in range(0, len(rows), BLOCK):
            part = rows[start : start + BLOCK]
            products = multiplied(padded(part), self._dictionary)[: len(part)]
            place[start : start + BLOCK], value[start : start + BLOCK] = find_peaks(
                products[:, :GRID], products[:, GRID:]
            )
        t1 = np.exp(rows.dtype.type(self._log_t1[0]) + place * rows.dtype.type(self._step))
        return t1, *_scaled(rows, t1, self._angles, self._tr)


def _with_own_angles(rows: Floats, angles: Floats, tr: float) -> tuple[Reals, Reals, Reals]:
    """Return the same for voxels of which each has its own flip angles, shape (n, n_angles)."""
    log_t1 = np.linspace(np.log(SHORTEST_S), np.log(LONGEST_S), GRID)
    best, best_at = np.full(len(rows), -np.inf), np.zeros(len(rows), np.intp)
    for n, one in enumerate(np.exp(log_t1)):
        curve = spoiled_signal(one, angles, tr)
        gain = np.einsum("ij,ij->i", rows, curve) / np.linalg.norm(curve, axis=1)
        better = gain > best
        best, best_at = np.where(better, gain, best), np.where(better, n, best_at)

    def rising(x: Floats) -> Floats:
        t1 = np.exp(x)[:, None]
        slope = unit_length(spoiled_signal(t1, angles, tr), _slopes(t1, angles, tr))[1]
        found: Floats = np.einsum("ij,ij->i", rows, slope)
        return found

    low, high = log_t1[(best_at - 1).clip(0)], log_t1[(best_at + 1).clip(None, GRID - 1)]
    found = np.exp(bracketed_roots(rising, low, high, TOLERANCE))
    return found, *_scaled(rows, found, angles, tr)


def _scaled(rows: Reals, t1: Reals, angles: Floats, tr: float) -> tuple[Reals, Reals]:
    """Return the best M0 for a T1, and the residual sum of squares."""
    curve = spoiled_signal(t1[:, None], angles, tr)
    m0 = np.einsum("ij,ij->i", rows, curve) / np.einsum("ij,ij->i", curve, curve)
    rest = rows - m0[:, None] * curve
    return m0, np.einsum("ij,ij->i", rest, rest)


def _slopes(t1: Floats, angles: Floats, tr: float) -> Floats:
    """Return the derivative of the signal by the logarithm of T1."""
    angle, decay = np.deg2rad(angles), np.exp(-tr / t1)
    found: Floats = -np.sin(angle) * (1 - np.cos(angle)) * decay * (tr / t1) / (1 - np.cos(angle) * decay) ** 2
    return found


def _linear(rows: Reals, angles: Floats, tr: float) -> tuple[Reals, Reals, Reals]:
    angle = np.deg2rad(angles)
    y, x = rows / np.sin(angle), rows / np.tan(angle)
    x_mean, y_mean = x.mean(axis=1, keepdims=True), y.mean(axis=1, keepdims=True)
    slope = ((x - x_mean) * (y - y_mean)).sum(axis=1) / ((x - x_mean) ** 2).sum(axis=1)
    # A slope outside 0 to 1 has no T1.
    t1 = -tr / np.log(np.where((slope > 0) & (slope < 1), slope, np.nan))
    m0 = (y_mean[:, 0] - slope * x_mean[:, 0]) / (1 - slope)
    rest = rows - m0[:, None] * spoiled_signal(t1[:, None], angles, tr)
    return t1, m0, np.einsum("ij,ij->i", rest, rest)


def _judged(rows: Reals, found: tuple[Reals, Reals, Reals]) -> tuple[Reals, NDArray[np.uint8]]:
    """Return T1, M0 and residual, NaN where there is no answer, and the status."""
    t1, m0, rest = found
    status = np.select(
        [
            ~np.isfinite(rows).all(axis=1),
            rows.max(axis=1) <= 0,
            rows.min(axis=1) < 0,
            np.ptp(rows, axis=1) == 0,
            ~np.isfinite(t1) | (m0 <= 0),
            (t1 <= SHORTEST_S * 1.0001) | (t1 >= LONGEST_S * 0.9999),
        ],
        [
            np.uint8(code)
            for code in (
                VoxelStatus.NOT_FINITE,
                VoxelStatus.ZERO_BASELINE,
                VoxelStatus.NEGATIVE,
                VoxelStatus.CONSTANT,
                VoxelStatus.NO_T1,
                VoxelStatus.T1_AT_LIMIT,
            )
        ],
        np.uint8(VoxelStatus.FITTED),
    )
    values = np.stack([t1, m0, np.sqrt(np.maximum(rest, 0) / rows.shape[1])])
    values[:, status >= FIRST_WITHOUT_VALUE] = np.nan
    return values, status
