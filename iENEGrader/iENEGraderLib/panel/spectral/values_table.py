"""Iodine, fat and HU of regions, a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt
from slicer.i18n import tr as _

from iENEGraderLib.panel.spectral.region_values import cells_of, note_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iENEGraderLib.panel.spectral.region_values import RegionValues

ROW_HEIGHT = 20
MOST_ROWS = 8


class ValuesTable(qt.QTableWidget):
    """Shows values of regions; nothing can be edited."""

    def __init__(self) -> None:
        super().__init__(0, 5)
        self._names: list[str] = []
        self.setHorizontalHeaderLabels([_("Region"), _("I mg/mL"), _("Fat %"), _("40 keV"), _("70 keV")])
        self.horizontalHeader().setSectionResizeMode(qt.QHeaderView.ResizeToContents)
        self.horizontalHeader().setSectionResizeMode(0, qt.QHeaderView.Stretch)
        self.horizontalHeader().setHighlightSections(False)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.verticalHeader().setMinimumSectionSize(ROW_HEIGHT)
        self.setEditTriggers(qt.QAbstractItemView.NoEditTriggers)
        self.setSelectionBehavior(qt.QAbstractItemView.SelectRows)
        self.setHorizontalScrollBarPolicy(qt.Qt.ScrollBarAlwaysOff)

    def showValues(self, values: Sequence[RegionValues]) -> None:
        """Show these values in the place of others."""
        self._names = [each.region.name for each in values]
        self.setRowCount(len(values))
        for at, each in enumerate(values):
            for column, text in enumerate(cells_of(each)):
                item = qt.QTableWidgetItem(text)
                item.setToolTip(note_of(each))
                self.setItem(at, column, item)
        height = self.horizontalHeader().sizeHint.height()
        self.setFixedHeight(height + min(max(len(values), 1), MOST_ROWS) * ROW_HEIGHT + 4)

    @property
    def selectedName(self) -> str:
        """Name of the region whose line is selected; empty for none."""
        row = int(self.currentRow())
        return self._names[row] if 0 <= row < len(self._names) else ""
