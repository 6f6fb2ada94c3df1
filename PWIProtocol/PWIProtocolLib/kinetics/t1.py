"""T1 before contrast from images with several flip angles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.kinetics.checks import checked_b1, checked_flip_angles, checked_repetition_time
from PWIProtocolLib.kinetics.chunks import in_slabs
from PWIProtocolLib.kinetics.peaks import find_peaks, highest_of_each, highest_peaks, rival_tops
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
STEP = 0.095
BLOCK = 4096
TOLERANCE = 1e-7
NEWTON_STEPS, SETTLED = 4, 1e-6
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
    b1 : ratio of true to nominal flip angle, one for each voxel.

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
    grid = (
        _Grid(angles, tr, np.dtype(dtype), (SHORTEST_S, LONGEST_S))
        if ratio is None
        else _scaled_grid(angles, tr, ratio)
    )

    def work(part: slice) -> None:
        rows = np.ascontiguousarray(signal[part], np.dtype(dtype))
        true_angles = angles if ratio is None else ratio[part, None] * angles
        with np.errstate(all="ignore"):
            if method == "linear":
                found = _linear(rows, true_angles, tr)
            elif ratio is None:
                found = grid.solve(rows)
            else:
                found = _with_own_angles(rows.astype(float), true_angles, tr, grid.starts(rows, ratio[part]))
            values[:, part], status[part] = _judged(rows, found)

    in_slabs(work, len(signal), threads)
    return T1Map(values[0], values[1], values[2], status)


class _Grid:
    """Signals of unit length over the logarithm of T1, for angles that all voxels share."""

    def __init__(self, angles: Floats, tr: float, dtype: np.dtype[Any], ends_s: tuple[float, float]) -> None:
        self._size = max(int(np.ceil(np.log(ends_s[1] / ends_s[0]) / STEP)) + 1, 8)
        self._log_t1 = np.linspace(np.log(ends_s[0]), np.log(ends_s[1]), self._size)
        self._step = float(self._log_t1[1] - self._log_t1[0])
        curves = spoiled_signal(np.exp(self._log_t1)[:, None], angles, tr)
        slopes = _slopes(np.exp(self._log_t1)[:, None], angles, tr)
        self._dictionary: Reals = np.vstack(unit_length(curves, self._step * slopes)).T.astype(dtype)
        self._angles, self._tr = angles, tr

    def solve(self, rows: Reals) -> tuple[Reals, Reals, Reals]:
        """Return T1, M0 and the residual sum of squares."""
        place = np.empty(len(rows), rows.dtype)
        for start in range(0, len(rows), BLOCK):
            place[start : start + BLOCK] = highest_peaks(*self._products(rows[start : start + BLOCK])).place
        t1 = np.exp(rows.dtype.type(self._log_t1[0]) + place * rows.dtype.type(self._step))
        return t1, *_scaled(rows, t1, self._angles, self._tr)

    def starts(self, rows: Reals, ratio: Floats) -> Floats:
        """Return T1 near the best of voxels with a ratio of flip angles each; NaN where there may be several."""
        found = np.empty(len(rows))
        for start in range(0, len(rows), BLOCK):
            part = slice(start, start + BLOCK)
            values, slopes = self._products(rows[part].astype(self._dictionary.dtype))
            best = values.argmax(axis=1)
            place = find_peaks(values, slopes, np.arange(len(values)), best).place
            place[rival_tops(values, best)[0]] = np.nan
            found[part] = np.exp(self._log_t1[0] + place * self._step) / ratio[part] ** 2
        return found

    def _products(self, rows: Reals) -> tuple[Reals, Reals]:
        products = multiplied(padded(rows), self._dictionary)[: len(rows)]
        return products[:, : self._size], products[:, self._size :]


def _scaled_grid(angles: Floats, tr: float, ratio: Floats) -> _Grid:
    """Return a grid for T1 times the square of the ratio: to first order a wrong angle is a wrong T1 (Helms 2008)."""
    usable = ratio[np.isfinite(ratio) & (ratio > 0)]
    least, most = (usable.min(), usable.max()) if usable.size else (1.0, 1.0)
    ends = SHORTEST_S * max(least, 0.1) ** 2, LONGEST_S * min(most, 5.0) ** 2
    return _Grid(angles, tr, np.dtype(np.float32), ends)


def _with_own_angles(rows: Floats, angles: Floats, tr: float, start: Floats) -> tuple[Reals, Reals, Reals]:
    """Return the same for voxels of which each has its own flip angles, shape (n, n_angles), from a T1 nearby.

    With ``t = tan(a / 2)`` and ``r = coth(TR / 2 T1)`` the signal is ``2 M0 t / (1 + r t**2)`` (Helms et al. 2008), so
    Newton's method on ``r`` needs no exponential. Voxels where it does not settle at once are searched over the range.
    """
    t = np.tan(np.deg2rad(angles) / 2)
    square = t * t
    low, high = (1 / np.tanh(tr / (2 * end)) for end in (SHORTEST_S, LONGEST_S))
    r = (1 / np.tanh(tr / (2 * start))).clip(low, high)
    change = np.full(len(rows), np.inf)
    for _ in range(NEWTON_STEPS):
        value, slope = _rise(rows, t, square, r)
        change = np.where(slope < 0, -value / (r * slope), np.inf)
        r = (r * np.exp(change.clip(-0.5, 0.5))).clip(low, high)
    found = tr / np.log1p(2 / (r - 1))
    unsettled = np.flatnonzero(~((np.abs(change) < SETTLED) & (r > low) & (r < high)))
    found[unsettled] = _searched(rows[unsettled], angles[unsettled], tr)
    found[~(angles > 0).all(axis=1)] = np.nan
    return found, *_scaled(rows, found, angles, tr)


def _rise(rows: Floats, t: Floats, square: Floats, r: Floats) -> tuple[Floats, Floats]:
    """Return what vanishes at the best ``r`` and its derivative: of the product with the signal of unit length."""
    weight = 1 / (1 + r[:, None] * square)
    curve = t * weight
    first = -curve * square * weight
    second = -2 * first * square * weight
    dot = "ij,ij->i"
    data, data_first, data_second = (np.einsum(dot, rows, each) for each in (curve, first, second))
    length, along = np.einsum(dot, curve, curve), np.einsum(dot, curve, first)
    bend = np.einsum(dot, first, first) + np.einsum(dot, curve, second)
    return data_first * length - data * along, data_second * length + data_first * along - data * bend


def _searched(rows: Floats, angles: Floats, tr: float) -> Floats:
    """Return the best T1 over the whole range."""
    log_t1 = np.linspace(np.log(SHORTEST_S), np.log(LONGEST_S), GRID)
    gains = np.empty((len(rows), GRID))
    for n, one in enumerate(np.exp(log_t1)):
        curve = spoiled_signal(one, angles, tr)
        gains[:, n] = np.einsum("ij,ij->i", rows, curve) / np.linalg.norm(curve, axis=1)

    def rising(x: Floats, some: NDArray[np.intp]) -> Floats:
        t1 = np.exp(x)[:, None]
        slope = unit_length(spoiled_signal(t1, angles[voxel[some]], tr), _slopes(t1, angles[voxel[some]], tr))[1]
        found: Floats = np.einsum("ij,ij->i", rows[voxel[some]], slope)
        return found

    best = np.nan_to_num(gains).argmax(axis=1)
    rivals, others = rival_tops(gains, best)
    voxel, top = np.append(np.arange(len(rows)), rivals), np.append(best, others)
    rises = rising(log_t1[top], np.arange(len(voxel))) > 0
    left, right = top - ~rises, top + rises
    low, high = log_t1[left.clip(0)], log_t1[right.clip(None, GRID - 1)]
    at_end = (left < 0) | (right >= GRID)
    found = np.exp(np.where(at_end, log_t1[top], bracketed_roots(rising, low, high, TOLERANCE)))
    squares = _scaled(rows[voxel], found, angles[voxel], tr)[1]
    return found[highest_of_each(voxel, -np.nan_to_num(squares, nan=np.inf))]


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
