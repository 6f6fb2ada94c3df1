"""What other programs call: names, order and fields as agreed; the same input gives the same bits."""

from __future__ import annotations

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from kinetics_phantoms import TIMES_S, arterial_mM, random_tissues
from PWIProtocolLib.kinetics import (
    Bounds,
    KineticFitter,
    KineticMaps,
    T1Map,
    compare_models,
    concentration_from_signal,
    confidence_intervals,
    exponential_convolution,
    fit,
    population_aif,
    semiquantitative_maps,
    signal_of_concentration,
    spoiled_signal,
    t1_from_flip_angles,
    tissue_curves,
)

AIF = arterial_mM(TIMES_S)
ANGLES = np.array([2.0, 5.0, 10.0, 15.0, 25.0])
MODELS = ("tofts", "extended_tofts", "two_compartment_exchange", "patlak")


def test_t1_from_flip_angles_is_called_by_position() -> None:
    signal = spoiled_signal(np.full((3, 1), 1.2), ANGLES, 0.005, 900.0)
    for found in (
        t1_from_flip_angles(signal, ANGLES, 0.005),
        t1_from_flip_angles(signal, ANGLES, 0.005, None),
        t1_from_flip_angles(signal, ANGLES, 0.005, np.ones(3)),
    ):
        assert isinstance(found, T1Map)
        assert found.t1_s == pytest.approx(np.full(3, 1.2), rel=1e-4)
        assert found.m0.shape == found.residual.shape == found.status.shape == (3,)


def test_concentration_from_signal_is_called_by_position() -> None:
    curves = random_tissues(3).curves
    signal = signal_of_concentration(curves, 12.0, 0.004, t1_s=1.3, relaxivity_per_mM_s=4.5, m0=1000.0)
    found = concentration_from_signal(signal, 5, 12.0, 0.004, 1.3, 4.5)
    assert found.mM == pytest.approx(curves, abs=1e-4)
    by_name = concentration_from_signal(
        signal=signal, baseline=5, flip_angle_deg=12.0, repetition_time_s=0.004, t1_s=1.3, relaxivity_per_mM_s=4.5
    )
    assert np.array_equal(by_name.mM, found.mM)


@pytest.mark.parametrize("name", ["parker", "georgiou", "weinmann", "wong"])
def test_population_aif_is_called_by_position(name: str) -> None:
    curve = population_aif(name, TIMES_S, 0.42, 25.0)
    assert curve.shape == (60,)
    assert curve[:5].max() == 0
    assert np.array_equal(curve, population_aif(name=name, time_s=TIMES_S, hematocrit=0.42, delay_s=25.0))


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        ("tofts", {"ktrans_per_min", "kep_per_min", "ve"}),
        ("extended_tofts", {"ktrans_per_min", "kep_per_min", "ve", "vp"}),
        ("two_compartment_exchange", {"ve", "vp", "fp_ml_100ml_min", "ps_ml_100ml_min"}),
        ("patlak", {"ktrans_per_min", "vp"}),
    ],
)
def test_fit_is_called_by_position_and_has_the_maps_of_the_model(model: str, fields: set[str]) -> None:
    curves = random_tissues(4).noisy(30)
    fixed = fit(curves, TIMES_S, AIF, model, 1.5, Bounds(ve_max=0.9), "float64")
    searched = fit(curves, TIMES_S, AIF, model, "search", None, "float32")
    plain = fit(curves, TIMES_S, AIF, model)
    assert isinstance(plain, KineticMaps)
    assert set(plain.named()) == set(fixed.named()) == fields | {"r2", "residual_sd"}
    assert set(searched.named()) == fields | {"r2", "residual_sd", "delay_s"}
    assert plain.status.shape == (4,)
    assert plain.r2.dtype == np.float32
    assert fixed.r2.dtype == np.float64
    by_name = fit(concentration=curves, time_s=TIMES_S, aif_mM=AIF, model=model, delay="none", bounds=None)
    assert np.array_equal(by_name.r2, plain.r2, equal_nan=True)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_maps_are_the_same_to_the_last_bit_for_any_number_of_threads(model: str, dtype: str) -> None:
    few = np.vstack([random_tissues(150).noisy(8), 0.3 * np.random.default_rng(1).standard_normal((150, 60))])
    # More than one slab, so that there is something to share.
    curves = np.tile(few, (1 if model == "two_compartment_exchange" else 120, 1))
    one, two, three = (fit(curves, TIMES_S, AIF, model, dtype=dtype, threads=n) for n in (1, 2, 3))
    alone = fit(curves[200:201], TIMES_S, AIF, model, dtype=dtype)
    backwards = fit(few[::-1], TIMES_S, AIF, model, dtype=dtype)
    for name, values in one.named().items():
        assert np.array_equal(values, two.named()[name], equal_nan=True)
        assert np.array_equal(values, three.named()[name], equal_nan=True)
        assert np.array_equal(values[200:201], alone.named()[name], equal_nan=True)
        assert np.array_equal(values[:300], backwards.named()[name][::-1], equal_nan=True)
    assert np.array_equal(one.status, three.status)


