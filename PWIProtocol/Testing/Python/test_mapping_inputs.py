"""Frames that hold concentrations, and flip angles that are not those that were set."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.image import Image
from PWIProtocolLib.dynamic import FlipAngleFrames
from PWIProtocolLib.kinetics import VoxelStatus, spoiled_signal
from PWIProtocolLib.mapping import (
    ConcentrationInputs,
    MappedStudy,
    MappingInputs,
    MappingSettings,
    SignalInputs,
    arterial_detected,
    arterial_of_population,
    arterial_of_voxels,
    b1_of_map,
    baseline_of,
    map_study,
    region_of,
    t1_of_angles,
    t1_of_number,
)
from PWIProtocolLib.mapping.precontrast import T1Source
from PWIProtocolLib.roi import CautionKind, Finding
from PWIProtocolLib.sample.reference_object import (
    BLOOD_T1_S,
    FLIP_ANGLE_DEG,
    M0,
    REPETITION_TIME_S,
    TISSUE_T1_S,
    ReferenceObject,
    reference_object,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PWIProtocolLib.dynamic import DynamicFrames

SETTINGS = MappingSettings(blood_t1_s=BLOOD_T1_S, relaxivity_per_mM_s=4.5, hematocrit=0.42)
B1 = 0.8


@pytest.fixture(scope="module")
def the_reference() -> ReferenceObject:
    return reference_object()


@pytest.fixture(scope="module")
def the_signal(the_reference: ReferenceObject) -> SignalInputs:
    return SignalInputs(the_reference.dynamic, REPETITION_TIME_S, FLIP_ANGLE_DEG, t1_of_number(TISSUE_T1_S))


@pytest.fixture(scope="module")
def the_concentrations(the_reference: ReferenceObject, the_signal: SignalInputs) -> DynamicFrames:
    """The reference object as concentrations in mM, of blood in its arteries, with noise of 0.01 mM in tissue."""
    every, blood = np.arange(the_reference.artery.size), np.flatnonzero(the_reference.artery)
    found, _status = the_signal.concentration(SETTINGS, 6, every, "float64")
    found[~(the_reference.tissue | the_reference.artery).ravel()] = 0.0
    found[the_reference.tissue.ravel()] += np.random.default_rng(3).normal(0, 0.01, (the_reference.tissue.sum(), 60))
    found[blood] = the_signal.blood(SETTINGS, 6, blood).mM
    frames = found.T.reshape(the_reference.dynamic.frames.shape)
    return replace(the_reference.dynamic, frames=frames.astype(np.float32))


@pytest.fixture(scope="module")
def the_inputs(the_concentrations: DynamicFrames) -> ConcentrationInputs:
    return ConcentrationInputs(the_concentrations)


@pytest.fixture(scope="module")
def the_study(the_inputs: ConcentrationInputs) -> MappedStudy:
    baseline = baseline_of(MappingSettings(), the_inputs)
    return map_study(SETTINGS, the_inputs, arterial_detected(MappingSettings(), the_inputs, baseline), baseline)


def test_concentrations_yield_the_truth_without_t1(the_study: MappedStudy, the_reference: ReferenceObject) -> None:
    assert the_study.baseline == 6
    for name, allowed in (("ktrans_per_min", 0.02), ("ve", 0.02), ("vp", 0.02)):
        truth = getattr(the_reference, name)
        found = the_study.on_grid(getattr(the_study.kinetic, name))
        for value in np.unique(truth[the_reference.tissue]):
            median = np.median(found[truth == value])
            assert median == pytest.approx(value, rel=allowed), (name, value)


def test_the_artery_of_concentrations_is_that_of_the_signal(
    the_inputs: ConcentrationInputs, the_signal: SignalInputs, the_reference: ReferenceObject
) -> None:
    of_signal = arterial_detected(SETTINGS, the_signal, 6)
    for found in (
        arterial_detected(SETTINGS, the_inputs, 6),
        arterial_of_voxels(the_reference.artery, "segment carotid", MappingSettings(), the_inputs, 6),
    ):
        assert found.sampled_mM == pytest.approx(of_signal.sampled_mM, rel=1e-4, abs=1e-4)
        assert found.voxels is not None
        assert not (found.voxels & ~the_reference.artery).any()


def test_a_population_curve_arrives_when_concentrations_say(the_inputs: ConcentrationInputs) -> None:
    assert arterial_of_population("parker", SETTINGS, the_inputs, 6).arrival_s == pytest.approx(24.0, abs=0.3)


def test_maps_that_need_signal_are_left_out_and_said_so(the_study: MappedStudy, the_signal: SignalInputs) -> None:
    of_signal = set(map_study(SETTINGS, the_signal, the_study.arterial, 6).named())
    assert of_signal - set(the_study.named()) == {"relative_enhancement", "wash_in_per_min", "wash_out_per_min"}
    assert any("wash-in and wash-out, which are relative to the signal" in each for each in the_study.cautions)
    assert not any("relaxivity" in each or "T1" in each for each in the_study.cautions)
    assert the_study.inputs.precontrast.source is T1Source.NOT_NEEDED


def test_times_areas_and_types_of_curves_are_those_of_the_signal(
    the_study: MappedStudy, the_signal: SignalInputs, the_reference: ReferenceObject
) -> None:
    strong = the_reference.ktrans_per_min == 0.3
    of_signal = map_study(SETTINGS, the_signal, the_study.arterial, 6)
    for name in ("iauc60", "time_to_peak_s"):
        found, expected = (each.on_grid(each.named()[name])[strong] for each in (the_study, of_signal))
        assert np.median(found) == pytest.approx(np.median(expected), rel=0.05), name
    types = [each.on_grid(each.described.curve_type)[strong] for each in (the_study, of_signal)]
    assert np.mean(types[0] == types[1]) > 0.8


def test_what_cannot_be_checked_without_signal_is_not_passed(
    the_study: MappedStudy, the_reference: ReferenceObject
) -> None:
    one_tissue = (the_reference.ktrans_per_min == 0.2) & (the_reference.ve == 0.35) & (the_reference.vp == 0.03)
    region = region_of(the_study, "node", one_tissue)
    found = {each.kind: each.finding for each in region.cautions}
    assert found[CautionKind.NECROSIS_OR_CYST] is Finding.NOT_CHECKED
    assert found[CautionKind.HEMORRHAGE] is Finding.NOT_CHECKED
    assert found[CautionKind.VESSEL] is Finding.CLEAR
    assert region.mean is not None
    assert region.mean.fit.value("ktrans_per_min") == pytest.approx(0.2, rel=0.02)


@pytest.mark.parametrize(
    ("factor", "offset", "said"),
    [
        (1000.0, 0.0, "looks like umol/L; divide by 1000"),
        (0.001, 0.0, "looks like mol/L; multiply by 1000"),
        (1.0, 1.0, "looks like signal"),
        (200.0, 100.0, "looks like signal"),
        (np.nan, 0.0, "no voxel holds finite numbers"),
    ],
)
def test_other_units_are_refused_with_the_likely_cause(
    the_concentrations: DynamicFrames, factor: float, offset: float, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        ConcentrationInputs(replace(the_concentrations, frames=factor * the_concentrations.frames + offset))


def test_signal_is_not_taken_for_concentration(the_reference: ReferenceObject) -> None:
    with pytest.raises(InputError, match=r"begin at 2.* this looks like signal; give it as signal, with T1"):
        ConcentrationInputs(the_reference.dynamic)


def reference_with(b1: NDArray[np.float64], the_reference: ReferenceObject) -> tuple[DynamicFrames, FlipAngleFrames]:
    """Dynamic and flip-angle images of the reference object under a B1 field, (n_voxels,)."""
    from PWIProtocolLib.kinetics import signal_of_concentration

    inputs = SignalInputs(the_reference.dynamic, REPETITION_TIME_S, FLIP_ANGLE_DEG, t1_of_number(TISSUE_T1_S))
    every = np.arange(b1.size)
    blood = the_reference.artery.ravel()
    concentration, _status = inputs.concentration(SETTINGS, 6, every, "float64")
    concentration[blood] = inputs.blood(SETTINGS, 6, np.flatnonzero(blood)).mM
    t1 = np.where(blood, BLOOD_T1_S, TISSUE_T1_S)
    # The object of a field is made ratio by ratio: the signal equation takes one angle.
    dynamic, angles = np.empty((60, b1.size)), np.empty((3, b1.size))
    for ratio in np.unique(b1):
        here = b1 == ratio
        dynamic[:, here] = signal_of_concentration(
            concentration[here], ratio * FLIP_ANGLE_DEG, REPETITION_TIME_S, t1_s=t1[here, None],
            relaxivity_per_mM_s=4.5, m0=M0,
        ).T  # fmt: skip
        for n, angle in enumerate((5.0, 15.0, 30.0)):
            angles[n, here] = spoiled_signal(t1[here], ratio * angle, REPETITION_TIME_S, M0)
    shape, geometry = the_reference.artery.shape, the_reference.dynamic.geometry
    frames = replace(the_reference.dynamic, frames=dynamic.reshape(60, *shape))
    return frames, FlipAngleFrames(
        angles.reshape(3, *shape), (5.0, 15.0, 30.0), REPETITION_TIME_S, geometry, "flip angles"
    )


def test_a_b1_map_corrects_t1_and_concentration(the_reference: ReferenceObject) -> None:
    shape, geometry = the_reference.artery.shape, the_reference.dynamic.geometry
    field = np.where(np.arange(shape[2]) < shape[2] // 2, B1, 1.2) * np.ones(shape)
    dynamic, angles = reference_with(field.ravel(), the_reference)
    b1 = b1_of_map(Image(field.astype(np.float32), geometry, source="as given"), geometry)
    tissue = the_reference.tissue
    off = {}
    for ratio in (b1, None):
        t1 = t1_of_angles(angles, REPETITION_TIME_S, geometry, ratio)
        inputs = SignalInputs(dynamic, REPETITION_TIME_S, FLIP_ANGLE_DEG, t1, ratio)
        arterial = arterial_of_voxels(the_reference.artery, "artery", SETTINGS, inputs, 6)
        study = map_study(SETTINGS, inputs, arterial, 6)
        ktrans = study.on_grid(study.kinetic.ktrans_per_min)[tissue]
        off[ratio is not None] = float(np.nanmax(np.abs(ktrans / the_reference.ktrans_per_min[tissue] - 1)))
        if ratio is not None:
            np.testing.assert_allclose(study.on_grid(t1.t1_s)[tissue], TISSUE_T1_S, rtol=1e-3)
            assert "corrected by the B1 map" in t1.words
    assert off[True] < 0.01
    assert off[False] > 0.1


def test_voxels_without_b1_get_no_value_instead_of_a_guess(
    the_reference: ReferenceObject, the_signal: SignalInputs
) -> None:
    geometry = the_reference.dynamic.geometry
    field = np.where(np.arange(geometry.array_shape[1]) < 16, 0.0, 1.0)[:, None] * np.ones(geometry.array_shape)
    b1 = b1_of_map(Image(field, geometry, source="as given"), geometry)
    inputs = replace(the_signal, b1=b1)
    study = map_study(SETTINGS, inputs, arterial_of_population("parker", SETTINGS, inputs, 6), 6)
    assert b1.words == "map as given, 1.00 in the median; 50% of the voxels have none, and no value"
    assert (study.kinetic.status[field.ravel() == 0] == VoxelStatus.NO_T1).all()
    assert study.kinetic.has_value[(field > 0).ravel() & the_reference.tissue.ravel()].all()


@pytest.mark.parametrize(
    ("level", "said"),
    [
        (98.0, "B1 map: 98 in the median; expected a ratio near 1: this looks like percent"),
        (1000.0, "ratio times 1000"),
        (0.05, "normalised otherwise"),
        (0.0, "no voxel is above zero"),
    ],
)
def test_a_b1_map_in_another_unit_is_refused(the_reference: ReferenceObject, level: float, said: str) -> None:
    geometry = the_reference.dynamic.geometry
    with pytest.raises(InputError, match=said):
        b1_of_map(Image(np.full(geometry.array_shape, level), geometry), geometry)


def test_a_b1_map_on_another_grid_is_refused_with_both(the_reference: ReferenceObject) -> None:
    geometry = the_reference.dynamic.geometry
    other = replace(geometry, spacing_mm=(2.0, 2.0, 5.0))
    with pytest.raises(InputError, match=r"B1 map and dynamic study .* 2 x 2 x 5 mm.* 2 x 2 x 4 mm"):
        b1_of_map(Image(np.ones(geometry.array_shape), other), geometry)
    inputs: MappingInputs = SignalInputs(the_reference.dynamic, 0.005, 15.0, t1_of_number(1.2))
    assert inputs.can_have_value.all()
