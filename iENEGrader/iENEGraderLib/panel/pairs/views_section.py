"""Arrangements of views: three planes, along a vessel, and several volumes side by side."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import qt
import slicer
import vtk
from HeadNeckNodesLib.widgets.later import done_later
from HeadNeckNodesLib.widgets.layouts import heading, row_of, tight, tool_button
from slicer.i18n import tr as _
from slicer.util import VTKObservationMixin

from iENEGraderLib.panel.widgets.offer_box import OfferBox
from iENEGraderLib.scene.compare_views import comparable_volumes, compare, show_in_view
from iENEGraderLib.scene.layouts import MOST_COMPARED, Layout, compare_views, current_layout, show_layout

if TYPE_CHECKING:
    from collections.abc import Callable

COMPARED = "ComparedVolume"
"""References of the parameter node to the volumes, one for each view: Compared volume 1, 2 ..."""
LEAST = 2
COLUMNS = 2
LATER_MS = 100


class ViewsSection(qt.QWidget):
    """Chooses what the views show. Which volumes are compared is kept in the module's parameter node.

    Parameters
    ----------
    parameter_node : returns the module's parameter node (vtkMRMLScriptedModuleNode).
    on_vessel : called when the layout along a vessel was chosen.
    """

    def __init__(self, parameter_node: Callable[[], Any], on_vessel: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self._parameterNode = parameter_node
        self._onVessel = on_vessel
        self.planesButton = tool_button(
            _("3 planes"), _("Axial, coronal and sagittal view"), partial(self.show_layout, Layout.READING)
        )
        self.vesselButton = tool_button(
            _("along vessel"), _("A view across the vessel, and the angle along it"), self.showAlongVessel
        )
        self.compareButton = tool_button(
            _("compare ▾"), _("Two to six volumes side by side, linked; transforms are respected"), self.askForNumber
        )
        self.numberMenu = qt.QMenu(self.compareButton)
        self.boxes = [OfferBox(partial(self._onVolume, at)) for at in range(MOST_COMPARED)]
        self.chooser = qt.QWidget()
        self._watcher = VTKObservationMixin()
        self._later = done_later(LATER_MS, self.refresh)
        self._build()
        scene = slicer.mrmlScene
        for event in (scene.NodeAddedEvent, scene.NodeRemovedEvent, scene.EndBatchProcessEvent):
            self._watcher.addObserver(scene, event, self._onScene)
        self.refresh()

    def _build(self) -> None:
        for number in range(LEAST, MOST_COMPARED + 1):
            action = self.numberMenu.addAction(_("{number} volumes").format(number=number))
            action.connect("triggered(bool)", lambda _checked=False, number=number: self.compareVolumes(number))
        layout = tight(qt.QVBoxLayout(self))
        buttons = (self.planesButton, self.vesselButton, self.compareButton)
        for button in buttons:
            button.checkable = True
        layout.addLayout(row_of(heading(_("Views")), *buttons))
        grid = tight(qt.QGridLayout(self.chooser))
        for at, box in enumerate(self.boxes):
            box.toolTip = _("Volume in view {number}").format(number=at + 1)
            box.setAccessibleName(box.toolTip)
            grid.addWidget(qt.QLabel(str(at + 1)), at // COLUMNS, 2 * (at % COLUMNS))
            grid.addWidget(box, at // COLUMNS, 2 * (at % COLUMNS) + 1)
        for column in range(COLUMNS):
            grid.setColumnStretch(2 * column + 1, 1)
        layout.addWidget(self.chooser)

    def show_layout(self, layout: Layout) -> None:
        """Arrange the views."""
        show_layout(layout)
        self.refresh()

    def showAlongVessel(self) -> None:
        """Show the layout along a vessel, and let the section of the vessel be found."""
        self.show_layout(Layout.ALONG_VESSEL)
        self._onVessel()

    def askForNumber(self) -> None:
        """Ask how many volumes to compare."""
        self.refresh()  # a click has checked the button, and nothing may be chosen
        self.numberMenu.popup(self.compareButton.mapToGlobal(qt.QPoint(0, self.compareButton.height)))

    def compareVolumes(self, number: int) -> None:
        """Show so many volumes side by side: those chosen before, else those of the scene in their order."""
        known = self._chosen(number)
        others = [each for each in comparable_volumes() if each not in known]
        volumes = [each or (others.pop(0) if others else None) for each in known]
        for at, volume in enumerate(volumes):
            self._remember(at, volume)
        compare(volumes)
        self.refresh()

    def refresh(self, *_: object) -> None:
        """Offer the volumes that there are, for as many views as are compared."""
        if slicer.mrmlScene.IsBatchProcessing() or slicer.mrmlScene.IsClosing():
            return
        self._watchLayout()
        number = _compared()
        self.planesButton.checked = current_layout() is Layout.READING
        self.vesselButton.checked = current_layout() is Layout.ALONG_VESSEL
        self.compareButton.checked = number > 0
        self.chooser.visible = number > 0
        for at, box in enumerate(self.boxes):
            self._cell(at).visible = box.visible = at < number
        if number:
            self._offerVolumes(number)

    def _offerVolumes(self, number: int) -> None:
        volumes = comparable_volumes()
        choices = [("", "–"), *((each.GetID(), each.GetName()) for each in volumes)]
        for box, volume in zip(self.boxes, self._chosen(number), strict=False):
            box.offer(choices)
            box.showKey("" if volume not in volumes else volume.GetID())

    def close(self) -> None:
        """Stop observing the scene."""
        self._later.stop()
        self._watcher.removeObservers()

    def _onScene(self, *_: object) -> None:
        """A node came or went. New volumes have neither voxels nor their last name yet: look once more."""
        self.refresh()
        self._later.start()

    def _watchLayout(self) -> None:
        """Follow layouts that are chosen elsewhere."""
        node = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLLayoutNode")
        if node is not None and not self._watcher.hasObserver(node, vtk.vtkCommand.ModifiedEvent, self.refresh):
            self._watcher.addObserver(node, vtk.vtkCommand.ModifiedEvent, self.refresh)

    def _cell(self, at: int) -> qt.QWidget:
        """Return the number in front of a box."""
        return self.chooser.layout().itemAtPosition(at // COLUMNS, 2 * (at % COLUMNS)).widget()

    def _onVolume(self, at: int, node_id: str) -> None:
        volume = slicer.mrmlScene.GetNodeByID(node_id) if node_id else None
        self._remember(at, volume)
        show_in_view(compare_views(_compared())[at], volume)

    def _chosen(self, number: int) -> list[Any]:
        node = self._parameterNode()
        return [node.GetNodeReference(f"{COMPARED}{at + 1}") for at in range(number)]

    def _remember(self, at: int, volume: Any) -> None:
        self._parameterNode().SetNodeReferenceID(f"{COMPARED}{at + 1}", None if volume is None else volume.GetID())


def _compared() -> int:
    """Return how many views are compared; 0 in another layout."""
    layout = current_layout()
    return 0 if layout is None or layout < Layout.COMPARE_2 else layout - Layout.COMPARE_2 + LEAST
