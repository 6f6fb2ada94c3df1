"""The Tofts models for voxels where a limit is active: the best answer within the limits, not a clamped one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from PWIProtocolLib.kinetics.box import Amounts, Box, best_amounts, best_explained
from PWIProtocolLib.kinetics.peaks import (
    NODES,
    divided_differences,
    highest_of_each,
    interpolated,
    rival_tops,
    with_slope,
)
from PWIProtocolLib.kinetics.roots import bracketed_roots
from PWIProtocolLib.kinetics.solution import Solution, limit_status, multiplied, padded
from PWIProtocolLib.kinetics.status import VoxelStatus

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from PWIProtocolLib.kinetics.rate_table import RateTable

    Reals = NDArray[Any]
    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]

BLOCK = 4096
TOLERANCE = 3e-6
"""Of the place of kep, in steps of the grid."""


class _Local(NamedTuple):
    """Polynomials about the best grid point of each voxel, in steps of the grid from its first node.

    Attributes
    ----------
    data, data_slope : product of the data with the unit curve, and its derivative per step.
    overlap, overlap_slope : the same for the product of the unit curve with the arterial one.
    log_length : of the curve itself, times kep.
    with_plasma : product of the data with the unit arterial curve, shape (n,).
    """

    data: Reals
    data_slope: Reals
    overlap: Reals
    overlap_slope: Reals
    log_length: Reals
    with_plasma: Floats

    def of(self, some: Indices) -> _Local:
        """Return those of some voxels."""
        if len(some) == len(self.with_plasma):
            return self
        return _Local(*(part[..., some] for part in self))


class BoundedTofts:
    """Finds the best Ktrans, kep and vp with 0 <= vp <= limit, 0 <= ve <= limit.

    What the best amounts within the limits explain at a kep is a smooth function of kep (its derivative has no jumps
    when another limit becomes active), so the root of that derivative beside the best grid point is the answer.
    """

    def __init__(self, table: RateTable, ve_max: float, vp_max: float) -> None:
        self._size, self._log_start, self._step = len(table.log_kep), table.log_kep[0], table.step
        self._ve_max, self._vp_max = ve_max, vp_max
        self._plasma_length = np.sqrt(table.plasma_energy)
        unit, slopes = table.unit_curves
        self._dictionary: Floats = table.basis.T @ np.vstack([unit, slopes]).T
        self._overlap: Floats = unit @ table.plasma / self._plasma_length
        self._overlap_slope: Floats = slopes @ table.plasma / self._plasma_length
        # The greatest amount of a unit curve is that of ve at its limit.
        self._log_length: Floats = np.log(table.lengths) + table.log_kep + np.log(ve_max)
        self._plasma_max = np.full(1, vp_max * self._plasma_length)

    def solve(self, projected: Reals) -> Solution:
        """Return Ktrans, kep and vp for rows of products with the basis and, last, with the arterial curve."""
        n = len(projected)
        parameters, explained = np.empty((3, n)), np.empty(n)
        status = np.empty(n, np.uint8)
        for start in range(0, n, BLOCK):
            part = slice(start, start + BLOCK)
            found = self._block(projected[part].astype(np.float64))
            parameters[:, part], explained[part], status[part] = found.parameters, found.explained, found.status
        return Solution(parameters, explained, status)

    def _block(self, projected: Floats) -> Solution:
        rows = np.ascontiguousarray(projected[:, :-1])
        products = multiplied(padded(rows), self._dictionary)[: len(rows)]
        data, slopes = products[:, : self._size], products[:, self._size :]
        with_plasma = projected[:, -1] / self._plasma_length
        limits = np.exp(self._log_length), self._plasma_max
        scores = best_explained(Box(data, with_plasma[:, None], self._overlap, *limits))
        best = scores.argmax(axis=1)
        rivals, others = rival_tops(scores, best)
        voxel, best = np.append(np.arange(len(rows)), rivals), np.append(best, others)
        start = (best - NODES // 2 + 1).clip(0, self._size - NODES)
        nodes = start + np.arange(NODES)[:, None]
        tables = (self._overlap, self._overlap_slope, self._log_length)
        through = [divided_differences(each[voxel, nodes]) for each in (data, slopes)]
        through += [divided_differences(each[nodes]) for each in tables]
        local = _Local(through[0], through[1], through[2], through[3], through[4], with_plasma[voxel])
        place = self._root(local, (best - start).astype(float), best)
        amounts = best_amounts(self._box(local, place))
        highest = highest_of_each(voxel, amounts.explained)
        amounts = Amounts(*(part[highest] for part in amounts))
        return self._solution(amounts, local.of(highest), place[highest], start[highest])

    def _root(self, local: _Local, x: Floats, best: Indices) -> Floats:
        rising = self._slope(local, x) > 0
        at_end = np.where(rising, best == self._size - 1, best == 0)
        low, high = np.where(rising, x, x - 1), np.where(rising, x + 1, x)
        found = bracketed_roots(lambda at, some: self._slope(local.of(some), at), low, high, TOLERANCE)
        return np.where(at_end, x, found)

    def _box(self, local: _Local, x: Floats) -> Box:
        limit = np.exp(interpolated(local.log_length, x))
        data, overlap = interpolated(local.data, x), interpolated(local.overlap, x)
        return Box(data, local.with_plasma, overlap, limit, self._plasma_max)

    def _slope(self, local: _Local, x: Floats) -> Floats:
        """Return the derivative of what is explained, by the place of kep; half of it."""
        box = self._box(local, x)
        first, second, _ = best_amounts(box)
        direct = interpolated(local.data_slope, x) - second * interpolated(local.overlap_slope, x)
        # At its upper limit the amount rises with kep; elsewhere nothing is gained by more of it.
        push = (box.first - first - second * box.overlap).clip(0) * (first >= box.first_max)
        limit_slope = box.first_max * with_slope(local.log_length, x)[1]
        found: Floats = first * direct + push * limit_slope
        return found

    def _solution(self, amounts: Amounts, local: _Local, x: Floats, start: Indices) -> Solution:
        first, second, explained = amounts
        limit = np.exp(interpolated(local.log_length, x))
        kep = np.exp(self._log_start + self._step * (start + x))
        vp = second / self._plasma_length
        ve = self._ve_max * first / limit
        place = start + x
        status = limit_status(
            (explained <= 0, VoxelStatus.NEGATIVE),
            (first <= 0, VoxelStatus.KTRANS_AT_ZERO),
            (first >= limit, VoxelStatus.VE_AT_LIMIT),
            ((vp >= self._vp_max) & (self._vp_max > 0), VoxelStatus.VP_AT_LIMIT),
            ((place <= 0) | (place >= self._size - 1), VoxelStatus.KEP_AT_LIMIT),
            ((vp <= 0) & (self._vp_max > 0), VoxelStatus.VP_AT_ZERO),
        )
        return Solution(np.stack([ve * kep, np.where(first > 0, kep, np.nan), vp]), explained, status)
