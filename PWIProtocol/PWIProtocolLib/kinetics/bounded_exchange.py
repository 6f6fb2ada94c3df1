"""The two-compartment exchange model for voxels whose volume fractions would exceed their limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from PWIProtocolLib.kinetics.exchange_parameters import exponentials_of
from PWIProtocolLib.kinetics.rate_table import CubicTable
from PWIProtocolLib.kinetics.solution import Solution, limit_status
from PWIProtocolLib.kinetics.status import VoxelStatus

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from PWIProtocolLib.kinetics.rate_table import RateTable
    from PWIProtocolLib.kinetics.settings import Bounds

    Floats = NDArray[np.float64]

STEPS = 40
LONGEST_STEP = 0.7
DIFFERENCE = 1e-5
LEAST, MOST = np.log(1e-6), np.log(50.0)
PERCENT = 100.0


class BoundedExchange:
    """Minimises over the logarithms of flow, exchange, ve and vp with ve and vp at most at their limits.

    Damped Gauss-Newton steps on the parameters that are free; one that lies at its limit and would pass it is held
    there. The start is the answer without limits, moved to the limits.
    """

    def __init__(self, table: RateTable, bounds: Bounds) -> None:
        self._log_start, self._step = float(table.log_kep[0]), table.step
        self._curves = CubicTable(table.curves @ table.basis, table.step * table.slopes @ table.basis)
        self._most = np.array([MOST, MOST, np.log(bounds.ve_max), np.log(bounds.vp_max)])[:, None]

    def solve(self, rows: Floats, start: Floats) -> Solution:
        """Solve curves in the basis, shape (n, rank), from flow and exchange per 100 mL, ve and vp, shape (4, n)."""
        scale = np.array([PERCENT, PERCENT, 1.0, 1.0])[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            x = np.log(start / scale)
        x = np.where(np.isfinite(x), x, np.log(0.1)).clip(LEAST, self._most)
        damping = np.full(len(rows), 1e-2)
        rest = rows - self._curve(x)
        error = np.einsum("ij,ij->i", rest, rest)
        for _ in range(STEPS):
            moved = (x + self._moves(x, rest, damping)).clip(LEAST, self._most)
            new_rest = rows - self._curve(moved)
            new_error = np.einsum("ij,ij->i", new_rest, new_rest)
            better = new_error <= error
            x, error = np.where(better, moved, x), np.where(better, new_error, error)
            rest = np.where(better[:, None], new_rest, rest)
            damping = np.where(better, damping * 0.3, damping * 5).clip(1e-8, 1e8)
        at_limit = x >= self._most - 1e-9
        status = limit_status(
            (at_limit[2], VoxelStatus.VE_AT_LIMIT),
            (at_limit[3], VoxelStatus.VP_AT_LIMIT),
            (at_limit.any(axis=0) | (x <= LEAST).any(axis=0), VoxelStatus.KEP_AT_LIMIT),
        )
        return Solution(scale * np.exp(x), np.einsum("ij,ij->i", rows, rows) - error, status)

    def _moves(self, x: Floats, rest: Floats, damping: Floats) -> Floats:
        curve = self._curve(x)
        slopes = np.stack(
            [(self._curve(x + DIFFERENCE * np.eye(4)[:, [n]]) - curve) / DIFFERENCE for n in range(4)], axis=2
        )
        gradient = np.einsum("nrp,nr->np", slopes, rest)
        held = ((x >= self._most) & (gradient.T > 0)).T
        slopes = np.where(held[:, None, :], 0.0, slopes)
        matrix = np.einsum("nrp,nrq->npq", slopes, slopes)
        scale = np.einsum("npp->np", matrix)
        # A held parameter has an empty row; one on its diagonal keeps the system solvable.
        matrix[:, np.arange(4), np.arange(4)] += damping[:, None] * scale + np.where(scale > 0, 1e-14, 1.0)
        steps = np.linalg.solve(matrix, np.where(held, 0.0, gradient)[..., None])[..., 0]
        found: Floats = steps.T.clip(-LONGEST_STEP, LONGEST_STEP)
        return found

    def _curve(self, x: Floats) -> Floats:
        """Return the curves of parameters in the basis, shape (n, rank)."""
        response = exponentials_of(*np.exp(x))
        fast, slow = (
            self._curves.at((np.log(rate) - self._log_start) / self._step)[0] for rate in (response.fast, response.slow)
        )
        return response.fast_amount[:, None] * fast + response.slow_amount[:, None] * slow
