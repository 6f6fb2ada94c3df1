"""The samples of an arterial curve: their values can be corrected, and single ones left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.widgets.layouts import row_of, tight, tool_button
from slicer.i18n import tr as _

from PWIProtocolLib.mapping.sample_rows import SampleState
from PWIProtocolLib.panel.maps.plain_table import cell_of, fit_height, plain_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PWIProtocolLib.mapping.aif_edits import AifEdits
    from PWIProtocolLib.mapping.sample_rows import SampleRow

    Change = Callable[[AifEdits], AifEdits]

ROW_HEIGHT, MOST_ROWS = 20, 7
TIME, VALUE, ORIGIN = range(3)


class AifSamplesTable(qt.QWidget):
    """Lists samples; a value that is typed corrects one.

    Parameters
    ----------
    on_change : called with a change of the edits.
    on_problem : called with why something typed was not taken.
    """

    def __init__(self, on_change: Callable[[Change], None], on_problem: Callable[[str], None]) -> None:
        super().__init__()
        self._onChange = on_change
        self._onProblem = on_problem
        self._rows: tuple[SampleRow, ...] = ()
        self.table = plain_table([_("Time s"), _("Plasma mM"), _("Origin")], ORIGIN, ROW_HEIGHT)
        self.table.setSelectionBehavior(qt.QAbstractItemView.SelectRows)
        self.table.setWordWrap(False)
        self.table.setAccessibleName(_("Samples of the arterial curve"))
        self.table.toolTip = _(
            "As measured, before baseline, scale and onset. Double-click a concentration to correct it"
        )
        self.table.connect("cellChanged(int,int)", self._onCell)
        self.leaveOutButton = tool_button(
            _("Leave out / take back"), _("Do not use the selected samples, or use them again"), self._onLeaveOut
        )
        self.measuredButton = tool_button(
            _("As measured"), _("Give the selected samples their measured values back"), self._onMeasured
        )
        layout = tight(qt.QVBoxLayout(self))
        layout.addWidget(self.table)
        layout.addLayout(row_of(self.leaveOutButton, self.measuredButton))

    def showRows(self, rows: Sequence[SampleRow]) -> None:
        """Show these samples; the selection and the place in the list stay."""
        table = self.table
        if [row.time_s for row in rows] != [row.time_s for row in self._rows]:
            table.clearSelection()
        self._rows = tuple(rows)
        was_blocked = table.blockSignals(True)
        table.setRowCount(len(rows))
        for at, row in enumerate(rows):
            self._fill(at, row)
        table.blockSignals(was_blocked)
        fit_height(table, min(len(rows), MOST_ROWS), ROW_HEIGHT)

    def _fill(self, at: int, row: SampleRow) -> None:
        value = row.measured_mM if row.corrected_mM is None else row.corrected_mM
        fixed = qt.Qt.ItemIsSelectable | qt.Qt.ItemIsEnabled
        for column, text in enumerate((f"{row.time_s:.1f}", f"{value:.3f}", origin_words(row))):
            item = cell_of(self.table, at, column)
            item.setText(text)
            item.setFlags(fixed | qt.Qt.ItemIsEditable if column == VALUE else fixed)
            font = item.font()
            font.setBold(row.state is SampleState.CORRECTED)
            font.setStrikeOut(row.state is SampleState.LEFT_OUT and column != ORIGIN)
            item.setFont(font)

    @property
    def _selected(self) -> list[SampleRow]:
        at = sorted({item.row() for item in self.table.selectedItems()})
        return [self._rows[each] for each in at]

    def _onCell(self, at: int, column: int) -> None:
        row = self._rows[at]
        if column != VALUE:
            return
        text = str(self.table.item(at, VALUE).text()).strip()
        try:
            value = float(text.replace(",", "."))
        except ValueError:
            self.showRows(self._rows)
            self._onProblem(
                _("{text} at {time:.1f} s is no number; type a concentration in mM").format(text=text, time=row.time_s)
            )
            return
        shown = row.measured_mM if row.corrected_mM is None else row.corrected_mM
        if f"{value:.3f}" == f"{shown:.3f}":
            self.showRows(self._rows)
        else:
            self._onChange(lambda edits: edits.corrected_at(row.time_s, value))

    def _onLeaveOut(self) -> None:
        selected = self._needed()
        remove = any(row.state is not SampleState.LEFT_OUT for row in selected)

        def change(edits: AifEdits) -> AifEdits:
            for row in selected:
                edits = edits.removed_at(row.time_s, removed=remove)
            return edits

        self._onChange(change)

    def _onMeasured(self) -> None:
        selected = self._needed()

        def change(edits: AifEdits) -> AifEdits:
            for row in selected:
                edits = edits.corrected_at(row.time_s, None).removed_at(row.time_s, removed=False)
            return edits

        self._onChange(change)

    def _needed(self) -> list[SampleRow]:
        if not self._selected:
            raise InputError(_("samples of the arterial curve: select a line of the table first"))
        return self._selected


def origin_words(row: SampleRow) -> str:
    """Return where the value of a sample comes from."""
    was = f"{row.measured_mM:.3f}"
    if row.state is SampleState.LEFT_OUT:
        return _("left out")
    if row.state is SampleState.CORRECTED:
        return _("edited (measured {was})").format(was=was)
    return _("measured")
