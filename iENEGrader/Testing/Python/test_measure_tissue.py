"""The patient's scale from fat to soft tissue, on images whose values are known."""

from __future__ import annotations

import numpy as np
import pytest
from coalescence_phantoms import FAT_HU, SOFT_HU, Scanner, TwoBalls, a_phantom, grid, masks
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.image import Image
from iENEGraderLib.measure.tissue import TissueScale, tissue_scale
from iENEGraderLib.measure.units import Unit
from scipy import ndimage

BALLS = TwoBalls((6.0, 5.0), 13.0, np.array([0.0, 0.6, 0.8]))


@pytest.mark.parametrize("spacing", [(0.5, 0.5, 0.5), (3.0, 0.6, 0.6)])
def test_fat_soft_tissue_and_noise_are_those_of_the_image(spacing: tuple[float, float, float]) -> None:
    phantom = a_phantom(BALLS, grid(spacing, 32), Scanner(0.7, 12.0, 1))

    scale = tissue_scale(phantom.image, phantom.first, [phantom.second])

    assert scale.fat == pytest.approx(FAT_HU, abs=2)
    assert scale.soft == pytest.approx(SOFT_HU, abs=4)
    assert scale.noise == pytest.approx(12.0, abs=1.5)
    assert scale.unit == Unit.HU


def test_a_necrotic_core_does_not_lower_the_soft_tissue() -> None:
    phantom = a_phantom(
        TwoBalls((9.0, 3.0), 12.5, np.array([0.0, 0.0, 1.0])), grid((0.5, 0.5, 0.5), 40), Scanner(0.7, 8.0, 2)
    )
    core = ndimage.binary_erosion(phantom.first, iterations=8)
    phantom.image.voxels[core] = 15
    assert core.sum() > 0.15 * phantom.first.sum()

    assert tissue_scale(phantom.image, phantom.first, [phantom.second]).soft == pytest.approx(SOFT_HU, abs=4)


def test_fat_within_other_labels_is_not_taken_for_fat() -> None:
    geometry = grid((0.6, 0.6, 0.6), 32)
    phantom = a_phantom(BALLS, geometry, Scanner(0.7, 5.0, 3))
    lipoma = np.zeros(geometry.array_shape, dtype=bool)
    lipoma[:, :30] = True
    lipoma &= ~(phantom.first | phantom.second)
    phantom.image.voxels[lipoma] = -60

    with_label = tissue_scale(phantom.image, phantom.first, [phantom.second, lipoma])

    assert with_label.fat == pytest.approx(FAT_HU, abs=2)
    assert tissue_scale(phantom.image, phantom.first, [phantom.second]).fat > FAT_HU + 20


def test_stranded_fat_does_not_count_as_noise() -> None:
    phantom = a_phantom(BALLS, grid((0.5, 0.5, 0.5), 32), Scanner(0.7, 8.0, 4))
    outside = ~(phantom.first | phantom.second)
    waves = 25 * np.sin(np.arange(outside.size).reshape(outside.shape) / 7.0)
    phantom.image.voxels[outside] += waves[outside].astype(np.int16)

    assert tissue_scale(phantom.image, phantom.first, [phantom.second]).noise == pytest.approx(8.0, abs=1.5)


def test_shares_run_from_fat_to_soft_tissue_and_beyond() -> None:
    scale = TissueScale(fat=-100.0, soft=60.0, noise=10.0)

    shares = scale.share(np.array([-100, 60, -20, 220, -180]))

    assert shares.dtype == np.float32
    assert shares == pytest.approx([0.0, 1.0, 0.5, 2.0, -0.5])


def test_a_single_voxel_still_has_a_scale_if_fat_is_near() -> None:
    phantom = a_phantom(BALLS, grid((0.5, 0.5, 0.5), 32), Scanner(0.7, 10.0, 5))
    single = np.zeros_like(phantom.first)
    single[tuple(np.argwhere(phantom.first).mean(axis=0).astype(int))] = True

    scale = tissue_scale(phantom.image, single)

    assert scale.fat == pytest.approx(FAT_HU, abs=3)
    assert scale.soft == pytest.approx(SOFT_HU, abs=40)
    assert scale.noise == pytest.approx(10.0, abs=2)


def test_without_fat_near_the_node_the_message_says_so() -> None:
    geometry = grid((1.0, 1.0, 1.0), 30)
    node, _ = masks(BALLS, geometry)
    image = Image(np.full(geometry.array_shape, 50, np.int16), geometry, "CT")

    with pytest.raises(InputError, match=r"no fat .* within 12 mm of the node"):
        tissue_scale(image, node)


def test_a_mask_that_lies_on_fat_is_told_from_a_node() -> None:
    phantom = a_phantom(BALLS, grid((1.0, 1.0, 1.0), 30), Scanner(1.0, 8.0, 6))
    beside = np.zeros_like(phantom.first)
    beside[:6, :6, :6] = True

    with pytest.raises(InputError, match="cannot be told apart; check that the mask lies on the node"):
        tissue_scale(phantom.image, beside)


def test_an_mr_has_no_hounsfield_units() -> None:
    phantom = a_phantom(BALLS, grid((1.0, 1.0, 1.0), 30), Scanner(1.0, 8.0, 7))
    image = Image(phantom.image.voxels, phantom.image.geometry, "MR")

    with pytest.raises(InputError, match="the modality is MR: give the CT"):
        tissue_scale(image, phantom.first)


def test_an_empty_mask_and_a_mask_of_another_shape_are_refused() -> None:
    phantom = a_phantom(BALLS, grid((1.0, 1.0, 1.0), 30), Scanner(1.0, 8.0, 8))

    with pytest.raises(InputError, match="mask is empty"):
        tissue_scale(phantom.image, np.zeros_like(phantom.first))
    with pytest.raises(InputError, match="the mask of the node has shape"):
        tissue_scale(phantom.image, phantom.first[1:])
    with pytest.raises(InputError, match="the mask of label 1 beside the node has shape"):
        tissue_scale(phantom.image, phantom.first, [phantom.second[1:]])
