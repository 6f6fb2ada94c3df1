"""The panel of iENEGrader: one column, the result always in sight below it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import qt
import slicer
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.widgets.attempts import Attempts
from HeadNeckNodesLib.widgets.layouts import tight, wrapped_label
from HeadNeckNodesLib.widgets.message_bar import MessageBar
from HeadNeckNodesLib.widgets.shortcuts import Shortcut, Shortcuts
from slicer.i18n import tr as _

from iENEGraderLib.panel.case.case_cautions import case_cautions
from iENEGraderLib.panel.case.case_section import CaseActions, CaseSection
from iENEGraderLib.panel.case.site_section import SiteSection
from iENEGraderLib.panel.export.export_fold import ExportFold
from iENEGraderLib.panel.findings.findings_section import FindingsSection
from iENEGraderLib.panel.nodes.nodes_section import NodeActions, NodesSection
from iENEGraderLib.panel.pairs.coalescence_section import CoalescenceSection
from iENEGraderLib.panel.pairs.vessel_section import VesselSection
from iENEGraderLib.panel.pairs.views_section import ViewsSection
from iENEGraderLib.panel.result.result_strip import ResultStrip
from iENEGraderLib.panel.session.annotations import Annotations
from iENEGraderLib.panel.session.automatic_names import free_case_id
from iENEGraderLib.panel.session.blinding import Blinding
from iENEGraderLib.panel.session.edits import empty_reading, now
from iENEGraderLib.panel.session.locking import is_locked, refuse_when_locked
from iENEGraderLib.panel.session.reading_files import ReadingFiles
from iENEGraderLib.panel.session.safekeeping import Safekeeping
from iENEGraderLib.panel.spectral.spectral_section import SpectralSection
from iENEGraderLib.reading import Certainty
from iENEGraderLib.scene.segmented_scene import SegmentedScene

if TYPE_CHECKING:
    from collections.abc import Callable

    from iENEGraderLib.panel.nodes.node_segments import SegmentsUsed
    from iENEGraderLib.panel.protocols import GraderLogic
    from iENEGraderLib.panel.session.reading_session import ReadingSession
    from iENEGraderLib.reading import Reading
    from iENEGraderLib.rules import Assessment


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
        self._followed = session.node
        self.messageBar = MessageBar()
        self.attempt = Attempts(self.messageBar)
        self.annotations = Annotations(session, self.edit)
        self.blinding = Blinding(session, logic.getParameterNode)
        self.safekeeping = Safekeeping(session, self.attempt, self.messageBar.showError)
        files = ReadingFiles(self, session, self.attempt, self.safekeeping.saved)
        actions = CaseActions(
            new=self.startReading, open=files.open, save=files.save, lock=self.onLock, blind=self.blinding.set,
            undo=self.undo, redo=self.redo,
        )  # fmt: skip
        self.caseSection = CaseSection(session, self.edit, actions)
        self.siteSection = SiteSection(self.edit)
        self.nodesSection = NodesSection(self.edit, NodeActions(self._onNodeSelected, self.perform), logic)
        self.findingsSection = FindingsSection(session, self.edit, self.refresh)
        self.segments = SegmentedScene(logic.segmentedImage)
        beside = (session, self.edit, self.segments, self.findingsSection.tools.go_to)
        self.vesselSection = VesselSection(*beside)
        self.coalescenceSection = CoalescenceSection(*beside)
        self.viewsSection = ViewsSection(logic.getParameterNode, self._onAlongVessel)
        self.spectralSection = SpectralSection(session, self.edit, self.segments, logic.getParameterNode)
        self.resultStrip = ResultStrip()
        self.exportFold = ExportFold(session, self.attempt)
        tip = _("Write the case as DICOM, teaching file, report, table or FHIR")
        self.exportButton = self.resultStrip.addFold(_("export"), tip, self.exportFold)
        self.emptyLabel = wrapped_label()
        self._build()
        self._shortcuts = Shortcuts(self, self._keys(), self.attempt)
        session.listen(self._onNews)
        self.refresh()

    def _build(self) -> None:
        content = qt.QWidget()
        column = tight(qt.QVBoxLayout(content))
        column.setContentsMargins(2, 2, 2, 2)
        self.emptyLabel.text = _(
            "There is no reading in the scene. Begin one, open one, or load DigitalNeckNodes in the Sample Data module."
        )
        for section in (self.caseSection, self.emptyLabel, *self._sections()):
            column.addWidget(section)
        column.addStretch(1)
        scroll = qt.QScrollArea()
        scroll.widgetResizable = True
        scroll.setFrameShape(qt.QFrame.NoFrame)
        scroll.setHorizontalScrollBarPolicy(qt.Qt.ScrollBarAsNeeded)
        scroll.setWidget(content)
        layout = tight(qt.QVBoxLayout(self))
        layout.addWidget(self.messageBar)
        layout.addWidget(self.safekeeping.recoveryBar)
        layout.addWidget(scroll, 1)
        layout.addWidget(self.resultStrip)

    def _sections(self) -> tuple[qt.QWidget, ...]:
        """Return what is shown of a reading, from top to bottom."""
        return (
            self.siteSection, self.nodesSection, self.findingsSection, self.vesselSection, self.coalescenceSection,
            self.viewsSection, self.spectralSection,
        )  # fmt: skip

    def _keys(self) -> tuple[Shortcut, ...]:
        certainties = [
            Shortcut(key, partial(self.findingsSection.press, certainty))
            for key, certainty in zip("123", Certainty, strict=True)
        ]
        return (
            Shortcut("N", self.nodesSection.openAddMenu),
            *certainties,
            Shortcut("S", self.findingsSection.markSpike),
            Shortcut("A", self.findingsSection.markAngle),
            Shortcut("G", self.findingsSection.jump),
            Shortcut("Shift+G", self.findingsSection.tools.go_back),
            Shortcut("[", lambda: self.nodesSection.step(-1)),
            Shortcut("]", lambda: self.nodesSection.step(1)),
            Shortcut("Ctrl+Up", lambda: self.findingsSection.step(-1), in_panel_only=True),
            Shortcut("Ctrl+Down", lambda: self.findingsSection.step(1), in_panel_only=True),
            Shortcut("Ctrl+Z", self.undo, in_panel_only=True),
            Shortcut("Ctrl+Y", self.redo, in_panel_only=True),
        )

    def enter(self, window: qt.QWidget | None) -> None:
        """Install the keys and catch up with the scene; called when the user opens the module."""
        self._shortcuts.install(window)
        self.blinding.enter()
        self.safekeeping.look()
        self._away = False
        if self._stale:
            self.refresh()
        self.nodesSection.lookAtOutlines()

    def leave(self) -> None:
        """Give the keys back and let the scene be; called when the user leaves the module."""
        self._shortcuts.remove()
        self.nodesSection.adding.cancel()
        for section in (self.findingsSection, self.vesselSection, self.coalescenceSection, self.spectralSection):
            section.leave()
        self.blinding.leave()
        self.segments.forget()
        self.safekeeping.leave()
        self._away = True

    def cleanUp(self) -> None:
        """Leave for good, and stop observing the scene; called before the module goes."""
        self.exportFold.stop()
        self.leave()
        tools = (self.findingsSection.tools, self.nodesSection.adding.drawing)
        sections = (self.vesselSection, self.viewsSection, self.spectralSection)
        for part in (self.safekeeping, self.annotations, self.blinding, *tools, *sections, self.segments):
            part.close()

    def edit(self, label: str, change: Callable[[Reading], Reading]) -> None:
        """Apply an edit as one step; say why when it cannot be applied, and show what is still there."""
        self.messageBar.clear()
        with self.attempt.shown():
            try:
                self._session.change(label, change)
            except InputError:
                self.refresh()
                raise

    def refresh(self) -> None:
        """Show what is in the scene now."""
        self._stale = False
        if self._session.node is not self._followed:
            self._followed = self._session.node
            self.findingsSection.tools.viewing.forget()
        reading = self._session.reading
        assessment = None if reading is None else self._logic.assess(reading)
        self.emptyLabel.visible = self._session.node is None
        self.caseSection.showReading(reading)
        self.siteSection.showReading(reading)
        self.nodesSection.showReading(reading, assessment)
        self._showNode()
        self._showResult(reading, assessment)
        self._showLock()
        self._showDocumentError()

    def undo(self) -> None:
        """Take the last step back; say why when the reading is locked."""
        self.attempt(self._session.undo)
        self._showDocumentError()

    def redo(self) -> None:
        """Make the last step again; say why when the reading is locked."""
        self.attempt(self._session.redo)
        self._showDocumentError()

    def onLock(self) -> None:
        """Sign the reading as its reader, or take the signature back."""
        reading = self._session.reading
        if reading is not None:
            sign = partial(self._session.sign, reading.reader, now())
            self.attempt(self._session.unsign if is_locked(reading) else sign)

    def startReading(self) -> None:
        """Begin a new reading."""
        self.messageBar.clear()
        with self.attempt.shown():
            self._session.start(empty_reading(free_case_id(_("Case {number}"), self._session.case_ids)))

    def perform(self, label: str, work: Callable[[Reading], SegmentsUsed]) -> None:
        """Do work on the reading as one step, and say what was done or why it cannot be."""
        reading = self._session.reading
        if reading is None:
            return
        self.messageBar.clear()
        with self.attempt.shown():
            refuse_when_locked(reading)
            with slicer.util.WaitCursor():
                used = work(reading)
            self._session.change(label, lambda _reading: used.reading)
            self.messageBar.showInformation(used.message)

    def _onNews(self) -> None:
        if self._away:
            self._stale = True
        else:
            with self.attempt.shown():
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
        node = self.nodesSection.selectedNode
        self._showNode()
        self.resultStrip.showNode("" if node is None else node.id)
        self._showLock()

    def _showNode(self) -> None:
        """Show the selected node wherever one is shown."""
        for section in (self.findingsSection, self.vesselSection, self.coalescenceSection, self.spectralSection):
            section.showNode(self.nodesSection.selectedNode)

    def _onAlongVessel(self) -> None:
        """Fold the vessel out: the view along it shows nothing without one."""
        self.vesselSection.fold.collapsed = False

    def _showResult(self, reading: Reading | None, assessment: Assessment | None) -> None:
        node = self.nodesSection.selectedNode
        cautions = case_cautions(
            reading, assessment, self.findingsSection.waiting, self._logic.sectionSpacing(), self._session.error
        )
        self.resultStrip.showResult(reading, assessment, "" if node is None else node.id, cautions)

    def _showLock(self) -> None:
        """Leave a locked reading to be looked at only: nodes can be chosen and findings folded out."""
        unlocked = not is_locked(self._session.reading)
        nodes = self.nodesSection
        certainties = [button for row in self.findingsSection.rows.values() for button in row.buttons.values()]
        for button in (nodes.addButton, nodes.segmentsButton, nodes.sizesButton, nodes.measureButton, *certainties):
            button.enabled = unlocked
        for widget in (self.siteSection, nodes.editor, nodes.removeButton, nodes.editButton, nodes.axesButton):
            widget.enabled = widget.enabled and unlocked
