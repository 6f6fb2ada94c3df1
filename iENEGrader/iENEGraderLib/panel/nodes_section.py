"""The table of nodes and the buttons around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import qt
from slicer.i18n import tr as _

from iENEGraderLib.panel.edits import add_node, free_node_id, remove_node
from iENEGraderLib.panel.layouts import heading, row_of, tight, tool_button
from iENEGraderLib.panel.node_editor import NodeEditor
from iENEGraderLib.panel.presenter import node_rows
from iENEGraderLib.reading import Side

if TYPE_CHECKING:
    from collections.abc import Callable

    from iENEGraderLib.panel.presenter import NodeRow
    from iENEGraderLib.reading import Node, Reading
    from iENEGraderLib.rules import Assessment

VISIBLE_ROWS = 5
ROW_HEIGHT = 21
GRADE_COLUMN = 4


@dataclass(frozen=True)
class NodeActions:
    """What the buttons below the table do beyond editing."""

    selected: Callable[[], None]
    from_segments: Callable[[], None]
    sizes_from_segments: Callable[[], None]


class NodesSection(qt.QWidget):
    """Lists the nodes, selects one, adds and removes.

    Parameters
    ----------
    edit : applies an edit under a label.
    """

    def __init__(self, edit: Callable[..., None], actions: NodeActions) -> None:
        super().__init__()
        self._edit = edit
        self._actions = actions
        self._reading: Reading | None = None
        self._selected = ""
        self.table = qt.QTableWidget(0, 5)
        self.addButton = tool_button(_("Add ▾"), _("Add a node (N)"), self.askForSide)
        self.sideMenu = qt.QMenu(self.addButton)
        self.removeButton = tool_button(_("Remove"), _("Remove the selected node"), self._onRemove)
        self.segmentsButton = tool_button(
            _("Nodes from segments"),
            _("Add a node for each segment named node_… that has none yet"),
            actions.from_segments,
        )
        self.sizesButton = tool_button(
            _("Sizes from segments"), _("Measure the segments; fills only what is empty"),
            actions.sizes_from_segments,
        )  # fmt: skip
        self.editor = NodeEditor(edit)
        self._build()

    def _build(self) -> None:
        for side, text in ((Side.RIGHT, _("&Right")), (Side.LEFT, _("&Left")), (Side.MIDLINE, _("&Midline"))):
            action = self.sideMenu.addAction(text)
            action.connect("triggered(bool)", lambda _checked=False, side=side: self.addNode(side))
        layout = tight(qt.QVBoxLayout(self))
        self.title = heading(_("Nodes"))
        layout.addLayout(row_of(self.title, qt.QLabel(), self.addButton, self.removeButton, stretched=1))
        self._buildTable()
        layout.addWidget(self.table)
        layout.addWidget(self.editor)
        layout.addLayout(row_of(self.segmentsButton, self.sizesButton))

    def _buildTable(self) -> None:
        table = self.table
        table.setHorizontalHeaderLabels([_("Node"), _("Side"), _("Level"), _("Size mm"), _("Grade")])
        table.horizontalHeaderItem(GRADE_COLUMN).setToolTip(
            _("? an equivocal finding could raise the grade\n* no finding was assessed yet")
        )
        table.horizontalHeader().setSectionResizeMode(qt.QHeaderView.Stretch)
        table.horizontalHeader().setHighlightSections(False)
        table.horizontalHeader().setMinimumSectionSize(20)
        table.verticalHeader().setVisible(False)
        table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        table.verticalHeader().setMinimumSectionSize(ROW_HEIGHT)
        table.setSelectionBehavior(qt.QAbstractItemView.SelectRows)
        table.setSelectionMode(qt.QAbstractItemView.SingleSelection)
        table.setEditTriggers(qt.QAbstractItemView.NoEditTriggers)
        table.setHorizontalScrollBarPolicy(qt.Qt.ScrollBarAlwaysOff)
        table.setFixedHeight(table.horizontalHeader().sizeHint.height() + VISIBLE_ROWS * ROW_HEIGHT + 4)
        table.connect("itemSelectionChanged()", self._onSelection)

    @property
    def selectedNode(self) -> Node | None:
        """The node whose findings are shown."""
        nodes = (self._reading.nodes or ()) if self._reading else ()
        return next((node for node in nodes if node.id == self._selected), None)

    def showReading(self, reading: Reading | None, assessment: Assessment | None) -> None:
        """Show the nodes. The selected one stays selected; when it is gone, the first one is taken."""
        self._reading = reading
        self.enabled = reading is not None
        ids = [node.id for node in (reading.nodes or ())] if reading else []
        if self._selected not in ids:
            self._selected = ids[0] if ids else ""
        self._fill(node_rows(reading, assessment))
        self.removeButton.enabled = bool(ids)
        self.editor.showNode(self.selectedNode)

    def step(self, by: int) -> None:
        """Select the next (1) or previous (-1) node, around the ends."""
        ids = [node.id for node in self._reading.nodes or ()] if self._reading else []
        if ids:
            at = ids.index(self._selected) if self._selected in ids else 0
            self.table.selectRow((at + by) % len(ids))

    def askForSide(self) -> None:
        """Ask on which side the new node lies: a side is never guessed."""
        if self._reading is not None:
            self.sideMenu.popup(self.addButton.mapToGlobal(qt.QPoint(0, self.addButton.height)))

    def addNode(self, side: Side) -> None:
        """Add a node and select it; the keyboard goes on to its level."""
        if self._reading is None:
            return
        self._selected = free_node_id(self._reading)
        self._edit(_("add {node}").format(node=self._selected), add_node(self._selected, side))
        self.editor.levelBox.setFocus()

    def _onRemove(self) -> None:
        if self.selectedNode is not None:
            self._edit(_("remove {node}").format(node=self._selected), remove_node(self._selected))

    def _fill(self, rows: tuple[NodeRow, ...]) -> None:
        was_blocked = self.table.blockSignals(True)
        self.table.setRowCount(len(rows))
        for at, row in enumerate(rows):
            for column, text in enumerate(row.cells):
                item = qt.QTableWidgetItem(text)
                item.setToolTip(row.note)
                self.table.setItem(at, column, item)
        ids = [node.id for node in self._reading.nodes or ()] if self._reading else []
        if self._selected in ids:
            self.table.selectRow(ids.index(self._selected))
        self.table.blockSignals(was_blocked)

    def _onSelection(self) -> None:
        nodes = (self._reading.nodes or ()) if self._reading else ()
        row = self.table.currentRow()
        if 0 <= row < len(nodes) and nodes[row].id != self._selected:
            self._selected = nodes[row].id
            self.editor.showNode(self.selectedNode)
            self._actions.selected()
