"""The convolution with an exponential: exact for straight pieces, any spacing, any rate."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PWIProtocolLib.kinetics import exponential_convolution
from PWIProtocolLib.kinetics.convolution import Convolution
from scipy.integrate import quad

UNEVEN = np.array([0.0, 0.1, 0.13, 0.5, 1.7, 1.8, 4.0])
CURVE = np.array([0.0, 2.0, 5.0, 1.0, 0.5, 3.0, 0.2])


def by_quadrature(rate: float, at: float) -> float:
    inner = [node for node in UNEVEN if 0 < node < at] or None

    def weighted(s: float) -> float:
        return float(np.interp(s, UNEVEN, CURVE) * np.exp(-rate * (at - s)))

    return float(quad(weighted, 0, at, points=inner, limit=200)[0])


@pytest.mark.parametrize("rate", [0.0, 1e-9, 0.01, 0.3, 0.499, 0.501, 2.0, 40.0])
def test_it_is_the_integral(rate: float) -> None:
    at = np.array([0.05, 0.1, 0.3, 1.75, 2.9, 4.0])
    found = exponential_convolution(UNEVEN, CURVE, [rate], at)[0]
    truth = [by_quadrature(rate, t) for t in at]
    assert found == pytest.approx(truth, rel=1e-9, abs=1e-12)


def test_without_decay_it_is_the_area() -> None:
    found = exponential_convolution(UNEVEN, CURVE, [0.0])[0]
    assert found == pytest.approx(np.concatenate([[0], np.cumsum(np.diff(UNEVEN) * (CURVE[1:] + CURVE[:-1]) / 2)]))


def test_a_very_fast_decay_leaves_the_curve_over_the_rate() -> None:
    rate = 1e8
    found = exponential_convolution(UNEVEN, CURVE, [rate])[0]
    assert found * rate == pytest.approx(CURVE, rel=1e-5, abs=1e-5)


def test_a_ramp_has_the_closed_form() -> None:
    time, rate = np.linspace(0, 6, 4), 0.7
    truth = time / rate - (1 - np.exp(-rate * time)) / rate**2
    assert exponential_convolution(time, time, [rate])[0] == pytest.approx(truth, rel=1e-13)


@settings(max_examples=25)
@given(st.lists(st.floats(0.01, 3.9), min_size=1, max_size=5, unique=True), st.floats(0, 30))
def test_more_samples_of_the_same_line_change_nothing(extra: list[float], rate: float) -> None:
    finer = np.unique(np.concatenate([UNEVEN, extra]))
    found = exponential_convolution(finer, np.interp(finer, UNEVEN, CURVE), [rate], UNEVEN)[0]
    assert found == pytest.approx(exponential_convolution(UNEVEN, CURVE, [rate])[0], rel=1e-10, abs=1e-13)


def test_slopes_are_derivatives_by_the_logarithm_of_the_rate() -> None:
    rates, step = np.array([1e-4, 0.02, 0.49, 0.9, 5.0, 60.0]), 1e-5
    times = np.array([0.2, 0.5, 3.0])
    above, below = (Convolution(UNEVEN, CURVE, rates * np.exp(s)).at(times).curves for s in (step, -step))
    found = Convolution(UNEVEN, CURVE, rates).at(times).slopes
    assert found == pytest.approx((above - below) / (2 * step), rel=1e-6, abs=1e-9)


def test_a_delayed_curve_is_zero_before_it_begins() -> None:
    convolution = Convolution(UNEVEN, CURVE + 1, np.array([0.5]))
    late = convolution.at(UNEVEN - 0.6)
    assert (late.curves[0, UNEVEN < 0.6] == 0).all()
    assert (convolution.input_at(UNEVEN - 0.6)[UNEVEN < 0.6] == 0).all()
    assert late.curves[0, -1] == pytest.approx(exponential_convolution(UNEVEN, CURVE + 1, [0.5], [3.4])[0, 0])


def test_after_its_end_the_curve_stays_constant() -> None:
    found = exponential_convolution([0.0, 1.0], [2.0, 2.0], [0.5], [3.0])[0, 0]
    assert found == pytest.approx(2 / 0.5 * (1 - np.exp(-1.5)))
