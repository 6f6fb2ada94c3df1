"""Signed readings, marks in the scene, several readings of one case, blinded readers."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.reading import (
    Certainty,
    FindingKind,
    Mark,
    MarkKind,
    NeckLevel,
    Node,
    Reading,
    Side,
    is_intact,
    reading_to_text,
)
from slice_view_builders import an_axial_view

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hnn.headless.slice_view import SliceView
    from panel_fixtures import PanelUser

pytest_plugins = ("panel_fixtures",)

TIME = "2026-11-22T10:00:00+00:00"
AXIS = Mark("M1", MarkKind.LONG_AXIS, ((0.0, 0.0, 0.0), (0.0, 24.0, 0.0)))
SPIKE = Mark("M2", MarkKind.FAT_SPIKE, ((5.0, 0.0, 0.0), (9.0, 3.0, 0.0)), FindingKind.FAT_SPIKES)
NODE = Node("N1", Side.RIGHT, NeckLevel.IIA, greatest_dimension_mm=24.0, marks=(AXIS, SPIKE))
READING = Reading("X1", reader="R1", nodes=(NODE,))


@pytest.fixture
def a_session(a_running_slicer: Any) -> Iterator[Any]:
    from iENEGraderLib.panel.session.reading_session import ReadingSession

    session = ReadingSession()
    session.start(READING)
    yield session
    session.close()


@pytest.fixture
def the_refusals() -> list[str]:
    return []


@pytest.fixture
def the_annotations(a_session: Any, the_refusals: list[str]) -> Iterator[Any]:
    from iENEGraderLib.panel.session.annotations import Annotations

    def edit(label: str, change: Any) -> None:
        try:
            a_session.change(label, change)
        except InputError as error:
            the_refusals.append(str(error))

    annotations = Annotations(a_session, edit)
    yield annotations
    annotations.close()


@pytest.fixture
def a_slice_view(a_session: Any) -> Iterator[SliceView]:
    with an_axial_view() as view:
        yield view


def markups() -> list[Any]:
    import slicer

    return list(slicer.util.getNodesByClass("vtkMRMLMarkupsNode"))


def mark_of(session: Any, mark_id: str) -> Mark:
    return next(mark for mark in session.reading.marks if mark.id == mark_id)


def set_spikes(session: Any) -> None:
    from iENEGraderLib.panel.session.edits import set_finding

    session.change("spikes", set_finding("N1", FindingKind.FAT_SPIKES, Certainty.UNEQUIVOCAL))


# Signed readings


def test_a_signed_reading_refuses_every_edit_and_says_who_signed_it_and_what_to_do(a_session: Any) -> None:
    a_session.sign("R1", TIME)
    text = a_session.node.GetText()
    with pytest.raises(InputError, match=r"X1: locked by R1 \(2026-11-22T10:00:00\+00:00\).*press Unlock"):
        set_spikes(a_session)
    assert a_session.node.GetText() == text
    assert is_intact(a_session.reading)


def test_undo_and_redo_do_not_reach_behind_a_signature(a_session: Any) -> None:
    set_spikes(a_session)
    a_session.undo()
    a_session.sign("R1", TIME)
    text = a_session.node.GetText()
    assert (a_session.to_undo, a_session.to_redo) == ("", "")
    for step in (a_session.undo, a_session.redo):
        with pytest.raises(InputError, match="locked by R1"):
            step()
    a_session.unsign()
    a_session.undo()
    a_session.redo()
    assert a_session.reading == READING
    assert a_session.node.GetText() != text


def test_an_unsigned_reading_can_be_edited_again_from_where_it_was(a_session: Any) -> None:
    a_session.sign("R1", TIME)
    a_session.unsign()
    assert a_session.reading == READING
    set_spikes(a_session)
    a_session.undo()
    assert a_session.reading == READING


def test_nobody_signs_a_reading_of_no_reader(a_session: Any) -> None:
    with pytest.raises(InputError, match="enter the reader first"):
        a_session.sign(" ", TIME)
    assert a_session.reading == READING


def test_a_signed_reading_that_was_changed_elsewhere_is_reported_and_can_be_set_right(a_session: Any) -> None:
    a_session.sign("R1", TIME)
    text = a_session.node.GetText()
    a_session.node.SetText(reading_to_text(replace(a_session.reading, reader="R2")))
    assert "X1: changed after R1 signed it" in a_session.error
    with pytest.raises(InputError, match="locked by R1"):
        set_spikes(a_session)
    a_session.undo()
    assert (a_session.node.GetText(), a_session.error) == (text, "")
    with pytest.raises(InputError, match="locked"):
        a_session.redo()


def test_a_signature_taken_back_elsewhere_comes_back_with_undo_and_stays(a_session: Any) -> None:
    a_session.sign("R1", TIME)
    text = a_session.node.GetText()
    a_session.node.SetText(reading_to_text(READING))
    a_session.undo()
    assert (a_session.node.GetText(), a_session.to_redo) == (text, "")


def test_the_lock_button_signs_and_nothing_but_looking_is_left(a_user: PanelUser) -> None:
    a_user.enter_case("oropharynx", "T2", p16="+")
    a_user.add_node("&Right", "IIA", 24.0)
    a_user.add_node("&Left", "III", 12.0)
    section, nodes = a_user.panel.caseSection, a_user.panel.nodesSection
    section.lockButton.click()
    assert "enter the reader first" in a_user.message
    a_user.type_into(section.readerBox, "R1")
    section.lockButton.click()
    assert (a_user.reading.signature.by, section.lockButton.text) == ("R1", "Unlock")
    assert "Signed by R1" in section.lockButton.toolTip
    nodes.step(-1)
    spikes = a_user.panel.findingsSection.rows[FindingKind.FAT_SPIKES].buttons[Certainty.UNEQUIVOCAL]
    inputs = (section.caseBox, section.readerBox, a_user.panel.siteSection, nodes.editor, nodes.addButton, spikes)
    assert [widget.enabled for widget in inputs] == [False] * len(inputs)
    assert nodes.selectedNode.id == "N1"
    section.lockButton.click()
    assert a_user.reading.signature is None
    assert [widget.enabled for widget in inputs] == [True] * len(inputs)


def test_ctrl_z_on_a_locked_reading_says_why_nothing_happens(a_user: PanelUser) -> None:
    from PySide6.QtCore import Qt

    a_user.enter_case("oropharynx", "T2", p16="+")
    a_user.type_into(a_user.panel.caseSection.readerBox, "R1")
    a_user.panel.caseSection.lockButton.click()
    text = a_user.text
    a_user.press(Qt.Key.Key_Z, control=True)
    assert a_user.text == text
    assert "locked by R1" in a_user.message


# Marks


def test_a_dragged_axis_is_one_step_that_changes_the_size_of_its_node(
    a_session: Any, the_annotations: Any, a_slice_view: SliceView
) -> None:
    a_slice_view.render()
    before = a_session.node.GetText()
    tip = a_slice_view.ras_to_xy(AXIS.points_ras_mm[1])
    target = a_slice_view.ras_to_xy((0.0, 30.0, 0.0))
    a_slice_view.drag(tip, target)
    mark = mark_of(a_session, "M1")
    assert mark.length_mm == pytest.approx(30.0, abs=0.5)
    assert a_session.reading.node("N1").greatest_dimension_mm == round(mark.length_mm, 1)
    assert a_session.to_undo == "move N1 long axis"
    a_session.undo()
    assert a_session.node.GetText() == before
    assert a_session.to_undo == ""
    assert the_annotations.board.markup("M1").GetLineLengthWorld() == pytest.approx(24.0)
    a_session.redo()
    assert the_annotations.board.markup("M1").GetLineLengthWorld() == pytest.approx(mark.length_mm)


def test_a_moved_spike_leaves_the_size_of_its_node_alone(a_session: Any, the_annotations: Any) -> None:
    the_annotations.board.markup("M2").SetNthControlPointPositionWorld(1, 5.0, 8.0, 0.0)
    assert mark_of(a_session, "M2").length_mm == pytest.approx(8.0)
    assert a_session.reading.node("N1").greatest_dimension_mm == 24.0


def test_a_deleted_markup_is_a_step_that_brings_it_back_when_undone(a_session: Any, the_annotations: Any) -> None:
    import slicer

    slicer.mrmlScene.RemoveNode(the_annotations.board.markup("M2"))
    assert [mark.id for mark in a_session.reading.marks] == ["M1"]
    assert a_session.to_undo == "remove N1 fat spike"
    a_session.undo()
    assert a_session.reading == READING
    assert the_annotations.board.markup("M2").GetLineLengthWorld() == pytest.approx(5.0)


def test_what_is_moved_or_deleted_in_a_locked_reading_is_put_back_with_a_reason(
    a_session: Any, the_annotations: Any, the_refusals: list[str]
) -> None:
    import slicer

    a_session.sign("R1", TIME)
    text = a_session.node.GetText()
    the_annotations.board.markup("M1").SetNthControlPointPositionWorld(1, 0.0, 50.0, 0.0)
    slicer.mrmlScene.RemoveNode(the_annotations.board.markup("M2"))
    assert a_session.node.GetText() == text
    assert the_annotations.board.markup("M1").GetLineLengthWorld() == pytest.approx(24.0)
    assert the_annotations.board.markup("M2").GetLineLengthWorld() == pytest.approx(5.0)
    assert [markup.GetLocked() for markup in markups()] == [True, True]
    assert len(the_refusals) == 2
    assert all("locked by R1" in refusal for refusal in the_refusals)


def test_an_axis_without_length_is_refused_and_put_back(
    a_session: Any, the_annotations: Any, the_refusals: list[str]
) -> None:
    the_annotations.board.markup("M1").SetNthControlPointPositionWorld(1, 0.0, 0.0, 0.0)
    assert a_session.reading == READING
    assert the_annotations.board.markup("M1").GetLineLengthWorld() == pytest.approx(24.0)
    assert "greatest_dimension_mm" in the_refusals[0]


def test_a_reading_that_is_deleted_takes_its_markups_along(a_session: Any, the_annotations: Any) -> None:
    import slicer

    first = a_session.node
    a_session.start(Reading("X1", reader="R2", nodes=(replace(NODE, marks=(replace(SPIKE, id="M7"),)),)))
    slicer.mrmlScene.RemoveNode(first)
    assert [markup.GetName() for markup in markups()] == ["N1 fat spike"]
    slicer.mrmlScene.RemoveNode(a_session.node)
    assert markups() == []


def test_markups_deleted_in_a_batch_come_back_with_their_reading(a_session: Any, the_annotations: Any) -> None:
    import slicer

    slicer.mrmlScene.StartState(slicer.mrmlScene.BatchProcessState)
    slicer.mrmlScene.RemoveNode(the_annotations.board.markup("M2"))
    slicer.mrmlScene.EndState(slicer.mrmlScene.BatchProcessState)
    assert a_session.reading == READING
    assert the_annotations.board.markup("M2") is not None


def test_a_copy_of_a_markup_is_the_users_own(a_session: Any, the_annotations: Any) -> None:
    import slicer

    original = the_annotations.board.markup("M2")
    copy = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLMarkupsLineNode", "copy")
    copy.Copy(original)
    the_annotations.refresh()
    copy.SetNthControlPointPositionWorld(1, 5.0, 40.0, 0.0)
    assert a_session.reading == READING
    assert the_annotations.board.markup("M2") is original


def test_a_saved_scene_brings_marks_back_and_they_can_be_moved(
    a_session: Any, the_annotations: Any, tmp_path: Path
) -> None:
    import slicer

    bundle = tmp_path / "case.mrb"
    assert slicer.util.saveScene(str(bundle))
    slicer.mrmlScene.Clear(0)
    assert (a_session.reading, markups()) == (None, [])
    slicer.util.loadScene(str(bundle))
    assert a_session.reading == READING
    the_annotations.board.markup("M1").SetNthControlPointPositionWorld(1, 0.0, 30.0, 0.0)
    assert a_session.reading.node("N1").greatest_dimension_mm == 30.0


# Several readings


@pytest.fixture
def three_readings(a_user: PanelUser) -> PanelUser:
    """A user with R1's and R2's readings of one case, and R1's of another case, in the scene."""
    session = a_user.widget.self().session
    other = replace(READING, reader="R2", nodes=(replace(NODE, marks=(replace(SPIKE, id="M9"),)),))
    for reading in (READING, Reading("X2", reader="R1"), other):
        session.start(reading)
    session.follow(session.nodes[0])
    a_user.application.processEvents()
    return a_user


