"""Confidence intervals hold the truth as often as they say, and the criterion finds the model behind a curve."""

from __future__ import annotations

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from kinetics_phantoms import TIMES_S, arterial_mM
from PWIProtocolLib.dynamic import DynamicFrames
from PWIProtocolLib.dynamic.frames import Acquisition
from PWIProtocolLib.kinetics import (
    KineticFitter,
    VoxelStatus,
    compare_models,
    confidence_intervals,
    population_aif,
    tissue_curves,
)
from PWIProtocolLib.mapping import (
    ConcentrationInputs,
    MappedStudy,
    MappingSettings,
    arterial_of_population,
    map_intervals,
    map_study,
)

DENSE_S = np.arange(200) * 1.5
KNOWN = {
    "tofts": {"ktrans_per_min": 0.2, "ve": 0.3},
    "extended_tofts": {"ktrans_per_min": 0.2, "ve": 0.3, "vp": 0.05},
    "patlak": {"ktrans_per_min": 0.02, "vp": 0.05},
    "two_compartment_exchange": {"fp_ml_100ml_min": 60.0, "ps_ml_100ml_min": 12.0, "ve": 0.3, "vp": 0.08},
}


def repeated(model: str, n: int, snr: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    times = DENSE_S if model == "two_compartment_exchange" else TIMES_S
    aif = arterial_mM(times)
    curve = tissue_curves(model, times, aif, **KNOWN[model])
    rng = np.random.default_rng(8)
    return times, aif, curve + rng.standard_normal((n, len(times))) * curve.max() / snr


@pytest.mark.parametrize("model", KNOWN)
def test_intervals_hold_the_truth_as_often_as_they_say(model: str) -> None:
    times, aif, curves = repeated(model, 1500, 40)
    fitter = KineticFitter(times, aif, model, dtype="float64")
    maps = fitter.run(curves)
    found = confidence_intervals(fitter, maps, level=0.9)
    for name, truth in KNOWN[model].items():
        half = getattr(found, name)
        covered = np.mean(np.abs(getattr(maps, name) - truth) <= half)
        assert covered == pytest.approx(0.9, abs=0.03)
        spread = np.std(getattr(maps, name))
        assert np.median(half) / 1.66 == pytest.approx(spread, rel=0.12)


def test_kep_has_an_interval_too_and_a_higher_level_a_wider_one() -> None:
    times, aif, curves = repeated("extended_tofts", 800, 30)
    fitter = KineticFitter(times, aif)
    maps = fitter.run(curves)
    wide, narrow = (confidence_intervals(fitter, maps, level=level) for level in (0.99, 0.5))
    kep = 0.2 / 0.3
    assert np.nanmean(np.abs(maps.kep_per_min - kep) <= narrow.kep_per_min) == pytest.approx(0.5, abs=0.06)
    assert (wide.kep_per_min > 3 * narrow.kep_per_min).all()


def test_where_a_limit_is_active_there_is_no_interval() -> None:
    aif = arterial_mM(TIMES_S)
    curves = np.vstack([tissue_curves("tofts", TIMES_S, aif, ktrans_per_min=0.1, ve=ve) for ve in (0.3, 1.7)])
    fitter = KineticFitter(TIMES_S, aif, "tofts")
    maps = fitter.run(curves + np.random.default_rng(0).normal(0, 0.002, curves.shape))
    found = confidence_intervals(fitter, maps)
    assert maps.status[1] == VoxelStatus.VE_AT_LIMIT
    assert np.isfinite(found.ktrans_per_min).tolist() == [True, False]


def test_a_searched_delay_is_held_at_what_was_found() -> None:
    times, aif, curves = repeated("extended_tofts", 40, 40)
    plain, searched = (KineticFitter(times, aif, delay=delay) for delay in ("none", "search"))
    one, other = (confidence_intervals(fitter, fitter.run(curves)) for fitter in (plain, searched))
    assert np.nanmedian(other.ktrans_per_min) == pytest.approx(np.nanmedian(one.ktrans_per_min), rel=0.3)


@pytest.fixture(scope="module")
def a_noisy_study_with_delays() -> MappedStudy:
    """A section of tissue and one of noise alone, the delay searched in both."""
    times = 5.0 * np.arange(60)
    settings = MappingSettings(hematocrit=0.42, delay="search")
    aif = population_aif("parker", times, 0.42, 25.0)
    frames = 0.4 * np.random.default_rng(1).standard_normal((60, 2, 20, 30))
    frames[:, 0] += tissue_curves("extended_tofts", times, aif, **KNOWN["extended_tofts"])[0][:, None, None]
    dynamic = DynamicFrames(
        frames, times, ImageGeometry((30, 20, 2), (2.0, 2.0, 4.0)), Acquisition(None, None), "object", "computed"
    )
    inputs = ConcentrationInputs(dynamic)
    return map_study(settings, inputs, arterial_of_population("parker", settings, inputs, 5, 25.0), 5)


def test_every_fitted_voxel_has_an_interval_also_where_the_delay_was_searched_in_noise(
    a_noisy_study_with_delays: MappedStudy,
) -> None:
    study = a_noisy_study_with_delays
    fitted = study.kinetic.status == VoxelStatus.FITTED
    assert 100 < fitted.sum() < 1200
    for values in map_intervals(study).half_widths.values():
        assert np.isfinite(values[fitted]).all()


def test_a_level_that_is_no_share_is_refused() -> None:
    times, aif, curves = repeated("tofts", 1, 40)
    fitter = KineticFitter(times, aif, "tofts")
    with pytest.raises(InputError, match="between 0 and 1"):
        confidence_intervals(fitter, fitter.run(curves), level=95)


@pytest.mark.parametrize("model", ["patlak", "extended_tofts"])
def test_the_model_behind_the_curve_is_preferred(model: str) -> None:
    times, aif, curves = repeated(model, 200, 40)
    found = compare_models(curves, times, aif)
    chosen = [found.models[index] for index in found.best]
    assert np.mean([each == model for each in chosen]) > 0.85
    assert found.weights.sum(axis=0) == pytest.approx(np.ones(200))
    assert (found.aicc.argmin(axis=0) == found.best).all()


def test_the_criterion_is_that_of_hurvich_and_tsai() -> None:
    times, aif, curves = repeated("tofts", 3, 40)
    found = compare_models(curves, times, aif, ["tofts", "extended_tofts"])
    squares = np.asarray(found.maps[0].residual_sd) ** 2 * 58
    assert found.aicc[0] == pytest.approx(60 * np.log(squares / 60) + 6 + 2 * 3 * 4 / 56)


def test_a_voxel_without_any_fit_has_no_best_model() -> None:
    times, aif, curves = repeated("tofts", 2, 40)
    curves[1] = 0
    found = compare_models(curves, times, aif)
    assert found.best[1] == 255
    assert np.isnan(found.weights[:, 1]).all()
    with pytest.raises(InputError, match="two models"):
        compare_models(curves, times, aif, ["tofts"])
