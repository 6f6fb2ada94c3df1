"""Which reading is shown, who reads, blinded or not, locked or not, undo and redo, files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.widgets.layouts import icon_button, row_of, tight, tool_button
from HeadNeckNodesLib.widgets.text_box import TextBox
from HeadNeckNodesLib.widgets.wheel_guard import WheelGuard
from slicer.i18n import tr as _

from iENEGraderLib.panel.session.edits import set_fields
from iENEGraderLib.panel.session.locking import is_locked
from iENEGraderLib.panel.session.readings_in_scene import reading_label

if TYPE_CHECKING:
    from collections.abc import Callable

    from iENEGraderLib.panel.session.reading_session import ReadingSession
    from iENEGraderLib.reading import Reading


@dataclass(frozen=True)
class CaseActions:
    """What the buttons of the case do."""

    new: Callable[[], None]
    open: Callable[[], None]
    save: Callable[[], None]
    lock: Callable[[], None]
    blind: Callable[[bool], None]
    undo: Callable[[], None]
    redo: Callable[[], None]


class CaseSection(qt.QWidget):
    """Chooses the reading, names the case and its reader, locks it and takes it up again.

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
        self.readingBox.toolTip = _("Readings in the scene, those of one case side by side")
        self.readingBox.setSizeAdjustPolicy(qt.QComboBox.AdjustToMinimumContentsLengthWithIcon)
        self.readingBox.minimumContentsLength = 8
        self._wheelGuard = WheelGuard(self.readingBox, while_focused=False)
        self.readingBox.connect("activated(int)", self._onReadingChosen)
        self.newButton = icon_button(qt.QStyle.SP_FileIcon, _("Begin a new reading"), actions.new)
        self.openButton = icon_button(qt.QStyle.SP_DialogOpenButton, _("Open a reading document (JSON)"), actions.open)
        self.saveButton = icon_button(
            qt.QStyle.SP_DialogSaveButton, _("Save the reading document (JSON)"), actions.save
        )
        self.undoButton = tool_button("⟲", "", actions.undo)
        self.redoButton = tool_button("⟳", "", actions.redo)
        self.caseBox = TextBox(lambda text: edit(_("case"), set_fields(case_id=text)))
        self.caseBox.placeholderText = _("no patient data")
        self.readerBox = TextBox(lambda text: edit(_("reader"), set_fields(reader=text)))
        self.lockButton = tool_button(_("Lock"), "", actions.lock)
        self.blindedBox = qt.QCheckBox(_("blinded"))
        self.blindedBox.toolTip = _(
            "Hide the readings and marks of other readers, and what the slice views say of the patient"
        )
        self.blindedBox.connect("clicked(bool)", actions.blind)
        self._build()

    def _build(self) -> None:
        layout = tight(qt.QVBoxLayout(self))
        buttons = (self.newButton, self.openButton, self.saveButton, self.lockButton, self.undoButton, self.redoButton)
        layout.addLayout(row_of(self.readingBox, *buttons, stretched=0))
        self.readerBox.setMaximumWidth(56)
        case, reader = qt.QLabel(_("Case")), qt.QLabel(_("Reader"))
        layout.addLayout(row_of(case, self.caseBox, reader, self.readerBox, self.blindedBox, stretched=1))

    def showReading(self, reading: Reading | None) -> None:
        """Show the case; without a reading only the buttons that begin one can be used."""
        self._showReadings()
        self.caseBox.showText(reading.case_id if reading else "")
        self.readerBox.showText(reading.reader if reading else "")
        self.saveButton.enabled = self.lockButton.enabled = reading is not None
        self.caseBox.enabled = self.readerBox.enabled = reading is not None and not is_locked(reading)
        self.blindedBox.checked = self._session.blinded
        self._showLock(reading)
        self._showStep(self.undoButton, self._session.to_undo, _("Undo: {change} (Ctrl+Z)"), _("Nothing to undo"))
        self._showStep(self.redoButton, self._session.to_redo, _("Redo: {change} (Ctrl+Y)"), _("Nothing to redo"))

    def _showStep(self, button: qt.QToolButton, change: str, tip: str, nothing: str) -> None:
        button.enabled = bool(change)
        button.toolTip = tip.format(change=change) if change else nothing

    def _showLock(self, reading: Reading | None) -> None:
        signature = None if reading is None else reading.signature
        if signature is None:
            self.lockButton.text = _("Lock")
            self.lockButton.toolTip = _("Sign the reading as its reader: it cannot be changed until it is unlocked")
            return
        self.lockButton.text = _("Unlock")
        tip = _("Signed by {reader} ({time}); take the signature back to change the reading")
        self.lockButton.toolTip = tip.format(reader=signature.by, time=signature.at)

    def _showReadings(self) -> None:
        nodes = self._session.offered
        self.readingBox.clear()
        for index, node in enumerate(nodes):
            self.readingBox.addItem(reading_label(node), node.GetID())
            self.readingBox.setItemData(index, reading_label(node), qt.Qt.ToolTipRole)
        self.readingBox.enabled = bool(nodes)
        self.readingBox.setCurrentIndex(nodes.index(self._session.node) if self._session.node in nodes else -1)

    def _onReadingChosen(self, index: int) -> None:
        self._session.follow(self._session.offered[index])
