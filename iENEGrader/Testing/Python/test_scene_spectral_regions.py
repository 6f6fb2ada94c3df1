"""Regions that the user draws, and legends in the corner of the views, in a real scene."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from hnn.headless.slice_view import SliceView
from iENEGraderLib.scene.spectral.drawn_regions import BOX_CLASS, CURVE_CLASS, drawn_regions, mask_of_drawing
from iENEGraderLib.scene.spectral.input_choice import likely_inputs
from iENEGraderLib.scene.spectral.map_legend import legend_of, show_legends
from iENEGraderLib.scene.spectral.overlay import OverlaySetting, hide_overlay, show_overlay
from iENEGraderLib.scene.spectral.region_drawing import RegionDrawing, circle
from iENEGraderLib.scene.spectral.spectral_volumes import SpectralVolumes
from iENEGraderLib.spectral import iodine
from spectral_scene_builders import GRID, add_energies

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = ("section_fixtures",)


@pytest.fixture
def the_inputs(a_layout_node: Any) -> SpectralVolumes:
    return SpectralVolumes.of(likely_inputs(add_energies(70, 40)))


@pytest.fixture
def an_axial_view(the_inputs: SpectralVolumes) -> Iterator[SliceView]:
    """A view that draws legends, as those of Slicer do."""
    with SliceView("Red", size=(400, 360)) as view:
        view.show(the_inputs.reference)
        view.centre_on((0.0, 0.0, 0.0), 100.0)
        yield view


def a_curve(points_ras_mm: np.ndarray) -> Any:
    import slicer

    curve = slicer.mrmlScene.AddNewNodeByClass(CURVE_CLASS, "R")
    for point in points_ras_mm:
        curve.AddControlPointWorld(*point.tolist())
    return curve


def places_of(mask: np.ndarray, start: tuple[int, int, int]) -> np.ndarray:
    return GRID.ras_from_kji(np.argwhere(mask) + start)


# Regions


def test_a_circle_holds_the_voxels_inside_it_in_one_section(a_layout_node: Any) -> None:
    curve = a_curve(circle((4.0, -6.0, 0.3), 20.0, np.eye(3)[:2]))
    places = places_of(*mask_of_drawing(curve, GRID))
    assert len(set(places[:, 2])) == 1
    assert abs(places[0, 2] - 0.3) <= 1.0
    assert len(places) == pytest.approx(np.pi * 100, rel=0.03)
    assert np.linalg.norm(places[:, :2] - (4.0, -6.0), axis=1).max() < 10.3


def test_an_oblique_circle_takes_one_layer_of_voxels(a_layout_node: Any) -> None:
    across, along = np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.8, 0.6])
    places = places_of(*mask_of_drawing(a_curve(circle((0, 0, 0), 20.0, np.stack([across, along]))), GRID))
    normal = np.cross(across, along)
    assert np.abs(places @ normal).max() <= 0.5 * 2.0 * 0.8 + 1e-6
    # Seen along the axis that the plane is most across, it is an ellipse of voxels, each once.
    assert len(places) == pytest.approx(np.pi * 10 * 10 * 0.8, rel=0.06)
    assert len({tuple(each) for each in np.round(places[:, :2], 3)}) == len(places)


def test_a_box_holds_what_lies_in_it_also_when_it_is_turned(a_layout_node: Any) -> None:
    import slicer

    box = slicer.mrmlScene.AddNewNodeByClass(BOX_CLASS, "B")
    box.SetSize(20.0, 10.0, 8.0)
    box.SetCenter(1.5, 2.5, 1.0)
    assert drawn_regions() == [box]
    places = places_of(*mask_of_drawing(box, GRID))
    assert len(places) == 20 * 10 * 4
    assert np.ptp(places[:, 0]) > np.ptp(places[:, 1])
    transform = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "quarter turn")
    turn = np.eye(4)
    turn[:2, :2] = ((0.0, -1.0), (1.0, 0.0))
    transform.SetMatrixTransformToParent(slicer.util.vtkMatrixFromArray(turn))
    box.SetAndObserveTransformNodeID(transform.GetID())
    places = places_of(*mask_of_drawing(box, GRID))
    assert np.ptp(places[:, 1]) > np.ptp(places[:, 0])
    assert places.mean(axis=0) == pytest.approx((-2.5, 1.5, 1.0))


def test_what_encloses_nothing_or_bends_out_of_its_plane_is_refused(a_layout_node: Any) -> None:
    with pytest.raises(InputError, match="R: lies outside the images"):
        mask_of_drawing(a_curve(circle((500.0, 0.0, 0.0), 10.0, np.eye(3)[:2])), GRID)
    with pytest.raises(InputError, match="encloses no voxel of the images"):
        mask_of_drawing(a_curve(circle((0.2, 0.2, 0.0), 0.1, np.eye(3)[:2])), GRID)
    bent = circle((0.0, 0.0, 0.0), 20.0, np.eye(3)[:2])
    bent[::2, 2] += 9.0
    with pytest.raises(InputError, match="does not lie in one plane"):
        mask_of_drawing(a_curve(bent), GRID)


def test_a_click_draws_a_circle_in_the_plane_of_its_view(an_axial_view: SliceView, the_inputs: SpectralVolumes) -> None:
    drawing = RegionDrawing(lambda: the_inputs.reference, lambda: None)
    drawn: list[Any] = []
    an_axial_view.render()
    for _ in range(2):
        drawing.draw_circle("Fat", 12.0, drawn.append)
        assert drawing.is_drawing
        an_axial_view.click(an_axial_view.ras_to_xy((-30.0, -12.0, 0.0)))
        assert not drawing.is_drawing
    drawing.close()
    assert [each.GetName() for each in drawn] == ["Fat", "Fat 2"]
    assert drawn_regions() == drawn, "and no point is left"
    mask, start = mask_of_drawing(drawn[0], GRID)
    assert places_of(mask, start).mean(axis=0) == pytest.approx((-30.0, -12.0, 0.0), abs=0.6)
    assert mask.sum() == pytest.approx(np.pi * 36, rel=0.08)


def test_an_outline_follows_the_clicks_and_half_of_one_goes(
    an_axial_view: SliceView, the_inputs: SpectralVolumes
) -> None:
    drawing = RegionDrawing(lambda: the_inputs.reference, lambda: None)
    drawn: list[Any] = []
    an_axial_view.render()
    corners = ((-20.0, -10.0, 0.0), (0.0, -10.0, 0.0), (0.0, 10.0, 0.0), (-20.0, 10.0, 0.0))
    drawing.draw_outline("Region", drawn.append)
    for corner in corners:
        an_axial_view.click(an_axial_view.ras_to_xy(corner))
    an_axial_view.event("RightButtonPressEvent", (200, 200))
    an_axial_view.event("RightButtonReleaseEvent", (200, 200))
    (curve,) = drawn
    places = places_of(*mask_of_drawing(curve, GRID))
    assert places.mean(axis=0)[:2] == pytest.approx((-10.0, 0.0), abs=1.0)
    drawing.draw_outline("Region", drawn.append)
    an_axial_view.click(an_axial_view.ras_to_xy(corners[0]))
    drawing.cancel()
    drawing.close()
    assert drawn_regions() == [curve]


# Legends


def corner(view: SliceView) -> np.ndarray:
    """Lower right part of the picture, where a legend stands."""
    picture = view.image().astype(int)
    return picture[-150:, -60:]


def test_the_legend_is_drawn_in_the_corner_while_its_map_is_seen(
    an_axial_view: SliceView, the_inputs: SpectralVolumes
) -> None:
    plain = corner(an_axial_view)
    found = the_inputs.map_volume(iodine(the_inputs.data))
    assert (corner(an_axial_view) == plain).all(), "the map is not shown yet"
    show_overlay(found, OverlaySetting(0.6, 1.0), [the_inputs.reference])
    with_legend = corner(an_axial_view)
    coloured = np.ptp(with_legend, axis=-1) > 60
    assert coloured.sum() > 100, "the bar of colours"
    assert ((with_legend.min(axis=-1) > 200) & (plain.max(axis=-1) < 100)).sum() > 50, "numbers and the unit in white"
    hide_overlay([found])
    show_legends([found])
    assert (corner(an_axial_view) == plain).all()


def test_a_legend_keeps_the_place_that_the_user_gave_it(the_inputs: SpectralVolumes) -> None:
    found = the_inputs.map_volume(iodine(the_inputs.data))
    assert legend_of(found).GetTitleText() == "iodine\nmg/mL"
    legend_of(found).SetPosition(0.1, 0.9)
    show_legends([found, the_inputs.reference])
    assert legend_of(found).GetPosition()[:2] == pytest.approx((0.1, 0.9))
    assert found.GetNumberOfDisplayNodes() == 2, "no second legend"
    assert legend_of(found).GetPrimaryDisplayNode() is found.GetDisplayNode()
    assert legend_of(the_inputs.reference) is None
