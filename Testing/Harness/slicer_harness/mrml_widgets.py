"""Stand-ins for the widgets that know the MRML scene: base widgets and the node selector."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Property, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QWidget

from slicer_harness.scene_watcher import SceneWatcher, scene_nodes
from slicer_harness.stand_in import stand_in, stored


class _SceneWidget(QWidget):
    """A widget that holds the scene."""

    mrmlSceneChanged = Signal(object)
    _scene: Any = None

    def setMRMLScene(self, scene: Any) -> None:
        if scene is not self._scene:
            self._scene = scene
            self.mrmlSceneChanged.emit(scene)


@stand_in
class qMRMLWidget(_SceneWidget):
    """Base of the widgets in the MRML library."""

    def mrmlScene(self) -> Any:
        return self._scene


@stand_in
class qSlicerWidget(_SceneWidget):
    """Base of the widgets of modules."""


@stand_in
class qMRMLScreenShotDialog(QDialog):
    """Names the parts of the window that a screenshot may show."""

    ThreeD, Red, Yellow, Green, FullLayout = range(5)


@stand_in
class qMRMLNodeComboBox(QWidget):
    """Chooses one node of given classes; follows the scene."""

    currentNodeChanged = Signal((object,), (bool,))
    currentNodeIDChanged = Signal(str)
    currentNodeRenamed = Signal(str)
    nodeActivated = Signal(object)
    nodeAdded = Signal(object)
    nodeAddedByUser = Signal(object)
    nodeAboutToBeEdited = Signal(object)
    nodeAboutToBeRemoved = Signal(object)
    _scene: Any = None
    _current: Any = None
    _current_tag = 0
    _shown_name = ""
    _combo: QComboBox | None = None
    _watcher: SceneWatcher | None = None
    _attributes: tuple[tuple[str, str, str | None], ...] = ()
    _labels: dict[str, str] = {}  # noqa: RUF012 - replaced, never changed in place

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._combo = QComboBox(self)
        self._combo.activated.connect(self._on_activated)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._combo)
        self._watcher = SceneWatcher(self, "_on_added", "_on_removed")
        self._show_nodes()

    # Settings

    def _refilter(self, _value: Any = None) -> None:
        if self._current is not None and not self._matches(self._current):
            self._select(None)
        self._select_first_if_needed()
        self._show_nodes()

    nodeTypes = stored("nodeTypes", "QStringList", [], applied=_refilter)
    hideChildNodeTypes = stored("hideChildNodeTypes", "QStringList", [], applied=_refilter)
    showHidden = stored("showHidden", bool, False, applied=_refilter)
    showChildNodeTypes = stored("showChildNodeTypes", bool, True, applied=_refilter)
    noneEnabled = stored("noneEnabled", bool, False, applied=_refilter)
    noneDisplay = stored("noneDisplay", str, "None", applied=_refilter)
    addEnabled = stored("addEnabled", bool, True, applied=_refilter)
    removeEnabled = stored("removeEnabled", bool, True, applied=_refilter)
    editEnabled = stored("editEnabled", bool, False)
    renameEnabled = stored("renameEnabled", bool, False, applied=_refilter)
    selectNodeUponCreation = stored("selectNodeUponCreation", bool, True)
    baseName = stored("baseName", str, "")
    interactionNodeSingletonTag = stored("interactionNodeSingletonTag", str, "")
    sizeAdjustPolicy = stored("sizeAdjustPolicy", int, 0)
    currentNodeID = Property(
        str,
        lambda self: self._current.GetID() if self._current else "",
        lambda self, node_id: self.setCurrentNode(node_id),
    )

    def addAttribute(self, node_type: str, attribute: str, value: str | None = None) -> None:
        wanted = None if value is None else str(value)
        self._attributes = (*self._attributes, (node_type, attribute, wanted))
        self._refilter()

    def removeAttribute(self, node_type: str, attribute: str) -> None:
        self._attributes = tuple(kept for kept in self._attributes if kept[:2] != (node_type, attribute))
        self._refilter()

    def setNodeTypeLabel(self, label: str, node_type: str) -> None:
        self._labels = {**self._labels, node_type: label}
        self._show_nodes()

    def nodeTypeLabel(self, node_type: str) -> str:
        if node_type in self._labels or self._scene is None:
            return self._labels.get(node_type, "Node")
        node = self._scene.CreateNodeByClass(node_type)
        if node is None:
            return "Node"
        node.UnRegister(None)
        return str(node.GetNodeTagName())

    # Nodes

    def mrmlScene(self) -> Any:
        return self._scene

    def setMRMLScene(self, scene: Any) -> None:
        if scene is self._scene:
            return
        self._scene = scene
        self._watcher.watch(scene)
        self._select(None)
        self._refilter()

    def _matches(self, node: Any) -> bool:
        if node is None or (node.GetHideFromEditors() and not self.showHidden):
            return False
        by_class = node.IsA if self.showChildNodeTypes else lambda name: node.GetClassName() == name
        if not any(by_class(name) for name in self.nodeTypes):
            return False
        if any(node.IsA(name) for name in self.hideChildNodeTypes):
            return False
        return all(_has_attribute(node, *wanted) for wanted in self._attributes)

    def _nodes(self) -> list[Any]:
        return [node for node in scene_nodes(self._scene) if self._matches(node)]

    def nodeCount(self) -> int:
        return len(self._nodes())

    def nodeFromIndex(self, index: int) -> Any:
        nodes = self._nodes()
        return nodes[index] if 0 <= index < len(nodes) else None

    def _on_added(self, node: Any) -> None:
        if self._matches(node):
            self._show_nodes()
            self.nodeAdded.emit(node)  # not selected: Slicer's own tests want it so

    def _on_removed(self, node: Any) -> None:
        if node is self._current:
            self._select(None)
            self._select_first_if_needed()
        self._show_nodes()

    # Choice

    def _select_first_if_needed(self) -> None:
        if self._current is None and not self.noneEnabled:
            self._select(self.nodeFromIndex(0))

    def _select(self, node: Any) -> None:
        if node is self._current:
            return
        if self._current is not None:
            self._current.RemoveObserver(self._current_tag)
        self._current = node
        if node is not None:
            self._shown_name = node.GetName() or ""
            self._current_tag = node.AddObserver("ModifiedEvent", self._on_modified)
        self._show_nodes()
        self.currentNodeChanged[object].emit(node)
        self.currentNodeChanged[bool].emit(node is not None)
        self.currentNodeIDChanged.emit(node.GetID() if node else "")

    def _on_modified(self, node: Any, _event: str) -> None:
        if node is self._current and (node.GetName() or "") != self._shown_name:
            self._shown_name = node.GetName() or ""
            self._show_nodes()
            self.currentNodeRenamed.emit(self._shown_name)

    def currentNode(self) -> Any:
        return self._current

    def setCurrentNode(self, node: Any) -> None:
        if isinstance(node, str):
            node = self._scene.GetNodeByID(node) if self._scene and node else None
        self._select(node if self._scene is not None and self._matches(node) else None)

    def setCurrentNodeID(self, node_id: str) -> None:
        self.setCurrentNode(node_id or "")

    def setCurrentNodeIndex(self, index: int) -> None:
        self.setCurrentNode(self.nodeFromIndex(index))

    def addNode(self, node_type: str = "") -> Any:
        node_type = node_type or self.nodeTypes[0]
        name = self._scene.GenerateUniqueName(self.baseName or self.nodeTypeLabel(node_type))
        node = self._scene.AddNewNodeByClass(node_type, name)
        if self.selectNodeUponCreation:
            self.setCurrentNode(node)
        self.nodeAddedByUser.emit(node)
        return node

    def removeCurrentNode(self) -> None:
        if self._current is not None:
            self.nodeAboutToBeRemoved.emit(self._current)
            self._scene.RemoveNode(self._current)

    # Appearance

    def _show_nodes(self) -> None:
        """Fill the drawn combo box: 'None', the nodes, then what can be done with them."""
        combo = self._combo
        if combo is None:
            return
        blocker = QSignalBlocker(combo)
        combo.clear()
        if self.noneEnabled:
            combo.addItem(self.noneDisplay, None)
        nodes = self._nodes()
        for node in nodes:
            combo.addItem(node.GetName() or "", node.GetID())
        label = self.nodeTypeLabel(self.nodeTypes[0]) if self.nodeTypes else "Node"
        for enabled, text in (
            (self.addEnabled and self.nodeTypes, f"Create new {label}"),
            (self.renameEnabled and self._current, f"Rename current {label}"),
            (self.removeEnabled and self._current, f"Delete current {label}"),
        ):
            if enabled:
                combo.addItem(text, text)
        combo.setPlaceholderText(f"Select a {label}")
        current = self._current.GetID() if self._current else None
        combo.setCurrentIndex(combo.findData(current) if current or self.noneEnabled else -1)
        blocker.unblock()

    def _on_activated(self, index: int) -> None:
        data = self._combo.itemData(index, Qt.ItemDataRole.UserRole)
        text = str(data)
        if text.startswith("Create new "):
            self.addNode()
        elif text.startswith("Delete current "):
            self.removeCurrentNode()
        elif not text.startswith("Rename current "):
            self.setCurrentNode(data or "")
            self.nodeActivated.emit(self._current)
        self._show_nodes()


def _has_attribute(node: Any, node_type: str, attribute: str, value: str | None) -> bool:
    if not node.IsA(node_type):
        return True
    found = node.GetAttribute(attribute)
    return found is not None and value in {None, found}


@stand_in
class qMRMLColorTableComboBox(qMRMLNodeComboBox):
    """Chooses a colour table."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.nodeTypes = ["vtkMRMLColorTableNode"]


