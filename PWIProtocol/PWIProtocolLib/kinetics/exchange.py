"""The two-compartment exchange model (Brix et al. 2004; Sourbron and Buckley 2013) for many voxels at once.

Its impulse response is the sum of two exponentials, so for a pair of rates the amounts follow in closed form. All
pairs of a grid of rates are scored by one matrix product; from the best pair, damped Gauss-Newton steps on the two
rates (variable projection with the Jacobian of Kaufman 1975) lead to the least-squares answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from PWIProtocolLib.kinetics.bounded_exchange import BoundedExchange
from PWIProtocolLib.kinetics.exchange_parameters import Exponentials, exchange_of
from PWIProtocolLib.kinetics.rate_table import CubicTable
from PWIProtocolLib.kinetics.solution import Solution, limit_status, multiplied, padded
from PWIProtocolLib.kinetics.status import VoxelStatus

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from PWIProtocolLib.kinetics.rate_table import RateTable
    from PWIProtocolLib.kinetics.settings import Bounds

    Reals = NDArray[Any]
    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]

BLOCK = 2048
PERCENT = 100.0
RATES = 4
"""Of the rates, every fourth is tried in pairs."""
STEPS = 30
LONGEST_STEP = 8.0
SETTLED = 3e-4
"""Steps of the grid; a voxel that moves less is done."""
NEARLY_PARALLEL = 1e-9
TINY = 1e-30


class _Fit(NamedTuple):
    """A pair of rates, given by places on the grid, with its curves, their slopes and the best amounts."""

    places: Floats
    curves: tuple[Floats, Floats]
    slopes: tuple[Floats, Floats]
    gram: tuple[Floats, Floats, Floats]
    amounts: tuple[Floats, Floats]
    explained: Floats


class ExchangeSolver:
    """Fits plasma flow, exchange and both volume fractions, none of them negative and the fractions within limits."""

    names = ("fp_ml_100ml_min", "ps_ml_100ml_min", "ve", "vp")

    def __init__(self, table: RateTable, bounds: Bounds, dtype: np.dtype[Any]) -> None:
        self._dtype, self._bounds = dtype, bounds
        self._log_start, self._step = float(table.log_kep[0]), table.step
        basis = table.basis
        self.projection: Reals = basis.astype(dtype)
        self._curves = CubicTable(table.curves @ basis, table.step * table.slopes @ basis)
        self._tried = np.arange(0, len(table.log_kep), RATES)
        unit = table.unit_curves[0][self._tried] @ basis
        self._slow, self._fast = np.triu_indices(len(self._tried), 1)
        overlap = np.einsum("ij,ij->i", unit[self._fast], unit[self._slow])
        beside = unit[self._fast] - overlap[:, None] * unit[self._slow]
        rest = np.linalg.norm(beside, axis=1)
        self._pairs: Reals = np.vstack([unit, beside / rest[:, None]]).T.astype(dtype)
        self._ratio: Reals = (overlap / rest).astype(dtype)
        self._limited = BoundedExchange(table, bounds)

    def solve(self, projected: Reals) -> Solution:
        """Solve curves multiplied with `projection`, shape (n, rank)."""
        n = len(projected)
        values, explained = np.empty((4, n)), np.empty(n)
        status = np.empty(n, np.uint8)
        for start in range(0, n, BLOCK):
            part = slice(start, start + BLOCK)
            found = self._block(projected[part])
            values[:, part], explained[part], status[part] = found.parameters, found.explained, found.status
        _, _, ve, vp = values
        beyond = (ve > self._bounds.ve_max) | (vp > self._bounds.vp_max)
        if (again := np.flatnonzero(beyond & (explained > 0))).size:
            limited = self._limited.solve(projected[again].astype(float), values[:, again])
            values[:, again], explained[again] = limited.parameters, limited.explained
            status[again] = limited.status
        return Solution(values, explained, status)

    def _block(self, rows: Reals) -> Solution:
        precise = rows.astype(np.float64)
        fit = self._refined(precise, self._best_pair(rows))
        kep = np.exp(self._log_start + self._step * fit.places)
        swap = kep[0] < kep[1]
        fast, slow = np.where(swap, kep[::-1], kep)
        amounts = np.where(swap, fit.amounts[::-1], fit.amounts)
        found = exchange_of(Exponentials(amounts[0], amounts[1], fast, slow))
        explained = fit.explained
        single: Reals = (amounts <= 0).any(axis=0) | ~(fast > slow)
        values = np.stack([PERCENT * found.flow, PERCENT * found.exchange, found.ve, found.vp])
        values[1:3, single] = np.array([0.0, np.nan])[:, None]
        at_end = np.any((fit.places <= 0) | (fit.places >= self._curves.last), axis=0)
        status = limit_status(
            (~(explained > 0), VoxelStatus.NEGATIVE),
            (single, VoxelStatus.PS_AT_ZERO),
            (at_end, VoxelStatus.KEP_AT_LIMIT),
        )
        return Solution(values, explained, status)

    def _best_pair(self, rows: Reals) -> Floats:
        """Return places of the fast and slow rate of the best pair on the grid."""
        products = multiplied(padded(rows), self._pairs)[: len(rows)]
        alone, beside = products[:, : len(self._tried)], products[:, len(self._tried) :]
        slow = alone[:, self._slow]
        allowed = (beside >= 0) & (slow >= beside * self._ratio)
        best = np.where(allowed, beside**2 + slow**2, 0).argmax(axis=1)
        return np.stack([self._tried[each[best]] for each in (self._fast, self._slow)]).astype(float)

    def _refined(self, rows: Floats, places: Floats) -> _Fit:
        """Return the fits that the places of both rates, shape (2, n), lead to."""
        left, damping = np.arange(len(rows)), np.full(len(rows), 1e-3)
        for _ in range(STEPS):
            fit = self._at(rows[left], places[:, left])
            steps = _gauss_newton(rows[left], fit, damping[left]).clip(-LONGEST_STEP, LONGEST_STEP)
            moved = (places[:, left] + steps).clip(0, self._curves.last)
            better = self._at(rows[left], moved).explained >= fit.explained
            far = np.abs(moved - places[:, left]).max(axis=0) > SETTLED
            damping[left] *= np.where(better, 0.2, 10)
            places[:, left] = np.where(better, moved, places[:, left])
            if not (left := left[far]).size:
                break
        return self._at(rows, places)

    def _at(self, rows: Floats, places: Floats) -> _Fit:
        """Return the fit for two rates of each voxel, with amounts that are not negative."""
        (e1, d1), (e2, d2) = (self._curves.at(place) for place in places)
        g11, g12, g22 = (np.einsum("ij,ij->i", a, b) for a, b in ((e1, e1), (e1, e2), (e2, e2)))
        p1, p2 = (np.einsum("ij,ij->i", rows, e) for e in (e1, e2))
        determinant = g11 * g22 - g12 * g12
        determinant = np.where(determinant > NEARLY_PARALLEL * g11 * g22, determinant, np.inf)
        x1, x2 = (g22 * p1 - g12 * p2) / determinant, (g11 * p2 - g12 * p1) / determinant
        only1, only2 = (p1 / g11).clip(0, None), (p2 / g22).clip(0, None)
        both = (x1 > 0) & (x2 > 0)
        first = only1 * p1 >= only2 * p2
        x1 = np.where(both, x1, np.where(first, only1, 0))
        x2 = np.where(both, x2, np.where(first, 0, only2))
        explained = x1 * (2 * p1 - x1 * g11 - x2 * g12) + x2 * (2 * p2 - x2 * g22 - x1 * g12)
        return _Fit(places, (e1, e2), (d1, d2), (g11, g12, g22), (x1, x2), explained)


def _gauss_newton(rows: Floats, fit: _Fit, damping: Floats) -> Floats:
    """Return steps of both places; only the part of a slope counts that the amounts cannot make up for."""
    (e1, e2), (x1, x2), (g11, g12, g22) = fit.curves, fit.amounts, fit.gram
    rest = rows - x1[:, None] * e1 - x2[:, None] * e2
    j1, j2 = x1[:, None] * fit.slopes[0], x2[:, None] * fit.slopes[1]
    determinant = g11 * g22 - g12 * g12
    determinant = np.where(determinant > NEARLY_PARALLEL * g11 * g22, determinant, np.inf)
    free = []
    for slope in (j1, j2):
        b1, b2 = (np.einsum("ij,ij->i", slope, e) for e in (e1, e2))
        y1, y2 = (g22 * b1 - g12 * b2) / determinant, (g11 * b2 - g12 * b1) / determinant
        free.append(slope - y1[:, None] * e1 - y2[:, None] * e2)
    j1, j2 = free
    h11, h12, h22 = (np.einsum("ij,ij->i", a, b) for a, b in ((j1, j1), (j1, j2), (j2, j2)))
    r1, r2 = (np.einsum("ij,ij->i", j, rest) for j in (j1, j2))
    h11, h22 = h11 * (1 + damping) + TINY, h22 * (1 + damping) + TINY
    determinant = h11 * h22 - h12 * h12
    determinant = np.where(determinant > 0, determinant, np.inf)
    return np.stack([(h22 * r1 - h12 * r2) / determinant, (h11 * r2 - h12 * r1) / determinant])
