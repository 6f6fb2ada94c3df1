"""Which reading is shown, who reads, undo and redo, files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import qt
from slicer.i18n import tr as _

from iENEGraderLib.panel.edits import set_fields
from iENEGraderLib.panel.layouts import icon_button, row_of, tight, tool_button
from iENEGraderLib.panel.text_box import TextBox
from iENEGraderLib.panel.wheel_guard import WheelGuard

if TYPE_CHECKING:
    from collections.abc import Callable

    from iENEGraderLib.panel.reading_session import ReadingSession
    from iENEGraderLib.reading import Reading


@dataclass(frozen=True)
class CaseActions:
    """What the buttons of the case do."""

    new: Callable[[], None]
    open: Callable[[], None]
    save: Callable[[], None]


class CaseSection(qt.QWidget):
    """Chooses the reading and names the case and its reader.

    Parameters
    ----------
    session : the reading that is shown.
    edit : applies an edit under a label.
    """

    def __init__(self, session: ReadingSession, edit: Callable[..., None], actions: CaseActions) -> None:
        super().__init__()
        self._session = session
        self._edit = edit
        self.readingBox = qt.QComboBox()
        self.readingBox.toolTip = _("Readings in the scene")
        self.readingBox.setSizeAdjustPolicy(qt.QComboBox.AdjustToMinimumContentsLengthWithIcon)
        self.readingBox.minimumContentsLength = 8
        self._wheelGuard = WheelGuard(self.readingBox, while_focused=False)
        self.readingBox.connect("activated(int)", self._onReadingChosen)
        self.newButton = icon_button(qt.QStyle.SP_FileIcon, _("Begin a new reading"), actions.new)
        self.openButton = icon_button(qt.QStyle.SP_DialogOpenButton, _("Open a reading document (JSON)"), actions.open)
        self.saveButton = icon_button(
            qt.QStyle.SP_DialogSaveButton, _("Save the reading document (JSON)"), actions.save
        )
        self.undoButton = tool_button("⟲", "", session.undo)
        self.redoButton = tool_button("⟳", "", session.redo)
        self.caseBox = TextBox(lambda text: edit(_("case"), set_fields(case_id=text)))
        self.caseBox.placeholderText = _("case id, no patient data")
        self.readerBox = TextBox(lambda text: edit(_("reader"), set_fields(reader=text)))
        self._build()

    def _build(self) -> None:
        layout = tight(qt.QVBoxLayout(self))
        buttons = (self.newButton, self.openButton, self.saveButton, self.undoButton, self.redoButton)
        layout.addLayout(row_of(self.readingBox, *buttons, stretched=0))
        self.readerBox.setMaximumWidth(90)
        case, reader = qt.QLabel(_("Case")), qt.QLabel(_("Reader"))
        layout.addLayout(row_of(case, self.caseBox, reader, self.readerBox, stretched=1))

    def showReading(self, reading: Reading | None) -> None:
        """Show the case; without a reading only the buttons that begin one can be used."""
        self._showReadings()
        self.caseBox.showText(reading.case_id if reading else "")
        self.readerBox.showText(reading.reader if reading else "")
        for widget in (self.caseBox, self.readerBox, self.saveButton):
            widget.enabled = reading is not None
        self._showStep(self.undoButton, self._session.to_undo, _("Undo: {change} (Ctrl+Z)"), _("Nothing to undo"))
        self._showStep(self.redoButton, self._session.to_redo, _("Redo: {change} (Ctrl+Y)"), _("Nothing to redo"))

    def _showStep(self, button: qt.QToolButton, change: str, tip: str, nothing: str) -> None:
        button.enabled = bool(change)
        button.toolTip = tip.format(change=change) if change else nothing

    def _showReadings(self) -> None:
        nodes = self._session.nodes
        self.readingBox.clear()
        for node in nodes:
            self.readingBox.addItem(node.GetName(), node.GetID())
        self.readingBox.enabled = bool(nodes)
        self.readingBox.setCurrentIndex(nodes.index(self._session.node) if self._session.node in nodes else -1)

    def _onReadingChosen(self, index: int) -> None:
        self._session.follow(self._session.nodes[index])
