"""Which dynamic study is fitted, and what it says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import qt
import slicer
from HeadNeckNodesLib.html.markup import joined, tag
from HeadNeckNodesLib.widgets.choice_box import ChoiceBox
from HeadNeckNodesLib.widgets.layouts import row_of, tight, tool_button, wrapped_label
from HeadNeckNodesLib.widgets.quantity_box import Quantity
from slicer.i18n import tr as _

from PWIProtocolLib.panel.maps.fit_choices import PlaceKind, StudyPlace
from PWIProtocolLib.panel.maps.number_field import NumberField
from PWIProtocolLib.panel.study.path_row import PathRow
from PWIProtocolLib.scene.maps.dynamic_nodes import dynamic_nodes

if TYPE_CHECKING:
    from collections.abc import Callable

    from PWIProtocolLib.dynamic import DynamicFrames

STUDY, FOLDER, FILE = PlaceKind.STUDY.value, PlaceKind.FOLDER.value, PlaceKind.FILE.value
PLACES = (STUDY, FOLDER, FILE)
NRRD = "NRRD (*.nrrd *.nhdr)"
ASKED = "not stated: enter it"


class DynamicPart(qt.QWidget):
    """Chooses a study, and shows times, repetition time, flip angle and frames before contrast, each with its source.

    Parameters
    ----------
    on_read : called when the user wants the study to be read.
    on_changed : called after the user has changed something.
    with_study : whether the study that is chosen elsewhere in the panel is offered.
    """

    def __init__(
        self, on_read: Callable[[], None], on_changed: Callable[[], None] = lambda: None, *, with_study: bool
    ) -> None:
        super().__init__()
        self._onChanged = on_changed
        self._isRead = self._holdsConcentration = False
        places = ((STUDY, _("the study above")), (FOLDER, _("DICOM folder")), (FILE, _("NRRD file")))
        self._places = places if with_study else places[1:]
        self._source = self._places[0][0]
        self.sourceBox = ChoiceBox((), self._onSource, width=12)
        self.sourceBox.toolTip = _("Where the frames are: DICOM files, an NRRD file, or a sequence of the scene")
        self.sourceBox.setAccessibleName(_("Dynamic study"))
        self.sourceBox.setSizePolicy(qt.QSizePolicy.Ignored, qt.QSizePolicy.Fixed)
        self.pathRow = PathRow(
            _("Path"), _("folder or file of the study; drop it here"), _("Dynamic study"), self._ask, on_changed
        )
        self.readButton = tool_button(_("Read"), _("Read the frames and what their headers say"), on_read)
        self.wordsLabel = wrapped_label()
        self._make_fields()
        self._build()
        self.refresh()
        self.showStudy(None, None)

    def _make_fields(self) -> None:
        self.repetitionField = NumberField(
            Quantity(_("Repetition time"), "ms", 3, 0.5, 100.0),
            tip=_("Of the dynamic study, in milliseconds"),
            missing=_(ASKED),
        )
        self.angleField = NumberField(
            Quantity(_("Flip angle"), "°", 2, 0.5, 90.0),
            tip=_("Of the dynamic study, in degrees"),
            missing=_(ASKED),
        )
        self.baselineField = NumberField(
            Quantity(_("Before contrast"), _("frames"), 0, 1.0, 999.0),
            tip=_("Frames before contrast; their mean is the baseline"),
            missing=_("not found: enter it"),
        )
        for field in self.fields:
            field.onChanged = self._onChanged

    def _build(self) -> None:
        label = qt.QLabel(_("Dynamic"))
        label.setBuddy(self.sourceBox)
        layout = tight(qt.QVBoxLayout(self))
        layout.addLayout(row_of(label, self.sourceBox, self.readButton, stretched=1))
        for widget in (self.pathRow, self.wordsLabel, *self.fields):
            layout.addWidget(widget)

    @property
    def fields(self) -> tuple[NumberField, ...]:
        """The numbers, in order."""
        return self.repetitionField, self.angleField, self.baselineField

    @property
    def node(self) -> Any:
        """The node that was chosen; None for a folder or file."""
        return None if self._source in PLACES else slicer.mrmlScene.GetNodeByID(self._source)

    @property
    def isStudy(self) -> bool:
        """Whether the study that is chosen elsewhere in the panel is meant."""
        return self._source == STUDY

    @property
    def place(self) -> StudyPlace:
        """Where the study is that was chosen."""
        if self._source not in PLACES:
            return StudyPlace(PlaceKind.NODE, node_id=self._source)
        return StudyPlace(PlaceKind(self._source), "" if self.isStudy else self.pathRow.path)

    @property
    def firstPlace(self) -> StudyPlace:
        """Where the study is unless something else is chosen."""
        return StudyPlace(PlaceKind(self._places[0][0]))

    def showConcentration(self, holds: bool) -> None:
        """Hide what concentrations do not need, or show it again."""
        self._holdsConcentration = holds
        for field in (self.repetitionField, self.angleField):
            field.visible = self._isRead and not holds

    def showPlace(self, place: StudyPlace) -> None:
        """Show an earlier choice, without telling anybody; one that is not there any more gives way to the first."""
        self._source = place.node_id if place.kind is PlaceKind.NODE else place.kind.value
        self.pathRow.showPath(place.path)
        self.refresh()

    def refresh(self) -> None:
        """Offer the dynamic studies that are in the scene now."""
        nodes = dynamic_nodes()
        places = [key for key, _text in self._places]
        if self._source not in (*places, *(node.GetID() for node in nodes)):
            self._source = self._places[0][0]
        self.sourceBox.clear()
        for key, text in self._places:
            self.sourceBox.addItem(text, key)
        for node in nodes:
            self.sourceBox.addItem(node.GetName(), node.GetID())
        self._showSource()

    def showNode(self, node: Any) -> None:
        """Choose a node of the scene, without telling anybody."""
        self._source = node.GetID()
        self.refresh()

    def showStudy(self, dynamic: DynamicFrames | None, baseline: int | None, *, is_same: bool = False) -> None:
        """Show what was read.

        Parameters
        ----------
        baseline : frames before contrast as the images tell; None when they do not.
        is_same : whether what was entered holds for this study; else it goes.
        """
        entered = [field.entered if is_same else None for field in self.fields]
        self._isRead = dynamic is not None
        self.baselineField.visible = self._isRead
        self.showConcentration(self._holdsConcentration)
        self.wordsLabel.visible = dynamic is not None
        if dynamic is None:
            return
        self.wordsLabel.text = str(_told(dynamic))
        stated = dynamic.acquisition
        tr = None if stated.repetition_time_s is None else 1000.0 * stated.repetition_time_s
        self.repetitionField.showFound(tr, _("from the header"))
        self.angleField.showFound(stated.flip_angle_deg, _("from the header"))
        self.baselineField.showFound(baseline, _("found in the images"))
        for field, number in zip(self.fields, entered, strict=True):
            field.showEntered(number)

    def _showSource(self) -> None:
        self.sourceBox.showKey(self._source)
        self.pathRow.visible = self._source in (FOLDER, FILE)

    def _onSource(self, key: str) -> None:
        self._source = key
        self._showSource()
        self._onChanged()

    def _ask(self) -> object:
        if self._source == FOLDER:
            return qt.QFileDialog.getExistingDirectory(self, _("Folder of the study"), self.pathRow.path)
        return qt.QFileDialog.getOpenFileName(self, _("File of the dynamic study"), self.pathRow.path, NRRD)


def _told(dynamic: DynamicFrames) -> Any:
    """Return what a study says of itself: frames, times and where they come from, grid, cautions."""
    gaps = np.diff(dynamic.time_s)
    even = np.ptp(gaps) < 1e-3 * gaps.mean()
    apart = f"{np.median(gaps):.3g}" if even else f"{gaps.min():.3g}–{gaps.max():.3g}"
    first = _("{count} frames, {apart} s apart; {reason}").format(
        count=len(dynamic.time_s), apart=apart, reason=dynamic.time_reason
    )
    return joined([tag("div", text) for text in (first, dynamic.geometry.describe(), *dynamic.cautions)])
