"""The truth of the digital neck against its voxels, measured without the formulas that made it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from iENEGraderLib.reading.serialization import reading_from_json, reading_to_json
from iENEGraderLib.reading.vocabulary import Certainty, FindingKind
from iENEGraderLib.rules.grading import grade_node
from iENEGraderLib.sample import DigitalNeck, Severity, digital_neck, sample_reading
from scipy import ndimage
from scipy.spatial import ConvexHull
from scipy.spatial.distance import pdist

if TYPE_CHECKING:
    from iENEGraderLib.reading.document import Reading

NODES = ("node_1", "node_2", "node_3", "node_4", "node_5")
VOXEL_DIAGONAL_MM = 1.3


@pytest.fixture(scope="module")
def a_neck() -> DigitalNeck:
    return digital_neck()


@pytest.fixture(scope="module")
def a_neck_before_the_last_node() -> DigitalNeck:
    return digital_neck(severity=Severity.GRADE_2)


@pytest.fixture(scope="module", params=[1, 2, 3, 4])
def another_neck(request: pytest.FixtureRequest) -> DigitalNeck:
    return digital_neck(request.param, spacing_mm=(0.8, 0.8, 0.8))


@pytest.fixture
def a_reading(a_neck: DigitalNeck) -> Reading:
    return sample_reading(a_neck)


def points_of(neck: DigitalNeck, mask: np.ndarray) -> np.ndarray:
    """RAS mm of the voxel centres of a mask."""
    return neck.geometry.ras_from_kji(np.argwhere(mask))


def widest(points: np.ndarray) -> float:
    """Greatest distance between any two points."""
    return float(pdist(points[ConvexHull(points).vertices]).max())


def sample(neck: DigitalNeck, image: np.ndarray, ras: np.ndarray, order: int) -> np.ndarray:
    """Values of an image at RAS points (order 0 nearest, 1 linear)."""
    kji = neck.geometry.kji_from_ras(ras)
    return ndimage.map_coordinates(image, np.moveaxis(kji, -1, 0), order=order, mode="nearest")


def value_of(neck: DigitalNeck, name: str) -> int:
    return next(segment.value for segment in neck.segments if segment.name == name)


def touching(neck: DigitalNeck, name: str) -> set[str]:
    """Names of segments within one voxel of a segment."""
    mask = neck.mask(name)
    around = ndimage.binary_dilation(mask, np.ones((3, 3, 3))) & ~mask
    values = set(np.unique(neck.labels[around]))
    return {segment.name for segment in neck.segments if segment.value in values}


def arc_in_contact(neck: DigitalNeck, along_mm: float) -> float:
    """Degrees of the circle around the encased artery that are node, in a section orthogonal to its axis."""
    contact = neck.truth.node("node_5").contact
    assert contact is not None
    axis = np.array(contact.axis_ras)
    centre = contact.centre_ras_mm + axis * along_mm
    lumen = neck.mask(contact.vessel)
    section_mm2 = lumen.sum(axis=(1, 2)) * np.prod(neck.geometry.spacing_mm[:2])
    radius = np.sqrt(section_mm2[round(float(neck.geometry.kji_from_ras(centre)[0]))] / np.pi)
    first = np.cross(axis, (1.0, 0.0, 0.0))
    first /= np.linalg.norm(first)
    second = np.cross(axis, first)
    turn = np.radians(np.arange(720) / 2)[:, None]
    circle = centre + (radius + 0.8) * (np.cos(turn) * first + np.sin(turn) * second)
    node = (neck.labels == value_of(neck, "node_5")).astype(np.float32)
    return float((sample(neck, node, circle, 1) > 0.5).mean() * 360)


@pytest.mark.parametrize("name", NODES)
def test_the_greatest_dimension_is_that_of_the_voxels(a_neck: DigitalNeck, name: str) -> None:
    mask = a_neck.mask(name)
    shell = mask & ~ndimage.binary_erosion(mask)
    measured = widest(points_of(a_neck, shell))
    truth = a_neck.truth.node(name).greatest_dimension_mm
    assert truth - VOXEL_DIAGONAL_MM < measured <= truth


@pytest.mark.parametrize("name", NODES)
def test_the_volume_is_that_of_the_voxels(a_neck: DigitalNeck, name: str) -> None:
    measured = a_neck.mask(name).sum() * a_neck.geometry.voxel_volume_mm3
    assert measured == pytest.approx(a_neck.truth.node(name).volume_mm3, rel=0.03)


def test_sizes_and_volumes_are_true_for_other_patients(another_neck: DigitalNeck) -> None:
    for node in another_neck.truth.nodes:
        mask = another_neck.mask(node.name)
        assert mask.sum() * another_neck.geometry.voxel_volume_mm3 == pytest.approx(node.volume_mm3, rel=0.04)
        measured = widest(points_of(another_neck, mask & ~ndimage.binary_erosion(mask)))
        assert node.greatest_dimension_mm - 1.6 < measured <= node.greatest_dimension_mm


def test_the_neighbours_of_each_node_are_as_told(another_neck: DigitalNeck) -> None:
    fat = {"deep_neck_fat", "subcutaneous_fat"}
    assert touching(another_neck, "node_1") <= fat
    assert touching(another_neck, "node_2") <= fat
    assert touching(another_neck, "node_3") - fat == {"node_4"}
    assert {"common_carotid_artery_left", "sternocleidomastoid_left"} <= touching(another_neck, "node_5")
    assert "internal_jugular_vein_left" not in touching(another_neck, "node_5")


@pytest.mark.parametrize("name", NODES)
def test_nodes_lie_where_the_truth_says(a_neck: DigitalNeck, name: str) -> None:
    truth = a_neck.truth.node(name)
    kji = np.rint(a_neck.geometry.kji_from_ras(truth.centre_ras_mm)).astype(int)
    assert a_neck.labels[tuple(kji)] == value_of(a_neck, name)
    distance = np.subtract(truth.centre_ras_mm, a_neck.truth.midline_point_ras_mm) @ a_neck.truth.midline_normal_ras
    assert (distance > 10) if truth.side == "right" else (distance < -10)


def test_levels_follow_from_hyoid_and_cricoid(a_neck: DigitalNeck) -> None:
    hyoid = points_of(a_neck, a_neck.mask("hyoid"))[:, 2].min()
    cricoid = points_of(a_neck, a_neck.mask("cricoid_cartilage"))[:, 2].min()
    for node in a_neck.truth.nodes:
        z = node.centre_ras_mm[2]
        assert node.level == ("IIA" if z > hyoid else "III" if z > cricoid else "IV")


def test_the_first_node_has_a_necrotic_centre_of_the_given_volume(a_neck: DigitalNeck) -> None:
    truth = a_neck.truth.node("node_1")
    smooth = ndimage.gaussian_filter(a_neck.hu.astype(np.float32), (0.7, 1.2, 1.2))
    dark = a_neck.mask("node_1") & ndimage.binary_erosion(a_neck.mask("node_1"), iterations=2) & (smooth < 65)
    measured = dark.sum() * a_neck.geometry.voxel_volume_mm3
    assert measured == pytest.approx(truth.necrosis_volume_mm3, rel=0.2)
    centre = a_neck.geometry.ras_from_kji(np.argwhere(dark).mean(axis=0))
    assert np.linalg.norm(centre - truth.centre_ras_mm) < 0.5


def test_spikes_are_soft_tissue_along_their_length_and_fat_beyond_their_tip(a_neck: DigitalNeck) -> None:
    spikes = a_neck.truth.node("node_2").spikes
    assert len(spikes) == 3
    for spike in spikes:
        base, tip = np.array(spike.base_ras_mm), np.array(spike.tip_ras_mm)
        out = (tip - base) / np.linalg.norm(tip - base)
        assert spike.length_mm == pytest.approx(np.linalg.norm(tip - base))
        along = base + out * np.linspace(0.5, spike.length_mm - 1.5, 25)[:, None]
        assert sample(a_neck, a_neck.hu.astype(np.float32), along, 1).min() > -75
        assert sample(a_neck, a_neck.hu.astype(np.float32), along, 1).mean() > -10
        beyond = tip + out * np.linspace(1.0, 2.5, 10)[:, None]
        assert sample(a_neck, a_neck.hu.astype(np.float32), beyond, 1).mean() == pytest.approx(-105, abs=15)


def test_spikes_start_at_the_node_and_belong_to_no_node_segment(a_neck: DigitalNeck) -> None:
    node = points_of(a_neck, a_neck.mask("node_2"))
    for spike in a_neck.truth.node("node_2").spikes:
        assert np.linalg.norm(node - spike.base_ras_mm, axis=1).min() < 0.8
        assert np.linalg.norm(node - spike.tip_ras_mm, axis=1).min() > 4
        middle = np.add(spike.base_ras_mm, spike.tip_ras_mm) / 2
        assert sample(a_neck, a_neck.labels, middle[None], 0)[0] == 0


def test_coalescent_nodes_share_a_face_without_fat(a_neck: DigitalNeck) -> None:
    link = a_neck.truth.node("node_3").coalescence
    assert link is not None
    assert link.partner == "node_4"
    across = np.subtract(a_neck.truth.node("node_4").centre_ras_mm, a_neck.truth.node("node_3").centre_ras_mm)
    across /= np.linalg.norm(across)
    line = link.contact_centre_ras_mm + across * np.linspace(-4, 4, 41)[:, None]
    labels = sample(a_neck, a_neck.labels, line, 0)
    upper, lower = value_of(a_neck, "node_3"), value_of(a_neck, "node_4")
    assert set(labels) == {upper, lower}
    change = np.flatnonzero(np.diff(labels))
    assert len(change) == 1
    assert abs(line[change[0]] - link.contact_centre_ras_mm).max() < 0.8
    assert sample(a_neck, a_neck.hu.astype(np.float32), line, 1).mean() == pytest.approx(95, abs=8)


def test_the_coalescent_mass_measures_as_told(a_neck: DigitalNeck) -> None:
    link = a_neck.truth.node("node_4").coalescence
    assert link is not None
    mass = a_neck.mask("node_3") | a_neck.mask("node_4")
    measured = widest(points_of(a_neck, mass & ~ndimage.binary_erosion(mass)))
    assert link.combined_greatest_dimension_mm - VOXEL_DIAGONAL_MM < measured
    assert measured <= link.combined_greatest_dimension_mm + 0.05


@pytest.mark.parametrize("part", [-0.9, -0.5, 0.0, 0.5, 0.9])
def test_the_contact_angle_is_counted_on_sections_orthogonal_to_the_artery(a_neck: DigitalNeck, part: float) -> None:
    contact = a_neck.truth.node("node_5").contact
    assert contact is not None
    assert contact.angle_deg > 270
    assert arc_in_contact(a_neck, part * contact.length_mm / 2) == pytest.approx(contact.angle_deg, abs=5)


def test_contact_ends_beyond_the_node(a_neck: DigitalNeck) -> None:
    contact = a_neck.truth.node("node_5").contact
    assert contact is not None
    assert arc_in_contact(a_neck, contact.length_mm / 2 + 5) < contact.angle_deg - 60
    assert arc_in_contact(a_neck, contact.length_mm / 2 + 9) == 0


def test_the_contact_angle_is_true_for_other_patients(another_neck: DigitalNeck) -> None:
    contact = another_neck.truth.node("node_5").contact
    assert contact is not None
    assert arc_in_contact(another_neck, 0.0) == pytest.approx(contact.angle_deg, abs=8)


def test_the_node_takes_the_place_of_muscle_to_the_given_depth(
    a_neck: DigitalNeck, a_neck_before_the_last_node: DigitalNeck
) -> None:
    growth = a_neck.truth.node("node_5").invasion
    assert growth is not None
    entry, deepest = np.array(growth.entry_ras_mm), np.array(growth.deepest_ras_mm)
    assert growth.depth_mm == pytest.approx(np.linalg.norm(deepest - entry))
    assert growth.depth_mm > 4
    towards = (deepest - entry) / growth.depth_mm
    line = entry + towards * np.arange(-4.0, growth.depth_mm + 2.0, 0.05)[:, None]
    was_muscle = sample(a_neck_before_the_last_node, a_neck_before_the_last_node.mask(growth.muscle), line, 0)
    is_node = sample(a_neck, a_neck.mask("node_5"), line, 0)
    measured = (was_muscle & is_node).sum() * 0.05
    assert measured == pytest.approx(growth.depth_mm, abs=0.6)
    assert sample(a_neck, a_neck.mask(growth.muscle), line, 0)[-1]


def test_the_muscle_is_invaded_over_at_least_five_sections(
    a_neck: DigitalNeck, a_neck_before_the_last_node: DigitalNeck
) -> None:
    growth = a_neck.truth.node("node_5").invasion
    assert growth is not None
    lost = a_neck_before_the_last_node.mask(growth.muscle) & a_neck.mask("node_5")
    assert not (lost & a_neck.mask(growth.muscle)).any()
    sections = np.count_nonzero(lost.any(axis=(1, 2)))
    assert sections >= 5
    assert sections * a_neck.geometry.spacing_mm[2] == pytest.approx(growth.height_mm, abs=1.5)


@pytest.mark.parametrize(("index", "grade"), [(0, 0), (1, 1), (2, 2), (3, 2), (4, 3)])
def test_the_reading_gives_each_node_the_grade_it_shows(
    a_neck: DigitalNeck, a_reading: Reading, index: int, grade: int
) -> None:
    assert a_reading.nodes is not None
    assert grade_node(a_reading.nodes[index]).grade == grade == a_neck.truth.nodes[index].grade


def test_the_reading_is_a_valid_document_without_sizes_and_other_measurements(a_reading: Reading) -> None:
    assert reading_from_json(reading_to_json(a_reading)) == a_reading
    assert a_reading.nodes is not None
    assert [node.segment_id for node in a_reading.nodes] == list(NODES)
    assert all(node.greatest_dimension_mm is None for node in a_reading.nodes)
    assert all(node.evidence == () for node in a_reading.nodes)
    assert [node.extends_below_cricoid for node in a_reading.nodes] == [False, False, False, False, True]


def test_the_reader_is_unsure_of_muscle_invasion_of_the_spiked_node(a_reading: Reading) -> None:
    assert a_reading.node("N2").certainty_of(FindingKind.MUSCLE_INVASION) is Certainty.EQUIVOCAL
    assert a_reading.node("N2").certainty_of(FindingKind.FAT_SPIKES) is Certainty.UNEQUIVOCAL


def test_a_neck_without_nodes_reads_as_without_metastasis() -> None:
    assert sample_reading(digital_neck(severity=Severity.NONE, spacing_mm=(1.0, 1.0, 2.0))).nodes == ()
