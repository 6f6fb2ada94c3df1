"""What is segmented in the scene comes back as it is: places, names, codes, colours; what cannot be told is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from iENEGraderLib.errors import InputError
from scene_builders import GRID, an_image, some_segments

if TYPE_CHECKING:
    from collections.abc import Callable

    from iENEGraderLib.imaging.segmentation import Segment, Segmentation


@pytest.fixture
def a_volume(a_scene: Any) -> Any:
    from iENEGraderLib.scene.volumes import add_volume

    return add_volume(an_image(), "CT")


@pytest.fixture
def add(a_volume: Any) -> Callable[..., Any]:
    """Add segments to the scene, on the grid of a volume."""
    from iENEGraderLib.scene.segmentations import add_segmentation

    def added(name: str, *segments: Segment, volume: Any = a_volume) -> Any:
        return add_segmentation(name, segments, GRID, volume)

    return added


def read(node: Any, volume: Any) -> Segmentation:
    from iENEGraderLib.scene.segmentation_reading import segmentation_of_node

    return segmentation_of_node(node, volume)


def read_scene() -> Segmentation:
    from iENEGraderLib.scene.segmentation_reading import segmented_image

    return segmented_image()[0]


def test_segments_come_back_where_they_were_with_ids_names_codes_and_colours(
    add: Callable[..., Any], a_volume: Any
) -> None:
    segmentation = read(add("Neck", *some_segments()), a_volume)

    assert segmentation.geometry.matches(GRID)
    assert segmentation.source == "Neck"
    for segment, original in zip(segmentation.segments, some_segments(), strict=True):
        assert (segment.segment_id, segment.name) == (original.segment_id, original.name)
        assert segment.is_node == original.is_node
        assert np.array_equal(segment.mask(), original.mask())
        assert segment.labels.size < original.labels.size / 10
    artery = segmentation.named("common_carotid_artery_right")
    assert artery.terminology is not None
    assert artery.terminology.kind_modifier is not None
    assert artery.terminology.kind_modifier.meaning == "Right"
    assert artery.colour is not None
    assert artery.colour[0] > artery.colour[2]


def test_a_segment_coded_as_lymph_node_is_a_node_whatever_its_name(add: Callable[..., Any], a_volume: Any) -> None:
    node = add("Nodes", some_segments()[0])
    node.GetSegmentation().GetSegment("Segment_1").SetName("the large one")

    assert [segment.name for segment in read(node, a_volume).nodes] == ["the large one"]


def test_a_segmentation_on_another_grid_is_brought_onto_that_of_the_image(
    add: Callable[..., Any], a_volume: Any
) -> None:
    import slicer

    finer = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "finer")
    places = a_volume.GetImageData().GetDimensions()
    finer.CopyOrientation(a_volume)
    finer.SetSpacing([step / 2 for step in a_volume.GetSpacing()])
    slicer.util.updateVolumeFromArray(finer, np.zeros([count * 2 for count in reversed(places)], np.int16))
    node = add("Nodes", some_segments()[0])
    mask = np.repeat(np.repeat(np.repeat(some_segments()[0].mask(), 2, axis=0), 2, axis=1), 2, axis=2)
    slicer.util.updateSegmentBinaryLabelmapFromArray(mask.astype(np.uint8), node, "Segment_1", finer)

    (segment,) = read(node, a_volume).segments

    assert segment.grid_shape == GRID.array_shape
    assert segment.mask().sum() == pytest.approx(some_segments()[0].mask().sum(), rel=0.1)


def test_a_segmentation_made_in_a_cropped_image_lies_where_it_lay(add: Callable[..., Any], a_volume: Any) -> None:
    import slicer

    whole = some_segments()[0].mask()
    cropped = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "cropped")
    cropped.CopyOrientation(a_volume)
    cropped.SetOrigin(GRID.ras_from_kji((4, 3, 2)))
    slicer.util.updateVolumeFromArray(cropped, whole[4:, 3:, 2:].astype(np.int16))
    node = add("Nodes", some_segments()[0])
    slicer.util.updateSegmentBinaryLabelmapFromArray(whole[4:, 3:, 2:].astype(np.uint8), node, "Segment_1", cropped)

    (segment,) = read(node, a_volume).segments

    assert np.array_equal(segment.mask(), whole)


def test_a_moved_segmentation_is_read_where_it_is_seen(add: Callable[..., Any], a_volume: Any) -> None:
    import slicer
    import vtk

    node = add("Nodes", some_segments()[0])
    transform = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode")
    matrix = vtk.vtkMatrix4x4()
    matrix.SetElement(2, 3, 6.0)
    transform.SetMatrixTransformToParent(matrix)
    node.SetAndObserveTransformNodeID(transform.GetID())

    (segment,) = read(node, a_volume).segments

    assert segment.grid_box[0].start == some_segments()[0].box[0].start + 4  # sections of 1.5 mm


def test_an_empty_structure_is_left_out_and_an_empty_node_refused(add: Callable[..., Any], a_volume: Any) -> None:
    node = add("Neck", *some_segments())
    node.GetSegmentation().AddEmptySegment("tongue", "tongue")
    assert "tongue" not in [segment.name for segment in read(node, a_volume).segments]

    node.GetSegmentation().AddEmptySegment("node_9", "node_9")
    with pytest.raises(InputError, match='Neck: segment "node_9" holds no voxels'):
        read(node, a_volume)


def test_all_segmentations_of_the_image_come_together(add: Callable[..., Any]) -> None:
    add("Anatomy", *some_segments()[2:])
    add("Nodes", *some_segments()[:2])

    segmentation = read_scene()

    names = ["node_1", "node_2", "common_carotid_artery_right", "skin"]
    assert [segment.name for segment in segmentation.segments] == names
    assert segmentation.source == "Nodes, Anatomy"


def test_an_id_that_two_segmentations_use_stays_with_the_first(add: Callable[..., Any]) -> None:
    from dataclasses import replace

    first, second, artery, _skin = some_segments()
    add("Nodes", first)
    add("More nodes", replace(second, segment_id="Segment_1"))
    add("Anatomy", replace(artery, segment_id="Segment_1"))

    ids = {segment.name: segment.segment_id for segment in read_scene().segments}

    assert ids == {
        "node_1": "Segment_1",
        "node_2": "node_2",
        "common_carotid_artery_right": "common_carotid_artery_right",
    }


def test_nodes_that_share_id_and_name_are_refused(add: Callable[..., Any]) -> None:
    for _ in range(3):
        add("Nodes", some_segments()[0])

    with pytest.raises(InputError, match='two segments are named "node_1"'):
        read_scene()


def test_segmentations_of_another_image_are_left_out(add: Callable[..., Any]) -> None:
    from iENEGraderLib.scene.volumes import add_volume

    add("Nodes", some_segments()[0])
    add("Anatomy of the MR", some_segments()[2], volume=add_volume(an_image(), "MR"))

    assert [segment.name for segment in read_scene().segments] == ["node_1"]


def test_nodes_in_two_images_are_refused(add: Callable[..., Any]) -> None:
    from iENEGraderLib.scene.volumes import add_volume

    add("Nodes", some_segments()[0])
    add("Nodes of the MR", some_segments()[1], volume=add_volume(an_image(), "MR"))

    with pytest.raises(InputError, match="segmented in several images: CT, MR"):
        read_scene()
