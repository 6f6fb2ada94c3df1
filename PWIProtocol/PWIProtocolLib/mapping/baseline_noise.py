"""What the noise of the frames before contrast does to a fit: it scales the signal, and so moves a whole curve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from PWIProtocolLib.kinetics import KineticMaps
from PWIProtocolLib.mapping.study import fitter_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from PWIProtocolLib.mapping.inputs import SignalInputs
    from PWIProtocolLib.mapping.study import MappedStudy

    Reals = NDArray[Any]
    Indices = NDArray[np.intp]


def voxel_shifts(study: MappedStudy, inputs: SignalInputs, index: Indices) -> dict[str, Reals]:
    """Return how far each parameter moves when the signal before contrast is wrong by its standard error.

    The standard deviation of the signal is that of the residuals of the fit, taken back through the slope of
    concentration by signal; the mean of ``n`` frames is wrong by that over the root of ``n``. The curves are fitted
    anew with the signal before contrast raised and lowered by so much.

    Parameters
    ----------
    index : voxels with a value.

    Returns
    -------
    By the name of the map, shape (n,), one standard deviation; 0 where a moved curve has no value.
    """
    return _shifts(study, some_voxels(study.kinetic, index), *_curves(study, inputs, index))


def mean_shifts(study: MappedStudy, inputs: SignalInputs, index: Indices, maps: KineticMaps) -> dict[str, Reals]:
    """Return the same for the mean curve of some voxels, each shape (1,); noise of voxels counts as independent.

    Parameters
    ----------
    index : voxels of the mean, all with a curve.
    maps : the fit of their mean.
    """
    curves, slope, share = (each.mean(axis=0, keepdims=True) for each in _curves(study, inputs, index))
    return _shifts(study, maps, curves, slope, share)


def some_voxels(maps: KineticMaps, which: Indices | slice) -> KineticMaps:
    """Return the maps of some voxels."""
    return KineticMaps(maps.model, maps.status[which], **{name: each[which] for name, each in maps.named().items()})


def _curves(study: MappedStudy, inputs: SignalInputs, index: Indices) -> tuple[Reals, Reals, Reals]:
    """Return concentrations, their slopes by the logarithm of the signal, and the signal as a share of its baseline."""
    curves, _status = inputs.concentration(study.settings, study.baseline, index, "float64")
    signal = np.asarray(inputs.curves[index], float)
    with np.errstate(all="ignore"):
        share = signal / signal[:, : study.baseline].mean(axis=1, keepdims=True)
    return curves, inputs.slope(study.settings, curves, index), share


def _shifts(study: MappedStudy, maps: KineticMaps, curves: Reals, slope: Reals, share: Reals) -> dict[str, Reals]:
    with np.errstate(all="ignore"):
        noise = maps.residual_sd / np.sqrt(np.mean((slope / share) ** 2, axis=1))
    error = np.nan_to_num(noise / np.sqrt(study.baseline), posinf=0.0)[:, None]
    # Small differences of results are wanted: double precision.
    fitter = fitter_of(study.settings, study.inputs, study.arterial, "float64")
    moved = [fitter.run(curves + sign * error * slope) for sign in (-1, 1)]
    return {name: _mean_distance(name, values, moved) for name, values in maps.named().items()}


def _mean_distance(name: str, values: Reals, moved: list[KineticMaps]) -> Reals:
    distances = np.stack([np.abs(each.named()[name] - values) for each in moved])
    known = np.isfinite(distances)
    total: Reals = np.where(known, distances, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return total
