"""The panel of PWIProtocol in the harness, a user at it, and the made-up study, also in a DICOM database."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from made_up_database import MadeUpDatabase
from PWIProtocolLib.sample.study import write_sample_study

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PWIProtocolLib.panel.check.check_words import Shown
    from PWIProtocolLib.protocol.answers import AnswerField
    from PWIProtocolLib.protocol.checker import ProtocolCheck

ENTRY_FILE = Path(__file__).resolve().parents[2] / "PWIProtocol.py"
WINDOW_SIZE = (400, 1000)


class PerfusionUser:
    """A radiographer at the panel: does what a hand can do, sees what an eye can see."""

    def __init__(self, application: Any, widget: Any) -> None:
        self.application = application
        self.panel = widget.self().panel

    # Hands

    def type_into(self, box: Any, text: str) -> None:
        """Replace what stands in a box, and press Return."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        box.setFocus()
        box.selectAll()
        QTest.keyClicks(box, text)
        QTest.keyClick(box, Qt.Key.Key_Return)

    def choose(self, box: Any, text: str) -> None:
        """Choose an item of a combo box, as a click on it does."""
        index = box.findText(text)
        assert index >= 0, f"{text!r} is not offered"
        assert box.enabled
        box.setCurrentIndex(index)
        box.activated.emit(index)

    def check_folder(self, folder: Path | str) -> None:
        """Type a folder and press Check."""
        self.type_into(self.panel.studySection.folderRow.box, str(folder))
        self.panel.studySection.checkButton.click()

    def filter(self, shown: Shown) -> None:
        """Press a filter."""
        self.panel.checkSection.filters.buttons[shown].click()

    def click_line(self, title: str) -> None:
        """Click the line of a criterion."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        table = self.panel.checkSection.table
        item = table.item(self.titles.index(title), 1)
        table.scrollToItem(item)
        at = table.visualItemRect(item).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)

    def sign(self, who: str) -> None:
        """Say who enters."""
        self.type_into(self.panel.checkSection.entries.readerBox, who)

    def enter(self, field: AnswerField, value: str) -> None:
        """Enter a fact where it is offered."""
        row = self.panel.checkSection.entries.rows[field]
        assert row.isVisible(), f"{field} is not offered"
        if hasattr(row.box, "addItem"):
            self.choose(row.box, value)
        else:
            self.type_into(row.box, value)

    def take_back(self, field: AnswerField) -> None:
        """Take an entry back."""
        self.panel.checkSection.entries.rows[field].takeBackButton.click()

    # Eyes

    @property
    def lines(self) -> list[tuple[str, ...]]:
        """The lines of the table."""
        table = self.panel.checkSection.table
        columns = range(table.columnCount)
        return [tuple(table.item(row, column).text() for column in columns) for row in range(table.rowCount)]

    @property
    def titles(self) -> list[str]:
        """The criteria that the table lists."""
        return [line[1] for line in self.lines]

    @property
    def counts(self) -> dict[Shown, str]:
        """What stands on the filters."""
        return {shown: str(button.text) for shown, button in self.panel.checkSection.filters.buttons.items()}

    @property
    def details(self) -> str:
        """What is said of the selected criterion, without its form."""
        import qt

        document = qt.QTextDocument()
        section = self.panel.checkSection
        document.setHtml(section.facts.text + section.background.text)
        return str(document.toPlainText())

    @property
    def message(self) -> str:
        """What the message bar says; empty when it is hidden."""
        bar = self.panel.messageBar
        return "" if bar.isHidden() else str(bar.text.text)

    @property
    def check(self) -> ProtocolCheck:
        """The check that is shown."""
        assert self.panel.session.check is not None
        return self.panel.session.check


@pytest.fixture(scope="session")
def the_sample_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the made-up study; nobody changes it."""
    return write_sample_study(tmp_path_factory.mktemp("sample"))


@pytest.fixture
def a_sample_study(the_sample_study: Path, tmp_path: Path) -> Path:
    """A copy of the made-up study that a test may change."""
    return Path(shutil.copytree(the_sample_study, tmp_path / the_sample_study.name))


@pytest.fixture
def a_dicom_database(the_sample_study: Path, monkeypatch: pytest.MonkeyPatch) -> MadeUpDatabase:
    """The made-up study in Slicer's DICOM database."""
    import slicer

    database = MadeUpDatabase(the_sample_study)
    monkeypatch.setattr(slicer, "dicomDatabase", database, raising=False)
    return database


@pytest.fixture
def a_perfusion_module() -> Iterator[Any]:
    """The module, loaded into an empty scene; at the end no slot may have failed."""
    import slicer_harness

    application = slicer_harness.start()
    application.mrmlScene().Clear(0)
    application.messages.clear()
    application.uncaughtErrors.clear()
    yield application.loadModule(ENTRY_FILE)
    application.unloadModule("PWIProtocol")
    application.mrmlScene().Clear(0)
    assert application.uncaughtErrors == []
    assert application.messages == []


@pytest.fixture
def a_perfusion_user(a_perfusion_module: Any) -> Iterator[PerfusionUser]:
    """A user who has opened the module, and leaves it at the end."""
    import slicer

    slicer.util.selectModule("PWIProtocol")
    slicer.util.mainWindow().resize(*WINDOW_SIZE)
    slicer.util.mainWindow().show()
    yield PerfusionUser(slicer.app, a_perfusion_module.widgetRepresentation())
    slicer.util.selectModule("")
