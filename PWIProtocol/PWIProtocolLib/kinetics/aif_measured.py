"""An arterial input function measured in the voxels of a vessel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.kinetics.aif_population import checked_hematocrit
from PWIProtocolLib.kinetics.aif_quality import LIMITS, AifQuality, aif_quality
from PWIProtocolLib.preferences import read_preferences

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class MeasuredAif:
    """Mean plasma concentration of a vessel.

    Attributes
    ----------
    time_s, aif_mM : the curve (n_times,).
    voxels, unusable_voxels : how many went in, how many had no concentration at some time and were left out.
    hematocrit : with which blood was turned into plasma.
    quality : its measures.
    warnings : those of the curve and of its voxels.
    """

    time_s: NDArray[np.float64]
    aif_mM: NDArray[np.float64]
    voxels: int
    unusable_voxels: int
    hematocrit: float
    quality: AifQuality
    warnings: tuple[str, ...]


def measured_aif(
    concentration: ArrayLike, time_s: ArrayLike, hematocrit: float, signal: ArrayLike | None = None
) -> MeasuredAif:
    """Average the voxels of a vessel and turn blood into plasma.

    Parameters
    ----------
    concentration : in blood, mM (n_voxels, n_times); NaN where there is none (saturated, say).
    time_s : (n_times,).
    hematocrit : share of red cells; the mean is divided by ``1 - hematocrit``.
    signal : of the same voxels (n_voxels, n_times), for its variation before arrival.

    Raises
    ------
    InputError
        When there are no voxels, too many have no concentration, or the mean cannot be an AIF.
    """
    share = checked_hematocrit(hematocrit)
    curves = np.atleast_2d(np.asarray(concentration, dtype=float))
    if curves.shape[0] == 0 or curves.size == 0:
        raise InputError("AIF region: no voxels; draw it over a carotid artery on an early frame")
    usable = np.all(np.isfinite(curves), axis=1)
    unusable = int(np.count_nonzero(~usable))
    if unusable > read_preferences(LIMITS).value("saturated_share") * usable.size:
        raise InputError(
            f"AIF region: {unusable} of {usable.size} voxels have no concentration at the bolus (signal saturated, or "
            "T1 of blood too long); draw it elsewhere, or use a population AIF"
        )
    mean_signal = None if signal is None else np.atleast_2d(np.asarray(signal, dtype=float))[usable].mean(axis=0)
    plasma = curves[usable].mean(axis=0) / (1.0 - share)
    quality = aif_quality(time_s, plasma, mean_signal)
    warnings = list(quality.warnings)
    if unusable:
        lost = f"{unusable} of {usable.size} voxels"
        warnings.insert(0, f"AIF: {lost} had no concentration at the bolus and were left out")
    time = np.asarray(time_s, dtype=float)
    return MeasuredAif(time, plasma, int(usable.size - unusable), unusable, share, quality, tuple(warnings))
