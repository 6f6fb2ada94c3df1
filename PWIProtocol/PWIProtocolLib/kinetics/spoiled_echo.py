"""The signal of a spoiled gradient echo in the steady state (Ernst and Anderson 1966), forward and backward."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Reals = NDArray[Any]


def spoiled_signal(t1_s: ArrayLike, flip_angle_deg: ArrayLike, repetition_time_s: float, m0: ArrayLike = 1.0) -> Reals:
    """Return the signal ``m0 sin(a) (1 - E) / (1 - cos(a) E)`` with ``E = exp(-TR / T1)``.

    Decay by T2* is left to ``m0``, as usual for the short echo times of dynamic series.

    Parameters
    ----------
    t1_s, flip_angle_deg, m0 : numbers or arrays that broadcast.
    """
    angle = np.deg2rad(np.asarray(flip_angle_deg, dtype=float))
    recovery = -np.expm1(-repetition_time_s / np.asarray(t1_s, dtype=float))
    signal: Reals = np.asarray(m0) * np.sin(angle) * recovery / (1 - np.cos(angle) * (1 - recovery))
    return signal


def signal_of_concentration(
    concentration_mM: ArrayLike,
    flip_angle_deg: float,
    repetition_time_s: float,
    *,
    t1_s: ArrayLike,
    relaxivity_per_mM_s: float,
    m0: ArrayLike = 1.0,
) -> Reals:
    """Return the signal of tissue with a contrast agent: its relaxation rate rises with the concentration."""
    rate = 1 / np.asarray(t1_s, dtype=float) + relaxivity_per_mM_s * np.asarray(concentration_mM, dtype=float)
    return spoiled_signal(1 / rate, flip_angle_deg, repetition_time_s, m0)
