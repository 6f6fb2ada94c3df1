"""What goes wrong is said where the user looks, and long work is announced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from panel_fixtures import PanelUser

pytest_plugins = ("panel_fixtures",)


@pytest.fixture
def a_reader(a_user: PanelUser) -> PanelUser:
    """A user with one node entered."""
    a_user.enter_case("oropharynx", "T2", p16="+")
    a_user.add_node("&Right", "IIA", 24.0)
    return a_user


def failing(*_arguments: object) -> Any:
    """Stand for a filter that runs out of memory."""
    raise RuntimeError("bad allocation")


@pytest.mark.parametrize("button", ["segmentsButton", "sizesButton"])
def test_a_measurement_that_breaks_is_shown_and_logged(
    a_reader: PanelUser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, button: str
) -> None:
    import qt

    before = a_reader.text
    monkeypatch.setattr(a_reader.panel._logic, "segmentedImage", failing)
    getattr(a_reader.panel.nodesSection, button).click()
    assert "RuntimeError: bad allocation" in a_reader.message
    assert "Traceback" in caplog.text
    assert a_reader.text == before
    assert qt.QApplication.overrideCursor() is None


def test_a_file_that_cannot_be_opened_for_any_reason_is_shown(
    a_reader: PanelUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from iENEGraderLib.panel.session import reading_files

    monkeypatch.setattr(reading_files, "load_reading", failing)
    a_reader.application.answerNext("reading.json")
    a_reader.panel.caseSection.openButton.click()
    assert "RuntimeError: bad allocation" in a_reader.message


def test_rules_that_break_are_shown(a_reader: PanelUser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(a_reader.panel._logic, "assess", failing)
    a_reader.choose(a_reader.panel.siteSection.tBox, "T3")
    assert "RuntimeError: bad allocation" in a_reader.message


def test_a_button_of_any_section_says_in_the_panel_why_it_failed(
    a_reader: PanelUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("iENEGraderLib.panel.pairs.views_section.show_layout", failing)
    a_reader.panel.viewsSection.planesButton.click()
    assert "RuntimeError: bad allocation" in a_reader.message


def test_the_sample_case_is_announced_and_the_cursor_waits(a_user: PanelUser, monkeypatch: pytest.MonkeyPatch) -> None:
    import qt
    from iENEGraderLib.panel import sample_case

    seen: list[object] = []
    make = sample_case.add_sample_case

    def watched() -> Any:
        cursor = qt.QApplication.overrideCursor()
        seen.append(cursor is not None and cursor.shape() == qt.Qt.WaitCursor)
        return make()

    monkeypatch.setattr(sample_case, "add_sample_case", watched)
    said: list[str] = []
    monkeypatch.setattr("slicer.util.showStatusMessage", lambda text, *_duration: said.append(text))
    a_user.widget.self().logic.addSampleCase()
    assert seen == [True]
    assert qt.QApplication.overrideCursor() is None
    assert said == ["Making and measuring the digital neck ...", "The digital neck is in the scene."]
