"""Edits an arterial curve: every change shows at once, can be taken back, and leaves what was measured as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.widgets.choice_box import ChoiceBox
from HeadNeckNodesLib.widgets.layouts import attempt, row_of, tight, tool_button, wrapped_label
from slicer.i18n import tr as _

from PWIProtocolLib.kinetics import population_aifs
from PWIProtocolLib.mapping.aif_edits import MOST_MOVED_S, NO_EDITS, Between
from PWIProtocolLib.mapping.aif_history import AifHistory
from PWIProtocolLib.mapping.sample_rows import sample_rows
from PWIProtocolLib.panel.maps.aif_height_row import LABEL_WIDTH, AifHeightRow
from PWIProtocolLib.panel.maps.aif_samples_table import AifSamplesTable
from PWIProtocolLib.panel.maps.aif_voxels_table import AifVoxelsTable
from PWIProtocolLib.panel.maps.number_field import BOX_WIDTH
from PWIProtocolLib.panel.maps.signed_box import SignedBox

if TYPE_CHECKING:
    from collections.abc import Callable

    from PWIProtocolLib.mapping import Arterial
    from PWIProtocolLib.mapping.aif_edits import AifEdits

    Change = Callable[[AifEdits], AifEdits]


class AifEditor(qt.QWidget):
    """Controls for the edits of one curve, and their history.

    Parameters
    ----------
    on_history : takes another history and shows the curve with its edits; InputError when they do not fit the curve,
        and then nothing changes.
    on_compare : called with the name of a population average to draw beside the curve; empty for none.
    on_draw : called when the user wants to draw the region of the artery.
    on_changed : called after the edits have changed.
    """

    def __init__(
        self,
        on_history: Callable[[AifHistory], None],
        on_compare: Callable[[str], None],
        on_draw: Callable[[], None],
        on_changed: Callable[[], None],
    ) -> None:
        super().__init__()
        self._onHistory = on_history
        self._onChanged = on_changed
        self._onCompare = on_compare
        self.history = AifHistory()
        self._make_buttons()
        self._make_boxes()
        self.heightRow = AifHeightRow(lambda made: self.change(lambda edits: replace(edits, scaling=made())))
        self.samples = AifSamplesTable(self.change, self.tell)
        self.voxels = AifVoxelsTable(self.change, on_draw)
        self._build()
        self.showCurve(None)

    def _make_buttons(self) -> None:
        self.undoButton = tool_button(
            _("Undo"), _("Take the last change back"), lambda: self._take(self.history.undone())
        )
        self.redoButton = tool_button(_("Redo"), _("Make it again"), lambda: self._take(self.history.redone()))
        self.resetButton = tool_button(
            _("Reset"), _("Back to the curve as measured or published; Undo brings the changes back"), self._onReset
        )
        self.noteLabel = wrapped_label()
        self.noteLabel.setTextFormat(qt.Qt.PlainText)

    def _make_boxes(self) -> None:
        self.movedBox = SignedBox(-MOST_MOVED_S, MOST_MOVED_S, 1, self._onMoved, " s")
        self.movedBox.singleStep = 0.5
        self.movedBox.setFixedWidth(BOX_WIDTH)
        self.movedBox.setAccessibleName(_("Onset moved by"))
        self.movedBox.toolTip = _("The whole curve later (+) or earlier (-)")
        self.baselineBox = qt.QCheckBox(_("Subtract the baseline"))
        self.baselineBox.toolTip = _("Take the mean of the samples before the bolus off all of them")
        self.baselineBox.connect("clicked(bool)", self._onBaseline)
        forms = [
            (Between.RESOLVED.value, _("resolved finer than the frames")),
            (Between.STRAIGHT.value, _("straight lines")),
        ]
        self.betweenBox = ChoiceBox(forms, self._onBetween)
        self.betweenBox.setAccessibleName(_("Between samples"))
        self.betweenBox.toolTip = _("A bolus is shorter than two frames: its form is fitted to the samples")
        averages = [(each.name.value, each.title) for each in population_aifs()]
        self.compareBox = ChoiceBox([("", _("nothing")), *averages], self._onCompared)
        self.compareBox.setAccessibleName(_("Compare with"))
        self.compareBox.toolTip = _("Draw a population average with the same arrival beside the curve; changes nothing")

    def _build(self) -> None:
        layout = tight(qt.QVBoxLayout(self))
        layout.addLayout(row_of(self.undoButton, self.redoButton, self.resetButton))
        layout.addWidget(self.noteLabel)
        self.controls = qt.QWidget()
        layout.addWidget(self.controls)
        inside = tight(qt.QVBoxLayout(self.controls))
        self.betweenLabel = _titled(_("Between"), self.betweenBox)
        inside.addLayout(row_of(_titled(_("Onset"), self.movedBox), self.movedBox, qt.QLabel(_("later or earlier"))))
        inside.addWidget(self.heightRow)
        inside.addLayout(row_of(self.betweenLabel, self.betweenBox, stretched=1))
        inside.addWidget(self.baselineBox)
        inside.addLayout(row_of(_titled(_("Compare"), self.compareBox), self.compareBox, stretched=1))
        inside.addWidget(self.samples)
        inside.addWidget(self.voxels)

    @property
    def edits(self) -> AifEdits:
        """The edits in force."""
        return self.history.now

    def showHistory(self, history: AifHistory) -> None:
        """Show the edits of another curve, which is not known yet."""
        self.history = history
        self.showCurve(None)

    def showCurve(self, arterial: Arterial | None) -> None:
        """Show what of a curve can be edited; None while none is shown."""
        self.controls.visible = arterial is not None
        self.tell("" if arterial is not None else _("Press Show: the curve is edited while it is seen."))
        self._showHistory()
        if arterial is None:
            return
        edits, rows = arterial.edits, sample_rows(arterial)
        self.movedBox.showNumber(edits.moved_s)
        self.heightRow.showScaling(edits.scaling, arterial.quality.tail_mM)
        self.baselineBox.checked = edits.subtracts_baseline
        self.betweenBox.showKey(edits.between)
        for widget in (self.baselineBox, self.betweenLabel, self.betweenBox, self.samples):
            widget.visible = bool(rows)
        self.samples.showRows(rows)
        self.voxels.showVoxels(arterial)

    def change(self, change: Change) -> None:
        """Change the edits; why they cannot be is told, and everything stays."""
        try:
            self._take(self.history.changed(change(self.edits)))
        except InputError as error:
            self._onHistory(self.history)
            self.tell(str(error))

    def tell(self, text: str) -> None:
        """Show one line: a problem, or what was done."""
        self.noteLabel.text = text
        self.noteLabel.visible = bool(text)

    def _take(self, history: AifHistory) -> None:
        self._onHistory(history)
        self._showHistory()
        self._onChanged()

    def _showHistory(self) -> None:
        self.undoButton.enabled = bool(self.history.earlier)
        self.redoButton.enabled = bool(self.history.later)
        self.resetButton.enabled = self.edits != NO_EDITS

    def _onReset(self) -> None:
        self._take(self.history.changed(NO_EDITS))

    def _onMoved(self, number: float) -> None:
        self.change(lambda edits: replace(edits, moved_s=number))

    def _onBaseline(self, checked: bool = False) -> None:
        self.change(lambda edits: replace(edits, subtracts_baseline=checked))

    def _onBetween(self, key: str) -> None:
        self.change(lambda edits: replace(edits, between=Between(key)))

    def _onCompared(self, name: str) -> None:
        self.compareBox.showKey(name)
        attempt(self, lambda: self._onCompare(name))


def _titled(title: str, box: qt.QWidget) -> qt.QLabel:
    label = qt.QLabel(title)
    label.setFixedWidth(LABEL_WIDTH)
    label.setBuddy(box)
    return label
