"""The arrival delay of each voxel for any model: coarse over the whole range, then exact fits about the best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from PWIProtocolLib.kinetics.delay_scouts import Scout
from PWIProtocolLib.kinetics.solution import Solution, multiplied, padded
from PWIProtocolLib.kinetics.status import VoxelStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from PWIProtocolLib.kinetics.rate_table import RateTable
    from PWIProtocolLib.kinetics.solution import Solver

    Reals = NDArray[Any]
    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]

STEP_S = 0.25
COARSE = 4
"""Steps between the delays that are tried first: one second, less than the rise of a bolus."""
ROUNDS = 8
BLOCK = 4096


@dataclass(frozen=True, eq=False)
class Delayed:
    """A solution with the delay of each voxel in seconds."""

    solution: Solution
    delay_s: Reals


class DelaySearch:
    """Finds the delay with the least sum of squares, for any solver; for the Tofts models `DelayedTofts` is more exact.

    Delays lie on a grid of `STEP_S`; at each the fit is exact. Where no limit is active, the parabola through the best
    delay and its neighbours gives the delay between them, and the parameters follow along their own parabolas.

    Parameters
    ----------
    tables, solvers : make the table and the solver for a delay in seconds; asked once for each.
    delay_s : least and greatest delay.
    """

    def __init__(
        self,
        tables: Callable[[float], RateTable],
        solvers: Callable[[float], Solver],
        delay_s: tuple[float, float],
        dtype: np.dtype[Any],
    ) -> None:
        low, high = (round(end / STEP_S) for end in delay_s)
        self._delays: Floats = STEP_S * np.arange(low, max(high, low + 2) + 1, dtype=float)
        self._solvers = [solvers(float(delay)) for delay in self._delays]
        self._scouts = [Scout(tables(float(delay)), dtype) for delay in self._delays[::COARSE]]

    def solve(self, curves: Reals) -> Delayed:
        """Solve curves, shape (n, n_times)."""
        last = len(self._delays) - 1
        centre = (COARSE * self._scouted(curves)).clip(1, last - 1)
        n, count = len(curves), len(self._solvers[0].names)
        values, status = np.empty((3, count + 1, n)), np.empty((3, n), np.uint8)
        everyone = np.arange(n)
        for place in range(3):
            self._fill(curves, everyone, centre + place - 1, values[place], status[place])
        # The scouts try few rates: the best delay may be some steps away.
        for _ in range(ROUNDS):
            moves = values[:, -1].argmax(axis=0) - 1
            moves[(centre + moves < 1) | (centre + moves > last - 1)] = 0
            if not moves.any():
                break
            for step in (-1, 1):
                moving = np.flatnonzero(moves == step)
                centre[moving] += step
                values[:, :, moving] = np.roll(values[:, :, moving], -step, axis=0)
                status[:, moving] = np.roll(status[:, moving], -step, axis=0)
                self._fill(curves, moving, centre[moving] + step, values[1 + step], status[1 + step])
        return self._between(centre, values, status)

    def _scouted(self, curves: Reals) -> Indices:
        best = np.empty(len(curves), np.intp)
        for start in range(0, len(curves), BLOCK):
            rows = curves[start : start + BLOCK]
            best[start : start + BLOCK] = np.stack([scout.best(rows)[0] for scout in self._scouts]).argmax(axis=0)
        return best

    def _fill(self, curves: Reals, voxels: Indices, delays: Indices, values: Reals, status: NDArray[np.uint8]) -> None:
        """Solve some voxels, each with its own delay."""
        order = np.argsort(delays, kind="stable")
        for part in np.split(order, np.flatnonzero(np.diff(delays[order])) + 1):
            if not part.size:
                continue
            solver, these = self._solvers[delays[part[0]]], voxels[part]
            found = solver.solve(multiplied(padded(curves[these]), solver.projection)[: len(these)])
            values[:, these] = [*found.parameters, found.explained]
            status[these] = found.status

    def _between(self, centre: Indices, values: Reals, status: NDArray[np.uint8]) -> Delayed:
        left, middle, right = values
        bend = left[-1] - 2 * middle[-1] + right[-1]
        with np.errstate(divide="ignore", invalid="ignore"):
            offset = (left[-1] - right[-1]) / (2 * bend)
        smooth = (status == VoxelStatus.FITTED).all(axis=0) & (bend < 0) & (np.abs(offset) <= 1)
        offset = np.where(smooth, offset, 0.0)
        best = np.where(smooth, 1, values[:, -1].argmax(axis=0))
        rows = np.arange(len(centre))
        parabola = middle + offset * (right - left) / 2 + offset**2 * (left - 2 * middle + right) / 2
        # A neighbour at a limit may lack a parameter, which not even an offset of zero would keep out.
        found = np.where(smooth, parabola, values[best, :, rows].T)
        index = centre + best - 1
        codes = status[best, rows]
        at_end = ((index == 0) | (index == len(self._delays) - 1)) & (codes == VoxelStatus.FITTED)
        codes = np.where(at_end, np.uint8(VoxelStatus.DELAY_AT_LIMIT), codes)
        return Delayed(Solution(found[:-1], found[-1], codes), self._delays[index] + STEP_S * offset)
