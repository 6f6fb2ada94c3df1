"""The traffic-light table: a line for each criterion, its verdict by word, shape and colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt
from slicer.i18n import tr as _

from PWIProtocolLib.panel.check.check_words import cells
from PWIProtocolLib.panel.check.verdict_icon import verdict_colour, verdict_icon

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PWIProtocolLib.protocol.verdict import CriterionResult

ROW_HEIGHT = 20
LEAST_ROWS, MOST_ROWS = 3, 10
FOUND_WIDTH = 68
VERDICT, CRITERION, FOUND = range(3)


class CriteriaTable(qt.QTableWidget):
    """Lists criteria; nothing can be edited.

    Parameters
    ----------
    on_selected : called with the id of the criterion when the user selects another line.
    """

    def __init__(self, on_selected: Callable[[str], None]) -> None:
        super().__init__(0, 3)
        self._onSelected = on_selected
        self._ids: list[str] = []
        self._selected = ""
        self.setHorizontalHeaderLabels([_("Verdict"), _("Criterion"), _("Found")])
        header = self.horizontalHeader()
        header.setSectionResizeMode(qt.QHeaderView.ResizeToContents)
        header.setSectionResizeMode(CRITERION, qt.QHeaderView.Stretch)
        header.setSectionResizeMode(FOUND, qt.QHeaderView.Fixed)
        self.setColumnWidth(FOUND, FOUND_WIDTH)
        header.setHighlightSections(False)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.verticalHeader().setMinimumSectionSize(ROW_HEIGHT)
        self.setEditTriggers(qt.QAbstractItemView.NoEditTriggers)
        self.setSelectionBehavior(qt.QAbstractItemView.SelectRows)
        self.setSelectionMode(qt.QAbstractItemView.SingleSelection)
        self.setHorizontalScrollBarPolicy(qt.Qt.ScrollBarAlwaysOff)
        self.setWordWrap(False)  # a text that is too long is cut at a letter, not at a word
        self.setTabKeyNavigation(False)  # Tab goes on to what is below
        self.setAccessibleName(_("Criteria"))
        self.toolTip = _("Select a line to read where it comes from, and to enter what the headers lack")
        self.connect("itemSelectionChanged()", self._onSelection)

    @property
    def selectedId(self) -> str:
        """The criterion whose line is selected; empty for none."""
        return self._selected

    def showResults(self, results: Sequence[CriterionResult]) -> None:
        """Show these criteria. The selected one stays selected; when it is not among them, the first one is taken."""
        self._ids = [each.criterion_id for each in results]
        if self._selected not in self._ids:
            self._selected = self._ids[0] if self._ids else ""
        was_blocked = self.blockSignals(True)
        self.setRowCount(len(results))
        for at, result in enumerate(results):
            self._fill(at, result)
        if self._selected:
            self.selectRow(self._ids.index(self._selected))
        self.blockSignals(was_blocked)
        rows = min(max(len(results), LEAST_ROWS), MOST_ROWS)
        self.setFixedHeight(self.horizontalHeader().sizeHint.height() + rows * ROW_HEIGHT + 4)

    def _fill(self, at: int, result: CriterionResult) -> None:
        for column, text in enumerate(cells(result)):
            item = qt.QTableWidgetItem(text)
            item.setToolTip(f"{result.title}: {result.reason}")
            if column == VERDICT:
                colour = verdict_colour(result)
                item.setIcon(verdict_icon(result.verdict, colour))
                item.setForeground(qt.QBrush(colour))
            self.setItem(at, column, item)

    def _onSelection(self) -> None:
        row = int(self.currentRow())
        if 0 <= row < len(self._ids) and self._ids[row] != self._selected:
            self._selected = self._ids[row]
            self._onSelected(self._selected)