@pytest.mark.parametrize("model", MODELS)
def test_maps_do_not_depend_on_how_the_curves_lie_in_memory(model: str) -> None:
    curves = random_tissues(200).noisy(10).astype(np.float32)
    plain = fit(curves, TIMES_S, AIF, model)
    for other in (curves.astype(np.float64), np.asfortranarray(curves), np.repeat(curves, 2, axis=0)[::2]):
        found = fit(other, TIMES_S, AIF, model)
        for name, values in plain.named().items():
            assert np.array_equal(values, found.named()[name], equal_nan=True)


def test_t1_with_b1_is_the_same_to_the_last_bit_for_any_number_of_threads() -> None:
    rng = np.random.default_rng(0)
    b1 = rng.uniform(0.7, 1.3, 20_000)
    signal = spoiled_signal(rng.uniform(0.2, 3, (20_000, 1)), b1[:, None] * ANGLES, 0.005, 900.0)
    signal += rng.normal(0, 6, signal.shape)
    one, two, three = (t1_from_flip_angles(signal, ANGLES, 0.005, b1, threads=n) for n in (1, 2, 3))
    assert np.array_equal(one.t1_s, two.t1_s, equal_nan=True)
    assert np.array_equal(one.t1_s, three.t1_s, equal_nan=True)


def test_intervals_agree_with_the_covariance_of_a_numerical_jacobian() -> None:
    curves = random_tissues(25, seed=7).noisy(25)
    fitter = KineticFitter(TIMES_S, AIF, dtype="float64")
    maps = fitter.run(curves)
    found = confidence_intervals(fitter, maps, level=0.95)
    for n in np.flatnonzero(maps.status == 0):
        x = np.array([maps.ktrans_per_min[n], maps.ve[n], maps.vp[n]], dtype=float)

        def curve(x: np.ndarray) -> np.ndarray:
            return x[0] * exponential_convolution(TIMES_S / 60, AIF, [x[0] / x[1]])[0] + x[2] * AIF

        jacobian = np.stack([(curve(x + d) - curve(x - d)) / 2e-6 for d in 1e-6 * np.eye(3)], axis=1)
        rest = curves[n] - curve(x)
        covariance = np.linalg.inv(jacobian.T @ jacobian) * (rest @ rest) / 57
        half = 2.0024654592910065 * np.sqrt(np.diag(covariance))
        ours = [found.ktrans_per_min[n], found.ve[n], found.vp[n]]
        assert ours == pytest.approx(half, rel=1e-4)


def test_the_criterion_agrees_with_the_likelihood_of_even_noise() -> None:
    curves = random_tissues(6, seed=3).noisy(20)
    models = ("patlak", "tofts", "extended_tofts")
    compared = compare_models(curves, TIMES_S, AIF, models)
    for row, maps, k in zip(compared.aicc, compared.maps, (3, 3, 4), strict=True):
        named = {name: values for name, values in maps.named().items() if name in {"ktrans_per_min", "ve", "vp"}}
        rest = curves - tissue_curves(maps.model, TIMES_S, AIF, **named)
        variance = np.mean(rest**2, axis=1)
        log_likelihood = -30 * (np.log(2 * np.pi * variance) + 1)
        akaike = 2 * k - 2 * log_likelihood + 2 * k * (k + 1) / (60 - k - 1)
        # The same but for a constant of all models.
        assert row + 60 * (np.log(2 * np.pi) + 1) == pytest.approx(akaike, abs=2e-3)


def test_the_initial_area_begins_at_the_arrival_and_is_in_mM_s() -> None:
    curve = np.where(TIMES_S > 25, 0.5, 0.0)[None]
    maps = semiquantitative_maps(100 * (1 + curve), TIMES_S, 6, curve, 25.0)
    # A straight rise over 5 s to 0.5 mM, then 55 s of it.
    assert maps.iauc60[0] == pytest.approx(0.5 * 5 / 2 + 0.5 * 55, rel=1e-5)
    assert maps.iauc90[0] - maps.iauc60[0] == pytest.approx(15.0, rel=1e-5)


@pytest.mark.parametrize(
    ("b1", "words"), [(np.full(2, 97.0), "percent"), (np.ones(3), "one value for each of 2"), (97.0, "percent")]
)
def test_b1_that_cannot_be_meant_is_refused_for_concentrations_too(b1: object, words: str) -> None:
    with pytest.raises(InputError, match=words):
        concentration_from_signal(np.ones((2, 60)), 5, 12.0, 0.004, 1.3, 4.5, b1=b1)
    with pytest.raises(InputError, match=words):
        t1_from_flip_angles(np.ones((2, 5)), ANGLES, 0.005, b1)


def test_one_b1_for_all_voxels_is_enough() -> None:
    signal = signal_of_concentration(random_tissues(2).curves, 10.0, 0.004, t1_s=1.3, relaxivity_per_mM_s=4.5)
    one = concentration_from_signal(signal, 5, 12.5, 0.004, 1.3, 4.5, b1=0.8)
    assert one.mM == pytest.approx(random_tissues(2).curves, abs=1e-4)
