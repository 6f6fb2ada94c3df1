"""Statistics that a few odd voxels do not move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SD_PER_MAD = 1.4826
"""Standard deviation of a normal distribution in median absolute deviations."""


def robust_sd(values: NDArray[Any]) -> float:
    """Return the standard deviation that the middle half of the values suggests; 0 of no values."""
    return SD_PER_MAD * float(np.median(np.abs(values - np.median(values)))) if values.size else 0.0
