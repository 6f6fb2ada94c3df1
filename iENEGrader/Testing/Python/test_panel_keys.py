"""The keys of the panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.panel.findings.mark_tools import Placing
from iENEGraderLib.panel.session.edits import add_mark
from iENEGraderLib.reading import Certainty, FindingKind, Mark, MarkKind

if TYPE_CHECKING:
    from panel_fixtures import PanelUser

pytest_plugins = ("panel_fixtures",)


@pytest.fixture
def a_reader(a_user: PanelUser) -> PanelUser:
    """A user with two nodes entered."""
    a_user.enter_case("oropharynx", "T2", p16="+")
    a_user.add_node("&Right", "IIA", 24.0)
    a_user.add_node("&Left", "III", 12.0)
    return a_user


@pytest.mark.parametrize(("key", "certainty"), list(zip("123", Certainty, strict=True)))
def test_a_digit_sets_the_certainty_of_the_selected_finding(
    a_reader: PanelUser, key: str, certainty: Certainty
) -> None:
    a_reader.press(key)
    assert a_reader.reading.node("N2").certainty_of(FindingKind.FAT_SPIKES) is certainty
    a_reader.press(key)
    assert a_reader.reading.node("N2").certainty_of(FindingKind.FAT_SPIKES) is None


def test_brackets_step_through_the_nodes_and_around_the_ends(a_reader: PanelUser) -> None:
    title = a_reader.panel.findingsSection.title
    seen = []
    for key in "[]]":
        a_reader.press(key)
        seen.append(title.text)
    assert seen == ["Findings of N1", "Findings of N2", "Findings of N1"]


def test_control_z_and_y_undo_and_redo(a_reader: PanelUser) -> None:
    a_reader.press("3")
    a_reader.press("z", control=True)
    assert a_reader.reading.node("N2").findings == ()
    a_reader.press("y", control=True)
    assert a_reader.result[0] == "1"


def test_control_and_arrows_step_through_the_findings_and_stop_at_the_ends(a_reader: PanelUser) -> None:
    from PySide6.QtCore import Qt

    section = a_reader.panel.findingsSection
    a_reader.press(Qt.Key.Key_Up, control=True)
    assert section.selectedKind is FindingKind.FAT_SPIKES
    a_reader.press(Qt.Key.Key_Down, control=True)
    assert section.selectedKind is FindingKind.FLARE_SIGN
    a_reader.press("2")
    assert a_reader.reading.node("N2").certainty_of(FindingKind.FLARE_SIGN) is Certainty.EQUIVOCAL


def test_n_asks_how_to_add_a_node_and_without_a_segment_on_which_side_it_lies(a_reader: PanelUser) -> None:
    section = a_reader.panel.nodesSection
    a_reader.press("n")
    assert section.addMenu.visible
    assert [action.text for action in section.addMenu.actions()] == [
        "&Seed: click into the node", "&Curves: draw round the node", "&From a segment", "&All node segments",
        "&Without segment",
    ]  # fmt: skip
    section.sideMenu.actions()[0].trigger()
    section.addMenu.hide()
    assert [row[:3] for row in a_reader.table][-1] == ("N3", "R", "other")


def test_letters_typed_into_a_box_are_no_keys_of_the_panel(a_reader: PanelUser) -> None:
    a_reader.type_into(a_reader.panel.caseSection.readerBox, "nsaG[]123")
    assert a_reader.reading.reader == "nsaG[]123"
    assert len(a_reader.table) == 2
    assert a_reader.reading.node("N2").findings == ()
    assert a_reader.panel.findingsSection.tools.placing is None


@pytest.mark.parametrize(
    ("key", "placing"),
    [
        ("s", Placing(FindingKind.FAT_SPIKES, MarkKind.FAT_SPIKE)),
        ("a", Placing(FindingKind.ARTERY_ENCASEMENT, MarkKind.CONTACT_ANGLE)),
    ],
)
def test_a_letter_begins_drawing_and_stops_it_again(a_reader: PanelUser, key: str, placing: Placing) -> None:
    findings = a_reader.panel.findingsSection
    a_reader.press(key)
    assert findings.tools.placing == placing
    assert findings.selectedKind is placing.finding
    a_reader.press(key)
    assert findings.tools.placing is None


def test_g_takes_the_views_to_the_marks_of_the_selected_finding_and_shift_g_back(a_reader: PanelUser) -> None:
    import slicer

    view = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSliceNode")
    place = Mark("M1", MarkKind.PLACE, ((10.0, 20.0, 30.0),), FindingKind.FAT_SPIKES)
    a_reader.widget.self().session.change("mark", add_mark("N2", place))
    before = offset_of(view)
    a_reader.press("g")
    assert offset_of(view) == pytest.approx(30.0)
    press_with_shift(a_reader, "g")
    assert offset_of(view) == pytest.approx(before)


def press_with_shift(user: PanelUser, key: str) -> None:
    """Press a key together with Shift, where the keyboard is."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    QTest.keyClick(user.application.mainWindow().focusWidget(), key, Qt.KeyboardModifier.ShiftModifier)


