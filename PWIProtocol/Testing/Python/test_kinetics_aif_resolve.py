from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from PWIProtocolLib.kinetics.aif_curve import AifCurve
from PWIProtocolLib.kinetics.aif_population import population_aif
from PWIProtocolLib.kinetics.aif_resolve import FINE_STEP_S, FineAif, resolve_finer
from scipy.optimize import minimize_scalar
from scipy.signal import lfilter

if TYPE_CHECKING:
    from numpy.typing import NDArray

TRUTH_STEP_S = 0.05
TIME_S = np.arange(0.0, 300.0, 5.0)


def smeared(curve: NDArray[np.float64], step_s: float, rate_per_min: float) -> NDArray[np.float64]:
    """Convolution in minutes of an even curve, zero at first and linear between samples, with an exponential."""
    x = rate_per_min * step_s / 60.0
    decay = np.exp(-x)
    whole = (1.0 - decay) / x
    newest = (x - 1.0 + decay) / x**2
    result: NDArray[np.float64] = lfilter([newest, whole - newest], [1.0, -decay], curve) * step_s / 60.0
    return result


class Tissue:
    """Curves of the extended Tofts model under an arterial curve known at any time."""

    def __init__(self, name: str, onset_s: float, spread_s: float = 0.0) -> None:
        rng = np.random.default_rng(3)
        self.ktrans, self.ve, self.vp = rng.uniform((0.02, 0.1, 0.0), (0.6, 0.6, 0.1), (12, 3)).T
        fine = np.arange(0.0, TIME_S[-1] + TRUTH_STEP_S / 2, TRUTH_STEP_S)
        arterial = population_aif(name, fine, delay_s=onset_s)
        if spread_s:
            arterial = smeared(arterial, TRUTH_STEP_S, 60.0 / spread_s) * 60.0 / spread_s
        every = round(5.0 / TRUTH_STEP_S)
        self.measured = arterial[::every]
        self.curves = [
            kt * smeared(arterial, TRUTH_STEP_S, kt / ve)[::every] + vp * self.measured
            for kt, ve, vp in zip(self.ktrans, self.ve, self.vp, strict=True)
        ]

    def errors(self, aif: NDArray[np.float64], step_s: float) -> tuple[float, float]:
        """95th percentile of the relative error of Ktrans and median error of vp with an arterial curve."""
        found = [best_fit(curve, aif, step_s) for curve in self.curves]
        ktrans, vp = np.array(found).T
        relative = np.abs(ktrans - self.ktrans) / self.ktrans
        return float(np.percentile(relative, 95)), float(np.median(np.abs(vp - self.vp)))


def best_fit(curve: NDArray[np.float64], aif: NDArray[np.float64], step_s: float) -> tuple[float, float]:
    """Ktrans and vp of the least squares, with kep found by a bounded search."""
    every = round(5.0 / step_s)

    def solved(log_kep: float) -> tuple[NDArray[np.float64], float]:
        basis = np.stack([smeared(aif, step_s, np.exp(log_kep))[::every], aif[::every]], axis=1)
        found, *_ = np.linalg.lstsq(basis, curve, rcond=None)
        return found, float(np.sum((basis @ found - curve) ** 2))

    grid = np.linspace(np.log(0.02), np.log(8.0), 24)
    start = grid[int(np.argmin([solved(u)[1] for u in grid]))]
    best = minimize_scalar(lambda u: solved(u)[1], bounds=(start - 0.3, start + 0.3), method="bounded")
    ktrans, vp = solved(best.x)[0]
    return float(ktrans), float(vp)


@pytest.mark.parametrize("onset_s", [25.0, 27.3])
@pytest.mark.parametrize("name", ["parker", "georgiou", "wong"])
def test_a_bolus_between_five_second_samples_is_not_lost(name: str, onset_s: float) -> None:
    tissue = Tissue(name, onset_s)
    fine = resolve_finer(TIME_S, tissue.measured)
    ktrans_error, vp_error = tissue.errors(fine.aif_mM, FINE_STEP_S)
    straight, _ = tissue.errors(tissue.measured, 5.0)
    assert ktrans_error <= 0.001
    assert vp_error <= 2e-5
    assert straight > 10 * ktrans_error


