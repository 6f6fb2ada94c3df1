"""When a curve rises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def last_rise_s(
    curves: NDArray[np.float32], level: NDArray[np.float32], peak_at: NDArray[np.intp], time_s: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Time at which the last rise to the peak passes a level, on the straight line between two samples.

    Parameters
    ----------
    curves : (n_voxels, n_times).
    level, peak_at : for each voxel the level and the index of its peak.
    time_s : (n_times,).
    """
    below = curves < level[:, None]
    below &= np.arange(curves.shape[1]) < peak_at[:, None]
    last = np.minimum(curves.shape[1] - 1 - below[:, ::-1].argmax(axis=1), curves.shape[1] - 2)
    rows = np.arange(curves.shape[0])
    low, high = curves[rows, last], curves[rows, last + 1]
    start, end = time_s[last], time_s[last + 1]
    rise: NDArray[np.float32] = start + (level - low) / (high - low) * (end - start)
    return rise
