"""Pointing at nodes in slice views, and what becomes of the outlines in the scene."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.segmentation import Segment
from HeadNeckNodesLib.scene.volumes import add_volume
from hnn.headless.slice_view import SliceView
from iENEGraderLib.scene.node_drawing import NodeDrawing, volume_at
from iENEGraderLib.scene.node_outlines import (
    add_node_outline,
    find_segment,
    has_changed,
    node_segment_at,
    others_near,
    possible_nodes,
    remember_outline,
)
from iENEGraderLib.scene.segmentations import add_segmentation, mask_of_segment
from scene_builders import GRID, an_image, some_segments

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACE = (20.0, 5.0, -200.0)


@pytest.fixture
def a_volume(a_scene: Any) -> Any:
    return add_volume(an_image(), "CT")


@pytest.fixture
def a_view(a_volume: Any) -> Iterator[SliceView]:
    with SliceView("Red") as view:
        view.show(a_volume)
        view.centre_on(PLACE)
        view.render()
        yield view


@pytest.fixture
def a_drawing(a_view: SliceView) -> Iterator[NodeDrawing]:
    drawing = NodeDrawing()
    yield drawing
    drawing.close()


def a_box(first: tuple[int, int, int], size: int = 6) -> np.ndarray:
    """Return a mask of a cube on the grid."""
    mask = np.zeros(GRID.array_shape, dtype=bool)
    mask[tuple(slice(start, start + size) for start in first)] = True
    return mask


def a_segment(name: str, mask: np.ndarray) -> Segment:
    whole = tuple(slice(0, size) for size in mask.shape)
    return Segment(name, name, mask.astype(np.uint8), 1, whole, (0, 0, 0), GRID.array_shape)  # type: ignore[arg-type]


def markups() -> list[Any]:
    import slicer

    return list(slicer.util.getNodesByClass("vtkMRMLMarkupsNode"))


def move(node: Any) -> None:
    """Put a node under a transform."""
    import slicer

    transform = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "Shift")
    node.SetAndObserveTransformNodeID(transform.GetID())


def test_a_click_tells_its_place_and_leaves_nothing_in_the_scene(a_drawing: NodeDrawing, a_view: SliceView) -> None:
    seeds: list[Any] = []
    a_drawing.ask_for_seed(seeds.append)
    assert a_drawing.is_placing_seed
    a_view.click((200, 300))
    (seed,) = seeds
    assert seed == pytest.approx(a_view.xy_to_ras((200, 300)), abs=0.2)
    assert (markups(), a_drawing.is_placing_seed) == ([], False)


def test_the_markup_of_a_seed_outlives_the_click_that_removes_it(a_drawing: NodeDrawing, a_view: SliceView) -> None:
    import vtk

    a_drawing.ask_for_seed(lambda _seed: None)
    (markup,) = markups()
    display = vtk.vtkWeakReference()
    display.Set(markup.GetDisplayNode())
    del markup
    a_view.click((200, 300))
    assert markups() == []
    assert display.Get() is not None


def test_a_right_click_ends_a_curve_that_follows_the_clicks(a_drawing: NodeDrawing, a_view: SliceView) -> None:
    corners = ((200, 200), (300, 200), (300, 300), (200, 300))
    a_drawing.begin_curve()
    for corner in corners:
        a_view.click(corner)
    assert (a_drawing.is_placing_curve, a_drawing.curves_ras_mm) == (True, [])
    a_view.event("RightButtonPressEvent", (250, 250))
    a_view.event("RightButtonReleaseEvent", (250, 250))
    (course,) = a_drawing.curves_ras_mm
    assert not a_drawing.is_placing_curve
    for corner in corners:
        place = np.array(a_view.xy_to_ras(corner))
        assert np.linalg.norm(course - place, axis=1).min() < 0.3


def test_a_curve_of_two_points_is_no_curve_and_a_deleted_one_is_gone(a_drawing: NodeDrawing, a_view: SliceView) -> None:
    import slicer

    a_drawing.begin_curve()
    for corner in ((200, 200), (300, 200)):
        a_view.click(corner)
    a_drawing.end_curve()
    assert (a_drawing.curves_ras_mm, markups()) == ([], [])
    a_drawing.begin_curve()
    for corner in ((200, 200), (300, 200), (300, 300)):
        a_view.click(corner)
    a_drawing.end_curve()
    assert len(a_drawing.curves_ras_mm) == 1
    slicer.mrmlScene.RemoveNode(markups()[0])
    assert a_drawing.curves_ras_mm == []


def test_the_image_of_the_view_under_the_mouse_comes_first(a_view: SliceView, a_volume: Any) -> None:
    other = add_volume(an_image(), "MR")
    with SliceView("Yellow") as beside:
        beside.show(other)
        beside.centre_on(PLACE)
        beside.render()
        for view, volume in ((a_view, a_volume), (beside, other)):
            view.move(view.ras_to_xy(PLACE))
            assert volume_at(PLACE) is volume


def test_without_an_image_in_a_view_it_is_said_what_to_do(a_scene: Any) -> None:
    with pytest.raises(InputError, match="no slice view shows an image"):
        volume_at(PLACE)


def test_outlines_get_the_first_free_names_in_one_segmentation_with_their_source_volume(a_volume: Any) -> None:
    add_segmentation("Nodes", [some_segments()[0]], GRID, a_volume)  # node_1
    first, second = a_box((3, 3, 3)), a_box((20, 20, 20))
    assert [add_node_outline(mask, a_volume) for mask in (first, second)] == ["node_2", "node_3"]
    for name, mask in (("node_2", first), ("node_3", second)):
        found = find_segment(name)
        assert found is not None
        assert found.node.GetName() == "Nodes"
        assert np.array_equal(mask_of_segment(found.node, name, a_volume), mask)


def test_an_outline_in_another_image_than_the_other_nodes_is_refused_and_so_is_an_empty_one(a_volume: Any) -> None:
    add_node_outline(a_box((3, 3, 3)), a_volume)
    with pytest.raises(InputError, match="the other nodes are segmented in CT, this one in MR"):
        add_node_outline(a_box((9, 9, 9)), add_volume(an_image(), "MR"))
    with pytest.raises(InputError, match="no voxel lies inside"):
        add_node_outline(np.zeros(GRID.array_shape, dtype=bool), a_volume)


def test_a_transform_is_refused(a_volume: Any) -> None:
    node = add_segmentation("Anatomy", some_segments()[2:], GRID, a_volume)
    move(node)
    with pytest.raises(InputError, match='Anatomy: moved by the transform "Shift"'):
        others_near(PLACE, a_volume, 10.0)
    move(a_volume)
    with pytest.raises(InputError, match='CT: moved by the transform "Shift"'):
        others_near(PLACE, a_volume, 10.0)


def test_a_whole_that_holds_the_seed_is_no_obstacle_and_a_part_beside_it_is(a_volume: Any) -> None:
    k, j, i = (round(x) for x in GRID.kji_from_ras(PLACE))
    body, beside = np.zeros((2, *GRID.array_shape), dtype=bool)
    body[:, :, i - 3 :] = True
    beside[:, :, i + 2 :] = True
    add_segmentation("Body", [a_segment("body", body), a_segment("tumour", beside)], GRID, a_volume)
    others = others_near(PLACE, a_volume, 5.0)
    assert not others[k, j, : i + 2].any()
    assert others[k, j, i + 2 : i + 6].all()
    assert not others[k, j, i + 6 :].any()


def test_a_known_structure_that_holds_the_seed_is_an_obstacle(a_volume: Any) -> None:
    k, j, i = (round(x) for x in GRID.kji_from_ras(PLACE))
    add_segmentation("Neck", [a_segment("skin", np.ones(GRID.array_shape, dtype=bool))], GRID, a_volume)
    assert others_near(PLACE, a_volume, 5.0)[k, j, i]


def test_a_segment_on_another_grid_is_brought_onto_that_of_the_image(a_volume: Any) -> None:
    import slicer

    finer = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "finer")
    finer.CopyOrientation(a_volume)
    finer.SetSpacing([step / 2 for step in a_volume.GetSpacing()])
    shape = tuple(2 * size for size in GRID.array_shape)
    slicer.util.updateVolumeFromArray(finer, np.zeros(shape, np.int16))
    node = add_segmentation("Nodes", [a_segment("node_1", a_box((10, 10, 10)))], GRID, a_volume)
    mask = np.repeat(np.repeat(np.repeat(a_box((10, 10, 10), 8), 2, axis=0), 2, axis=1), 2, axis=2)
    slicer.util.updateSegmentBinaryLabelmapFromArray(mask.astype(np.uint8), node, "node_1", finer)
    middle = GRID.ras_from_kji((14, 14, 14))
    assert others_near(middle, a_volume, 15.0).sum() == pytest.approx(8**3, rel=0.15)


def test_the_node_under_a_point_is_found(a_volume: Any) -> None:
    add_segmentation("Nodes", [a_segment("node_1", a_box((10, 10, 10)))], GRID, a_volume)
    found = node_segment_at(GRID.ras_from_kji((12, 12, 12)), a_volume)
    assert found is not None
    assert found.segment_id == "node_1"
    assert node_segment_at(GRID.ras_from_kji((22, 12, 12)), a_volume) is None
    assert node_segment_at((900.0, 0.0, 0.0), a_volume) is None


def test_known_structures_and_segments_that_nodes_name_are_not_offered_as_nodes(a_volume: Any) -> None:
    names = ("node_1", "node_2", "hyoid", "Segment_1")
    add_segmentation("Neck", [a_segment(name, a_box((3, 3, 3))) for name in names], GRID, a_volume)
    assert [each.name for each in possible_nodes({"node_2"})] == ["node_1", "Segment_1"]


def test_a_segment_changed_after_it_was_measured_is_told(a_volume: Any) -> None:
    import slicer

    node = add_segmentation("Nodes", [a_segment("node_1", a_box((10, 10, 10)))], GRID, a_volume)
    segment = find_segment("node_1")
    assert segment is not None
    assert not has_changed(segment)
    remember_outline(segment)
    assert not has_changed(segment)
    moved = a_box((11, 10, 10)).astype(np.uint8)
    slicer.util.updateSegmentBinaryLabelmapFromArray(moved, node, "node_1", a_volume)
    assert has_changed(segment)
    remember_outline(segment)
    assert not has_changed(segment)
