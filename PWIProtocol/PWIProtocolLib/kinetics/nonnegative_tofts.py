"""The Tofts models with amounts that are not negative: most voxels that hold noise need no more than that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from PWIProtocolLib.kinetics.peaks import find_peaks, rival_tops

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from PWIProtocolLib.kinetics.rate_table import RateTable

    Reals = NDArray[Any]
    Indices = NDArray[np.intp]


class NonNegative(NamedTuple):
    """Tops of what the best amounts explain; each of shape (n_tops,).

    Attributes
    ----------
    voxel : to which the top belongs.
    place : of kep on the grid; NaN where plasma alone, or nothing, is better than any transfer.
    beside : product of the data with the unit curve beside the arterial one, where both amounts are positive.
    alone : product with the unit curve itself, where there is no plasma.
    """

    voxel: Indices
    place: Reals
    beside: Reals
    alone: Reals


class NonNegativeTofts:
    """Finds the best kep with Ktrans >= 0 and vp >= 0, from products with the curves beside the arterial one.

    At a kep there are four cases: both amounts positive, one of them zero, or both. Which of them explains most at
    each grid point follows from the products; the tops are sought between the grid points.
    """

    def __init__(self, table: RateTable, dtype: np.dtype[Any]) -> None:
        plasma = table.plasma / np.sqrt(table.plasma_energy)
        unit, slopes = table.unit_curves
        overlap, overlap_slope = unit @ plasma, slopes @ plasma
        rest = np.sqrt(1 - overlap**2)
        parts = (overlap, overlap_slope, rest, -overlap * overlap_slope / rest, overlap / rest)
        self._overlap, self._overlap_slope, self._rest, self._rest_slope, self._ratio = (x.astype(dtype) for x in parts)

    def tops(self, values: Reals, slopes: Reals, with_plasma: Reals) -> NonNegative:
        """Return the tops of voxels, one or more for each, the first of all voxels first.

        Parameters
        ----------
        values, slopes : shape (n, n_rates), products with the unit curves beside the arterial one, and their slopes.
        with_plasma : shape (n,), product of the data with the unit arterial curve.
        """
        q = with_plasma[:, None]
        alone = values * self._rest + q * self._overlap
        both = (values > 0) & (q > values * self._ratio)
        scores = np.where(both, values**2 + q**2, np.square(alone.clip(0, None)))
        best = scores.argmax(axis=1)
        rivals, others = rival_tops(scores, best)
        voxel, top = np.append(np.arange(len(values)), rivals), np.append(best, others)
        found = NonNegative(voxel, *np.zeros((3, len(voxel)), values.dtype))
        is_plasma = scores[voxel, top] <= np.square(with_plasma.clip(0, None))[voxel]
        found.place[is_plasma] = np.nan
        some = np.flatnonzero(~is_plasma & both[voxel, top])
        found.place[some], found.beside[some] = find_peaks(values, slopes, voxel[some], top[some])
        some = np.flatnonzero(~is_plasma & ~both[voxel, top])
        of, n = np.unique(voxel[some], return_inverse=True)
        alone_slopes = slopes[of] * self._rest + values[of] * self._rest_slope + q[of] * self._overlap_slope
        found.place[some], found.alone[some] = find_peaks(alone[of], alone_slopes, n, top[some])
        return found
