"""The boxes of the panel: only another choice is an edit, the wheel scrolls, nothing is lost without a question."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from iENEGraderLib.panel.session.edits import set_m_category, set_nodes_assessed
from iENEGraderLib.reading import MCategory
from rules_builders import a_node, a_reading

if TYPE_CHECKING:
    from panel_fixtures import PanelUser

pytest_plugins = ("panel_fixtures",)


@pytest.fixture
def a_reader(a_user: PanelUser) -> PanelUser:
    """A user with one node entered, and all boxes in sight."""
    a_user.enter_case("oropharynx", "T2", p16="+")
    a_user.add_node("&Right", "IIA", 24.0)
    a_user.panel.siteSection.more.collapsed = False
    a_user.application.processEvents()
    return a_user


def boxes_of(user: PanelUser) -> list[Any]:
    """Return all boxes that hold a field of the document, and the one that chooses the document."""
    import qt

    sections = (user.panel.caseSection, user.panel.siteSection, user.panel.nodesSection)
    every = [box for kind in (qt.QComboBox, qt.QDoubleSpinBox) for each in sections for box in each.findChildren(kind)]
    assert len(every) == 20
    return every


def undo_tip(user: PanelUser) -> str:
    """What the undo button would take back."""
    return str(user.panel.caseSection.undoButton.toolTip)


def test_choosing_the_chosen_item_again_changes_nothing_in_any_box(a_reader: PanelUser) -> None:
    before, tip = a_reader.text, undo_tip(a_reader)
    combos = [box for box in boxes_of(a_reader) if hasattr(box, "currentText") and box.enabled]
    assert len(combos) == 17
    for box in combos:
        a_reader.choose(box, box.currentText)
        assert (a_reader.text, undo_tip(a_reader)) == (before, tip)


def test_a_box_tells_only_of_another_choice(a_user: PanelUser) -> None:
    from HeadNeckNodesLib.widgets.choice_box import ChoiceBox

    told: list[str] = []
    box = ChoiceBox((("r", "right"), ("l", "left")), told.append)
    box.showKey("r")
    box.show()
    a_user.choose(box, "right")
    assert told == []
    a_user.choose(box, "left")
    assert told == ["l"]
    box.hide()


def test_nodes_that_are_assessed_already_stay_when_assessed_is_chosen_again(a_reader: PanelUser) -> None:
    a_reader.choose(a_reader.panel.siteSection.nodesAssessedBox, "assessed")
    assert [row[0] for row in a_reader.table] == ["N1"]


def test_the_lesions_stay_when_the_same_m_is_chosen_again(a_reader: PanelUser) -> None:
    section = a_reader.panel.siteSection
    a_reader.choose(section.mBox, "M1")
    a_reader.type_into(section.lesionsBox, "5")
    a_reader.choose(section.mBox, "M1")
    assert a_reader.reading.metastatic_lesions == 5


def test_the_edits_themselves_leave_alone_what_is_so_already() -> None:
    reading = replace(a_reading("larynx", "T2", a_node(20)), m_category=MCategory.M1, metastatic_lesions=5)
    assert set_nodes_assessed(True)(reading) == reading
    assert set_m_category(MCategory.M1)(reading) == reading
    unseen = replace(reading, nodes=None)
    assert set_nodes_assessed(False)(unseen) == unseen


def test_nx_asks_before_it_removes_nodes(a_reader: PanelUser) -> None:
    box = a_reader.panel.siteSection.nodesAssessedBox
    before = a_reader.text
    a_reader.application.answerNext(False)
    a_reader.choose(box, "not assessed (NX)")
    (question,) = a_reader.application.messages
    assert question.kind == "question"
    assert "Remove all nodes of this reading (1)?" in question.text
    assert a_reader.text == before
    assert box.currentText == "assessed"


def test_undo_brings_back_the_nodes_that_nx_removed(a_reader: PanelUser) -> None:
    before = a_reader.text
    a_reader.application.answerNext(True)
    a_reader.choose(a_reader.panel.siteSection.nodesAssessedBox, "not assessed (NX)")
    assert a_reader.reading.nodes is None
    a_reader.panel.caseSection.undoButton.click()
    assert a_reader.text == before
    assert [row[0] for row in a_reader.table] == ["N1"]


def test_nx_without_nodes_needs_no_question(a_user: PanelUser) -> None:
    a_user.enter_case("larynx", "T2")
    a_user.panel.siteSection.more.collapsed = False
    a_user.choose(a_user.panel.siteSection.nodesAssessedBox, "not assessed (NX)")
    assert a_user.application.messages == []
    assert a_user.reading.nodes is None


def test_the_wheel_over_a_box_changes_nothing(a_reader: PanelUser) -> None:
    a_reader.panel.caseSection.newButton.click()
    a_reader.add_node("&Left", "III", 12.0)
    before, tip = a_reader.text, undo_tip(a_reader)
    for box in boxes_of(a_reader):
        box.clearFocus()
        a_reader.turn_wheel_over(box)
        assert (a_reader.text, undo_tip(a_reader)) == (before, tip)


def test_the_wheel_over_a_box_scrolls_the_panel(a_reader: PanelUser) -> None:
    a_reader.panel.window().resize(400, 400)
    a_reader.application.processEvents()
    bar = a_reader.scroll_area.verticalScrollBar()
    for box in (a_reader.panel.siteSection.siteBox, a_reader.panel.nodesSection.editor.sizeBox):
        bar.value = 0
        a_reader.bring_into_sight(box)
        before = bar.value
        box.clearFocus()
        a_reader.turn_wheel_over(box)
        assert bar.value > before


def test_the_wheel_steps_a_number_that_has_the_keyboard(a_reader: PanelUser) -> None:
    box = a_reader.panel.nodesSection.editor.sizeBox
    a_reader.panel.window().activateWindow()
    box.setFocus()
    a_reader.application.processEvents()
    a_reader.turn_wheel_over(box)
    assert a_reader.reading.node("N1").greatest_dimension_mm == 23.0


@pytest.mark.parametrize(("typed", "size_mm"), [("12,5", 12.5), ("12.5", 12.5), ("12,,5", 12.5), ("14", 14.0)])
def test_a_comma_is_a_decimal_point(a_reader: PanelUser, typed: str, size_mm: float) -> None:
    a_reader.type_into(a_reader.panel.nodesSection.editor.sizeBox, typed)
    assert a_reader.reading.node("N1").greatest_dimension_mm == size_mm


def test_no_box_takes_the_keyboard_because_of_the_wheel(a_reader: PanelUser) -> None:
    import qt

    assert {int(box.focusPolicy) for box in boxes_of(a_reader)} == {int(qt.Qt.StrongFocus)}


@pytest.mark.parametrize("count", [150, 5000])
def test_a_count_of_a_document_is_shown_as_it_is(a_reader: PanelUser, count: int) -> None:
    node = replace(a_reader.reading.node("N1"), count=count)
    a_reader.panel._session.change("test", lambda reading: reading.with_node(node))
    box = a_reader.panel.nodesSection.editor.countBox
    assert box.value == count
    assert a_reader.table[0][0] == f"N1 ×{count}"
