"""The Patlak model: plasma and one-way transfer (Patlak et al. 1983); its best answer has a closed form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from PWIProtocolLib.kinetics.box import Box, best_amounts
from PWIProtocolLib.kinetics.solution import Solution, limit_status
from PWIProtocolLib.kinetics.status import VoxelStatus

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from PWIProtocolLib.kinetics.settings import Bounds

    Reals = NDArray[Any]
    Floats = NDArray[np.float64]


class PatlakSolver:
    """Fits Ktrans >= 0 and 0 <= vp <= limit by least squares of the curve itself, not of the Patlak plot.

    Parameters
    ----------
    integral, plasma : shape (n_times,), integral of the arterial curve in mM min, and the curve in mM.
    """

    names = ("ktrans_per_min", "vp")

    def __init__(self, integral: Floats, plasma: Floats, bounds: Bounds, dtype: np.dtype[Any]) -> None:
        self._lengths = np.linalg.norm([integral, plasma], axis=1)
        unit = np.column_stack([integral, plasma]) / self._lengths
        self._overlap = np.full(1, unit[:, 0] @ unit[:, 1])
        self._vp_max = bounds.vp_max
        self.projection: Reals = unit.astype(dtype)

    def solve(self, projected: Reals) -> Solution:
        """Solve curves multiplied with `projection`, shape (n, 2)."""
        products = projected.astype(np.float64)
        # Transfer has no upper limit; one that no curve can reach keeps the arithmetic finite.
        unreached = np.abs(products).sum(axis=1) / (1 - self._overlap**2) + 1
        most = np.full(1, self._vp_max * self._lengths[1])
        first, second, explained = best_amounts(Box(products[:, 0], products[:, 1], self._overlap, unreached, most))
        status = limit_status(
            (explained <= 0, VoxelStatus.NEGATIVE),
            (first <= 0, VoxelStatus.KTRANS_AT_ZERO),
            (second >= most, VoxelStatus.VP_AT_LIMIT),
            (second <= 0, VoxelStatus.VP_AT_ZERO),
        )
        return Solution(np.stack([first, second]) / self._lengths[:, None], explained, status)
