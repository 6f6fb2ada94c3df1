"""How thick the sections are is told from the image that is read."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

AXIAL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
SAGITTAL = ((0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (-1.0, 0.0, 0.0))


def a_volume(name: str, spacing_mm: tuple[float, float, float], direction: Any = AXIAL) -> Any:
    """A volume of 4 x 4 x 4 voxels."""
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.scene.volumes import add_volume

    geometry = ImageGeometry((4, 4, 4), spacing_mm, direction_lps=direction)
    return add_volume(Image(np.zeros((4, 4, 4), np.int16), geometry, "CT"), name)


def a_segmentation(volume: Any) -> Any:
    """An empty segmentation of a volume."""
    import slicer

    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode")
    node.SetReferenceImageGeometryParameterFromVolumeNode(volume)
    return node


def spacing() -> float | None:
    """What the scene says."""
    from iENEGraderLib.scene.section_spacing import section_spacing_mm

    return section_spacing_mm()


def test_an_empty_scene_cannot_tell(a_scene: Any) -> None:
    assert spacing() is None


def test_the_only_volume_tells(a_scene: Any) -> None:
    a_volume("CT", (0.5, 0.5, 2.5))
    assert spacing() == pytest.approx(2.5)


def test_of_several_volumes_the_segmented_one_tells(a_scene: Any) -> None:
    thin, _thick = a_volume("thin", (0.5, 0.5, 0.6)), a_volume("thick", (0.5, 0.5, 5.0))
    assert spacing() is None
    a_segmentation(thin)
    assert spacing() == pytest.approx(0.6)


def test_sections_are_counted_along_the_neck_in_a_sagittal_image_too(a_scene: Any) -> None:
    a_volume("sagittal", (0.7, 0.5, 3.0), SAGITTAL)
    assert spacing() == pytest.approx(0.7)


def test_a_volume_that_a_transform_moves_cannot_tell(a_scene: Any) -> None:
    volume = a_volume("CT", (0.5, 0.5, 2.5))
    volume.SetAndObserveTransformNodeID(a_scene.AddNewNodeByClass("vtkMRMLLinearTransformNode").GetID())
    assert spacing() is None
