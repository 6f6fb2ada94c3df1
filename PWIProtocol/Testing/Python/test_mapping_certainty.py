"""How well voxels tell their values, and which model explains them best."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from PWIProtocolLib.dynamic import DynamicFrames
from PWIProtocolLib.dynamic.frames import Acquisition
from PWIProtocolLib.kinetics import (
    Model,
    VoxelStatus,
    confidence_intervals,
    population_aif,
    signal_of_concentration,
    tissue_curves,
)
from PWIProtocolLib.mapping import (
    BestModels,
    ConcentrationInputs,
    MapIntervals,
    MappedStudy,
    MappingSettings,
    SignalInputs,
    arterial_of_population,
    compare_on,
    map_intervals,
    map_study,
    region_of,
    t1_of_number,
)
from PWIProtocolLib.mapping.model_comparison import NOT_COMPARED

TIMES = 4.0 * np.arange(75)
ONSET_S, NOISE_MM = 24.0, 0.01
SIDE = 24
TOFTS, EXTENDED, PATLAK, EMPTY = range(4)
"""Sections of the object by what they are computed with."""
KTRANS, VE, VP = 0.2, 0.3, 0.05
MODELS = (Model.PATLAK, Model.TOFTS, Model.EXTENDED_TOFTS)


@pytest.fixture(scope="module")
def the_study() -> MappedStudy:
    """Four sections of concentrations with noise: vp = 0, extended Tofts, uptake without reflux, and no enhancement."""
    fine = np.arange(0.0, TIMES[-1] + 15, 0.25)
    aif = population_aif("parker", fine, 0.42, ONSET_S)
    frames = np.random.default_rng(5).normal(0.0, NOISE_MM, (len(TIMES), 4, SIDE, SIDE))
    for k, model, values in (
        (TOFTS, "tofts", {"ve": VE}),
        (EXTENDED, "extended_tofts", {"ve": VE, "vp": VP}),
        (PATLAK, "patlak", {"vp": VP}),
    ):
        ktrans = 0.05 if k == PATLAK else KTRANS
        curve = tissue_curves(model, TIMES, aif, aif_time_s=fine, ktrans_per_min=ktrans, **values)[0]
        frames[:, k] += curve[:, None, None]
    geometry = ImageGeometry((SIDE, SIDE, 4), (2.0, 2.0, 4.0))
    dynamic = DynamicFrames(frames, TIMES, geometry, Acquisition(None, None), "object", "computed")
    settings, inputs = MappingSettings(hematocrit=0.42), ConcentrationInputs(dynamic)
    return map_study(settings, inputs, arterial_of_population("parker", settings, inputs, 6, ONSET_S), 6)


@pytest.fixture(scope="module")
def the_intervals(the_study: MappedStudy) -> MapIntervals:
    return map_intervals(the_study)


@pytest.fixture(scope="module")
def the_best(the_study: MappedStudy) -> BestModels:
    return compare_on(the_study, MODELS)


def section(k: int) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Voxels of a section."""
    return np.arange(k * SIDE**2, (k + 1) * SIDE**2)


@pytest.mark.parametrize(("name", "truth"), [("ktrans_per_min", KTRANS), ("ve", VE), ("vp", VP)])
def test_nineteen_of_twenty_intervals_hold_the_truth(
    the_study: MappedStudy, the_intervals: MapIntervals, name: str, truth: float
) -> None:
    here = section(EXTENDED)
    value, width = the_study.named()[name][here], the_intervals.half_widths[name][here]
    assert np.isfinite(width).all()
    assert 0.92 < np.mean(np.abs(value - truth) <= width) < 0.98
    assert the_intervals.median(name, here) == pytest.approx(1.96 * np.std(value), rel=0.1)


@pytest.fixture(scope="module")
def the_signal_study() -> MappedStudy:
    """Signal of one tissue with noise of 3 %, three frames of it before contrast."""
    fine = np.arange(0.0, TIMES[-1] + 15, 0.25)
    aif = population_aif("parker", fine, 0.42, ONSET_S)
    curve = tissue_curves("extended_tofts", TIMES, aif, aif_time_s=fine, ktrans_per_min=KTRANS, ve=VE, vp=VP)
    signal = signal_of_concentration(curve, 15.0, 0.005, t1_s=1.2, relaxivity_per_mM_s=4.5, m0=1e4)[0]
    noise = np.random.default_rng(2).normal(0.0, 0.03 * signal[0], (len(TIMES), 4, 2 * SIDE, 2 * SIDE))
    geometry = ImageGeometry((2 * SIDE, 2 * SIDE, 4), (2.0, 2.0, 4.0))
    frames = signal[:, None, None, None] + noise
    dynamic = DynamicFrames(frames, TIMES, geometry, Acquisition(0.005, 15.0), "object", "computed")
    settings = MappingSettings(relaxivity_per_mM_s=4.5, hematocrit=0.42)
    inputs = SignalInputs(dynamic, 0.005, 15.0, t1_of_number(1.2))
    return map_study(settings, inputs, arterial_of_population("parker", settings, inputs, 3, ONSET_S), 3)


