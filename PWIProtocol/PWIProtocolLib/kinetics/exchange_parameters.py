"""The two-compartment exchange model as two exponentials, and back (Brix et al. 2004; Sourbron and Buckley 2013)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Reals = NDArray[Any]


class Exponentials(NamedTuple):
    """The impulse response ``fast_amount exp(-fast t) + slow_amount exp(-slow t)``; rates and amounts in 1/min."""

    fast_amount: Reals
    slow_amount: Reals
    fast: Reals
    slow: Reals


class Exchange(NamedTuple):
    """Plasma flow and exchange per minute and volume of tissue, and the volume fractions of both compartments."""

    flow: Reals
    exchange: Reals
    ve: Reals
    vp: Reals


def exchange_of(response: Exponentials) -> Exchange:
    """Return the parameters of two exponentials with amounts that are not negative, and fast > slow > 0.

    Every such pair belongs to a tissue: flow, exchange and volumes are never negative.
    """
    a, b, fast, slow = (np.asarray(part, dtype=float) for part in response)
    with np.errstate(divide="ignore", invalid="ignore"):
        flow = a + b
        # The inverse of the time that plasma alone would take: the mean of the rates, weighted by the amounts.
        mean_rate = (a * fast + b * slow) / flow
        vp = flow / mean_rate
        interstitial_rate = fast * slow / mean_rate
        exchange = vp * (fast + slow - interstitial_rate) - flow
        return Exchange(flow, exchange, exchange / interstitial_rate, vp)


def exponentials_of(flow: ArrayLike, exchange: ArrayLike, ve: ArrayLike, vp: ArrayLike) -> Exponentials:
    """Return the impulse response of a tissue, the inverse of :func:`exchange_of`."""
    f, ps, interstitium, plasma = (np.asarray(part, dtype=float) for part in (flow, exchange, ve, vp))
    plasma_rate, interstitial_rate, through = (f + ps) / plasma, ps / interstitium, f / plasma
    total = plasma_rate + interstitial_rate
    root = np.sqrt(total**2 - 4 * through * interstitial_rate)
    fast = (total + root) / 2
    slow = through * interstitial_rate / fast
    share = (fast - through) / (fast - slow)
    return Exponentials(f * (1 - share), f * share, fast, slow)