@stand_in
class qMRMLCheckableNodeComboBox(qMRMLNodeComboBox):
    """Chooses any number of nodes."""

    checkedNodesChanged = Signal()
    _checked: tuple[str, ...] = ()

    def checkState(self, node: Any) -> Qt.CheckState:
        return Qt.CheckState.Checked if node.GetID() in self._checked else Qt.CheckState.Unchecked

    def setCheckState(self, node: Any, state: Any) -> None:
        others = tuple(node_id for node_id in self._checked if node_id != node.GetID())
        self._checked = (*others, node.GetID()) if state == Qt.CheckState.Checked else others
        self.checkedNodesChanged.emit()

    def check(self, node: Any) -> None:
        self.setCheckState(node, Qt.CheckState.Checked)

    def uncheck(self, node: Any) -> None:
        self.setCheckState(node, Qt.CheckState.Unchecked)

    def checkedNodes(self) -> tuple[Any, ...]:
        return tuple(node for node in self._nodes() if node.GetID() in self._checked)

    def uncheckedNodes(self) -> tuple[Any, ...]:
        return tuple(node for node in self._nodes() if node.GetID() not in self._checked)

    def allChecked(self) -> bool:
        return not self.uncheckedNodes()

    def noneChecked(self) -> bool:
        return not self.checkedNodes()
