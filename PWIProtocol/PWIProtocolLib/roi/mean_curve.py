"""The mean curve of a region, fitted once, to stand beside the fit of every voxel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np
from HeadNeckNodesLib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

FitResult = TypeVar("FitResult")


@dataclass(frozen=True)
class MeanCurve(Generic[FitResult]):
    """Mean concentration of a region and its fit.

    Attributes
    ----------
    mean_mM, sd_mM : mean and standard deviation over the voxels (n_times,); the latter NaN for one voxel.
    voxels, left_out : voxels that went in, and those whose curve is not finite.
    fit : what the given function made of the mean.
    """

    mean_mM: NDArray[np.float64]
    sd_mM: NDArray[np.float64]
    voxels: int
    left_out: int
    fit: FitResult


def mean_curve_fit(
    concentration: NDArray[np.floating], fit: Callable[[NDArray[np.float64]], FitResult]
) -> MeanCurve[FitResult]:
    """Average the curves of a region and fit the mean.

    Parameters
    ----------
    concentration : mM (n_voxels, n_times); NaN where there is none.
    fit : takes curves (1, n_times) and fits them, such as the model fit with its times and AIF already given.

    Raises
    ------
    InputError
        When no voxel has a complete curve.
    """
    if concentration.ndim != 2:
        raise InputError(f"the region's curves have the shape {concentration.shape}; expected (voxels, times)")
    usable = np.isfinite(concentration).all(axis=1)
    count = int(np.count_nonzero(usable))
    if count == 0:
        raise InputError(f"none of the region's {usable.size} voxels has a complete concentration curve")
    curves = concentration[usable].astype(float)
    mean = curves.mean(axis=0)
    sd = curves.std(axis=0, ddof=1) if count > 1 else np.full_like(mean, np.nan)
    return MeanCurve(mean, sd, count, int(usable.size - count), fit(mean[None, :]))