@pytest.mark.parametrize(("name", "spread_s"), [("parker", 3.0), ("georgiou", 6.0)])
def test_a_bolus_that_no_form_describes_exactly_is_not_lost_either(name: str, spread_s: float) -> None:
    tissue = Tissue(name, 26.3, spread_s)
    fine = resolve_finer(TIME_S, tissue.measured)
    ktrans_error, vp_error = tissue.errors(fine.aif_mM, FINE_STEP_S)
    assert ktrans_error <= 0.01
    assert vp_error <= 5e-4


def test_the_fine_curve_passes_through_every_sample_and_holds_their_times() -> None:
    time_s = np.concatenate([np.arange(0.0, 60.0, 4.1), np.arange(62.0, 330.0, 7.3)])
    measured = population_aif("georgiou", time_s, delay_s=21.0) * 1.1
    fine = resolve_finer(time_s, measured)
    np.testing.assert_array_equal(fine.time_s[fine.sample_index], time_s)
    np.testing.assert_allclose(fine.aif_mM[fine.sample_index], measured, atol=1e-9)
    assert np.diff(fine.time_s).max() <= FINE_STEP_S + 1e-9
    assert np.all(np.diff(fine.time_s) > 0.0)


def test_times_and_curve_can_be_unpacked() -> None:
    time_s, aif_mM = resolve_finer(TIME_S, population_aif("parker", TIME_S, delay_s=30.0))
    assert time_s.shape == aif_mM.shape


@pytest.mark.parametrize("step_s", [0.25, 1.0, 3.0, 5.0])
@pytest.mark.parametrize(("name", "within_s"), [("parker", 0.1), ("wong", 0.5), ("georgiou", 0.9)])
def test_the_arrival_is_the_published_onset_however_finely_a_curve_is_sampled(
    name: str, within_s: float, step_s: float
) -> None:
    time_s = np.arange(0.0, 300.0, step_s)
    fine = resolve_finer(time_s, population_aif(name, time_s, delay_s=31.7))
    densely = np.arange(0.0, 300.0, 0.05)
    assert fine.arrival_s == pytest.approx(31.7, abs=within_s)
    assert fine.arrival_s == pytest.approx(
        AifCurve(densely, population_aif(name, densely, delay_s=31.7)).arrival_s, abs=0.1
    )
    assert fine.warnings == ()


def a_dispersed_bolus(time_s: NDArray[np.float64], spread_s: float) -> NDArray[np.float64]:
    """Parker's curve from 31.7 s on after a vessel that mixes it, which is like no published form."""
    fine = np.arange(0.0, 330.0, TRUTH_STEP_S)
    rate_per_min = 60.0 / spread_s
    mixed = smeared(population_aif("parker", fine, delay_s=31.7), TRUTH_STEP_S, rate_per_min) * rate_per_min
    return np.interp(time_s, fine, mixed)


@pytest.mark.parametrize("noise_share", [0.0, 0.02])
@pytest.mark.parametrize("step_s", [0.25, 1.0, 3.0, 5.0])
def test_the_arrival_of_a_dispersed_bolus_holds_to_a_third_of_a_frame(step_s: float, noise_share: float) -> None:
    densely, time_s = np.arange(0.0, 300.0, 0.05), np.arange(1.2, 300.0, step_s)
    truth_s = AifCurve(densely, a_dispersed_bolus(densely, 5.0)).arrival_s
    measured = a_dispersed_bolus(time_s, 5.0)
    noise = np.random.default_rng(4).normal(0.0, noise_share * measured.max(), time_s.size)
    assert resolve_finer(time_s, measured + noise).arrival_s == pytest.approx(truth_s, abs=max(step_s, 1.5) / 3.0)


def test_a_curve_resolved_once_arrives_at_the_same_time_when_it_is_resolved_again() -> None:
    once = resolve_finer(TIME_S, a_dispersed_bolus(TIME_S, 5.0))
    assert resolve_finer(*once).arrival_s == pytest.approx(once.arrival_s, abs=0.01)


