"""Messages are recorded, questions are answered as prepared, and pictures show the panel with its text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path


def test_messages_are_recorded_and_do_not_wait(an_application: Any) -> None:
    import slicer

    slicer.util.infoDisplay("saved", windowTitle="Export")
    slicer.util.warningDisplay("slice thickness 5 mm")
    slicer.util.errorDisplay("no image", detailedText="line 3")
    slicer.util.delayDisplay("working", 5000)
    kinds = [(message.kind, message.text) for message in an_application.messages]
    assert kinds == [
        ("information", "saved"),
        ("warning", "slice thickness 5 mm"),
        ("critical", "no image"),
        ("delay", "working"),
    ]
    assert an_application.messages[0].title == "Export"
    assert an_application.messages[2].details == "line 3"


def test_a_question_is_answered_with_yes_unless_told_otherwise(an_application: Any) -> None:
    import slicer

    assert slicer.util.confirmOkCancelDisplay("Delete node N2?") is True
    assert slicer.util.confirmYesNoDisplay("Lock the reading?") is True
    an_application.answerNext(False, False)
    assert slicer.util.confirmOkCancelDisplay("Delete node N2?") is False
    assert slicer.util.confirmYesNoDisplay("Lock the reading?") is False


def test_a_file_dialog_gives_the_prepared_path(an_application: Any) -> None:
    import qt

    an_application.answerNext("/data/reading.json")
    assert qt.QFileDialog.getSaveFileName(None, "Save", "", "*.json") == "/data/reading.json"


def test_a_dialog_without_prepared_answer_is_an_error_and_does_not_wait(an_application: Any) -> None:
    import qt

    with pytest.raises(RuntimeError, match=r"getOpenFileName waits for a user"):
        qt.QFileDialog.getOpenFileName()
    dialog = qt.QDialog()
    dialog.windowTitle = "Cautions"
    with pytest.raises(RuntimeError, match="'Cautions' waits for a user"):
        dialog.exec_()


def test_packages_are_not_installed(an_application: Any) -> None:
    import slicer

    with pytest.raises(RuntimeError, match="highdicom"):
        slicer.util.pip_install("highdicom")


def test_a_wait_cursor_is_restored(an_application: Any) -> None:
    import qt
    import slicer

    with slicer.util.WaitCursor():
        assert qt.QApplication.overrideCursor() is not None
    assert qt.QApplication.overrideCursor() is None


def dark_pixels(path: Path) -> int:
    from PySide6.QtGui import QImage

    image = QImage(str(path)).convertToFormat(QImage.Format.Format_Grayscale8)
    rows = (bytes(image.constScanLine(row))[: image.width()] for row in range(image.height()))
    return sum(value < 100 for row in rows for value in row)


def test_a_screenshot_contains_the_text_of_the_panel(a_panel: Any, tmp_path: Path) -> None:
    import slicer_harness

    with_text = slicer_harness.screenshot(a_panel.parent, tmp_path / "panel.png")
    a_panel.ui.result.text = "Grade 2: coalescence of N2 and N3"
    with_more = slicer_harness.screenshot(a_panel.parent, tmp_path / "more.png")
    for label in (a_panel.ui.result, a_panel.ui.label, a_panel.ui.label2, a_panel.ui.label3, a_panel.ui.label4):
        label.text = ""
    without = slicer_harness.screenshot(a_panel.parent, tmp_path / "without.png")
    assert dark_pixels(with_more) > dark_pixels(with_text) > dark_pixels(without) > 0


def test_letters_are_drawn_with_a_real_font(an_application: Any, tmp_path: Path) -> None:
    import qt
    import slicer_harness

    pictures = []
    for text in ("IIA", "VII"):  # empty boxes in the place of letters would look the same
        label = qt.QLabel(text)
        pictures.append(slicer_harness.screenshot(label, tmp_path / f"{text}.png", width=60, height=30).read_bytes())
    assert pictures[0] != pictures[1]


def test_a_screenshot_has_the_size_asked_for(a_module: Any, tmp_path: Path) -> None:
    import slicer_harness
    from PySide6.QtGui import QImage

    image = QImage(str(slicer_harness.screenshot(a_module, tmp_path / "panel.png", width=420, height=600)))
    assert (image.width(), image.height()) == (420, 600)
