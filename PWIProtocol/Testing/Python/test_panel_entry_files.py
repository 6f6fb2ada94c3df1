"""What was entered is saved as a file of its own, and loaded into another check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PWIProtocolLib.protocol.answers import AnswerField, Answers, answer_from, read_answers, write_answers

if TYPE_CHECKING:
    from pathlib import Path

    from check_desk import PerfusionUser

pytest_plugins = ("check_desk",)

INJECTION = "Injection rate and saline flush"


@pytest.fixture
def a_checking_user(a_perfusion_user: PerfusionUser, the_sample_study: Path) -> PerfusionUser:
    """A user who has checked the made-up study."""
    a_perfusion_user.check_folder(the_sample_study)
    return a_perfusion_user


@pytest.fixture
def a_file_of_entries(tmp_path: Path) -> Path:
    """A file with the saline flush and the weight, by R2."""
    flush = answer_from(AnswerField.SALINE_FLUSH, 20.0, "R2")
    weight = answer_from(AnswerField.PATIENT_WEIGHT, 70.0, "R2")
    write_answers(tmp_path / "answers.json", Answers((flush, weight), "diagnosis"))
    return tmp_path / "answers.json"


def test_loaded_entries_settle_criteria_with_those_who_made_them(
    a_checking_user: PerfusionUser, a_file_of_entries: Path
) -> None:
    a_checking_user.application.answerNext(str(a_file_of_entries))
    a_checking_user.panel.checkSection.loadButton.click()
    assert a_checking_user.message == "Loaded 2 entries"
    assert a_checking_user.check.answers == read_answers(a_file_of_entries)
    assert a_checking_user.lines[a_checking_user.titles.index(INJECTION)][0] == "entered: met"
    assert a_checking_user.panel.checkSection.indicationBox.currentText == "Diagnosis"


def test_what_was_entered_is_saved_and_read_again(a_checking_user: PerfusionUser, tmp_path: Path) -> None:
    section, file = a_checking_user.panel.checkSection, tmp_path / "mine.json"
    assert not section.saveButton.enabled  # nothing was entered
    a_checking_user.click_line(INJECTION)
    a_checking_user.sign("R1")
    a_checking_user.enter(AnswerField.SALINE_FLUSH, "25")
    a_checking_user.application.answerNext(str(file))
    section.saveButton.click()
    assert a_checking_user.message == f"Saved {file}"
    (saved,) = read_answers(file).items
    assert (saved.field, saved.value, saved.who) == (AnswerField.SALINE_FLUSH, 25.0, "R1")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{}", "other.json: must hold"),
        ('{"schema": "hnn-pwi-answers/1", "answers": [], "indication": "sport"}', "sport"),
    ],
)
def test_a_file_that_cannot_be_used_says_why_and_changes_nothing(
    a_checking_user: PerfusionUser, tmp_path: Path, text: str, why: str
) -> None:
    before = a_checking_user.check
    (tmp_path / "other.json").write_text(text, encoding="utf-8")
    a_checking_user.application.answerNext(str(tmp_path / "other.json"), "")
    a_checking_user.panel.checkSection.loadButton.click()
    assert why in a_checking_user.message
    a_checking_user.panel.checkSection.loadButton.click()  # and the dialog is closed without a file
    assert a_checking_user.check is before
