"""Frames that are said to hold concentrations in mM: whether they can."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SAMPLED = 100_000
FIRST_FRAMES = 2
STRONGEST, STRONG = 0.98, 0.9
"""Quantiles of the rise: vessels and tissue that takes up much contrast agent, and enhancing tissue with them.
Arteries may rise to ten times their signal, tissue does not."""
HIGHEST_MM, LEAST_MM = 60.0, 0.01
"""Limits of their rise; arteries reach 5 to 15 mM, nodes and tumours about 1. Our choice."""
BEFORE_SHARE = 0.15
"""Share of the rise that the level before contrast may have; concentration begins at zero. Our choice."""


def require_mM(curves: NDArray[Any]) -> None:
    """Refuse curves (n_voxels, n_times) that look like signal, or like a concentration in another unit.

    The voxels that rise most are judged. Relative enhancement cannot be told from concentration.

    Raises
    ------
    InputError
        With what was found, and the likely cause.
    """
    rows = curves[:: max(1, len(curves) // SAMPLED)].astype(np.float64)
    rows = rows[np.isfinite(rows).all(axis=1)]
    if not len(rows):
        raise InputError("concentration: no voxel holds finite numbers at all times; export the study again")
    before = rows[:, :FIRST_FRAMES].mean(axis=1)
    rise = rows.max(axis=1) - before
    level, height = _typical(before, rise, STRONGEST)
    found = f"concentration: the voxels that rise most begin at {level:.3g} and rise by {height:.3g}; expected mM"
    if _begins_high(level, height) or _begins_high(*_typical(before, rise, STRONG)):
        raise InputError(f"{found}, from 0 by 0.1 to 15: this looks like signal; give it as signal, with T1")
    if height > HIGHEST_MM:
        raise InputError(f"{found}, by 0.1 to 15: this looks like umol/L; divide by 1000")
    if 0 < height < LEAST_MM:
        raise InputError(f"{found}, by 0.1 to 15: this looks like mol/L; multiply by 1000")


def _typical(before: Floats, rise: Floats, quantile: float) -> tuple[float, float]:
    """Return median level before contrast and median rise of the voxels that rise most."""
    chosen = rise >= np.quantile(rise, quantile)
    return float(np.median(before[chosen])), float(np.median(rise[chosen]))


def _begins_high(level: float, height: float) -> bool:
    return height > 0 and level > BEFORE_SHARE * height
