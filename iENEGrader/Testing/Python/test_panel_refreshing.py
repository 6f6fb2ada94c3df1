"""The panel is drawn anew when there is something new to show, and only then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from iENEGraderLib.reading import Certainty, FindingKind, Reading, reading_to_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from panel_fixtures import PanelUser

pytest_plugins = ("panel_fixtures",)


class Listener:
    """Counts how often a session has something new."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> None:
        self.calls += 1

    def news(self) -> int:
        """Return the calls since the last look."""
        calls, self.calls = self.calls, 0
        return calls


@pytest.fixture
def a_session(a_running_slicer: Any) -> Iterator[Any]:
    """A session that follows a reading."""
    from iENEGraderLib.panel.session.reading_session import ReadingSession

    session = ReadingSession()
    session.start(Reading("X1"))
    yield session
    session.close()


@pytest.fixture
def a_listener(a_session: Any) -> Listener:
    """Somebody who is told by the session."""
    listener = Listener()
    a_session.listen(listener)
    return listener


def rename_reader(session: Any, reader: str) -> None:
    """Make one edit."""
    from iENEGraderLib.panel.session.edits import set_fields

    session.change("reader", set_fields(reader=reader))


def test_one_edit_is_told_once(a_session: Any, a_listener: Listener) -> None:
    rename_reader(a_session, "R1")
    assert a_listener.news() == 1
    rename_reader(a_session, "R1")
    assert a_listener.news() == 0
    a_session.undo()
    assert a_listener.news() == 1
    a_session.redo()
    assert a_listener.news() == 1


def test_an_edit_that_renames_the_node_is_told_once(a_session: Any, a_listener: Listener) -> None:
    from iENEGraderLib.panel.session.edits import set_fields

    a_session.change("case", set_fields(case_id="X2"))
    assert a_session.node.GetName() == "Reading X2"
    assert a_listener.news() == 1


def test_a_new_reading_is_told_once(a_session: Any, a_listener: Listener) -> None:
    a_session.start(Reading("X2"))
    assert a_listener.news() == 1
    assert a_session.reading.case_id == "X2"


def test_the_first_reading_of_a_scene_is_told_once(a_session: Any, a_listener: Listener) -> None:
    import slicer

    slicer.mrmlScene.Clear(0)
    assert a_listener.news() == 1
    a_session.start(Reading("X2"))
    assert a_listener.news() == 1


def test_a_reading_made_by_a_script_is_told_once(a_session: Any, a_listener: Listener) -> None:
    from iENEGraderLib.scene.reading_node import create_reading_node

    create_reading_node(Reading("X2"))
    assert a_listener.news() == 1
    assert len(a_session.nodes) == 2


def test_a_change_made_elsewhere_is_told_once(a_session: Any, a_listener: Listener) -> None:
    a_session.node.SetText(reading_to_text(Reading("X1", reader="R2")))
    assert a_listener.news() == 1
    assert a_session.to_undo == "change made outside the panel"


def test_another_name_of_a_reading_is_told_once(a_session: Any, a_listener: Listener) -> None:
    a_session.node.SetName("mine")
    assert a_listener.news() == 1


def test_what_others_do_in_the_scene_is_not_told(a_session: Any, a_listener: Listener) -> None:
    import slicer

    for kind in ("vtkMRMLTextNode", "vtkMRMLModelNode", "vtkMRMLMarkupsFiducialNode"):
        node = slicer.mrmlScene.AddNewNodeByClass(kind, "not mine")
        node.SetName("not mine either")
        node.SetAttribute("anything", "else")
        node.Modified()
        slicer.mrmlScene.RemoveNode(node)
    a_session.node.SetAttribute("anything", "else")
    assert a_listener.news() == 0


def test_a_batch_is_told_once_at_its_end(a_session: Any, a_listener: Listener) -> None:
    import slicer
    from iENEGraderLib.scene.reading_node import create_reading_node

    before = a_session.node.GetText()
    slicer.mrmlScene.StartState(slicer.mrmlScene.BatchProcessState)
    for number in range(5):
        create_reading_node(Reading(f"batch {number}"))
    a_session.node.SetText(reading_to_text(Reading("X1", reader="R2")))
    assert a_listener.news() == 0
    slicer.mrmlScene.EndState(slicer.mrmlScene.BatchProcessState)
    assert a_listener.news() == 1
    assert len(a_session.nodes) == 6
    a_session.undo()
    assert a_session.node.GetText() == before


def test_a_removed_node_is_not_heard_any_more(a_session: Any, a_listener: Listener) -> None:
    import slicer
    import vtk

    node = a_session.node
    slicer.mrmlScene.RemoveNode(node)
    a_listener.news()
    assert not a_session.hasObserver(node, vtk.vtkCommand.ModifiedEvent, a_session._follow_any)
    node.SetText("gone")
    assert a_listener.news() == 0


def test_a_panel_that_was_left_rests_and_catches_up_when_it_is_entered(
    a_user: PanelUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_user.enter_case("oropharynx", "T2", p16="+")
    a_user.add_node("&Right", "IIA", 24.0)
    assessed = Listener()
    assess = a_user.widget.self().logic.assess
    monkeypatch.setattr(a_user.panel._logic, "assess", lambda reading: (assessed(), assess(reading))[1])
    a_user.widget.exit()
    node = a_user.reading.node("N1").with_finding(FindingKind.FAT_SPIKES, Certainty.UNEQUIVOCAL)
    a_user.widget.self().session.change("test", lambda reading: reading.with_node(node))
    assert assessed.news() == 0
    a_user.widget.enter()
    assert assessed.news() == 1
    assert a_user.result[0] == "1"
    a_user.widget.exit()
    a_user.widget.enter()
    assert assessed.news() == 0


def test_a_click_in_the_panel_assesses_once(a_user: PanelUser, monkeypatch: pytest.MonkeyPatch) -> None:
    a_user.enter_case("oropharynx", "T2", p16="+")
    a_user.add_node("&Right", "IIA", 24.0)
    assessed = Listener()
    assess = a_user.widget.self().logic.assess
    monkeypatch.setattr(a_user.panel._logic, "assess", lambda reading: (assessed(), assess(reading))[1])
    a_user.mark(FindingKind.FAT_SPIKES, Certainty.UNEQUIVOCAL)
    assert assessed.news() == 1
