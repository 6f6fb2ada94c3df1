"""Iodine from two scans: what it says, where it may be false, and which scans are refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.spectral import (
    ContrastAgent,
    InputKind,
    Motion,
    Registration,
    Scan,
    SpectralInput,
    apply,
    before_and_after_input,
    false_iodine,
    false_rims,
    monochromatic_response,
    register_before_to_after,
    rims_in,
    sample_roi,
    subtraction_input,
    subtraction_iodine,
    tube_response,
    virtual_monochromatic,
)
from registration_phantoms import (
    ARTERY_MG_ML,
    ARTERY_MM,
    ARTERY_RADIUS_MM,
    GRID,
    NODE_MG_ML,
    NODE_MM,
    NODE_RADIUS_MM,
    VEIN_MG_ML,
    VEIN_MM,
    VEIN_RADIUS_MM,
    TwoScans,
    points_of,
    shifted,
    still,
    turned,
)

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.image import Image

KVP = 120.0
NOISE_HU = 12.0
STRUCTURES = {
    "node": (NODE_MM, NODE_RADIUS_MM, NODE_MG_ML),
    "vein": (VEIN_MM, VEIN_RADIUS_MM, VEIN_MG_ML),
    "artery": (ARTERY_MM, ARTERY_RADIUS_MM, ARTERY_MG_ML),
    "fat beside the node": ((30.0, 8.0, 24.0), 8.0, 0.0),
}


@pytest.fixture(scope="module")
def a_moved_neck() -> TwoScans:
    return TwoScans(tube_response(KVP), turned((1.0, -1.0, 2.0), (2.0, -1.5, 2.5)), NOISE_HU)


@pytest.fixture(scope="module")
def a_registration(a_moved_neck: TwoScans) -> Registration:
    before, after = (Scan(image, kvp=KVP, kernel="Br44") for image in (a_moved_neck.before(), a_moved_neck.after()))
    return register_before_to_after(before, after, motion=Motion.RIGID)


@pytest.fixture(scope="module")
def a_difference(a_registration: Registration) -> SpectralInput:
    return subtraction_input(a_registration)


@pytest.fixture(scope="module")
def a_still_pair() -> tuple[Image, Image]:
    scans = TwoScans(monochromatic_response(70), still, NOISE_HU)
    return scans.before(), scans.after()


def test_iodine_of_moved_scans_is_right_within_its_uncertainty(
    a_difference: SpectralInput, a_moved_neck: TwoScans
) -> None:
    blend = subtraction_iodine(a_difference)
    truth = a_moved_neck.iodine()
    for name, (centre, radius, _) in STRUCTURES.items():
        core = a_moved_neck.core(centre, radius)
        value = sample_roi(a_difference, core).value_of(blend)
        assert value.mean == pytest.approx(truth[core].mean(), abs=0.2), name
        assert value.standard_error < 0.15


def test_noise_of_the_map_is_that_of_both_scans(a_difference: SpectralInput, a_moved_neck: TwoScans) -> None:
    blend = subtraction_iodine(a_difference)
    core = a_moved_neck.core(*STRUCTURES["fat beside the node"][:2])
    found = sample_roi(a_difference, core).value_of(blend)
    # Resampling smooths the noise of one scan.
    slope = a_difference.channels[1].response.iodine
    assert NOISE_HU / slope < found.sd < 1.1 * np.sqrt(2) * NOISE_HU / slope


def test_the_input_tells_what_was_registered_and_how_well(
    a_difference: SpectralInput, a_registration: Registration
) -> None:
    assert a_difference.kind is InputKind.BEFORE_AND_AFTER
    assert a_registration.summary() in a_difference.warnings
    assert a_difference.misfit_mm is a_registration.plausible_shift_mm
    with pytest.raises(InputError, match="one energy cannot show others"):
        virtual_monochromatic(a_difference, 40)


def test_false_iodine_lies_where_it_is_flagged_when_registration_is_spoiled(a_moved_neck: TwoScans) -> None:
    quiet = replace(a_moved_neck, movement=shifted(0.7, 0.0, 0.0), noise_hu=0.0)
    data = before_and_after_input(quiet.before(), quiet.after(), tube_response(KVP))
    body = np.hypot(*(points_of(GRID)[..., axis] for axis in (0, 1))) < 75
    false = (np.abs(apply(subtraction_iodine(data).affine, data.voxels) - quiet.iodine()) > 0.7) & body
    flagged = false_rims(data, misfit_mm=0.7)
    assert false.sum() > 5000
    assert (false & flagged).sum() > 0.97 * false.sum()
    for name, (centre, radius, _) in STRUCTURES.items():
        assert flagged[quiet.core(centre, radius)].mean() < 0.05, name


def test_what_a_registration_left_decides_what_is_flagged(a_difference: SpectralInput, a_moved_neck: TwoScans) -> None:
    away = np.linalg.norm(points_of(GRID) - np.array(NODE_MM), axis=-1)
    edge = np.abs(away - NODE_RADIUS_MM) < 1.0
    core = a_moved_neck.core(NODE_MM, NODE_RADIUS_MM)
    here = replace(a_difference, misfit_mm=0.02)
    far = replace(a_difference, misfit_mm=1.0)
    assert rims_in(here, edge, "N1").warning == ""
    assert rims_in(far, edge, "N1").share > 0.9
    assert "rim at strong edge: " in rims_in(far, edge, "N1").warning
    assert "of N1 could be misregistered (up to" in rims_in(far, edge, "N1").warning
    assert rims_in(a_difference, core, "N1").share < 0.1
    assert false_iodine(far)[edge].mean() == pytest.approx(50 * false_iodine(here)[edge].mean(), rel=1e-3)


def test_a_region_outside_the_first_scan_is_named() -> None:
    short = replace(GRID, size_ijk=(*GRID.size_ijk[:2], 33))
    scans = TwoScans(monochromatic_response(70), still, NOISE_HU, before_grid=short)
    before, after = Scan(scans.before(), kev=70), Scan(scans.after(), kev=70)
    data = subtraction_input(register_before_to_after(before, after, motion=Motion.NONE))
    region = np.zeros(GRID.array_shape, dtype=bool)
    region[30:36, 40:44, 40:44] = True
    assert rims_in(data, region, "N2").outside_share == pytest.approx(0.5)
    assert rims_in(data, region, "N2").warning.startswith("50 % of N2 lies outside the scan before contrast agent")
    assert false_rims(data)[33:].all()


def test_a_cropped_input_keeps_what_is_known_of_its_part(a_difference: SpectralInput) -> None:
    box = (slice(5, 20), slice(30, 60), slice(40, 90))
    part = a_difference.cropped(box)
    assert np.array_equal(part.voxels[1], a_difference.voxels[1][box])
    assert np.allclose(part.geometry.ras_from_kji((0, 0, 0)), a_difference.geometry.ras_from_kji((5, 30, 40)))
    assert np.array_equal(false_rims(part)[2:-2, 4:-4, 4:-4], false_rims(a_difference)[box][2:-2, 4:-4, 4:-4])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kev": 40.0}, "before contrast agent is of 70 keV, that after it of 40 keV"),
        ({"kev": None, "kvp": 120.0}, "before contrast agent is of 70 keV, that after it of 120 kVp"),
        ({"kev": None}, "after: its energy is not known; say at how many kVp"),
        ({"kernel": "Hr60"}, r"different kernels \(Br44, Hr60\)"),
    ],
)
def test_scans_that_differ_otherwise_are_refused(
    a_still_pair: tuple[Image, Image], changes: dict[str, object], said: str
) -> None:
    before, after = (Scan(image, kev=70.0, kernel="Br44") for image in a_still_pair)
    with pytest.raises(InputError, match=said):
        register_before_to_after(before, replace(after, **changes), motion=Motion.NONE)


def test_one_acquisition_given_twice_is_refused(a_still_pair: tuple[Image, Image]) -> None:
    before, after = (Scan(image, kev=70.0) for image in a_still_pair)
    with pytest.raises(InputError, match="hold the same values: one series was given twice"):
        register_before_to_after(after, after, motion=Motion.NONE)
    smoothed = replace(after.image, voxels=np.rint(0.8 * after.image.voxels + 8).astype(np.int16), source="sharp")
    with pytest.raises(InputError, match=r"share their noise \(correlation 1.00 in flat tissue\)"):
        register_before_to_after(Scan(smoothed, kev=70.0), after, motion=Motion.NONE)
    assert register_before_to_after(before, after, motion=Motion.NONE).quality.motion is Motion.NONE


def test_scans_of_two_places_are_refused(a_still_pair: tuple[Image, Image]) -> None:
    before, after = a_still_pair
    x, y, z = before.geometry.origin_lps_mm
    moved = replace(before, geometry=replace(before.geometry, origin_lps_mm=(x, y, z + 300.0)))
    with pytest.raises(InputError, match=r"do not overlap: 21\d mm lie between them from head to foot"):
        register_before_to_after(Scan(moved, kev=70.0), Scan(after, kev=70.0))


def test_air_alone_has_no_body_to_register(a_still_pair: tuple[Image, Image]) -> None:
    after = a_still_pair[1]
    empty = replace(after, voxels=np.full_like(after.voxels, -1000), source="empty")
    with pytest.raises(InputError, match="empty: there is no body in it"):
        register_before_to_after(Scan(empty, kev=70.0), Scan(after, kev=70.0))


def test_swapped_scans_and_other_agents_are_refused(a_registration: Registration) -> None:
    with pytest.raises(InputError, match="gadolinium"):
        subtraction_input(a_registration, agent=ContrastAgent.GADOLINIUM)
    swapped = replace(
        a_registration,
        moved=a_registration.after.image,
        after=replace(a_registration.after, image=a_registration.moved),
    )
    with pytest.raises(InputError, match="look swapped"):
        subtraction_input(swapped)
