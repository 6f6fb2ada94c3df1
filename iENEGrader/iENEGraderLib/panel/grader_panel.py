"""The panel of iENEGrader: one column, the result always in sight below it."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import qt
import slicer
from slicer.i18n import tr as _

from iENEGraderLib.errors import InputError
from iENEGraderLib.panel.automatic_names import file_stem, free_case_id
from iENEGraderLib.panel.case_section import CaseActions, CaseSection
from iENEGraderLib.panel.edits import empty_reading
from iENEGraderLib.panel.findings_section import FindingsSection
from iENEGraderLib.panel.layouts import tight, wrapped_label
from iENEGraderLib.panel.message_bar import MessageBar
from iENEGraderLib.panel.node_segments import with_missing_sizes, with_nodes_of_segments
from iENEGraderLib.panel.nodes_section import NodeActions, NodesSection
from iENEGraderLib.panel.result_strip import ResultStrip
from iENEGraderLib.panel.shortcuts import Shortcut, Shortcuts
from iENEGraderLib.panel.site_section import SiteSection
from iENEGraderLib.reading import Certainty, load_reading, save_reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from iENEGraderLib.panel.node_segments import SegmentsUsed
    from iENEGraderLib.panel.protocols import GraderLogic
    from iENEGraderLib.panel.reading_session import ReadingSession
    from iENEGraderLib.reading import Reading

JSON_FILES = "Reading document (*.json)"


class GraderPanel(qt.QWidget):
    """Shows a reading, lets the reader edit it, and shows its grade and stage at once.

    Parameters
    ----------
    session : the reading and its history.
    logic : assesses readings and reads segments.
    """

    def __init__(self, session: ReadingSession, logic: GraderLogic) -> None:
        super().__init__()
        self._session = session
        self._logic = logic
        self._error = ""
        self._away = False
        self._stale = False
        self.messageBar = MessageBar()
        actions = CaseActions(new=self.startReading, open=self.onOpen, save=self.onSave)
        self.caseSection = CaseSection(session, self.edit, actions)
        self.siteSection = SiteSection(self.edit)
        node_actions = NodeActions(self._onNodeSelected, self.onNodesFromSegments, self.onSizesFromSegments)
        self.nodesSection = NodesSection(self.edit, node_actions)
        self.findingsSection = FindingsSection(self.edit)
        self.resultStrip = ResultStrip()
        self.emptyLabel = wrapped_label()
        self._build()
        self._shortcuts = Shortcuts(self, self._keys())
        session.listen(self._onNews)
        self.refresh()

    def _build(self) -> None:
        content = qt.QWidget()
        column = tight(qt.QVBoxLayout(content))
        column.setContentsMargins(2, 2, 2, 2)
        self.emptyLabel.text = _(
            "There is no reading in the scene. Begin one, open one, or load DigitalNeckNodes in the Sample Data module."
        )
        for section in (self.caseSection, self.emptyLabel, self.siteSection, self.nodesSection, self.findingsSection):
            column.addWidget(section)
        column.addStretch(1)
        scroll = qt.QScrollArea()
        scroll.widgetResizable = True
        scroll.setFrameShape(qt.QFrame.NoFrame)
        scroll.setHorizontalScrollBarPolicy(qt.Qt.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        layout = tight(qt.QVBoxLayout(self))
        layout.addWidget(self.messageBar)
        layout.addWidget(scroll, 1)
        layout.addWidget(self.resultStrip)

    def _keys(self) -> tuple[Shortcut, ...]:
        certainties = [
            Shortcut(key, partial(self.findingsSection.press, certainty))
            for key, certainty in zip("123", Certainty, strict=True)
        ]
        return (
            Shortcut("N", self.nodesSection.askForSide),
            *certainties,
            Shortcut("[", lambda: self.nodesSection.step(-1)),
            Shortcut("]", lambda: self.nodesSection.step(1)),
            Shortcut("Ctrl+Up", lambda: self.findingsSection.step(-1), in_panel_only=True),
            Shortcut("Ctrl+Down", lambda: self.findingsSection.step(1), in_panel_only=True),
            Shortcut("Ctrl+Z", self._session.undo, in_panel_only=True),
            Shortcut("Ctrl+Y", self._session.redo, in_panel_only=True),
        )

    def enter(self, window: qt.QWidget | None) -> None:
        """Install the keys and catch up with the scene; called when the user opens the module."""
        self._shortcuts.install(window)
        self._away = False
        if self._stale:
            self.refresh()

    def leave(self) -> None:
        """Give the keys back and let the scene be; called when the user leaves the module."""
        self._shortcuts.remove()
        self._away = True

    def edit(self, label: str, change: Callable[[Reading], Reading]) -> None:
        """Apply an edit as one step; say why when it cannot be applied, and show what is still there."""
        self.messageBar.clear()
        with self._errorsShown():
            try:
                self._session.change(label, change)
            except InputError:
                self.refresh()
                raise

    def refresh(self) -> None:
        """Show what is in the scene now."""
        self._stale = False
        reading = self._session.reading
        assessment = None if reading is None else self._logic.assess(reading)
        self.emptyLabel.visible = self._session.node is None
        self.caseSection.showReading(reading)
        self.siteSection.showReading(reading)
        self.nodesSection.showReading(reading, assessment)
        self.findingsSection.showNode(self.nodesSection.selectedNode)
        self.resultStrip.showAssessment(assessment)
        self._showDocumentError()

    def startReading(self) -> None:
        """Begin a new reading."""
        self.messageBar.clear()
        with self._errorsShown():
            self._session.start(empty_reading(free_case_id(_("Case {number}"), self._session.case_ids)))

    def onOpen(self) -> None:
        """Ask for a reading document and show it."""
        path = _path_of(qt.QFileDialog.getOpenFileName(self, _("Open reading"), "", JSON_FILES))
        if path:
            self._try(lambda: self._session.start(load_reading(path)))

    def onSave(self) -> None:
        """Ask for a file and save the reading document into it."""
        reading = self._session.reading
        name = f"{file_stem(reading.case_id)}.json" if reading else ""
        path = _path_of(qt.QFileDialog.getSaveFileName(self, _("Save reading"), name, JSON_FILES))
        if path and reading:
            self._try(lambda: save_reading(reading, path), _("Saved {path}").format(path=path))

    def onNodesFromSegments(self) -> None:
        """Add a node for each node segment that has none."""
        self._fromSegments(_("nodes from segments"), with_nodes_of_segments)

    def onSizesFromSegments(self) -> None:
        """Measure the segments of the nodes and fill what is empty."""
        self._fromSegments(_("sizes from segments"), with_missing_sizes)

    def _fromSegments(self, label: str, use: Callable[..., SegmentsUsed]) -> None:
        reading = self._session.reading
        if reading is None:
            return
        self.messageBar.clear()
        with self._errorsShown():
            with slicer.util.WaitCursor():
                used = use(reading, *self._logic.segmentedImage())
            self._session.change(label, lambda _reading: used.reading)
            self.messageBar.showInformation(used.message)

    def _try(self, action: Callable[[], None], done: str = "") -> None:
        self.messageBar.clear()
        with self._errorsShown():
            action()
            if done:
                self.messageBar.showInformation(done)

    @contextmanager
    def _errorsShown(self) -> Iterator[None]:
        """Say why something failed. What is nobody's input goes to the error log, too, with the place in the code."""
        try:
            yield
        except InputError as error:
            self.messageBar.showError(str(error))
        except Exception as error:
            logging.exception("iENE Grader: an action of the panel failed")
            text = _("This failed for a reason that was not foreseen: {error}. The error log says where.")
            self.messageBar.showError(text.format(error=f"{type(error).__name__}: {error}"))

    def _onNews(self) -> None:
        if self._away:
            self._stale = True
        else:
            self.refresh()

    def _showDocumentError(self) -> None:
        error = self._session.error
        if error:
            text = _("{error}. The document is left as it is; undo, or repair its text.").format(error=error)
            self.messageBar.showError(text)
        elif self._error:
            self.messageBar.clear()
        self._error = error

    def _onNodeSelected(self) -> None:
        self.findingsSection.showNode(self.nodesSection.selectedNode)


def _path_of(answer: object) -> str:
    """Return the path of a file dialog; bindings answer with a path, or with a path and a filter."""
    return str(answer[0]) if isinstance(answer, tuple) else str(answer or "")
