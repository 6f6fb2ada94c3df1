"""The table of nodes and the buttons around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import qt
import slicer
from HeadNeckNodesLib.widgets.layouts import heading, row_of, tight, tool_button
from slicer.i18n import tr as _

from iENEGraderLib.panel.nodes.node_adding import NodeAdding
from iENEGraderLib.panel.nodes.node_editor import NodeEditor
from iENEGraderLib.panel.nodes.node_segments import with_axes, with_missing_sizes, with_nodes_of_segments
from iENEGraderLib.panel.result.presenter import node_rows
from iENEGraderLib.panel.session.edits import add_node, free_node_id, remove_node
from iENEGraderLib.reading import Side
from iENEGraderLib.scene.node_outlines import (
    find_segment,
    has_changed,
    possible_nodes,
    prepare_segment_editor,
    remember_outline,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from iENEGraderLib.panel.nodes.node_segments import SegmentsUsed
    from iENEGraderLib.panel.protocols import GraderLogic
    from iENEGraderLib.panel.result.presenter import NodeRow
    from iENEGraderLib.reading import Node, Reading
    from iENEGraderLib.rules import Assessment

VISIBLE_ROWS = 5
ROW_HEIGHT = 21
GRADE_COLUMN = 4


@dataclass(frozen=True)
class NodeActions:
    """What the section asks of the panel beyond editing.

    Attributes
    ----------
    selected : called when another node is selected.
    perform : does work on the reading as one step with a label, and shows what comes of it.
    """

    selected: Callable[[], None]
    perform: Callable[[str, Callable[[Reading], SegmentsUsed]], None]


class NodesSection(qt.QWidget):
    """Lists the nodes, selects one, adds and removes, and has their segments measured.

    Parameters
    ----------
    edit : applies an edit under a label.
    logic : reads and measures segments.
    """

    def __init__(self, edit: Callable[..., None], actions: NodeActions, logic: GraderLogic) -> None:
        super().__init__()
        self._edit = edit
        self._actions = actions
        self._logic = logic
        self._reading: Reading | None = None
        self._selected = ""
        self.table = qt.QTableWidget(0, 5)
        self.addButton = tool_button(_("Add ▾"), _("Add a node (N)"), self.openAddMenu)
        self.addMenu = qt.QMenu(self.addButton)
        self.segmentMenu = qt.QMenu(_("&From a segment"), self.addMenu)
        self.sideMenu = qt.QMenu(_("&Without segment"), self.addMenu)
        self.removeButton = tool_button(_("Remove"), _("Remove the selected node"), self._onRemove)
        self.adding = NodeAdding(self._perform, logic)
        self.editor = NodeEditor(edit)
        self._makeButtons()
        self._build()

    def _makeButtons(self) -> None:
        tip = _("Add a node for each segment named node_… that has none yet")
        self.segmentsButton = tool_button(_("From segments"), tip, self._onNodesOfSegments)
        tip = _("Measure size and place of the segments anew; fills only what is empty or was measured before")
        self.sizesButton = tool_button(_("Sizes"), tip, self._onSizes)
        self.editButton = tool_button(_("Edit"), _("Correct the node's segment in Segment Editor"), self._onEdit)
        tip = _(
            "Draw the axes of the node's segment, to be dragged where you see them: the long axis is the greatest "
            "dimension in any direction (TNM), the short axis lies in the axial section"
        )
        self.axesButton = tool_button(_("Axes"), tip, self._onAxes)
        tip = _("Measure all nodes and what lies beside them; findings are suggested, never set")
        self.measureButton = tool_button(_("Measure"), tip, self._onMeasure)

    def _build(self) -> None:
        self._fillAddMenu()
        layout = tight(qt.QVBoxLayout(self))
        self.title = heading(_("Nodes"))
        self.title.toolTip = _("Keys: previous node ([), next node (])")
        layout.addLayout(row_of(self.title, qt.QLabel(), self.addButton, self.removeButton, stretched=1))
        layout.addWidget(self.adding)
        self._buildTable()
        layout.addWidget(self.table)
        layout.addWidget(self.editor)
        buttons = (self.segmentsButton, self.sizesButton, self.editButton, self.axesButton, self.measureButton)
        layout.addLayout(row_of(*buttons))

    def _fillAddMenu(self) -> None:
        for text, add in (
            (_("&Seed: click into the node"), self.adding.askForSeed),
            (_("&Curves: draw round the node"), self.adding.askForCurves),
        ):
            self.addMenu.addAction(text).connect("triggered(bool)", lambda _checked=False, add=add: add())
        self.addMenu.addMenu(self.segmentMenu)
        action = self.addMenu.addAction(_("&All node segments"))
        action.connect("triggered(bool)", lambda _checked=False: self._onNodesOfSegments())
        self.addMenu.addMenu(self.sideMenu)
        for side, text in ((Side.RIGHT, _("&Right")), (Side.LEFT, _("&Left")), (Side.MIDLINE, _("&Midline"))):
            action = self.sideMenu.addAction(text)
            action.connect("triggered(bool)", lambda _checked=False, side=side: self.addNode(side))
        self.addMenu.connect("aboutToShow()", self._listSegments)

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
        if reading is None:
            self.adding.cancel()
        ids = [node.id for node in (reading.nodes or ())] if reading else []
        if self._selected not in ids:
            self._selected = ids[0] if ids else ""
        self._fill(node_rows(reading, assessment))
        self.removeButton.enabled = bool(ids)
        self._showSelected()

    def step(self, by: int) -> None:
        """Select the next (1) or previous (-1) node, around the ends."""
        ids = [node.id for node in self._reading.nodes or ()] if self._reading else []
        if ids:
            at = ids.index(self._selected) if self._selected in ids else 0
            self.table.selectRow((at + by) % len(ids))

    def openAddMenu(self) -> None:
        """Ask how to add a node. Without a segment its side is asked, too: a side is never guessed."""
        if self._reading is not None:
            self.addMenu.popup(self.addButton.mapToGlobal(qt.QPoint(0, self.addButton.height)))

    def lookAtOutlines(self) -> None:
        """Say whether the segment of the selected node was changed, as in Segment Editor, after it was measured."""
        node = self.selectedNode
        segment = None if node is None else find_segment(node.segment_id)
        self.editButton.enabled = segment is not None
        self.axesButton.enabled = segment is not None
        self.editor.showOutlineChanged(segment is not None and has_changed(segment))

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
            self._showSelected()
            self._actions.selected()

    def _showSelected(self) -> None:
        self.editor.showNode(self.selectedNode)
        self.lookAtOutlines()

    # Segments

    def _perform(self, label: str, work: Callable[[Reading], SegmentsUsed]) -> None:
        """Do work as one step, select what it added, and note which segments were measured as they are now."""
        results: list[SegmentsUsed] = []

        def remembered(reading: Reading) -> SegmentsUsed:
            used = work(reading)
            results.append(used)
            known = {node.id for node in reading.nodes or ()}
            new = [node.id for node in used.reading.nodes or () if node.id not in known]
            self._selected = new[-1] if len(new) == 1 else self._selected
            return used

        self._actions.perform(label, remembered)
        for used in results:
            segments = [find_segment(used.reading.node(node_id).segment_id) for node_id in used.measured]
            for segment in segments:
                if segment is not None:
                    remember_outline(segment)
        self.lookAtOutlines()

    def _onNodesOfSegments(self) -> None:
        self._perform(
            _("nodes of segments"), lambda reading: with_nodes_of_segments(reading, *self._logic.segmentedImage())
        )

    def _onSizes(self) -> None:
        self._perform(
            _("sizes of segments"), lambda reading: with_missing_sizes(reading, *self._logic.segmentedImage())
        )

    def _onMeasure(self) -> None:
        self._perform(_("measure all nodes"), self._logic.measure)

    def _onAxes(self) -> None:
        label = _("{node}: axes").format(node=self._selected)
        self._perform(label, lambda reading: with_axes(reading, self._logic.segmentedImage()[0], self._selected))

    def _onEdit(self) -> None:
        node = self.selectedNode
        segment = None if node is None else find_segment(node.segment_id)
        if segment is not None:
            prepare_segment_editor(segment)
            slicer.util.selectModule("SegmentEditor")

    def _listSegments(self) -> None:
        """Offer the segments that no node has."""
        self.segmentMenu.clear()
        nodes = (self._reading.nodes or ()) if self._reading else ()
        free = possible_nodes({node.segment_id for node in nodes if node.segment_id})
        for segment in free:
            action = self.segmentMenu.addAction(segment.name.replace("&", "&&"))
            action.connect(
                "triggered(bool)",
                lambda _checked=False, segment_id=segment.segment_id: self.adding.addSegment(segment_id),
            )
        self.segmentMenu.enabled = bool(free)
