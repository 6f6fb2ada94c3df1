"""Volumes side by side in real slice views, linked by Slicer's own logic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from HeadNeckNodesLib.scene.volumes import MODALITY_ATTRIBUTE
from hnn.headless.slice_view import SliceView
from iENEGraderLib.scene.compare_views import comparable_volumes, compare, show_in_view, volume_in_view
from iENEGraderLib.scene.layouts import Layout, compare_views, current_layout

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = ("section_fixtures",)

SIZE = 40


@pytest.fixture
def a_link_logic(a_layout_node: Any) -> Iterator[Any]:
    """Slicer's logic that carries what is done in one view over to those linked with it."""
    import slicer

    logic = slicer.vtkMRMLSliceLinkLogic()
    logic.SetMRMLScene(slicer.mrmlScene)
    yield logic
    logic.SetMRMLScene(None)


@pytest.fixture
def two_volumes(a_layout_node: Any) -> tuple[Any, Any]:
    """A CT with air and a bright cube off its middle, and an MR of the same cube."""
    return a_volume("CT", "CT", -1000), a_volume("T2 STIR", "MR", 0)


def a_volume(name: str, modality: str, background: int) -> Any:
    import slicer

    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", name)
    voxels = np.full((SIZE, SIZE, SIZE), background, dtype=np.int16)
    voxels[15:25, 15:25, 20:30] = 200
    slicer.util.updateVolumeFromArray(node, voxels)
    node.SetOrigin(-SIZE / 2, -SIZE / 2, -SIZE / 2)
    node.CreateDefaultDisplayNodes()
    node.SetAttribute(MODALITY_ATTRIBUTE, modality)
    return node


def slice_node(view: str) -> Any:
    import slicer

    return slicer.mrmlScene.GetSingletonNode(view, "vtkMRMLSliceNode")


def test_each_view_shows_its_volume_under_its_name(two_volumes: tuple[Any, Any]) -> None:
    assert compare(two_volumes)
    assert current_layout() is Layout.COMPARE_2
    assert [volume_in_view(view) for view in compare_views(2)] == list(two_volumes)
    assert [slice_node(view).GetLayoutLabel() for view in compare_views(2)] == ["1 CT", "2 T2 STIR"]


def test_the_views_look_at_one_place_at_one_scale(two_volumes: tuple[Any, Any]) -> None:
    import slicer

    compare((*two_volumes, None))
    planes = [slicer.util.arrayFromVTKMatrix(slice_node(view).GetSliceToRAS()) for view in compare_views(3)]
    assert all(np.array_equal(plane, planes[0]) for plane in planes)
    assert planes[0][:3, 2] == pytest.approx([0.0, 0.0, 1.0])
    assert planes[0][:3, 3] == pytest.approx([-0.5, -0.5, -0.5])
    assert {slice_node(view).GetFieldOfView()[0] for view in compare_views(3)} == {float(SIZE)}


def test_the_views_begin_where_the_axial_view_looks(two_volumes: tuple[Any, Any]) -> None:
    with SliceView("Red", size=(100, 100)) as red:
        red.show(two_volumes[0])
        red.centre_on((3.0, 4.0, 5.0), 30.0)
        compare(two_volumes)
    for view in compare_views(2):
        matrix = slice_node(view).GetSliceToRAS()
        assert [matrix.GetElement(row, 3) for row in range(3)] == pytest.approx([3.0, 4.0, 5.0])
        assert slice_node(view).GetFieldOfView()[0] == pytest.approx(30.0)


def test_what_is_done_in_one_view_is_done_in_all(two_volumes: tuple[Any, Any], a_link_logic: Any) -> None:
    with SliceView("Compare1", size=(80, 80)) as first, SliceView("Compare2", size=(80, 80)) as second:
        compare(two_volumes)
        first.logic.StartSliceNodeInteraction(first.node.SliceToRASFlag)
        first.offset_mm = 7.0
        first.logic.EndSliceNodeInteraction()
        assert second.offset_mm == pytest.approx(7.0)


def test_a_ct_gets_the_window_of_soft_tissue_and_an_mr_its_own(two_volumes: tuple[Any, Any]) -> None:
    ct, mr = (each.GetDisplayNode() for each in two_volumes)
    compare(two_volumes)
    assert (ct.GetWindow(), ct.GetLevel(), ct.GetAutoWindowLevel()) == (350.0, 40.0, 0)
    assert mr.GetAutoWindowLevel()
    ct.SetWindowLevel(2000.0, 400.0)
    compare(two_volumes)
    assert ct.GetWindow() == 2000.0, "the window that the user chose"


def test_a_volume_of_unknown_modality_is_a_ct_when_it_holds_air(two_volumes: tuple[Any, Any]) -> None:
    for each in two_volumes:
        each.RemoveAttribute(MODALITY_ATTRIBUTE)
    compare(two_volumes)
    assert two_volumes[0].GetDisplayNode().GetWindow() == 350.0
    assert two_volumes[1].GetDisplayNode().GetAutoWindowLevel()


def test_a_registration_transform_moves_what_is_seen(two_volumes: tuple[Any, Any]) -> None:
    import slicer

    transform = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTransformNode", "registration")
    matrix = np.eye(4)
    matrix[0, 3] = 10.0
    transform.SetMatrixTransformToParent(slicer.util.vtkMatrixFromArray(matrix))
    with SliceView("Compare1", size=(80, 80)) as first, SliceView("Compare2", size=(80, 80)) as second:
        compare(two_volumes)
        before = bright_column(first), bright_column(second)
        two_volumes[1].SetAndObserveTransformNodeID(transform.GetID())
        after = bright_column(first), bright_column(second)
    assert before[0] == pytest.approx(before[1], abs=1.0)
    assert after[0] == pytest.approx(before[0], abs=1.0)
    assert after[1] - before[1] == pytest.approx(-20.0, abs=2.0), "10 mm to the right of the patient, 2 pixels a mm"


def bright_column(view: SliceView) -> float:
    picture = view.image()[5:-20].astype(float).mean(axis=-1)
    return float(np.flatnonzero((picture > 180).sum(axis=0) > 8).mean())


def test_a_removed_volume_leaves_its_view_empty(two_volumes: tuple[Any, Any]) -> None:
    import slicer

    compare(two_volumes)
    slicer.mrmlScene.RemoveNode(two_volumes[1])
    assert volume_in_view("Compare2") is None
    assert volume_in_view("Compare1") is two_volumes[0]
    show_in_view("Compare2", None)
    assert slice_node("Compare2").GetLayoutLabel() == "2"


def test_label_maps_and_empty_volumes_are_not_offered(two_volumes: tuple[Any, Any]) -> None:
    import slicer

    slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "empty")
    slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLabelMapVolumeNode", "labels").SetAndObserveImageData(
        two_volumes[0].GetImageData()
    )
    assert comparable_volumes() == list(two_volumes)


def test_without_a_window_nothing_is_done(a_scene: Any) -> None:
    assert not compare((None, None))
