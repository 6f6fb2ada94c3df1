"""From places that may be the best to maxima over delay and rate: damped Newton steps, from cell to cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from PWIProtocolLib.kinetics.delay_products import NODES
from PWIProtocolLib.kinetics.delay_top import END, Places, Top

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from PWIProtocolLib.kinetics.delay_cells import DelayCells
    from PWIProtocolLib.kinetics.delay_products import Local
    from PWIProtocolLib.kinetics.delay_top import Amounts

    Reals = NDArray[Any]
    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]
    Flags = NDArray[np.bool_]

VISITS = 30
"""Cells that a voxel may pass."""
LEAST_GAIN = 1e-8
"""Of what is left, to go on to another cell."""
CENTRED = 1.2
"""Nodes from the middle of the polynomials, beyond which others are more exact."""
STEPS = 12
SETTLED = 1e-9
"""Of what is left: a step that promises less is the last."""
ROUNDING = 1e-13
FIRST_DAMPING = 1e-3
SAFE = 1e-3
CLOSE = 1e-9
TINY = 1e-60
LONGEST = np.array([[1.0], [2.0]])
"""Steps, as share of the cell and in nodes."""


class DelayClimb:
    """Climbs from places to the maxima near them."""

    def __init__(self, cells: DelayCells, amounts: Amounts) -> None:
        self._cells, self._amounts = cells, amounts

    def climbed(self, rows: Floats, with_plasma: Reals, start: Places) -> tuple[Places, Top]:
        """Return where steps lead, from cell to cell.

        Parameters
        ----------
        rows, with_plasma : curves and their products with the arterial curve, for each place.
        """
        n, size = len(rows), self._cells.last + 1
        at = Places(start.voxel, start.cell.copy(), start.share.copy(), start.place.copy())
        energy = np.einsum("ij,ij->i", rows, rows)
        kept, left = Top.empty(n), np.arange(n)
        for _ in range(VISITS):
            first = (np.round(at.place[left]).astype(np.intp) - NODES // 2).clip(0, size - NODES)
            local = self._cells.local(rows[left], with_plasma[left], at.cell[left], first)
            here = np.stack([at.share[left], at.place[left] - first])
            x, top = self._within(local, at.cell[left], energy[left], here)
            gain = top.explained - kept.explained[left]
            at.share[left], at.place[left] = x[0], x[1] + first
            kept.put(left, top)
            going = self._moved_on(at, left, x[0], top) | _is_outside(x[1], first, size)
            left = left[going & (gain > LEAST_GAIN * (energy[left] - top.explained))]
            if not left.size:
                break
        return at, kept

    def _moved_on(self, at: Places, left: Indices, share: Floats, top: Top) -> Flags:
        """Go to the next cell where the end of one has stopped the steps, and tell where."""
        later = (share <= 0) & (top.gradient[0] < 0) & (at.cell[left] < len(self._cells.widths) - 1)
        earlier = (share >= 1) & (top.gradient[0] > 0) & (at.cell[left] > 0)
        at.cell[left] += later.astype(np.intp) - earlier
        at.share[left] = np.where(later, 1.0, np.where(earlier, 0.0, share))
        moved: Flags = later | earlier
        return moved

    def _within(self, local: Local, cell: Indices, energy: Floats, start: Floats) -> tuple[Floats, Top]:
        """Return the highest point that damped Newton steps reach within the cell and its rates."""
        x = start.clip(0, END)
        closed = np.select([cell == 0, cell == len(self._cells.widths) - 1], [1.0, 0.0], np.nan)
        kept = self._amounts.top(local, x)
        bend = self._amounts.bend(local, x, kept)
        left, damping = np.arange(len(cell)), np.full(len(cell), FIRST_DAMPING)
        for _ in range(STEPS):
            here = kept.of(left)
            moved = _moved(x[:, left], here.gradient, bend, damping)
            top = self._amounts.top(local, moved)
            step, change = moved - x[:, left], top.gradient - here.gradient
            better = top.explained > here.explained
            kept.put(left[better], top.of(np.flatnonzero(better)))
            x[:, left[better]] = moved[:, better]
            damping *= np.where(better, 0.1, 10)
            bend = _updated(bend, step, change)
            at, gradient = x[0, left], kept.gradient[0, left]
            # At a top on a boundary, or at the end of the range, the rate is sought along it.
            leaving = ((at <= 0) & (gradient < 0)) | ((at >= 1) & (gradient > 0))
            leaving &= (at != start[0, left]) & (at != closed[left])
            promised = np.einsum("kn,kn->n", here.gradient, step)
            some = np.flatnonzero((promised > SETTLED * (energy - here.explained) + ROUNDING * energy) & ~leaving)
            if not some.size:
                break
            if some.size < left.size:
                left, local, energy = left[some], local.of(some), energy[some]
                bend, damping = bend[:, some], damping[some]
        return x, kept


def _is_outside(x: Floats, first: Indices, size: int) -> Flags:
    """Tell where other nodes are nearer to the rate that was reached."""
    below, above = first > 0, first < size - NODES
    off_centre = (np.abs(x - (NODES - 1) / 2) > CENTRED) & below & above
    found: Flags = off_centre | ((x <= 0) & below) | ((x >= NODES - 1) & above)
    return found


def _moved(x: Floats, gradient: Floats, bend: Floats, damping: Floats) -> Floats:
    """Return where a damped step leads."""
    a, b, c = bend
    held = ((x <= 0) & (gradient <= 0)) | ((x >= END) & (gradient >= 0))
    # Where the function bends up, its curvatures serve as scales only.
    b = np.where((a > 0) & (c > 0) & (a * c > b * b) & ~held.any(axis=0), b, 0)
    a, c = np.abs(a) * (1 + damping) + TINY, np.abs(c) * (1 + damping) + TINY
    g, h = np.where(held, 0, gradient)
    step = np.stack([c * g - b * h, a * h - b * g]) / (a * c - b * b)
    step *= (LONGEST / np.maximum(np.abs(step), LONGEST)).min(axis=0)
    moved = (x + step).clip(0, END)
    at_end = np.where(moved < END / 2, 0, END)
    return np.where(np.abs(moved - at_end) < CLOSE, at_end, moved)


def _updated(bend: Floats, step: Floats, change: Floats) -> Floats:
    """Return the symmetric update of rank one, with which the second derivatives agree with a step."""
    a, b, c = bend
    first, second = -change[0] - a * step[0] - b * step[1], -change[1] - b * step[0] - c * step[1]
    along = first * step[0] + second * step[1]
    size = np.sqrt((first**2 + second**2) * (step[0] ** 2 + step[1] ** 2))
    safe = np.abs(along) > SAFE * size
    along = np.where(safe, along, 1)
    rank_one = np.stack([first * first, first * second, second * second]) / along
    return bend + np.where(safe & np.isfinite(rank_one).all(axis=0), rank_one, 0)
