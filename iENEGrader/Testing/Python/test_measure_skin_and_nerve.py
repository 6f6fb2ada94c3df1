"""Skin and nerve beside a node: necks of known skin and fat, nerves of known distance, muscles of known fat."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image
from iENEGraderLib.measure.evidence_class import EvidenceClass
from iENEGraderLib.measure.infiltration.nerve import NerveSigns, nerve_signs
from iENEGraderLib.measure.infiltration.skin import SkinInfiltration, skin_infiltration
from iENEGraderLib.measure.preferences import default_preferences
from skin_phantoms import (
    NECK_RADIUS_MM,
    NervePhantom,
    NervePlan,
    SkinPhantom,
    SkinPlan,
    draw_neck,
    draw_nerve,
)
from vein_phantoms import oblique_axes

MET, NOT_MET, INDETERMINATE, NOT_ASSESSABLE = (
    EvidenceClass.MET,
    EvidenceClass.NOT_MET,
    EvidenceClass.INDETERMINATE,
    EvidenceClass.NOT_ASSESSABLE,
)
FREE = SkinPlan()
TOUCHING = SkinPlan(fat_mm=0.0)
INFILTRATED = SkinPlan(fat_mm=0.0, thick_mm=4.5)


@cache
def drawn(plan: SkinPlan, section_mm: float = 1.0) -> SkinPhantom:
    return draw_neck(plan, section_mm, np.random.default_rng(4))


def measured(phantom: SkinPhantom, **changed: object) -> SkinInfiltration:
    given = {"plane": phantom.plane, "others": (phantom.muscle,)}
    return skin_infiltration(phantom.image, phantom.node, **{**given, **changed})


@pytest.mark.parametrize("section_mm", [0.5, 1.0, 3.0])
@pytest.mark.parametrize(
    ("plan", "expected", "fat_lost"),
    [(FREE, NOT_MET, NOT_MET), (TOUCHING, NOT_MET, MET), (INFILTRATED, MET, MET)],
    ids=["free", "touching", "infiltrated"],
)
def test_only_lost_fat_with_thick_skin_meets_the_criterion(
    plan: SkinPlan, expected: EvidenceClass, fat_lost: EvidenceClass, section_mm: float
) -> None:
    rng = np.random.default_rng(round(10 * section_mm))
    plan = replace(plan, azimuth_deg=rng.uniform(-50, 50))

    found = measured(draw_neck(plan, section_mm, rng, oblique_axes(rng)))

    assert (found.evidence_class, found.fat_lost) == (expected, fat_lost)


def test_skin_and_its_reference_are_measured() -> None:
    found = measured(drawn(INFILTRATED, 0.5))

    assert found.skin_mm == pytest.approx(4.5, abs=0.4)
    assert found.reference_skin_mm == pytest.approx(2.0, abs=0.4)
    assert found.ratio == pytest.approx(found.skin_mm / found.reference_skin_mm)
    assert found.reference == "the mirrored place"
    # The flattened side of a ball of 8 mm that is cut 1.5 mm below its top.
    assert found.length_mm == pytest.approx(2 * np.sqrt(8**2 - 6.5**2), abs=2.0)


@pytest.mark.parametrize("fat_mm", [2.0, 4.0, 6.0])
def test_the_fat_stripe_is_measured(fat_mm: float) -> None:
    found = measured(drawn(SkinPlan(fat_mm=fat_mm), 0.5))

    assert found.least_fat_mm == pytest.approx(fat_mm, abs=0.5)
    assert found.distance_mm == pytest.approx(fat_mm + 2.0, abs=0.5)
    assert found.evidence_class is NOT_MET


def test_thick_skin_over_kept_fat_does_not_meet_the_criterion() -> None:
    found = measured(drawn(SkinPlan(thick_mm=4.5)))

    assert (found.evidence_class, found.fat_lost) == (NOT_MET, NOT_MET)


def test_a_fat_stripe_at_its_threshold_is_left_open() -> None:
    phantom = drawn(SkinPlan(fat_mm=2.0, thick_mm=4.0), 0.5)
    fat = measured(phantom).least_fat_mm
    limits = default_preferences().changed({"skin.lost_fat_mm": fat - 0.1, "skin.least_length_mm": 0.5})

    found = measured(phantom, preferences=limits)

    assert (found.evidence_class, found.fat_lost) == (INDETERMINATE, INDETERMINATE)
    assert np.isfinite(found.place_ras_mm).all()
    assert found.ratio > 1.5


def test_the_place_lies_on_the_surface_above_the_node() -> None:
    phantom = drawn(INFILTRATED)

    found = measured(phantom)

    angle = np.radians(20.0)
    along = NECK_RADIUS_MM * np.array([0, np.sin(angle), np.cos(angle)]) / phantom.image.geometry.spacing_kji_mm
    truth = phantom.image.geometry.ras_from_kji((np.array(phantom.node.shape) - 1) / 2 + along)
    assert np.linalg.norm(np.subtract(found.place_ras_mm, truth)) < 2.0


def test_without_plane_the_skin_of_the_same_side_is_the_reference() -> None:
    found = measured(drawn(INFILTRATED), plane=None)

    assert found.evidence_class is MET
    assert "same side more than 20 mm away" in found.reference
    assert found.reference_skin_mm == pytest.approx(2.0, abs=0.4)


def test_a_label_of_the_skin_gives_the_same_class() -> None:
    for plan in (TOUCHING, INFILTRATED):
        phantom = drawn(plan)

        by_label, by_image = measured(phantom, skin=phantom.skin), measured(phantom)

        assert by_label.evidence_class is by_image.evidence_class
        assert by_label.skin_mm == pytest.approx(plan.thick_mm, abs=0.4)


def test_skin_that_is_thick_on_both_sides_does_not_meet_the_criterion() -> None:
    found = measured(drawn(SkinPlan(skin_mm=4.0, thick_mm=4.0, fat_mm=0.0)))

    assert (found.evidence_class, found.fat_lost, found.thickening) == (NOT_MET, MET, NOT_MET)


def test_a_ratio_near_the_threshold_is_left_open() -> None:
    phantom = drawn(INFILTRATED)
    ratio = measured(phantom).ratio

    found = measured(phantom, preferences=default_preferences().changed({"skin.thick_ratio": ratio + 0.02}))

    assert (found.evidence_class, found.thickening) == (INDETERMINATE, INDETERMINATE)


def test_a_node_labelled_up_to_the_surface_leaves_no_skin_to_measure() -> None:
    phantom = drawn(INFILTRATED)
    k, j, i = np.nonzero(phantom.node)
    near = np.zeros_like(phantom.node)
    near[k.min() : k.max() + 1, j.min() : j.max() + 1, i.min() : i.max() + 10] = True
    node = phantom.node | (phantom.skin & near)

    found = skin_infiltration(phantom.image, node, plane=phantom.plane)

    assert found.evidence_class is INDETERMINATE
    assert "reaches the surface" in found.reason


def test_a_muscle_between_skin_and_node_is_not_taken_for_skin() -> None:
    phantom = drawn(INFILTRATED)

    found = skin_infiltration(phantom.image, phantom.node, others=(phantom.skin,))

    assert found.evidence_class is NOT_MET
    assert "nothing labelled between" in found.reason


def test_a_node_deep_in_the_neck_is_not_near_the_skin() -> None:
    found = measured(drawn(SkinPlan(fat_mm=11.0)))

    assert found.evidence_class is NOT_MET
    assert "no part of the node lies within 10 mm" in found.reason


def test_loss_in_one_thin_section_is_not_enough() -> None:
    phantom = drawn(INFILTRATED, 0.5)
    node = np.zeros_like(phantom.node)
    node[len(node) // 2] = phantom.node[len(node) // 2]

    found = skin_infiltration(phantom.image, node, plane=phantom.plane)

    assert found.evidence_class is NOT_MET


@pytest.mark.parametrize("voxels", [0, 1])
def test_a_node_of_hardly_anything_meets_nothing(voxels: int) -> None:
    phantom = drawn(FREE)
    node = np.zeros_like(phantom.node)
    node[tuple(np.argwhere(phantom.node).mean(axis=0).astype(int))] = bool(voxels)

    found = skin_infiltration(phantom.image, node)

    assert found.evidence_class is (NOT_MET if voxels else NOT_ASSESSABLE)
    assert found.reason


@pytest.mark.parametrize("azimuth_deg", [0.0, 20.0])
def test_a_body_cut_off_by_the_image_has_no_skin_there(azimuth_deg: float) -> None:
    phantom = drawn(replace(INFILTRATED, azimuth_deg=azimuth_deg))
    end = int(np.argwhere(phantom.node)[:, 2].max()) + 1
    k, j, _ = phantom.node.shape
    geometry = ImageGeometry((end, j, k), phantom.image.geometry.spacing_mm)
    image = Image(np.ascontiguousarray(phantom.image.voxels[..., :end]), geometry, "CT")

    found = skin_infiltration(image, phantom.node[..., :end])

    assert found.evidence_class is NOT_ASSESSABLE
    assert any("border of the image" in warning for warning in found.warnings)


def test_bad_input_for_the_skin_is_refused() -> None:
    phantom = drawn(FREE)

    with pytest.raises(InputError, match="the node has shape"):
        skin_infiltration(phantom.image, phantom.node[1:])
    with pytest.raises(InputError, match="the skin has shape"):
        skin_infiltration(phantom.image, phantom.node, phantom.skin[1:])
    with pytest.raises(InputError, match="not in Hounsfield units"):
        skin_infiltration(replace(phantom.image, voxels=phantom.image.voxels + 1100), phantom.node)


def signs(plan: NervePlan, **left_out: None) -> NerveSigns:
    phantom = the_nerve(plan)
    muscles = {"muscle": phantom.muscle, "other_muscle": phantom.other_muscle}
    return nerve_signs(phantom.image, phantom.nerve, phantom.node, **{**muscles, **left_out})


@cache
def the_nerve(plan: NervePlan) -> NervePhantom:
    rng = np.random.default_rng(6)
    return draw_nerve(plan, (0.5, 0.5, 0.5), rng, oblique_axes(rng))


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (NervePlan(), NOT_MET),
        (NervePlan(gap_mm=0.0), NOT_MET),
        (NervePlan(fat_share=0.3), NOT_MET),
        (NervePlan(gap_mm=0.0, fat_share=0.3), MET),
        (NervePlan(gap_mm=0.0, volume_share=0.6), MET),
    ],
    ids=["neither", "fat effaced", "denervated", "both, fatty", "both, small"],
)
def test_a_nerve_needs_effaced_fat_and_a_muscle_without_nerve(plan: NervePlan, expected: EvidenceClass) -> None:
    found = signs(plan)

    assert found.evidence_class is expected
    assert found.fat_plane.evidence_class is (MET if plan.gap_mm == 0 else NOT_MET)
    assert found.denervation.evidence_class is (MET if plan.fat_share or plan.volume_share < 1 else NOT_MET)


def test_fat_and_volume_of_the_muscle_are_measured() -> None:
    found = signs(NervePlan(fat_share=0.3, volume_share=0.7)).denervation

    assert found.fat_share_difference == pytest.approx(0.3, abs=0.03)
    assert found.other_fat_share == pytest.approx(0.0, abs=0.02)
    assert found.volume_loss == pytest.approx(0.3, abs=0.02)


@pytest.mark.parametrize("plan", [NervePlan(fat_share=0.1), NervePlan(volume_share=0.8)], ids=["fat", "volume"])
def test_asymmetry_at_its_threshold_is_left_open(plan: NervePlan) -> None:
    found = signs(replace(plan, gap_mm=0.0))

    assert (found.denervation.evidence_class, found.evidence_class) == (INDETERMINATE, INDETERMINATE)


def test_a_larger_muscle_is_no_sign_of_denervation() -> None:
    found = signs(NervePlan(volume_share=1.4)).denervation

    assert found.evidence_class is NOT_MET
    assert "40% more than on the other side" in found.reason


def test_effaced_fat_without_muscles_is_left_open() -> None:
    effaced = signs(NervePlan(gap_mm=0.0), muscle=None)
    kept = signs(NervePlan(), other_muscle=None)

    assert (effaced.evidence_class, effaced.denervation.evidence_class) == (INDETERMINATE, NOT_ASSESSABLE)
    assert kept.evidence_class is NOT_MET


def test_a_muscle_at_the_border_of_the_image_is_not_compared_by_volume() -> None:
    phantom = the_nerve(NervePlan(volume_share=0.6))
    muscle = phantom.muscle.copy()
    muscle[0, 0, 0] = True

    found = nerve_signs(
        phantom.image, phantom.nerve, phantom.node, muscle=muscle, other_muscle=phantom.other_muscle
    ).denervation

    assert found.evidence_class is INDETERMINATE
    assert "border of the image" in found.reason


def test_a_nerve_or_node_of_nothing_is_not_assessable() -> None:
    phantom = the_nerve(NervePlan(gap_mm=0.0))
    nothing = np.zeros_like(phantom.node)

    for nerve, node in ((nothing, phantom.node), (phantom.nerve, nothing)):
        found = nerve_signs(phantom.image, nerve, node)
        assert found.evidence_class is NOT_ASSESSABLE
        assert found.reason


def test_masks_of_another_grid_are_refused() -> None:
    phantom = the_nerve(NervePlan())

    with pytest.raises(InputError, match="the nerve has shape"):
        nerve_signs(phantom.image, phantom.nerve[1:], phantom.node)
    with pytest.raises(InputError, match="the muscle of the other side has shape"):
        nerve_signs(phantom.image, phantom.nerve, phantom.node, other_muscle=phantom.muscle[1:])
