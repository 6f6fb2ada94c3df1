"""Contact with a vessel where it cannot be measured, or only in part: what is said, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from contact_phantoms import draw, pose, tube_with_cuff
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from hypothesis import given, settings
from hypothesis import strategies as st
from iENEGraderLib.measure.contact.arcs import arcs_of, plateau, sustained, width_before_blur
from iENEGraderLib.measure.contact.classes import ContactClass, NotAssessable, band_deg, contact_class
from iENEGraderLib.measure.contact.measuring import all_contacts, contact_angle
from iENEGraderLib.measure.contact.profile import ContactProfile
from iENEGraderLib.measure.contact.three_point_angle import three_point_angle
from scipy import ndimage

GRID = (0.5, 0.5, 0.5)

Masks = tuple[np.ndarray, np.ndarray]


@pytest.fixture(scope="module")
def a_cuffed_vessel() -> Masks:
    return draw(tube_with_cuff(pose(20, 30), 3.5, ((10, 220),), length=12), GRID, (36, 32, 32))


def single(mask: np.ndarray) -> np.ndarray:
    voxel = np.zeros_like(mask)
    voxel[tuple(n // 2 for n in mask.shape)] = True
    return voxel


def slab(mask: np.ndarray, first: int, last: int) -> np.ndarray:
    cut = np.zeros_like(mask)
    cut[first:last] = mask[first:last]
    return cut


def assert_not_assessable(profile: ContactProfile, reason: NotAssessable) -> None:
    assert (profile.contact_class, profile.reason) == (ContactClass.NOT_ASSESSABLE, reason)
    assert profile.max_arc_deg is profile.summed_arc_deg is profile.band_deg is None
    assert profile.possible_classes == (ContactClass.NOT_ASSESSABLE,)
    assert not profile.is_equivocal


def test_empty_masks_are_not_assessable(a_cuffed_vessel: Masks) -> None:
    vessel, tumour = a_cuffed_vessel
    empty = np.zeros_like(vessel)

    assert_not_assessable(contact_angle(empty, tumour, GRID), NotAssessable.EMPTY_VESSEL)
    assert_not_assessable(contact_angle(vessel, empty, GRID), NotAssessable.EMPTY_TUMOUR)
    assert_not_assessable(contact_angle(empty, empty, GRID), NotAssessable.EMPTY_VESSEL)


def test_a_vessel_of_one_voxel_or_of_a_few_sections_is_too_short(a_cuffed_vessel: Masks) -> None:
    vessel, tumour = a_cuffed_vessel

    assert_not_assessable(contact_angle(single(vessel), tumour, GRID), NotAssessable.TOO_SHORT)
    assert_not_assessable(contact_angle(slab(vessel, 30, 40), tumour, GRID), NotAssessable.TOO_SHORT)


def test_a_vessel_of_two_diameters_is_long_enough(a_cuffed_vessel: Masks) -> None:
    vessel, tumour = a_cuffed_vessel

    assert contact_angle(slab(vessel, 22, 50), tumour, GRID).max_arc_deg == pytest.approx(220, abs=5)


@pytest.mark.parametrize(("radius", "voxel"), [(0.8, 0.5), (1.6, 1.0)])
def test_a_vessel_of_less_than_two_voxels_radius_is_too_thin(radius: float, voxel: float) -> None:
    grid = (voxel,) * 3
    vessel, tumour = draw(tube_with_cuff(pose(20, 30), radius, ((10, 220),), length=12), grid, (30, 24, 24))

    assert_not_assessable(contact_angle(vessel, tumour, grid), NotAssessable.TOO_THIN)


def test_a_tumour_that_is_all_vessel_is_not_assessable(a_cuffed_vessel: Masks) -> None:
    vessel, _ = a_cuffed_vessel

    profile = contact_angle(vessel, slab(vessel, 20, 50), GRID)

    assert_not_assessable(profile, NotAssessable.INSIDE_VESSEL)
    assert profile.overlap_mm3 == slab(vessel, 20, 50).sum() / 8


def test_where_masks_overlap_the_vessel_counts_and_the_volume_is_told(a_cuffed_vessel: Masks) -> None:
    vessel, tumour = a_cuffed_vessel
    overlap = slab(vessel, 30, 50)

    profile = contact_angle(vessel, tumour | overlap, GRID)

    assert profile.max_arc_deg == contact_angle(vessel, tumour, GRID).max_arc_deg
    assert profile.overlap_mm3 == overlap.sum() / 8
    assert any("both vessel and tumour" in warning for warning in profile.warnings)


def test_contact_only_at_the_open_end_of_the_lumen_has_no_cross_section(a_cuffed_vessel: Masks) -> None:
    vessel, _ = a_cuffed_vessel
    end = slab(vessel, 0, 40)

    profile = contact_angle(end, slab(vessel, 40, 60), GRID)

    assert profile.contact_class in {ContactClass.NOT_ASSESSABLE, ContactClass.BELOW_180}
    assert not profile.length_ge_180_mm


def test_a_lumen_that_ends_in_tumour_keeps_the_angle_of_the_part_that_is_open(a_cuffed_vessel: Masks) -> None:
    vessel, tumour = a_cuffed_vessel
    lumen = slab(vessel, 0, 38)

    profile = contact_angle(lumen, tumour | (vessel & ~lumen), GRID)

    assert profile.max_arc_deg == pytest.approx(220, abs=6)
    assert profile.unassessed_length_mm > 0
    assert any("end of the labelled lumen" in warning for warning in profile.warnings)


def test_contact_at_the_border_of_the_image_is_a_lower_bound() -> None:
    vessel, tumour = draw(tube_with_cuff(pose(40, 30), 3.5, ((10, 220),), length=16), GRID, (44, 40, 40))

    profile = contact_angle(vessel[44:], tumour[44:], GRID)

    assert profile.touches_border
    assert profile.max_arc_deg == pytest.approx(220, abs=6)
    assert profile.length_ge_180_mm < 9
    assert any("lower bounds" in warning for warning in profile.warnings)


def test_a_vessel_cut_lengthwise_by_the_border_has_no_cross_section() -> None:
    vessel, tumour = draw(tube_with_cuff(pose(0, 0), 3.5, ((100, 160),), length=12), GRID, (30, 24, 24))

    profile = contact_angle(vessel[:, :, 24:], tumour[:, :, 24:], GRID)

    assert_not_assessable(profile, NotAssessable.NO_CROSS_SECTION)
    assert profile.unassessed_length_mm > 5


def test_a_tumour_of_one_voxel_or_far_away_has_no_contact(a_cuffed_vessel: Masks) -> None:
    vessel, _ = a_cuffed_vessel
    far = np.zeros_like(vessel)
    far[5:9, 5:9, 5:9] = True
    one = np.zeros_like(vessel)
    one[36, 2, 2] = True

    for tumour in (far, one):
        profile = contact_angle(vessel, tumour, GRID)
        assert (profile.max_arc_deg, profile.contact_length_mm) == (0, 0)
        assert (profile.place_kji, profile.narrowing) == (None, None)
        assert profile.contact_class is ContactClass.BELOW_180


def test_a_vessel_all_round_in_tumour_has_360_degrees() -> None:
    vessel, tumour = draw(tube_with_cuff(pose(20, 30), 3.5, ((0, 360),), length=12), GRID, (30, 30, 30))

    assert contact_angle(vessel, tumour, GRID).max_arc_deg == pytest.approx(360)


def test_specks_of_vessel_far_away_change_nothing(a_cuffed_vessel: Masks) -> None:
    vessel, tumour = a_cuffed_vessel
    specked = vessel.copy()
    specked[3:5, 3:5, 3:5] = True

    assert contact_angle(specked, tumour, GRID).max_arc_deg == pytest.approx(220, abs=5)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6), spacing=st.tuples(*[st.sampled_from([0.3, 0.5, 1.0, 3.0])] * 3))
def test_formless_labels_get_a_profile_with_an_angle_or_a_reason(seed: int, spacing: tuple[float, ...]) -> None:
    rng = np.random.default_rng(seed)
    shape = rng.integers(1, 20, 3)
    vessel, tumour = (
        noise > np.quantile(noise, rng.uniform(0.3, 0.98))
        for noise in (ndimage.gaussian_filter(rng.normal(size=shape), rng.uniform(0, 4)) for _ in range(2))
    )

    profile = contact_angle(vessel, tumour, spacing)

    assert (profile.max_arc_deg is None) == (profile.reason is not None)
    assert profile.max_arc_deg is None or 0 <= profile.max_arc_deg <= 360


def test_integer_masks_count_as_masks(a_cuffed_vessel: Masks) -> None:
    vessel, tumour = a_cuffed_vessel

    numbered = contact_angle(vessel.astype(np.uint8) * 7, tumour.astype(np.int16), GRID)

    assert numbered.max_arc_deg == contact_angle(vessel, tumour, GRID).max_arc_deg


def test_masks_of_other_shapes_are_refused(a_cuffed_vessel: Masks) -> None:
    vessel, tumour = a_cuffed_vessel

    with pytest.raises(InputError, match=r"the tumour has shape \(71, 64, 64\), expected \(72, 64, 64\)"):
        contact_angle(vessel, tumour[1:], GRID)
    with pytest.raises(InputError, match=r"give an array \[k, j, i\]"):
        contact_angle(vessel[0], tumour[0], GRID)


@pytest.mark.parametrize("spacing", [(0.5, 0.5), (0.5, 0.5, 0.0), (0.5, float("nan"), 0.5), (-1.0, 1.0, 1.0)])
def test_a_spacing_that_is_none_is_refused(a_cuffed_vessel: Masks, spacing: tuple[float, ...]) -> None:
    with pytest.raises(InputError, match="spacing"):
        contact_angle(*a_cuffed_vessel, spacing)


@pytest.mark.parametrize(("tolerance", "wall"), [(-0.1, 0.0), (0.5, -1.0), (4.0, 1.5), (float("nan"), 0.0)])
def test_a_tolerance_or_wall_that_is_none_is_refused(a_cuffed_vessel: Masks, tolerance: float, wall: float) -> None:
    with pytest.raises(InputError, match=r"tolerance of .* mm with a wall of"):
        contact_angle(*a_cuffed_vessel, GRID, tolerance, wall)


def test_a_wall_for_an_unknown_vessel_is_refused(a_cuffed_vessel: Masks) -> None:
    vessel, tumour = a_cuffed_vessel
    k, j, i = vessel.shape

    with pytest.raises(InputError, match=r"\['carotid'\], which are not among the vessels \['artery'\]"):
        all_contacts({"node_1": tumour}, {"artery": vessel}, ImageGeometry((i, j, k), GRID), wall_mm={"carotid": 1.0})


@pytest.mark.parametrize(("arc", "expected"), [(0, "<180"), (179.9, "<180"), (180, "180-<270"), (270, ">=270")])
def test_180_and_270_belong_to_the_upper_class(arc: float, expected: str) -> None:
    assert contact_class(arc) == expected


def test_the_band_tells_which_classes_are_possible() -> None:
    near = ContactProfile(ContactClass.BELOW_180, 0.5, 0.0, max_arc_deg=177.0, band_deg=5.0)
    wide = ContactProfile(ContactClass.FROM_180_TO_270, 0.5, 0.0, max_arc_deg=225.0, band_deg=50.0)

    assert near.possible_classes == (ContactClass.BELOW_180, ContactClass.FROM_180_TO_270)
    assert near.is_equivocal
    assert wide.possible_classes == (
        ContactClass.BELOW_180, ContactClass.FROM_180_TO_270, ContactClass.AT_LEAST_270
    )  # fmt: skip


def test_the_band_grows_on_thin_vessels_and_thick_sections() -> None:
    assert band_deg(6.0, 0.5, 0.5, is_filled=False) == 5.0
    assert band_deg(2.5, 1.0, 1.0, is_filled=False) == pytest.approx(11.46)
    assert band_deg(3.5, 0.9, 3.0, is_filled=True) == 20.0


def test_three_points_make_the_angle_at_the_middle_one() -> None:
    assert three_point_angle((1, 0, 0), (0, 0, 0), (0, 2, 0)) == pytest.approx(90)
    assert three_point_angle((5, 5, 5), (4, 5, 5), (3, 5, 5)) == pytest.approx(180)
    assert three_point_angle((2, 0, 0), (1, 0, 0), (1.5, np.sqrt(3) / 2, 0)) == pytest.approx(60)


@pytest.mark.parametrize("a", [(0.0, 0.0, 0.0), (float("nan"), 0.0, 0.0)])
def test_points_without_an_angle_are_refused(a: tuple[float, float, float]) -> None:
    with pytest.raises(InputError, match="angle"):
        three_point_angle(a, (0, 0, 0), (1, 0, 0))


@settings(max_examples=60, deadline=None)
@given(contact=st.lists(st.booleans(), min_size=8, max_size=40), shift=st.integers(0, 39))
def test_arcs_do_not_hang_on_where_the_round_begins(contact: list[bool], shift: int) -> None:
    rays = np.array(contact)
    weights = np.full(len(rays), 360 / len(rays))
    doubled = "".join("x" if c else " " for c in contact * 2).split()
    longest = 360.0 if rays.all() else max((len(run) for run in doubled), default=0) * weights[0]

    arcs = arcs_of(np.roll(rays, shift)[None], weights[None], np.zeros(1))

    assert arcs.longest_deg == pytest.approx(longest)
    assert arcs.summed_deg == pytest.approx(rays.mean() * 360)


def test_each_outline_keeps_its_own_arcs() -> None:
    contact = np.array([[0, 1, 1, 0, 1, 0], [1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 1, 1]], dtype=bool)

    arcs = arcs_of(contact, np.full(contact.shape, 60.0), np.zeros(4))

    assert arcs.longest_deg.tolist() == [120, 360, 0, 180]
    assert arcs.summed_deg.tolist() == [180, 360, 0, 180]


@pytest.mark.parametrize("width", [2.0, 3.0, 4.5, 20.0])
def test_a_gap_gets_back_the_width_it_had_before_a_blur(width: float) -> None:
    rays = 3600
    gap = np.abs(np.arange(rays) - rays / 2) < width * 100 / 2
    blurred = ndimage.gaussian_filter1d((~gap).astype(float), 100.0, mode="wrap")
    weights = np.full((1, rays), 360 / rays)

    arcs = arcs_of(blurred[None] >= 0.5, weights, np.array([10.0]))

    assert 360 - arcs.longest_deg[0] == pytest.approx(10 * width, abs=0.4)
    assert width_before_blur(np.array([width]), np.zeros(1)).tolist() == [width]


def test_a_plateau_ends_where_a_section_differs_by_more_than_the_noise() -> None:
    arcs = np.array([0.0, 190, 203, 205, 200, 198, 150, 204])

    assert plateau(arcs, sustained(arcs, 1.0, 0.5), 8.0) == slice(2, 6)
    assert plateau(np.zeros(5), np.zeros(5), 8.0) == slice(0, 5)


def test_a_peak_of_one_section_is_not_sustained_and_two_branches_are_not_joined() -> None:
    assert sustained(np.array([0.0, 0, 300, 0, 0]), 1.0, 0.5).max() == 0
    assert sustained(np.array([0.0, 300, 290, 300, 0]), 1.0, 0.5).max() == 290
    assert sustained(np.array([300.0, 300]), 1.0, 0.5).max() == 0
