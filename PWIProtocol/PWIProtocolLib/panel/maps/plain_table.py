"""Tables of the panel: low rows, one column that takes the room that is left, and no bar to scroll sideways."""

from __future__ import annotations

import qt


def plain_table(titles: list[str], stretched: int, row_height: int) -> qt.QTableWidget:
    """Return an empty table.

    Parameters
    ----------
    stretched : column that takes the room that is left.
    row_height : in pixels.
    """
    table = qt.QTableWidget(0, len(titles))
    table.setHorizontalHeaderLabels(titles)
    header = table.horizontalHeader()
    header.setSectionResizeMode(qt.QHeaderView.ResizeToContents)
    header.setSectionResizeMode(stretched, qt.QHeaderView.Stretch)
    header.setHighlightSections(False)
    rows = table.verticalHeader()
    rows.setVisible(False)
    rows.setDefaultSectionSize(row_height)
    rows.setMinimumSectionSize(row_height)
    table.setHorizontalScrollBarPolicy(qt.Qt.ScrollBarAlwaysOff)
    table.setTabKeyNavigation(False)
    return table


def fit_height(table: qt.QTableWidget, rows: int, row_height: int) -> None:
    """Make a table as high as some rows need."""
    table.setFixedHeight(table.horizontalHeader().sizeHint.height() + rows * row_height + 4)


def cell_of(table: qt.QTableWidget, row: int, column: int) -> qt.QTableWidgetItem:
    """Return a cell; one that is being edited must stay the same."""
    if table.item(row, column) is None:
        table.setItem(row, column, qt.QTableWidgetItem())
    return table.item(row, column)
