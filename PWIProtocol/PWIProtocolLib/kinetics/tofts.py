"""The Tofts model and its extension by plasma: the exact least-squares answer for many voxels at once.

For a given kep the best Ktrans and vp follow in closed form, so kep is the only unknown that must be searched
(variable projection, Golub and Pereyra 1973). With the arterial curve taken out of the dictionary of convolved curves,
what a kep explains beyond it is the square of one product, which a matrix product gives for all voxels and a grid of
kep. The root of its derivative between two grid points is the answer; there is no start value and no iteration limit.
Voxels whose answer breaks a limit are solved again by `bounded_tofts`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from PWIProtocolLib.kinetics.bounded_tofts import BoundedTofts
from PWIProtocolLib.kinetics.peaks import find_peaks
from PWIProtocolLib.kinetics.rate_table import looked_up, unit_length
from PWIProtocolLib.kinetics.solution import Solution, multiplied, padded
from PWIProtocolLib.kinetics.status import VoxelStatus

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from PWIProtocolLib.kinetics.rate_table import RateTable
    from PWIProtocolLib.kinetics.settings import Bounds

    Reals = NDArray[Any]
    Floats = NDArray[np.float64]

BLOCK = 4096
"""Voxels whose products with the dictionary stay in the cache."""


class ToftsSolver:
    """Fits the Tofts model (Tofts and Kermode 1991) or, with plasma, the extended one (Tofts 1997)."""

    def __init__(self, table: RateTable, bounds: Bounds, dtype: np.dtype[Any], with_plasma: bool) -> None:
        self._table = table
        self._with_plasma = with_plasma
        self._ve_max = bounds.ve_max
        self._vp_max = bounds.vp_max if with_plasma else 0.0
        basis, plasma = table.basis, table.plasma
        self.projection: Reals = np.column_stack([basis, plasma]).astype(dtype)
        dictionary, lengths = _unit_dictionary(table, with_plasma)
        self._size = len(table.log_kep)
        self._dictionary: Reals = (basis.T @ dictionary).astype(dtype)
        self._lengths: Reals = lengths.astype(dtype)
        self._overlap: Reals = table.fine(table.curves @ plasma, table.slopes @ plasma).astype(dtype)
        self._bounded = BoundedTofts(table, self._ve_max, self._vp_max)

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters that it finds."""
        return ("ktrans_per_min", "kep_per_min", "vp") if self._with_plasma else ("ktrans_per_min", "kep_per_min")

    def solve(self, projected: Reals) -> Solution:
        """Solve curves multiplied with `projection`, shape (n, rank)."""
        n = len(projected)
        found = np.empty((4, n), projected.dtype)
        for start in range(0, n, BLOCK):
            rows = projected[start : start + BLOCK]
            found[:, start : start + BLOCK] = self._free(rows)
        ktrans, kep, vp, explained = found
        end = self._size - 1
        outside = (vp < 0) | (vp > self._vp_max) | (ktrans <= 0) | (ktrans > self._ve_max * self._kep(kep))
        status = np.where((kep <= 0) | (kep >= end), np.uint8(VoxelStatus.KEP_AT_LIMIT), np.uint8(VoxelStatus.FITTED))
        kep[:] = self._kep(kep)
        if (bad := np.flatnonzero(outside)).size:
            again = self._bounded.solve(projected[bad])
            found[:, bad] = [*again.parameters, again.explained]
            status[bad] = again.status
        return Solution(found[: len(self.names)], explained, status)

    def _kep(self, place: Reals) -> Reals:
        start, step = (_in_type_of(value, place) for value in (self._table.log_kep[0], self._table.step))
        found: Reals = np.exp(start + place * step)
        return found

    def _free(self, projected: Reals) -> tuple[Reals, Reals, Reals, Reals]:
        """Return Ktrans, place of kep, vp and what they explain, without limits."""
        rows = padded(projected)
        products = multiplied(np.ascontiguousarray(rows[:, :-1]), self._dictionary)
        peak = find_peaks(products[:, : self._size], products[:, self._size :])
        place, value = (part[: len(projected)] for part in peak)
        ktrans = value / looked_up(self._lengths, place)
        explained = value * np.abs(value)
        if not self._with_plasma:
            return ktrans, place, np.zeros_like(ktrans), explained
        with_plasma = projected[:, -1]
        energy = _in_type_of(self._table.plasma_energy, place)
        vp = (with_plasma - ktrans * looked_up(self._overlap, place)) / energy
        return ktrans, place, vp, explained + with_plasma**2 / energy


def _in_type_of(value: float, like: Reals) -> Any:
    """Return a number in the type of an array, so that single precision is kept."""
    return like.dtype.type(value)


def _unit_dictionary(table: RateTable, with_plasma: bool) -> tuple[Floats, Floats]:
    """Return the unit curves beside their derivatives per step, as columns, and a fine table of their lengths."""
    curves, slopes = table.curves, table.slopes
    if with_plasma:
        plasma = table.plasma / np.sqrt(table.plasma_energy)
        curves, slopes = (part - np.outer(part @ plasma, plasma) for part in (curves, slopes))
    length = np.linalg.norm(curves, axis=1)
    # Lengths spread over orders of magnitude; their logarithm is smoother.
    lengths = np.exp(table.fine(np.log(length), np.einsum("ij,ij->i", curves, slopes) / length**2))
    return np.vstack(unit_length(curves, table.step * slopes)).T, lengths
