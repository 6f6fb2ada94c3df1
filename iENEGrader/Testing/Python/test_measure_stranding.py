"""Stranding: fat of known HU in a shell round a node against fat further out."""

from __future__ import annotations

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image
from iENEGraderLib.measure.preferences import default_preferences
from iENEGraderLib.measure.spikes import stranding
from scipy import ndimage

SPACING_IJK = (0.6, 0.6, 0.8)
SHAPE = (50, 66, 66)
RADIUS_MM = 5.0
FAT, NODE = -100.0, 70.0


def distance_mm() -> np.ndarray:
    """Distance of each voxel from the middle of the grid."""
    axes = [(np.arange(n) - (n - 1) / 2) * s for n, s in zip(SHAPE, SPACING_IJK[::-1], strict=True)]
    return np.linalg.norm(np.stack(np.meshgrid(*axes, indexing="ij"), -1), axis=-1)


def image_of(voxels: np.ndarray, spacing_ijk: tuple[float, ...] = SPACING_IJK, modality: str = "CT") -> Image:
    return Image(voxels, ImageGeometry(voxels.shape[::-1], spacing_ijk), modality)


@pytest.fixture
def a_node() -> np.ndarray:
    return distance_mm() <= RADIUS_MM


@pytest.fixture
def a_clean_ct(a_node: np.ndarray) -> np.ndarray:
    sharp = np.where(a_node, NODE, FAT)
    blurred = ndimage.gaussian_filter(sharp, 0.3 / np.array(SPACING_IJK[::-1]))
    return blurred + np.random.default_rng(5).normal(0, 8, SHAPE)


def test_clean_fat_differs_from_the_reference_by_nothing(a_node: np.ndarray, a_clean_ct: np.ndarray) -> None:
    found = stranding(image_of(a_clean_ct), a_node)

    assert found.reference_fat_hu == pytest.approx(FAT, abs=1.0)
    assert found.difference_hu == pytest.approx(0.0, abs=2.0)
    assert found.fat_fraction == pytest.approx(1.0, abs=0.02)
    assert found.stranded_fraction == pytest.approx(0.0, abs=0.02)
    assert found.reason == ""


def test_a_shell_20_hu_denser_is_20_hu_denser(a_node: np.ndarray, a_clean_ct: np.ndarray) -> None:
    distance = distance_mm()
    ct = a_clean_ct + 20.0 * ((distance > RADIUS_MM) & (distance <= RADIUS_MM + 5))

    found = stranding(image_of(ct), a_node)

    assert found.mean_fat_hu == pytest.approx(FAT + 20, abs=2.0)
    assert found.difference_hu == pytest.approx(20.0, abs=2.0)


def test_a_quarter_of_the_shell_at_minus_50_hu_is_a_quarter_stranded(
    a_node: np.ndarray, a_clean_ct: np.ndarray
) -> None:
    distance = distance_mm()
    quarter = np.zeros(SHAPE, dtype=bool)
    quarter[:, : SHAPE[1] // 2, : SHAPE[2] // 2] = True
    ct = np.where(quarter & (distance > RADIUS_MM + 0.8) & (distance <= RADIUS_MM + 5), -50.0, a_clean_ct)

    found = stranding(image_of(ct), a_node)

    assert found.stranded_fraction == pytest.approx(0.25, abs=0.03)


def test_labelled_structures_do_not_count(a_node: np.ndarray, a_clean_ct: np.ndarray) -> None:
    slab = np.zeros(SHAPE, dtype=bool)
    slab[:, 44:56] = True
    sharp = np.where(slab & ~a_node, 60.0, a_clean_ct)
    ct = ndimage.gaussian_filter(sharp, 0.3 / np.array(SPACING_IJK[::-1]))

    with_label, without = stranding(image_of(ct), a_node, (slab,)), stranding(image_of(ct), a_node)

    assert with_label.fat_fraction == pytest.approx(1.0, abs=0.03)
    assert with_label.difference_hu == pytest.approx(0.0, abs=2.0)
    assert without.fat_fraction < 0.95


def test_the_shell_is_a_preference_and_kept(a_node: np.ndarray, a_clean_ct: np.ndarray) -> None:
    distance = distance_mm()
    ct = a_clean_ct + 20.0 * ((distance > RADIUS_MM) & (distance <= RADIUS_MM + 2.5))
    outside = default_preferences().changed({"stranding.shell_from_mm": 4.0, "stranding.shell_to_mm": 7.0})

    found = stranding(image_of(ct), a_node, (), outside)

    assert found.difference_hu == pytest.approx(0.0, abs=2.0)
    assert found.preferences == outside.of("stranding")
    with pytest.raises(InputError, match="give a larger end"):
        stranding(image_of(ct), a_node, (), default_preferences().changed({"stranding.shell_to_mm": 0.5}))


def test_every_result_carries_the_caution(a_node: np.ndarray, a_clean_ct: np.ndarray) -> None:
    found = stranding(image_of(a_clean_ct), a_node)

    assert "kVp or keV" in found.caution
    assert "not specific" in found.caution


def test_what_cannot_be_measured_says_why(a_node: np.ndarray, a_clean_ct: np.ndarray) -> None:
    empty = stranding(image_of(a_clean_ct), np.zeros(SHAPE, dtype=bool))
    no_fat = stranding(image_of(np.full(SHAPE, 40.0)), a_node)
    thick = stranding(image_of(a_clean_ct, (0.6, 0.6, 5.0)), a_node)

    for found, reason in ((empty, "empty"), (no_fat, "too little fat"), (thick, "voxel side is 5 mm")):
        assert found.difference_hu is None
        assert reason in found.reason


def test_one_voxel_and_a_node_at_the_edge_are_measured(a_node: np.ndarray, a_clean_ct: np.ndarray) -> None:
    one = np.zeros(SHAPE, dtype=bool)
    one[5, 5, 5] = True
    at_edge = np.roll(a_node, -np.argwhere(a_node)[:, 0].min(), axis=0)
    ct = np.roll(a_clean_ct, -np.argwhere(a_node)[:, 0].min(), axis=0)

    assert stranding(image_of(a_clean_ct), one).difference_hu == pytest.approx(0.0, abs=3.0)
    assert stranding(image_of(ct), at_edge).difference_hu == pytest.approx(0.0, abs=3.0)


def test_masks_of_another_grid_and_images_without_hu_are_refused(a_node: np.ndarray, a_clean_ct: np.ndarray) -> None:
    with pytest.raises(InputError, match="the node has shape"):
        stranding(image_of(a_clean_ct), a_node[1:])
    with pytest.raises(InputError, match="modality is MR"):
        stranding(image_of(a_clean_ct, modality="MR"), a_node)
