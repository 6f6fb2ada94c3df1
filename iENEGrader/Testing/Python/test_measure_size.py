"""Node size: bodies of known size, other libraries as second opinion, and the odd masks that readers draw."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from hypothesis import given, settings
from hypothesis import strategies as st
from iENEGraderLib.measure.size.diameters import (
    Chord,
    hull_vertices,
    longest_chord,
    longest_perpendicular_chord,
    smallest_width,
)
from iENEGraderLib.measure.size.node_size import node_size
from iENEGraderLib.measure.size.outlines import section_outlines, solid_points
from iENEGraderLib.measure.size.tips import with_fitted_tips
from scipy import ndimage
from scipy.spatial.distance import pdist
from scipy.spatial.transform import Rotation

AXES = np.eye(3)


def geometry_of(mask: np.ndarray, spacing_ijk: tuple[float, ...], axes: np.ndarray = AXES) -> ImageGeometry:
    return ImageGeometry(mask.shape[::-1], spacing_ijk, (12.0, -7.0, 30.0), tuple(map(tuple, axes.tolist())))


def ellipsoid(
    half_axes_mm: tuple[float, ...],
    spacing_ijk: tuple[float, ...],
    turn: np.ndarray = AXES,
    off_centre: tuple[float, ...] = (0.2, -0.3, 0.1),
) -> np.ndarray:
    """Mask [k, j, i] of an ellipsoid; the columns of ``turn`` are its axes in i, j, k."""
    spacing = np.array(spacing_ijk)
    size = np.ceil(2 * max(half_axes_mm) / spacing).astype(int) + 4
    k, j, i = np.meshgrid(*[np.arange(n) for n in size[::-1]], indexing="ij")
    ijk_mm = (np.stack([i, j, k], -1) - (size - 1) / 2 + np.array(off_centre)) * spacing
    return ((ijk_mm @ turn / np.array(half_axes_mm)) ** 2).sum(-1) <= 1


@pytest.mark.parametrize("voxel_mm", [0.5, 0.8])
def test_a_sphere_of_20_mm_measures_20_mm_in_every_way(voxel_mm: float) -> None:
    spacing = (voxel_mm,) * 3
    mask = ellipsoid((10, 10, 10), spacing)

    size = node_size(mask, geometry_of(mask, spacing))

    for length in (size.greatest_dimension_mm, size.axial_long_mm, size.axial_short_mm, size.min_width_mm):
        assert length == pytest.approx(20.0, abs=0.5 * voxel_mm)
    assert size.volume_mm3 == pytest.approx(4 / 3 * np.pi * 1000, rel=0.01)
    assert (size.components, size.touches_border) == (1, False)
    assert size.span_mm == size.greatest_dimension_mm


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), thick=st.sampled_from([0.5, 1.0, 2.0, 3.0]))
def test_a_turned_ellipsoid_keeps_its_axes_whatever_the_slices(seed: int, thick: float) -> None:
    turn = Rotation.random(random_state=seed).as_matrix()
    spacing = (0.5, 0.5, thick)
    mask = ellipsoid((12, 8, 6), spacing, turn)

    size = node_size(mask, geometry_of(mask, spacing))

    assert size.greatest_dimension_mm == pytest.approx(24.0, abs=0.25 + 0.25 * thick)
    assert size.min_width_mm == pytest.approx(12.0, abs=0.3 + 0.4 * thick)
    assert size.volume_mm3 == pytest.approx(4 / 3 * np.pi * 12 * 8 * 6, rel=0.01 + 0.02 * thick)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_patient_position_of_the_grid_changes_no_length(seed: int) -> None:
    axes = Rotation.from_rotvec(0.4 * Rotation.random(random_state=seed).as_rotvec() / np.pi).as_matrix()
    mask = ellipsoid((9, 7, 5), (0.7, 0.7, 1.5), Rotation.random(random_state=seed + 1).as_matrix())

    straight = node_size(mask, geometry_of(mask, (0.7, 0.7, 1.5)))
    oblique = node_size(mask, geometry_of(mask, (0.7, 0.7, 1.5), axes))

    assert oblique.greatest_dimension_mm == pytest.approx(straight.greatest_dimension_mm)
    assert oblique.axial_short_mm == pytest.approx(straight.axial_short_mm)
    for size in (straight, oblique):
        first, second = size.ends_ras_mm
        assert np.linalg.norm(np.subtract(first, second)) == pytest.approx(size.greatest_dimension_mm)


def test_the_ends_lie_at_the_poles_in_the_patient() -> None:
    turn = Rotation.from_euler("zyx", (30, 20, 10), degrees=True).as_matrix()
    mask = ellipsoid((15, 6, 6), (0.5, 0.5, 1.0), turn)
    geometry = geometry_of(mask, (0.5, 0.5, 1.0), Rotation.from_euler("x", 15, degrees=True).as_matrix())

    size = node_size(mask, geometry)

    middle_kji = np.argwhere(mask).mean(axis=0)
    along_ijk = 15 * turn[:, 0] / geometry.spacing_mm
    poles = {tuple(geometry.ras_from_kji(middle_kji + sign * along_ijk[::-1])) for sign in (1, -1)}
    for end in size.ends_ras_mm:
        assert min(np.linalg.norm(np.subtract(end, pole)) for pole in poles) < 1.0


def test_recist_axes_of_an_upright_ellipsoid_are_those_of_its_largest_section() -> None:
    turn = Rotation.from_euler("z", 35, degrees=True).as_matrix()
    mask = ellipsoid((11, 6, 20), (0.5, 0.5, 2.0), turn)

    size = node_size(mask, geometry_of(mask, (0.5, 0.5, 2.0)))

    assert size.axial_long_mm == pytest.approx(22.0, abs=0.3)
    assert size.axial_short_mm == pytest.approx(12.0, abs=0.3)
    assert size.axial_section == pytest.approx(np.argwhere(mask)[:, 0].mean(), abs=1.0)
    assert size.greatest_dimension_mm == pytest.approx(40.0, abs=0.5)
    long, short = (np.subtract(*ends) for ends in (size.axial_long_ends_ras_mm, size.axial_short_ends_ras_mm))
    assert np.dot(long, short) == pytest.approx(0.0, abs=1e-6)
    assert np.linalg.norm(short) == pytest.approx(size.axial_short_mm)


def test_axial_axes_of_a_coronal_image_are_cut_across_the_patient() -> None:
    coronal = np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])  # columns: i to L, j to I, k to P
    mask = ellipsoid((6, 15, 9), (0.6, 0.6, 1.2))

    size = node_size(mask, geometry_of(mask, (0.6, 0.6, 1.2), coronal))

    assert size.section_axis == 1
    assert size.axial_long_mm == pytest.approx(18.0, abs=0.5)
    assert size.axial_short_mm == pytest.approx(12.0, abs=0.5)
    assert size.sections == np.count_nonzero(mask.any(axis=(0, 2)))


def test_a_node_in_a_single_section_is_measured_within_it() -> None:
    mask = np.zeros((5, 40, 40), bool)
    mask[2] = np.hypot(*(np.mgrid[:40, :40] - 19.7)) <= 12

    size = node_size(mask, geometry_of(mask, (0.5, 0.5, 5.0)))

    assert size.sections == 1
    assert size.greatest_dimension_mm == size.axial_long_mm == pytest.approx(12.0, abs=0.3)
    assert size.min_width_mm == 5.0
    assert size.uncertainty_mm == 5.0


def test_a_single_voxel_is_as_large_as_a_voxel() -> None:
    mask = np.zeros((3, 3, 3), bool)
    mask[1, 1, 1] = True
    size = node_size(mask, geometry_of(mask, (0.5, 0.5, 2.0)))
    assert size.greatest_dimension_mm == pytest.approx(0.5)


@pytest.mark.parametrize("sections", [2, 3, 10])
def test_a_body_that_does_not_taper_ends_half_a_section_beyond_the_last(sections: int) -> None:
    mask = np.zeros((sections + 2, 12, 12), bool)
    mask[1:-1] = np.hypot(*(np.mgrid[:12, :12] - 5.5)) <= 2

    size = node_size(mask, geometry_of(mask, (0.5, 0.5, 4.0)))

    assert size.sections == sections
    assert size.greatest_dimension_mm == pytest.approx(sections * 4.0, abs=0.5)


def test_a_thin_tail_that_the_reader_drew_counts() -> None:
    mask = ellipsoid((5, 5, 5), (0.5, 0.5, 0.5), off_centre=(0, 0, 0))
    mask = np.pad(mask, ((0, 0), (0, 0), (0, 20)))
    middle = mask.shape[0] // 2
    end = int(np.flatnonzero(mask[middle, middle])[-1])
    mask[middle, middle, end : end + 16] = True

    tail = node_size(mask, geometry_of(mask, (0.5, 0.5, 0.5)))

    assert tail.greatest_dimension_mm == pytest.approx(10.0 + 15 * 0.5, abs=0.5)


def test_a_cavity_belongs_to_the_node() -> None:
    spacing = (0.5, 0.5, 0.5)
    solid = ellipsoid((10, 8, 8), spacing)
    rim = solid & ~ndimage.binary_erosion(solid)

    assert node_size(rim, geometry_of(rim, spacing)) == node_size(solid, geometry_of(solid, spacing))


def test_stray_voxels_change_the_count_and_the_span_but_not_the_size() -> None:
    spacing = (0.5, 0.5, 1.0)
    clean = np.pad(ellipsoid((8, 7, 6), spacing), 30)
    stray = clean.copy()
    stray[2, 3, 4] = True

    alone, flagged = (node_size(m, geometry_of(m, spacing)) for m in (clean, stray))

    assert flagged.components == 2
    assert flagged.greatest_dimension_mm == alone.greatest_dimension_mm
    assert flagged.ends_ras_mm == alone.ends_ras_mm
    assert flagged.volume_mm3 == alone.volume_mm3
    farthest = pdist(np.argwhere(stray) * spacing[::-1]).max()
    assert flagged.span_mm == pytest.approx(farthest, abs=0.7)


def test_a_node_at_the_edge_of_the_image_is_flagged() -> None:
    spacing = (0.8, 0.8, 0.8)
    mask = ellipsoid((6, 6, 6), spacing)
    cut = mask[mask.shape[0] // 2 :]
    assert node_size(cut, geometry_of(cut, spacing)).touches_border


def test_what_cannot_be_measured_says_so() -> None:
    mask = np.zeros((4, 5, 6), bool)
    with pytest.raises(InputError, match="mask is empty"):
        node_size(mask, geometry_of(mask, (1, 1, 1)))
    with pytest.raises(InputError, match="give them alike"):
        node_size(mask, ImageGeometry((4, 5, 6), (1, 1, 1)))


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_longest_chord_is_that_of_all_pairs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(rng.integers(2, 700), rng.integers(2, 4))) * rng.uniform(0.1, 20)
    chord = longest_chord(hull_vertices(points))
    assert chord.length == pytest.approx(pdist(points).max())
    assert np.linalg.norm(chord.ends[0] - chord.ends[1]) == pytest.approx(chord.length)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_perpendicular_chord_is_the_widest_of_many_cuts(seed: int) -> None:
    rng = np.random.default_rng(seed)
    corners = hull_vertices(rng.normal(size=(60, 2)) * (3, 1))
    axis = rng.normal(size=2)

    chord = longest_perpendicular_chord(corners, axis)

    along = axis / np.linalg.norm(axis)
    across = np.array([-along[1], along[0]])
    edges = np.stack([corners, np.roll(corners, -1, axis=0)], axis=1)
    widths = []
    for x in np.linspace((corners @ along).min(), (corners @ along).max(), 400)[1:-1]:
        a, b = edges[:, 0] @ along - x, edges[:, 1] @ along - x
        cut = (a > 0) != (b > 0)
        share = a[cut] / (a[cut] - b[cut])
        heights = (edges[cut, 0] + share[:, None] * (edges[cut, 1] - edges[cut, 0])) @ across
        widths.append(np.ptp(heights))
    assert chord.length >= max(widths) - 1e-9
    assert chord.length == pytest.approx(max(widths), rel=0.01)


def test_the_least_width_of_a_turned_box_is_its_thinnest_side() -> None:
    corners = np.array([[x, y, z] for x in (0, 9) for y in (0, 5) for z in (0, 2)], dtype=float)
    turned = np.vstack([corners, corners.mean(axis=0)]) @ Rotation.random(random_state=4).as_matrix()
    assert smallest_width(turned) == pytest.approx(2.0)


@pytest.mark.parametrize("seed", range(3))
def test_the_size_is_the_brute_force_diameter_of_the_whole_surface(seed: int) -> None:
    mask = ellipsoid((7, 5, 4), (0.6, 0.6, 1.8), Rotation.random(random_state=seed).as_matrix())
    spacing_kji = (1.8, 0.6, 0.6)

    every_point = solid_points(section_outlines(mask, spacing_kji, 0), 1.8)

    size = node_size(mask, geometry_of(mask, (0.6, 0.6, 1.8)))
    assert size.greatest_dimension_mm == pytest.approx(pdist(every_point).max(), abs=1e-3)


@pytest.mark.parametrize("seed", range(5))
def test_simpleitk_agrees_up_to_its_bias_of_one_voxel(seed: int) -> None:
    """SimpleITK measures between voxel centres, so it lacks up to a voxel, and never exceeds us."""
    spacing = (0.6, 0.6, 0.6)
    mask = ellipsoid((10, 7, 5), spacing, Rotation.random(random_state=seed).as_matrix())
    labels = SimpleITK.GetImageFromArray(mask.astype(np.uint8))
    labels.SetSpacing(spacing)
    statistics = SimpleITK.LabelShapeStatisticsImageFilter()
    statistics.ComputeFeretDiameterOn()
    statistics.Execute(labels)

    size = node_size(mask, geometry_of(mask, spacing))

    assert 0.0 <= size.greatest_dimension_mm - statistics.GetFeretDiameter(1) <= 0.6 * np.sqrt(3)
    assert size.volume_mm3 == pytest.approx(statistics.GetPhysicalSize(1))


@pytest.mark.parametrize("thick", [1.0, 3.0])
def test_the_stated_uncertainty_holds_for_nearly_all_bodies(thick: float) -> None:
    rng = np.random.default_rng(8)
    held = []
    for _ in range(40):
        half = rng.uniform(4, 12) * np.array([1, rng.uniform(0.5, 1), rng.uniform(0.4, 1)])
        spacing = (0.7, 0.7, thick)
        mask = ellipsoid(tuple(half), spacing, Rotation.random(random_state=rng).as_matrix(), rng.uniform(-0.5, 0.5, 3))
        size = node_size(mask, geometry_of(mask, spacing))
        held.append(abs(size.greatest_dimension_mm - 2 * half.max()) <= size.uncertainty_mm)
    assert np.mean(held) >= 0.95


@pytest.mark.parametrize("seed", range(60, 68))
def test_a_node_of_24_mm_is_right_to_a_tenth_of_a_millimetre_at_half_a_millimetre(seed: int) -> None:
    rng = np.random.default_rng(seed)
    spacing = (0.5, 0.5, 0.5)
    mask = ellipsoid((12, 8, 6), spacing, Rotation.random(random_state=rng).as_matrix(), rng.uniform(-0.5, 0.5, 3))

    size = node_size(mask, geometry_of(mask, spacing))

    assert size.greatest_dimension_mm == pytest.approx(24.0, abs=0.1)
    assert size.volume_mm3 == pytest.approx(4 / 3 * np.pi * 12 * 8 * 6, rel=0.005)
    assert np.linalg.norm(np.subtract(*size.ends_ras_mm)) == pytest.approx(size.greatest_dimension_mm)


def test_fitted_tips_are_nearer_to_the_truth_than_single_voxels() -> None:
    fitted, plain = [], []
    for seed in range(30, 42):
        mask = ellipsoid((9, 5, 4), (0.5, 0.5, 0.5), Rotation.random(random_state=seed).as_matrix())
        chord = longest_chord(hull_vertices(solid_points(section_outlines(mask, (0.5, 0.5, 0.5), 0), 0.5)))
        fitted.append(with_fitted_tips(chord, mask, (0.5, 0.5, 0.5)).length - 18.0)
        plain.append(chord.length - 18.0)
    assert np.abs(fitted).mean() < 0.7 * np.abs(plain).mean()
    assert np.abs(fitted).mean() < 0.06


def test_tips_of_thick_sections_corners_and_tails_stay_where_they_are() -> None:
    box = np.ones((12, 12, 12), bool)
    corners = Chord(11 * 3**0.5, np.array([[0.0, 0, 0], [11, 11, 11]]))
    assert with_fitted_tips(corners, box, (1, 1, 1)).length == pytest.approx(corners.length, abs=1.0)
    tail = np.zeros((3, 3, 12), bool)
    tail[1, 1] = True
    along = Chord(11.0, np.array([[1.0, 1, 0], [1, 1, 11]]))
    assert with_fitted_tips(along, tail, (1, 1, 1)).length == 11.0
    assert with_fitted_tips(along, tail, (3, 1, 1)) is along


@pytest.mark.parametrize("sections", [2, 3])
def test_a_column_of_few_voxels_is_as_long_as_it_is(sections: int) -> None:
    mask = np.zeros((sections + 2, 3, 3), bool)
    mask[1:-1, 1, 1] = True
    size = node_size(mask, geometry_of(mask, (1.0, 1.0, 1.0)))
    assert size.greatest_dimension_mm == pytest.approx(sections, abs=0.6)
    assert size.components == 1


def test_two_parts_are_measured_apart_and_spanned_together() -> None:
    spacing = (0.6, 0.6, 0.6)
    ball = ellipsoid((5, 5, 5), spacing)
    mask = np.concatenate([ball, np.zeros_like(ball), ball], axis=2)

    size = node_size(mask, geometry_of(mask, spacing))

    assert size.components == 2
    assert size.greatest_dimension_mm == pytest.approx(10.0, abs=0.2)
    assert size.span_mm == pytest.approx(10.0 + 2 * ball.shape[2] * 0.6, abs=0.4)
    assert size.volume_mm3 == pytest.approx(4 / 3 * np.pi * 125, rel=0.02)


def test_an_oblique_grid_changes_no_length() -> None:
    mask = ellipsoid((9, 6, 5), (0.5, 0.5, 1.0), Rotation.random(random_state=3).as_matrix())
    turned = Rotation.from_euler("zyx", (20, -25, 10), degrees=True).as_matrix()

    straight, oblique = (node_size(mask, geometry_of(mask, (0.5, 0.5, 1.0), axes)) for axes in (AXES, turned))

    assert oblique.greatest_dimension_mm == pytest.approx(straight.greatest_dimension_mm)
    assert oblique.volume_mm3 == pytest.approx(straight.volume_mm3)
    assert np.linalg.norm(np.subtract(*oblique.ends_ras_mm)) == pytest.approx(oblique.greatest_dimension_mm)


def test_a_mask_that_fills_the_image_is_measured_and_flagged() -> None:
    mask = np.ones((6, 8, 10), bool)
    size = node_size(mask, geometry_of(mask, (1.0, 1.0, 1.0)))
    assert size.touches_border
    assert size.volume_mm3 == 480.0
    assert size.greatest_dimension_mm == pytest.approx(np.linalg.norm((6, 8, 10)), abs=1.5)
