"""Where the maps say nothing: metal, bone and plaque, and edges between scans that moved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.spectral import (
    BeamSeries,
    Materials,
    MonochromaticSeries,
    Response,
    SpectralInput,
    apply,
    beam_input,
    before_and_after_input,
    calcium_hu_per_mg_ml,
    false_rims,
    fat_fraction,
    iodine,
    monochromatic_input,
    sample_roi,
    subtraction_iodine,
    tube_response,
    untrusted_voxels,
)
from scipy.ndimage import gaussian_filter, shift
from spectral_phantoms import Neck

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.image import Image

METAL = (slice(None), slice(100, 106), slice(20, 26))


@pytest.fixture(scope="module")
def a_neck() -> Neck:
    return Neck(noise_hu=8.0)


def with_metal(image: Image) -> Image:
    voxels = image.voxels.copy()
    voxels[METAL] = 3071
    return replace(image, voxels=voxels)


@pytest.fixture(scope="module")
def two_energies(a_neck: Neck) -> SpectralInput:
    return monochromatic_input(
        [MonochromaticSeries(with_metal(a_neck.monochromatic(kev, np.int16)), kev) for kev in (40, 70)]
    )


def test_bone_and_metal_are_left_out_and_vessels_are_not(two_energies: SpectralInput, a_neck: Neck) -> None:
    untrusted = untrusted_voxels(two_energies)
    assert untrusted.metal[METAL].all()
    assert untrusted.metal.sum() == 3 * (36 + 24)
    assert untrusted.calcium[a_neck.roi("vertebra")].mean() > 0.95
    assert untrusted.any[METAL].all()
    for name in ("artery", "vein", "node", "body"):
        inside = a_neck.roi(name) & ~untrusted.metal
        assert untrusted.any[inside].mean() < 0.001, name


def test_bone_is_left_out_of_every_kind_of_input(a_neck: Neck) -> None:
    response = tube_response(80)
    pair = before_and_after_input(a_neck.beam(response, 1, with_iodine=False), a_neck.beam(response, 2), response)
    responses = response, tube_response(140, tin_mm=0.4)
    images = [a_neck.beam(r, n) for n, r in enumerate(responses)]
    beams = beam_input([BeamSeries(images[0], 80), BeamSeries(images[1], 140, tin_mm=0.4)])
    assert untrusted_voxels(pair).calcium[a_neck.roi("vertebra")].all()
    assert not untrusted_voxels(beams).calcium[a_neck.roi("artery")].any()


def test_calcium_reads_as_iodine_and_as_less_than_no_fat(two_energies: SpectralInput, a_neck: Neck) -> None:
    region = a_neck.roi("soft tissue")
    means = sample_roi(two_energies, region).means
    plaque = means + 50 * np.array([calcium_hu_per_mg_ml(kev) for kev in (40, 70)])
    assert iodine(two_energies, Materials.WATER_IODINE).affine.of(plaque) == pytest.approx(4.0, abs=0.1)
    assert iodine(two_energies).affine.of(plaque) == pytest.approx(3.5, abs=0.1)
    assert fat_fraction(two_energies).affine.of(plaque) == pytest.approx(-0.23, abs=0.04)
    assert any(text.startswith("calcium reads as iodine") for text in iodine(two_energies).warnings)


@pytest.fixture(scope="module")
def a_sharp_response() -> Response:
    return tube_response(120)


@pytest.mark.parametrize("moved_mm", [0.25, 0.5])
def test_rims_of_false_iodine_lie_where_they_are_flagged(moved_mm: float, a_sharp_response: Response) -> None:
    neck = Neck()
    before = neck.beam(a_sharp_response, 1, with_iodine=False)
    blurred = replace(before, voxels=gaussian_filter(before.voxels, (0, 1, 1)))
    moved = replace(blurred, voxels=shift(blurred.voxels, (0, 0, moved_mm), order=3, mode="nearest"))
    data = before_and_after_input(blurred, moved, a_sharp_response)
    false = np.abs(apply(subtraction_iodine(data).affine, data.voxels)) > 0.6
    flagged = false_rims(data, misfit_mm=moved_mm)
    assert false.sum() > 500
    assert (false & ~flagged).sum() == 0
    assert not flagged[neck.roi("node")].any()


def test_rims_belong_to_pairs_of_scans(two_energies: SpectralInput) -> None:
    with pytest.raises(InputError, match="false rims belong to images before and after"):
        false_rims(two_energies)
