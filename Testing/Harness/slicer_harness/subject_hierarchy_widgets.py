"""Stand-ins for the subject hierarchy's tree and combo box: a flat list of the nodes, no folders or plugins."""

from __future__ import annotations

from typing import Any

import slicer
from PySide6.QtCore import QItemSelectionModel, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QTreeView, QWidget

from slicer_harness.ctk_buttons import ctkComboBox
from slicer_harness.scene_watcher import SceneWatcher, scene_nodes
from slicer_harness.stand_in import stand_in, stored


def hierarchy_of(scene: Any) -> Any:
    """Return the subject hierarchy node of a scene."""
    return slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene) if scene else None


class _HierarchyItems:
    """What both widgets know: the scene, the nodes wanted and the item chosen."""

    _scene: Any = None
    _watcher: SceneWatcher | None = None
    _item = 0

    def mrmlScene(self) -> Any:
        return self._scene

    def setMRMLScene(self, scene: Any) -> None:
        self._scene = scene
        self._watcher.watch(scene)
        self._show_items()

    def subjectHierarchyNode(self) -> Any:
        return hierarchy_of(self._scene)

    def currentItem(self) -> int:
        return self._item

    def currentNode(self) -> Any:
        return self.subjectHierarchyNode().GetItemDataNode(self._item) if self._item else None

    def setCurrentNode(self, node: Any) -> None:
        self.setCurrentItem(self.subjectHierarchyNode().GetItemByDataNode(node) if node is not None else 0)

    def setCurrentItem(self, item: int) -> None:
        if item != self._item:
            self._item = item
            self._show_choice()
            self._announce()

    def _listed(self) -> list[Any]:
        wanted = self.nodeTypes
        nodes = scene_nodes(self._scene)
        return [
            node
            for node in nodes
            if hierarchy_of(self._scene).GetItemByDataNode(node)
            and (not wanted or any(node.IsA(name) for name in wanted))
        ]

    def _on_added(self, _node: Any) -> None:
        self._show_items()

    def _on_removed(self, _node: Any) -> None:
        if self._item and self.currentNode() is None:
            self.setCurrentItem(0)
        self._show_items()

    def _show_items(self) -> None:
        raise NotImplementedError

    def _show_choice(self) -> None:
        raise NotImplementedError

    def _announce(self) -> None:
        raise NotImplementedError


@stand_in
class qMRMLSubjectHierarchyTreeView(_HierarchyItems, QTreeView):
    """The data tree."""

    currentItemChanged = Signal("qlonglong")
    currentItemsChanged = Signal("QVariantList")
    currentItemModified = Signal("qlonglong")
    currentNodeChanged = Signal(object)
    nodeAddedByUser = Signal(object)
    _model: QStandardItemModel | None = None

    def __init__(self, parent: QWidget | None = None) -> None:
        QTreeView.__init__(self, parent)
        self._model = QStandardItemModel(self)
        self._model.setHorizontalHeaderLabels(["Node"])
        self.setModel(self._model)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.selectionModel().selectionChanged.connect(self._on_selection)
        self._watcher = SceneWatcher(self, "_on_added", "_on_removed")

    nodeTypes = stored("nodeTypes", "QStringList", [], applied=lambda self, _names: self._show_items())
    multiSelection = stored("multiSelection", bool, False)
    noneEnabled = stored("noneEnabled", bool, False)
    contextMenuEnabled = stored("contextMenuEnabled", bool, True)
    editMenuActionVisible = stored("editMenuActionVisible", bool, True)
    addNodeMenuActionVisible = stored("addNodeMenuActionVisible", bool, False)
    idColumnVisible = stored("idColumnVisible", bool, True)
    transformColumnVisible = stored("transformColumnVisible", bool, True)
    visibilityColumnVisible = stored("visibilityColumnVisible", bool, True)
    colorColumnVisible = stored("colorColumnVisible", bool, True)
    descriptionColumnVisible = stored("descriptionColumnVisible", bool, False)

    def model(self) -> QStandardItemModel | None:
        return self._model

    def displayedItemCount(self) -> int:
        return len(self._listed())

    def _show_items(self) -> None:
        blocker = QSignalBlocker(self.selectionModel())
        self._model.removeRows(0, self._model.rowCount())
        for node in self._listed():
            entry = QStandardItem(node.GetName())
            entry.setData(hierarchy_of(self._scene).GetItemByDataNode(node), Qt.ItemDataRole.UserRole)
            self._model.appendRow(entry)
        blocker.unblock()
        self._show_choice()

    def _show_choice(self) -> None:
        blocker = QSignalBlocker(self.selectionModel())
        self.selectionModel().clear()
        for row in range(self._model.rowCount()):
            index = self._model.index(row, 0)
            if index.data(Qt.ItemDataRole.UserRole) == self._item:
                flag = QItemSelectionModel.SelectionFlag
                self.selectionModel().setCurrentIndex(index, flag.ClearAndSelect | flag.Rows)
        blocker.unblock()

    def _on_selection(self) -> None:
        chosen = self.selectionModel().selectedIndexes()
        self.setCurrentItem(chosen[0].data(Qt.ItemDataRole.UserRole) if chosen else 0)

    def clearSelection(self) -> None:
        self.setCurrentItem(0)

    def _announce(self) -> None:
        self.currentItemChanged.emit(self._item)
        self.currentNodeChanged.emit(self.currentNode())


@stand_in
class qMRMLSubjectHierarchyComboBox(_HierarchyItems, ctkComboBox):
    """The data tree in a combo box."""

    currentItemChanged = Signal("qlonglong")
    currentItemModified = Signal("qlonglong")

    def __init__(self, parent: QWidget | None = None) -> None:
        ctkComboBox.__init__(self, parent)
        self._watcher = SceneWatcher(self, "_on_added", "_on_removed")
        self.activated.connect(lambda row: self.setCurrentItem(self.itemData(row)))

    nodeTypes = stored("nodeTypes", "QStringList", [], applied=lambda self, _names: self._show_items())
    noneEnabled = stored("noneEnabled", bool, False)
    noneDisplay = stored("noneDisplay", str, "None")
    showRootItem = stored("showRootItem", bool, False)

    def clearSelection(self) -> None:
        self.setCurrentItem(0)

    def _show_items(self) -> None:
        blocker = QSignalBlocker(self)
        self.clear()
        for node in self._listed():
            self.addItem(node.GetName(), hierarchy_of(self._scene).GetItemByDataNode(node))
        blocker.unblock()
        self._show_choice()

    def _show_choice(self) -> None:
        blocker = QSignalBlocker(self)
        self.setCurrentIndex(self.findData(self._item) if self._item else -1)
        blocker.unblock()

    def _announce(self) -> None:
        self.currentItemChanged.emit(self._item)
