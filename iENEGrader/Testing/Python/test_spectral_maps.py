"""Spectral maps: the true energies, iodine, fat and tissue of a drawn neck, found from every kind of input."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from hypothesis import given, settings
from hypothesis import strategies as st
from iENEGraderLib.spectral import (
    BeamSeries,
    Blend,
    IodineMap,
    IodineUnit,
    MapKind,
    Material,
    Materials,
    MonochromaticSeries,
    SpectralInput,
    apply,
    basis_test,
    beam_input,
    before_and_after_input,
    calibrated_slopes,
    calibrated_tissues,
    fat_fraction,
    iodine,
    iodine_map_input,
    monochromatic_input,
    noise_reduced,
    quietest_kev,
    sample_roi,
    subtraction_iodine,
    tissue_hu,
    tube_response,
    virtual_monochromatic,
    virtual_non_contrast,
)
from spectral_phantoms import Neck

NOISE_FREE = Neck()
VESSELS_AND_NODE = {"artery": 8.0, "vein": 5.0, "node": 2.0, "soft tissue": 0.0}


def monochromatic(neck: Neck, *kevs: float) -> SpectralInput:
    return monochromatic_input([MonochromaticSeries(neck.monochromatic(kev, np.int16), kev) for kev in kevs])


def mean(data: SpectralInput, blend: Blend, neck: Neck, name: str) -> float:
    return sample_roi(data, neck.roi(name)).value_of(blend).mean


@pytest.fixture(scope="module")
def a_neck() -> Neck:
    return Neck(noise_hu=6.0)


@pytest.fixture(scope="module")
def two_energies(a_neck: Neck) -> SpectralInput:
    return monochromatic(a_neck, 40, 70)


def test_an_energy_of_the_input_comes_out_unchanged(two_energies: SpectralInput) -> None:
    for kev, image in zip((40, 70), two_energies.voxels, strict=True):
        blend = virtual_monochromatic(two_energies, kev)
        assert np.array_equal(apply(blend.affine, two_energies.voxels, np.empty_like(image)), image)
        assert (blend.kind, blend.unit, blend.kev) == (MapKind.MONOCHROMATIC, "[hnsf'U]", kev)


@pytest.mark.parametrize("kev", [45, 55, 100, 140, 190])
@pytest.mark.parametrize("name", ["artery", "vein", "node", "soft tissue", "neck muscle"])
def test_other_energies_show_what_physics_says(kev: float, name: str) -> None:
    neck = Neck()
    data = monochromatic(neck, 40, 70)
    truth = neck.monochromatic(kev).voxels[neck.roi(name)].mean()
    assert mean(data, virtual_monochromatic(data, kev), neck, name) == pytest.approx(truth, abs=2.0)


@settings(max_examples=25, deadline=None)
@given(st.floats(40, 190), st.floats(-1000, 3000))
def test_water_stays_zero_and_weights_add_up_to_one(kev: float, value: float) -> None:
    data = monochromatic(NOISE_FREE, 50, 80)
    affine = virtual_monochromatic(data, kev).affine
    assert affine.offset == 0
    assert affine.of(np.zeros(2)) == 0
    assert affine.of(np.full(2, value)) == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize("kevs", [(40, 70), (50, 70), (40, 70, 140), (40, 140)])
def test_iodine_of_vessels_and_node_is_found(a_neck: Neck, kevs: tuple[float, ...]) -> None:
    data = monochromatic(a_neck, *kevs)
    muscle = sample_roi(data, a_neck.roi("soft tissue"))
    for materials in Materials:
        blend = iodine(data, materials).zeroed_at(muscle.means, "soft tissue")
        for name, truth in VESSELS_AND_NODE.items():
            # Blood without contrast agent reads 0.13 mg/mL above soft tissue.
            assert mean(data, blend, a_neck, name) == pytest.approx(truth, abs=0.3)


def test_fat_does_not_read_as_negative_iodine_with_three_materials(two_energies: SpectralInput, a_neck: Neck) -> None:
    assert mean(two_energies, iodine(two_energies), a_neck, "body") == pytest.approx(0, abs=0.05)
    two = iodine(two_energies, Materials.WATER_IODINE)
    assert mean(two_energies, two, a_neck, "body") == pytest.approx(-1.34, abs=0.05)
    assert any("pure fat reads about -1.3" in text for text in two.warnings)


@pytest.mark.parametrize(
    ("name", "truth"), [("body", 1), ("deep fat", 1), ("half fat", 0.5), ("node", 0), ("soft tissue", 0)]
)
def test_the_fat_fraction_does_not_depend_on_iodine(
    two_energies: SpectralInput, a_neck: Neck, name: str, truth: float
) -> None:
    assert mean(two_energies, fat_fraction(two_energies), a_neck, name) == pytest.approx(truth, abs=0.02)


@pytest.mark.parametrize("materials", list(Materials))
def test_the_virtual_image_without_contrast_shows_tissue_without_iodine(
    two_energies: SpectralInput, a_neck: Neck, materials: Materials
) -> None:
    blend = virtual_non_contrast(two_energies, 70, materials)
    soft = tissue_hu(Material.SOFT_TISSUE, 70)
    for name in ("node", "soft tissue", "artery", "vein"):
        assert mean(two_energies, blend, a_neck, name) == pytest.approx(soft, abs=6)
    fat = -42 if materials is Materials.WATER_IODINE else tissue_hu(Material.ADIPOSE, 70)
    assert mean(two_energies, blend, a_neck, "body") == pytest.approx(fat, abs=2)


def test_a_map_without_contrast_at_an_impossible_energy_is_refused(two_energies: SpectralInput) -> None:
    with pytest.raises(InputError, match="from 40 to 190 keV"):
        virtual_non_contrast(two_energies, 20)


@pytest.mark.parametrize(
    ("kev", "is_far"), [(40, False), (49, False), (80, False), (82, True), (100, True), (190, True)]
)
def test_extrapolation_is_said(a_neck: Neck, kev: float, is_far: bool) -> None:
    warnings = virtual_monochromatic(monochromatic(a_neck, 50, 70), kev).warnings
    assert any(text.startswith("extrapolated") for text in warnings) == is_far


def test_low_and_high_voltage_give_iodine_and_fat(a_neck: Neck) -> None:
    beams = ((80, 0.0), (150, 0.6))
    responses = [tube_response(kvp, tin_mm) for kvp, tin_mm in beams]
    data = beam_input(
        [BeamSeries(a_neck.beam(r, n), *beam) for n, (r, beam) in enumerate(zip(responses, beams, strict=True))]
    )
    for name, truth in VESSELS_AND_NODE.items():
        assert mean(data, iodine(data), a_neck, name) == pytest.approx(truth, abs=0.1)
    assert mean(data, fat_fraction(data), a_neck, "half fat") == pytest.approx(0.5, abs=0.03)
    blend = virtual_monochromatic(data, 60)
    assert "computed from tube voltages or bins: approximate" in blend.warnings
    truth = NOISE_FREE.monochromatic(60).voxels[a_neck.roi("node")].mean()
    assert mean(data, blend, a_neck, "node") == pytest.approx(truth, abs=4)


def test_slopes_of_the_site_mend_wrong_default_slopes(a_neck: Neck) -> None:
    true = [tube_response(80).with_slope(52.0), tube_response(140).with_slope(27.0)]
    data = beam_input(
        [BeamSeries(a_neck.beam(r, n), kvp) for n, (r, kvp) in enumerate(zip(true, (80, 140), strict=True))]
    )
    wrong = mean(data, iodine(data), a_neck, "artery")
    vein, tissue = (sample_roi(data, a_neck.roi(name)) for name in ("vein", "soft tissue"))
    mended = calibrated_slopes(data, vein, tissue, 5.0)
    value = sample_roi(mended, a_neck.roi("artery")).value_of(iodine(mended))
    assert abs(wrong - 8) > 1
    assert value.mean == pytest.approx(8, abs=0.15)
    assert [channel.response.iodine for channel in mended.channels] == pytest.approx([52, 27], rel=0.01)
    assert 0 < value.model_uncertainty < 0.1


@pytest.mark.parametrize(("amount", "words"), [(-1.0, "positive concentration"), (5.0, "only -?[0-9]+ HU above")])
def test_an_insert_that_cannot_calibrate_is_refused(a_neck: Neck, amount: float, words: str) -> None:
    responses = tube_response(80), tube_response(140)
    data = beam_input(
        [BeamSeries(a_neck.beam(r, n), kvp) for n, (r, kvp) in enumerate(zip(responses, (80, 140), strict=True))]
    )
    tissue = sample_roi(data, a_neck.roi("soft tissue"))
    with pytest.raises(InputError, match=words):
        calibrated_slopes(data, tissue, tissue, amount)


@pytest.mark.parametrize(("unit", "factor"), [(IodineUnit.MG_ML, 1.0), (IodineUnit.UG_100_CM3, 10.0)])
def test_an_iodine_map_with_one_energy_gives_all_others(unit: IodineUnit, factor: float) -> None:
    neck = NOISE_FREE
    data = iodine_map_input(IodineMap(neck.iodine_map(factor), unit), MonochromaticSeries(neck.monochromatic(70), 70))
    for name, truth in VESSELS_AND_NODE.items():
        assert mean(data, iodine(data), neck, name) == pytest.approx(truth, abs=1e-4)
    for name in ("node", "soft tissue"):
        truth = neck.monochromatic(40).voxels[neck.roi(name)].mean()
        # Soft tissue itself is 9 HU brighter at 40 keV, which one energy cannot know.
        assert mean(data, virtual_monochromatic(data, 40), neck, name) == pytest.approx(truth, abs=9.5)
    plain = tissue_hu(Material.SOFT_TISSUE, 70)
    assert mean(data, virtual_non_contrast(data), neck, "node") == pytest.approx(plain, abs=0.01)
    assert mean(data, fat_fraction(data), neck, "half fat") == pytest.approx(0.5, abs=1e-4)


def test_before_and_after_give_iodine_and_no_energies(a_neck: Neck) -> None:
    response = tube_response(120)
    data = before_and_after_input(a_neck.beam(response, 1, with_iodine=False), a_neck.beam(response, 2), response)
    for name, truth in (VESSELS_AND_NODE | {"neck muscle": 0.8, "body": 0.0, "vertebra": 0.0}).items():
        assert mean(data, subtraction_iodine(data), a_neck, name) == pytest.approx(truth, abs=0.1)
    assert mean(data, fat_fraction(data), a_neck, "half fat") == pytest.approx(0.5, abs=0.03)
    assert mean(data, virtual_non_contrast(data), a_neck, "node") == pytest.approx(response.soft, abs=1)
    assert "rims of false iodine" in subtraction_iodine(data).warnings[0]
    with pytest.raises(InputError, match="one energy cannot show others"):
        virtual_monochromatic(data, 70)


def test_subtraction_of_other_inputs_is_refused(two_energies: SpectralInput) -> None:
    with pytest.raises(InputError, match="needs images before and after contrast agent"):
        subtraction_iodine(two_energies)


def test_enhanced_muscle_and_fat_of_the_patient_calibrate_fat_fraction_and_iodine(
    two_energies: SpectralInput, a_neck: Neck
) -> None:
    fat, muscle = (sample_roi(two_energies, a_neck.roi(name)) for name in ("body", "neck muscle"))
    data = calibrated_tissues(two_energies, fat, muscle)
    assert mean(data, iodine(data), a_neck, "neck muscle") == pytest.approx(0, abs=1e-6)
    assert mean(data, fat_fraction(data), a_neck, "neck muscle") == pytest.approx(0, abs=1e-6)
    assert mean(data, fat_fraction(data), a_neck, "deep fat") == pytest.approx(1, abs=0.01)
    # Soft tissue is denser than the muscle that now stands for it.
    assert mean(data, fat_fraction(data), a_neck, "soft tissue") == pytest.approx(-0.12, abs=0.02)
    assert data.warnings[-1] == "iodine is relative to the muscle of this patient"
    assert len(data.warnings) == len(two_energies.warnings) + 1


def test_regions_in_the_wrong_tissue_do_not_calibrate(two_energies: SpectralInput, a_neck: Neck) -> None:
    fat, muscle, artery = (sample_roi(two_energies, a_neck.roi(name)) for name in ("body", "neck muscle", "artery"))
    with pytest.raises(InputError, match="draw the one in subcutaneous fat and the other in muscle"):
        calibrated_tissues(two_energies, muscle, fat)
    warnings = calibrated_tissues(two_energies, fat, artery).warnings
    assert any(text.startswith("40 keV: muscle has 7") for text in warnings)
    lean = replace(fat, means=fat.means + 20)
    assert any("fat has -1" in text for text in calibrated_tissues(two_energies, lean, muscle).warnings)
    mixed = sample_roi(two_energies, a_neck.roi("half fat"))
    with pytest.raises(InputError, match="the region of fat has"):
        calibrated_tissues(two_energies, mixed, muscle)


def test_three_energies_weighed_by_their_noise_give_less_noise(a_neck: Neck) -> None:
    data = monochromatic(a_neck, 40, 70, 140)
    noise = np.diag([900.0, 36.0, 100.0])
    weighed, alike = (iodine(one).noise(noise) for one in (data.with_noise(noise), data))
    assert weighed < 0.99 * alike
    blends = virtual_monochromatic(data.with_noise(noise), 70), virtual_monochromatic(data, 70)
    assert blends[0].noise(noise) < blends[1].noise(noise)


@pytest.mark.parametrize("noise", [np.eye(3), np.array([[1.0, 2.0], [2.0, 1.0]]), np.array([[1.0, 0.5], [0.0, 1.0]])])
def test_noise_that_is_no_covariance_is_refused(two_energies: SpectralInput, noise: np.ndarray) -> None:
    with pytest.raises(InputError, match="covariance"):
        two_energies.with_noise(noise)


def test_the_noise_reduced_image_is_quieter_and_keeps_the_vessel() -> None:
    neck = Neck(noise_hu=15.0)
    data = monochromatic(neck, 50, 80)
    data = data.with_noise(sample_roi(data, neck.roi("neck muscle")).covariance)
    plain = apply(virtual_monochromatic(data, 40).affine, data.voxels)
    smooth = noise_reduced(data, 40)
    muscle, artery = neck.roi("neck muscle"), neck.roi("artery")
    assert smooth[muscle].std() < 0.6 * plain[muscle].std()
    assert smooth[artery].mean() == pytest.approx(plain[artery].mean(), rel=0.03)
    assert 50 < quietest_kev(data) < 190
    assert np.allclose(noise_reduced(data, 40, slice(1, 2)), smooth[1:2])


def test_a_pair_of_scans_is_calibrated_by_an_insert_too(a_neck: Neck) -> None:
    true, thought = tube_response(120).with_slope(33.0), tube_response(120)
    pair = a_neck.beam(true, 1, with_iodine=False), a_neck.beam(true, 2)
    data = before_and_after_input(*pair, thought)
    mended = calibrated_slopes(
        data, sample_roi(data, a_neck.roi("vein")), sample_roi(data, a_neck.roi("soft tissue")), 5.0
    )
    assert mean(data, subtraction_iodine(data), a_neck, "artery") == pytest.approx(8 * 33 / 29.87, abs=0.1)
    assert mean(mended, subtraction_iodine(mended), a_neck, "artery") == pytest.approx(8, abs=0.1)


def test_an_iodine_map_is_calibrated_by_fat_and_muscle_too() -> None:
    neck = NOISE_FREE
    base = MonochromaticSeries(neck.monochromatic(70), 70)
    data = iodine_map_input(IodineMap(neck.iodine_map(), IodineUnit.MG_ML), base)
    regions = (sample_roi(data, neck.roi(name)) for name in ("body", "neck muscle"))
    calibrated = calibrated_tissues(data, *regions)
    assert mean(calibrated, iodine(calibrated), neck, "node") == pytest.approx(2.0 - 0.8, abs=0.1)
    assert mean(calibrated, fat_fraction(calibrated), neck, "neck muscle") == pytest.approx(0, abs=1e-4)


def test_the_quietest_energy_is_a_common_one_until_noise_is_measured(two_energies: SpectralInput) -> None:
    assert quietest_kev(two_energies) == 65
    assert str(two_energies.basis) == "water and iodine"


def test_the_basis_test_needs_three_energies(two_energies: SpectralInput) -> None:
    with pytest.raises(InputError, match="needs three virtual monochromatic series"):
        basis_test(two_energies)
