"""What is segmented is read again only where it was changed, and let go when it leaves the scene."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import pytest
from HeadNeckNodesLib.scene.volumes import add_volume
from iENEGraderLib.scene.segmentation_reading import segmented_image
from iENEGraderLib.scene.segmentations import LABELMAP, add_segmentation
from iENEGraderLib.scene.segmented_scene import SegmentedScene
from scene_builders import GRID, an_image, some_segments

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def a_segmentation(a_scene: Any) -> Any:
    return a_neck()


def a_neck() -> Any:
    """Add nodes and vessel in one label map."""
    return add_segmentation("Neck", some_segments(), GRID, add_volume(an_image(), "CT"))


@pytest.fixture
def the_segments(a_scene: Any) -> Iterator[SegmentedScene]:
    segments = SegmentedScene(segmented_image)
    yield segments
    segments.close()


def erase_one_voxel(node: Any, segment_id: str) -> None:
    """Change a segment as Segment Editor does: in the label map that it shares with others."""
    import slicer
    from vtk.util.numpy_support import vtk_to_numpy

    segment = node.GetSegmentation().GetSegment(segment_id)
    labels = segment.GetRepresentation(LABELMAP)
    values = vtk_to_numpy(labels.GetPointData().GetScalars())
    values[(values == segment.GetLabelValue()).argmax()] = 0
    labels.GetPointData().GetScalars().Modified()
    node.GetSegmentation().InvokeEvent(slicer.vtkSegmentation.SourceRepresentationModified)


def test_segments_beside_a_changed_one_in_the_same_label_map_stay_the_same(
    the_segments: SegmentedScene, a_segmentation: Any
) -> None:
    before = {each.name: each for each in the_segments.look()[0].segments}
    erase_one_voxel(a_segmentation, "Segment_1")
    after = {each.name: each for each in the_segments.look()[0].segments}
    assert after["node_1"].cropped_mask().sum() == before["node_1"].cropped_mask().sum() - 1
    assert after["common_carotid_artery_right"] is before["common_carotid_artery_right"]


def test_a_closed_scene_leaves_nothing_in_memory(the_segments: SegmentedScene, a_scene: Any) -> None:
    import vtk

    held = vtk.vtkWeakReference()
    held.Set(a_neck())
    the_segments.listen(lambda: None)
    the_segments.look()
    a_scene.Clear(0)
    gc.collect()
    assert held.Get() is None


def test_segmentations_that_stay_are_followed_after_another_one_went(
    the_segments: SegmentedScene, a_segmentation: Any
) -> None:
    import slicer

    told: list[str] = []
    other = add_segmentation("Other", [], GRID, slicer.util.getNode("CT"))
    the_segments.listen(lambda: told.append("changed"))
    slicer.mrmlScene.RemoveNode(other)
    erase_one_voxel(a_segmentation, "Segment_1")
    assert told
