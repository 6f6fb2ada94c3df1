"""The Tofts models with the arrival delay of each voxel: the delay with the least sum of squares of all.

All delays of a coarse grid are tried with few rates. From the tops of what they explain, steps on delay and rate lead
to maxima, through the cells within which the products are known exactly; the best of them is the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from PWIProtocolLib.kinetics.delay import Delayed
from PWIProtocolLib.kinetics.delay_cells import DelayCells
from PWIProtocolLib.kinetics.delay_climb import DelayClimb
from PWIProtocolLib.kinetics.delay_scouts import Scout, sighted, sighted_within_limits
from PWIProtocolLib.kinetics.delay_starts import DelayStarts
from PWIProtocolLib.kinetics.delay_top import Amounts, Places, Top
from PWIProtocolLib.kinetics.peaks import highest_of_each
from PWIProtocolLib.kinetics.rate_table import rate_table
from PWIProtocolLib.kinetics.solution import Solution, limit_status
from PWIProtocolLib.kinetics.status import VoxelStatus

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from PWIProtocolLib.kinetics.convolution import Convolution
    from PWIProtocolLib.kinetics.settings import Bounds

    Reals = NDArray[Any]
    Floats = NDArray[np.float64]

SECONDS = 60.0
BLOCK = 4096
"""Voxels that are looked at again at a time: that takes a score for each delay and rate."""
STEP_S = 1.0
"""Between the delays that are tried first: less than the rise of a bolus."""
DOUBT = 0.5
"""Of the energy of a curve: where less is explained, a limit may have hidden the best delay from the first look."""
ROUNDING = 1e-13


class DelayedTofts:
    """Finds Ktrans, kep, vp and the delay of each voxel.

    Parameters
    ----------
    convolution : of the arterial curve, with the rates of the table, in minutes.
    time_min : shape (n_times,), of the images, in minutes.
    bounds : limits, of the delay as well.
    dtype : of the first look; what follows is in double precision.
    with_plasma : whether the model has a plasma volume.
    """

    def __init__(
        self, convolution: Convolution, time_min: Floats, bounds: Bounds, dtype: np.dtype[Any], with_plasma: bool
    ) -> None:
        low, high = (end / SECONDS for end in bounds.delay_s)
        self._cells = DelayCells(convolution, time_min, (low, high))
        self._amounts = Amounts(self._cells.step, bounds.ve_max, bounds.vp_max * with_plasma, with_plasma)
        self._climb = DelayClimb(self._cells, self._amounts)
        self._starts = DelayStarts(self._cells, with_plasma)
        self._tried = np.linspace(low, high, max(round(SECONDS * (high - low) / STEP_S), 2) + 1)
        tables = (rate_table(convolution, time_min, float(delay)) for delay in self._tried)
        self._scouts = [Scout(table, dtype, with_plasma) for table in tables]

    def solve(self, curves: Reals) -> Delayed:
        """Solve curves, shape (n, n_times)."""
        if not len(curves):
            return self._delayed(Places.empty(0), Top.empty(0))
        rows = curves.astype(np.float64)
        with_plasma = self._cells.plasma_products(rows)
        starts = self._starts.about(rows, with_plasma, sighted(self._scouts, self._tried, curves))
        at, top = self._highest(rows, with_plasma, starts)
        doubtful = np.flatnonzero(self._is_doubtful(at, top, np.einsum("ij,ij->i", curves, curves)))
        for start in range(0, len(doubtful), BLOCK):
            some = doubtful[start : start + BLOCK]
            other_at, other = self._highest_within_limits(rows[some])
            better = np.flatnonzero(other.explained > top.explained[some])
            at.put(some[better], other_at.of(better))
            top.put(some[better], other.of(better))
        return self._delayed(at, top)

    def _highest(self, rows: Floats, with_plasma: Floats, starts: Places) -> tuple[Places, Top]:
        at, top = self._climb.climbed(rows[starts.voxel], with_plasma[starts.voxel], starts)
        first = highest_of_each(at.voxel, top.explained)
        return at.of(first), top.of(first)

    def _highest_within_limits(self, rows: Floats) -> tuple[Places, Top]:
        limits = self._amounts.ve_max, self._amounts.vp_max
        starts = self._starts.at(sighted_within_limits(self._scouts, self._tried, rows, *limits))
        return self._highest(rows, self._cells.plasma_products(rows), starts)

    def _kep(self, at: Places) -> Floats:
        found: Floats = np.exp(self._cells.log_kep[0] + self._cells.step * at.place)
        return found

    def _is_doubtful(self, at: Places, top: Top, energy: Reals) -> NDArray[np.bool_]:
        limits = self._amounts
        doubtful = (top.ktrans >= limits.ve_max * self._kep(at) * (1 - ROUNDING)) | (top.ktrans <= 0)
        if limits.with_plasma:
            doubtful |= (top.vp >= limits.vp_max) | (top.vp <= 0)
        found: NDArray[np.bool_] = doubtful | (top.explained < DOUBT * energy)
        return found

    def _delayed(self, at: Places, top: Top) -> Delayed:
        delay = self._cells.delays[at.cell + 1] - at.share * self._cells.widths[at.cell]
        kep = self._kep(at)
        values = np.stack([top.ktrans, np.where(top.ktrans > 0, kep, np.nan), top.vp])
        values = values if self._amounts.with_plasma else values[:2]
        return Delayed(Solution(values, top.explained, self._status(top, kep, at.place, delay)), SECONDS * delay)

    def _status(self, top: Top, kep: Floats, place: Floats, delay: Floats) -> NDArray[np.uint8]:
        limits, (first, last) = self._amounts, self._cells.delays[[0, -1]]
        return limit_status(
            (top.explained <= 0, VoxelStatus.NEGATIVE),
            (top.ktrans <= 0, VoxelStatus.KTRANS_AT_ZERO),
            (top.ktrans >= limits.ve_max * kep * (1 - ROUNDING), VoxelStatus.VE_AT_LIMIT),
            ((top.vp >= limits.vp_max) & limits.with_plasma, VoxelStatus.VP_AT_LIMIT),
            ((place <= 0) | (place >= self._cells.last), VoxelStatus.KEP_AT_LIMIT),
            ((top.vp <= 0) & limits.with_plasma, VoxelStatus.VP_AT_ZERO),
            ((delay <= first) | (delay >= last), VoxelStatus.DELAY_AT_LIMIT),
        )
