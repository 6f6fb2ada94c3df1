"""The fold below the result that exports the case of the scene: what, where, de-identified or not, and what came of it.

Nothing pops up but the dialog that asks for a folder. Either all files are written or none.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import qt
import slicer
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.widgets.layouts import icon_button, row_of, tight, wrapped_label
from slicer.i18n import tr as _

from iENEGraderLib.export.deidentify.key_file import key_from
from iENEGraderLib.export.job.exporting import ExportRequest, export_case
from iENEGraderLib.export.job.registry import TARGETS
from iENEGraderLib.export.report_content import ImageOrigin
from iENEGraderLib.panel.export.export_settings import ExportSettings, load_settings, save_settings
from iENEGraderLib.panel.export.export_words import in_panel_words, result_html
from iENEGraderLib.scene.export_case import gathered_case

if TYPE_CHECKING:
    from HeadNeckNodesLib.widgets.attempts import Attempts

    from iENEGraderLib.export.job.exporting import ExportedCase
    from iENEGraderLib.export.job.target import Target
    from iENEGraderLib.panel.session.reading_session import ReadingSession
    from iENEGraderLib.reading import Reading

KEY_FILE = Path("~/.hnn-pseudonyms.key")
"""That of the command line, so that a patient has the same pseudonym here and there."""
NOT_RECOGNISED = ""
"""A scene has no files by which a later run could tell that nothing has changed."""


@dataclass(frozen=True)
class _Done:
    """An export, and what to say of the case that was gathered for it."""

    exported: ExportedCase
    notes: tuple[str, ...]


class ExportFold(qt.QWidget):
    """Asks what to export, exports it, and says what was written.

    Parameters
    ----------
    attempt : says why something failed.
    """

    def __init__(self, session: ReadingSession, attempt: Attempts) -> None:
        super().__init__()
        self._session = session
        self._attempt = attempt
        self._followed = session.node
        self._deidentify = True
        self.targetBoxes = {target.name: qt.QCheckBox(target.name) for target in TARGETS}
        self.folderBox = qt.QLineEdit()
        tip = _("Folder for exports; each case gets a folder of its own in it, which appears complete or not at all")
        self.browseButton = icon_button(qt.QStyle.SP_DirOpenIcon, tip, self._onBrowse)
        self.deidentifyBox = qt.QCheckBox(_("de-identify"))
        self.replaceBox = qt.QCheckBox(_("replace"))
        self.simulatedBox = qt.QCheckBox(_("simulated image"))
        self.exportButton = qt.QPushButton(_("Export"))
        self.progressLabel = qt.QLabel()
        self.resultLabel = wrapped_label()
        self._build(tip)
        self._showSettings(load_settings())
        session.listen(self._onNews)

    def _build(self, folder_tip: str) -> None:
        column = tight(qt.QVBoxLayout(self))
        column.addLayout(self._targetGrid())
        self.folderBox.placeholderText = _("folder for exports")
        self.folderBox.toolTip = folder_tip
        self.folderBox.setAccessibleName(_("Folder for exports"))
        column.addLayout(row_of(qt.QLabel(_("to")), self.folderBox, self.browseButton, stretched=1))
        self.replaceBox.toolTip = _("Replace what an earlier export of this case has written there; nothing else is")
        self.simulatedBox.toolTip = _(
            "The image is computed, as that of the digital neck is; report and teaching file say so"
        )
        self.deidentifyBox.connect("clicked(bool)", self._onDeidentify)
        column.addLayout(row_of(self.deidentifyBox, self.replaceBox, self.simulatedBox))
        self.exportButton.toolTip = _("Write the ticked files: all of them, or none when one cannot be written")
        self.exportButton.connect("clicked(bool)", lambda _checked=False: self._attempt(self.export))
        column.addLayout(row_of(self.exportButton, self.progressLabel, stretched=1))
        self.resultLabel.visible = False
        column.addWidget(self.resultLabel)

    def _targetGrid(self) -> qt.QGridLayout:
        """Return the targets, each with its name as the command line has it, and what it gives."""
        grid = tight(qt.QGridLayout())
        grid.setColumnStretch(1, 1)
        for row, target in enumerate(TARGETS):
            box, title = self.targetBoxes[target.name], wrapped_label()
            title.text = box.toolTip = target.title
            box.setAccessibleName(f"{target.name}: {target.title}")
            box.connect("clicked(bool)", lambda _checked=False: self._showDeidentify())
            grid.addWidget(box, row, 0)
            grid.addWidget(title, row, 1)
        return grid

    @property
    def targets(self) -> tuple[Target, ...]:
        """What is ticked, in the order in which it is written."""
        return tuple(target for target in TARGETS if self.targetBoxes[target.name].checked)

    def export(self) -> None:
        """Write what is ticked of the reading that is shown.

        Raises
        ------
        InputError
            When something is not chosen, the scene does not hold the case, or writing fails; nothing is written then.
        """
        self.resultLabel.visible = False
        self.exportButton.enabled = False
        try:
            with slicer.util.WaitCursor():
                done = self._exported(self._request())
        except InputError as error:
            raise InputError(in_panel_words(str(error))) from error
        finally:
            self.progressLabel.text = ""
            self.exportButton.enabled = True
        save_settings(ExportSettings(tuple(each.name for each in self.targets), self._folder, self._deidentify))
        address = qt.QUrl.fromLocalFile(str(done.exported.folder)).toString()
        self.resultLabel.text = result_html(done.exported, address, done.notes)
        self.resultLabel.toolTip = str(done.exported.folder)
        self.resultLabel.visible = True

    def _exported(self, request: ExportRequest) -> _Done:
        reading = self._reading()
        origin = ImageOrigin.SIMULATED if self.simulatedBox.checked else ImageOrigin.REAL
        self._say(_("reading the scene"))
        with_surfaces = any(target.is_for_sharing for target in request.targets)
        with gathered_case(reading, origin, with_surfaces=with_surfaces) as gathered:
            exported = export_case(gathered.case, request, NOT_RECOGNISED, self._say)
        return _Done(exported, (*filter(None, [self._session.error]), *gathered.notes))

    def _reading(self) -> Reading:
        reading = self._session.reading
        if reading is None:
            raise InputError(self._session.error or _("There is no reading in the scene; begin or open one first."))
        return reading

    def _request(self) -> ExportRequest:
        if not self.targets:
            raise InputError(_("Nothing is ticked; choose what to export."))
        out = Path(self._folder).expanduser()
        if not self._folder or not out.is_absolute():
            raise InputError(_("Choose the folder for exports, by its whole path."))
        key = self._key(out) if self.deidentifyBox.checked else None
        software = f"iENE Grader in 3D Slicer {slicer.app.applicationVersion}"
        return ExportRequest(self.targets, out, key, bool(self.replaceBox.checked), software)

    def _key(self, out: Path) -> bytes:
        """Return the key of the pseudonyms, which must not lie among the exports."""
        key = KEY_FILE.expanduser().absolute()
        if out in key.parents:
            text = _(
                "{folder}: holds the key of the pseudonyms ({key}), which must not be shared; choose a folder in it"
            )
            raise InputError(text.format(folder=out, key=key.name))
        return key_from(key)

    @property
    def _folder(self) -> str:
        return str(self.folderBox.text).strip()

    def _say(self, what: str) -> None:
        """Show what is being done; clicks and keys wait until it is finished."""
        self.progressLabel.text = f"{what} ..."
        qt.QApplication.processEvents(qt.QEventLoop.ExcludeUserInputEvents)

    def _showSettings(self, chosen: ExportSettings) -> None:
        for name, box in self.targetBoxes.items():
            box.checked = name in chosen.targets
        self.folderBox.text = chosen.folder
        self._deidentify = chosen.deidentify
        self._showDeidentify()

    def _showDeidentify(self) -> None:
        """Show whether the export is de-identified; what is made to be shared leaves no choice."""
        shared = [target.name for target in self.targets if target.is_for_sharing]
        self.deidentifyBox.enabled = not shared
        self.deidentifyBox.checked = self._deidentify or bool(shared)
        tip = _(
            "Replace or leave out what identifies the patient, and read every written byte again to be sure. "
            "Pseudonyms come from a key in {key}: keep it, and do not share it."
        ).format(key=KEY_FILE)
        always = _("Always so for {names}.").format(names=", ".join(shared)) if shared else ""
        self.deidentifyBox.toolTip = f"{tip} {always}".strip()

    def _onNews(self) -> None:
        """Forget what was said of one case when another is shown: that it is simulated, and what was written of it."""
        if self._session.node is not self._followed:
            self._followed = self._session.node
            self.simulatedBox.checked = self.replaceBox.checked = False
            self.resultLabel.visible = False

    def _onDeidentify(self, checked: bool) -> None:
        self._deidentify = checked

    def _onBrowse(self) -> None:
        answer = qt.QFileDialog.getExistingDirectory(self, _("Folder for exports"), self._folder)
        if answer:
            self.folderBox.text = str(answer)
