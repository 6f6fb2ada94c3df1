"""The best amounts of a Tofts model at places between tabulated delays and rates, and how much they explain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from PWIProtocolLib.kinetics.box import Box, best_amounts
from PWIProtocolLib.kinetics.delay_products import NODES, products

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from PWIProtocolLib.kinetics.delay_products import Local, Products

    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]

DIFFERENCE = 1e-5
NEARLY_PARALLEL = 1e-12
END = np.array([[1.0], [NODES - 1.0]])
"""Greatest places: a share of the cell, and nodes from the first."""


class Places(NamedTuple):
    """Delays and rates that may be the best: a voxel may have several.

    Attributes
    ----------
    voxel, cell : shape (n,).
    share : of the cell that has elapsed since its later end, shape (n,).
    place : of kep in the table, shape (n,).
    """

    voxel: Indices
    cell: Indices
    share: Floats
    place: Floats

    def of(self, some: Indices) -> Places:
        """Return some of them."""
        return Places(self.voxel[some], self.cell[some], self.share[some], self.place[some])

    @staticmethod
    def empty(n: int) -> Places:
        """Return places to be filled, one for each voxel."""
        return Places(np.arange(n), np.zeros(n, np.intp), np.zeros(n), np.zeros(n))

    def put(self, some: Indices, other: Places) -> None:
        """Replace those of some voxels, where each has one."""
        self.cell[some], self.share[some], self.place[some] = other.cell, other.share, other.place


class Top(NamedTuple):
    """What the best amounts explain at some places, and its derivatives.

    Attributes
    ----------
    ktrans, vp, explained : shape (n,).
    gradient : by the elapsed time, as share of the cell, and by the place of kep, shape (2, n).
    """

    ktrans: Floats
    vp: Floats
    explained: Floats
    gradient: Floats

    def of(self, some: Indices) -> Top:
        """Return those of some voxels."""
        return Top(*(part[..., some] for part in self))

    @staticmethod
    def empty(n: int) -> Top:
        """Return tops that are lower than any other."""
        return Top(np.zeros(n), np.zeros(n), np.full(n, -np.inf), np.zeros((2, n)))

    def put(self, some: Indices, other: Top) -> None:
        """Replace those of some voxels."""
        for part, new in zip(self, other, strict=True):
            part[..., some] = new


@dataclass(frozen=True)
class Amounts:
    """Finds the best Ktrans and vp within the limits at given delays and rates.

    Attributes
    ----------
    step : of the table of rates, in the logarithm of kep.
    ve_max, vp_max : limits.
    with_plasma : whether the model has a plasma volume.
    """

    step: float
    ve_max: float
    vp_max: float
    with_plasma: bool

    def top(self, local: Local, x: Floats) -> Top:
        """Return the best amounts at a share of the cell and a place from the first node, shape (2, n)."""
        p = products(local, x[0] * local.width, x[1], self.step)
        if self.with_plasma:
            ktrans, vp = self._both(p)
        else:
            ktrans, vp = (p.data_c / p.cc).clip(0, self.ve_max * p.kep), np.zeros_like(p.cc)
        rest_c = p.data_c - ktrans * p.cc - vp * p.ca
        rest_a = p.data_a - ktrans * p.ca - vp * p.aa
        explained = ktrans * (p.data_c + rest_c) + vp * (p.data_a + rest_a)
        # A change of the best amounts gains nothing, but the limit of Ktrans moves with kep.
        along = p.data_slope - ktrans * p.c_slope - vp * p.a_slope
        by_time = ktrans * (rest_a - p.kep * rest_c) + vp * along
        by_kep = ktrans * (self.step * rest_c + p.data_by_kep - ktrans * p.c_by_kep - vp * p.a_by_kep)
        return Top(ktrans, vp, explained, np.stack([2 * local.width * by_time, 2 * by_kep]))

    def bend(self, local: Local, x: Floats, here: Top) -> Floats:
        """Return the negative second derivatives from differences of the first: by time, both, and kep; (3, n)."""
        delta = np.where(x > END / 2, -DIFFERENCE, DIFFERENCE)
        zero = np.zeros_like(local.width)
        sides = [self.top(local, x + np.stack(d)).gradient for d in ((delta[0], zero), (zero, delta[1]))]
        by_time, by_kep = ((here.gradient - side) / d for side, d in zip(sides, delta, strict=True))
        return np.stack([by_time[0], (by_time[1] + by_kep[0]) / 2, by_kep[1]])

    def _both(self, p: Products) -> tuple[Floats, Floats]:
        determinant = p.cc * p.aa - p.ca**2
        parallel = determinant <= NEARLY_PARALLEL * p.cc * p.aa
        determinant[parallel] = 1
        ktrans = (p.aa * p.data_c - p.ca * p.data_a) / determinant
        vp = (p.cc * p.data_a - p.ca * p.data_c) / determinant
        beyond = (ktrans < 0) | (vp < 0) | (ktrans > self.ve_max * p.kep) | (vp > self.vp_max) | parallel
        some = np.flatnonzero(beyond)
        if some.size:
            ktrans[some], vp[some] = self._limited(p, some)
        return ktrans, vp

    def _limited(self, p: Products, some: Indices) -> tuple[Floats, Floats]:
        c, a = np.sqrt(p.cc[some]), np.sqrt(p.aa[some])
        limits = self.ve_max * p.kep[some] * c, self.vp_max * a
        found = best_amounts(Box(p.data_c[some] / c, p.data_a[some] / a, p.ca[some] / (c * a), *limits))
        return found.first / c, found.second / a
