"""The fat plane between labels: planes of known thickness, sides of unequal density, and all kinds of labels."""

from __future__ import annotations

import numpy as np
import pytest
from coalescence_phantoms import (
    FAT_HU,
    SOFT_HU,
    Phantom,
    Scanner,
    TwoBalls,
    a_phantom,
    an_image,
    grid,
    masks,
    random_axis,
)
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image
from hypothesis import given, settings
from hypothesis import strategies as st
from iENEGraderLib.measure.evidence_class import EvidenceClass
from iENEGraderLib.measure.facing import facing_patch
from iENEGraderLib.measure.fat_plane import FatPlane, fat_plane_between, fat_plane_not_assessable
from iENEGraderLib.measure.label_field import label_part
from iENEGraderLib.measure.preferences import default_preferences
from iENEGraderLib.measure.surface import surface_of
from iENEGraderLib.measure.tissue import TissueScale, tissue_scale
from scipy import ndimage
from scipy.spatial.transform import Rotation

HALF = (0.5, 0.5, 0.5)
SIDEWAYS = np.array([0.0, 0.8, 0.6])
UPWARD = np.array([1.0, 0.0, 0.0])
SCALE = TissueScale(FAT_HU, SOFT_HU, 10.0)


def a_pair(
    slab_mm: float,
    spacing: tuple[float, float, float] = HALF,
    axis: np.ndarray = SIDEWAYS,
    values_hu: tuple[float, float] = (SOFT_HU, SOFT_HU),
    turn: Rotation | None = None,
    seed: int = 1,
) -> Phantom:
    """Two balls that flatten each other, with a slab of fat between that both masks share."""
    balls = TwoBalls((6.0, 6.0), 9.5, axis, slab_mm, (0.1, -0.2, 0.15))
    blur, noise = (0.45, 14.0) if min(spacing) < 0.4 else (1.2, 9.0) if min(spacing) > 0.9 else (0.7, 12.0)
    return a_phantom(balls, grid(spacing, 28, turn), Scanner(blur, noise, seed), values_hu)


def measured(phantom: Phantom) -> FatPlane:
    scale = tissue_scale(phantom.image, phantom.first, [phantom.second])
    return fat_plane_between(phantom.image, phantom.first, phantom.second, scale)


@pytest.mark.parametrize(("spacing", "thinnest_mm"), [((0.35, 0.35, 0.35), 0.3), (HALF, 0.3), ((1.0, 1.0, 1.0), 0.5)])
def test_a_plane_as_thin_as_promised_is_seen_and_none_is_seen_as_lost(
    spacing: tuple[float, float, float], thinnest_mm: float
) -> None:
    kept, lost = measured(a_pair(thinnest_mm, spacing)), measured(a_pair(0.0, spacing))

    assert (kept.evidence_class, lost.evidence_class) == (EvidenceClass.NOT_MET, EvidenceClass.MET)
    assert kept.lost_share == pytest.approx(0.0, abs=0.2)
    assert lost.lost_share == pytest.approx(1.0, abs=0.05)
    assert lost.visible_plane_mm == pytest.approx(thinnest_mm, abs=0.06)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6), slab=st.sampled_from([0.0, 0.5]))
def test_neither_direction_nor_an_oblique_grid_changes_the_class(seed: int, slab: float) -> None:
    rng = np.random.default_rng(seed)
    phantom = a_pair(slab, HALF, random_axis(rng), turn=Rotation.random(random_state=rng), seed=seed)

    expected = EvidenceClass.NOT_MET if slab else EvidenceClass.MET
    assert measured(phantom).evidence_class is expected


def test_a_plane_lost_in_part_is_measured_as_such_and_its_place_lies_in_the_loss() -> None:
    phantom, open_pair = a_pair(0.0), a_pair(0.8)
    voxels = open_pair.image.voxels
    half = voxels.shape[0] // 2
    voxels[half:] = phantom.image.voxels[half:]

    plane = measured(open_pair)

    assert plane.lost_share == pytest.approx(0.5, abs=0.12)
    assert plane.lost_area_mm2 == pytest.approx(0.5 * plane.facing_area_mm2, rel=0.25)
    assert plane.evidence_class is EvidenceClass.INDETERMINATE
    assert plane.place_ras_mm is not None
    assert plane.place_ras_mm[2] > -0.5
    assert plane.sections * 0.5 == pytest.approx(plane.length_mm)


def test_the_place_lies_between_the_nodes_in_patient_space() -> None:
    turn = Rotation.from_euler("xyz", [20, -30, 10], degrees=True)
    phantom = a_pair(0.0, turn=turn)

    plane = measured(phantom)

    geometry = phantom.image.geometry
    middle = geometry.ras_from_kji((np.array(geometry.array_shape) - 1) / 2 + np.array([0.1, -0.2, 0.15]) / 0.5)
    assert plane.place_ras_mm == pytest.approx(middle.tolist(), abs=1.0)


