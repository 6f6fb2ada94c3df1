"""The two-compartment exchange model (Brix et al. 2004; Sourbron and Buckley 2013) for many voxels at once.

Its impulse response is the sum of two exponentials, so for a pair of rates the amounts follow in closed form (variable
projection, Golub and Pereyra 1973). All pairs of a grid of rates are scored by one matrix product; from the best pair,
damped Gauss-Newton steps on the two rates (with the Jacobian of Kaufman 1975) lead to a minimum. It is the lowest of
all if no further exponential would reduce what is left, since sums of any number of exponentials form a convex set.
Where one would, other pairs are tried as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from PWIProtocolLib.kinetics.bounded_exchange import BoundedExchange
from PWIProtocolLib.kinetics.damped_steps import Linear, Problem, approached, minimised
from PWIProtocolLib.kinetics.exchange_parameters import Exponentials, exchange_of
from PWIProtocolLib.kinetics.peaks import highest_of_each, rival_tops
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
FEW_STEPS = 2
LONGEST = np.array([[8.0], [8.0]])
NEARLY_PARALLEL = 1e-9
MORE = 1e-6
SAME, CLOSE = 0.1, 1.2
"""Share of what is left that another exponential must explain to count."""


class _Fit(NamedTuple):
    """A pair of rates with its curves, their slopes, their products with each other and the best amounts."""

    curves: tuple[Floats, Floats]
    slopes: tuple[Floats, Floats]
    gram: tuple[Floats, Floats, Floats]
    amounts: tuple[Floats, Floats]


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
        self._every: Floats = table.unit_curves[0] @ basis
        unit = self._every[self._tried]
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
        profile, pairs = self._pairs_by_slow_rate(rows)
        best = profile.argmax(axis=1)
        everyone = np.arange(len(rows))
        places, squares, _ = minimised(self._problem(precise), self._places(pairs[everyone, best]))
        left, place = self._lacking(precise, places, squares)
        if left.size:
            self._try_others(precise, left, place, (profile, pairs, best), (places, squares))
        amounts = np.stack(self._at(precise, places).amounts)
        explained = np.einsum("ij,ij->i", precise, precise) - squares
        kep = np.exp(self._log_start + self._step * places)
        swap = kep[0] < kep[1]
        fast, slow = np.where(swap, kep[::-1], kep)
        amounts = np.where(swap, amounts[::-1], amounts)
        found = exchange_of(Exponentials(amounts[0], amounts[1], fast, slow))
        single: Reals = (amounts <= 0).any(axis=0) | ~(fast > slow)
        values = np.stack([PERCENT * found.flow, PERCENT * found.exchange, found.ve, found.vp])
        values[1:3, single] = np.array([0.0, np.nan])[:, None]
        at_end = np.any((places <= 0) | (places >= self._curves.last), axis=0)
        status = limit_status(
            (~(explained > 0), VoxelStatus.NEGATIVE),
            (single, VoxelStatus.PS_AT_ZERO),
            (at_end, VoxelStatus.KEP_AT_LIMIT),
        )
        return Solution(values, explained, status)

    def _pairs_by_slow_rate(self, rows: Reals) -> tuple[Reals, Indices]:
        """Return what the best pair with each slow rate explains, and its index, shape (n, n_slow)."""
        products = multiplied(padded(rows), self._pairs)[: len(rows)]
        alone, beside = products[:, : len(self._tried)], products[:, len(self._tried) :]
        slow = alone[:, self._slow]
        allowed = (beside >= 0) & (slow >= beside * self._ratio)
        scores = np.where(allowed, beside**2 + slow**2, 0)
        starts = np.flatnonzero(np.diff(self._slow, prepend=-1))
        parts = np.split(scores, starts[1:], axis=1)
        best = [start + part.argmax(axis=1) for start, part in zip(starts, parts, strict=True)]
        pairs = np.stack(best, axis=1)
        return np.take_along_axis(scores, pairs, axis=1), pairs

    def _places(self, pairs: Indices) -> Floats:
        """Return places of the fast and slow rate, shape (2, n)."""
        return np.stack([self._tried[each[pairs]] for each in (self._fast, self._slow)]).astype(float)

    def _problem(self, rows: Floats) -> Problem:
        low, high = np.zeros((2, 1)), np.full((2, 1), float(self._curves.last))
        return Problem(lambda at, some: _linear(self._at(rows[some], at)), rows, low, high, LONGEST)

    def _lacking(self, rows: Floats, places: Floats, squares: Floats) -> tuple[Indices, Indices]:
        """Return voxels of which another exponential would explain more, and the place of its rate."""
        rest = rows - _linear(self._at(rows, places)).curves
        products = multiplied(padded(rest), self._every.T)[: len(rows)]
        place = products.argmax(axis=1)
        most = products[np.arange(len(rows)), place]
        left = np.flatnonzero((most > 0) & (most**2 > MORE * squares))
        return left, place[left]

    def _try_others(
        self,
        rows: Floats,
        left: Indices,
        place: Indices,
        tried: tuple[Reals, Indices, Indices],
        found: tuple[Floats, Floats],
    ) -> None:
        """Try other pairs where another exponential would explain more; better ones replace what was found."""
        profile, pairs, best = (part[left] for part in tried)
        places, squares = found
        rivals, tops = rival_tops(profile, best)
        another = place.astype(float)
        starts = [np.stack([another, places[k, left]]) for k in (0, 1)]
        x = np.concatenate([*starts, self._places(pairs[rivals, tops])], axis=1)
        of = np.concatenate([np.arange(len(left)), np.arange(len(left)), rivals])
        first = approached(self._problem(rows[left[of]]), x, FEW_STEPS)
        kept = highest_of_each(of, -first.squares)
        x = first.x[:, kept]
        apart = np.abs(np.sort(x, axis=0) - np.sort(places[:, left], axis=0)).max(axis=0) > SAME
        promising = np.flatnonzero(apart & (first.squares[kept] < CLOSE * squares[left]))
        these = left[promising]
        x, last, _ = minimised(self._problem(rows[these]), x[:, promising])
        better = last < squares[these]
        places[:, these[better]], squares[these[better]] = x[:, better], last[better]

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
        return _Fit((e1, e2), (d1, d2), (g11, g12, g22), (x1, x2))


def _linear(fit: _Fit) -> Linear:
    """Return the curves with their slopes; only the part of a slope counts that the amounts cannot make up for."""
    (e1, e2), (x1, x2), (g11, g12, g22) = fit.curves, fit.amounts, fit.gram
    determinant = g11 * g22 - g12 * g12
    both = (x1 > 0) & (x2 > 0)
    slopes = np.empty((*e1.shape, 2))
    for k, (slope, amount) in enumerate(zip(fit.slopes, (x1, x2), strict=True)):
        b1, b2 = (np.einsum("ij,ij->i", slope, e) for e in (e1, e2))
        with np.errstate(divide="ignore", invalid="ignore"):
            y1 = np.where(both, (g22 * b1 - g12 * b2) / determinant, np.where(x1 > 0, b1 / g11, 0.0))
            y2 = np.where(both, (g11 * b2 - g12 * b1) / determinant, np.where(x2 > 0, b2 / g22, 0.0))
        slopes[:, :, k] = amount[:, None] * (slope - y1[:, None] * e1 - y2[:, None] * e2)
    return Linear(x1[:, None] * e1 + x2[:, None] * e2, slopes)
