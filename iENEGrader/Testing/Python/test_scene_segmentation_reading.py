"""What is segmented in the scene comes back as it is: places, names, codes, colours; what cannot be told is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from scene_builders import GRID, a_reading, an_image, some_segments
from scipy import ndimage

if TYPE_CHECKING:
    from collections.abc import Callable

    from HeadNeckNodesLib.imaging.segmentation import Segment, Segmentation


@pytest.fixture
def a_volume(a_scene: Any) -> Any:
    from HeadNeckNodesLib.scene.volumes import add_volume

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


def move(node: Any) -> None:
    """Put a node under a transform that moves it 6 mm up."""
    import slicer
    import vtk

    transform = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "Shift")
    matrix = vtk.vtkMatrix4x4()
    matrix.SetElement(2, 3, 6.0)
    transform.SetMatrixTransformToParent(matrix)
    node.SetAndObserveTransformNodeID(transform.GetID())


def test_a_moved_segmentation_is_refused_until_that_is_hardened(add: Callable[..., Any], a_volume: Any) -> None:
    node = add("Nodes", some_segments()[0])
    move(node)
    with pytest.raises(InputError, match='Nodes: moved by the transform "Shift"; harden the transform first'):
        read(node, a_volume)

    node.HardenTransform()
    (segment,) = read(node, a_volume).segments

    assert segment.grid_box[0].start == some_segments()[0].box[0].start + 4  # sections of 1.5 mm


def test_nodes_in_a_moved_image_are_refused(add: Callable[..., Any], a_volume: Any) -> None:
    add("Nodes", some_segments()[0])
    move(a_volume)
    with pytest.raises(InputError, match='CT: moved by the transform "Shift"'):
        read_scene()


def test_nodes_in_an_image_without_voxels_are_refused(add: Callable[..., Any], a_volume: Any) -> None:
    add("Nodes", some_segments()[0])
    a_volume.SetAndObserveImageData(None)
    with pytest.raises(InputError, match="CT: the volume holds no voxels"):
        read_scene()


def test_a_node_outside_the_image_is_told_from_an_empty_one(add: Callable[..., Any], a_volume: Any) -> None:
    node = add("Nodes", some_segments()[0])
    a_volume.SetOrigin(500.0, 500.0, 500.0)
    with pytest.raises(InputError, match='Nodes: segment "node_1" lies outside CT; choose the volume'):
        read(node, a_volume)


def keep_surfaces_only(node: Any) -> None:
    """Leave a segmentation its surfaces, as if they had been read from files."""
    node.CreateClosedSurfaceRepresentation()
    node.GetSegmentation().SetSourceRepresentationName("Closed surface")
    node.GetSegmentation().RemoveRepresentation("Binary labelmap")


def test_surfaces_are_read_as_label_maps_without_complaint(
    add: Callable[..., Any], a_volume: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    node = add("Nodes", some_segments()[0])
    keep_surfaces_only(node)

    (segment,) = read(node, a_volume).segments

    assert segment.mask().sum() == pytest.approx(some_segments()[0].mask().sum(), rel=0.03)
    assert capfd.readouterr() == ("", "")


def test_segments_that_are_neither_drawn_nor_surfaces_are_refused_without_complaint(
    add: Callable[..., Any], a_volume: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    node = add("Nodes", some_segments()[0])
    keep_surfaces_only(node)
    node.GetSegmentation().RemoveRepresentation("Closed surface")

    with pytest.raises(InputError, match="Nodes: the segments have no label map"):
        read(node, a_volume)
    assert capfd.readouterr() == ("", "")


def test_an_empty_structure_is_left_out_and_an_empty_node_refused(add: Callable[..., Any], a_volume: Any) -> None:
    node = add("Neck", *some_segments())
    node.GetSegmentation().AddEmptySegment("tongue", "tongue")
    assert "tongue" not in [segment.name for segment in read(node, a_volume).segments]

    node.GetSegmentation().AddEmptySegment("node_9", "node_9")
    with pytest.raises(InputError, match='Neck: segment "node_9" holds no voxels'):
        read(node, a_volume)


def named(name: str) -> Segment:
    """Return a ball of that name."""
    return replace(some_segments()[2], segment_id=name, name=name)


def test_nodes_and_what_they_are_measured_against_come_together_and_the_rest_stays_unread(
    add: Callable[..., Any],
) -> None:
    with_role = [
        "cricoid_cartilage", "hyoid", "spinal_cord", "common_carotid_artery_left", "internal_jugular_vein_left",
        "sternocleidomastoid_left", "submandibular_gland_left", "vagus_nerve_left", "skin",
    ]  # fmt: skip
    pairs = ["lung_left", "lung_right"]
    others = ["liver", "kidney_right", "body"]  # without a role, or without a partner
    add("Anatomy", *map(named, [*with_role, *pairs, *others]))
    add("Nodes", *some_segments()[:2], named("stomach"))

    segmentation = read_scene()

    assert [segment.name for segment in segmentation.segments] == ["node_1", "node_2", *with_role, *pairs]
    assert segmentation.source == "Nodes, Anatomy"


@pytest.mark.parametrize(
    ("name", "role"),
    [("Node_7", "node"), ("Sternocleidomastoid left", "muscle"), ("internal_jugular_vein_right", "jugular_vein"),
     ("Segment_1", "other")],
)  # fmt: skip
def test_the_role_of_a_segment_is_told_by_its_name_however_it_is_written(
    add: Callable[..., Any], name: str, role: str
) -> None:
    from iENEGraderLib.scene.segmentation_reading import role_of_segment

    node = add("Neck", replace(named("x"), name=name))
    assert role_of_segment(node.GetSegmentation().GetSegment("x")) == role


def test_a_segment_that_is_asked_for_is_read_even_if_no_segment_is_a_node_yet(add: Callable[..., Any]) -> None:
    from iENEGraderLib.scene.segmentation_reading import segmented_image

    add("Neck", named("Segment_1"), named("liver"))
    assert [segment.name for segment in segmented_image(["Segment_1"])[0].segments] == ["Segment_1"]


def test_a_segment_that_a_reading_names_is_read_whatever_it_is_called(add: Callable[..., Any]) -> None:
    from iENEGraderLib.scene.reading_node import create_reading_node

    add("Neck", some_segments()[0], replace(some_segments()[1], name="seen in the clinic"), named("liver"))
    create_reading_node(a_reading())

    assert [segment.name for segment in read_scene().segments] == ["node_1", "seen in the clinic"]


def test_the_landmarks_give_the_same_plane_as_all_structures(a_scene: Any) -> None:
    from HeadNeckNodesLib.scene.volumes import add_volume
    from iENEGraderLib.measure.case.measured_reading import find_landmarks
    from iENEGraderLib.sample import digital_neck, sample_image, sample_segmentation
    from iENEGraderLib.scene.segmentations import add_segmentation

    neck = digital_neck(0)
    whole = sample_segmentation(neck)
    add_segmentation("Neck", whole.segments, whole.geometry, add_volume(sample_image(neck), "CT"))

    from_scene = read_scene()

    assert len(from_scene.segments) < len(whole.segments)
    expected, found = find_landmarks(whole), find_landmarks(from_scene)
    assert found.plane is not None
    assert expected.plane is not None
    assert found.plane.source == expected.plane.source
    assert found.plane.to_right == pytest.approx(expected.plane.to_right, abs=1e-6)


def test_an_id_that_two_segmentations_use_stays_with_the_first(add: Callable[..., Any]) -> None:
    first, second, _artery, _skin = some_segments()
    add("Nodes", first)
    add("More nodes", replace(second, segment_id="Segment_1"))
    add("Anatomy", replace(named("hyoid"), segment_id="Segment_1"))

    ids = {segment.name: segment.segment_id for segment in read_scene().segments}

    assert ids == {
        "node_1": "Segment_1",
        "node_2": "node_2",
        "hyoid": "hyoid",
    }


def test_nodes_that_share_id_and_name_are_refused(add: Callable[..., Any]) -> None:
    for _ in range(3):
        add("Nodes", some_segments()[0])

    with pytest.raises(InputError, match='two segments are named "node_1"'):
        read_scene()


def test_segmentations_of_another_image_are_left_out(add: Callable[..., Any]) -> None:
    from HeadNeckNodesLib.scene.volumes import add_volume

    add("Nodes", some_segments()[0])
    add("Anatomy of the MR", named("hyoid"), volume=add_volume(an_image(), "MR"))

    assert [segment.name for segment in read_scene().segments] == ["node_1"]


def test_nodes_in_two_images_are_refused(add: Callable[..., Any]) -> None:
    from HeadNeckNodesLib.scene.volumes import add_volume

    add("Nodes", some_segments()[0])
    add("Nodes of the MR", some_segments()[1], volume=add_volume(an_image(), "MR"))

    with pytest.raises(InputError, match="segmented in several images: CT, MR"):
        read_scene()


def test_a_label_map_that_several_segments_share_is_looked_through_once(
    add: Callable[..., Any], a_volume: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[Any] = []
    find_objects = ndimage.find_objects

    def counted(values: Any) -> Any:
        looked.append(values)
        return find_objects(values)

    node = add("Neck", *some_segments())
    monkeypatch.setattr(ndimage, "find_objects", counted)
    assert len(read(node, a_volume).segments) == 4
    assert len(looked) == 1


def test_a_label_map_that_reaches_beyond_the_image_is_cut_at_its_edge(add: Callable[..., Any]) -> None:
    from HeadNeckNodesLib.scene.volumes import add_volume

    slices = 20
    half = replace(GRID, size_ijk=(*GRID.size_ijk[:2], slices))
    image = replace(an_image(), voxels=an_image().voxels[:slices], geometry=half)
    volume = add_volume(image, "Upper half")
    segmentation = read(add("Neck", *some_segments(), volume=volume), volume)
    originals = {segment.name: segment.mask() for segment in some_segments()}
    assert [segment.name for segment in segmentation.segments] == ["node_1", "node_2", "common_carotid_artery_right"]
    for segment in segmentation.segments:
        assert np.array_equal(segment.mask(), originals[segment.name][:slices])
