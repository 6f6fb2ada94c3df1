"""The two-compartment exchange model for voxels whose volume fractions would exceed their limits.

With the two rates and the share of the fast exponential in the flow given, the curve is proportional to the flow, and
both volumes are as well: the best flow within the limits follows in closed form. So three unknowns within simple bounds
are left. All combinations of a grid are scored; the best lead to the answer by damped steps. Where both volumes are at
their limits the share follows from the rates, and two unknowns are left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from PWIProtocolLib.kinetics.damped_steps import Linear, Problem, approached, minimised
from PWIProtocolLib.kinetics.exchange_parameters import Exponentials, exchange_of, exponentials_of
from PWIProtocolLib.kinetics.rate_table import CubicTable
from PWIProtocolLib.kinetics.solution import Solution, limit_status
from PWIProtocolLib.kinetics.status import VoxelStatus

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from PWIProtocolLib.kinetics.rate_table import RateTable
    from PWIProtocolLib.kinetics.settings import Bounds

    Reals = NDArray[Any]
    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]

BLOCK = 512
RATES = 4
"""Of the rates, every fourth is tried in pairs."""
SHARES = (0.003, 0.01, 0.03, 0.1, 0.25, 0.45, 0.65, 0.85, 0.96)
TRIED, KEPT = 6, 3
FEW_STEPS = 6
LONGEST = np.array([8.0, 8.0, 0.3])[:, None]
DIFFERENCE = 1e-5
NEARLY = 0.05
AT_LIMIT = 1 - 1e-7
PERCENT = 100.0


class _Volumes(NamedTuple):
    """Interstitial and plasma volume of a unit flow, with their logarithmic derivatives by both places and the share.

    The derivatives have the shape (3, n).
    """

    ve: Floats
    vp: Floats
    ve_slopes: Floats
    vp_slopes: Floats


class BoundedExchange:
    """Finds the best flow, exchange, ve and vp with ve and vp at most at their limits, and both rates within theirs."""

    def __init__(self, table: RateTable, bounds: Bounds) -> None:
        self._table, self._limits = table, bounds
        self._curves = CubicTable(table.curves @ table.basis, table.step * table.slopes @ table.basis)
        self._most = np.array([self._curves.last, self._curves.last, 1.0])[:, None]
        self._tried = np.arange(0, len(table.log_kep), RATES)
        self._slow, self._fast = np.triu_indices(len(self._tried), 1)
        self._coarse = (table.curves @ table.basis)[self._tried]

    def solve(self, rows: Floats, start: Floats) -> Solution:
        """Solve curves in the basis, shape (n, rank), from flow and exchange per 100 mL, ve and vp, shape (4, n)."""
        x, flow, squares = np.empty((3, len(rows))), np.empty(len(rows)), np.empty(len(rows))
        for at in range(0, len(rows), BLOCK):
            part = slice(at, at + BLOCK)
            x[:, part], flow[part], squares[part] = self._block(rows[part], start[:, part])
        return self._solution(x, flow, np.einsum("ij,ij->i", rows, rows) - squares)

    def _block(self, rows: Floats, start: Floats) -> tuple[Floats, Floats, Floats]:
        """Return both places and the share of the fast one, the flow, and the squares that are left."""
        n, everyone = len(rows), np.arange(len(rows))
        starts = np.concatenate([self._best_of_grid(rows), self._unlimited(start)[:, None]], axis=1)
        jobs = np.tile(everyone, starts.shape[1])
        first = approached(self._problem(rows[jobs]), starts.reshape(3, -1), FEW_STEPS)
        order = np.argsort(first.squares.reshape(-1, n), axis=0, kind="stable")[:KEPT]
        kept = (order * n + everyone).ravel()
        x, squares, _ = minimised(self._problem(rows[jobs[kept]]), first.x[:, kept])
        best = np.argmin(squares.reshape(KEPT, n), axis=0) * n + everyone
        x, squares = x[:, best], squares[best]
        flow = self._limited_flow(rows, x, self._unit_curve(x), False)[0]
        # Steps of a flow that is free do not see its limit; on the limit itself they do.
        on_limit, limit_squares, _ = minimised(self._problem(rows, at_limit=True), x)
        better = limit_squares < squares
        x, squares = np.where(better, on_limit, x), np.where(better, limit_squares, squares)
        flow = np.where(better, self._limited_flow(rows, x, self._unit_curve(x), True)[0], flow)
        volumes = self._volumes(x)
        with np.errstate(divide="ignore", invalid="ignore"):
            near = np.abs(np.log(volumes.ve / volumes.vp * (self._limits.vp_max / self._limits.ve_max))) < NEARLY
        if (some := np.flatnonzero(near)).size:
            edge, edge_flow, edge_squares = self._on_edge(rows[some], x[:, some])
            better = edge_squares < squares[some]
            some = some[better]
            x[:, some], flow[some], squares[some] = edge[:, better], edge_flow[better], edge_squares[better]
        return x, flow, squares

    def _problem(self, rows: Floats, at_limit: bool = False) -> Problem:
        low = np.zeros((3, 1))
        return Problem(lambda at, some: self._linear(rows[some], at, at_limit), rows, low, self._most, LONGEST)

    def _best_of_grid(self, rows: Floats) -> Floats:
        """Return the best combinations of a grid, each with another share, shape (3, TRIED, n)."""
        e, n = self._coarse, len(rows)
        gram, products = e @ e.T, rows @ e.T
        fast, slow = products[:, self._fast], products[:, self._slow]
        scores, pairs = np.empty((len(SHARES), n)), np.empty((len(SHARES), n), np.intp)
        places = np.stack([self._tried[self._fast], self._tried[self._slow]]).astype(float)
        for k, share in enumerate(SHARES):
            volumes = self._volumes(np.vstack([places, np.full(places.shape[1], share)]))
            most = np.minimum(self._limits.ve_max / volumes.ve, self._limits.vp_max / volumes.vp)
            rest = 1 - share
            square = share**2 * gram[self._fast, self._fast] + rest**2 * gram[self._slow, self._slow]
            square += 2 * share * rest * gram[self._fast, self._slow]
            product = share * fast + rest * slow
            flow = (product / square).clip(0, most)
            gain = flow * (2 * product - flow * square)
            pairs[k] = gain.argmax(axis=1)
            scores[k] = gain[np.arange(n), pairs[k]]
        best = np.argsort(-scores, axis=0, kind="stable")[:TRIED]
        pair = np.take_along_axis(pairs, best, axis=0)
        return np.stack([places[0][pair], places[1][pair], np.asarray(SHARES)[best]])

    def _unlimited(self, start: Floats) -> Floats:
        """Return both places and the share of parameters, shape (3, n)."""
        flow, exchange, ve, vp = start
        single = ~((exchange > 0) & (ve > 0))
        with np.errstate(divide="ignore", invalid="ignore"):
            response = exponentials_of(flow / PERCENT, exchange / PERCENT, ve, vp)
            fast = np.where(single, flow / PERCENT / vp, response.fast)
            slow = np.where(single, fast / 4, response.slow)
            share = np.where(single, 1.0, response.fast_amount * PERCENT / flow)
            places = (np.log(np.stack([fast, slow])) - self._table.log_kep[0]) / self._table.step
        found: Floats = np.nan_to_num(np.vstack([places, share]))
        return found

    def _volumes(self, x: Floats) -> _Volumes:
        fast, slow = np.exp(self._table.log_kep[0] + self._table.step * x[:2])
        share, rest, step, apart = x[2], 1 - x[2], self._table.step, fast - slow
        mean = share * fast + rest * slow
        of_mean = np.stack([step * share * fast, step * rest * slow, apart]) / mean
        with np.errstate(divide="ignore", invalid="ignore"):
            slopes = np.stack([step * (2 * fast / apart - 1), -step * (2 * slow / apart + 1), 1 / share - 1 / rest])
        return _Volumes(share * rest * apart**2 / (fast * slow * mean), 1 / mean, slopes - of_mean, -of_mean)

    def _unit_curve(self, x: Floats) -> Floats:
        fast, slow = (self._curves.at(place)[0] for place in x[:2])
        found: Floats = x[2][:, None] * fast + (1 - x[2])[:, None] * slow
        return found

    def _limited_flow(self, rows: Floats, x: Floats, curve: Floats, at_limit: bool) -> tuple[Floats, Floats, Floats]:
        """Return the best flow, or the one at the limit, its logarithmic derivatives there, and whether it is there."""
        volumes = self._volumes(x)
        free = np.einsum("ij,ij->i", rows, curve) / np.einsum("ij,ij->i", curve, curve)
        with np.errstate(divide="ignore"):
            by_ve, by_vp = self._limits.ve_max / volumes.ve, self._limits.vp_max / volumes.vp
        slopes = -np.where(by_ve < by_vp, volumes.ve_slopes, volumes.vp_slopes)
        most = np.minimum(by_ve, by_vp)
        if at_limit:
            return most, slopes, np.ones(len(most), bool)
        return free.clip(0, most), slopes, free > most

    def _linear(self, rows: Floats, x: Floats, at_limit: bool) -> Linear:
        """Return the curves with the best flow; the derivatives of a free flow are those that it cannot make up for."""
        (fast, fast_slope), (slow, slow_slope) = (self._curves.at(place) for place in x[:2])
        share = x[2][:, None]
        curve = share * fast + (1 - share) * slow
        flow, flow_slopes, limited = self._limited_flow(rows, x, curve, at_limit)
        slopes = np.stack([share * fast_slope, (1 - share) * slow_slope, fast - slow], axis=2)
        along = -np.einsum("nr,nrp->np", curve, slopes) / np.einsum("nr,nr->n", curve, curve)[:, None]
        along = np.where(limited[:, None], flow_slopes.T, along)
        slopes = flow[:, None, None] * (slopes + curve[:, :, None] * along[:, None, :])
        return Linear(flow[:, None] * curve, slopes)

    def _on_edge(self, rows: Floats, x: Floats) -> tuple[Floats, Floats, Floats]:
        """Return places and share, the flow and the squares that are left with both volumes at their limits."""
        branch = np.where(x[2] < 0.5, -1.0, 1.0)

        def curves(places: Floats, some: Indices) -> Floats:
            share, flow = self._edge(places, branch[some])
            fast, slow = (self._curves.at(place)[0] for place in places)
            return (flow * share)[:, None] * fast + (flow * (1 - share))[:, None] * slow

        def linear(places: Floats, some: Indices) -> Linear:
            curve = curves(places, some)
            # Towards the middle, so that no place leaves the table.
            steps = np.where(places > self._most[:2] / 2, -DIFFERENCE, DIFFERENCE)
            sides = [(curves(places + np.eye(2)[:, [k]] * steps[k], some) - curve) / steps[k][:, None] for k in (0, 1)]
            return Linear(curve, np.stack(sides, axis=2))

        problem = Problem(linear, rows, np.zeros((2, 1)), self._most[:2], LONGEST[:2])
        places, squares, _ = minimised(problem, x[:2])
        share, flow = self._edge(places, branch)
        return np.vstack([places, share]), flow, np.where(np.isfinite(flow), squares, np.inf)

    def _edge(self, places: Floats, branch: Floats) -> tuple[Floats, Floats]:
        """Return the share and the flow with which both volumes are at their limits; no flow where none is."""
        fast, slow = np.exp(self._table.log_kep[0] + self._table.step * places)
        spread = (fast - slow) ** 2 / (fast * slow)
        with np.errstate(divide="ignore", invalid="ignore"):
            root = np.sqrt(1 - 4 * self._limits.ve_max / self._limits.vp_max / spread)
        # The smaller share without loss of digits.
        small = self._limits.ve_max / self._limits.vp_max / spread / ((1 + root) / 2)
        share = np.where(branch < 0, small, 1 - small)
        return share, self._limits.vp_max * (share * fast + (1 - share) * slow)

    def _solution(self, x: Floats, flow: Floats, explained: Floats) -> Solution:
        kep = np.exp(self._table.log_kep[0] + self._table.step * x[:2])
        amounts = np.stack([flow * x[2], flow * (1 - x[2])])
        swap = kep[0] < kep[1]
        fast, slow = np.where(swap, kep[::-1], kep)
        amounts = np.where(swap, amounts[::-1], amounts)
        found = exchange_of(Exponentials(amounts[0], amounts[1], fast, slow))
        single = (amounts <= 0).any(axis=0) | ~(fast > slow)
        ve, vp = np.where(single, np.nan, found.ve), found.vp
        values = np.stack([PERCENT * found.flow, np.where(single, 0.0, PERCENT * found.exchange), ve, vp])
        status = limit_status(
            (~(explained > 0), VoxelStatus.NEGATIVE),
            (ve >= AT_LIMIT * self._limits.ve_max, VoxelStatus.VE_AT_LIMIT),
            (vp >= AT_LIMIT * self._limits.vp_max, VoxelStatus.VP_AT_LIMIT),
            (single, VoxelStatus.PS_AT_ZERO),
            (np.any((x[:2] <= 0) | (x[:2] >= self._most[:2]), axis=0), VoxelStatus.KEP_AT_LIMIT),
        )
        most = np.array([np.inf, np.inf, self._limits.ve_max, self._limits.vp_max])[:, None]
        return Solution(np.minimum(values, most), explained, status)
