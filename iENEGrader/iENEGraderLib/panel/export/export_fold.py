"""The fold below the result that exports the case of the scene: what, where, de-identified or not, and what came of it.

Nothing pops up but the dialogs that ask for a folder or a file. Either all files are written or none.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import qt
import slicer
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.widgets.layouts import icon_button, row_of, tight
from slicer.i18n import tr as _

from iENEGraderLib.export.deidentify.key_file import key_from
from iENEGraderLib.export.job.exporting import ExportRequest, export_case
from iENEGraderLib.export.job.registry import TARGETS
from iENEGraderLib.export.job.targets.dicom_seg import DICOM_SEG
from iENEGraderLib.export.job.targets.parametric_map import PARAMETRIC_MAP
from iENEGraderLib.export.job.targets.report import REPORT
from iENEGraderLib.export.job.targets.teaching_file import TEACHING_FILE
from iENEGraderLib.panel.export.export_progress import ExportProgress, ExportStoppedError
from iENEGraderLib.panel.export.export_settings import ExportSettings, load_settings, save_settings
from iENEGraderLib.panel.export.export_words import SHORT_TITLES, in_panel_words, result_html
from iENEGraderLib.panel.export.more_part import MorePart
from iENEGraderLib.panel.export.notes_row import NotesRow
from iENEGraderLib.panel.export.result_view import ResultView
from iENEGraderLib.scene.export_case import gathered_case, origin_in_scene

if TYPE_CHECKING:
    from collections.abc import Callable

    from HeadNeckNodesLib.widgets.attempts import Attempts

    from iENEGraderLib.export.job.exporting import ExportedCase
    from iENEGraderLib.export.job.target import Target
    from iENEGraderLib.panel.session.reading_session import ReadingSession
    from iENEGraderLib.reading import Reading

KEY_FILE = Path("~/.hnn-pseudonyms.key")
"""That of the command line, so that a patient has the same pseudonym here and there."""
NOT_RECOGNISED = ""
"""A scene has no files by which a later run could tell that nothing has changed."""
USE_MAPS = frozenset({PARAMETRIC_MAP, REPORT, TEACHING_FILE})
COLUMNS = 2


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
        self._inputs = qt.QWidget()
        self.targetBoxes = {target.name: qt.QCheckBox(_(SHORT_TITLES[target.name])) for target in TARGETS}
        self.notesRow = NotesRow()
        self.folderBox = qt.QLineEdit()
        tip = _("Folder for exports; each case gets a folder of its own in it, which appears complete or not at all")
        self.browseButton = icon_button(qt.QStyle.SP_DirOpenIcon, tip, self._onBrowse)
        self.deidentifyBox = qt.QCheckBox(_("de-identify"))
        self.more = MorePart(origin_in_scene)
        self.exportButton = qt.QPushButton(_("Export"))
        self.progress = ExportProgress(self._onRunning)
        self.resultView = ResultView()
        self._build(tip)
        self._showSettings(load_settings())
        session.listen(self._onNews)

    def _build(self, folder_tip: str) -> None:
        column = tight(qt.QVBoxLayout(self._inputs))
        column.addLayout(self._targetGrid())
        column.addWidget(self.notesRow)
        self.folderBox.placeholderText = _("folder for exports")
        self.folderBox.toolTip = folder_tip
        self.folderBox.setAccessibleName(_("Folder for exports"))
        column.addLayout(row_of(qt.QLabel(_("to")), self.folderBox, self.browseButton, stretched=1))
        self.deidentifyBox.connect("clicked(bool)", self._onDeidentify)
        self.exportButton.toolTip = _("Write the ticked files: all of them, or none when one cannot be written")
        self.exportButton.connect("clicked(bool)", lambda _checked=False: self._attempt(self.export))
        row = row_of(self.deidentifyBox)
        row.addWidget(self.exportButton)
        column.addLayout(row)
        column.addWidget(self.more)
        # The strip around this fold gives back the room that was left.
        self.more.fold.connect("contentsCollapsed(bool)", lambda _collapsed: self._takeRoom())
        whole = tight(qt.QVBoxLayout(self))
        for widget in (self._inputs, self.progress, self.resultView):
            whole.addWidget(widget)

    def _targetGrid(self) -> qt.QGridLayout:
        """Return the targets by short names; what each gives, and its name on the command line, is in its tooltip."""
        grid = tight(qt.QGridLayout())
        rows = -(-len(TARGETS) // COLUMNS)
        for number, target in enumerate(TARGETS):
            box = self.targetBoxes[target.name]
            box.toolTip = f"{target.title} ({target.name})"
            box.setAccessibleName(f"{target.name}: {target.title}")
            box.connect("clicked(bool)", lambda _checked=False: self._showOffered())
            grid.addWidget(box, number % rows, number // rows)
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
        self.resultView.forget()
        try:
            reading, request, notes_file = self._reading(), self._request(), self._notesFile()
            # The scene, the outlines, putting in place; what identifies the patient, before and after.
            steps = 4 + len(request.targets) + (2 if request.key is not None else 0)
            exported = self.progress.run(steps, lambda say: self._exported(reading, request, notes_file, say))
        except ExportStoppedError:
            self._showResult(_("Cancelled: nothing was written."))
            return
        except InputError as error:
            raise InputError(in_panel_words(str(error))) from error
        save_settings(self._settings())
        address = qt.QUrl.fromLocalFile(str(exported.folder)).toString()
        self._showResult(result_html(exported, address, self._ownNotes(exported)))
        self.resultView.toolTip = str(exported.folder)

    def stop(self) -> None:
        """Stop what runs; nothing is written then."""
        self.progress.stop()

    def _exported(
        self, reading: Reading, request: ExportRequest, notes_file: Path | None, say: Callable[[str], None]
    ) -> ExportedCase:
        titles = {target.name: _("writing {what}").format(what=_(SHORT_TITLES[target.name])) for target in TARGETS}
        say(_("reading the scene"))
        gathered = gathered_case(
            reading,
            self.more.origin,
            with_maps=not USE_MAPS.isdisjoint(request.targets),
            with_surfaces=TEACHING_FILE in request.targets,
            teaching_notes=notes_file,
        )
        with gathered as case:
            return export_case(case, request, NOT_RECOGNISED, lambda what: say(titles.get(what, what)))

    def _ownNotes(self, exported: ExportedCase) -> tuple[str, ...]:
        key = _("pseudonyms come from the key in {key}: keep it, and do not share it").format(key=KEY_FILE)
        notes = (self._session.error, key if exported.manifest.deidentified else "")
        return tuple(filter(None, notes))

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
        deidentifies = bool(self.deidentifyBox.checked)
        request = ExportRequest(
            self.targets,
            out,
            self._key(out) if deidentifies else None,
            replaces=bool(self.more.replaceBox.checked),
            software=f"iENE Grader in 3D Slicer {slicer.app.applicationVersion}",
            deface=deidentifies and bool(self.more.defaceBox.checked),
        )
        return replace(request, choice=self.more.choice) if DICOM_SEG in self.targets else request

    def _notesFile(self) -> Path | None:
        return self.notesRow.file if TEACHING_FILE in self.targets else None

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

    def _settings(self) -> ExportSettings:
        more = self.more
        return ExportSettings(
            tuple(each.name for each in self.targets), self._folder, bool(more.defaceBox.checked),
            more.nodesRow.drawnBy, more.anatomyRow.drawnBy, more.form,
        )  # fmt: skip

    def _showSettings(self, chosen: ExportSettings) -> None:
        for name, box in self.targetBoxes.items():
            box.checked = name in chosen.targets
        self.folderBox.text = chosen.folder
        self.more.defaceBox.checked = chosen.deface
        self.more.nodesRow.showDrawnBy(chosen.nodes_by)
        self.more.anatomyRow.showDrawnBy(chosen.anatomy_by)
        self.more.showForm(chosen.form)
        self._showOffered()

    def _showOffered(self) -> None:
        """Show what goes with the ticked targets, and whether the export is de-identified: sharing leaves no choice."""
        shared = [_(SHORT_TITLES[target.name]) for target in self.targets if target.is_for_sharing]
        self.deidentifyBox.enabled = not shared
        self.deidentifyBox.checked = self._deidentify or bool(shared)
        tip = _(
            "Replace or leave out what identifies the patient, and read every written byte again to be sure. "
            "Pseudonyms come from a key in {key}: keep it, and do not share it."
        ).format(key=KEY_FILE)
        always = _("Always so for: {names}.").format(names=", ".join(shared)) if shared else ""
        self.deidentifyBox.toolTip = f"{tip} {always}".strip()
        self.notesRow.visible = TEACHING_FILE in self.targets
        self.more.showOffered(deface=bool(self.deidentifyBox.checked), segments=DICOM_SEG in self.targets)

    def _showResult(self, text: str) -> None:
        self.resultView.showText(text, self.width)

    def _takeRoom(self) -> None:
        """Take as much room as there is to show, from the inside out: Qt would leave the strip as high as it was."""
        for widget in (self.more.fold, self.more, self._inputs, self):
            widget.updateGeometry()
            widget.layout().activate()

    def _onRunning(self, running: bool) -> None:
        self._inputs.enabled = not running

    def _onNews(self) -> None:
        """Forget what was said of one case when another is shown, and what was written of it."""
        if self._session.node is not self._followed:
            self._followed = self._session.node
            self._deidentify = True
            self._showOffered()
            self.more.forget()
            self.notesRow.forget()
            self.resultView.forget()

    def _onDeidentify(self, checked: bool) -> None:
        self._deidentify = checked
        self._showOffered()

    def _onBrowse(self) -> None:
        answer = qt.QFileDialog.getExistingDirectory(self, _("Folder for exports"), self._folder)
        if answer:
            self.folderBox.text = str(answer)
