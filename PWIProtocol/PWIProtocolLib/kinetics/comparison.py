"""Which model a curve supports: the corrected Akaike information criterion of each, for every voxel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.kinetics.fit import KineticFitter
from PWIProtocolLib.kinetics.settings import Bounds, Model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from PWIProtocolLib.kinetics.fit import Delay
    from PWIProtocolLib.kinetics.maps import KineticMaps

    Floats = NDArray[np.float64]

NO_MODEL = 255


@dataclass(frozen=True, eq=False)
class ModelComparison:
    """Models beside each other.

    Attributes
    ----------
    models : in the order of the rows.
    maps : what each model found.
    aicc : shape (n_models, n_voxels), lower is better; NaN where a model has no value.
    weights : shape (n_models, n_voxels), the share of evidence for each model (Burnham and Anderson 2002); sums to 1.
    best : shape (n_voxels,), index of the model with the lowest criterion, `NO_MODEL` where none has a value.
    """

    models: tuple[Model, ...]
    maps: tuple[KineticMaps, ...]
    aicc: Floats
    weights: Floats
    best: NDArray[np.uint8]


def compare_models(
    concentration: NDArray[Any],
    time_s: ArrayLike,
    aif_mM: ArrayLike,
    models: Sequence[Model | str] = (Model.PATLAK, Model.TOFTS, Model.EXTENDED_TOFTS),
    *,
    delay: Delay = "none",
    bounds: Bounds | None = None,
    aif_time_s: ArrayLike | None = None,
    voxel_status: NDArray[np.uint8] | None = None,
    threads: int | None = None,
) -> ModelComparison:
    """Fit several models and compare them by AICc (Hurvich and Tsai 1989).

    ``n ln(SSR / n) + 2 k + 2 k (k + 1) / (n - k - 1)`` with the variance counted as a parameter. A limit that is active
    does not lower ``k``. Other parameters are those of :func:`PWIProtocolLib.kinetics.fit.fit`.
    """
    if len(models) < 2:
        raise InputError("give at least two models to compare")
    found, rows = [], []
    for model in models:
        fitter = KineticFitter(
            time_s, aif_mM, model, delay=delay, bounds=bounds, dtype="float64", aif_time_s=aif_time_s
        )
        maps = fitter.run(concentration, voxel_status, threads)
        rows.append(aicc(maps, len(fitter.time_s), fitter.n_parameters))
        found.append(maps)
    table = np.stack(rows)
    known = np.isfinite(table).any(axis=0)
    filled = np.where(np.isfinite(table), table, np.inf)
    best = np.where(known, filled.argmin(axis=0), NO_MODEL).astype(np.uint8)
    with np.errstate(invalid="ignore"):
        evidence = np.exp((filled.min(axis=0) - filled) / 2)
        weights = np.where(known, evidence / evidence.sum(axis=0), np.nan)
    return ModelComparison(tuple(Model(model) for model in models), tuple(found), table, weights, best)


def aicc(maps: KineticMaps, n_times: int, n_parameters: int) -> Floats:
    """Return the corrected criterion of a fit for each voxel."""
    k = n_parameters + 1
    if n_times <= k + 1:
        raise InputError(f"{n_times} frames are too few to judge a model of {n_parameters} parameters")
    squares = np.asarray(maps.residual_sd, dtype=float) ** 2 * (n_times - n_parameters)
    with np.errstate(divide="ignore"):
        found: Floats = n_times * np.log(squares / n_times) + 2 * k + 2 * k * (k + 1) / (n_times - k - 1)
    return found
