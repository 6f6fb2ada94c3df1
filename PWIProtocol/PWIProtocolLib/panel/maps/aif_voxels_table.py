"""The voxels of an artery: each can be switched off, and shown in the views."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import qt
from HeadNeckNodesLib.widgets.layouts import row_of, tight, tool_button, wrapped_label
from slicer.i18n import tr as _

from PWIProtocolLib.panel.maps.plain_table import cell_of, fit_height, plain_table
from PWIProtocolLib.scene.maps.aif_voxels import jump_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from PWIProtocolLib.mapping import Arterial
    from PWIProtocolLib.mapping.aif_edits import AifEdits

    Change = Callable[[AifEdits], AifEdits]

ROW_HEIGHT, MOST_ROWS = 20, 5
MOST_LISTED = 500
USED, PEAK, AT = range(3)


class AifVoxelsTable(qt.QWidget):
    """Lists voxels, with a box to use them or not.

    Parameters
    ----------
    on_change : called with a change of the edits.
    on_draw : called when the user wants to draw the region.
    """

    def __init__(self, on_change: Callable[[Change], None], on_draw: Callable[[], None]) -> None:
        super().__init__()
        self._onChange = on_change
        self._shown: Arterial | None = None
        self.countLabel = wrapped_label()
        self.drawButton = tool_button(
            _("Draw region..."),
            _("Make the voxels in use a segment, open it in Segment Editor, and use it: press Show afterwards"),
            on_draw,
        )
        self.table = plain_table([_("Voxel (mm)"), _("Peak mM"), _("at s")], USED, ROW_HEIGHT)
        self.table.setEditTriggers(qt.QAbstractItemView.NoEditTriggers)
        self.table.setSelectionBehavior(qt.QAbstractItemView.SelectRows)
        self.table.setSelectionMode(qt.QAbstractItemView.SingleSelection)
        self.table.setAccessibleName(_("Voxels of the artery"))
        self.table.toolTip = _("Untick a voxel to leave it out; select a line to see it in the slice views")
        self.table.connect("cellChanged(int,int)", self._onCell)
        self.table.connect("itemSelectionChanged()", self._onSelection)
        layout = tight(qt.QVBoxLayout(self))
        layout.addLayout(row_of(self.countLabel, self.drawButton, stretched=0))
        layout.addWidget(self.table)

    def showVoxels(self, arterial: Arterial) -> None:
        """Show the voxels of a curve; nothing for one that was not measured in voxels."""
        artery = arterial.origin.artery
        self._shown = arterial
        self.visible = artery is not None
        if artery is None:
            return
        used, voxels = artery.used(arterial.edits.left_out), artery.voxels
        listed = used.size if used.size <= MOST_LISTED else 0
        words = _("{used} of {count} voxels in use").format(used=np.count_nonzero(used), count=used.size)
        self.countLabel.text = words if listed else words + _("; too many to list: draw the region")
        was_blocked = self.table.blockSignals(True)
        self.table.setRowCount(listed)
        for at in range(listed):
            place = artery.geometry.ras_from_kji(np.array(voxels[at], float))
            plasma = artery.blood_mM[at] / (1.0 - arterial.origin.hematocrit)
            texts = (place_words(place), *peak_words(arterial.origin.time_s, plasma))
            self._fill(at, texts, is_used=bool(used[at]))
        self.table.blockSignals(was_blocked)
        fit_height(self.table, min(listed, MOST_ROWS), ROW_HEIGHT)
        self.table.visible = listed > 0

    def _fill(self, at: int, texts: tuple[str, ...], *, is_used: bool) -> None:
        flags = qt.Qt.ItemIsSelectable | qt.Qt.ItemIsEnabled
        for column, text in enumerate(texts):
            item = cell_of(self.table, at, column)
            item.setText(text)
            item.setFlags(flags | qt.Qt.ItemIsUserCheckable if column == USED else flags)
            if column == USED:
                item.setCheckState(qt.Qt.Checked if is_used else qt.Qt.Unchecked)

    def _onCell(self, at: int, column: int) -> None:
        artery = None if self._shown is None else self._shown.origin.artery
        if artery is None or column != USED:
            return
        voxel = artery.voxels[at]
        used = self.table.item(at, USED).checkState() == qt.Qt.Checked
        self._onChange(lambda edits: edits.with_voxel(voxel, used=used))

    def _onSelection(self) -> None:
        artery = None if self._shown is None else self._shown.origin.artery
        at = int(self.table.currentRow())
        if artery is not None and 0 <= at < self.table.rowCount:
            jump_to(artery.geometry.ras_from_kji(np.array(artery.voxels[at], float)))


def peak_words(time_s: np.ndarray, plasma_mM: np.ndarray) -> tuple[str, str]:
    """Return height and time of a peak; dashes for a voxel without a concentration at some time, which is not used."""
    if not np.isfinite(plasma_mM).all():
        return "–", "–"
    peak = int(plasma_mM.argmax())
    return f"{plasma_mM[peak]:.2f}", f"{time_s[peak]:.1f}"


def place_words(ras_mm: np.ndarray) -> str:
    """Return a place as the slice views state it."""
    names = zip(ras_mm, ("RL", "AP", "SI"), strict=True)
    return " ".join(f"{letters[int(value < 0)]} {abs(value):.0f}" for value, letters in names)
