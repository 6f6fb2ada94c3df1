"""Images keep their voxels and their place when they go into the scene and come back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scene_builders import GRID, an_image


@pytest.fixture
def a_volume(a_scene: Any) -> Any:
    from HeadNeckNodesLib.scene.volumes import add_volume

    return add_volume(an_image(), "CT")


def test_an_image_comes_back_from_the_scene_as_it_went_in(a_volume: Any) -> None:
    from HeadNeckNodesLib.scene.volumes import image_of_volume

    image = image_of_volume(a_volume)

    assert np.array_equal(image.voxels, an_image().voxels)
    assert image.voxels.dtype == np.int16
    assert image.geometry.matches(GRID, tolerance_mm=1e-6)
    assert image.modality == "CT"


def test_a_voxel_of_the_volume_lies_where_the_image_says(a_volume: Any) -> None:
    from vtkmodules.vtkCommonMath import vtkMatrix4x4

    matrix = vtkMatrix4x4()
    a_volume.GetIJKToRASMatrix(matrix)

    assert matrix.MultiplyPoint((7.0, 3.0, 5.0, 1.0))[:3] == pytest.approx(GRID.ras_from_kji((5, 3, 7)))


def test_the_voxels_handed_back_are_a_copy(a_volume: Any) -> None:
    from HeadNeckNodesLib.scene.volumes import image_of_volume

    image_of_volume(a_volume).voxels[:] = 0

    assert image_of_volume(a_volume).voxels.any()


def test_a_ct_is_shown_with_the_soft_tissue_window(a_volume: Any) -> None:
    display = a_volume.GetDisplayNode()

    assert (display.GetWindow(), display.GetLevel()) == (350.0, 40.0)
    assert not display.GetAutoWindowLevel()


def test_another_image_keeps_the_automatic_window(a_scene: Any) -> None:
    from HeadNeckNodesLib.scene.volumes import add_volume

    volume = add_volume(replace(an_image(), modality="MR"), "MR")

    assert volume.GetDisplayNode().GetAutoWindowLevel()
