"""What the headers lack is entered in the panel, refused, taken back, kept with the scene, and exported."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from PWIProtocolLib.panel.check.check_words import Shown
from PWIProtocolLib.protocol.answers import AnswerField
from PWIProtocolLib.protocol.recommendations import CriterionId

if TYPE_CHECKING:
    from pathlib import Path

    from check_desk import PerfusionUser

pytest_plugins = ("check_desk",)

INJECTION, DOSE, COIL = "Injection rate and saline flush", "Contrast agent and dose", "Receive coil"


@pytest.fixture
def a_checking_user(a_perfusion_user: PerfusionUser, a_sample_study: Path) -> PerfusionUser:
    """A user who has checked the made-up study."""
    a_perfusion_user.check_folder(a_sample_study)
    return a_perfusion_user


def line_of(user: PerfusionUser, title: str) -> tuple[str, ...]:
    """The line of a criterion."""
    return user.lines[user.titles.index(title)]


def test_only_what_a_criterion_asks_for_is_offered(a_checking_user: PerfusionUser) -> None:
    entries = a_checking_user.panel.checkSection.entries
    a_checking_user.click_line(INJECTION)
    offered = [field for field, row in entries.rows.items() if row.isVisible()]
    assert offered == [AnswerField.INJECTION_RATE, AnswerField.SALINE_FLUSH]
    a_checking_user.click_line("In-plane resolution")
    assert not entries.isVisible()


def test_an_entry_settles_the_criterion_and_says_who_made_it_and_when(a_checking_user: PerfusionUser) -> None:
    a_checking_user.click_line(INJECTION)
    a_checking_user.sign("R1")
    a_checking_user.enter(AnswerField.SALINE_FLUSH, "20")
    assert line_of(a_checking_user, INJECTION)[0] == "entered: met"
    assert a_checking_user.counts[Shown.CANNOT_TELL] == "Cannot tell 2"
    assert a_checking_user.counts[Shown.ENTERED] == "Entered 1"
    row = a_checking_user.panel.checkSection.entries.rows[AnswerField.SALINE_FLUSH]
    answer = a_checking_user.check.answers.get(AnswerField.SALINE_FLUSH)
    assert answer is not None
    assert row.whoLabel.text.strip() == f"entered by R1, {answer.when.date().isoformat()}"
    assert (row.box.text, answer.value, answer.unit) == ("20", 20.0, "mL")


def test_an_entry_that_misses_the_limit_is_entered_and_not_met(a_checking_user: PerfusionUser) -> None:
    a_checking_user.click_line(INJECTION)
    a_checking_user.sign("R1")
    a_checking_user.enter(AnswerField.SALINE_FLUSH, "12,5")  # a comma is a decimal point, too
    assert line_of(a_checking_user, INJECTION)[0] == "entered: not met"
    a_checking_user.filter(Shown.NOT_MET)
    assert INJECTION in a_checking_user.titles


def test_an_entry_that_is_taken_back_leaves_the_question_open(a_checking_user: PerfusionUser) -> None:
    before = a_checking_user.panel.session.node.GetText()
    a_checking_user.click_line(INJECTION)
    a_checking_user.sign("R1")
    a_checking_user.enter(AnswerField.SALINE_FLUSH, "20")
    a_checking_user.take_back(AnswerField.SALINE_FLUSH)
    assert line_of(a_checking_user, INJECTION)[0] == "cannot tell"
    assert a_checking_user.panel.session.node.GetText() == before
    a_checking_user.enter(AnswerField.SALINE_FLUSH, "20")
    a_checking_user.type_into(a_checking_user.panel.checkSection.entries.rows[AnswerField.SALINE_FLUSH].box, " ")
    assert a_checking_user.panel.session.node.GetText() == before


@pytest.mark.parametrize(
    ("who", "value", "why"),
    [
        ("", "20", "say who enters it"),
        ("R1", "2000", "must be a number of 0 to 200 mL, found 2000"),
        ("R1", "-1", "must be a number of 0 to 200 mL"),
        ("R1", "nan", "must be a number of 0 to 200 mL"),
        ("R1", "twenty", "must be a number in mL, found 'twenty'"),
    ],
)
def test_an_entry_that_cannot_be_is_refused_with_the_reason_and_stays_to_be_corrected(
    a_checking_user: PerfusionUser, who: str, value: str, why: str
) -> None:
    a_checking_user.click_line(INJECTION)
    if who:
        a_checking_user.sign(who)
    a_checking_user.enter(AnswerField.SALINE_FLUSH, value)
    assert why in a_checking_user.message
    assert line_of(a_checking_user, INJECTION)[0] == "cannot tell"
    assert a_checking_user.panel.checkSection.entries.rows[AnswerField.SALINE_FLUSH].box.text == value
    a_checking_user.sign("R1")
    a_checking_user.enter(AnswerField.SALINE_FLUSH, "20")
    assert line_of(a_checking_user, INJECTION)[0] == "entered: met"
    assert a_checking_user.message == ""


def test_words_are_chosen_and_numbers_typed(a_checking_user: PerfusionUser) -> None:
    a_checking_user.click_line(DOSE)
    a_checking_user.sign("R1")
    a_checking_user.enter(AnswerField.CONTRAST_VOLUME, "7")
    assert line_of(a_checking_user, DOSE)[0] == "cannot tell"
    a_checking_user.enter(AnswerField.PATIENT_WEIGHT, "70")
    assert line_of(a_checking_user, DOSE)[0] == "entered: met"  # 7 mL of 1 mmol/mL for 70 kg: 0.1 mmol/kg
    a_checking_user.click_line(COIL)
    a_checking_user.enter(AnswerField.COIL, "other")
    assert line_of(a_checking_user, COIL)[0] == "entered: not met"


def test_a_word_without_a_name_is_not_kept(a_checking_user: PerfusionUser) -> None:
    a_checking_user.click_line(COIL)
    a_checking_user.enter(AnswerField.COIL, "head neck")
    assert "say who enters it" in a_checking_user.message
    assert a_checking_user.panel.checkSection.entries.rows[AnswerField.COIL].box.currentText == "–"


def test_the_indication_is_shown_with_its_recommendation(a_checking_user: PerfusionUser) -> None:
    section = a_checking_user.panel.checkSection
    a_checking_user.choose(section.indicationBox, "Diagnosis")
    assert section.indicationLabel.text.startswith("Diagnosis: may be recommended.")
    assert section.stagingLabel.isVisible()
    a_checking_user.choose(section.indicationBox, "N staging")
    assert section.indicationLabel.text.startswith("N staging: not recommended.")
    a_checking_user.choose(section.indicationBox, "not chosen")
    assert not section.indicationLabel.isVisible()
    assert section.stagingLabel.text.startswith("N staging: not recommended.")


def test_checking_the_same_study_again_keeps_what_was_entered(
    a_checking_user: PerfusionUser, a_sample_study: Path, the_sample_study: Path
) -> None:
    a_checking_user.click_line(INJECTION)
    a_checking_user.sign("R1")
    a_checking_user.enter(AnswerField.SALINE_FLUSH, "20")
    a_checking_user.panel.studySection.checkButton.click()
    assert line_of(a_checking_user, INJECTION)[0] == "entered: met"
    a_checking_user.check_folder(the_sample_study)  # another study: nothing was entered for it
    assert line_of(a_checking_user, INJECTION)[0] == "cannot tell"
    a_checking_user.check_folder(a_sample_study)
    assert line_of(a_checking_user, INJECTION)[0] == "entered: met"


def test_check_and_entries_come_back_with_a_saved_scene(a_checking_user: PerfusionUser, tmp_path: Path) -> None:
    import slicer

    a_checking_user.click_line(INJECTION)
    a_checking_user.sign("R1")
    a_checking_user.enter(AnswerField.SALINE_FLUSH, "20")
    a_checking_user.choose(a_checking_user.panel.checkSection.indicationBox, "Diagnosis")
    before, answers = a_checking_user.lines, a_checking_user.check.answers
    assert slicer.util.saveScene(str(tmp_path / "scene.mrb"))
    slicer.mrmlScene.Clear(0)
    assert not a_checking_user.panel.checkSection.isVisible()
    assert a_checking_user.panel.emptyLabel.isVisible()
    slicer.util.loadScene(str(tmp_path / "scene.mrb"))
    assert a_checking_user.lines == before
    assert a_checking_user.check.answers == answers
    assert a_checking_user.panel.checkSection.indicationBox.currentText == "Diagnosis"
    a_checking_user.click_line(INJECTION)
    a_checking_user.take_back(AnswerField.SALINE_FLUSH)
    assert line_of(a_checking_user, INJECTION)[0] == "cannot tell"


def test_an_entry_for_a_study_whose_files_are_gone_is_refused_and_the_check_stays(
    a_checking_user: PerfusionUser, a_sample_study: Path, tmp_path: Path
) -> None:
    import slicer

    slicer.util.saveScene(str(tmp_path / "scene.mrb"))
    before = a_checking_user.lines
    slicer.util.selectModule("")
    a_checking_user.panel.session._read = None  # as in a Slicer that was started anew
    shutil.rmtree(a_sample_study)
    slicer.util.loadScene(str(tmp_path / "scene.mrb"))
    slicer.util.selectModule("PWIProtocol")
    a_checking_user.click_line(INJECTION)
    a_checking_user.sign("R1")
    a_checking_user.enter(AnswerField.SALINE_FLUSH, "20")
    assert "there is no such file or folder" in a_checking_user.message
    assert a_checking_user.lines == before


def test_a_text_that_is_no_check_is_left_alone_and_said(a_checking_user: PerfusionUser) -> None:
    node = a_checking_user.panel.session.node
    node.SetText("{}")
    assert "holds no protocol check" in a_checking_user.message
    assert not a_checking_user.panel.checkSection.isVisible()
    assert node.GetText() == "{}"


def test_the_exports_hold_the_entry_and_its_author(a_checking_user: PerfusionUser, tmp_path: Path) -> None:
    a_checking_user.click_line(INJECTION)
    a_checking_user.sign("R1")
    a_checking_user.enter(AnswerField.SALINE_FLUSH, "20")
    section = a_checking_user.panel.checkSection
    page, document = tmp_path / "check.html", tmp_path / "check.json"
    a_checking_user.application.answerNext(str(page), str(document))
    section.reportButton.click()
    assert a_checking_user.message == f"Saved {page}"
    section.jsonButton.click()
    assert "entered by R1" in page.read_text(encoding="utf-8")
    found: Any = json.loads(document.read_text(encoding="utf-8"))
    verdicts = {each["id"]: each["verdict"] for each in found["criteria"]}
    assert verdicts[CriterionId.INJECTION_RATE_AND_FLUSH] == "user_supplied"
    assert found["summary"] == {"met": 12, "optimal": 1, "not_met": 2, "cannot_tell": 2, "user_supplied": 1}


def test_an_export_that_cannot_be_written_says_why(a_checking_user: PerfusionUser, tmp_path: Path) -> None:
    a_checking_user.application.answerNext(str(tmp_path / "nowhere" / "check.html"))
    a_checking_user.panel.checkSection.reportButton.click()
    assert "cannot write here" in a_checking_user.message
    a_checking_user.application.answerNext("")
    a_checking_user.panel.checkSection.jsonButton.click()
    assert list(tmp_path.glob("*.json")) == []


def test_the_table_goes_into_the_scene(a_checking_user: PerfusionUser) -> None:
    import slicer

    a_checking_user.panel.checkSection.tableButton.click()
    (table,) = visible_nodes("vtkMRMLTableNode")
    assert table.GetNumberOfRows() == 21  # the 18 of acquisition and the 3 of analysis
    assert a_checking_user.message == f"Added the table {table.GetName()} to the scene"
    assert slicer.mrmlScene.IsNodePresent(a_checking_user.panel.session.node)


def test_the_plot_stays_through_entries_and_goes_with_its_study(
    a_checking_user: PerfusionUser, a_sample_study: Path
) -> None:
    section = a_checking_user.panel.checkSection
    section.plotButton.click()
    section.plotButton.click()
    (chart,) = visible_nodes("vtkMRMLPlotChartNode")
    a_checking_user.choose(section.indicationBox, "Diagnosis")
    assert visible_nodes("vtkMRMLPlotChartNode") == [chart]
    for file in sorted((a_sample_study / "dynamic").iterdir())[-20:]:
        file.unlink()
    a_checking_user.panel.studySection.checkButton.click()
    assert visible_nodes("vtkMRMLPlotChartNode") == []


def visible_nodes(class_name: str) -> list[Any]:
    """The nodes of a class that Slicer's lists offer."""
    import slicer

    return [node for node in slicer.util.getNodesByClass(class_name) if not node.GetHideFromEditors()]
