"""Infiltration of muscle and gland: plumes of known depth, labels that give them away, and what cannot be told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image
from hypothesis import given, settings
from hypothesis import strategies as st
from iENEGraderLib.measure.evidence_class import EvidenceClass
from iENEGraderLib.measure.infiltration import Infiltration, StructureKind, infiltration
from iENEGraderLib.measure.infiltration.expected_contour import closed
from iENEGraderLib.measure.infiltration.surroundings import rims_from
from iENEGraderLib.measure.preferences import default_preferences
from iENEGraderLib.measure.units import Unit
from iENEGraderLib.sample import Severity, digital_neck, sample_image, sample_segmentation
from infiltration_phantoms import Phantom, Scan, ct_scan, drawn, iodine_scan, random_scene, upright_scene
from scipy.spatial.transform import Rotation

THIN, COARSE, THICK = (1.0, 0.5, 0.5), (1.0, 1.0, 1.0), (3.0, 0.5, 0.5)
CT = ct_scan(COARSE, 1.2, 9.0)
IODINE = iodine_scan(COARSE, 1.2, 0.3)


def measured(phantom: Phantom, unit: Unit = Unit.HU, kind: StructureKind = StructureKind.MUSCLE) -> Infiltration:
    return infiltration(phantom.image, phantom.muscle, phantom.node, unit=unit, kind=kind)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.fixture(scope="module")
def an_invaded_muscle() -> Phantom:
    return drawn(upright_scene(5.0), CT, rng(1))


@pytest.fixture(scope="module")
def a_muscle_beside_a_node() -> Phantom:
    return drawn(upright_scene(0.0, flat_mm=3.0), CT, rng(2))


@pytest.mark.parametrize("depth_mm", [3.0, 5.0])
@pytest.mark.parametrize(
    ("scan", "unit"),
    [
        (ct_scan(THIN, 0.8, 12.0), Unit.HU),
        (CT, Unit.HU),
        (iodine_scan(THIN, 0.8, 0.45), Unit.IODINE),
        (IODINE, Unit.IODINE),
    ],
)
def test_growth_is_found_with_its_depth_within_1_mm(depth_mm: float, scan: Scan, unit: Unit) -> None:
    noise = rng(int(depth_mm))
    phantom = drawn(random_scene(depth_mm, scan, noise), scan, noise)

    found = measured(phantom, unit)

    assert found.evidence_class is EvidenceClass.MET
    assert found.depth_mm == pytest.approx(depth_mm, abs=1.0)
    assert found.excess == pytest.approx(scan.node - scan.muscle, rel=0.35)
    assert found.reference == pytest.approx(scan.muscle, rel=0.1)
    assert found.sections >= 2
    assert found.unit is unit


@pytest.mark.parametrize("scan", [ct_scan(THIN, 0.8, 12.0), CT, ct_scan(THICK, 0.8, 8.0)])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_node_that_only_touches_a_muscle_does_not_grow_into_it(scan: Scan, seed: int) -> None:
    found = measured(drawn(random_scene(0.0, scan, rng(seed)), scan, rng(seed)))

    assert found.evidence_class is EvidenceClass.NOT_MET
    assert (found.sections, found.volume_mm3, found.excess) == (0, 0.0, None)


def test_a_lost_fat_plane_alone_is_no_growth(a_muscle_beside_a_node: Phantom) -> None:
    found = measured(a_muscle_beside_a_node)

    assert found.fat_plane is not None
    assert found.fat_plane.evidence_class is EvidenceClass.MET
    assert found.evidence_class is EvidenceClass.NOT_MET


def test_the_place_lies_in_the_growth_on_an_oblique_grid() -> None:
    turn = Rotation.from_euler("xyz", [17.0, -24.0, 9.0], degrees=True)
    phantom = drawn(upright_scene(5.0), CT, rng(3), turn)

    found = measured(phantom)

    k, j, i = np.rint(phantom.image.geometry.kji_from_ras(found.place_ras_mm)).astype(int)
    assert phantom.plume[k, j, i]


def test_sections_are_counted_along_the_patient_and_not_along_the_array(an_invaded_muscle: Phantom) -> None:
    image, muscle, node = an_invaded_muscle.image, an_invaded_muscle.muscle, an_invaded_muscle.node
    grid = image.geometry
    axes = np.asarray(grid.direction_lps)[:, [2, 1, 0]]
    size, spacing = grid.size_ijk[::-1], grid.spacing_mm[::-1]
    turned = ImageGeometry(size, spacing, grid.origin_lps_mm, tuple(map(tuple, axes.tolist())))

    upright = measured(an_invaded_muscle)
    lying = infiltration(Image(image.voxels.transpose(), turned, "CT"), muscle.transpose(), node.transpose())

    assert (lying.sections, lying.length_mm) == (upright.sections, upright.length_mm)
    assert lying.place_ras_mm == pytest.approx(upright.place_ras_mm, abs=1.5)


def test_a_structure_far_away_is_not_looked_at(an_invaded_muscle: Phantom) -> None:
    far = np.zeros_like(an_invaded_muscle.node)
    far[:, :, -6:] = True
    ends = np.flatnonzero(an_invaded_muscle.node.any(axis=(0, 1)))[-1]

    found = infiltration(an_invaded_muscle.image, far, an_invaded_muscle.node)

    assert found.evidence_class is EvidenceClass.NOT_MET
    assert found.distance_mm == pytest.approx(far.shape[2] - 6 - ends - 1, abs=1e-3)
    assert found.fat_plane is None


def test_growth_across_the_sections_is_as_long_as_it_is_deep() -> None:
    above = replace(upright_scene(4.0, flat_mm=2.0), turn=np.eye(3))

    found = measured(drawn(above, CT, rng(13)))

    assert found.evidence_class is EvidenceClass.MET
    assert found.length_mm == pytest.approx(4.0, abs=1.0)


def test_a_bright_island_away_from_the_node_is_no_growth(a_muscle_beside_a_node: Phantom) -> None:
    image = a_muscle_beside_a_node.image
    island = np.zeros_like(a_muscle_beside_a_node.muscle)
    island[18:26, 18:26, 28:33] = True
    bright = Image(image.voxels + 40.0 * island, image.geometry, "CT")

    found = infiltration(bright, a_muscle_beside_a_node.muscle, a_muscle_beside_a_node.node)

    assert found.evidence_class is EvidenceClass.NOT_MET
    assert found.sections == 0


def test_in_the_sample_neck_the_invaded_muscle_alone_is_suspected() -> None:
    neck = digital_neck(4, Severity.GRADE_3, (1.0, 1.0, 2.0))
    image, segments = sample_image(neck), sample_segmentation(neck)
    names = ("sternocleidomastoid", "anterior_scalene", "middle_scalene")
    muscles = [s for s in segments.segments if s.name.startswith(names)]

    classes = {(m.name, n.name): infiltration(image, m, n).evidence_class for m in muscles for n in segments.nodes}

    own = classes.pop(("sternocleidomastoid_left", "node_5"))
    assert own is EvidenceClass.INDETERMINATE
    assert set(classes.values()) == {EvidenceClass.NOT_MET}


def test_fat_between_node_and_muscle_is_told_by_its_width() -> None:
    found = measured(drawn(upright_scene(0.0, gap_mm=2.5, flat_mm=3.0), ct_scan(THIN, 0.8, 8.0), rng(4)))

    assert found.evidence_class is EvidenceClass.NOT_MET
    assert found.distance_mm == pytest.approx(2.5, abs=0.8)
    assert found.fat_plane is not None
    assert found.fat_plane.evidence_class is EvidenceClass.NOT_MET


def test_growth_darker_than_a_gland_is_found_with_a_negative_excess() -> None:
    gland = Scan(COARSE, 1.2, 9.0, node=35.0, muscle=96.0, fat=-100.0)

    found = measured(drawn(upright_scene(5.0), gland, rng(5)), kind=StructureKind.GLAND)

    assert found.evidence_class is EvidenceClass.MET
    assert found.excess == pytest.approx(-61.0, abs=15.0)


def test_fat_lobules_of_a_gland_are_no_growth() -> None:
    scan = Scan(COARSE, 1.2, 9.0, node=95.0, muscle=40.0, fat=-100.0)
    lobules = drawn(upright_scene(5.0), replace(scan, node=-100.0, noise=0.0), rng())
    phantom = drawn(upright_scene(0.0), scan, rng(6))
    places = lobules.muscle
    phantom.image.voxels[places] += lobules.image.voxels[places] - scan.muscle

    found = measured(phantom, kind=StructureKind.GLAND)

    assert found.evidence_class is EvidenceClass.NOT_MET


def test_dark_iodine_in_a_gland_may_be_fat_and_decides_nothing() -> None:
    gland = Scan(COARSE, 1.2, 0.3, node=0.6, muscle=2.4, fat=0.0)

    found = measured(drawn(upright_scene(5.0), gland, rng(7)), Unit.IODINE, StructureKind.GLAND)

    assert found.evidence_class is EvidenceClass.INDETERMINATE


@pytest.mark.parametrize("kind", list(StructureKind))
def test_a_node_that_looks_like_the_structure_cannot_be_told_from_it(kind: StructureKind) -> None:
    alike = Scan(COARSE, 1.2, 9.0, node=95.0, muscle=93.0, fat=-100.0)

    found = measured(drawn(upright_scene(5.0), alike, rng(8)), kind=kind)

    assert found.evidence_class is EvidenceClass.NOT_ASSESSABLE
    assert "does not stand out" in found.reason


def test_growth_labelled_as_node_is_indeterminate_with_its_volume_and_depth(an_invaded_muscle: Phantom) -> None:
    plume = an_invaded_muscle.plume
    muscle, node = an_invaded_muscle.muscle & ~plume, an_invaded_muscle.node | plume

    found = infiltration(an_invaded_muscle.image, muscle, node)

    assert found.evidence_class is EvidenceClass.INDETERMINATE
    assert 0.5 * plume.sum() < found.node_inside_expected_contour_mm3 <= plume.sum()
    assert found.contour is not None
    assert found.contour.depth_mm == pytest.approx(5.0, abs=1.5)
    assert "inside the expected contour" in found.reason
    k, j, i = np.rint(an_invaded_muscle.image.geometry.kji_from_ras(found.place_ras_mm)).astype(int)
    assert plume[k, j, i]


@pytest.mark.parametrize(
    ("is_pushed", "expected"), [(True, EvidenceClass.NOT_MET), (False, EvidenceClass.INDETERMINATE)]
)
def test_a_muscle_pushed_aside_is_told_from_one_that_lost_volume(is_pushed: bool, expected: EvidenceClass) -> None:
    scene = upright_scene(0.0, dent_mm=4.5, radius_mm=6.0, is_pushed=is_pushed)
    phantom = drawn(scene, CT, rng(9))

    found = measured(phantom)

    assert found.node_inside_expected_contour_mm3 > 50.0
    assert found.evidence_class is expected
    assert found.contour is not None
    assert ("pushed aside" in found.contour.reason) == is_pushed


def test_without_image_only_the_shapes_are_compared(an_invaded_muscle: Phantom) -> None:
    grid = an_invaded_muscle.image.geometry

    found = infiltration(None, an_invaded_muscle.muscle, an_invaded_muscle.node, geometry=grid)

    assert found.evidence_class is EvidenceClass.NOT_ASSESSABLE
    assert "no image" in found.reason
    assert found.fat_plane is not None
    assert found.fat_plane.evidence_class is EvidenceClass.NOT_ASSESSABLE


def test_overlapping_labels_are_measured_and_warned_of(an_invaded_muscle: Phantom) -> None:
    node = an_invaded_muscle.node | an_invaded_muscle.plume

    found = infiltration(an_invaded_muscle.image, an_invaded_muscle.muscle, node)

    assert found.overlap_mm3 == pytest.approx(an_invaded_muscle.plume.sum())
    assert found.node_inside_expected_contour_mm3 >= found.overlap_mm3
    assert found.evidence_class is EvidenceClass.INDETERMINATE
    assert any("overlap" in warning for warning in found.warnings)


def test_a_node_within_a_gland_has_no_outer_contour_to_cross(an_invaded_muscle: Phantom) -> None:
    gland = np.ones_like(an_invaded_muscle.node)
    gland[:2] = gland[-2:] = False

    found = infiltration(an_invaded_muscle.image, gland & ~an_invaded_muscle.node, an_invaded_muscle.node)

    assert found.contour is not None
    assert found.contour.evidence_class is EvidenceClass.NOT_MET
    assert "within the structure" in found.contour.reason


def test_without_remote_part_nothing_is_compared(an_invaded_muscle: Phantom) -> None:
    near = np.zeros_like(an_invaded_muscle.muscle)
    near[16:28, 16:28, :30] = True

    found = infiltration(an_invaded_muscle.image, an_invaded_muscle.muscle & near, an_invaded_muscle.node)

    assert found.evidence_class is EvidenceClass.NOT_ASSESSABLE
    assert "remote" in found.reason


def test_a_muscle_as_thin_as_the_blur_is_not_assessed() -> None:
    phantom = drawn(upright_scene(0.0, thickness_mm=3.0), CT, rng(10))
    thick_elsewhere = phantom.muscle.copy()
    thick_elsewhere[:8, :8, 22:] = True

    found = infiltration(phantom.image, thick_elsewhere, phantom.node)

    assert found.evidence_class is EvidenceClass.NOT_ASSESSABLE


def test_growth_across_thick_sections_is_not_assessed() -> None:
    scan = ct_scan(THICK, 0.8, 8.0)
    above = replace(upright_scene(2.0, flat_mm=3.0), turn=np.eye(3), shift_mm=np.array([1.5, 0.0, 0.0]))

    found = measured(drawn(above, scan, rng(11)))

    assert found.evidence_class is EvidenceClass.NOT_ASSESSABLE
    assert "across sections 3 mm apart" in found.reason


def test_a_changed_threshold_decides_and_is_shown(an_invaded_muscle: Phantom) -> None:
    strict = default_preferences().changed({"infiltration.least_length_mm": 40.0})

    found = infiltration(an_invaded_muscle.image, an_invaded_muscle.muscle, an_invaded_muscle.node, strict)

    assert found.evidence_class is EvidenceClass.NOT_MET
    assert strict.named("infiltration.least_length_mm") in found.preferences


def test_voxels_without_iodine_value_are_left_out() -> None:
    phantom = drawn(upright_scene(5.0), IODINE, rng(12))
    phantom.image.voxels[:, :6] = np.nan

    found = measured(phantom, Unit.IODINE)

    assert found.evidence_class is EvidenceClass.MET
    assert found.reference == pytest.approx(0.8, abs=0.1)


@settings(max_examples=4, deadline=None)
@given(shift=st.floats(-20.0, 20.0))
def test_the_excess_is_relative_to_the_structure_itself(an_invaded_muscle: Phantom, shift: float) -> None:
    image = an_invaded_muscle.image
    moved = Image(image.voxels + shift, image.geometry, "CT")

    first = measured(an_invaded_muscle)
    second = infiltration(moved, an_invaded_muscle.muscle, an_invaded_muscle.node)

    assert second.excess == pytest.approx(first.excess, abs=0.1)
    assert second.sections == first.sections


def test_the_other_side_gives_the_asymmetry(an_invaded_muscle: Phantom) -> None:
    image, muscle = an_invaded_muscle.image, an_invaded_muscle.muscle
    half = muscle.copy()
    half[: len(half) // 2] = False

    found = infiltration(image, muscle, an_invaded_muscle.node, other_side=half)

    assert found.asymmetry is not None
    assert found.asymmetry.volume_ratio == pytest.approx(2.0)
    assert found.asymmetry.median_difference == pytest.approx(0.0, abs=2.0)


@pytest.mark.parametrize("what", ["node", "structure"])
@pytest.mark.parametrize("voxels", [0, 1])
def test_labels_without_shape_are_not_assessed(an_invaded_muscle: Phantom, what: str, voxels: int) -> None:
    labels = {"structure": an_invaded_muscle.muscle, "node": an_invaded_muscle.node}
    labels[what] = np.zeros_like(labels[what])
    labels[what].flat[:voxels] = True

    found = infiltration(an_invaded_muscle.image, labels["structure"], labels["node"])

    assert found.evidence_class is EvidenceClass.NOT_ASSESSABLE
    assert f"the label of the {what} has {voxels} voxels" in found.reason


def test_a_node_at_the_edge_of_the_image_is_warned_of(an_invaded_muscle: Phantom) -> None:
    image, first = an_invaded_muscle.image, 21
    grid = replace(image.geometry, size_ijk=(44, 44, 44 - first))

    found = infiltration(
        Image(image.voxels[first:], grid, "CT"), an_invaded_muscle.muscle[first:], an_invaded_muscle.node[first:]
    )

    assert any("edge of the image" in warning for warning in found.warnings)


def test_wrong_input_is_refused_with_what_to_do(an_invaded_muscle: Phantom) -> None:
    image, muscle, node = an_invaded_muscle.image, an_invaded_muscle.muscle, an_invaded_muscle.node
    with pytest.raises(InputError, match="shape"):
        infiltration(image, muscle[1:], node)
    with pytest.raises(InputError, match="modality is MR"):
        infiltration(replace(image, modality="MR"), muscle, node)
    with pytest.raises(InputError, match="give the geometry"):
        infiltration(None, muscle, node)
    with pytest.raises(InputError, match="the labels on"):
        infiltration(image, muscle, node, geometry=replace(image.geometry, spacing_mm=(2.0, 2.0, 2.0)))


def test_the_rim_is_no_thinner_than_the_blur_and_as_wide_as_thick_sections() -> None:
    mask = np.zeros((5, 9, 9), dtype=bool)
    mask[2, 4, 4] = True

    fine, thick = rims_from(mask, np.full(3, 0.3)), rims_from(mask, np.array([3.0, 0.5, 0.5]))

    assert fine[2, 4, 6] < 1 < fine[2, 4, 7]
    assert thick[3, 4, 4] == pytest.approx(1.0)
    assert thick[2, 4, 5] < 1 < thick[2, 4, 6]


def test_closing_fills_a_narrow_hollow_and_leaves_a_wide_one() -> None:
    k, j, i = np.meshgrid(*[np.arange(n) for n in (50, 60, 40)], indexing="ij")
    block = (i > 15) & (i < 30)
    narrow = (k - 25) ** 2 + (j - 15) ** 2 <= 9
    wide = (i + 10) ** 2 + (j - 45) ** 2 <= 30**2

    filled = closed(block & ~(narrow & (i < 22)) & ~wide, np.ones(3), 10.0)

    assert filled[25, 15, 19]
    assert not filled[25, 45, 17]
