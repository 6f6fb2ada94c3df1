"""Spectral CT: inputs, a slider for the energy, maps, and values of regions that can be kept as evidence."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import ctk
import qt
import slicer
import vtk
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.widgets.layouts import row_of, tight, tool_button, wrapped_label
from slicer.i18n import tr as _
from slicer.util import VTKObservationMixin

from iENEGraderLib.panel.spectral.energy_slider import EnergySlider
from iENEGraderLib.panel.spectral.input_rows import InputRows
from iENEGraderLib.panel.spectral.overlay_row import OverlayRow
from iENEGraderLib.panel.spectral.regions_part import RegionHost, RegionsPart
from iENEGraderLib.panel.spectral.spectral_maps import SpectralMaps
from iENEGraderLib.spectral import MapKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from iENEGraderLib.panel.session.reading_session import ReadingSession
    from iENEGraderLib.reading import Node
    from iENEGraderLib.scene.segmented_scene import SegmentedScene


LATER_MS = 100


class SpectralSection(qt.QWidget):
    """Shows one examination at any energy, its iodine and its fat, and measures them.

    Parameters
    ----------
    session : the reading that is shown.
    edit : applies an edit under a label.
    segments : what is segmented in the scene.
    parameter_node : returns the module's parameter node, which keeps the choice of inputs.
    """

    def __init__(
        self,
        session: ReadingSession,
        edit: Callable[..., None],
        segments: SegmentedScene,
        parameter_node: Callable[[], Any],
    ) -> None:
        super().__init__()
        self._watcher = VTKObservationMixin()
        self._later = qt.QTimer()
        self._state = ""
        self.maps: SpectralMaps | None = None
        self.fold = ctk.ctkCollapsibleButton()
        self.inputs = InputRows(parameter_node, self._onInputs)
        self.useButton = self._button(
            _("Use"), _("Check the volumes and show them at the energy chosen below"), self.use
        )
        self.summary = wrapped_label()
        self.energy = EnergySlider(self._onMoving, self._onSettled)
        self.overlay = OverlayRow(self._onOverlay)
        self.mapButtons = {
            kind: self._button(text, tip, partial(self.showMap, kind))
            for kind, text, tip in (
                (MapKind.MONOCHROMATIC, _("energy"), _("The energy of the slider in the three planes")),
                (MapKind.IODINE, _("iodine"), _("Iodine in mg/mL in the three planes")),
                (MapKind.FAT_FRACTION, _("fat"), _("Fat fraction in the three planes")),
                (MapKind.NON_CONTRAST, "VNC", _("Virtual non-contrast in HU in the three planes")),
            )
        }
        self.compareButton = self._button(
            _("compare"), _("70, 50 and 40 keV, conventional CT, iodine and fat side by side, linked"), self.compare
        )
        self.resolutionButton = self._button(
            _("usual resolution"), _("For teaching: beside it what 0.45 mm pixels and 3 mm sections would show"),
            self.showResolution,
        )  # fmt: skip
        self.regions = RegionsPart(session, edit, segments, RegionHost(lambda: self.maps, self._tried, self._say))
        self.controls = qt.QWidget()
        self._build()

    def _build(self) -> None:
        self.fold.text = _("Spectral")
        self.fold.collapsed = True
        self.fold.connect("contentsCollapsed(bool)", lambda _collapsed: self.refresh())
        tight(qt.QVBoxLayout(self)).addWidget(self.fold)
        layout = tight(qt.QVBoxLayout(self.fold))
        layout.setContentsMargins(8, 2, 2, 4)
        layout.addWidget(self.inputs)
        layout.addLayout(row_of(qt.QLabel(), self.useButton, stretched=0))
        self.summary.setTextFormat(qt.Qt.PlainText)
        layout.addWidget(self.summary)
        layout.addWidget(self.controls)
        inside = tight(qt.QVBoxLayout(self.controls))
        inside.addWidget(self.energy)
        inside.addLayout(row_of(qt.QLabel(_("Show")), *self.mapButtons.values(), self.compareButton))
        inside.addWidget(self.overlay)
        inside.addWidget(self.regions)
        inside.addLayout(row_of(qt.QLabel(_("Teaching")), self.resolutionButton))
        self._later.setSingleShot(True)
        self._later.setInterval(LATER_MS)
        self._later.connect("timeout()", self._onVolumes)
        scene = slicer.mrmlScene
        for event in (scene.NodeAddedEvent, scene.NodeRemovedEvent):
            self._watcher.addObserver(scene, event, self._onScene)
        self._showState()

    def showNode(self, node: Node | None) -> None:
        """Let the curve be of this node."""
        self.regions.showNode(node)

    def refresh(self) -> None:
        """Offer the volumes that there are now, when the section is folded out."""
        if not self.fold.collapsed:
            self.inputs.refresh()

    def leave(self) -> None:
        """Bring the volume to one energy; called when the user leaves the module."""
        self.energy.leave()

    def close(self) -> None:
        """Let go of the scene."""
        self._later.stop()
        self._watcher.removeObservers()
        self.maps = None

    def use(self) -> None:
        """Check the chosen volumes, and show them at the energy of the slider."""
        self._forget()
        self.inputs.refresh()
        with slicer.util.WaitCursor():
            self.maps = SpectralMaps(self.inputs.choices, self.energy.kev)
        self._watchCursor()
        data = self.maps.data
        names = _(" and ").join(channel.name for channel in data.channels)
        self._showState("; ".join([_("Maps from {names}").format(names=names), *data.warnings]))

    def showMap(self, kind: MapKind) -> None:
        """Show a map, or the energy of the slider, in the three planes."""
        assert self.maps is not None
        with slicer.util.WaitCursor():
            if kind is MapKind.MONOCHROMATIC:
                self.maps.show_energy()
            else:
                self.maps.show_map(kind)
        self._layOver()

    def compare(self) -> None:
        """Show energies and maps side by side."""
        assert self.maps is not None
        with slicer.util.WaitCursor():
            has_conventional = self.maps.compare()
        self._layOver()
        if not has_conventional:
            self._say(_("No volume of the scene is known as conventional CT: its view is empty"))

    def showResolution(self) -> None:
        """Show a simulation of usual resolution beside the image."""
        assert self.maps is not None
        with slicer.util.WaitCursor():
            self.maps.show_normal_resolution()

    def _onInputs(self) -> None:
        """Other inputs: what was made of the former ones stays in the scene, and is no longer followed."""
        self._forget()
        self._showState(_("Press Use when all is as it should be"))

    def _onMoving(self, kev: float) -> None:
        if self.maps is not None:
            self._tried(partial(self.maps.move, kev))

    def _onSettled(self) -> None:
        if self.maps is not None:
            self._tried(self.maps.settle)

    def _onOverlay(self) -> None:
        self._tried(self._layOver)

    def _layOver(self) -> None:
        if self.maps is not None:
            views = self.maps.overlay(self.overlay.kind, self.overlay.setting)
            if self.overlay.kind is not None and not views:
                self._say(_("No view shows an image that the map can lie over: press 'energy' or 'compare'"))

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def _onScene(self, _scene: Any, _event: str, node: Any) -> None:
        """A volume came or went; a new one has neither voxels nor its last name yet."""
        if node.IsA("vtkMRMLScalarVolumeNode"):
            self._later.start()

    def _onVolumes(self) -> None:
        if slicer.mrmlScene.IsBatchProcessing() or slicer.mrmlScene.IsClosing():
            self._later.start()
            return
        if self.maps is not None and not self.maps.has_inputs:
            self._forget()
            self._showState()
        self.refresh()

    def _watchCursor(self) -> None:
        crosshair = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLCrosshairNode")
        event = slicer.vtkMRMLCrosshairNode.CursorPositionModifiedEvent
        if crosshair is not None and not self._watcher.hasObserver(crosshair, event, self.regions.onCursor):
            self._watcher.addObserver(crosshair, event, self.regions.onCursor)

    def _button(self, text: str, tip: str, action: Callable[[], None]) -> qt.QToolButton:
        return tool_button(text, tip, partial(self._tried, action))

    def _tried(self, action: Callable[[], None]) -> None:
        """Run an action and say why it failed; what was said of another one goes."""
        self._say(self._state)
        try:
            action()
        except InputError as error:
            self._say(str(error))

    def _forget(self) -> None:
        self.leave()
        self.maps = None
        self.overlay.showKind(None)
        self.regions.forget()

    def _say(self, text: str) -> None:
        self.summary.text = text
        self.summary.visible = bool(text)

    def _showState(self, text: str = "") -> None:
        self._state = text
        self._say(text)
        self.controls.visible = self.maps is not None
