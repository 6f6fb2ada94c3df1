"""Inputs of spectral maps: what is taken, and the one line that says why something is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import HeaderFacts
from iENEGraderLib.spectral import (
    BeamSeries,
    ContrastAgent,
    InputKind,
    IodineMap,
    IodineUnit,
    MonochromaticSeries,
    beam_input,
    before_and_after_input,
    iodine_map_input,
    monochromatic_input,
    monochromatic_response,
    tube_response,
)
from spectral_phantoms import Neck


@pytest.fixture(scope="module")
def a_neck() -> Neck:
    return Neck(noise_hu=8.0)


def series(neck: Neck, *kevs: float) -> list[MonochromaticSeries]:
    return [MonochromaticSeries(neck.monochromatic(kev, np.int16), kev) for kev in kevs]


def test_two_series_are_taken_in_any_order_with_the_assumption_stated(a_neck: Neck) -> None:
    data = monochromatic_input(series(a_neck, 70, 40))
    assert data.kind is InputKind.MONOCHROMATIC
    assert data.kevs == (40, 70)
    assert [channel.name for channel in data.channels] == ["40 keV", "70 keV"]
    assert data.warnings == (
        "assumes that the scanner made these images of water and iodine; a third energy would tell",
    )


def test_three_series_need_no_assumption(a_neck: Neck) -> None:
    assert monochromatic_input(series(a_neck, 40, 70, 140)).warnings == ()


def test_attenuation_that_the_scanner_states_replaces_the_table(a_neck: Neck) -> None:
    stated = monochromatic_response(40).with_slope(80.0)
    data = monochromatic_input([MonochromaticSeries(a_neck.monochromatic(40), 40, stated), *series(a_neck, 70)])
    assert data.channels[0].response is stated


def test_one_series_is_refused(a_neck: Neck) -> None:
    with pytest.raises(InputError, match="at least two are needed"):
        monochromatic_input(series(a_neck, 70))
    with pytest.raises(InputError, match="at least two are needed"):
        beam_input([BeamSeries(a_neck.monochromatic(60), 120)])


def test_an_unknown_energy_or_voltage_is_refused(a_neck: Neck) -> None:
    unknown = MonochromaticSeries(a_neck.monochromatic(70), None)
    with pytest.raises(InputError, match="70 keV: its energy is not known; say at how many keV"):
        monochromatic_input([*series(a_neck, 40), unknown])
    with pytest.raises(InputError, match="its tube voltage is not known"):
        beam_input([BeamSeries(a_neck.monochromatic(60), None), BeamSeries(a_neck.monochromatic(80), 140)])


@pytest.mark.parametrize("kev", [30, 200, float("nan")])
def test_an_energy_off_the_table_is_refused(a_neck: Neck, kev: float) -> None:
    with pytest.raises(InputError, match="from 40 to 190 keV"):
        monochromatic_input([*series(a_neck, 70), MonochromaticSeries(a_neck.monochromatic(40), kev)])


def test_different_grids_are_refused(a_neck: Neck) -> None:
    moved = replace(a_neck.monochromatic(40), geometry=replace(a_neck.geometry, origin_lps_mm=(3.0, 0.0, 0.0)))
    with pytest.raises(InputError, match="the images lie on different grids: 40 keV has 160 x 160 x 3"):
        monochromatic_input([*series(a_neck, 70), MonochromaticSeries(moved, 40)])


def test_oblique_grids_are_taken(a_neck: Neck) -> None:
    turned = ImageGeometry(
        a_neck.geometry.size_ijk, (1.0, 1.0, 2.0), (5, 6, 7), ((0.8, -0.6, 0.0), (0.6, 0.8, 0.0), (0.0, 0.0, 1.0))
    )
    images = [replace(a_neck.monochromatic(kev), geometry=turned) for kev in (40, 70)]
    data = monochromatic_input([MonochromaticSeries(image, kev) for image, kev in zip(images, (40, 70), strict=True)])
    assert data.geometry is turned


@pytest.mark.parametrize("pair", [(40, 70), (50, 70), (50, 140), (70, 140), (55, 65)])
def test_swapped_energies_are_refused(a_neck: Neck, pair: tuple[float, float]) -> None:
    low, high = pair
    swapped = [
        MonochromaticSeries(a_neck.monochromatic(high), low),
        MonochromaticSeries(a_neck.monochromatic(low), high),
    ]
    with pytest.raises(InputError, match=f"{low} keV and {high} keV look swapped"):
        monochromatic_input(swapped)


@pytest.mark.parametrize("pair", [(40, 70), (50, 70), (50, 140), (70, 140), (55, 65)])
def test_energies_in_order_are_never_called_swapped(pair: tuple[float, float]) -> None:
    for seed in (1, 2):
        data = monochromatic_input(series(Neck(noise_hu=30.0, seed=seed), *pair))
        assert data.kevs == pair


def test_swapped_voltages_and_a_swapped_pair_of_scans_are_refused(a_neck: Neck) -> None:
    low, high = tube_response(80), tube_response(140, tin_mm=0.4)
    with pytest.raises(InputError, match="80 kVp and 140 kVp look swapped"):
        beam_input([BeamSeries(a_neck.beam(high, 1), 80), BeamSeries(a_neck.beam(low, 2), 140, tin_mm=0.4)])
    with pytest.raises(InputError, match="before contrast and after contrast look swapped"):
        before_and_after_input(a_neck.beam(low, 1), a_neck.beam(low, 2, with_iodine=False), low)


def test_a_wrong_energy_is_seen_in_the_fat(a_neck: Neck) -> None:
    with pytest.raises(InputError, match=r"fat lies at -7\d HU in 40 keV, expected about -152"):
        monochromatic_input([MonochromaticSeries(a_neck.monochromatic(70), 40), *series(a_neck, 140)])


def test_a_doubtful_energy_is_said(a_neck: Neck) -> None:
    data = monochromatic_input([MonochromaticSeries(a_neck.monochromatic(55), 47), *series(a_neck, 80)])
    assert any(text.startswith("fat lies at -9") and "in 47 keV" in text for text in data.warnings)


def test_the_same_energy_twice_and_energies_too_near_are_refused(a_neck: Neck) -> None:
    with pytest.raises(InputError, match="70 keV is given twice"):
        monochromatic_input(series(a_neck, 70, 70))
    with pytest.raises(InputError, match="are too near to each other"):
        monochromatic_input(series(a_neck, 150, 190))


def test_a_windowed_export_is_refused(a_neck: Neck) -> None:
    image = a_neck.monochromatic(40, np.int16)
    cut_above = replace(image, voxels=np.minimum(image.voxels, 300), source="head.nrrd")
    cut_below = replace(image, voxels=np.maximum(image.voxels, -160), source="head.nrrd")
    with pytest.raises(InputError, match=r"head\.nrrd: values are cut off at 300 \(\d"):
        monochromatic_input([MonochromaticSeries(cut_above, 40), *series(a_neck, 70)])
    with pytest.raises(InputError, match=r"head\.nrrd: values are cut off at -160, fat or air is lost"):
        monochromatic_input([MonochromaticSeries(cut_below, 40), *series(a_neck, 70)])


@pytest.mark.parametrize("kevs", [(40, 70), (50, 70)])
@pytest.mark.parametrize(
    ("window", "words"),
    [((-2000, 180), "cut off at 180"), ((-160, 4000), "cut off at -160"), ((-160, 240), "cut off at")],
    ids=["above", "below", "both ends"],
)
@pytest.mark.parametrize("which", [(0,), (1,), (0, 1)], ids=["low", "high", "both"])
def test_a_windowed_export_without_noise_is_refused(
    kevs: tuple[float, float], window: tuple[int, int], words: str, which: tuple[int, ...]
) -> None:
    taken = series(Neck(), *kevs)
    cut = [
        replace(one, image=replace(one.image, voxels=np.clip(one.image.voxels, *window))) if n in which else one
        for n, one in enumerate(taken)
    ]
    with pytest.raises(InputError, match=words):
        monochromatic_input(cut)


@pytest.mark.parametrize("kevs", [(40, 50), (50, 70), (70, 140), (100, 190)])
def test_drawings_with_all_their_values_are_taken(kevs: tuple[float, float]) -> None:
    drawn = series(Neck(), *kevs)
    assert monochromatic_input(drawn).kevs == kevs
    middle = replace(
        drawn[0].image.geometry, size_ijk=(70, 70, 3)
    )  # A field of view that holds no air: its lowest value is fat.
    inside = [
        replace(one, image=replace(one.image, voxels=one.image.voxels[:, 45:115, 45:115], geometry=middle))
        for one in drawn
    ]
    assert monochromatic_input(inside).kevs == kevs


def test_metal_at_the_upper_limit_is_a_warning(a_neck: Neck) -> None:
    image = a_neck.monochromatic(40, np.int16)
    voxels = image.voxels.copy()
    voxels[:, 100:110, 76:86] = np.random.default_rng(1).integers(2900, 4000, (3, 10, 10))
    limited = replace(image, voxels=np.minimum(voxels, 3071))
    data = monochromatic_input([MonochromaticSeries(limited, 40), *series(a_neck, 70)])
    assert any("at the upper limit of 3071 HU (metal)" in text for text in data.warnings)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"modality": "MR"}, "the modality is MR, expected CT in HU"),
        ({"header": HeaderFacts(rescale_type="MGML")}, "its values are 'MGML', expected 'HU'"),
        ({"voxels": "plus 1024"}, "no value is negative"),
    ],
)
def test_images_that_are_no_hu_are_refused(a_neck: Neck, change: dict, words: str) -> None:
    image = a_neck.monochromatic(40, np.int16)
    change = {"voxels": np.maximum(image.voxels + 1100, 0)} if "voxels" in change else change
    with pytest.raises(InputError, match=words):
        monochromatic_input([MonochromaticSeries(replace(image, **change), 40), *series(a_neck, 70)])


@pytest.fixture(scope="module")
def a_clean_neck() -> Neck:
    return Neck()


def test_iodine_maps_are_taken_in_both_units(a_clean_neck: Neck) -> None:
    base = series(a_clean_neck, 70)[0]
    for unit, factor in ((IodineUnit.MG_ML, 1.0), (IodineUnit.UG_100_CM3, 10.0)):
        data = iodine_map_input(IodineMap(a_clean_neck.iodine_map(factor), unit), base)
        assert data.kind is InputKind.IODINE_MAP


@pytest.mark.parametrize(
    ("unit", "factor", "words"),
    [
        (IodineUnit.MG_ML, 10.0, "would be lighter than fat; the map is probably stored in 100 ug/cm3"),
        (IodineUnit.UG_100_CM3, 1.0, "the map is probably stored in mg/mL"),
        (None, 1.0, "the unit of the iodine map is not known"),
        (IodineUnit.HU, 26.0, "needs its slope in HU per mg/mL"),
    ],
)
def test_a_wrong_unit_of_iodine_is_refused(
    a_clean_neck: Neck, unit: IodineUnit | None, factor: float, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        iodine_map_input(IodineMap(a_clean_neck.iodine_map(factor), unit), series(a_clean_neck, 70)[0])


def test_an_iodine_map_without_negative_values_is_said_to_be_cut_off(a_neck: Neck) -> None:
    whole = a_neck.iodine_map(10.0)
    cut = replace(whole, voxels=np.maximum(whole.voxels, 0))
    base = series(a_neck, 70)[0]
    texts = [iodine_map_input(IodineMap(image, IodineUnit.UG_100_CM3), base).warnings for image in (whole, cut)]
    assert texts[0] == ()
    assert texts[1] == (
        "iodine map, 100 ug/cm3: values below 0 are cut off, so regions with little iodine read too high",
    )


def test_a_header_in_mg_ml_contradicts_another_unit(a_clean_neck: Neck) -> None:
    stated = replace(a_clean_neck.iodine_map(), header=HeaderFacts(rescale_type="MGML"))
    with pytest.raises(InputError, match=r"the header says mg/mL \(MGML\), but another unit was given"):
        iodine_map_input(IodineMap(stated, IodineUnit.UG_100_CM3), series(a_clean_neck, 70)[0])


def test_a_map_of_enhancement_is_taken_with_its_slope_and_marked(a_clean_neck: Neck) -> None:
    enhancement = IodineMap(a_clean_neck.iodine_map(26.0), IodineUnit.HU, hu_per_mg_ml=26.0)
    assert "enhancement in HU" in iodine_map_input(enhancement, series(a_clean_neck, 70)[0]).warnings[0]


@pytest.mark.parametrize("agent", [ContrastAgent.GADOLINIUM, ContrastAgent.GOLD])
def test_other_contrast_agents_are_refused_for_every_kind_of_input(a_clean_neck: Neck, agent: ContrastAgent) -> None:
    pair, response = series(a_clean_neck, 40, 70), monochromatic_response(70)
    beams = [BeamSeries(one.image, kvp) for one, kvp in zip(pair, (80, 140), strict=True)]
    for build in (
        lambda: monochromatic_input(pair, agent),
        lambda: beam_input(beams, agent=agent),
        lambda: iodine_map_input(IodineMap(a_clean_neck.iodine_map(), IodineUnit.MG_ML), pair[1], agent),
        lambda: before_and_after_input(pair[1].image, pair[1].image, response, agent),
    ):
        with pytest.raises(InputError, match="spectral maps need iodine"):
            build()


def test_a_voltage_below_the_edge_of_iodine_is_refused(a_clean_neck: Neck) -> None:
    with pytest.raises(InputError, match="28 kVp lies below the K-edge of iodine"):
        beam_input([BeamSeries(a_clean_neck.monochromatic(40), 28), BeamSeries(a_clean_neck.monochromatic(70), 120)])


def test_default_slopes_are_said_to_be_default_and_calibrated_ones_are_not(a_clean_neck: Neck) -> None:
    responses = tube_response(80), tube_response(140)
    images = [a_clean_neck.beam(response, n) for n, response in enumerate(responses)]
    default = beam_input([BeamSeries(images[0], 80), BeamSeries(images[1], 140)])
    assert default.warnings[0].startswith("default slopes, uncalibrated")
    assert default.warnings[1].startswith("140 kVp is taken as without a tin filter"), "it is used with and without"
    site = beam_input(
        [
            BeamSeries(images[0], 80, response=responses[0].with_slope(46.0, 0.01)),
            BeamSeries(images[1], 140, response=responses[1].with_slope(25.0, 0.01)),
        ]
    )
    assert site.warnings == ()
