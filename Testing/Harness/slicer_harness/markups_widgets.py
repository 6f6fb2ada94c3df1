"""Stand-ins for the widgets of markups: place points, list them."""

from __future__ import annotations

from typing import Any

import slicer
from PySide6.QtCore import Property, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QTableWidget, QTableWidgetItem, QToolButton, QVBoxLayout, QWidget

from slicer_harness.mrml_widgets import qMRMLNodeComboBox, qSlicerWidget
from slicer_harness.stand_in import stand_in, stored


@stand_in
class qSlicerMarkupsPlaceWidget(qSlicerWidget):
    """Turns the mode on and off in which clicks in a view place points of a markup."""

    activeMarkupsPlaceModeChanged = Signal(bool)
    activeMarkupsFiducialPlaceModeChanged = Signal(bool)
    ShowPlaceMultipleMarkupsOption, HidePlaceMultipleMarkupsOption = 0, 1
    ForcePlaceSingleMarkup, ForcePlaceMultipleMarkups = 2, 3
    _node: Any = None
    _place: QToolButton | None = None
    _delete: QToolButton | None = None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place, self._delete = QToolButton(self), QToolButton(self)
        self._place.setText("Place")
        self._place.setCheckable(True)
        self._place.toggled.connect(self.setPlaceModeEnabled)
        self._delete.setText("Delete")
        self._delete.clicked.connect(self.deleteLastPoint)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._place)
        layout.addWidget(self._delete)
        layout.addStretch(1)

    buttonsVisible = stored(
        "buttonsVisible",
        bool,
        True,
        applied=lambda self, shown: [button.setVisible(shown) for button in (self._place, self._delete)],
    )
    placeMultipleMarkups = stored("placeMultipleMarkups", int, 0)
    defaultNodeColor = stored("defaultNodeColor", QColor, QColor(255, 0, 0))
    deleteAllControlPointsOptionVisible = stored("deleteAllControlPointsOptionVisible", bool, True)
    unsetLastControlPointOptionVisible = stored("unsetLastControlPointOptionVisible", bool, False)

    def placeButton(self) -> QToolButton | None:
        return self._place

    def deleteButton(self) -> QToolButton | None:
        return self._delete

    def currentNode(self) -> Any:
        return self._node

    def currentMarkupsNode(self) -> Any:
        return self._node

    def setCurrentNode(self, node: Any) -> None:
        self._node = node

    def interactionNode(self) -> Any:
        return slicer.mrmlScene.GetNodeByID("vtkMRMLInteractionNodeSingleton")

    def selectionNode(self) -> Any:
        return slicer.mrmlScene.GetNodeByID("vtkMRMLSelectionNodeSingleton")

    def setCurrentNodeActive(self, active: bool = True) -> None:
        if active and self._node is not None:
            slicer.modules.markups.logic().SetActiveList(self._node)

    def _is_placing(self) -> bool:
        interaction = self.interactionNode()
        active = self.selectionNode().GetActivePlaceNodeID()
        mine = self._node is not None and active == self._node.GetID()
        return bool(mine and interaction.GetCurrentInteractionMode() == interaction.Place)

    def setPlaceModeEnabled(self, placing: bool) -> None:
        if self._node is None or placing == self._is_placing():
            return
        interaction = self.interactionNode()
        self.setCurrentNodeActive(placing)
        interaction.SetCurrentInteractionMode(interaction.Place if placing else interaction.ViewTransform)
        self._place.setChecked(placing)
        self.activeMarkupsPlaceModeChanged.emit(placing)
        self.activeMarkupsFiducialPlaceModeChanged.emit(placing)

    def setPlaceModePersistency(self, persistent: bool) -> None:
        self.interactionNode().SetPlaceModePersistence(int(persistent))

    placeModeEnabled = Property(bool, _is_placing, setPlaceModeEnabled)
    placeModePersistency = Property(
        bool, lambda self: bool(self.interactionNode().GetPlaceModePersistence()), setPlaceModePersistency
    )

    def deleteLastPoint(self) -> None:
        if self._node is not None and self._node.GetNumberOfControlPoints():
            self._node.RemoveNthControlPoint(self._node.GetNumberOfControlPoints() - 1)

    def deleteAllPoints(self) -> None:
        if self._node is not None:
            self._node.RemoveAllControlPoints()


@stand_in
class qSlicerSimpleMarkupsWidget(qSlicerWidget):
    """A markup selector with buttons and a table of points."""

    markupsNodeChanged = Signal()
    markupsFiducialNodeChanged = Signal()
    updateFinished = Signal()
    _selector: qMRMLNodeComboBox | None = None
    _place: qSlicerMarkupsPlaceWidget | None = None
    _table: QTableWidget | None = None
    _observed: tuple[Any, int] | None = None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._selector = qMRMLNodeComboBox(self)
        self._selector.nodeTypes = ["vtkMRMLMarkupsFiducialNode"]
        self._selector.noneEnabled = True
        self._selector.currentNodeChanged.connect(self._on_node)
        self._place = qSlicerMarkupsPlaceWidget(self)
        self._table = QTableWidget(0, 4, self)
        self._table.setHorizontalHeaderLabels(["Label", "R", "A", "S"])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for part in (self._selector, self._place, self._table):
            layout.addWidget(part)

    nodeSelectorVisible = stored(
        "nodeSelectorVisible", bool, True, applied=lambda self, shown: self._selector.setVisible(shown)
    )
    optionsVisible = stored("optionsVisible", bool, True)
    jumpToSliceEnabled = stored("jumpToSliceEnabled", bool, False)
    enterPlaceModeOnNodeChange = stored("enterPlaceModeOnNodeChange", bool, True)

    def setMRMLScene(self, scene: Any) -> None:
        super().setMRMLScene(scene)
        for part in (self._selector, self._place):
            part.setMRMLScene(scene)

    def markupsPlaceWidget(self) -> qSlicerMarkupsPlaceWidget | None:
        return self._place

    def markupsSelectorComboBox(self) -> qMRMLNodeComboBox | None:
        return self._selector

    def tableWidget(self) -> QTableWidget | None:
        return self._table

    def currentNode(self) -> Any:
        return self._selector.currentNode()

    def setCurrentNode(self, node: Any) -> None:
        self._selector.setCurrentNode(node)

    def _on_node(self, node: Any) -> None:
        if self._observed is not None:
            self._observed[0].RemoveObserver(self._observed[1])
        self._observed = (node, node.AddObserver("AnyEvent", lambda *_: self._show_points())) if node else None
        self._place.setCurrentNode(node)
        self._show_points()
        self.markupsNodeChanged.emit()

    def _show_points(self) -> None:
        node = self.currentNode()
        count = node.GetNumberOfControlPoints() if node else 0
        self._table.setRowCount(count)
        for row in range(count):
            position = node.GetNthControlPointPosition(row)
            texts = [node.GetNthControlPointLabel(row), *(f"{value:.1f}" for value in position)]
            for column, text in enumerate(texts):
                self._table.setItem(row, column, QTableWidgetItem(text))
        self.updateFinished.emit()
