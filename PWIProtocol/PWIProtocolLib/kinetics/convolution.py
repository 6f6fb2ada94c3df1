"""Convolution of an arterial curve with an exponential: exact for a curve that is linear between its samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

SERIES_BELOW = 0.5
SERIES_TERMS = 14


class Convolved(NamedTuple):
    """A convolution and how it changes with the rate.

    Attributes
    ----------
    curves : shape (n_rates, n_at).
    slopes : derivative by the natural logarithm of the rate, same shape.
    """

    curves: Floats
    slopes: Floats


def exponential_convolution(time: ArrayLike, aif: ArrayLike, rates: ArrayLike, at: ArrayLike | None = None) -> Floats:
    """Return the integral of ``aif(s) exp(-rate (t - s))`` over all ``s`` up to ``t``.

    Exact to rounding for a curve that is linear between its samples, whatever their spacing, for rates from zero to
    any size. A sum of rectangles, as is often used, is wrong by about half a step times the curve, which a fit of the
    extended Tofts model answers with a plasma volume that is too small by half a step times Ktrans.

    Parameters
    ----------
    time, aif : shape (n,), samples of the curve, times increasing; zero before the first, constant after the last.
    rates : shape (n_rates,), not negative, per unit of ``time``.
    at : times of the result; None for ``time`` itself.

    Returns
    -------
    shape (n_rates, n_at), in units of ``aif`` times those of ``time``.
    """
    return Convolution(time, aif, rates).at(time if at is None else at).curves


class Convolution:
    """A curve convolved with exponentials, ready to be asked for at any times: those of a delayed tissue, say.

    Parameters are those of :func:`exponential_convolution`.
    """

    def __init__(self, time: ArrayLike, aif: ArrayLike, rates: ArrayLike) -> None:
        self.nodes, self.values = np.asarray(time, dtype=float), np.asarray(aif, dtype=float)
        self.rates = np.asarray(rates, dtype=float)
        self._curves, self._moments = _recurrence(self.nodes, self.values, self.rates)

    def at(self, times: ArrayLike) -> Convolved:
        """Return curves and their derivatives at times in any order."""
        wanted = np.asarray(times, dtype=float)
        before = np.clip(np.searchsorted(self.nodes, wanted, side="right") - 1, 0, None)
        elapsed = np.maximum(wanted - self.nodes[before], 0.0)[:, None]
        new = np.interp(wanted, self.nodes, self.values)[:, None]
        decay, area, moment = _step(elapsed, self.values[before][:, None], new, self.rates)
        curve = self._curves[before]
        moments = decay * (self._moments[before] + elapsed * curve) + moment
        started = (wanted >= self.nodes[0])[:, None]
        curves = np.where(started, decay * curve + area, 0.0)
        return Convolved(curves.T, np.where(started, -self.rates * moments, 0.0).T)

    def input_at(self, times: ArrayLike) -> Floats:
        """Return the curve itself at times."""
        found: Floats = np.interp(np.asarray(times, dtype=float), self.nodes, self.values, left=0.0)
        return found


def _recurrence(nodes: Floats, values: Floats, rates: Floats) -> tuple[Floats, Floats]:
    """Return the convolution and its first moment at the samples, shape (n, n_rates)."""
    gaps = np.diff(nodes)[:, None]
    decay, area, moment = _step(gaps, values[:-1, None], values[1:, None], rates)
    curves, moments = np.zeros((2, len(nodes), len(rates)))
    for n in range(len(gaps)):
        curves[n + 1] = decay[n] * curves[n] + area[n]
        moments[n + 1] = decay[n] * (moments[n] + gaps[n] * curves[n]) + moment[n]
    return curves, moments


def _step(gap: Floats, old: Floats, new: Floats, rates: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the decay over a gap, and what the piece of the curve inside it adds to convolution and moment."""
    x = gap * rates
    decay = np.exp(-x)
    j0, j1, j2 = _integrals(x, decay)
    return decay, gap * (new * j0 + (old - new) * j1), gap**2 * (new * j1 + (old - new) * j2)


def _integrals(x: Floats, decay: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the integrals of ``w**n exp(-x w)`` from 0 to 1 for n = 0, 1, 2, free of cancellation."""
    small = x < SERIES_BELOW
    near = np.where(small, x, 0.0)
    term, series = np.ones_like(near), np.full_like(near, 1 / 3)
    for m in range(1, SERIES_TERMS):
        term = term * -near / m
        series += term / (m + 3)
    far = np.where(small, 1.0, x)
    f0 = -np.expm1(-far) / far
    f1 = (f0 - decay) / far
    j2 = np.where(small, series, (2 * f1 - decay) / far)
    # Upward recurrences lose digits at small x, downward ones do not.
    j1 = np.where(small, (x * j2 + decay) / 2, f1)
    return np.where(small, x * j1 + decay, f0), j1, j2
