"""Jumping to a place and back, and the layouts, in a real scene."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from iENEGraderLib.scene.layouts import (
    PLOT_VIEW,
    VESSEL_VIEW,
    Layout,
    compare_layout,
    compare_views,
    current_layout,
    show_layout,
)
from iENEGraderLib.scene.viewing import Viewing, slice_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACE = (12.0, -34.0, 56.0)


@pytest.fixture
def a_layout_node(a_scene: Any) -> Iterator[Any]:
    """The layout node of an application with a window: Slicer's own logic makes the views that a layout asks for."""
    import slicer

    before = {node.GetID() for nodes in slicer.util.getNodes("*", useLists=True).values() for node in nodes}
    logic = slicer.vtkMRMLLayoutLogic()
    logic.SetMRMLScene(a_scene)
    yield logic.GetLayoutNode()
    logic.SetMRMLScene(None)
    # Views outlive the clearing of a scene; later tests must not find these.
    made = [node for nodes in slicer.util.getNodes("*", useLists=True).values() for node in nodes]
    for node in made:
        if node.GetID() not in before:
            a_scene.RemoveNode(node)


@pytest.fixture
def three_views(a_layout_node: Any) -> list[Any]:
    show_layout(Layout.READING)
    return slice_nodes()


def planes() -> dict[str, Any]:
    import slicer

    return {node.GetName(): slicer.util.arrayFromVTKMatrix(node.GetSliceToRAS()) for node in slice_nodes()}


def test_all_views_go_to_a_place_without_turning(three_views: list[Any]) -> None:
    before = planes()
    Viewing().go_to(PLACE)
    for name, plane in planes().items():
        assert plane[:3, 3] == pytest.approx(PLACE), name
        assert np.array_equal(plane[:3, :3], before[name][:3, :3])


def test_the_views_come_back_step_by_step(three_views: list[Any]) -> None:
    viewing = Viewing()
    begin = planes()
    viewing.go_to(PLACE)
    first = planes()
    three_views[0].SetFieldOfView(30.0, 30.0, 1.0)
    viewing.go_to((0.0, 0.0, 0.0))
    three_views[0].SetFieldOfView(90.0, 90.0, 1.0)
    viewing.go_back()
    assert all(np.allclose(planes()[name], first[name]) for name in first)
    assert three_views[0].GetFieldOfView()[0] == 30.0
    viewing.go_back()
    assert all(np.allclose(planes()[name], begin[name]) for name in begin)
    assert not viewing.can_go_back
    viewing.go_back()


def test_a_view_that_is_gone_does_not_keep_the_others_from_coming_back(three_views: list[Any]) -> None:
    import slicer

    viewing = Viewing()
    begin = planes()
    viewing.go_to(PLACE)
    slicer.mrmlScene.RemoveNode(three_views[0])
    viewing.go_back()
    assert all(np.allclose(plane, begin[name]) for name, plane in planes().items())


@pytest.mark.parametrize("layout", list(Layout))
def test_every_layout_is_one_that_slicer_can_build(a_layout_node: Any, layout: Layout) -> None:
    assert show_layout(layout)
    assert a_layout_node.GetViewArrangement() == layout
    assert current_layout() is layout
    assert a_layout_node.GetLayoutRootElement() is not None


def test_the_layout_along_a_vessel_has_its_own_view_and_a_plot(a_layout_node: Any) -> None:
    import slicer

    show_layout(Layout.ALONG_VESSEL)
    assert VESSEL_VIEW in {node.GetLayoutName() for node in slice_nodes()}
    assert slicer.mrmlScene.GetSingletonNode(PLOT_VIEW, "vtkMRMLPlotViewNode") is not None


@pytest.mark.parametrize("number", [2, 3, 4, 5, 6])
def test_two_to_six_views_are_compared_in_a_group_of_their_own(a_layout_node: Any, number: int) -> None:
    show_layout(compare_layout(number))
    shown = {node.GetLayoutName(): node for node in slice_nodes()}
    assert set(compare_views(number)) <= set(shown)
    assert {shown[name].GetViewGroup() for name in compare_views(number)} == {1}


@pytest.mark.parametrize("number", [1, 7])
def test_other_numbers_of_views_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match="between 2 and 6"):
        compare_layout(number)


def test_without_a_window_there_is_no_layout(a_scene: Any) -> None:
    assert not show_layout(Layout.READING)
    assert current_layout() is None
