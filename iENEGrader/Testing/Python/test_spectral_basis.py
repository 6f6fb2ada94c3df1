"""A third energy tells what a scanner's images are made of; drawn in bases whose truth is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.spectral import (
    WATER_IODINE,
    Basis,
    Material,
    MonochromaticSeries,
    SpectralInput,
    basis_test,
    iodine,
    monochromatic_input,
    sample_roi,
    tissue_hu,
    tube_response,
    virtual_monochromatic,
)
from iENEGraderLib.spectral.building import BeamSeries, beam_input
from spectral_phantoms import NECK, Neck, vendor_values

KEVS = (50.0, 70.0, 140.0)


def vendor_series(basis: Basis, *kevs: float, noise_hu: float = 10.0) -> SpectralInput:
    neck = Neck(noise_hu=noise_hu)
    images = [neck.image(vendor_values(basis, kev), int(kev), np.int16, f"{kev:g}") for kev in kevs]
    return monochromatic_input([MonochromaticSeries(image, kev) for image, kev in zip(images, kevs, strict=True)])


def error_at_40(data: SpectralInput, truth: Basis, name: str) -> float:
    value = sample_roi(data, Neck().roi(name)).value_of(virtual_monochromatic(data, 40)).mean
    disc = next(index for index, disc in enumerate(NECK) if disc.name == name)
    return value - vendor_values(truth, 40)[disc]


def test_water_and_iodine_are_recognised() -> None:
    found = basis_test(vendor_series(WATER_IODINE, *KEVS))
    assert found.accepts_water_iodine
    assert abs(found.held_out_error_hu) < 1
    assert found.error_at_40_hu == 0
    assert str(found) == f"water and iodine foretell 70 keV within {abs(found.held_out_error_hu):.1f} HU"


@pytest.mark.parametrize("exponent", [2.8, 3.0, 3.2])
def test_another_basis_is_flagged_and_mended(exponent: float) -> None:
    truth = Basis(exponent)
    data = vendor_series(truth, *KEVS)
    found = basis_test(data)
    assert not found.accepts_water_iodine
    assert found.basis.exponent == pytest.approx(exponent, abs=0.03)
    assert "water and iodine miss 70 keV by" in str(found)
    mended = data.with_basis(found.basis)
    assert mended.basis == found.basis
    for name in ("vein", "artery"):
        assert abs(error_at_40(data, truth, name)) > 10
        assert abs(error_at_40(mended, truth, name)) < 2.5
    assert found.error_at_40_hu == pytest.approx(error_at_40(vendor_series(truth, 50, 70), truth, "vein"), abs=8)


def test_a_series_that_is_off_by_some_hu_everywhere_does_not_look_like_another_basis() -> None:
    data = vendor_series(WATER_IODINE, *KEVS)
    low, middle, high = (
        replace(channel.image, voxels=channel.image.voxels + offset)
        for channel, offset in zip(data.channels, (0, 12, 0), strict=True)
    )
    moved = monochromatic_input([MonochromaticSeries(i, kev) for i, kev in zip((low, middle, high), KEVS, strict=True)])
    assert basis_test(moved).mixing == pytest.approx(basis_test(data).mixing, abs=1e-9)


def test_in_the_mended_basis_iodine_is_right_again() -> None:
    data = vendor_series(Basis(3.2), *KEVS)
    region = Neck().roi("vein")
    values = [
        sample_roi(one, region).value_of(iodine(one)).mean for one in (data, data.with_basis(basis_test(data).basis))
    ]
    assert abs(values[1] - 5) < abs(values[0] - 5)
    assert values[1] == pytest.approx(5, abs=0.4)


def test_the_middle_one_of_four_energies_is_left_out() -> None:
    assert basis_test(vendor_series(WATER_IODINE, 40, 70, 100, 190)).left_out in ("70 keV", "60 keV")


def test_images_of_no_basis_are_refused() -> None:
    data = vendor_series(WATER_IODINE, *KEVS)
    neck = Neck(noise_hu=10.0)
    # The middle image is a second one of 140 keV.
    twice = [MonochromaticSeries(neck.image(vendor_values(WATER_IODINE, kev), 1), kev) for kev in (50, 140)]
    wrong = MonochromaticSeries(neck.image(vendor_values(WATER_IODINE, 140), 2), 75)
    with pytest.raises(InputError, match="no basis of two functions explains 75 keV"):
        basis_test(monochromatic_input([*twice, wrong]))
    assert basis_test(data).accepts_water_iodine


def test_images_of_air_are_refused() -> None:
    neck = Neck(discs=NECK[:1], noise_hu=5.0)
    tiny = [MonochromaticSeries(neck.image([-1000.0], int(kev)), kev) for kev in KEVS]
    with pytest.raises(InputError, match="too little tissue"):
        basis_test(monochromatic_input(tiny))


def test_tube_voltages_have_no_basis_of_the_scanner() -> None:
    neck = Neck(noise_hu=5.0)
    images = [neck.beam(tube_response(kvp), int(kvp)) for kvp in (80, 140)]
    data = beam_input([BeamSeries(image, kvp) for image, kvp in zip(images, (80, 140), strict=True)])
    with pytest.raises(InputError, match="the basis is a matter of virtual monochromatic series"):
        data.with_basis(Basis(3.0))


def test_fat_keeps_its_place_in_every_basis() -> None:
    values = vendor_values(Basis(3.0), 70)
    assert values[0] == pytest.approx(tissue_hu(Material.ADIPOSE, 70))
