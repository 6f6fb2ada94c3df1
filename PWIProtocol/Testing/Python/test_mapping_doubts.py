"""When the bolus arrives, and what is said of a fit whose inputs do not belong together."""

from __future__ import annotations

import re
import warnings
from dataclasses import replace

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from PWIProtocolLib.kinetics import Bounds, KineticFitter, population_aif
from PWIProtocolLib.mapping import (
    MappingSettings,
    SignalInputs,
    arterial_of_population,
    arterial_of_voxels,
    baseline_of,
    map_study,
    t1_of_number,
)
from PWIProtocolLib.mapping.arterial import arterial_of_samples
from PWIProtocolLib.mapping.bolus_arrival import tissue_delays
from PWIProtocolLib.protocol.study import ReadingCancelledError
from PWIProtocolLib.sample.reference_object import ReferenceObject, reference_object

SETTINGS = MappingSettings()
FINE_S = np.arange(0.0, 260.0, 0.25)
FIRST_S = 20.0
"""The last frame before contrast of the reference object, whose bolus arrives at 24 s."""


@pytest.fixture(scope="module")
def the_reference() -> ReferenceObject:
    return reference_object()


@pytest.fixture(scope="module")
def the_inputs(the_reference: ReferenceObject) -> SignalInputs:
    return SignalInputs(the_reference.dynamic, 0.005, 15.0, t1_of_number(1.2))


@pytest.fixture(scope="module")
def noisy_inputs(the_inputs: SignalInputs) -> SignalInputs:
    frames = the_inputs.dynamic.frames
    noise = np.random.default_rng(1).normal(0.0, 0.02 * frames.mean(), frames.shape)
    return replace(the_inputs, dynamic=replace(the_inputs.dynamic, frames=(frames + noise).astype(np.float32)))


@pytest.mark.parametrize("name", ["parker", "georgiou", "wong"])
def test_the_delays_of_tissue_are_those_of_the_fit_with_a_delay_of_each_voxel(
    noisy_inputs: SignalInputs, name: str
) -> None:
    aif = population_aif(name, FINE_S, 0.42, FIRST_S)
    found = tissue_delays(SETTINGS, noisy_inputs, 6, (FINE_S, aif))
    curves, times = noisy_inputs.curves, noisy_inputs.dynamic.time_s
    rise = curves.max(axis=1) - curves[:, :6].mean(axis=1)
    strongest = np.flatnonzero(rise >= np.quantile(rise, 0.9))
    fitter = KineticFitter(times, aif, delay="search", aif_time_s=FINE_S, bounds=Bounds(delay_s=(-8.0, 20.0)))
    exact = fitter.run(*noisy_inputs.concentration(SETTINGS, 6, strongest))
    assert exact.delay_s is not None
    well = exact.delay_s[exact.has_value & (exact.r2 >= 0.8)]
    assert found.size == pytest.approx(well.size, rel=0.02)
    assert np.quantile(found, (0.1, 0.25, 0.5)) == pytest.approx(np.quantile(well, (0.1, 0.25, 0.5)), abs=0.1)


def test_the_search_for_the_arrival_tells_how_far_it_is_and_can_be_stopped(the_inputs: SignalInputs) -> None:
    told: list[float] = []
    found = arterial_of_population("parker", SETTINGS, the_inputs, 6, progress=lambda share: told.append(share) or True)
    assert found.arrival_s == pytest.approx(24.0, abs=0.05)
    assert told == sorted(told)
    assert (len(told) > 50, told[-1]) == (True, 1.0)
    with pytest.raises(ReadingCancelledError):
        arterial_of_population("parker", SETTINGS, the_inputs, 6, progress=lambda _share: False)


def test_voxels_that_are_no_number_do_not_matter_to_the_arrival(the_inputs: SignalInputs) -> None:
    frames = the_inputs.dynamic.frames.astype(np.float32)
    frames[:, 0, 0, :4], frames[3, 0, 1, :4] = np.inf, np.nan
    odd = replace(the_inputs, dynamic=replace(the_inputs.dynamic, frames=frames))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = arterial_of_population("parker", SETTINGS, odd, 6)
    assert found.arrival_s == pytest.approx(24.0, abs=0.05)


def test_an_artery_that_arrives_long_after_the_tissue_is_cautioned(the_inputs: SignalInputs) -> None:
    late = arterial_of_samples(FINE_S, population_aif("parker", FINE_S, 0.42, 124.0), SETTINGS, "file late.csv")
    cautions = map_study(SETTINGS, the_inputs, late, 6).cautions
    pattern = r"the arterial curve arrives at 12\d s, but the images enhance from 24 s on: give both on one time axis"
    assert any(re.fullmatch(pattern, each) for each in cautions)
    assert any(each.startswith("the model explains little of the curves, R² ") for each in cautions)


def test_an_artery_at_its_time_is_not(the_inputs: SignalInputs) -> None:
    right = arterial_of_population("parker", SETTINGS, the_inputs, 6)
    cautions = map_study(replace(SETTINGS, baseline=6), the_inputs, right, 6).cautions
    assert not any("time axis" in each or "R²" in each for each in cautions)


def test_frames_after_contrast_that_were_given_as_before_are_refused(the_inputs: SignalInputs) -> None:
    assert baseline_of(replace(SETTINGS, baseline=5), the_inputs) == 5
    with pytest.raises(InputError, match=r"baseline of 30 frames: .* give 6 or fewer"):
        baseline_of(replace(SETTINGS, baseline=30), the_inputs)


def test_milliseconds_of_blood_are_refused(the_reference: ReferenceObject, the_inputs: SignalInputs) -> None:
    with pytest.raises(InputError, match=r"T1 of blood is 0\.0016 s"):
        arterial_of_voxels(the_reference.artery, "carotid", replace(SETTINGS, blood_t1_s=0.0016), the_inputs, 6)


def test_a_fit_without_any_value_is_refused_with_the_reason(the_inputs: SignalInputs) -> None:
    artery = arterial_of_population("parker", SETTINGS, the_inputs, 6, 24.0)
    for wrong, why in (
        (replace(the_inputs, flip_angle_deg=3.0), "the signal is higher than any concentration explains; check T1"),
        (replace(the_inputs, dynamic=replace(the_inputs.dynamic, frames=0 * the_inputs.dynamic.frames)), "signal"),
    ):
        with pytest.raises(InputError, match=f"^no voxel has a value: .*{why}"):
            map_study(SETTINGS, wrong, artery, 6)