def offered(user: PanelUser) -> list[str]:
    box = user.panel.caseSection.readingBox
    return [str(box.itemText(row)) for row in range(box.count)]


def test_readings_of_one_case_are_offered_side_by_side_with_their_readers(three_readings: PanelUser) -> None:
    assert offered(three_readings) == ["Reading X1 · R1", "Reading X1_1 · R2", "Reading X2 · R1"]
    three_readings.choose(three_readings.panel.caseSection.readingBox, "Reading X1_1 · R2")
    assert three_readings.reading.reader == "R2"
    visible = {markup.GetAttribute("HeadNeckNodes.Mark"): not markup.GetLocked() for markup in markups()}
    assert visible == {"M1": False, "M2": False, "M9": True}


def test_a_blinded_reader_sees_nothing_of_other_readers(three_readings: PanelUser) -> None:
    box = three_readings.panel.caseSection.blindedBox
    box.click()
    assert offered(three_readings) == ["Reading X1 · R1", "Reading X2 · R1"]
    shown = {markup.GetAttribute("HeadNeckNodes.Mark"): markup.GetDisplayVisibility() for markup in markups()}
    assert shown == {"M1": 1, "M2": 1, "M9": 0}
    three_readings.choose(three_readings.panel.caseSection.readingBox, "Reading X2 · R1")
    assert offered(three_readings) == ["Reading X1 · R1", "Reading X2 · R1"]
    box.click()
    assert len(offered(three_readings)) == 3
    assert all(markup.GetDisplayVisibility() for markup in markups())


