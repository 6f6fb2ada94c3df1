"""Editing in the panel: one history, one document in the scene, nothing lost and nothing overwritten."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from iENEGraderLib.reading import Certainty, FindingKind, MCategory, NeckLevel, Side, load_reading, save_reading

if TYPE_CHECKING:
    from pathlib import Path

    from panel_fixtures import PanelUser

pytest_plugins = ("panel_fixtures",)


@pytest.fixture
def a_reader(a_user: PanelUser) -> PanelUser:
    """A user with one node entered."""
    a_user.enter_case("oropharynx", "T2", p16="+")
    a_user.add_node("&Right", "IIA", 24.0)
    return a_user


def test_without_a_reading_nothing_can_be_edited(a_user: PanelUser) -> None:
    assert a_user.panel.emptyLabel.visible
    assert not a_user.panel.siteSection.enabled
    assert not a_user.panel.nodesSection.enabled
    assert a_user.result == ("–", "–", "–", "–")


def test_clicking_the_chosen_certainty_again_takes_it_back(a_reader: PanelUser) -> None:
    a_reader.mark(FindingKind.SKIN_INVASION, Certainty.ABSENT)
    assert a_reader.reading.node("N1").certainty_of(FindingKind.SKIN_INVASION) is Certainty.ABSENT
    a_reader.mark(FindingKind.SKIN_INVASION, Certainty.ABSENT)
    assert a_reader.reading.node("N1").certainty_of(FindingKind.SKIN_INVASION) is None


def test_certainties_exclude_each_other(a_reader: PanelUser) -> None:
    a_reader.mark(FindingKind.FAT_SPIKES, Certainty.ABSENT)
    a_reader.mark(FindingKind.FAT_SPIKES, Certainty.EQUIVOCAL)
    buttons = a_reader.panel.findingsSection.rows[FindingKind.FAT_SPIKES].buttons
    assert [button.checked for button in buttons.values()] == [False, True, False]


def test_undo_and_redo_restore_the_document_letter_by_letter(a_reader: PanelUser) -> None:
    before = a_reader.text
    a_reader.mark(FindingKind.FAT_SPIKES, Certainty.UNEQUIVOCAL)
    after = a_reader.text
    undo, redo = a_reader.panel.caseSection.undoButton, a_reader.panel.caseSection.redoButton
    assert "N1: fat spikes unequivocal" in undo.toolTip
    undo.click()
    assert a_reader.text == before
    assert a_reader.result[0] == "0"
    redo.click()
    assert a_reader.text == after
    assert a_reader.result[0] == "1"
    assert not redo.enabled


def test_every_edit_can_be_undone_to_the_empty_reading(a_reader: PanelUser) -> None:
    undo = a_reader.panel.caseSection.undoButton
    while undo.enabled:
        undo.click()
    assert a_reader.reading.site is None
    assert a_reader.reading.nodes == ()


def test_a_new_edit_ends_what_could_be_redone(a_reader: PanelUser) -> None:
    a_reader.mark(FindingKind.FAT_SPIKES, Certainty.UNEQUIVOCAL)
    a_reader.panel.caseSection.undoButton.click()
    a_reader.mark(FindingKind.SKIN_INVASION, Certainty.ABSENT)
    assert not a_reader.panel.caseSection.redoButton.enabled


def test_a_change_made_elsewhere_is_followed_and_can_be_undone(a_reader: PanelUser) -> None:
    before = a_reader.text
    document = json.loads(before)
    document["nodes"][0]["findings"] = {"muscle_invasion": "unequivocal"}
    a_reader.panel._session.node.SetText(json.dumps(document))
    assert a_reader.result[0] == "3"
    assert a_reader.panel.findingsSection.rows[FindingKind.MUSCLE_INVASION].buttons[Certainty.UNEQUIVOCAL].checked
    a_reader.panel.caseSection.undoButton.click()
    assert a_reader.text == before


def test_a_broken_document_is_named_and_left_as_it_is(a_reader: PanelUser) -> None:
    good = a_reader.text
    broken = good.replace('"oropharynx"', '"orofarynx"')
    a_reader.panel._session.node.SetText(broken)
    assert 'site: found "orofarynx"' in a_reader.message
    assert 'did you mean "oropharynx"?' in a_reader.message
    assert not a_reader.panel.nodesSection.enabled
    assert a_reader.result == ("–", "–", "–", "–")
    a_reader.mark(FindingKind.FAT_SPIKES, Certainty.UNEQUIVOCAL)
    assert a_reader.text == broken
    a_reader.panel.caseSection.undoButton.click()
    assert a_reader.text == good
    assert a_reader.message == ""


def test_an_edit_that_would_break_the_document_is_refused(a_reader: PanelUser) -> None:
    before = a_reader.text
    a_reader.type_into(a_reader.panel.caseSection.caseBox, " ")
    assert a_reader.text == before
    assert "case_id" in a_reader.message
    assert a_reader.panel.caseSection.caseBox.text == a_reader.reading.case_id


def test_returning_to_m0_takes_the_lesions_along(a_reader: PanelUser) -> None:
    section = a_reader.panel.siteSection
    a_reader.choose(section.mBox, "M1b")
    a_reader.type_into(section.lesionsBox, "5")
    assert a_reader.reading.metastatic_lesions == 5
    a_reader.choose(section.mBox, "M0")
    assert a_reader.reading.m_category is MCategory.M0
    assert a_reader.reading.metastatic_lesions is None


def test_nodes_that_were_not_assessed_are_nx(a_reader: PanelUser) -> None:
    a_reader.choose(a_reader.panel.siteSection.nodesAssessedBox, "not assessed (NX)")
    assert a_reader.reading.nodes is None
    assert a_reader.table == []
    assert a_reader.result == ("–", "–", "–", "–")


def test_the_fields_of_a_node_are_edited_below_the_table(a_reader: PanelUser) -> None:
    editor = a_reader.panel.nodesSection.editor
    a_reader.choose(editor.sideBox, "left")
    a_reader.choose(editor.levelBox, "supraclavicular")
    a_reader.choose(editor.cricoidBox, "yes")
    a_reader.type_into(editor.countBox, "3")
    node = a_reader.reading.node("N1")
    assert (node.side, node.level) == (Side.LEFT, NeckLevel.SUPRACLAVICULAR)
    assert node.extends_below_cricoid is True
    assert a_reader.table == [("N1 ×3", "L", "supraclavicular", "24.0", "0*")]


def test_a_removed_node_gives_its_place_to_the_next(a_reader: PanelUser) -> None:
    a_reader.add_node("&Left", "III", 12.0)
    assert [row[0] for row in a_reader.table] == ["N1", "N2"]
    a_reader.panel.nodesSection.table.selectRow(0)
    a_reader.panel.nodesSection.removeButton.click()
    assert [row[0] for row in a_reader.table] == ["N2"]
    assert a_reader.panel.findingsSection.title.text == "Findings of N2"
    a_reader.add_node("&Midline", "VI", 8.0)
    assert [node.id for node in a_reader.reading.nodes or ()] == ["N2", "N1"]


def test_findings_belong_to_the_selected_node(a_reader: PanelUser) -> None:
    a_reader.add_node("&Left", "III", 12.0)
    a_reader.mark(FindingKind.FAT_SPIKES, Certainty.UNEQUIVOCAL)
    a_reader.panel.nodesSection.table.selectRow(0)
    a_reader.mark(FindingKind.SKIN_INVASION, Certainty.ABSENT)
    assert a_reader.reading.node("N1").kinds_with(Certainty.ABSENT) == (FindingKind.SKIN_INVASION,)
    assert a_reader.reading.node("N2").kinds_with(Certainty.UNEQUIVOCAL) == (FindingKind.FAT_SPIKES,)


def test_a_row_folds_out_to_its_definition_and_what_is_not_enough(a_reader: PanelUser) -> None:
    rows = a_reader.panel.findingsSection.rows
    rows[FindingKind.FAT_SPIKES].titleButton.click()
    details = rows[FindingKind.FAT_SPIKES].details
    assert not details.isHidden()
    assert "Not enough:" in details.text
    assert 'href="https://doi.org/' in details.text
    rows[FindingKind.MUSCLE_INVASION].titleButton.click()
    assert details.isHidden()


def test_why_explains_with_a_link_to_each_rule_and_source(a_reader: PanelUser) -> None:
    a_reader.mark(FindingKind.FAT_SPIKES, Certainty.UNEQUIVOCAL)
    strip = a_reader.panel.resultStrip
    strip.whyButton.click()
    html = strip.details.toHtml()
    assert "staging-rules.md#hncig.grade1.fat-spikes" in html
    assert "https://doi.org/10.1016/S1470-2045(24)00066-4" in html
    assert "cN2" in strip.details.toPlainText()


def test_cautions_are_counted_and_listed(a_reader: PanelUser) -> None:
    strip = a_reader.panel.resultStrip
    a_reader.choose(a_reader.panel.siteSection.biopsyBox, "yes")
    strip.cautionsButton.click()
    assert "recent biopsy" in strip.details.toPlainText()
    before = strip.cautionsButton.text
    a_reader.choose(a_reader.panel.siteSection.biopsyBox, "no")
    assert strip.cautionsButton.text != before
    assert "recent biopsy" not in strip.details.toPlainText()


def test_the_research_use_line_is_always_in_sight(a_reader: PanelUser) -> None:
    notice = a_reader.panel.resultStrip.notice
    assert "not a medical device" in notice.text
    assert notice.visible


def test_a_reading_is_saved_to_and_opened_from_a_file(a_reader: PanelUser, tmp_path: Path) -> None:
    path = tmp_path / "reading.json"
    a_reader.application.answerNext(str(path))
    a_reader.panel.caseSection.saveButton.click()
    assert load_reading(path) == a_reader.reading
    assert str(path) in a_reader.message
    changed = load_reading(path).without_node("N1")
    save_reading(changed, path)
    a_reader.application.answerNext(str(path))
    a_reader.panel.caseSection.openButton.click()
    assert a_reader.reading == changed
    assert a_reader.panel.caseSection.readingBox.count == 2


def test_a_file_that_is_no_reading_is_refused_by_name(a_reader: PanelUser, tmp_path: Path) -> None:
    path = tmp_path / "notes.json"
    path.write_text("{", encoding="utf-8")
    before = a_reader.text
    a_reader.application.answerNext(str(path))
    a_reader.panel.caseSection.openButton.click()
    assert "notes.json: not readable as JSON" in a_reader.message
    assert a_reader.text == before


def test_another_reading_of_the_scene_can_be_chosen(a_reader: PanelUser) -> None:
    first = a_reader.text
    a_reader.panel.caseSection.newButton.click()
    box: Any = a_reader.panel.caseSection.readingBox
    assert a_reader.text != first
    a_reader.choose(box, box.itemText(0))
    assert a_reader.text == first
    assert a_reader.result[1] == "cN1 · I"
