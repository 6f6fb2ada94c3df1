"""Roots of many functions at once, each within its own bracket."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Function = Callable[[Floats, NDArray[np.intp]], Floats]

STEPS = 40


def bracketed_roots(function: Function, low: Floats, high: Floats, tolerance: float, steps: int = STEPS) -> Floats:
    """Return where functions of many elements vanish, by the method of Chandrupatla (1997).

    Inverse quadratic interpolation where it is safe, halving elsewhere, so every element converges. Elements whose
    function has the same sign at both ends tend to one of the ends. Those that are done are not asked again.

    Parameters
    ----------
    function : takes places and the indices of the elements that they belong to, gives values, element by element.
    low, high : the brackets.
    tolerance : half the greatest bracket to end with.
    """
    found, left = np.empty_like(low), np.arange(len(low))
    a, b = high, low
    fa, fb = function(a, left), function(b, left)
    share = np.full_like(a, 0.5)
    for _ in range(steps):
        x = a + share * (b - a)
        fx = function(x, left)
        same = np.sign(fx) == np.sign(fa)
        c, fc = np.where(same, a, b), np.where(same, fa, fb)
        b, fb = np.where(same, b, a), np.where(same, fb, fa)
        a, fa = x, fx
        found[left] = np.where(np.abs(fa) <= np.abs(fb), a, b)
        least = tolerance / np.maximum(np.abs(b - a), tolerance)
        going = np.flatnonzero((least <= 0.5) & (fa != 0))
        if not going.size:
            break
        left, least = left[going], least[going]
        a, b, c, fa, fb, fc = (part[going] for part in (a, b, c, fa, fb, fc))
        share = _share((a, b, c), (fa, fb, fc)).clip(least, 1 - least)
    return found


def _share(places: tuple[Floats, Floats, Floats], values: tuple[Floats, Floats, Floats]) -> Floats:
    """Return how far to go from the first place to the second: by interpolation where the three bend gently."""
    (a, b, c), (fa, fb, fc) = places, values
    with np.errstate(divide="ignore", invalid="ignore"):
        xi, phi = (a - b) / (c - b), (fa - fb) / (fc - fb)
        quadratic = fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
        gentle = (phi**2 < xi) & ((1 - phi) ** 2 < 1 - xi) & np.isfinite(quadratic)
    return np.where(gentle & (np.sign(fa) != np.sign(fb)), quadratic, 0.5)