def test_a_blinded_reader_is_not_led_to_another_reader_by_a_deleted_reading(three_readings: PanelUser) -> None:
    import slicer

    three_readings.panel.caseSection.blindedBox.click()
    session = three_readings.widget.self().session
    slicer.mrmlScene.RemoveNode(session.node)
    assert session.reading.case_id == "X2"
    slicer.mrmlScene.RemoveNode(session.node)
    assert (session.node, offered(three_readings)) == (None, [])
    three_readings.panel.caseSection.blindedBox.click()
    slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTextNode")
    assert session.reading.reader == "R2"


def test_blinding_is_a_setting_of_the_scene_that_outlives_closing_it(three_readings: PanelUser, tmp_path: Path) -> None:
    import slicer

    three_readings.panel.caseSection.blindedBox.click()
    node = three_readings.widget.self().logic.getParameterNode()
    assert node.GetParameter("Blinded") == "true"
    bundle = tmp_path / "case.mrb"
    assert slicer.util.saveScene(str(bundle))
    slicer.mrmlScene.Clear(0)
    assert three_readings.panel.caseSection.blindedBox.checked
    three_readings.panel.caseSection.blindedBox.click()
    assert not three_readings.panel.caseSection.blindedBox.checked
    slicer.util.loadScene(str(bundle))
    assert three_readings.panel.caseSection.blindedBox.checked
    assert offered(three_readings) == ["Reading X1 · R1", "Reading X2 · R1"]
    three_readings.panel.caseSection.blindedBox.click()


class CornerAnnotations(SimpleNamespace):
    """Stands for the annotations of Slicer's Data Probe: what is drawn is what was on at the last update."""

    def updateSliceViewFromGUI(self) -> None:
        self.drawn = (self.topLeft, self.topRight, self.bottomLeft)


def test_corner_texts_go_while_a_blinded_reader_is_in_the_module(
    a_user: PanelUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    import slicer

    annotations = CornerAnnotations(topLeft=1, topRight=0, bottomLeft=1, drawn=(1, 0, 1))
    probe = SimpleNamespace(infoWidget=SimpleNamespace(sliceAnnotations=annotations))
    monkeypatch.setattr(slicer.modules, "DataProbeInstance", probe, raising=False)
    seen = []
    for step in (
        a_user.panel.caseSection.blindedBox.click,
        a_user.widget.exit,
        a_user.widget.enter,
        a_user.panel.caseSection.blindedBox.click,
    ):
        step()
        seen.append(annotations.drawn)
    assert seen == [(0, 0, 0), (1, 0, 1), (0, 0, 0), (1, 0, 1)]
