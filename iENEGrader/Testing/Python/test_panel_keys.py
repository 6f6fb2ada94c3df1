"""The keys of the panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from iENEGraderLib.reading import Certainty, FindingKind

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


def test_n_asks_on_which_side_the_new_node_lies(a_reader: PanelUser) -> None:
    menu = a_reader.panel.nodesSection.sideMenu
    a_reader.press("n")
    assert menu.visible
    menu.actions()[0].trigger()
    menu.hide()
    assert [row[:3] for row in a_reader.table][-1] == ("N3", "R", "other")


def test_letters_typed_into_a_box_are_no_keys_of_the_panel(a_reader: PanelUser) -> None:
    a_reader.type_into(a_reader.panel.caseSection.readerBox, "n123")
    assert a_reader.reading.reader == "n123"
    assert len(a_reader.table) == 2
    assert a_reader.reading.node("N2").findings == ()


def test_the_keys_are_given_back_when_the_user_leaves_the_module(a_reader: PanelUser) -> None:
    import qt
    import slicer

    def shortcuts() -> list[Any]:
        a_reader.application.processEvents()
        window = slicer.util.mainWindow()
        return [each for each in window.findChildren(qt.QShortcut) if each.key.toString()]

    assert {each.key.toString() for each in shortcuts()} >= {"N", "1", "2", "3", "[", "]", "Ctrl+Z"}
    a_reader.widget.exit()
    assert shortcuts() == []
    a_reader.widget.enter()
    assert len(shortcuts()) == 10
