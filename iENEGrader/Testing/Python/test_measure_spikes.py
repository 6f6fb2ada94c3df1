"""Spikes: rods and cones of known place on nodes in fat, what only looks like one, and what cannot be assessed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.image import Image
from hypothesis import given, settings
from hypothesis import strategies as st
from iENEGraderLib.measure.evidence_class import EvidenceClass
from iENEGraderLib.measure.preferences import default_preferences
from iENEGraderLib.measure.spikes import SpikeCandidate, SpikeKind, SpikeSurvey, find_spikes
from iENEGraderLib.measure.spikes.core import opened
from iENEGraderLib.measure.spikes.frustum import fitted_tip
from iENEGraderLib.measure.tissue import TissueScale
from scipy import ndimage
from scipy.spatial.transform import Rotation
from spike_phantoms import (
    ARTERY_HU,
    FINE,
    MUSCLE_HU,
    ONE,
    SECTIONS_1,
    SECTIONS_3,
    NodeShape,
    Phantom,
    Scan,
    artery,
    cone,
    drawn,
    lobulated,
    muscle,
    rod,
    spread_directions,
)

HALF = Scan(margin_mm=9.0)
UNEVEN = Scan((0.5, 0.45, 0.45), 0.65, 12.0, margin_mm=9.0)
RADIUS_MM = 5.5
BALL = NodeShape((RADIUS_MM, RADIUS_MM, RADIUS_MM))
SMALL_BALL = NodeShape((4.0, 4.0, 4.0))
UP, ACROSS = np.array([0.6, 0.64, 0.48]), np.array([0.8, -0.48, -0.36])
DOUBTFUL = (SpikeKind.SPIKE, SpikeKind.STRAND, SpikeKind.VESSEL_LIKE, SpikeKind.UNCERTAIN)


def survey_of(phantom: Phantom) -> SpikeSurvey:
    return find_spikes(phantom.image, phantom.node, phantom.others)


def nearest(survey: SpikeSurvey, tip_ras_mm: np.ndarray) -> tuple[SpikeCandidate, float]:
    """The candidate whose tip is nearest to a place, and how near."""
    far = [float(np.linalg.norm(np.subtract(each.tip_ras_mm, tip_ras_mm))) for each in survey.candidates]
    best = int(np.argmin(far))
    return survey.candidates[best], far[best]


def with_voxels(phantom: Phantom, voxels: np.ndarray, modality: str = "CT") -> Image:
    return Image(voxels, phantom.image.geometry, modality)


@pytest.fixture(scope="module")
def a_node_with_a_rod_and_a_cone() -> Phantom:
    return drawn(BALL, (rod(UP, 5.0, 1.2), cone(ACROSS, 4.0, 2.2)), HALF, seed=31)


@pytest.fixture(scope="module")
def a_smooth_node() -> Phantom:
    return drawn(BALL, (), HALF, seed=32)


@pytest.mark.parametrize(
    ("make", "length", "width"), [(rod, 5.0, 1.0), (rod, 3.0, 1.0), (cone, 5.0, 2.5), (cone, 3.0, 2.0)]
)
@pytest.mark.parametrize("scan", [HALF, UNEVEN], ids=["0.5", "0.45 x 0.5"])
def test_rods_and_cones_of_3_mm_and_more_are_found_with_their_tip_within_1_mm(make, length, width, scan) -> None:
    rng = np.random.default_rng([41, int(length), int(10 * width)])
    directions = spread_directions(6, rng)
    phantom = drawn(BALL, tuple(make(d, length, width) for d in directions), scan, seed=42)

    survey = survey_of(phantom)

    assert survey.evidence_class is EvidenceClass.MET
    assert len(survey.spikes) == 6
    for base, tip in zip(phantom.bases_ras_mm, phantom.tips_ras_mm, strict=True):
        found, far = nearest(survey, tip)
        assert far <= 1.0
        assert np.linalg.norm(np.subtract(found.base_ras_mm, base)) <= 0.7
        assert found.length_mm == pytest.approx(length, abs=1.0)
        assert found.base_width_mm == pytest.approx(width, abs=0.7)


def test_at_0_3_mm_a_rod_is_measured_within_half_a_millimetre() -> None:
    phantom = drawn(SMALL_BALL, (rod(UP, 3.0, 1.0),), replace(FINE, margin_mm=9.0), seed=43)

    found, far = nearest(survey_of(phantom), phantom.tips_ras_mm[0])

    assert far <= 0.4
    assert found.length_mm == pytest.approx(3.0, abs=0.4)
    assert found.half_width_mm == pytest.approx(1.0, abs=0.2)


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_a_spike_is_found_at_its_place_on_grids_that_lie_anyhow_in_the_patient(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scan = replace(UNEVEN, turn=Rotation.random(random_state=rng).as_matrix())
    phantom = drawn(SMALL_BALL, (rod(spread_directions(1, rng)[0], 4.0, 1.2),), scan, seed)

    survey = survey_of(phantom)

    assert len(survey.spikes) == 1
    assert nearest(survey, phantom.tips_ras_mm[0])[1] <= 1.0


def test_length_is_the_distance_of_base_and_tip(a_node_with_a_rod_and_a_cone: Phantom) -> None:
    for each in survey_of(a_node_with_a_rod_and_a_cone).spikes:
        assert np.linalg.norm(np.subtract(each.tip_ras_mm, each.base_ras_mm)) == pytest.approx(each.length_mm)
        assert 0.1 < each.length_uncertainty_mm < 1.5


def test_candidates_come_longest_first_with_a_reason(a_node_with_a_rod_and_a_cone: Phantom) -> None:
    survey = survey_of(a_node_with_a_rod_and_a_cone)

    lengths = [each.length_mm for each in survey.candidates]
    assert lengths == sorted(lengths, reverse=True)
    assert "2 spikes offered" in survey.reason
    assert all(each.reason for each in survey.candidates)


def test_it_does_not_matter_whether_the_label_holds_the_spikes(a_node_with_a_rod_and_a_cone: Phantom) -> None:
    phantom = a_node_with_a_rod_and_a_cone
    full = phantom.node_with_spikes

    survey = find_spikes(phantom.image, full)

    assert full.sum() > phantom.node.sum() + 20
    assert len(survey.spikes) == 2
    assert all(nearest(survey, tip)[1] <= 1.0 for tip in phantom.tips_ras_mm)


@pytest.mark.parametrize("change", [ndimage.binary_dilation, ndimage.binary_erosion])
def test_a_label_one_voxel_off_changes_little(a_node_with_a_rod_and_a_cone: Phantom, change) -> None:
    phantom = a_node_with_a_rod_and_a_cone

    survey = find_spikes(phantom.image, change(phantom.node))

    assert len(survey.spikes) == 2
    assert all(nearest(survey, tip)[1] <= 1.0 for tip in phantom.tips_ras_mm)


def test_two_spikes_side_by_side_are_two() -> None:
    turn = Rotation.from_rotvec(np.radians(25) * np.array([0.6, -0.48, 0.64])).as_matrix()
    phantom = drawn(BALL, (cone(UP, 4.0, 2.0), cone(turn @ UP, 4.0, 2.0)), HALF, seed=44)

    assert len(survey_of(phantom).spikes) == 2


def test_a_smooth_node_has_none(a_smooth_node: Phantom) -> None:
    survey = survey_of(a_smooth_node)

    assert survey.evidence_class is EvidenceClass.NOT_MET
    assert survey.candidates == ()
    assert survey.warnings == ()
    assert survey.fat_border_share == pytest.approx(1.0, abs=0.02)
    assert survey.irregularity is not None
    assert survey.irregularity.area_ratio == pytest.approx(1.0, abs=0.02)


def test_an_irregular_margin_is_reported_and_is_no_spike(a_smooth_node: Phantom) -> None:
    smooth = survey_of(a_smooth_node).irregularity
    for seed in (1, 2, 3):
        shape = lobulated(np.random.default_rng(seed), 0.9, 9.0)
        survey = survey_of(drawn(shape, (), HALF, seed))
        assert survey.evidence_class is EvidenceClass.NOT_MET
        assert not survey.of_kind(*DOUBTFUL)
        assert survey.of_kind(SpikeKind.BULGE)
        assert survey.irregularity is not None
        assert smooth is not None
        assert survey.irregularity.area_ratio > smooth.area_ratio + 0.02
        assert survey.irregularity.roughness_mm > smooth.roughness_mm


@pytest.mark.parametrize("gap_mm", [-0.4, 0.0, 0.5, 1.0])
def test_labelled_neighbours_are_no_spikes(gap_mm: float) -> None:
    neighbours = ((artery(UP, RADIUS_MM + gap_mm + 2.5), ARTERY_HU), (muscle(ACROSS, RADIUS_MM + gap_mm), MUSCLE_HU))
    phantom = drawn(BALL, (), HALF, seed=45, others=neighbours)

    survey = survey_of(phantom)

    assert survey.evidence_class is EvidenceClass.NOT_MET
    assert not survey.of_kind(*DOUBTFUL)


def test_a_spike_beside_a_labelled_artery_is_still_found() -> None:
    away = Rotation.from_rotvec(np.radians(80) * np.cross(UP, ACROSS)).as_matrix() @ UP
    phantom = drawn(BALL, (rod(away, 4.0, 1.2),), HALF, seed=46, others=((artery(UP, RADIUS_MM + 3.0), ARTERY_HU),))

    assert len(survey_of(phantom).spikes) == 1


def test_a_bridge_to_a_labelled_muscle_is_a_strand_for_the_reader() -> None:
    phantom = drawn(BALL, (rod(UP, 4.3, 1.2),), HALF, seed=47, others=((muscle(UP, RADIUS_MM + 4.0), MUSCLE_HU),))

    survey = survey_of(phantom)

    assert survey.evidence_class is EvidenceClass.INDETERMINATE
    assert [each.kind for each in survey.candidates] == [SpikeKind.STRAND]
    assert "reaches another structure" in survey.candidates[0].reason


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_bridge_to_tissue_without_label_is_not_offered_as_a_spike(seed: int) -> None:
    bridge = rod(spread_directions(1, np.random.default_rng(seed))[0], 4.3, 1.2)
    slab = ((muscle(bridge.direction, RADIUS_MM + 4.0), MUSCLE_HU),)

    survey = survey_of(drawn(BALL, (bridge,), HALF, seed, unlabelled=slab))

    assert survey.evidence_class is EvidenceClass.INDETERMINATE
    assert [each.kind for each in survey.candidates] == [SpikeKind.STRAND]
    assert "to where the search ends" in survey.candidates[0].reason


def test_what_goes_on_beyond_the_search_is_a_strand() -> None:
    phantom = drawn(BALL, (rod(UP, 10.0, 1.2),), HALF, seed=48)

    survey = survey_of(phantom)

    assert survey.evidence_class is EvidenceClass.INDETERMINATE
    assert survey.candidates[0].kind is SpikeKind.STRAND


def test_a_bright_spike_is_vessel_like() -> None:
    vessel = rod(UP, 4.0, 1.8).solid(RADIUS_MM)

    survey = survey_of(drawn(BALL, (), HALF, seed=49, unlabelled=((vessel, ARTERY_HU),)))

    assert survey.evidence_class is EvidenceClass.INDETERMINATE
    assert [each.kind for each in survey.candidates] == [SpikeKind.VESSEL_LIKE]
    assert survey.candidates[0].enhancement > 40


def test_a_wide_spike_has_the_value_of_its_tissue() -> None:
    survey = survey_of(drawn(BALL, (rod(UP, 5.0, 2.2),), HALF, seed=50))

    assert survey.spikes[0].mean_value == pytest.approx(70.0, abs=12.0)
    assert survey.spikes[0].enhancement == pytest.approx(0.0, abs=12.0)
    assert survey.unit == "[hnsf'U]"


def test_thresholds_can_be_changed_and_are_kept(a_node_with_a_rod_and_a_cone: Phantom) -> None:
    strict = default_preferences().changed({"spikes.least_length_mm": 7.0})

    survey = find_spikes(a_node_with_a_rod_and_a_cone.image, a_node_with_a_rod_and_a_cone.node, (), strict)

    assert survey.evidence_class is EvidenceClass.NOT_MET
    assert {each.kind for each in survey.candidates} == {SpikeKind.SHORT}
    assert survey.preferences == strict.of("spikes")


def test_a_length_within_its_uncertainty_of_the_threshold_decides_nothing(
    a_node_with_a_rod_and_a_cone: Phantom,
) -> None:
    phantom = a_node_with_a_rod_and_a_cone
    measured = survey_of(phantom).spikes[0].length_mm
    at_the_edge = default_preferences().changed({"spikes.least_length_mm": measured})

    survey = find_spikes(phantom.image, phantom.node, (), at_the_edge)

    assert survey.evidence_class is EvidenceClass.INDETERMINATE
    assert survey.candidates[0].kind is SpikeKind.UNCERTAIN


def test_a_fat_map_does_as_well_when_its_scale_is_given(a_node_with_a_rod_and_a_cone: Phantom) -> None:
    phantom = a_node_with_a_rod_and_a_cone
    fat_percent = 100 * (70.0 - phantom.image.voxels) / 165.0
    scale = TissueScale(fat=100.0, soft=0.0, noise=7.0, unit="%")

    survey = find_spikes(with_voxels(phantom, fat_percent, "MR"), phantom.node, (), scale=scale)

    assert survey.unit == "%"
    assert len(survey.spikes) == 2
    assert all(nearest(survey, tip)[1] <= 1.0 for tip in phantom.tips_ras_mm)


def test_slices_of_3_mm_cannot_be_assessed() -> None:
    survey = survey_of(drawn(BALL, (rod(UP, 5.0, 1.2),), SECTIONS_3, seed=51))

    assert survey.evidence_class is EvidenceClass.NOT_ASSESSABLE
    assert "voxel side is 3 mm" in survey.reason


def test_slices_of_1_mm_show_thick_spikes_and_never_say_that_there_is_none() -> None:
    spiked = survey_of(drawn(BALL, (rod(ACROSS, 6.0, 2.2),), SECTIONS_1, seed=52))
    smooth = survey_of(drawn(BALL, (), SECTIONS_1, seed=53))

    assert spiked.evidence_class is EvidenceClass.MET
    assert smooth.evidence_class is EvidenceClass.INDETERMINATE
    assert "hide thin ones" in smooth.reason
    assert any("missed" in text for text in smooth.warnings)


def test_voxels_of_1_mm_on_all_sides_never_offer_a_spike() -> None:
    survey = survey_of(drawn(BALL, (rod(UP, 6.0, 2.5), rod(ACROSS, 6.0, 2.5)), ONE, seed=54))

    assert survey.evidence_class is EvidenceClass.INDETERMINATE
    assert SpikeKind.UNCERTAIN in {each.kind for each in survey.candidates}


def test_an_empty_or_tiny_label_cannot_be_assessed(a_smooth_node: Phantom) -> None:
    empty = np.zeros_like(a_smooth_node.node)
    one_voxel = drawn(NodeShape((1.2, 1.2, 1.2)), (), HALF, seed=55)

    for image, mask, reason in ((a_smooth_node.image, empty, "empty"), (one_voxel.image, one_voxel.node, "too small")):
        survey = find_spikes(image, mask)
        assert survey.evidence_class is EvidenceClass.NOT_ASSESSABLE
        assert reason in survey.reason


def test_one_voxel_in_a_node_is_taken_for_the_node(a_smooth_node: Phantom) -> None:
    one = np.zeros_like(a_smooth_node.node)
    one[tuple(n // 2 for n in one.shape)] = True

    assert find_spikes(a_smooth_node.image, one).evidence_class is not EvidenceClass.MET


def test_a_node_at_the_edge_of_the_image_cannot_be_assessed(a_smooth_node: Phantom) -> None:
    at_edge = np.roll(a_smooth_node.node, -np.argwhere(a_smooth_node.node)[:, 1].min(), axis=1)

    survey = find_spikes(a_smooth_node.image, at_edge)

    assert survey.evidence_class is EvidenceClass.NOT_ASSESSABLE
    assert "edge of the image" in survey.reason


def test_a_node_close_to_the_edge_is_assessed_with_a_warning() -> None:
    survey = survey_of(drawn(BALL, (), replace(HALF, margin_mm=5.0), seed=56))

    assert survey.evidence_class is EvidenceClass.NOT_MET
    assert any("ends close to the node" in text for text in survey.warnings)


def test_a_node_without_fat_round_it_cannot_be_assessed() -> None:
    gland = ((muscle(UP, -9.5, 19.0), MUSCLE_HU),)

    survey = survey_of(drawn(SMALL_BALL, (), HALF, seed=57, others=gland))

    assert survey.evidence_class is EvidenceClass.NOT_ASSESSABLE
    assert "surroundings of the node is fat" in survey.reason


def test_a_node_with_little_fat_round_it_is_assessed_with_a_warning() -> None:
    bed = ((muscle(UP, -7.5, 9.5), MUSCLE_HU),)

    survey = survey_of(drawn(BALL, (), HALF, seed=58, others=bed))

    assert survey.fat_border_share is not None
    assert 0.1 < survey.fat_border_share < 0.5
    assert any("elsewhere no spike can be seen" in text for text in survey.warnings)


def test_air_is_not_taken_for_fat() -> None:
    throat = ((muscle(UP, RADIUS_MM + 0.5, 15.0), -1000.0),)

    survey = survey_of(drawn(BALL, (), HALF, seed=60, unlabelled=throat))

    assert survey.fat_border_share is not None
    assert 0.5 < survey.fat_border_share < 0.9
    assert not survey.spikes


def test_an_image_without_fat_or_full_of_noise_cannot_be_assessed(a_smooth_node: Phantom) -> None:
    no_fat = with_voxels(a_smooth_node, np.full(a_smooth_node.node.shape, 40, np.int16))
    noise = np.random.default_rng(59).normal(0, 60, a_smooth_node.node.shape)
    noisy = with_voxels(a_smooth_node, a_smooth_node.image.voxels + noise)

    for image in (no_fat, noisy):
        survey = find_spikes(image, a_smooth_node.node)
        assert survey.evidence_class is EvidenceClass.NOT_ASSESSABLE
        assert survey.reason


def test_labels_that_overlap_stay_with_the_node_and_are_told(a_node_with_a_rod_and_a_cone: Phantom) -> None:
    phantom = a_node_with_a_rod_and_a_cone
    inner = ndimage.binary_erosion(phantom.node, iterations=3)

    survey = find_spikes(phantom.image, phantom.node, (inner,))

    assert len(survey.spikes) == 2
    assert f"{inner.sum()} voxels belong to the node and to another label" in " ".join(survey.warnings)


def test_labels_of_another_grid_and_other_modalities_are_refused(a_smooth_node: Phantom) -> None:
    short = a_smooth_node.node[1:]

    with pytest.raises(InputError, match="the node has shape"):
        find_spikes(a_smooth_node.image, short)
    with pytest.raises(InputError, match="label 1 beside the node has shape"):
        find_spikes(a_smooth_node.image, a_smooth_node.node, (short,))
    with pytest.raises(InputError, match="modality is MR"):
        find_spikes(with_voxels(a_smooth_node, a_smooth_node.image.voxels, "MR"), a_smooth_node.node)


def test_opening_takes_a_rod_off_a_ball_and_leaves_the_ball() -> None:
    k, j, i = np.indices((50, 50, 80)) * 0.5 - 12.25
    ball = k**2 + j**2 + i**2 <= 49
    rod_on_it = (k**2 + j**2 <= 0.8**2) & (i >= 0) & (i <= 14)

    core = opened(ball | rod_on_it, 2.0, 0.5)

    assert np.count_nonzero(core & (i > 8)) == 0
    assert np.count_nonzero(core) == pytest.approx(np.count_nonzero(ball), rel=0.03)
    assert not opened(rod_on_it, 2.0, 0.5).any()


@pytest.mark.parametrize(("length", "width", "tip_width"), [(4.0, 1.0, 1.0), (5.0, 2.0, 0.6), (2.5, 1.4, 0.5)])
def test_the_tip_of_a_blurred_frustum_is_found_in_its_cross_sections(length, width, tip_width) -> None:
    along = np.arange(0.7, length + 1.5, 0.25)
    fine = np.arange(-4, 12, 0.01)
    sharp = np.pi / 4 * (width + (tip_width - width) * np.clip(fine / length, 0, 1)) ** 2 * (fine <= length)
    area = np.interp(along, fine, ndimage.gaussian_filter1d(sharp, 0.39 / 0.01, mode="nearest"))

    fit = fitted_tip(along + 2.0, area, 2.0, 0.5, 0.05)

    assert fit is not None
    assert fit.tip_mm - 2.0 == pytest.approx(length, abs=0.5)
    assert 0 < fit.uncertainty_mm < 0.7


def test_too_few_cross_sections_give_no_tip() -> None:
    assert fitted_tip(np.array([0.7, 0.95]), np.array([0.8, 0.7]), 0.0, 0.5, 0.05) is None
