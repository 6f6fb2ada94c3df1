"""Curves of tissue from its parameters: the forward models, exact for an arterial curve linear between its samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.kinetics.convolution import Convolution
from PWIProtocolLib.kinetics.exchange_parameters import exponentials_of
from PWIProtocolLib.kinetics.settings import Model

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from PWIProtocolLib.kinetics.maps import KineticMaps

    Floats = NDArray[np.float64]

BLOCK = 512
NEEDED = {
    Model.TOFTS: ("ktrans_per_min", "ve"),
    Model.EXTENDED_TOFTS: ("ktrans_per_min", "ve", "vp"),
    Model.PATLAK: ("ktrans_per_min", "vp"),
    Model.TWO_COMPARTMENT_EXCHANGE: ("fp_ml_100ml_min", "ps_ml_100ml_min", "ve", "vp"),
}


def tissue_curves(
    model: Model | str,
    time_s: ArrayLike,
    aif_mM: ArrayLike,
    *,
    aif_time_s: ArrayLike | None = None,
    delay_s: ArrayLike = 0.0,
    **parameters: ArrayLike,
) -> Floats:
    """Return concentrations of tissues in mM, shape (n, n_times).

    Parameters
    ----------
    time_s : times of the result; with ``aif_mM`` at fine steps in ``aif_time_s`` a phantom is as smooth as one likes.
    delay_s : arrival of the tissue after the arterial curve, one number or one for each tissue.
    parameters : numbers or arrays of shape (n,), named as in `KineticMaps`, those that the model needs:
        Tofts ``ktrans_per_min, ve``; extended Tofts also ``vp``; Patlak ``ktrans_per_min, vp``; exchange
        ``fp_ml_100ml_min, ps_ml_100ml_min, ve, vp``.

    Examples
    --------
    >>> curve = tissue_curves("tofts", [0, 60, 120], [0, 1, 1], ktrans_per_min=0.2, ve=0.4)
    >>> curve.shape
    (1, 3)
    """
    kind = Model(model)
    if sorted(parameters) != sorted(NEEDED[kind]):
        raise InputError(f"{kind}: found {', '.join(sorted(parameters))}; expected {', '.join(sorted(NEEDED[kind]))}")
    times = np.asarray(time_s, dtype=float)
    nodes = times if aif_time_s is None else np.asarray(aif_time_s, dtype=float)
    given = np.broadcast_arrays(*(np.atleast_1d(parameters[name]) for name in NEEDED[kind]), np.atleast_1d(delay_s))
    *values, delays = (np.asarray(each, dtype=float) for each in given)
    rates, amounts, vp = _response(kind, values)
    found = np.empty((len(delays), len(times)))
    for delay in np.unique(delays):
        chosen = np.flatnonzero(delays == delay)
        for start in range(0, len(chosen), BLOCK):
            part = chosen[start : start + BLOCK]
            convolution = Convolution(nodes / 60, aif_mM, rates[:, part].ravel())
            at = (times - delay) / 60
            curves = convolution.at(at).curves.reshape(len(rates), -1, len(times))
            found[part] = np.einsum("enk,en->nk", curves, amounts[:, part])
            found[part] += vp[part, None] * convolution.input_at(at)
    return found


def fitted_curves(
    maps: KineticMaps,
    voxels: ArrayLike,
    time_s: ArrayLike,
    aif_mM: ArrayLike,
    *,
    aif_time_s: ArrayLike | None = None,
    delay_s: float = 0.0,
) -> Floats:
    """Return the curves of fitted voxels, to draw beside their data; NaN where a voxel has no value.

    Parameters
    ----------
    voxels : indices into the maps.
    delay_s : of the fit, where it was the same for all.
    """
    index = np.atleast_1d(np.asarray(voxels))
    named = {name: np.nan_to_num(np.asarray(getattr(maps, name))[index], nan=1.0) for name in NEEDED[maps.model]}
    delays: Any = delay_s if maps.delay_s is None else np.nan_to_num(maps.delay_s[index])
    found = tissue_curves(maps.model, time_s, aif_mM, aif_time_s=aif_time_s, delay_s=delays, **named)
    found[~maps.has_value[index]] = np.nan
    return found


def _response(model: Model, values: list[Floats]) -> tuple[Floats, Floats, Floats]:
    """Return rates and amounts of one or two exponentials, shape (n_exponentials, n), and the volume of plasma."""
    none = np.zeros_like(values[0])
    if model is Model.TWO_COMPARTMENT_EXCHANGE:
        flow, exchange, ve, vp = values
        # Without exchange the interstitium is never reached.
        exchange, ve = np.maximum(exchange, 1e-12), np.maximum(ve, 1e-12)
        response = exponentials_of(flow / 100, exchange / 100, ve, vp)
        return np.stack([response.fast, response.slow]), np.stack([response.fast_amount, response.slow_amount]), none
    ktrans = values[0]
    if model is Model.PATLAK:
        return none[None], ktrans[None], values[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        kep = np.where(ktrans > 0, ktrans / values[1], 0.0)
    return kep[None], ktrans[None], values[2] if model is Model.EXTENDED_TOFTS else none