def offset_of(view: Any) -> float:
    """Height of an axial slice view, RAS mm."""
    return float(view.GetSliceToRAS().GetElement(2, 3))


def test_segment_editor_keeps_its_keys_while_it_has_the_keyboard(a_reader: PanelUser) -> None:
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QPushButton, QWidget

    class qMRMLSegmentEditorWidget(QWidget):  # noqa: N801 - the name is what counts
        pass

    editor = qMRMLSegmentEditorWidget(a_reader.panel)
    effect = QPushButton(editor)
    editor.show()
    effect.setFocus()
    for key in "3]s":
        QTest.keyClick(effect, key)
    assert a_reader.reading.node("N2").findings == ()
    assert a_reader.panel.findingsSection.title.text == "Findings of N2"
    assert a_reader.panel.findingsSection.tools.placing is None
    a_reader.press("3")
    assert a_reader.reading.node("N2").certainty_of(FindingKind.FAT_SPIKES) is Certainty.UNEQUIVOCAL


def test_why_a_key_could_not_do_its_work_is_said_in_the_panel(
    a_reader: PanelUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_row: Any) -> None:
        raise InputError("the views are gone; open them again")

    monkeypatch.setattr(type(a_reader.panel.findingsSection.rows[FindingKind.FAT_SPIKES]), "jump", fail)
    a_reader.press("g")
    assert a_reader.message == "the views are gone; open them again"


def test_the_keys_are_told_in_tooltips(a_reader: PanelUser) -> None:
    import qt

    section = a_reader.panel.findingsSection
    section.rows[FindingKind.ARTERY_ENCASEMENT].titleButton.click()
    section.rows[FindingKind.FAT_SPIKES].titleButton.click()
    tips = " ".join(widget.toolTip for widget in a_reader.panel.findChildren(qt.QWidget))
    a_reader.press("3")
    tips += a_reader.panel.caseSection.undoButton.toolTip
    for key in ("N", "S", "A", "G", "Shift+G", "1", "2", "3", "[", "]", "Ctrl+Z"):
        assert f"({key})" in tips or f"({key}," in tips or f", {key})" in tips, key


def test_the_keys_are_given_back_when_the_user_leaves_the_module(a_reader: PanelUser) -> None:
    import qt
    import slicer

    def shortcuts() -> list[Any]:
        """Those of window and panel; a section has some of its own, for when it has the keyboard."""
        a_reader.application.processEvents()
        window = slicer.util.mainWindow()
        return [each for each in window.findChildren(qt.QShortcut) if each.parent() in (window, a_reader.panel)]

    assert {each.key.toString() for each in shortcuts()} >= {"N", "1", "2", "3", "[", "]", "Ctrl+Z"}
    a_reader.widget.exit()
    assert shortcuts() == []
    a_reader.widget.enter()
    assert len(shortcuts()) == 14
