"""Contact with a vessel: phantoms of known angle, measured on grids of every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from contact_phantoms import (
    convex_contact_deg,
    curved_tube,
    draw,
    oval_contact_deg,
    oval_vein,
    pose,
    tube_beside_ball,
    tube_with_cuff,
)
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.segmentation import Segment
from hypothesis import given, settings
from hypothesis import strategies as st
from iENEGraderLib.measure.contact.classes import ContactClass
from iENEGraderLib.measure.contact.measuring import all_contacts, contact_angle, contact_on_grid
from iENEGraderLib.measure.preferences import default_preferences
from scipy.spatial.transform import Rotation

if TYPE_CHECKING:
    from iENEGraderLib.measure.contact.profile import ContactProfile

HALF, ONE, SECTIONS_3 = (0.5,) * 3, (1.0,) * 3, (3.0, 0.5, 0.5)
SMALL = (36.0, 32.0, 32.0)


def cuff(
    arc: float, spacing: tuple[float, ...], *, radius: float = 3.5, tilt: float = 35, **more: float
) -> ContactProfile:
    """Measure a cuff on an oblique vessel, set off the middle of a voxel."""
    start, azimuth = more.pop("start", 40.0), more.pop("azimuth", 70.0)
    tolerance = more.pop("tolerance", None)
    label = tube_with_cuff(
        pose(tilt, azimuth, (0.11, -0.17, 0.23)), radius, ((start, arc),), **{"length": 14.0, **more}
    )
    return contact_angle(*draw(label, spacing, SMALL), spacing, tolerance)


@pytest.mark.parametrize(
    ("arc", "expected"),
    [
        (90, ContactClass.BELOW_180),
        (150, ContactClass.BELOW_180),
        (225, ContactClass.FROM_180_TO_270),
        (300, ContactClass.AT_LEAST_270),
    ],
)
def test_a_cuff_measures_its_angle_and_gets_its_class(arc: float, expected: ContactClass) -> None:
    profile = cuff(arc, HALF)

    assert profile.max_arc_deg == pytest.approx(arc, abs=5)
    assert profile.contact_class is expected
    assert profile.reason is None
    assert profile.possible_classes == (expected,)
    assert profile.contact_length_mm == pytest.approx(14, abs=1)


@pytest.mark.parametrize(
    ("spacing", "radius", "bound"), [(HALF, 2.5, 8.0), (ONE, 3.5, 8.0), (SECTIONS_3, 3.5, 10.0), (HALF, 6.0, 4.0)]
)
def test_the_angle_holds_on_thin_vessels_and_coarse_grids(
    spacing: tuple[float, ...], radius: float, bound: float
) -> None:
    profile = cuff(200, spacing, radius=radius, thickness=4.0)

    assert profile.max_arc_deg == pytest.approx(200, abs=bound)
    assert profile.radius_mm == pytest.approx(radius, rel=0.1)


def test_137_degrees_on_a_vessel_35_degrees_to_the_axial_plane_measure_137_within_4() -> None:
    assert cuff(137, HALF, tilt=55).max_arc_deg == pytest.approx(137, abs=4)


def test_a_vessel_along_the_columns_of_a_coronal_image_measures_the_same() -> None:
    vessel, tumour = draw(tube_with_cuff(pose(35, 70), 3.5, ((40, 200),), length=14), (0.5, 1.0, 0.5), SMALL)

    upright = contact_angle(vessel, tumour, (0.5, 1.0, 0.5))
    lying = contact_angle(vessel.transpose(1, 0, 2), tumour.transpose(1, 0, 2), (1.0, 0.5, 0.5))

    assert upright.max_arc_deg == pytest.approx(200, abs=6)
    assert lying.max_arc_deg == pytest.approx(upright.max_arc_deg, abs=2)


@settings(max_examples=6, deadline=None)
@given(flips=st.tuples(st.booleans(), st.booleans(), st.booleans()), turns=st.integers(0, 3))
def test_mirrored_and_turned_masks_have_the_same_angle(flips: tuple[bool, bool, bool], turns: int) -> None:
    vessel, tumour = draw(tube_with_cuff(pose(25, 30), 3.5, ((75, 210),), length=10), HALF, (24, 26, 26))
    axes = tuple(axis for axis, flip in enumerate(flips) if flip)
    turned = [np.rot90(np.flip(mask, axes), turns, axes=(1, 2)) for mask in (vessel, tumour)]

    assert contact_angle(*turned, HALF).max_arc_deg == pytest.approx(
        contact_angle(vessel, tumour, HALF).max_arc_deg, abs=3
    )


@settings(max_examples=6, deadline=None)
@given(arc=st.floats(60, 290), more=st.floats(15, 50))
def test_more_tumour_never_makes_less_contact(arc: float, more: float) -> None:
    at, grid, extent = pose(20, 10), ONE, (24, 24, 24)
    small = contact_angle(*draw(tube_with_cuff(at, 4.0, ((5, arc),), length=10), grid, extent), grid)
    large = contact_angle(*draw(tube_with_cuff(at, 4.0, ((5, arc + more),), length=10), grid, extent), grid)

    assert large.max_arc_deg >= small.max_arc_deg
    assert large.length_ge_180_mm >= small.length_ge_180_mm
    for profile in (small, large):
        arcs = list(profile.arc_deg_by_tolerance.values())
        assert arcs == sorted(arcs)
        assert profile.max_arc_deg <= min(profile.summed_arc_deg, profile.single_section_max_arc_deg) + 1e-6


def test_lengths_with_180_and_270_degrees_are_right_within_a_millimetre() -> None:
    wide, narrow = cuff(300, HALF, length=6.0), cuff(230, ONE, length=12.0)

    assert wide.length_ge_180_mm == pytest.approx(6, abs=1)
    assert wide.length_ge_270_mm == pytest.approx(6, abs=1)
    assert narrow.length_ge_180_mm == pytest.approx(12, abs=1)
    assert narrow.length_ge_270_mm == 0


def test_contact_of_half_a_millimetre_along_the_vessel_is_not_sustained() -> None:
    profile = cuff(225, (0.25, 0.5, 0.5), tilt=0, length=0.5)

    assert profile.single_section_max_arc_deg == 0 or profile.contact_length_mm <= 1.0
    assert profile.max_arc_deg == 0
    assert profile.contact_class is ContactClass.BELOW_180


def test_two_arcs_are_told_apart_and_summed() -> None:
    label = tube_with_cuff(pose(35, 70), 3.5, ((10, 160), (200, 130)), length=14)

    profile = contact_angle(*draw(label, HALF, SMALL), HALF)

    assert profile.max_arc_deg == pytest.approx(160, abs=5)
    assert profile.summed_arc_deg == pytest.approx(290, abs=8)
    assert profile.contact_class is ContactClass.BELOW_180


def test_an_oval_vein_measures_its_share_of_the_perimeter() -> None:
    vessel, tumour = draw(oval_vein(pose(20, 70), (7.0, 2.5), 60, length=14), HALF, (44, 36, 36))

    profile = contact_angle(vessel, tumour, HALF)

    assert profile.max_arc_deg == pytest.approx(oval_contact_deg((7.0, 2.5), 60, 0.5), abs=6)


def test_a_curved_vessel_measures_its_angle_and_the_length_along_the_bend() -> None:
    label = curved_tube(pose(0, 0, (0.1, 0.2, 0.15)), 3.0, 30.0, (25, 200), 15.0)

    profile = contact_angle(*draw(label, HALF, (40, 32, 36)), HALF)

    assert profile.max_arc_deg == pytest.approx(200, abs=6)
    assert profile.length_ge_180_mm == pytest.approx(15, abs=1)


def test_a_round_node_has_the_arc_that_each_tolerance_gives_it() -> None:
    label = tube_beside_ball(pose(20, 70), 3.5, 10, 12.5, length=14)

    profile = contact_angle(*draw(label, HALF, (36, 50, 50)), HALF)

    assert set(profile.arc_deg_by_tolerance) == {0.5, 1.0, 1.5}
    for tolerance, arc in profile.arc_deg_by_tolerance.items():
        assert arc == pytest.approx(convex_contact_deg(3.5, 10, 12.5, tolerance), abs=6)


def test_fat_wider_than_the_tolerance_is_no_contact_and_thinner_fat_is() -> None:
    assert cuff(200, HALF, gap=1.0).max_arc_deg == 0
    assert cuff(200, HALF, gap=1.0, tolerance=1.5).max_arc_deg == pytest.approx(200, abs=6)
    assert cuff(200, HALF, gap=1.0).arc_deg_by_tolerance[1.5] == pytest.approx(200, abs=6)


def test_fat_a_fifth_of_a_coarse_voxel_beyond_the_tolerance_takes_contact_away() -> None:
    assert cuff(200, ONE, gap=0.25).max_arc_deg == pytest.approx(200, abs=8)
    assert cuff(200, ONE, gap=0.7).max_arc_deg < 120


@pytest.mark.parametrize("arc", [137, 200])
def test_oblique_vessels_do_not_get_thinner_between_thick_sections(arc: float) -> None:
    label = tube_with_cuff(pose(55, 70, (0.11, -0.17, 0.23)), 2.5, ((40, arc),), length=20)

    profile = contact_angle(*draw(label, SECTIONS_3, (48, 44, 44)), SECTIONS_3)

    assert profile.max_arc_deg == pytest.approx(arc, abs=8)


def test_the_wall_adds_to_the_reach_but_not_to_the_tolerance() -> None:
    vessel, tumour = draw(tube_with_cuff(pose(35, 70), 3.5, ((40, 200),), length=14, gap=1.0), HALF, SMALL)

    profile = contact_angle(vessel, tumour, HALF, wall_mm=1.0)

    assert (profile.tolerance_mm, profile.wall_mm) == (0.5, 1.0)
    assert profile.max_arc_deg == pytest.approx(200, abs=6)


def test_the_contact_map_shows_the_wall_unrolled() -> None:
    at = pose(0, 0)
    profile = contact_angle(*draw(tube_with_cuff(at, 4.0, ((0, 90),), length=10), HALF, (30, 26, 26)), HALF)
    unrolled = profile.contact_map
    assert unrolled is not None

    assert unrolled.contact.shape == (len(unrolled.angle_deg), len(unrolled.along_mm)) == (360, len(unrolled.branch))
    in_contact = unrolled.wall_kji[unrolled.contact] * 0.5 - (np.array([60, 52, 52]) - 1) / 4
    assert np.hypot(in_contact[:, 1], in_contact[:, 2]) == pytest.approx(4.0, abs=0.4)
    assert np.abs(in_contact[:, 0]).max() == pytest.approx(5, abs=0.5)
    angles = np.degrees(np.arctan2(in_contact @ at.other, in_contact @ at.across))
    assert (angles.min(), angles.max()) == (pytest.approx(0, abs=5), pytest.approx(90, abs=5))
    front = unrolled.wall_kji[0, 20] - unrolled.wall_kji[180, 20]
    assert front / np.linalg.norm(front) == pytest.approx([0, -1, 0], abs=0.1)


def test_the_place_lies_on_the_vessel_in_the_middle_of_the_contact_in_the_patient() -> None:
    turned = Rotation.from_euler("zyx", (10, -15, 20), degrees=True).as_matrix()
    at = pose(30, 60, (1.0, -2.0, 1.5))
    vessel, tumour = draw(tube_with_cuff(at, 3.5, ((0, 220),), length=8), HALF, SMALL)
    k, j, i = vessel.shape
    geometry = ImageGeometry((i, j, k), HALF, (12.0, -7.0, 30.0), tuple(map(tuple, turned.tolist())))

    profile = contact_on_grid(vessel, tumour, geometry)

    middle_kji = at.centre / 0.5 + (np.array(vessel.shape) - 1) / 2
    assert profile.place_kji == pytest.approx(tuple(middle_kji), abs=2)
    assert profile.place_ras_mm == pytest.approx(tuple(geometry.ras_from_kji(middle_kji)), abs=1)
    assert contact_angle(vessel, tumour, HALF).place_ras_mm is None


def test_a_narrow_gap_between_two_rims_of_tumour_keeps_its_width_on_coarse_voxels() -> None:
    arcs = [cuff(325, ONE, start=start, tilt=25, thickness=4.0).max_arc_deg for start in (0, 100, 200)]

    assert np.mean(arcs) == pytest.approx(325, abs=4)


@pytest.mark.parametrize("tilt", [15, 40])
def test_lengths_hold_on_thick_sections_of_an_oblique_vessel(tilt: float) -> None:
    profile = cuff(300, SECTIONS_3, tilt=tilt, length=8.0)

    assert profile.length_ge_180_mm == pytest.approx(8, abs=1)
    assert profile.length_ge_270_mm == pytest.approx(8, abs=profile.length_uncertainty_mm)


def test_arcs_just_above_a_threshold_keep_the_length_of_their_contact() -> None:
    profile = cuff(200, ONE, radius=3.0, length=12.0, tilt=20)

    assert profile.length_ge_180_mm == pytest.approx(12, abs=1)


def test_coarse_voxels_do_not_make_angles_greater_on_average() -> None:
    arcs = [
        cuff(200, ONE, start=start, azimuth=2 * start, tilt=8, thickness=4.0).max_arc_deg for start in range(0, 180, 20)
    ]

    assert np.mean(arcs) == pytest.approx(200, abs=1.5)


def test_lengths_have_a_range_and_thick_sections_a_warning() -> None:
    thin, thick = cuff(200, HALF, length=8.0), cuff(200, SECTIONS_3, length=8.0)

    for profile in (thin, thick):
        low, high = profile.length_ge_180_range_mm
        assert low <= profile.length_ge_180_mm <= high
        assert low <= 8 <= high
        assert profile.length_ge_270_range_mm[0] == 0
    assert thin.length_uncertainty_mm == pytest.approx(0.75)
    assert thick.length_uncertainty_mm == pytest.approx(2)
    assert any("lengths along the vessel" in warning for warning in thick.warnings)
    assert not any("lengths along the vessel" in warning for warning in thin.warnings)


def test_preferences_set_tolerance_and_length_and_are_kept_in_the_profile() -> None:
    vessel, tumour = draw(tube_with_cuff(pose(20, 70), 3.5, ((40, 220),), length=4, gap=1.0), HALF, SMALL)
    k, j, i = vessel.shape
    geometry = ImageGeometry((i, j, k), HALF)
    own = default_preferences().changed({"contact.tolerance_mm": 1.5, "contact.sustained_mm": 1.0})
    long = own.changed({"contact.sustained_mm": 8.0})

    held = contact_on_grid(vessel, tumour, geometry, preferences=own)

    assert contact_on_grid(vessel, tumour, geometry).max_arc_deg == 0
    assert (held.tolerance_mm, held.max_arc_deg) == (1.5, pytest.approx(220, abs=6))
    assert contact_on_grid(vessel, tumour, geometry, preferences=long).max_arc_deg == 0
    assert [(row.name, row.is_default) for row in held.preferences] == [
        ("contact.tolerance_mm", False),
        ("contact.sustained_mm", True),
    ]
    assert "Lancet Oncol" in held.threshold_source


def test_all_pairs_are_measured_and_each_vessel_is_traced_once(monkeypatch: pytest.MonkeyPatch) -> None:
    vessel, tumour = draw(tube_with_cuff(pose(10, 0), 3.5, ((0, 220),), length=10), HALF, SMALL)
    k, j, i = vessel.shape
    far = np.roll(vessel, 24, axis=2)
    traced = []
    from iENEGraderLib.measure.contact import measuring as contact

    whole = contact.vessel_model
    monkeypatch.setattr(contact, "vessel_model", lambda *a: traced.append(1) or whole(*a))

    pairs = all_contacts(
        {"node_1": tumour, "node_2": np.roll(tumour, 24, axis=2)},
        {"near": vessel, "far": far},
        ImageGeometry((i, j, k), HALF),
        wall_mm={"far": 0.5},
    )

    found = {(p.node, p.vessel): p.profile for p in pairs}
    assert len(traced) == 2
    assert found["node_1", "near"].max_arc_deg == pytest.approx(220, abs=6)
    assert found["node_2", "far"].max_arc_deg == pytest.approx(220, abs=8)
    assert found["node_2", "near"].max_arc_deg < 120
    assert [found["node_1", v].wall_mm for v in ("near", "far")] == [0.0, 0.5]


def test_segments_measure_as_their_masks_do() -> None:
    vessel, tumour = draw(tube_with_cuff(pose(20, 70), 3.5, ((0, 220),), length=10), HALF, SMALL)
    k, j, i = vessel.shape
    labels = vessel + 2 * tumour.astype(np.uint8)
    whole = (slice(0, k), slice(0, j), slice(0, i))
    artery, node = (Segment(f"{n}", f"{n}", labels, n, whole, (0, 0, 0), labels.shape) for n in (1, 2))

    profile = contact_on_grid(artery, node, ImageGeometry((i, j, k), HALF))

    assert profile.max_arc_deg == contact_angle(vessel, tumour, HALF).max_arc_deg


def test_the_digital_neck_has_the_contact_it_was_built_with() -> None:
    from iENEGraderLib.sample import digital_neck

    neck = digital_neck()
    truth = next(node for node in neck.truth.nodes if node.contact)
    known = truth.contact

    profile = contact_on_grid(neck.mask(known.vessel), neck.mask(truth.name), neck.geometry)

    assert profile.max_arc_deg == pytest.approx(known.angle_deg, abs=profile.band_deg)
    assert profile.length_ge_270_mm == pytest.approx(known.length_mm, abs=2)
    assert profile.place_ras_mm == pytest.approx(known.centre_ras_mm, abs=3)
