"""Which study is checked: a folder, a study of the DICOM database, or what is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ctk
import qt
from HeadNeckNodesLib.widgets.choice_box import ChoiceBox
from HeadNeckNodesLib.widgets.layouts import icon_button, row_of, tight, tool_button, wrapped_label
from slicer.i18n import tr as _

from PWIProtocolLib.panel.study.path_row import PathRow
from PWIProtocolLib.scene.dicom_database import mr_studies, open_database
from PWIProtocolLib.scene.study_source import SourceKind, StudySource
from PWIProtocolLib.scene.volume_files import volume_studies

if TYPE_CHECKING:
    from collections.abc import Callable

    from HeadNeckNodesLib.widgets.choice import Choice


class StudySection(qt.QWidget):
    """Chooses where the files of a study are.

    Parameters
    ----------
    on_check : called when the user wants the study to be checked.
    on_sample : called when the user wants to see the made-up study.
    """

    def __init__(self, on_check: Callable[[], None], on_sample: Callable[[], None]) -> None:
        super().__init__()
        self._kind = SourceKind.FOLDER
        self._study = ""
        self._inFolder: tuple[str, ...] = ()
        self.fold = ctk.ctkCollapsibleButton()
        kinds = [(SourceKind.FOLDER.value, _("Folder")), (SourceKind.DATABASE.value, _("DICOM database")),
                 (SourceKind.SCENE.value, _("Loaded volumes"))]  # fmt: skip
        self.kindBox = ChoiceBox(kinds, self._onKind, width=12)
        self.kindBox.toolTip = _("Where the files of the study are")
        tip = _("Folder with the DICOM files of a study, as the scanner exported them; of several you choose one")
        hint = _("folder of the study; drop it here")
        self.folderRow = PathRow(_("Folder"), hint, tip, self._askedFolder, self._onFolder)
        tip = _("TOML file with rules of your site; leave it empty for those of the expert panel alone")
        self.rulesRow = PathRow(_("Rules"), _("expert panel alone"), tip, self._askedRules)
        self.studyBox = ChoiceBox((), self._onStudy, width=12)
        self.studyBox.setSizePolicy(qt.QSizePolicy.Ignored, qt.QSizePolicy.Fixed)
        self.refreshButton = icon_button(qt.QStyle.SP_BrowserReload, _("Look again what there is"), self.refresh)
        self.emptyLabel = wrapped_label()
        self.checkButton = qt.QPushButton(_("Check"))
        self.checkButton.toolTip = _("Compare the study with the recommendations of the expert panel")
        self.checkButton.connect("clicked(bool)", lambda _checked=False: on_check())
        self.sampleButton = tool_button(
            _("Sample"), _("Check a made-up study: nothing is downloaded, no data of a patient"), on_sample
        )
        self._build()
        self._showKind()

    def _build(self) -> None:
        self.fold.text = _("Study")
        tight(qt.QVBoxLayout(self)).addWidget(self.fold)
        inside = tight(qt.QVBoxLayout(self.fold))
        inside.setContentsMargins(6, 2, 6, 4)
        for box, name in ((self.kindBox, _("From")), (self.studyBox, _("Study"))):
            box.setAccessibleName(name)
        label = qt.QLabel(_("From"))
        label.setBuddy(self.kindBox)
        inside.addLayout(row_of(label, self.kindBox, self.sampleButton, stretched=1))
        inside.addWidget(self.folderRow)
        inside.addLayout(row_of(self.studyBox, self.refreshButton, stretched=0))
        inside.addWidget(self.emptyLabel)
        inside.addWidget(self.rulesRow)
        inside.addWidget(self.checkButton)

    @property
    def source(self) -> StudySource:
        """What was chosen; its key is empty when nothing was."""
        if self._kind is SourceKind.FOLDER:
            return StudySource(self._kind, self.folderRow.path, self._study)
        return StudySource(self._kind, self._study)

    def showSource(self, source: StudySource) -> None:
        """Show where a study is, without telling anybody."""
        self._kind = source.kind
        if source.kind is SourceKind.FOLDER:
            self.folderRow.showPath(source.key)
            self._study = source.study
            if source.study not in self._inFolder:
                self._inFolder = (source.study,) if source.study else ()
        else:
            self._study = source.key
        self._showKind()

    def offerStudies(self, labels: tuple[str, ...]) -> None:
        """Offer the studies that were found in the folder."""
        self._inFolder, self._study = labels, ""
        self._showKind()

    def refresh(self) -> None:
        """Offer the studies that there are now. A single one is taken; one that is gone is not replaced by another."""
        offered = self._offered()
        self.studyBox.clear()
        for key, text in offered:
            self.studyBox.addItem(text, key)
            self.studyBox.setItemData(self.studyBox.count - 1, text, qt.Qt.ToolTipRole)
        keys = [key for key, _text in offered]
        if self._study not in keys:
            self._study = keys[0] if len(keys) == 1 and not self._study else ""
        self.studyBox.showKey(self._study)
        self.studyBox.enabled = bool(offered)
        self.emptyLabel.text = "" if offered else self._nothing()
        self.emptyLabel.visible = self._kind is not SourceKind.FOLDER and not offered

    def _offered(self) -> list[Choice]:
        if self._kind is SourceKind.DATABASE:
            return [(each.uid, each.title) for each in mr_studies()]
        if self._kind is SourceKind.SCENE:
            return [(each.uid, ", ".join(each.volumes)) for each in volume_studies()]
        return [("", _("choose a study")), *((each, each) for each in self._inFolder)] if self._inFolder else []

    def _nothing(self) -> str:
        if self._kind is SourceKind.SCENE:
            return _("No loaded volume leads back to DICOM files. Choose the folder of the study.")
        if open_database() is None:
            return _("There is no open DICOM database. Open the DICOM module once, or choose a folder.")
        return _("The DICOM database holds no MR study. Import one in the DICOM module, or choose a folder.")

    def _showKind(self) -> None:
        is_folder = self._kind is SourceKind.FOLDER
        self.kindBox.showKey(self._kind.value)
        self.folderRow.visible = is_folder
        self.studyBox.visible = not is_folder or bool(self._inFolder)
        self.refreshButton.visible = not is_folder
        self.refresh()

    def _onKind(self, kind: str) -> None:
        self._kind = SourceKind(kind)
        self._study, self._inFolder = "", ()
        self._showKind()

    def _onFolder(self) -> None:
        """Forget what the folder before held."""
        self._study, self._inFolder = "", ()
        self._showKind()

    def _onStudy(self, key: str) -> None:
        self._study = key

    def _askedFolder(self) -> object:
        return qt.QFileDialog.getExistingDirectory(self, _("Folder of a study"), self.folderRow.path)

    def _askedRules(self) -> object:
        return qt.QFileDialog.getOpenFileName(self, _("Rules of your site"), self.rulesRow.path, "TOML (*.toml)")
