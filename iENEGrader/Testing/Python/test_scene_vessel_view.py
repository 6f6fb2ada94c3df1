"""Stepping along a vessel in a real slice view, and the plot of the angle, on a tube with a known cuff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from hnn.headless.slice_view import SliceView
from iENEGraderLib.measure.contact import ContactProfile, contact_on_grid
from iENEGraderLib.scene.contact_plot import add_contact_plot
from iENEGraderLib.scene.marks import points_of
from iENEGraderLib.scene.vessel_view import ARC_ATTRIBUTE, VesselView

if TYPE_CHECKING:
    from collections.abc import Iterator

GEOMETRY = ImageGeometry((70, 60, 80), (0.5, 0.5, 0.5), (-10.0, 20.0, 30.0))
RADIUS_MM = 4.0
CUFF_DEG = 200.0
AXIS_RAS = np.array([-0.3, 0.0, 1.0]) / np.hypot(0.3, 1.0)


@pytest.fixture(scope="module")
def a_profile() -> ContactProfile:
    """An oblique tube; 200 degrees of it, over 20 mm, lie in tumour."""
    kji = np.stack(np.meshgrid(*map(np.arange, GEOMETRY.array_shape), indexing="ij"), -1)
    middle = GEOMETRY.ras_from_kji(np.array(GEOMETRY.array_shape) / 2)
    from_middle = GEOMETRY.ras_from_kji(kji) - middle
    along = from_middle @ AXIS_RAS
    across = from_middle - along[..., None] * AXIS_RAS
    front, right = across[..., 1], across @ np.cross([0.0, 1.0, 0.0], AXIS_RAS)
    distance = np.hypot(front, right)
    is_in_cuff = np.abs(np.degrees(np.arctan2(right, front))) <= CUFF_DEG / 2
    vessel = distance <= RADIUS_MM
    tumour = (distance <= RADIUS_MM + 4) & is_in_cuff & (np.abs(along) <= 10) & ~vessel
    return contact_on_grid(vessel, tumour, GEOMETRY)


@pytest.fixture
def a_view(a_scene: Any) -> Iterator[SliceView]:
    with SliceView("Vessel", size=(300, 200)) as view:
        yield view


@pytest.fixture
def a_slice_node(a_view: SliceView) -> Any:
    import slicer

    return slicer.mrmlScene.GetSingletonNode("Vessel", "vtkMRMLSliceNode")


@pytest.fixture
def a_vessel_view(a_profile: ContactProfile, a_slice_node: Any) -> Iterator[VesselView]:
    view = VesselView(a_profile, GEOMETRY, a_slice_node)
    yield view
    view.close()


def arcs() -> list[Any]:
    import slicer

    return [n for n in slicer.util.getNodesByClass("vtkMRMLMarkupsCurveNode") if n.GetAttribute(ARC_ATTRIBUTE)]


def test_the_view_begins_where_the_contact_is_greatest(a_vessel_view: VesselView, a_profile: ContactProfile) -> None:
    assert a_profile.sections is not None
    assert a_vessel_view.arc_deg == np.nanmax(a_profile.sections.longest_arc_deg)
    assert a_vessel_view.arc_deg == pytest.approx(CUFF_DEG, abs=6)


def test_the_plane_lies_across_the_vessel_with_the_front_on_top_and_left_on_the_right(
    a_vessel_view: VesselView, a_slice_node: Any
) -> None:
    import slicer

    a_vessel_view.go_to(a_vessel_view.section)
    plane = slicer.util.arrayFromVTKMatrix(a_slice_node.GetSliceToRAS())
    assert abs(plane[:3, 2] @ AXIS_RAS) == pytest.approx(1.0, abs=0.003)
    assert plane[:3, :3].T @ plane[:3, :3] == pytest.approx(np.eye(3), abs=1e-9)
    assert plane[0, 0] < -0.9
    assert plane[1, 1] > 0.9
    assert a_slice_node.GetFieldOfView()[0] / a_slice_node.GetFieldOfView()[1] == pytest.approx(1.5)


def test_the_arc_lies_on_the_wall_in_the_plane_and_is_as_long_as_the_contact(
    a_vessel_view: VesselView, a_slice_node: Any
) -> None:
    import slicer

    a_vessel_view.go_to(a_vessel_view.section)
    (arc,) = arcs()
    points = np.array(points_of(arc))
    plane = slicer.util.arrayFromVTKMatrix(a_slice_node.GetSliceToRAS())
    assert (points - plane[:3, 3]) @ plane[:3, 2] == pytest.approx(np.zeros(len(points)), abs=0.3)
    assert np.linalg.norm(points - plane[:3, 3], axis=1) == pytest.approx(np.full(len(points), RADIUS_MM), abs=0.3)
    length = np.linalg.norm(np.diff(points, axis=0), axis=1).sum()
    assert length == pytest.approx(np.radians(CUFF_DEG) * RADIUS_MM, rel=0.05)
    labels = {arc.GetNthControlPointLabel(index) for index in range(len(points))}
    assert labels == {"", f"{a_vessel_view.arc_deg:.0f}°"}


def test_stepping_beyond_the_cuff_leaves_no_arc_and_the_ends_hold(a_vessel_view: VesselView) -> None:
    a_vessel_view.step(-10_000)
    assert a_vessel_view.section == 0
    assert arcs() == []
    a_vessel_view.step(10_000)
    assert a_vessel_view.section == len(a_vessel_view) - 1
    a_vessel_view.go_to(len(a_vessel_view) // 2)
    assert len(arcs()) == 1
    a_vessel_view.close()
    assert arcs() == []


def test_a_profile_without_sections_cannot_be_stepped_through_or_plotted(a_slice_node: Any) -> None:
    nothing = contact_on_grid(*np.zeros((2, *GEOMETRY.array_shape), dtype=bool), GEOMETRY)
    with pytest.raises(ValueError, match="no sections"):
        VesselView(nothing, GEOMETRY, a_slice_node)
    with pytest.raises(ValueError, match="no sections"):
        add_contact_plot(nothing, "nothing")


def test_the_plot_has_the_angle_of_every_section_and_the_two_limits(a_scene: Any, a_profile: ContactProfile) -> None:
    import slicer

    assert a_profile.sections is not None
    plot = add_contact_plot(a_profile, "N1, left common carotid artery")
    columns = {name: np.array(slicer.util.arrayFromTableColumn(plot.table, name)) for name in ("180°", "270°")}
    assert set(columns["180°"]) == {180.0}
    assert set(columns["270°"]) == {270.0}
    drawn = slicer.util.arrayFromTableColumn(plot.table, "longest arc (°)")
    assert np.array_equal(drawn, a_profile.sections.longest_arc_deg, equal_nan=True)
    assert [series.GetYColumnName() for series in plot.series][-1] == "section shown"
    plot.show_section(7.5)
    assert list(slicer.util.arrayFromTableColumn(plot.marker, "along vessel (mm)")) == [7.5, 7.5]
    plot.remove()
    assert slicer.util.getNodesByClass("vtkMRMLPlotChartNode") == []
    assert slicer.util.getNodesByClass("vtkMRMLPlotSeriesNode") == []


def test_what_helps_to_draw_is_in_no_list_of_the_user_and_in_no_saved_scene(
    a_vessel_view: VesselView, a_profile: ContactProfile
) -> None:
    a_vessel_view.go_to_greatest()
    plot = add_contact_plot(a_profile, "N1, carotid")
    helpers = (*arcs(), plot.table, plot.marker, *plot.series)
    assert all(node.GetHideFromEditors() for node in helpers)
    assert not plot.chart.GetHideFromEditors()
    for node in (*helpers, *(arc.GetDisplayNode() for arc in arcs()), plot.chart):
        assert not node.GetSaveWithScene()
    plot.remove()


def test_an_arc_that_grows_or_shrinks_is_drawn_once_for_each_step(a_vessel_view: VesselView) -> None:
    a_vessel_view.go_to_greatest()
    (arc,) = arcs()
    told: list[str] = []
    arc.AddObserver(arc.PointModifiedEvent, lambda *_: told.append("changed"))
    points = {arc.GetNumberOfControlPoints()}
    for step in (3, 3, 3, -3, -3, -3):
        told.clear()
        a_vessel_view.step(step)
        points.add(arc.GetNumberOfControlPoints())
        assert len(told) <= 1
    assert len(points) > 1


def test_a_view_that_a_closing_scene_turns_draws_nothing(a_vessel_view: VesselView, a_slice_node: Any) -> None:
    import slicer

    a_vessel_view.go_to_greatest()
    section = a_vessel_view.section
    slicer.mrmlScene.StartState(slicer.mrmlScene.BatchProcessState)
    plane = slicer.util.arrayFromVTKMatrix(a_slice_node.GetSliceToRAS())
    plane[:3, 3] += 3.0 * plane[:3, 2]
    a_slice_node.GetSliceToRAS().DeepCopy(plane.ravel())
    a_slice_node.UpdateMatrices()
    shown = a_vessel_view.section
    slicer.mrmlScene.EndState(slicer.mrmlScene.BatchProcessState)
    assert shown == section