@pytest.mark.parametrize("other_hu", [300.0, 20.0])
def test_an_artery_or_a_darker_gland_neither_hides_nor_fakes_a_plane(other_hu: float) -> None:
    kept = measured(a_pair(0.8, values_hu=(SOFT_HU, other_hu)))
    lost = measured(a_pair(0.0, values_hu=(SOFT_HU, other_hu)))

    assert kept.lost_share == pytest.approx(0.0, abs=0.1)
    assert lost.lost_share == pytest.approx(1.0, abs=0.1)
    assert lost.visible_plane_mm is not None
    assert 0.35 < lost.visible_plane_mm < 0.8


def test_both_orders_of_the_labels_give_the_same() -> None:
    phantom = a_pair(0.0)

    one = fat_plane_between(phantom.image, phantom.first, phantom.second, SCALE)
    two = fat_plane_between(phantom.image, phantom.second, phantom.first, SCALE)

    assert one.evidence_class is two.evidence_class
    assert one.facing_area_mm2 == pytest.approx(two.facing_area_mm2, rel=0.15)
    assert one.place_ras_mm == pytest.approx(two.place_ras_mm, abs=1.0)


def test_masks_that_leave_the_plane_out_give_its_width_as_gap() -> None:
    geometry = grid(HALF, 28)
    balls = TwoBalls((6.0, 6.0), 9.5, SIDEWAYS, 1.5)
    image = an_image(balls, geometry, Scanner(0.7, 10.0, 3))

    plane = fat_plane_between(image, *masks(balls, geometry), SCALE)

    assert plane.mean_gap_mm == pytest.approx(1.5, abs=0.25)
    assert plane.lost_share == 0.0


def test_soft_tissue_in_the_gap_of_the_masks_is_a_lost_plane() -> None:
    geometry = grid(HALF, 28)
    merged = TwoBalls((6.0, 6.0), 9.5, SIDEWAYS)
    image = an_image(merged, geometry, Scanner(0.7, 10.0, 4))

    plane = fat_plane_between(image, *masks(TwoBalls((6.0, 6.0), 9.5, SIDEWAYS, 1.5), geometry), SCALE)

    assert plane.evidence_class is EvidenceClass.MET
    assert plane.mean_gap_mm == pytest.approx(1.5, abs=0.25)


def test_fat_beside_the_contact_does_not_count_as_plane() -> None:
    geometry = grid(HALF, 30)
    balls = TwoBalls((7.0, 7.0), 12.6, SIDEWAYS)
    image = an_image(balls, geometry, Scanner(0.7, 8.0, 5))

    plane = fat_plane_between(image, *masks(balls, geometry), SCALE)

    assert plane.lost_share == pytest.approx(1.0, abs=0.1)
    assert 0 < plane.facing_area_mm2 < np.pi * (balls.patch_diameter_mm / 2 + 1.0) ** 2


def test_a_plane_across_thick_sections_is_not_assessable_and_one_along_them_is() -> None:
    across = measured(a_pair(0.0, (3.0, 0.5, 0.5), UPWARD))
    along = measured(a_pair(0.0, (3.0, 0.5, 0.5), SIDEWAYS))

    assert across.evidence_class is EvidenceClass.NOT_ASSESSABLE
    assert "voxels measure 3.0 mm across the gap" in across.reason
    assert across.lost_share is None
    assert along.evidence_class is EvidenceClass.MET


def test_a_contact_across_the_axial_plane_is_counted_in_sections_that_cut_it() -> None:
    plane = measured(a_pair(0.0, HALF, UPWARD))

    assert plane.evidence_class is EvidenceClass.MET
    assert plane.sections >= 5


def test_two_contiguous_sections_that_are_too_thin_do_not_count() -> None:
    phantom = a_pair(0.8)
    merged = a_pair(0.0)
    middle = phantom.image.voxels.shape[0] // 2
    phantom.image.voxels[middle - 1 : middle + 1] = merged.image.voxels[middle - 1 : middle + 1]
    low = default_preferences().changed({"fat_plane.lost_share": 0.02})

    plane = fat_plane_between(phantom.image, phantom.first, phantom.second, SCALE, low)

    assert plane.lost_share is not None
    assert plane.lost_share > 0.02
    assert 0 < plane.length_mm < 2.0
    assert plane.evidence_class is EvidenceClass.NOT_MET


def test_labels_far_apart_are_told_by_their_boxes() -> None:
    phantom = a_pair(0.0)
    far = np.zeros_like(phantom.first)
    far[:6, :6, :6] = True

    plane = fat_plane_between(phantom.image, phantom.second, far, SCALE)

    assert plane.evidence_class is EvidenceClass.NOT_MET
    assert "mm apart" in plane.reason
    assert plane.facing_area_mm2 == 0.0


