"""Marks of the reader in a real scene: placed and dragged with the mouse, deleted, hidden, saved and loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from iENEGraderLib.reading import FindingKind, Mark, MarkKind, NeckLevel, Node, Reading, Side
from iENEGraderLib.scene.mark_board import MarkBoard
from iENEGraderLib.scene.mark_placing import MarkPlacing
from iENEGraderLib.scene.marks import markups_of_reading, points_of
from iENEGraderLib.scene.reading_node import create_reading_node, reading_nodes
from slice_view_builders import an_axial_view

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hnn.headless.slice_view import SliceView

SPIKE = Mark("M1", MarkKind.FAT_SPIKE, ((0.0, 0.0, 0.0), (-9.0, 12.0, 0.0)), FindingKind.FAT_SPIKES)
ARC = Mark(
    "M2", MarkKind.CONTACT_ANGLE, ((5.0, 0.0, 0.0), (0.0, 0.0, 0.0), (0.0, -5.0, 0.0)), FindingKind.ARTERY_ENCASEMENT,
    structure="common_carotid_artery_left", axis_ras=(0.0, 0.0, 1.0),
)  # fmt: skip


class Ear:
    """Hears what the board tells."""

    def __init__(self) -> None:
        self.moved: list[tuple[str, Any]] = []
        self.removed: list[str] = []

    def on_moved(self, mark_id: str, points: Any) -> None:
        self.moved.append((mark_id, points))


@pytest.fixture
def a_reading() -> Reading:
    return Reading("X1", nodes=(Node("N1", Side.RIGHT, NeckLevel.IIA, marks=(SPIKE, ARC)),))


@pytest.fixture
def a_reading_node(a_scene: Any, a_reading: Reading) -> Any:
    return create_reading_node(a_reading)


@pytest.fixture
def an_ear() -> Ear:
    return Ear()


@pytest.fixture
def a_board(a_reading_node: Any, a_reading: Reading, an_ear: Ear) -> Iterator[MarkBoard]:
    board = MarkBoard(an_ear.on_moved, an_ear.removed.append)
    board.show(a_reading, a_reading_node)
    yield board
    board.close()


@pytest.fixture
def a_slice_view(a_scene: Any) -> Iterator[SliceView]:
    with an_axial_view() as view:
        yield view


def markups() -> list[Any]:
    import slicer

    return list(slicer.util.getNodesByClass("vtkMRMLMarkupsNode"))


def test_every_mark_becomes_a_markup_that_shows_its_length_or_angle_itself(a_board: MarkBoard) -> None:
    spike, arc = a_board.markup("M1"), a_board.markup("M2")
    assert spike.IsA("vtkMRMLMarkupsLineNode")
    assert spike.GetLineLengthWorld() == pytest.approx(SPIKE.length_mm) == pytest.approx(15.0)
    assert arc.IsA("vtkMRMLMarkupsAngleNode")
    assert arc.GetAngleDegrees() == pytest.approx(ARC.angle_deg) == pytest.approx(270.0)
    assert (spike.GetName(), arc.GetName()) == ("N1 fat spike", "N1 contact angle common carotid artery left")


def test_a_point_dragged_with_the_mouse_is_told_once_when_the_button_is_let_go(
    a_slice_view: SliceView, a_board: MarkBoard, an_ear: Ear
) -> None:
    a_slice_view.render()
    tip = a_slice_view.ras_to_xy(SPIKE.points_ras_mm[1])
    a_slice_view.drag(tip, (tip[0] + 40, tip[1] + 20))
    ((mark_id, points),) = an_ear.moved
    assert mark_id == "M1"
    assert points[0] == pytest.approx(SPIKE.points_ras_mm[0])
    assert points[1] == pytest.approx(a_slice_view.xy_to_ras((tip[0] + 40, tip[1] + 20)), abs=0.5)


def test_a_markup_moved_by_a_script_or_a_transform_is_told_too(a_board: MarkBoard, an_ear: Ear) -> None:
    import slicer
    import vtk

    a_board.markup("M1").SetNthControlPointPositionWorld(1, -3.0, 4.0, 0.0)
    assert an_ear.moved == [("M1", ((0.0, 0.0, 0.0), (-3.0, 4.0, 0.0)))]
    shift = vtk.vtkMatrix4x4()
    shift.SetElement(2, 3, 7.0)
    transform = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode")
    transform.SetMatrixTransformToParent(shift)
    a_board.markup("M2").SetAndObserveTransformNodeID(transform.GetID())
    assert an_ear.moved[-1][0] == "M2"
    assert an_ear.moved[-1][1][1] == pytest.approx((0.0, 0.0, 7.0))


def test_what_the_reading_changes_is_followed_without_being_told_back(
    a_board: MarkBoard, a_reading: Reading, a_reading_node: Any, an_ear: Ear
) -> None:
    node = a_reading.node("N1")
    longer = SPIKE.moved([(0.0, 0.0, 0.0), (-30.0, 40.0, 0.0)])
    a_board.show(a_reading.with_node(node.with_mark(longer).without_mark("M2")), a_reading_node)
    assert a_board.markup("M1").GetLineLengthWorld() == pytest.approx(50.0)
    assert a_board.markup("M2") is None
    assert len(markups()) == 1
    assert (an_ear.moved, an_ear.removed) == ([], [])


def test_a_markup_deleted_by_the_user_is_told_and_comes_back_when_the_reading_still_has_it(
    a_board: MarkBoard, a_reading: Reading, a_reading_node: Any, an_ear: Ear
) -> None:
    import slicer

    slicer.mrmlScene.RemoveNode(a_board.markup("M1"))
    assert an_ear.removed == ["M1"]
    a_board.show(a_reading, a_reading_node)
    assert points_of(a_board.markup("M1")) == SPIKE.points_ras_mm


def test_closing_the_scene_deletes_no_mark(a_board: MarkBoard, an_ear: Ear) -> None:
    import slicer

    slicer.mrmlScene.Clear(0)
    assert an_ear.removed == []


def test_a_saved_scene_brings_reading_and_markups_back_together(
    a_board: MarkBoard, a_reading: Reading, tmp_path: Path, an_ear: Ear
) -> None:
    import slicer

    bundle = tmp_path / "case.mrb"
    assert slicer.util.saveScene(str(bundle))
    slicer.mrmlScene.Clear(0)
    slicer.util.loadScene(str(bundle))
    (loaded,) = reading_nodes()
    assert set(markups_of_reading(loaded)) == {"M1", "M2"}
    a_board.show(a_reading, loaded)
    assert len(markups()) == 2
    assert (an_ear.moved, an_ear.removed) == ([], [])


def test_marks_of_another_reading_are_locked_and_hidden_when_the_reader_is_blinded(
    a_board: MarkBoard, a_reading: Reading, a_reading_node: Any, an_ear: Ear
) -> None:
    other = create_reading_node(Reading("X1", reader="R2", nodes=()))
    a_board.show(Reading("X1", reader="R2", nodes=()), other)
    assert [(each.GetLocked(), each.GetDisplayVisibility()) for each in markups()] == [(True, True)] * 2
    a_board.show(Reading("X1", reader="R2", nodes=()), other, others=False)
    assert [each.GetDisplayVisibility() for each in markups()] == [False, False]
    a_board.show(a_reading, a_reading_node)
    assert [(each.GetLocked(), each.GetDisplayVisibility()) for each in markups()] == [(False, True)] * 2
    assert (an_ear.moved, an_ear.removed) == ([], [])


def test_the_marks_of_a_locked_reading_cannot_be_dragged(
    a_slice_view: SliceView, a_board: MarkBoard, a_reading: Reading, a_reading_node: Any, an_ear: Ear
) -> None:
    a_board.show(a_reading, a_reading_node, locked=True)
    a_slice_view.render()
    tip = a_slice_view.ras_to_xy(SPIKE.points_ras_mm[1])
    a_slice_view.drag(tip, (tip[0] + 40, tip[1] + 20))
    assert an_ear.moved == []


def test_two_clicks_place_a_spike_from_base_to_tip(a_slice_view: SliceView) -> None:
    placed: list[Any] = []
    placing = MarkPlacing()
    placing.begin(MarkKind.FAT_SPIKE, lambda markup, points: placed.append(points))
    assert placing.kind is MarkKind.FAT_SPIKE
    a_slice_view.click((200, 200))
    assert placed == []
    a_slice_view.click((300, 250))
    ((base, tip),) = placed
    assert base == pytest.approx(a_slice_view.xy_to_ras((200, 200)), abs=0.2)
    assert tip == pytest.approx(a_slice_view.xy_to_ras((300, 250)), abs=0.2)
    assert placing.kind is None
    a_slice_view.click((100, 100))
    assert len(markups()) == 1
    placing.close()


def test_a_placed_markup_stays_the_markup_of_its_mark(
    a_slice_view: SliceView, a_board: MarkBoard, a_reading: Reading, a_reading_node: Any, an_ear: Ear
) -> None:
    placed: list[Any] = []
    placing = MarkPlacing()
    placing.begin(MarkKind.PLACE, lambda markup, points: placed.append((markup, points)))
    a_slice_view.click((200, 200))
    ((markup, points),) = placed
    mark = Mark("M3", MarkKind.PLACE, tuple(points), FindingKind.MUSCLE_INVASION, "sternocleidomastoid_left")
    a_board.adopt(markup, mark, "N1")
    a_board.show(a_reading.with_node(a_reading.node("N1").with_mark(mark)), a_reading_node)
    assert a_board.markup("M3") is markup
    assert markup.GetName() == "N1 muscle invasion sternocleidomastoid left"
    assert markup.GetNthControlPointLabel(0) == markup.GetName()
    assert (len(markups()), an_ear.moved) == (3, [])
    placing.close()


def test_of_several_marks_at_one_point_one_name_is_shown(
    a_board: MarkBoard, a_reading: Reading, a_reading_node: Any
) -> None:
    kinds = (FindingKind.FAT_PLANE_LOST_BETWEEN_NODES, FindingKind.BOUNDARIES_MERGED)
    node = a_reading.node("N1")
    for number, kind in enumerate(kinds, start=5):
        node = node.with_mark(Mark(f"M{number}", MarkKind.PLACE, ((1.0, 2.0, 3.0),), kind))
    a_board.show(a_reading.with_node(node), a_reading_node)
    shown = [a_board.markup(f"M{number}").GetDisplayNode().GetPointLabelsVisibility() for number in (5, 6)]
    assert shown == [True, False]
    a_board.show(a_reading.with_node(node.without_mark("M5")), a_reading_node)
    assert a_board.markup("M6").GetDisplayNode().GetPointLabelsVisibility()


def test_who_leaves_place_mode_half_way_leaves_nothing_behind(a_slice_view: SliceView) -> None:
    import slicer

    placing = MarkPlacing()
    placing.begin(MarkKind.CONTACT_ANGLE, lambda markup, points: pytest.fail("it was not complete"))
    a_slice_view.click((200, 200))
    interaction = slicer.mrmlScene.GetNodeByID("vtkMRMLInteractionNodeSingleton")
    interaction.SetCurrentInteractionMode(interaction.ViewTransform)
    assert (markups(), placing.kind) == ([], None)
    placing.begin(MarkKind.FAT_SPIKE, lambda markup, points: pytest.fail("it was not complete"))
    slicer.mrmlScene.RemoveNode(markups()[0])
    assert placing.kind is None
    assert interaction.GetCurrentInteractionMode() == interaction.ViewTransform
    placing.close()


def test_new_markups_join_their_reading_in_its_folder_and_stay_where_the_user_puts_them(
    a_scene: Any, a_reading: Reading, an_ear: Ear
) -> None:
    import slicer
    from HeadNeckNodesLib.scene.subject_hierarchy import add_folder, put_into

    node = create_reading_node(a_reading)
    case, other = add_folder("iENE X1"), add_folder("mine")
    put_into(case, [node])
    board = MarkBoard(an_ear.on_moved, an_ear.removed.append)
    board.show(a_reading, node)
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(a_scene)
    items = [hierarchy.GetItemByDataNode(markup) for markup in markups()]
    assert [hierarchy.GetItemParent(item) for item in items] == [case, case]
    put_into(other, [board.markup("M1")])
    board.show(a_reading, node)
    assert [hierarchy.GetItemParent(item) for item in items] == [other, case]
    board.close()
