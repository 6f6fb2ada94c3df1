"""A first look at the arrival delay: few delays and few rates, each without a search between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from PWIProtocolLib.kinetics.box import Box, best_explained
from PWIProtocolLib.kinetics.solution import multiplied, padded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from PWIProtocolLib.kinetics.rate_table import RateTable

    Reals = NDArray[Any]
    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]

RATES = 4
"""Of the rates, every fourth is tried."""
RIVAL = 0.7
"""A local top that reaches this share of the highest may be higher than it between what is tried."""
BLOCK = 4096


class Sighting(NamedTuple):
    """Places near which the best delay may be; a voxel may have several. All of shape (n,).

    Attributes
    ----------
    voxel : index of the curve.
    delay : in the unit of the delays that are tried.
    place : of kep in the table.
    """

    voxel: Indices
    delay: Floats
    place: Indices


class Scout:
    """Tells what a Tofts model explains at one delay, from few rates."""

    def __init__(self, table: RateTable, dtype: np.dtype[Any], with_plasma: bool = True) -> None:
        self._unit = unit = table.unit_curves[0][::RATES]
        self._kep_lengths: Floats = (table.lengths * table.kep)[::RATES]
        self._plasma_length = float(np.sqrt(table.plasma_energy))
        self._plasma: Floats = table.plasma / self._plasma_length
        self._plasma_overlap: Floats = unit @ self._plasma
        self._with_plasma = with_plasma
        overlap, rest = self._plasma_overlap, np.sqrt(1 - self._plasma_overlap**2)
        beside = (unit - np.outer(overlap, self._plasma)) / rest[:, None]
        columns = np.vstack([beside, self._plasma]) if with_plasma else unit
        self._dictionary: Reals = columns.T.astype(dtype)
        self._overlap, self._rest, self._ratio = (x.astype(dtype) for x in (overlap, rest, overlap / rest))

    def best(self, curves: Reals) -> tuple[Reals, Indices]:
        """Return the greatest explained sum of squares of each curve, shape (n,), and the place of its rate.

        Amounts are not negative; upper limits are left out.
        """
        products = multiplied(padded(curves), self._dictionary)[: len(curves)]
        if not self._with_plasma:
            scores = np.square(products.clip(0, None))
        else:
            beside, plasma = products[:, :-1].clip(0, None), products[:, -1:]
            alone = (beside * self._rest + plasma * self._overlap).clip(0, None)
            scores = np.where(plasma > beside * self._ratio, beside**2 + plasma**2, alone**2)
        rate = scores.argmax(axis=1)
        return np.take_along_axis(scores, rate[:, None], axis=1)[:, 0], RATES * rate

    def limited(self, rows: Floats, ve_max: float, vp_max: float) -> Floats:
        """Return what each rate explains within all limits, shape (n, n_rates)."""
        products = multiplied(padded(rows), np.vstack([self._unit, self._plasma]).T)[: len(rows)]
        limits = ve_max * self._kep_lengths, np.full(1, vp_max * self._plasma_length)
        return best_explained(Box(products[:, :-1], products[:, -1:], self._plasma_overlap, *limits))


def sighted(scouts: list[Scout], delays: Floats, curves: Reals) -> Sighting:
    """Return for each curve the delay of the highest score and those of its rivals.

    Parameters
    ----------
    scouts, delays : one scout for each delay; the delays are evenly spaced.
    curves : shape (n, n_times).
    """
    scores = np.empty((len(curves), len(scouts)), curves.dtype)
    rates = np.empty(scores.shape, np.intp)
    for start in range(0, len(curves), BLOCK):
        part = slice(start, start + BLOCK)
        for k, scout in enumerate(scouts):
            scores[part, k], rates[part, k] = scout.best(curves[part])
    best, everyone = scores.argmax(axis=1), np.arange(len(curves))
    is_top = scores >= RIVAL * scores[everyone, best][:, None]
    is_top[:, 1:] &= scores[:, 1:] > scores[:, :-1]
    is_top[:, :-1] &= scores[:, :-1] >= scores[:, 1:]
    is_top[everyone, best] = True
    voxel, tops = is_top.nonzero()
    return Sighting(voxel, _vertex(scores, delays, voxel, tops), rates[voxel, tops])


def sighted_within_limits(scouts: list[Scout], delays: Floats, rows: Floats, ve_max: float, vp_max: float) -> Sighting:
    """Return all tops over delay and rate of what is explained within the limits, as :func:`sighted` does."""
    scores = np.stack([scout.limited(rows, ve_max, vp_max) for scout in scouts], axis=1)
    is_top = scores >= RIVAL * scores.max(axis=(1, 2))[:, None, None]
    rises = np.diff(scores, axis=1) > 0
    is_top[:, 1:] &= rises
    is_top[:, :-1] &= ~rises
    rises = np.diff(scores, axis=2) > 0
    is_top[:, :, 1:] &= rises
    is_top[:, :, :-1] &= ~rises
    highest = scores.reshape(len(scores), -1).argmax(axis=1)
    is_top.reshape(len(scores), -1)[np.arange(len(scores)), highest] = True
    voxel, delay, rate = is_top.nonzero()
    return Sighting(voxel, delays[delay], RATES * rate)


def _vertex(scores: Reals, delays: Floats, voxel: Indices, tops: Indices) -> Floats:
    """Return the delay of the top of the parabola through three scores."""
    last = len(delays) - 1
    before, here, after = (scores[voxel, (tops + step).clip(0, last)].astype(float) for step in (-1, 0, 1))
    bend = 2 * here - before - after
    offset = np.divide((after - before) / 2, bend, out=np.zeros_like(bend), where=bend > 0).clip(-0.5, 0.5)
    offset[(tops == 0) | (tops == last)] = 0
    found: Floats = delays[tops] + (delays[1] - delays[0]) * offset
    return found
