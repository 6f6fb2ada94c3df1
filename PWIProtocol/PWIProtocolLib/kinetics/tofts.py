"""The Tofts model and its extension by plasma: the exact least-squares answer for many voxels at once.

For a given kep the best Ktrans and vp follow in closed form, so kep is the only unknown that must be searched
(variable projection, Golub and Pereyra 1973). With the arterial curve taken out of the dictionary of convolved curves,
what a kep explains beyond it is the square of one product, which a matrix product gives for all voxels and a grid of
kep. The root of its derivative between two grid points is the answer; there is no start value and no iteration limit.
Voxels whose amounts would be negative are solved again by `nonnegative_tofts` from the same products; those that break
an upper limit by `bounded_tofts`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from PWIProtocolLib.kinetics.bounded_tofts import BoundedTofts
from PWIProtocolLib.kinetics.nonnegative_tofts import NonNegativeTofts
from PWIProtocolLib.kinetics.peaks import highest_of_each, highest_peaks
from PWIProtocolLib.kinetics.rate_table import looked_up, unit_length
from PWIProtocolLib.kinetics.solution import Solution, limit_status, multiplied, padded
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
        self._nonnegative = NonNegativeTofts(table, dtype)
        # Lengths spread over orders of magnitude; their logarithm is smoother.
        alone = np.einsum("ij,ij->i", table.curves, table.slopes) / table.lengths**2
        self._lengths_alone: Reals = np.exp(table.fine(np.log(table.lengths), alone)).astype(dtype)
        self._bounded = BoundedTofts(table, self._ve_max, self._vp_max)

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters that it finds."""
        return ("ktrans_per_min", "kep_per_min", "vp") if self._with_plasma else ("ktrans_per_min", "kep_per_min")

    def solve(self, projected: Reals) -> Solution:
        """Solve curves multiplied with `projection`, shape (n, rank)."""
        n = len(projected)
        found, status = np.empty((4, n), projected.dtype), np.empty(n, np.uint8)
        is_open = np.empty(n, bool)
        for start in range(0, n, BLOCK):
            part = slice(start, start + BLOCK)
            found[:, part], status[part], is_open[part] = self._block(projected[part])
        if (bad := np.flatnonzero(is_open)).size:
            again = self._bounded.solve(projected[bad])
            found[:, bad] = [*again.parameters, again.explained]
            status[bad] = again.status
        return Solution(found[: len(self.names)], found[3], status)

    def _block(self, projected: Reals) -> tuple[Reals, NDArray[np.uint8], NDArray[np.bool_]]:
        """Return Ktrans, kep, vp and what they explain, shape (4, n), the status, and whether limits are left open."""
        products = multiplied(padded(np.ascontiguousarray(projected[:, :-1])), self._dictionary)[: len(projected)]
        values, slopes = products[:, : self._size], products[:, self._size :]
        found = self._free(values, slopes, projected[:, -1])
        is_open = np.zeros(len(projected), bool)
        if (low := np.flatnonzero((found[2] < 0) | (found[0] <= 0))).size:
            found[:, low], is_open[low] = self._without_negative(values[low], slopes[low], projected[low, -1])
        ktrans, place, vp, explained = found
        status = limit_status(
            (explained <= 0, VoxelStatus.NEGATIVE),
            (ktrans <= 0, VoxelStatus.KTRANS_AT_ZERO),
            ((place <= 0) | (place >= self._size - 1), VoxelStatus.KEP_AT_LIMIT),
            ((vp <= 0) & self._with_plasma, VoxelStatus.VP_AT_ZERO),
        )
        place[:] = self._kep(place)
        is_open |= (vp > self._vp_max) | (ktrans > self._ve_max * place)
        return found, status, is_open

    def _kep(self, place: Reals) -> Reals:
        start, step = (_in_type_of(value, place) for value in (self._table.log_kep[0], self._table.step))
        found: Reals = np.exp(start + place * step)
        return found

    def _free(self, values: Reals, slopes: Reals, with_plasma: Reals) -> Reals:
        """Return Ktrans, place of kep, vp and what they explain, without limits."""
        place, value = highest_peaks(values, slopes)
        ktrans = value / looked_up(self._lengths, place)
        explained = value * np.abs(value)
        if not self._with_plasma:
            return np.stack([ktrans, place, np.zeros_like(ktrans), explained])
        energy = _in_type_of(self._table.plasma_energy, place)
        vp = (with_plasma - ktrans * looked_up(self._overlap, place)) / energy
        return np.stack([ktrans, place, vp, explained + with_plasma**2 / energy])

    def _without_negative(self, values: Reals, slopes: Reals, with_plasma: Reals) -> tuple[Reals, NDArray[np.bool_]]:
        """Return the same with amounts that are not negative, and which of the answers are doubtful.

        That are those where an amount becomes zero between two grid points.
        """
        if not self._with_plasma:
            nothing = np.zeros((4, len(values)), values.dtype)
            nothing[1] = np.nan
            return nothing, np.zeros(len(values), bool)
        energy = _in_type_of(self._table.plasma_energy, values)
        voxel, place, beside, alone = self._nonnegative.tops(values, slopes, with_plasma / np.sqrt(energy))
        at, is_alone, plasma = np.nan_to_num(place), alone > 0, with_plasma[voxel]
        ktrans = np.where(is_alone, alone / looked_up(self._lengths_alone, at), beside / looked_up(self._lengths, at))
        vp = (plasma - ktrans * looked_up(self._overlap, at)) / energy
        doubtful = np.where(is_alone, vp > 0, (vp < 0) & (beside > 0))
        vp = np.where(is_alone, 0, vp.clip(0, None))
        explained = np.where(is_alone, alone**2, beside**2 + np.square(plasma.clip(0, None)) / energy)
        first = highest_of_each(voxel, explained)
        return np.stack([ktrans, place, vp, explained])[:, first], np.bincount(voxel, doubtful) > 0


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