def test_overlapping_masks_are_divided_with_a_warning() -> None:
    phantom = a_pair(0.0)
    both = phantom.first | phantom.second
    wider = ndimage.binary_dilation(phantom.first, iterations=2) & both
    overlap_mm3 = np.count_nonzero(wider & phantom.second) * 0.125

    plane = fat_plane_between(phantom.image, wider, phantom.second, SCALE)

    assert plane.evidence_class is EvidenceClass.MET
    (warning,) = plane.warnings
    assert warning.startswith(f"the labels overlap by {overlap_mm3:.1f} mm3; each voxel of the overlap was given to")


def test_labels_without_surfaces_are_not_assessable_for_a_reason() -> None:
    phantom = a_pair(0.0)
    empty, single, flat = (np.zeros_like(phantom.first) for _ in range(3))
    single[5, 5, 5] = True
    flat[28] = phantom.first[28]

    def reason(second: np.ndarray) -> str:
        plane = fat_plane_between(phantom.image, phantom.first, second, SCALE)
        assert plane.evidence_class is EvidenceClass.NOT_ASSESSABLE
        return plane.reason

    assert reason(empty) == "the second label is empty"
    assert "too small to have a surface: 1 of at least 30 voxels" in reason(single)
    assert "single section" in reason(flat)
    assert "wholly within the other" in reason(ndimage.binary_erosion(phantom.first))


def test_a_side_as_dark_as_fat_is_not_assessable() -> None:
    plane = measured(a_pair(0.0, values_hu=(SOFT_HU, FAT_HU + 15)))

    assert plane.evidence_class is EvidenceClass.NOT_ASSESSABLE
    assert "too alike to tell a fat plane" in plane.reason


def test_labels_at_the_border_of_the_image_are_measured_inside_it() -> None:
    phantom = a_pair(0.0)
    middle = phantom.image.geometry.array_shape[0] // 2
    slices, rows, columns = phantom.image.geometry.array_shape
    cut = ImageGeometry((columns, rows, slices - middle), (0.5, 0.5, 0.5))

    plane = fat_plane_between(
        Image(phantom.image.voxels[middle:], cut, "CT"), phantom.first[middle:], phantom.second[middle:], SCALE
    )

    assert plane.evidence_class is EvidenceClass.MET


def test_a_mask_of_another_grid_is_refused() -> None:
    phantom = a_pair(0.0)

    with pytest.raises(InputError, match="the mask of the second label has shape"):
        fat_plane_between(phantom.image, phantom.first, phantom.second[1:], SCALE)


def test_every_result_shows_the_thresholds_it_used() -> None:
    changed = default_preferences().changed({"fat_plane.lost_share": 0.9})
    phantom = a_pair(0.0)

    plane = fat_plane_between(phantom.image, phantom.first, phantom.second, SCALE, changed)

    assert {p.name: p.value for p in plane.preferences}["fat_plane.lost_share"] == 0.9
    assert fat_plane_not_assessable("no image").preferences == default_preferences().of("fat_plane")


@pytest.mark.parametrize("spacing", [(0.5, 0.5, 0.5), (0.8, 0.8, 0.4)])
@pytest.mark.parametrize("radius", [5.0, 8.0])
def test_surface_areas_and_normals_are_those_of_a_ball(spacing: tuple[float, float, float], radius: float) -> None:
    axes = [(np.arange(n) - n // 2) * s for n, s in ((48, spacing[0]), (48, spacing[1]), (64, spacing[2]))]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), -1)
    mask = np.linalg.norm(points, axis=-1) <= radius

    surface = surface_of(mask, np.array(spacing), np.array([a[0] for a in axes]))

    distance = np.linalg.norm(surface.points_mm, axis=1)
    assert surface.areas_mm2.sum() == pytest.approx(4 * np.pi * radius**2, rel=0.04)
    assert distance.mean() == pytest.approx(radius, abs=0.1)
    assert np.abs(distance - radius).max() < 0.5
    assert ((surface.points_mm / distance[:, None]) * surface.normals).sum(axis=1).min() > 0.85


def test_the_facing_patch_of_parallel_faces_has_their_gap_and_direction() -> None:
    geometry = grid(HALF, 20)
    k, j, i = np.indices(geometry.array_shape)
    sides = (abs(k - 20) < 12) & (abs(j - 20) < 12)
    first, second = sides & (i >= 8) & (i < 19), sides & (i >= 22) & (i < 33)

    patch = facing_patch(
        label_part(first, geometry.array_shape, "a"), label_part(second, geometry.array_shape, "b"), np.array(HALF), 3.0
    )

    assert np.median(patch.gaps_mm) == pytest.approx(1.5, abs=0.05)
    assert patch.directions[:, 2].min() > 0.95
    # The rim of 1.5 mm, and a voxel more where the closing sags into the gap.
    assert (11.5 - 2 * 2.0) ** 2 - 1 < patch.areas_mm2.sum() < (11.5 - 2 * 1.5) ** 2 + 1
