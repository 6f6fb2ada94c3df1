"""What a Tofts model explains at many delays about one, for each voxel: nearly exact, and cheap.

Three rates are followed from cell to cell by the recurrence of the convolution, so that no product with a whole curve
is needed but at the start; between the rates goes a parabola.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from PWIProtocolLib.kinetics.delay_cells import DelayCells

    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]
    Reals = NDArray[Any]


class Profile(NamedTuple):
    """Explained sums of squares and places of kep, shape (n, count), from the latest delay backwards."""

    explained: Floats
    place: Floats


class DelayProfile:
    """Tables of all cells, flat over (n_boundaries, n_rates) or (n_cells, n_rates)."""

    def __init__(self, cells: DelayCells, with_plasma: bool) -> None:
        self._cells, self._with_plasma = cells, with_plasma
        curves, plasma = cells.curves, cells.plasma
        lengths = np.linalg.norm(curves, axis=2)
        plasma_lengths = np.linalg.norm(plasma, axis=1)
        overlap = np.einsum("bit,bt->bi", curves, plasma) / (lengths * plasma_lengths[:, None])
        rest = np.sqrt(1 - overlap**2)
        self._inverse, self._plasma_inverse = (1 / lengths).ravel(), 1 / plasma_lengths
        self._overlap, self._rest, self._ratio = (part.ravel() for part in (overlap, rest, overlap / rest))
        kep, width = np.exp(cells.log_kep), cells.widths[:, None]
        zeroth = -np.expm1(-kep * width) / kep
        first = (width - zeroth) / (kep * width)
        # By the product with the arterial curve at the later end, and at the earlier one.
        self._decay, self._late, self._early = (x.ravel() for x in (np.exp(-kep * width), zeroth - first, first))

    def along(self, rows: Floats, with_plasma: Reals, latest: Indices, place: Indices, count: int) -> Profile:
        """Return what is explained at boundaries of cells.

        Parameters
        ----------
        rows : shape (n, n_times).
        with_plasma : shape (n, n_boundaries), products with the arterial curve.
        latest, place : shape (n,), the boundary to begin with, and the middle rate.
        count : of boundaries.
        """
        size = self._cells.last + 1
        rates = place.clip(1, size - 2) + np.arange(-1, 2)[:, None]
        explained, places = np.empty((2, len(rows), count))
        at = latest * size + rates
        data = self._cells.data_products(rows, at)
        each = np.arange(len(rows)) * with_plasma.shape[1]
        flat = with_plasma.ravel()
        plasma = flat.take(each + latest)
        for step in range(count):
            here, earlier = np.maximum(latest - step, 0), np.maximum(latest - step - 1, 0)
            scores = self._scores(here * size + rates, data, plasma * self._plasma_inverse[here])
            offset, height = _vertex(scores)
            explained[:, step] = np.where(latest >= step, height, -np.inf)
            places[:, step] = rates[1] + offset
            at = earlier * size + rates
            plasma_before = flat.take(each + earlier)
            data = self._decay.take(at) * data + self._late.take(at) * plasma + self._early.take(at) * plasma_before
            plasma = plasma_before
        return Profile(explained, places)

    def _scores(self, at: Indices, data: Floats, unit_plasma: Floats) -> Floats:
        """Return what rates explain with amounts that are not negative."""
        unit = data * self._inverse.take(at)
        alone: Floats = np.square(unit.clip(0, None))
        if not self._with_plasma:
            return alone
        beside = (unit - self._overlap.take(at) * unit_plasma) / self._rest.take(at)
        both = (beside > 0) & (unit_plasma > beside * self._ratio.take(at))
        best: Floats = np.maximum(
            np.where(both, beside**2 + unit_plasma**2, alone), np.square(unit_plasma.clip(0, None))
        )
        return best


def _vertex(scores: Floats) -> tuple[Floats, Floats]:
    """Return place and height of the top of parabolas through three scores, shape (3, n)."""
    low, middle, high = scores
    bend = 2 * middle - low - high
    offset = np.divide((high - low) / 2, bend, out=np.zeros_like(bend), where=bend > 0).clip(-2, 2)
    return offset, middle + (high - low) / 2 * offset - bend / 2 * offset**2
