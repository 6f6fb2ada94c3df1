"""How well a fit went: shares of voxels by outcome, and how much of the curves the model explains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PWIProtocolLib.kinetics.semiquantitative import CurveStatus

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PWIProtocolLib.kinetics import VoxelStatus

    from hnn.perfusion.job import FittedStudy

POOR_R2 = 0.8
LEAST_R2 = 0.5
"""Below it the model explains less than half of a curve: pictures of its parameters would show noise. Our choice."""
OF_THE_FIT = ("r2", "residual_sd")
MODEL_MAP = "best_model"


@dataclass(frozen=True)
class StatusShare:
    """Voxels of one outcome."""

    status: VoxelStatus
    voxels: int
    share: float


@dataclass(frozen=True)
class FitQuality:
    """Quality of a fit.

    Attributes
    ----------
    voxels, enhancing : all, and those that enhance above noise and have a value.
    rows : one for each outcome that occurs.
    r2_median, poor_share : over enhancing voxels: median of the explained share of variance, and how many stay below
        `POOR_R2`; None when nothing enhances.
    """

    voxels: int
    enhancing: int
    rows: tuple[StatusShare, ...]
    r2_median: float | None
    poor_share: float | None


def fit_quality(study: FittedStudy) -> FitQuality:
    """Return the quality of a fit."""
    total = study.kinetic.status.size
    rows = tuple(StatusShare(status, n, n / total) for status, n in study.kinetic.counts().items())
    shown = enhancing(study)
    r2 = study.kinetic.r2[shown]
    if not r2.size:
        return FitQuality(total, 0, rows, None, None)
    return FitQuality(total, int(r2.size), rows, float(np.median(r2)), float(np.mean(r2 < POOR_R2)))


def enhancing(study: FittedStudy) -> NDArray[np.bool_]:
    """Return which voxels enhance above noise and have a value, (n_voxels,)."""
    found: NDArray[np.bool_] = (study.described.status == CurveStatus.MEASURED) & study.kinetic.has_value
    return found


def told(study: FittedStudy, name: str) -> NDArray[np.bool_]:
    """Return which voxels are worth a colour in pictures of a map, (n_voxels,): where curve and model tell it."""
    rests_on_model = name in study.kinetic.named() or name == MODEL_MAP
    if not rests_on_model or name in OF_THE_FIT:
        return enhancing(study)
    return enhancing(study) & (study.kinetic.r2 >= LEAST_R2)