def test_a_slow_straight_rise_arrives_where_it_begins() -> None:
    ramp = np.interp(TIME_S, [0.0, 31.0, 61.0, 91.0, 300.0], [0.0, 0.0, 8.0, 1.0, 1.0])
    assert AifCurve(TIME_S, ramp).arrival_s == pytest.approx(31.0, abs=1.0)


def test_noise_like_that_before_arrival_is_left_out() -> None:
    clean = population_aif("parker", TIME_S, delay_s=40.0)
    fine = resolve_finer(TIME_S, clean + np.random.default_rng(0).normal(0.0, 0.2, TIME_S.size))
    assert "noise and was left out" in fine.method
    tail = fine.time_s[fine.sample_index] > 120.0
    assert np.std(fine.aif_mM[fine.sample_index][tail] - clean[tail]) < 0.1


def test_a_curve_unlike_any_bolus_is_joined_smoothly_with_a_warning() -> None:
    odd = np.where(TIME_S < 25.0, 0.0, 5.0 + 5.0 * np.sign(np.sin(TIME_S / 12.0)))
    fine = resolve_finer(TIME_S, odd)
    assert fine.method == "samples joined by a shape-preserving cubic"
    assert "part of the bolus may be lost" in fine.warnings[0]
    np.testing.assert_allclose(fine.aif_mM[fine.sample_index], odd, atol=1e-12)
    assert fine.aif_mM.min() >= 0.0


def test_a_curve_without_a_start_is_joined_smoothly_with_a_warning() -> None:
    fine = resolve_finer(TIME_S, population_aif("weinmann", TIME_S))
    assert fine.residual_share is None
    assert "too little of the bolus" in fine.warnings[0]


def test_samples_too_far_apart_for_a_bolus_are_warned_of() -> None:
    time_s = np.arange(0.0, 400.0, 16.0)
    fine = resolve_finer(time_s, population_aif("parker", time_s, delay_s=40.0))
    assert fine.warnings == ("AIF: samples every 16 s do not show the bolus; its shape between them is an assumption",)


def test_one_second_samples_need_no_bolus_form() -> None:
    time_s = np.arange(0.0, 120.0, 1.0)
    fine = resolve_finer(time_s, population_aif("parker", time_s, delay_s=20.0))
    assert "resolve the bolus by themselves" in fine.method
    assert fine.warnings == ()


def same(one: FineAif, other: FineAif) -> bool:
    """Tell whether two fine curves are equal to the last bit."""
    return np.array_equal(one.aif_mM, other.aif_mM) and np.array_equal(one.time_s, other.time_s)


@examples(max_examples=2)
@given(st.floats(0.3, 3.0), st.floats(20.0, 45.0))
def test_the_same_samples_give_the_same_curve_and_scaled_ones_a_scaled_curve(scale: float, onset_s: float) -> None:
    measured = population_aif("wong", TIME_S, delay_s=onset_s)
    first, again = resolve_finer(TIME_S, measured), resolve_finer(TIME_S, measured)
    assert same(first, again)
    scaled = resolve_finer(TIME_S, scale * measured)
    np.testing.assert_allclose(scaled.aif_mM, scale * first.aif_mM, atol=0.02 * scale * measured.max())


@pytest.mark.parametrize(
    ("time_s", "aif_mM", "complaint"),
    [
        (TIME_S / 60.0, TIME_S, "are its times in minutes"),
        (TIME_S[::-1], TIME_S, "times must rise"),
        (TIME_S, np.zeros(60), "never rises above zero"),
        (TIME_S, np.full(60, 4000.0), "give mM"),
        (TIME_S, np.full(60, np.nan), "not finite"),
        (TIME_S[:4], TIME_S[:4], "at least 6 are needed"),
        (TIME_S, TIME_S[:9], "one list of each"),
    ],
)
def test_what_cannot_be_an_aif_is_refused(
    time_s: NDArray[np.float64], aif_mM: NDArray[np.float64], complaint: str
) -> None:
    with pytest.raises(InputError, match=complaint):
        resolve_finer(time_s, aif_mM)
