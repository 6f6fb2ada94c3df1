"""The panel in the harness, and a user who clicks, chooses and types in it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from iENEGraderLib.reading import Certainty, FindingKind, Reading, reading_from_text

if TYPE_CHECKING:
    from collections.abc import Iterator

WINDOW_SIZE = (400, 900)
ENTRY_FILE = Path(__file__).resolve().parents[2] / "iENEGrader.py"


class PanelUser:
    """A reader at the panel: does what a hand can do, sees what an eye can see."""

    def __init__(self, application: Any, widget: Any) -> None:
        self.application = application
        self.widget = widget
        self.panel = widget.self().panel

    # Hands

    def choose(self, box: Any, text: str) -> None:
        """Open a combo box with a key and click the item with a text."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        index = box.findText(text)
        assert index >= 0, f"{text!r} is not offered"
        assert box.enabled
        QTest.keyClick(box, Qt.Key.Key_Space)
        view = box.view()
        assert view.isVisible()
        item = box.model().index(index, 0)
        view.scrollTo(item)
        self.application.processEvents()
        QTest.mouseClick(
            view.viewport(),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
            view.visualRect(item).center(),
        )
        self.application.processEvents()
        assert not view.isVisible()

    def turn_wheel_over(self, widget: Any) -> None:
        """Turn the mouse wheel one notch towards the hand, with the pointer over a widget."""
        from PySide6.QtCore import QPoint, QPointF
        from PySide6.QtTest import QTest

        self.bring_into_sight(widget)
        window = widget.window()
        at = widget.mapTo(window, widget.rect.center())
        QTest.wheelEvent(window.windowHandle(), QPointF(at), QPoint(0, -120))
        self.application.processEvents()

    def bring_into_sight(self, widget: Any) -> None:
        """Scroll the panel until a widget can be seen."""
        self.scroll_area.ensureWidgetVisible(widget)
        self.application.processEvents()

    def type_into(self, box: Any, text: str) -> None:
        """Replace what stands in a box, and press Return."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        box.setFocus()
        box.selectAll()
        QTest.keyClicks(box, text)
        QTest.keyClick(box, Qt.Key.Key_Return)

    def press(self, key: Any, *, control: bool = False) -> None:
        """Press a key while the panel has the keyboard."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        modifier = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
        target = self.panel.findingsSection.rows[FindingKind.FAT_SPIKES].titleButton
        self.panel.window().activateWindow()
        target.setFocus()
        self.application.processEvents()
        QTest.keyClick(target, key, modifier)

    def mark(self, kind: FindingKind, certainty: Certainty) -> None:
        """Click a certainty of a finding."""
        self.panel.findingsSection.rows[kind].buttons[certainty].click()

    def enter_case(self, site: str, t: str, *, p16: str = "?") -> None:
        """Begin a reading of a right-sided tumour, M0."""
        self.panel.caseSection.newButton.click()
        site_section = self.panel.siteSection
        self.choose(site_section.siteBox, site)
        self.choose(site_section.p16Box, p16)
        self.choose(site_section.sideBox, "right")
        self.choose(site_section.tBox, t)

    def add_node(self, side: str, level: str, size_mm: float) -> None:
        """Add a node through the menu and fill in its fields."""
        nodes = self.panel.nodesSection
        action = next(each for each in nodes.sideMenu.actions() if each.text == side)
        action.trigger()
        self.choose(nodes.editor.levelBox, level)
        self.type_into(nodes.editor.sizeBox, f"{size_mm}")

    @property
    def scroll_area(self) -> Any:
        """The part of the panel that scrolls."""
        import qt

        return next(area for area in self.panel.findChildren(qt.QScrollArea) if area.widget())

    # Eyes

    @property
    def text(self) -> str:
        """What stands in the text node."""
        return str(self.panel._session.node.GetText())

    @property
    def reading(self) -> Reading:
        """The reading in the text node."""
        return reading_from_text(self.text)

    @property
    def result(self) -> tuple[str, ...]:
        """Grade, UICC 9, AJCC and TNM 8 as the strip shows them."""
        return tuple(value.text for value in self.panel.resultStrip.values)

    @property
    def table(self) -> list[tuple[str, ...]]:
        """The lines of the node table."""
        table = self.panel.nodesSection.table
        columns = range(table.columnCount)
        return [tuple(table.item(row, column).text() for column in columns) for row in range(table.rowCount)]

    @property
    def message(self) -> str:
        """What the message bar says; empty when it is hidden."""
        bar = self.panel.messageBar
        return "" if bar.isHidden() else str(bar.text.text)


@pytest.fixture(scope="session")
def the_harness() -> Any:
    """The application with Qt."""
    import slicer_harness

    return slicer_harness.start()


@pytest.fixture
def a_running_slicer(the_harness: Any) -> Iterator[Any]:
    """The application with an empty scene; at the end no slot may have failed."""
    import slicer
    from iENEGraderLib.panel.session.safekeeping import application_folder

    slicer.mrmlScene.Clear(0)
    slicer.mrmlScene.SetURL("")
    shutil.rmtree(application_folder(), ignore_errors=True)  # unsaved work that another test has left
    the_harness.messages.clear()
    the_harness.uncaughtErrors.clear()
    yield the_harness
    slicer.mrmlScene.Clear(0)
    assert the_harness.uncaughtErrors == []


@pytest.fixture
def the_entry_file() -> Path:
    """The file that Slicer loads the module from."""
    return ENTRY_FILE


@pytest.fixture
def a_module(a_running_slicer: Any, the_entry_file: Path) -> Iterator[Any]:
    """The module iENEGrader, loaded."""
    yield a_running_slicer.loadModule(the_entry_file)
    a_running_slicer.unloadModule("iENEGrader")


@pytest.fixture
def a_user(a_running_slicer: Any, a_module: Any) -> Iterator[PanelUser]:
    """A user who has opened the module, and leaves it at the end."""
    import slicer

    slicer.util.selectModule("iENEGrader")
    slicer.util.mainWindow().resize(*WINDOW_SIZE)
    slicer.util.mainWindow().show()
    yield PanelUser(a_running_slicer, a_module.widgetRepresentation())
    slicer.util.selectModule("")
