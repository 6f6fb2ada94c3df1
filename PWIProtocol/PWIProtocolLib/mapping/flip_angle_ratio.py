"""A map of B1: by how much the true flip angle departs from the one that was set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.dynamic import require_same_grid

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.image import Image
    from numpy.typing import NDArray

LOWEST, HIGHEST = 0.3, 2.0
"""Median of a map in the neck and head at 1.5 to 7 T; our choice, wide."""
PERCENT = (30.0, 200.0)


@dataclass(frozen=True, eq=False)
class B1Map:
    """Ratio of the true to the set flip angle of every voxel (n_voxels,), NaN where it is not known, and its source."""

    ratio: NDArray[np.float32]
    words: str


def b1_of_map(image: Image, geometry: ImageGeometry) -> B1Map:
    """Take a B1 map on the grid of the dynamic study: 1 where the flip angle is the one that was set.

    Voxels that are not positive have none.

    Raises
    ------
    InputError
        When it lies on another grid, or its values cannot be such a ratio.
    """
    require_same_grid("B1 map", image.geometry, "dynamic study", geometry)
    ratio = image.voxels.reshape(-1).astype(np.float32)
    ratio[~(np.isfinite(ratio) & (ratio > 0))] = np.nan
    known = np.isfinite(ratio)
    if not known.any():
        raise InputError("B1 map: no voxel is above zero; expected the ratio of the true to the set flip angle")
    middle = float(np.median(ratio[known]))
    if not LOWEST <= middle <= HIGHEST:
        raise InputError(f"B1 map: {middle:.3g} in the median; expected a ratio near 1: {_cause(middle)}")
    missing = 1 - float(np.mean(known))
    words = f"map {image.source}, {middle:.2f} in the median"
    return B1Map(ratio, words + (f"; {missing:.0%} of the voxels have none, and no value" if missing else ""))


def _cause(middle: float) -> str:
    if PERCENT[0] <= middle <= PERCENT[1]:
        return "this looks like percent (divide by 100), or like a flip angle in degrees (divide by the one set)"
    if middle > PERCENT[1]:
        return "this looks like a scaled flip angle or a ratio times 1000; divide by the value that means nominal"
    return "this looks like another quantity, or like a map that was normalised otherwise"