@pytest.mark.parametrize(("name", "truth"), [("ktrans_per_min", KTRANS), ("ve", VE), ("vp", VP)])
def test_intervals_of_signal_hold_the_noise_before_contrast(
    the_signal_study: MappedStudy, name: str, truth: float
) -> None:
    off = np.abs(the_signal_study.named()[name] - truth)
    width = map_intervals(the_signal_study).half_widths[name]
    assert 0.93 < np.mean(off <= width) < 0.97
    # The residuals alone do not know that the whole curve has moved.
    alone = getattr(confidence_intervals(the_signal_study.fitter, the_signal_study.kinetic), name)
    assert np.mean(off <= alone) < 0.7


@pytest.mark.parametrize(("name", "truth"), [("ktrans_per_min", KTRANS), ("ve", VE), ("vp", VP)])
def test_intervals_of_mean_curves_hold_the_noise_before_contrast(
    the_signal_study: MappedStudy, name: str, truth: float
) -> None:
    shape = the_signal_study.inputs.dynamic.geometry.array_shape
    held = []
    for n in range(2 * SIDE):
        mask = np.zeros(shape, bool)
        mask[:, n, ::4] = True
        mean = region_of(the_signal_study, "row", mask).mean
        assert mean is not None
        value, width = mean.fit.value(name), mean.fit.half_width(name)
        assert value is not None
        assert width is not None
        held.append(abs(value - truth) <= width)
    assert np.mean(held) > 0.85


def test_there_is_no_interval_where_a_limit_is_active(the_study: MappedStudy, the_intervals: MapIntervals) -> None:
    limited = the_study.kinetic.status != VoxelStatus.FITTED
    assert np.count_nonzero(limited[section(TOFTS)]) > 50
    for name, width in the_intervals.half_widths.items():
        assert np.isnan(width[limited]).all(), name
        assert np.isfinite(width[~limited]).all(), name
    at_limit = np.flatnonzero(the_study.kinetic.status == VoxelStatus.VP_AT_ZERO)
    assert the_intervals.median("vp", at_limit) is None
    assert the_intervals.valued("vp", at_limit) == 0
    assert the_intervals.median("fp_ml_100ml_min", section(EXTENDED)) is None


def test_intervals_that_are_stopped_stay_empty_from_there_on(
    the_study: MappedStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("PWIProtocolLib.mapping.intervals.SLAB", 2 * SIDE**2)
    found = map_intervals(the_study, lambda _share: False).half_widths["ve"]
    assert np.isfinite(found[section(EXTENDED)]).all()
    assert np.isnan(found[section(PATLAK)]).all()


@pytest.mark.parametrize(
    ("k", "model"), [(TOFTS, Model.TOFTS), (EXTENDED, Model.EXTENDED_TOFTS), (PATLAK, Model.PATLAK)]
)
def test_the_model_that_made_a_curve_explains_it_best(the_best: BestModels, k: int, model: Model) -> None:
    shares = {each.model: each for each in the_best.shares(section(k))}
    assert shares[model].share > 0.8
    assert shares[model].label == MODELS.index(model) + 1
    assert sum(each.share for each in shares.values()) == pytest.approx(1.0)


def test_voxels_without_enhancement_are_not_compared(the_best: BestModels) -> None:
    assert (the_best.labels[section(EMPTY)] == NOT_COMPARED).all()
    assert the_best.compared(section(EMPTY)) == 0
    assert the_best.compared() == 3 * SIDE**2
    assert all(each.share == 0.0 for each in the_best.shares(section(EMPTY)))


@pytest.mark.parametrize(("going_until", "compared"), [(0.1, 0), (0.5, 0), (1.0, 3 * SIDE**2)])
def test_a_comparison_that_is_stopped_compares_only_what_every_model_has(
    the_study: MappedStudy, going_until: float, compared: int
) -> None:
    told: list[float] = []

    def tell(share: float) -> bool:
        told.append(share)
        return share < going_until

    assert compare_on(the_study, MODELS, tell).compared() == compared
    assert told == sorted(told)
    assert all(share < going_until for share in told[:-1])


@pytest.mark.parametrize("models", [(), ("tofts",), ("tofts", "tofts")])
def test_one_model_is_no_comparison(the_study: MappedStudy, models: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="expected two or more, each once"):
        compare_on(the_study, models)


def test_the_fit_itself_is_not_changed_by_a_comparison(the_study: MappedStudy) -> None:
    before = replace(the_study.kinetic)
    compare_on(the_study, MODELS)
    np.testing.assert_array_equal(before.ktrans_per_min, the_study.kinetic.ktrans_per_min)
