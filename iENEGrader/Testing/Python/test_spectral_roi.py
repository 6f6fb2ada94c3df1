"""Values of regions: means and noise of every map from one look, with an uncertainty that holds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image
from iENEGraderLib.spectral import (
    BeamSeries,
    InputKind,
    MonochromaticSeries,
    SpectralInput,
    apply,
    beam_input,
    fat_fraction,
    iodine,
    monochromatic_input,
    monochromatic_response,
    sample_roi,
    spectral_curve,
    tube_response,
    virtual_monochromatic,
    virtual_non_contrast,
)
from iENEGraderLib.spectral.spectral_input import Channel
from scipy.ndimage import gaussian_filter
from spectral_phantoms import Neck

SHAPE = (4, 24, 24)
NOISE_FREE = Neck()


@pytest.fixture(scope="module")
def a_neck() -> Neck:
    return Neck(noise_hu=12.0)


@pytest.fixture(scope="module")
def two_energies(a_neck: Neck) -> SpectralInput:
    pair = [MonochromaticSeries(a_neck.monochromatic(kev), kev) for kev in (40, 70)]
    return monochromatic_input(pair)


def test_mean_and_noise_are_exactly_those_of_the_map(two_energies: SpectralInput, a_neck: Neck) -> None:
    region = a_neck.roi("node")
    sample = sample_roi(two_energies, region)
    for blend in (
        virtual_monochromatic(two_energies, 55),
        iodine(two_energies),
        fat_fraction(two_energies),
        virtual_non_contrast(two_energies),
    ):
        values = apply(blend.affine, two_energies.voxels)[region].astype(float)
        found = sample.value_of(blend)
        assert found.mean == pytest.approx(values.mean(), abs=1e-3)
        assert found.sd == pytest.approx(values.std(ddof=1), rel=1e-3)
        assert found.model_uncertainty == 0
        assert found.uncertainty == found.standard_error
    assert sample.voxels == region.sum()


def noise_input(rng: np.random.Generator, blur: float) -> SpectralInput:
    """Pure noise at two energies."""
    geometry = ImageGeometry(SHAPE[::-1], (1.0, 1.0, 1.0))
    channels = []
    for kev in (40.0, 70.0):
        voxels = gaussian_filter(rng.normal(0, 20, SHAPE), (0, blur, blur)) if blur else rng.normal(0, 20, SHAPE)
        channels.append(Channel(Image(voxels, geometry), monochromatic_response(kev), f"{kev:g} keV", kev))
    return SpectralInput(InputKind.MONOCHROMATIC, tuple(channels))


@pytest.mark.parametrize("blur", [0.0, 0.8, 1.5])
def test_the_error_of_the_mean_is_what_repeated_noise_shows_also_when_neighbours_share_it(blur: float) -> None:
    rng = np.random.default_rng(8)
    region = np.zeros(SHAPE, dtype=bool)
    region[1:3, 4:20, 4:20] = True
    found = []
    for _ in range(150):
        data = noise_input(rng, blur)
        found.append(sample_roi(data, region).value_of(iodine(data)))
    true = np.std([value.mean - found[0].blend.affine.offset for value in found])
    stated = np.median([value.standard_error for value in found])
    assert 0.8 * true < stated < 1.5 * true


def test_the_curve_follows_iodine(two_energies: SpectralInput, a_neck: Neck) -> None:
    curve = spectral_curve(two_energies, sample_roi(two_energies, a_neck.roi("artery")), (40, 60, 100, 190))
    assert [value.blend.kev for value in curve] == [40, 60, 100, 190]
    truth = [NOISE_FREE.monochromatic(kev).voxels[a_neck.roi("artery")].mean() for kev in (40, 60, 100, 190)]
    assert [value.mean for value in curve] == pytest.approx(truth, abs=5)
    assert (np.diff([value.mean for value in curve]) < 0).all()


def test_uncertain_slopes_make_iodine_uncertain_in_proportion(a_neck: Neck) -> None:
    responses = tube_response(80), tube_response(140, tin_mm=0.4)
    images = [a_neck.beam(response, n) for n, response in enumerate(responses)]
    data = beam_input([BeamSeries(images[0], 80), BeamSeries(images[1], 140, tin_mm=0.4)])
    for name, amount in (("artery", 8.0), ("vein", 5.0)):
        value = sample_roi(data, a_neck.roi(name)).value_of(iodine(data))
        assert value.model_uncertainty == pytest.approx(0.05 / 1.05 * amount, rel=0.05)
        assert value.uncertainty > value.model_uncertainty


def test_one_voxel_has_a_mean_but_no_noise(two_energies: SpectralInput) -> None:
    region = np.zeros(two_energies.geometry.array_shape, dtype=bool)
    region[1, 80, 80] = True
    sample = sample_roi(two_energies, region)
    value = sample.value_of(virtual_monochromatic(two_energies, 70))
    assert value.mean == pytest.approx(float(two_energies.voxels[1][1, 80, 80]), abs=1e-3)
    assert np.isnan(value.sd)
    assert (sample.voxels, sample.independent) == (1, 1.0)


def test_a_region_at_the_border_is_measured(two_energies: SpectralInput) -> None:
    region = np.zeros(two_energies.geometry.array_shape, dtype=bool)
    region[:, :4, :4] = True
    assert sample_roi(two_energies, region).means == pytest.approx([-1000, -1000], abs=8)


def test_empty_regions_and_other_grids_are_refused(two_energies: SpectralInput) -> None:
    empty = np.zeros(two_energies.geometry.array_shape, dtype=bool)
    with pytest.raises(InputError, match="the mask of the node is empty"):
        sample_roi(two_energies, empty, "the node")
    with pytest.raises(InputError, match="the mask of the node has shape"):
        sample_roi(two_energies, empty[:, :5], "the node")


def test_a_patient_without_contrast_has_no_iodine(a_neck: Neck) -> None:
    plain = replace(a_neck, discs=tuple(replace(disc, iodine_mg_ml=0.0) for disc in a_neck.discs))
    data = monochromatic_input([MonochromaticSeries(plain.monochromatic(kev), kev) for kev in (40, 70)])
    value = sample_roi(data, plain.roi("node")).value_of(iodine(data))
    assert abs(value.mean) < 3 * value.standard_error
    assert value.standard_error < 0.05
