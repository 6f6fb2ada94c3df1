"""Stand-ins for the widgets of segmentations."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Property, QItemSelection, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from slicer_harness.ctk_buttons import ctkMenuButton
from slicer_harness.mrml_widgets import qMRMLNodeComboBox, qMRMLWidget
from slicer_harness.stand_in import stand_in, stored


def segment_ids(segmentation_node: Any) -> tuple[str, ...]:
    """Return the identifiers of the segments of a vtkMRMLSegmentationNode, none for None.

    A tuple, as everything that PythonQt makes of a list of C++.
    """
    return tuple(segmentation_node.GetSegmentation().GetSegmentIDs()) if segmentation_node else ()


def _segment_name(segmentation_node: Any, segment_id: str) -> str:
    return str(segmentation_node.GetSegmentation().GetSegment(segment_id).GetName())


@stand_in
class qMRMLSegmentSelectorWidget(qMRMLWidget):
    """Chooses a segmentation and one of its segments."""

    currentNodeChanged = Signal(object)
    currentSegmentChanged = Signal(str)
    segmentSelectionChanged = Signal("QStringList")
    nodeAboutToBeEdited = Signal(object)
    _nodes: qMRMLNodeComboBox | None = None
    _segments: QComboBox | None = None
    _segment = ""
    _selected: tuple[str, ...] = ()
    _observed: tuple[Any, int] | None = None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._nodes = qMRMLNodeComboBox(self)
        self._nodes.nodeTypes = ["vtkMRMLSegmentationNode"]
        self._nodes.noneEnabled = True
        self._nodes.addEnabled = False
        self._nodes.currentNodeChanged.connect(self._on_node)
        self._segments = QComboBox(self)
        self._segments.activated.connect(self._on_activated)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._nodes)
        layout.addWidget(self._segments)

    noneEnabled = stored("noneEnabled", bool, False, applied=lambda self, _value: self._show_segments())
    editEnabled = stored("editEnabled", bool, False)
    multiSelection = stored("multiSelection", bool, False)
    horizontalLayout = stored("horizontalLayout", bool, False)
    selectNodeUponCreation = stored("selectNodeUponCreation", bool, True)
    segmentationNodeSelectorVisible = stored(
        "segmentationNodeSelectorVisible", bool, True, applied=lambda self, shown: self._nodes.setVisible(shown)
    )

    def setMRMLScene(self, scene: Any) -> None:
        super().setMRMLScene(scene)
        self._nodes.setMRMLScene(scene)

    def _on_node(self, node: Any) -> None:
        if self._observed is not None:
            self._observed[0].RemoveObserver(self._observed[1])
        self._observed = None
        if node is not None:
            segmentation = node.GetSegmentation()
            tag = segmentation.AddObserver("AnyEvent", lambda *_: self._on_segmentation())
            self._observed = (segmentation, tag)
        self.currentNodeChanged.emit(node)
        first = "" if self.noneEnabled else next(iter(segment_ids(node)), "")
        self._segment = first
        self._show_segments()
        self.currentSegmentChanged.emit(first)

    def _on_segmentation(self) -> None:
        if self._segment and self._segment not in self.segmentIDs():
            self.setCurrentSegmentID("")
        self._show_segments()

    def _show_segments(self) -> None:
        combo = self._segments
        if combo is None:
            return
        blocker = QSignalBlocker(combo)
        combo.clear()
        if self.noneEnabled:
            combo.addItem("None", "")
        for segment_id in self.segmentIDs():
            combo.addItem(_segment_name(self.currentNode(), segment_id), segment_id)
        combo.setPlaceholderText("Select a segment")
        combo.setCurrentIndex(combo.findData(self._segment))
        blocker.unblock()

    def _on_activated(self, index: int) -> None:
        self.setCurrentSegmentID(self._segments.itemData(index))

    def currentNode(self) -> Any:
        return self._nodes.currentNode()

    def currentNodeID(self) -> str:
        return str(self._nodes.currentNodeID)

    def setCurrentNode(self, node: Any) -> None:
        self._nodes.setCurrentNode(node)

    def setCurrentNodeID(self, node_id: str) -> None:
        self._nodes.setCurrentNodeID(node_id)

    def segmentIDs(self) -> tuple[str, ...]:
        return segment_ids(self.currentNode())

    def currentSegmentID(self) -> str:
        return self._segment

    def setCurrentSegmentID(self, segment_id: str) -> None:
        if segment_id != self._segment and (not segment_id or segment_id in self.segmentIDs()):
            self._segment = segment_id
            self._show_segments()
            self.currentSegmentChanged.emit(segment_id)

    def selectedSegmentIDs(self) -> tuple[str, ...]:
        return self._selected

    def setSelectedSegmentIDs(self, chosen: list[str]) -> None:
        self._selected = tuple(chosen)
        self.segmentSelectionChanged.emit(list(chosen))


@stand_in
class qMRMLSegmentsTableView(qMRMLWidget):
    """Lists the segments of a segmentation (names only)."""

    selectionChanged = Signal(QItemSelection, QItemSelection)
    _table: QTableWidget | None = None
    _node: Any = None
    _tag = 0

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = QTableWidget(0, 1, self)
        self._table.setHorizontalHeaderLabels(["Name"])
        self._table.horizontalHeader().setStretchLastSection(True)
        self._table.verticalHeader().setVisible(False)
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.selectionModel().selectionChanged.connect(self.selectionChanged)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._table)

    headerVisible = stored("headerVisible", bool, True)
    filterBarVisible = stored("filterBarVisible", bool, False)
    visibilityColumnVisible = stored("visibilityColumnVisible", bool, True)
    colorColumnVisible = stored("colorColumnVisible", bool, True)
    opacityColumnVisible = stored("opacityColumnVisible", bool, True)
    statusColumnVisible = stored("statusColumnVisible", bool, False)
    layerColumnVisible = stored("layerColumnVisible", bool, False)
    jumpToSelectedSegmentEnabled = stored("jumpToSelectedSegmentEnabled", bool, False)
    readOnly = stored("readOnly", bool, False)
    selectionMode = stored("selectionMode", int, 3)
    segmentCount = Property(int, lambda self: len(segment_ids(self._node)))

    def tableWidget(self) -> QTableWidget | None:
        return self._table

    def segmentationNode(self) -> Any:
        return self._node

    def setSegmentationNode(self, node: Any) -> None:
        if self._node is not None:
            self._node.GetSegmentation().RemoveObserver(self._tag)
        self._node = node
        if node is not None:
            self._tag = node.GetSegmentation().AddObserver("AnyEvent", lambda *_: self._show_segments())
        self._show_segments()

    def _show_segments(self) -> None:
        identifiers = segment_ids(self._node)
        if identifiers == tuple(self.segmentIDForRow(row) for row in range(self._table.rowCount)):
            return
        self._table.setRowCount(len(identifiers))
        for row, segment_id in enumerate(identifiers):
            item = QTableWidgetItem(_segment_name(self._node, segment_id))
            item.setData(Qt.ItemDataRole.UserRole, segment_id)
            self._table.setItem(row, 0, item)

    def segmentIDForRow(self, row: int) -> str:
        item = self._table.item(row, 0)
        return str(item.data(Qt.ItemDataRole.UserRole)) if item else ""

    def rowForSegmentID(self, segment_id: str) -> int:
        identifiers = segment_ids(self._node)
        return identifiers.index(segment_id) if segment_id in identifiers else -1

    def displayedSegmentIDs(self) -> tuple[str, ...]:
        return segment_ids(self._node)

    def selectedSegmentIDs(self) -> tuple[str, ...]:
        rows = sorted({index.row() for index in self._table.selectedIndexes()})
        return tuple(self.segmentIDForRow(row) for row in rows)

    def setSelectedSegmentIDs(self, chosen: list[str]) -> None:
        self.clearSelection()
        mode = self._table.selectionMode
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.MultiSelection)
        for segment_id in chosen:
            self._table.selectRow(self.rowForSegmentID(segment_id))
        self._table.setSelectionMode(mode)

    def clearSelection(self) -> None:
        self._table.clearSelection()


@stand_in
class qMRMLSegmentationShow3DButton(ctkMenuButton):
    """Shows the closed surfaces of a segmentation."""

    locked = stored("locked", bool, False)
    _node: Any = None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Show 3D", parent)
        self.setCheckable(True)
        self.toggled.connect(self._on_toggled)

    def segmentationNode(self) -> Any:
        return self._node

    def setSegmentationNode(self, node: Any) -> None:
        self._node = node

    def _on_toggled(self, shown: bool) -> None:
        if self._node is None:
            return
        if shown:
            self._node.CreateClosedSurfaceRepresentation()
        else:
            self._node.RemoveClosedSurfaceRepresentation()
