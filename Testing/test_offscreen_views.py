"""Slice and 3D views without a screen show the scene where it is, and mouse clicks land where they should."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hnn.headless import SliceView, ThreeDView

BALL_RAS_MM = (20.0, -10.0, 6.0)
BALL_RADIUS_MM = 12.0
GREEN = (0.0, 1.0, 0.0)


@pytest.fixture
def a_volume(a_scene: Any) -> Any:
    return halved_cube()


@pytest.fixture
def a_ball(a_scene: Any, a_volume: Any) -> Any:
    return ball_segment(a_scene, a_volume)


def halved_cube() -> Any:
    """100 mm cube, 1 mm voxels, centred on the origin: -1000 HU in its posterior half, 0 HU in the anterior one."""
    import slicer

    voxels = np.zeros((100, 100, 100), np.int16)
    voxels[:, 50:, :] = -1000  # j runs backwards, from anterior to posterior
    matrix = np.diag([-1.0, -1.0, 1.0, 1.0])
    matrix[:3, 3] = (49.5, 49.5, -49.5)
    return slicer.util.addVolumeFromArray(voxels, matrix, name="CT")


def ball_segment(scene: Any, volume: Any) -> Any:
    """A green ball segment, filled at full strength."""
    import slicer

    k, j, i = np.indices((100, 100, 100))
    ras = np.stack([49.5 - i, 49.5 - j, k - 49.5], axis=-1)
    inside = (np.square(ras - BALL_RAS_MM).sum(axis=-1) <= BALL_RADIUS_MM**2).astype(np.uint8)
    segmentation = scene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Nodes")
    segmentation.CreateDefaultDisplayNodes()
    segmentation.SetReferenceImageGeometryParameterFromVolumeNode(volume)
    segmentation.GetSegmentation().AddEmptySegment("ball", "ball", GREEN)
    slicer.util.updateSegmentBinaryLabelmapFromArray(inside, segmentation, "ball", volume)
    return segmentation


@pytest.fixture
def a_slice_view(a_volume: Any) -> Iterator[SliceView]:
    """Axial, 400 x 400 pixels of 0.25 mm."""
    from hnn.headless import SliceView

    with SliceView("Red", "Axial", (400, 400)) as view:
        view.show(a_volume, window=400, level=0)
        view.centre_on((0.0, 0.0, BALL_RAS_MM[2] + 0.5), field_of_view_mm=100.0)
        yield view


@pytest.fixture
def a_3d_view(a_scene: Any) -> Iterator[ThreeDView]:
    from hnn.headless import ThreeDView

    with ThreeDView("1", (300, 300)) as view:
        yield view


def is_green(pixel: np.ndarray) -> bool:
    red, green, blue = (int(channel) for channel in pixel)
    return green > 60 and green > 2 * red and green > 2 * blue


def colour_at(view: SliceView, ras_mm: tuple[float, float, float]) -> np.ndarray:
    row, column = view.pixel_at(ras_mm)
    return view.image()[row, column]


def start_placing(scene: Any, class_name: str) -> Any:
    import slicer

    node = scene.AddNewNodeByClass(class_name)
    node.CreateDefaultDisplayNodes()
    slicer.modules.markups.logic().SetActiveList(node)
    slicer.app.applicationLogic().GetSelectionNode().SetReferenceActivePlaceNodeClassName(class_name)
    interaction = slicer.app.applicationLogic().GetInteractionNode()
    interaction.SetPlaceModePersistence(0)
    interaction.SetCurrentInteractionMode(interaction.Place)
    return node


def test_anterior_is_up_and_grey_levels_follow_the_window(a_slice_view: SliceView) -> None:
    image = a_slice_view.image()
    assert image.shape == (400, 400, 3)
    assert image.dtype == np.uint8
    assert set(np.unique(image[10:190, 10:390])) <= {127, 128}  # 0 HU is the middle of the window
    assert np.all(image[210:390, 10:390] == 0)


def test_the_right_of_the_patient_is_on_the_left_of_an_axial_view(a_slice_view: SliceView) -> None:
    assert a_slice_view.ras_to_xy((40.0, 0.0, 0.0))[0] < a_slice_view.ras_to_xy((-40.0, 0.0, 0.0))[0]


def test_positions_go_to_the_view_and_back(a_slice_view: SliceView) -> None:
    ras_mm = a_slice_view.xy_to_ras((123.0, 321.0))
    assert a_slice_view.ras_to_xy(ras_mm) == pytest.approx((123.0, 321.0), abs=1e-6)
    assert ras_mm[2] == pytest.approx(a_slice_view.offset_mm)
    assert a_slice_view.ras_to_xy((10.0, 0.0, 0.0))[0] == pytest.approx(200.0 - 10.0 / 0.25)


@pytest.mark.parametrize("name_and_orientation", [("Red", "Axial"), ("Green", "Coronal"), ("Yellow", "Sagittal")])
def test_centring_puts_a_position_in_the_middle_of_any_plane(
    a_volume: Any, name_and_orientation: tuple[str, str]
) -> None:
    from hnn.headless import SliceView

    with SliceView(*name_and_orientation, size=(300, 200)) as view:
        view.show(a_volume)
        view.centre_on(BALL_RAS_MM, field_of_view_mm=60.0)
        assert view.ras_to_xy(BALL_RAS_MM) == pytest.approx((150.0, 100.0), abs=1e-6)
        assert view.xy_to_ras((150.0, 100.0)) == pytest.approx(BALL_RAS_MM, abs=1e-6)
        first, second = np.array(view.xy_to_ras((0.0, 0.0))), np.array(view.xy_to_ras((300.0, 0.0)))
        assert np.linalg.norm(second - first) == pytest.approx(60.0)


def test_a_filled_segment_is_green_inside_and_nowhere_else(a_slice_view: SliceView, a_ball: Any) -> None:
    right, anterior, superior = BALL_RAS_MM
    for step in (-BALL_RADIUS_MM + 2, 0.0, BALL_RADIUS_MM - 2):
        assert is_green(colour_at(a_slice_view, (right + step, anterior, superior)))
        assert is_green(colour_at(a_slice_view, (right, anterior + step, superior)))
    for step in (-BALL_RADIUS_MM - 2, BALL_RADIUS_MM + 2):
        assert not is_green(colour_at(a_slice_view, (right + step, anterior, superior)))
        assert not is_green(colour_at(a_slice_view, (right, anterior + step, superior)))
    assert not is_green(colour_at(a_slice_view, (-right, anterior, superior)))


def test_an_outlined_segment_is_green_on_its_edge_only(a_slice_view: SliceView, a_ball: Any) -> None:
    a_ball.GetDisplayNode().SetVisibility2DFill(False)
    image = a_slice_view.image().astype(int)
    rows, columns = np.nonzero((image[..., 1] > 100) & (image[..., 0] < 60))
    centre_row, centre_column = a_slice_view.pixel_at(BALL_RAS_MM)
    distance_mm = np.hypot(rows - centre_row, columns - centre_column) * 0.25
    assert len(rows) > 2 * np.pi * BALL_RADIUS_MM / 0.25 * 0.8  # all around
    assert distance_mm.min() > BALL_RADIUS_MM - 1.6
    assert distance_mm.max() < BALL_RADIUS_MM + 1.6


def test_the_slice_offset_moves_the_plane_out_of_the_segment(a_slice_view: SliceView, a_ball: Any) -> None:
    a_slice_view.offset_mm = BALL_RAS_MM[2] + BALL_RADIUS_MM + 3.0
    assert a_slice_view.offset_mm == pytest.approx(21.0)
    assert not is_green(colour_at(a_slice_view, BALL_RAS_MM))


def test_two_clicks_make_a_line_as_long_as_the_pixels_between_them(a_slice_view: SliceView, a_scene: Any) -> None:
    line = start_placing(a_scene, "vtkMRMLMarkupsLineNode")
    a_slice_view.render()
    a_slice_view.click((150, 250))
    a_slice_view.click((350, 100))
    assert line.GetNumberOfDefinedControlPoints() == 2
    assert line.GetLineLengthWorld() == pytest.approx(np.hypot(200, 150) * 0.25, abs=1e-6)
    assert line.GetNthControlPointPositionWorld(0) == pytest.approx(a_slice_view.xy_to_ras((150, 250)), abs=1e-6)


def test_dragging_the_end_of_a_line_lengthens_it(a_slice_view: SliceView, a_scene: Any) -> None:
    line = start_placing(a_scene, "vtkMRMLMarkupsLineNode")
    a_slice_view.render()
    a_slice_view.click((100, 300))
    a_slice_view.click((200, 300))
    a_slice_view.render()
    a_slice_view.drag((200, 300), (300, 300))
    assert line.GetLineLengthWorld() == pytest.approx(50.0, abs=0.3)


def test_a_line_is_drawn_between_its_points(a_slice_view: SliceView, a_scene: Any) -> None:
    line = a_scene.AddNewNodeByClass("vtkMRMLMarkupsLineNode", "L")
    line.CreateDefaultDisplayNodes()
    line.GetDisplayNode().SetSelectedColor(1, 1, 0)
    superior = a_slice_view.offset_mm
    line.AddControlPointWorld((-30.0, -30.0, superior))
    line.AddControlPointWorld((30.0, -30.0, superior))
    red, green, blue = (int(channel) for channel in colour_at(a_slice_view, (10.0, -30.0, superior)))
    assert min(red, green) > 150
    assert blue < 100
    assert colour_at(a_slice_view, (10.0, -35.0, superior)).max() == 0


def test_the_picture_file_holds_what_the_view_shows(a_slice_view: SliceView, tmp_path: Path) -> None:
    import vtk

    file = a_slice_view.save_png(tmp_path / "pictures" / "axial.png")
    reader = vtk.vtkPNGReader()
    reader.SetFileName(str(file))
    reader.Update()
    pixels = vtk.util.numpy_support.vtk_to_numpy(reader.GetOutput().GetPointData().GetScalars())
    np.testing.assert_array_equal(pixels.reshape(400, 400, -1)[::-1, :, :3], a_slice_view.image())
    assert list(file.parent.iterdir()) == [file]


def test_a_surface_is_in_the_middle_of_a_3d_view_from_every_side(a_3d_view: ThreeDView, a_ball: Any) -> None:
    from hnn.headless import Direction

    a_3d_view.node.SetBoxVisible(False)
    a_3d_view.node.SetAxisLabelsVisible(False)
    a_ball.CreateClosedSurfaceRepresentation()
    a_ball.GetDisplayNode().SetOpacity3D(1.0)
    for direction in Direction:
        a_3d_view.look_from(direction)
        image = a_3d_view.image()
        green = np.argwhere([[is_green(pixel) for pixel in row] for row in image[::4, ::4]]) * 4
        assert green.mean(axis=0) == pytest.approx((150, 150), abs=8)
        assert not is_green(image[5, 5])


def test_from_the_front_the_right_of_the_patient_is_on_the_left(a_3d_view: ThreeDView, a_ball: Any) -> None:
    from hnn.headless import Direction

    a_ball.CreateClosedSurfaceRepresentation()
    a_3d_view.look_from(Direction.ANTERIOR)
    renderer = a_3d_view.renderer
    assert to_the_right_in(renderer, (-20.0, 0.0, 0.0)) > to_the_right_in(renderer, (20.0, 0.0, 0.0))


def to_the_right_in(renderer: Any, ras_mm: tuple[float, float, float]) -> float:
    renderer.SetWorldPoint(*ras_mm, 1.0)
    renderer.WorldToDisplay()
    return float(renderer.GetDisplayPoint()[0])


def test_a_view_outlives_the_clearing_of_the_scene(a_slice_view: SliceView, a_scene: Any) -> None:
    a_scene.Clear(0)
    assert a_slice_view.image().max() == 0


def test_a_closed_view_leaves_nothing_in_the_scene(a_scene: Any) -> None:
    import slicer
    from hnn.headless import SliceView, ThreeDView

    before = ids_of_nodes(a_scene)
    for view in (SliceView("Passing"), ThreeDView("Passing")):
        view.render()
        assert ids_of_nodes(a_scene) > before
        view.close()
        view.close()
    assert slicer.app.applicationLogic().GetSliceLogics().GetNumberOfItems() == 0
    assert slicer.app.applicationLogic().GetViewLogics().GetNumberOfItems() == 0
    assert ids_of_nodes(a_scene) == before


@pytest.fixture
def a_bundle_with_views(a_ball: Any, a_volume: Any, a_scene: Any, tmp_path: Path) -> Iterator[Path]:
    """A bundle that holds the nodes of a slice view and of a 3D view named Saved."""
    import slicer
    from hnn.headless import SliceView, ThreeDView

    with SliceView("Saved") as view, ThreeDView("Saved") as overview:
        view.show(a_volume)
        overview.render()
        slicer.util.saveScene(str(tmp_path / "case.mrb"), {})
    yield tmp_path / "case.mrb"
    for class_name in ("SliceComposite", "Slice", "Camera", "View"):
        a_scene.RemoveNode(a_scene.GetSingletonNode("Saved", f"vtkMRML{class_name}Node"))


def ids_of_nodes(scene: Any) -> set[str]:
    return {scene.GetNthNode(index).GetID() for index in range(scene.GetNumberOfNodes())}


def test_views_draw_when_their_nodes_are_left_from_a_bundle_that_was_cleared(
    a_bundle_with_views: Path, a_scene: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    import slicer
    from hnn.headless import Direction, SliceView, ThreeDView

    slicer.util.loadScene(a_bundle_with_views, {"clear": True})
    a_scene.Clear(0)
    volume = halved_cube()
    ball_segment(a_scene, volume).CreateClosedSurfaceRepresentation()
    with SliceView("Saved", "Coronal", (400, 400)) as view, ThreeDView("Saved", (300, 300)) as overview:
        view.show(volume, window=400, level=0)
        view.centre_on(BALL_RAS_MM, field_of_view_mm=100.0)
        assert is_green(colour_at(view, BALL_RAS_MM))
        overview.node.SetBoxVisible(False)
        overview.node.SetAxisLabelsVisible(False)
        overview.look_from(Direction.ANTERIOR)
        assert is_green(overview.image()[150, 150])
    assert "InteractionNode" not in "".join(capfd.readouterr())


def test_a_view_opens_as_a_bundle_left_it_and_leaves_it_so(a_bundle_with_views: Path, a_scene: Any) -> None:
    import slicer
    from hnn.headless import SliceView, ThreeDView

    a_scene.Clear(0)
    slicer.util.loadScene(a_bundle_with_views, {})
    before = ids_of_nodes(a_scene)
    with SliceView("Saved") as view, ThreeDView("Saved") as overview:
        assert view.node.GetScene() is a_scene
        assert overview.node.GetScene() is a_scene
        shown = view.logic.GetSliceCompositeNode().GetBackgroundVolumeID()
        assert shown == slicer.util.getNode("CT").GetID()
        view.centre_on(BALL_RAS_MM)
        assert is_green(colour_at(view, BALL_RAS_MM))
    assert ids_of_nodes(a_scene) == before


@pytest.mark.parametrize("clear", [False, True])
def test_the_nodes_that_slicer_has_once_outlive_clearing_and_loading(
    a_bundle_with_views: Path, a_scene: Any, clear: bool
) -> None:
    import slicer

    logic = slicer.app.applicationLogic()
    crosshair = a_scene.GetSingletonNode("default", "vtkMRMLCrosshairNode")
    kept = [logic.GetSelectionNode(), logic.GetInteractionNode(), crosshair]
    a_scene.Clear(0)
    slicer.util.loadScene(a_bundle_with_views, {"clear": clear})
    assert all(node.GetScene() is a_scene for node in kept)
    assert [logic.GetSelectionNode(), logic.GetInteractionNode()] == kept[:2]
    assert a_scene.GetDefaultNodeByClass("vtkMRMLSliceNode").GetNumberOfSliceOrientationPresets() == 3


def test_a_second_view_of_the_same_name_is_refused(a_slice_view: SliceView) -> None:
    from hnn.headless import SliceView

    with pytest.raises(ValueError, match="SliceView named Red is open already"):
        SliceView("Red")


def test_a_scene_saved_with_views_of_another_size_fits_the_view(a_slice_view: SliceView, a_ball: Any) -> None:
    a_slice_view.node.SetDimensions(700, 300, 1)
    a_slice_view.render()
    assert tuple(a_slice_view.node.GetDimensions()) == (400, 400, 1)
    assert is_green(colour_at(a_slice_view, BALL_RAS_MM))
