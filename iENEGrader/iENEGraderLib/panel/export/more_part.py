"""What of an export is rarely chosen: earlier files, the face, how segments were drawn and are stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ctk
import qt
from HeadNeckNodesLib.widgets.choice_box import ChoiceBox
from HeadNeckNodesLib.widgets.layouts import tight
from slicer.i18n import tr as _

from iENEGraderLib.export.dicom.seg import SegmentationForm
from iENEGraderLib.export.job.segmentation_choice import SegmentationChoice
from iENEGraderLib.export.report_content import ImageOrigin
from iENEGraderLib.panel.export.drawn_by_row import DrawnByRow
from iENEGraderLib.panel.export.export_words import FORM_WORDS, ORIGIN_WORDS

if TYPE_CHECKING:
    from collections.abc import Callable


class MorePart(qt.QWidget):
    """A fold, closed at first.

    Parameters
    ----------
    stated_origin : tells what the scene says of where its image comes from.
    """

    def __init__(self, stated_origin: Callable[[], ImageOrigin]) -> None:
        super().__init__()
        self._statedOrigin = stated_origin
        self.fold = ctk.ctkCollapsibleButton()
        self.replaceBox = qt.QCheckBox(_("replace an earlier export of this case"))
        self.defaceBox = qt.QCheckBox(_("take the face away: needs mandible or hyoid"))
        self._origin: ImageOrigin | None = None
        self._form = SegmentationForm.ALL_FRAMES
        self.originBox = ChoiceBox([(str(key), _(words)) for key, words in ORIGIN_WORDS.items()], self._onOrigin)
        self.nodesRow = DrawnByRow(_("Nodes"))
        self.anatomyRow = DrawnByRow(_("Other segments"))
        self.formBox = ChoiceBox([(str(key), _(words)) for key, words in FORM_WORDS.items()], self._onForm, width=10)
        self._segments = (
            qt.QLabel(_("Nodes drawn")), self.nodesRow, qt.QLabel(_("Others drawn")), self.anatomyRow,
            qt.QLabel(_("Stored")), self.formBox,
        )  # fmt: skip
        self._build()
        self.forget()
        self.showForm(self._form)

    def _build(self) -> None:
        self.fold.text = _("More")
        self.fold.connect("contentsCollapsed(bool)", lambda _collapsed: self._showOrigin())
        tight(qt.QVBoxLayout(self)).addWidget(self.fold)
        # One widget, which the fold hides: what is in it comes and goes on its own.
        content = qt.QWidget()
        tight(qt.QVBoxLayout(self.fold)).addWidget(content)
        self.fold.collapsed = True
        inside = tight(qt.QGridLayout(content))
        inside.setContentsMargins(8, 2, 2, 4)
        inside.setColumnStretch(1, 1)
        self.replaceBox.toolTip = _("Replace what an earlier export of this case has written there; nothing else is")
        self.originBox.toolTip = _("Report and teaching file say whether the image is of a patient or was computed")
        self.formBox.toolTip = _("How the voxels of the DICOM segmentation are stored")
        self.originBox.setAccessibleName(_("Image"))
        self.formBox.setAccessibleName(_("DICOM segmentation, stored"))
        inside.addWidget(self.replaceBox, 0, 0, 1, 2)
        inside.addWidget(self.defaceBox, 1, 0, 1, 2)
        fields = (qt.QLabel(_("Image")), self.originBox, *self._segments)
        for row, (label, field) in enumerate(zip(fields[::2], fields[1::2], strict=True), start=2):
            inside.addWidget(label, row, 0)
            inside.addWidget(field, row, 1)

    @property
    def origin(self) -> ImageOrigin:
        """What the image is: as the user has said here, else as the scene says."""
        return self._origin or self._statedOrigin()

    @property
    def form(self) -> SegmentationForm:
        """How the DICOM segmentation is stored."""
        return self._form

    @property
    def choice(self) -> SegmentationChoice:
        """What is said of the segments; InputError when a program is to be named and is not."""
        nodes = self.nodesRow.drawnBy.algorithm(_("Nodes"))
        return SegmentationChoice(nodes, self.anatomyRow.drawnBy.algorithm(_("Other segments")), self._form)

    def forget(self) -> None:
        """Forget what belongs to one case."""
        self.replaceBox.checked = False
        self._origin = None
        self._showOrigin()

    def showForm(self, form: SegmentationForm) -> None:
        """Show how a segmentation is stored."""
        self._onForm(str(form))

    def showOffered(self, *, deface: bool, segments: bool) -> None:
        """Offer what goes with the rest: the face when de-identifying, the segments for a DICOM segmentation."""
        self.defaceBox.enabled = deface
        self.defaceBox.toolTip = (
            _("Replace the outer layer of the face by air, in image and maps; a segment mandible or hyoid is needed, "
              "which tells where the face begins")
            if deface
            else _("A part of de-identification: tick de-identify first")
        )  # fmt: skip
        for widget in self._segments:
            widget.visible = segments

    def _onOrigin(self, key: str) -> None:
        self._origin = ImageOrigin(key)
        self._showOrigin()

    def _showOrigin(self) -> None:
        self.originBox.showKey(str(self.origin))

    def _onForm(self, key: str) -> None:
        self._form = SegmentationForm(key)
        self.formBox.showKey(key)
