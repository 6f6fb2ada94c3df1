"""Tables of a Tofts model between the delays at which an image meets a sample of the arterial curve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from PWIProtocolLib.kinetics.delay_products import NODES, Local
from PWIProtocolLib.kinetics.peaks import divided_differences
from PWIProtocolLib.kinetics.solution import multiplied, padded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from PWIProtocolLib.kinetics.convolution import Convolution

    Reals = NDArray[Any]
    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]

GATHERED = 1024
"""Voxels whose curves are gathered at a time, to stay in the cache."""
WIDEST_MIN = 0.125 / 60
MOST_CELLS = 512
"""Uneven times meet the samples at so many delays that the closest are taken together."""


class DelayCells:
    """Tables of all cells: the ranges between one delay and the next at which an image meets a sample.

    Parameters
    ----------
    convolution : of the arterial curve, with the rates of the table, in minutes.
    time_min : shape (n_times,), of the images.
    delay_min : least and greatest delay.

    Attributes
    ----------
    delays, widths : ends of the cells and distances between them, in minutes.
    log_kep, step : shape (n_rates,), logarithms of the rates and the distance between them.
    plasma : shape (n_cells + 1, n_times), the arterial curve at the images for each end.
    curves : shape (n_cells + 1, n_rates, n_times), that curve convolved.
    """

    def __init__(self, convolution: Convolution, time_min: Floats, delay_min: tuple[float, float]) -> None:
        self.delays = _boundaries(time_min, convolution.nodes, delay_min)
        self.widths: Floats = np.diff(self.delays)
        self.log_kep: Floats = np.log(convolution.rates)
        self.step = float(self.log_kep[1] - self.log_kep[0])
        at = (time_min - self.delays[:, None]).ravel()
        shape = len(self.delays), len(time_min)
        self.plasma: Floats = convolution.input_at(at).reshape(shape)
        self.curves: Floats = np.ascontiguousarray(convolution.at(at).curves.reshape(-1, *shape).transpose(1, 0, 2))
        later, slope = self.plasma[1:], -np.diff(self.plasma, axis=0) / self.widths[:, None]
        self._lengths: Floats = np.linalg.norm(self.curves[1:], axis=2)
        units = self.curves[1:] / self._lengths[:, :, None]
        with_later, with_slope = (np.einsum("cit,ct->ci", units, each) for each in (later, slope))
        self._tables: Floats = np.stack([with_later, with_slope, np.log(self._lengths)])
        pairs = ((later, later), (later, slope), (slope, slope))
        self._ends: Floats = np.stack([np.einsum("ct,ct->c", a, b) for a, b in pairs])

    @property
    def last(self) -> int:
        """The place of the greatest rate."""
        return len(self.log_kep) - 1

    def plasma_products(self, rows: Reals) -> Reals:
        """Return products of curves with the arterial curve at the ends of all cells, shape (n, n_cells + 1)."""
        found: Reals = multiplied(padded(rows), self.plasma.T.astype(rows.dtype))[: len(rows)]
        return found

    def data_products(self, rows: Floats, at: Indices) -> Floats:
        """Return products of each row with convolved curves, shape (n_curves, n).

        Parameters
        ----------
        rows : shape (n, n_times).
        at : shape (n_curves, n), places in the table of `curves`, counted through boundaries and rates.
        """
        table = self.curves.reshape(-1, rows.shape[1])
        found = np.empty(at.shape)
        for start in range(0, len(rows), GATHERED):
            part = slice(start, start + GATHERED)
            found[:, part] = np.matmul(table.take(at[:, part].T, axis=0), rows[part, :, None])[:, :, 0].T
        return found

    def local(self, rows: Floats, with_plasma: Reals, cell: Indices, first: Indices) -> Local:
        """Return what belongs to curves, each with its cell and the first node of its rates.

        Parameters
        ----------
        rows : shape (n, n_times).
        with_plasma : shape (n, n_cells + 1), of `plasma_products`.
        cell, first : shape (n,).
        """
        nodes = first + np.arange(NODES)[:, None]
        samples = np.empty((NODES, 4, len(rows)))
        at = cell * len(self.log_kep) + nodes
        samples[:, 0] = self.data_products(rows, at + len(self.log_kep)) / self._lengths.take(at)
        for place, table in enumerate(self._tables, 1):
            samples[:, place] = table.take(at)
        each, width = np.arange(len(rows)), self.widths[cell]
        late, early = with_plasma[each, cell + 1], with_plasma[each, cell]
        ends = np.stack([(early - late) / width, late, *self._ends[:, cell]])
        return Local(self.log_kep[first], width, divided_differences(samples), ends)


def _boundaries(time_min: Floats, nodes: Floats, delay_min: tuple[float, float]) -> Floats:
    """Return both ends and all delays between them at which a time of the images meets a sample."""
    low, high = delay_min
    met = np.sort((time_min[:, None] - nodes).ravel())
    apart = max((high - low) / MOST_CELLS, 1e-9)
    kept = [low]
    for delay in met[(met > low + apart) & (met < high - apart)]:
        if delay - kept[-1] > apart:
            kept.append(float(delay))
    ends = np.array([*kept, high])
    parts = np.ceil(np.diff(ends) / WIDEST_MIN - 1e-9).astype(int)
    inside = [np.linspace(a, b, n, endpoint=False) for a, b, n in zip(ends, ends[1:], parts, strict=False)]
    return np.append(np.concatenate(inside), high)
