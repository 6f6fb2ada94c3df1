"""The panel of PWIProtocol: one column of sections that fold, messages above, the notice below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt
import slicer
from HeadNeckNodesLib.widgets.attempts import Attempts
from HeadNeckNodesLib.widgets.choice_box import ChoiceBox
from HeadNeckNodesLib.widgets.layouts import tight, wrapped_label
from HeadNeckNodesLib.widgets.message_bar import MessageBar
from slicer.i18n import tr as _

from PWIProtocolLib.panel.check.check_section import CheckSection
from PWIProtocolLib.panel.check.check_words import staging_notice
from PWIProtocolLib.panel.check_session import CheckSession
from PWIProtocolLib.panel.maps.maps_section import MapsSection
from PWIProtocolLib.panel.progress_row import ProgressRow
from PWIProtocolLib.panel.study.study_section import StudySection
from PWIProtocolLib.protocol.study import ReadingCancelledError, SeveralStudiesError
from PWIProtocolLib.scene.check_node import rules_of
from PWIProtocolLib.scene.study_source import SourceKind, StudySource

if TYPE_CHECKING:
    from collections.abc import Callable

    from PWIProtocolLib.panel.progress_row import Progress
    from PWIProtocolLib.panel.protocol_service import ProtocolService
    from PWIProtocolLib.protocol.answers import Answers

RESEARCH_USE = "Research and teaching use, not a medical device."
INTRODUCTION = (
    "Which of the published recommendations for perfusion MRI (DCE) of the head and neck does a study meet, which does "
    "it not meet, and what cannot be told from its data? Choose the folder of a study, or press Sample."
)


class PerfusionPanel(qt.QWidget):
    """Checks studies and shows the check that the scene keeps.

    Parameters
    ----------
    logic : reads and checks studies.
    """

    def __init__(self, logic: ProtocolService) -> None:
        super().__init__()
        self._logic = logic
        self._followed: Any = None
        self.messageBar = MessageBar()
        self.attempt = Attempts(self.messageBar)
        self.progressRow = ProgressRow(self._onRunning)
        self.session = CheckSession(logic, self.progressRow.stop)
        self.studySection = StudySection(self.checkStudy, self.checkSample)
        self.checkBox = ChoiceBox((), self._onCheckChosen, width=12)
        self.emptyLabel = wrapped_label()
        self.checkSection = CheckSection(self.session, self._onAnswers, self.messageBar.showInformation)
        self.mapsSection = MapsSection(self._run, self.messageBar.showInformation, self._studyPaths)
        self.notice = wrapped_label()
        self._build()
        self.session.listen(self.refresh)
        self.refresh()

    def _build(self) -> None:
        content = qt.QWidget()
        column = tight(qt.QVBoxLayout(content))
        column.setContentsMargins(2, 2, 2, 2)
        self.emptyLabel.text = f"<p>{_(INTRODUCTION)}</p><p>{staging_notice()}</p>"
        self.checkBox.toolTip = _("Checks that the scene keeps")
        self.checkBox.setAccessibleName(self.checkBox.toolTip)
        self.checkBox.setSizePolicy(qt.QSizePolicy.Ignored, qt.QSizePolicy.Fixed)
        for widget in (
            self.studySection,
            self.progressRow,
            self.emptyLabel,
            self.checkBox,
            self.checkSection,
            self.mapsSection,
        ):
            column.addWidget(widget)
        column.addStretch(1)
        scroll = qt.QScrollArea()
        scroll.widgetResizable = True
        scroll.setFrameShape(qt.QFrame.NoFrame)
        scroll.setHorizontalScrollBarPolicy(qt.Qt.ScrollBarAsNeeded)
        scroll.setWidget(content)
        self.notice.text = _(RESEARCH_USE)
        layout = tight(qt.QVBoxLayout(self))
        layout.addWidget(self.messageBar)
        layout.addWidget(scroll, 1)
        layout.addWidget(self.notice)

    def enter(self) -> None:
        """Catch up with the scene and the DICOM database; called when the user opens the module."""
        if not self.progressRow.isRunning:
            self.studySection.refresh()
            self.mapsSection.refresh()

    def cleanUp(self) -> None:
        """Stop what runs, and stop observing the scene; called before the module goes."""
        self.progressRow.stop()
        self.session.close()
        self.mapsSection.close()

    def checkStudy(self) -> None:
        """Check the study that is chosen."""
        source, rules = self.studySection.source, self.studySection.rulesRow.path
        self._run(lambda progress: self.session.check_source(source, rules, progress))

    def checkSample(self) -> None:
        """Check the made-up study."""
        with slicer.util.WaitCursor():
            folder = self._logic.sampleStudy()
        self.studySection.showSource(StudySource(SourceKind.FOLDER, str(folder)))
        self.checkStudy()

    def refresh(self) -> None:
        """Show what is in the scene now."""
        if self.session.node is not self._followed:
            self._followed = self.session.node
            if self.session.source is not None:
                self.studySection.showSource(self.session.source)
                self.studySection.rulesRow.showPath(rules_of(self.session.node))
        self.checkSection.refresh()
        self.emptyLabel.visible = self.session.node is None
        self._showChecks()
        if self.session.error:
            self.messageBar.showError(self.session.error)

    def _run(self, work: Callable[[Progress], None]) -> None:
        """Do work with progress, and say why it failed or that it was stopped."""
        self.messageBar.clear()
        with self.attempt.shown():
            try:
                self.progressRow.run(work)
            except ReadingCancelledError:
                self.messageBar.showInformation(_("Stopped: nothing was changed"))
            except SeveralStudiesError as error:
                self._offer(error.labels)

    def _onAnswers(self, answers: Answers) -> None:
        self._run(lambda progress: self.session.change(answers, progress))

    def _studyPaths(self) -> Any:
        return self.session.paths_of(self.studySection.source)

    def _offer(self, studies: tuple[str, ...]) -> None:
        """Let the user choose one of the studies in the folder."""
        self.studySection.offerStudies(studies)
        words = _("The folder holds {count} studies: choose one below the folder, and go on")
        self.messageBar.showInformation(words.format(count=len(studies)))

    def _onRunning(self, running: bool) -> None:
        for section in (self.studySection, self.checkSection, self.checkBox, self.mapsSection):
            section.enabled = not running

    def _showChecks(self) -> None:
        nodes = self.session.nodes
        self.checkBox.visible = len(nodes) > 1
        self.checkBox.clear()
        for node in nodes:
            self.checkBox.addItem(node.GetName(), node.GetID())
        self.checkBox.showKey("" if self.session.node is None else self.session.node.GetID())

    def _onCheckChosen(self, node_id: str) -> None:
        self.messageBar.clear()
        self.session.follow(slicer.mrmlScene.GetNodeByID(node_id))
