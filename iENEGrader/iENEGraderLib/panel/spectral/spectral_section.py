"""Spectral CT: inputs, a slider for the energy, maps, and values of regions that can be kept as evidence."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import ctk
import qt
import slicer
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.widgets.choice_box import ChoiceBox
from HeadNeckNodesLib.widgets.layouts import row_of, tight, tool_button, wrapped_label
from slicer.i18n import tr as _

from iENEGraderLib.panel.spectral.calibration_part import CalibrationPart
from iENEGraderLib.panel.spectral.contrast_part import ContrastPart
from iENEGraderLib.panel.spectral.energy_slider import EnergySlider
from iENEGraderLib.panel.spectral.input_rows import InputRows
from iENEGraderLib.panel.spectral.overlay_row import OverlayRow
from iENEGraderLib.panel.spectral.regions_part import RegionHost, RegionsPart
from iENEGraderLib.panel.spectral.scene_watch import SceneWatch
from iENEGraderLib.panel.spectral.show_row import ShowRow
from iENEGraderLib.panel.spectral.slope_part import SlopePart
from iENEGraderLib.panel.spectral.spectral_maps import SpectralMaps
from iENEGraderLib.scene.compare_views import volume_in_view
from iENEGraderLib.scene.layouts import MOST_COMPARED, compare_views
from iENEGraderLib.scene.spectral.spectral_state import OverlayChoice, Shown, SpectralState, StateKeeper
from iENEGraderLib.spectral import Materials

if TYPE_CHECKING:
    from collections.abc import Callable

    from iENEGraderLib.panel.session.reading_session import ReadingSession
    from iENEGraderLib.reading import Node
    from iENEGraderLib.scene.segmented_scene import SegmentedScene


CONVENTIONAL_VIEW = compare_views(MOST_COMPARED)[3]


class SpectralSection(qt.QWidget):
    """Shows one examination at any energy, its iodine and its fat, and measures them.

    What is set is kept in the module's parameter node alone: the section follows that node, whoever changes it.

    Parameters
    ----------
    session : the reading that is shown.
    edit : applies an edit under a label.
    segments : what is segmented in the scene.
    parameter_node : returns the module's parameter node.
    """

    def __init__(
        self,
        session: ReadingSession,
        edit: Callable[..., None],
        segments: SegmentedScene,
        parameter_node: Callable[[], Any],
    ) -> None:
        super().__init__()
        self._keeper = StateKeeper(parameter_node)
        self._applied = SpectralState()
        self._words = ""
        self.maps: SpectralMaps | None = None
        self.fold = ctk.ctkCollapsibleButton()
        self.inputs = InputRows(parameter_node, self._onInputs)
        self.materialsBox = ChoiceBox(
            [(Materials.FAT_SOFT_IODINE, _("fat, soft tissue, iodine")), (Materials.WATER_IODINE, _("water, iodine"))],
            lambda key: self._tried(partial(self._setModel, materials=Materials(key))),
        )
        self.useButton = tool_button(
            _("Use"), _("Check the volumes and show them at the energy chosen below"), partial(self._tried, self.use)
        )
        self.summary = wrapped_label()
        self.energy = EnergySlider(self._onMoving, self._onSettled, self._onNoise)
        self.showRow = ShowRow(lambda shown: self._tried(partial(self.show_, shown)))
        self.overlay = OverlayRow(self._onOverlay)
        host = RegionHost(lambda: self.maps, self._tried, self._say)
        self.regions = RegionsPart(session, edit, segments, host)
        self.calibration = CalibrationPart(
            segments, host, self.regions.drawingRow.askForCircle, lambda one: self._setModel(calibration=one)
        )
        self.slopes = SlopePart(
            segments, host, self.regions.drawingRow.askForCircle, lambda one: self._setModel(slopes=one)
        )
        self.contrast = ContrastPart(parameter_node, self._tried, self.regions.regions_on, self.regions.keepIodine)
        self.controls = qt.QWidget()
        self._build()
        self._watch = SceneWatch(parameter_node, self._onChanged, self._lose)
        self._showWords()

    def _build(self) -> None:
        self.fold.text = _("Spectral")
        self.fold.collapsed = True
        self.fold.connect("contentsCollapsed(bool)", lambda _collapsed: self.refresh())
        self.materialsBox.toolTip = _(
            "What a voxel may hold, for iodine and VNC. With water and iodine only, there is less noise, but fat reads "
            "about -1.3 mg/mL"
        )
        self.materialsBox.setAccessibleName(_("Materials"))
        self.summary.setTextFormat(qt.Qt.PlainText)
        tight(qt.QVBoxLayout(self)).addWidget(self.fold)
        layout = tight(qt.QVBoxLayout(self.fold))
        layout.setContentsMargins(8, 2, 2, 4)
        layout.addWidget(self.inputs)
        layout.addLayout(row_of(qt.QLabel(_("Materials")), self.materialsBox, self.useButton, stretched=1))
        layout.addWidget(self.summary)
        layout.addWidget(self.controls)
        layout.addWidget(self.contrast)
        inside = tight(qt.QVBoxLayout(self.controls))
        for part in (self.energy, self.showRow, self.overlay, self.regions, self.calibration, self.slopes):
            inside.addWidget(part)

    def showNode(self, node: Node | None) -> None:
        """Let the curve be of this node."""
        self.regions.showNode(node)

    def refresh(self) -> None:
        """Offer the volumes that there are now, when the section is folded out, and show what is set."""
        if not self.fold.collapsed:
            self.inputs.refresh()
            self.calibration.refresh()
            self.slopes.refresh()
            self.contrast.refresh()
            try:
                self._follow()
            except InputError as error:
                self._say(str(error))

    def leave(self) -> None:
        """Bring the volume to one energy; called when the user leaves the module."""
        self.energy.leave()
        self.regions.drawingRow.drawing.cancel()
        self.contrast.stop()

    def close(self) -> None:
        """Let go of the scene."""
        self._watch.close()
        self.regions.close()
        self.maps = None

    # What the user does

    def use(self) -> None:
        """Check the chosen volumes, and show them at the energy of the slider."""
        self._forget()
        self.inputs.refresh()
        try:
            state = self._keeper.state
        except InputError:
            state = SpectralState()  # what cannot be read is given up now
        state = replace(state, kev=self.energy.kev, shown=Shown.ENERGY, overlay=replace(state.overlay, kind=None))
        with slicer.util.WaitCursor():
            self.maps = SpectralMaps(self.inputs.choices, state)
            self.maps.show(Shown.ENERGY)
        self._begin(replace(state, in_use=True))

    def show_(self, shown: Shown) -> None:
        """Arrange the views."""
        assert self.maps is not None
        self.showRow.showShown(self._applied.shown)  # a click has changed the button, and showing may fail
        with slicer.util.WaitCursor():
            self.maps.show(shown)
        self._keep(shown=shown)
        self.showRow.showShown(shown)
        self._layOver(self._applied.overlay)
        if shown is Shown.COMPARISON and volume_in_view(CONVENTIONAL_VIEW) is None:
            self._say(_("No volume of the scene is known as conventional CT: its view is empty"))

    def _onInputs(self) -> None:
        """Other inputs: what was made of the former ones stays in the scene, and is no longer followed."""
        self._forget()
        self._keep(in_use=False, calibration=None, slopes=None)
        self._showWords(_("Press Use when all is as it should be"))

    def _onMoving(self, kev: float) -> None:
        if self.maps is not None:
            self._tried(partial(self.maps.move, kev))

    def _onSettled(self) -> None:
        if self.maps is not None:
            with slicer.util.WaitCursor():
                self._tried(self.maps.settle)
            self._keep(kev=self.energy.kev)

    def _onNoise(self, wanted: bool) -> None:
        self._tried(partial(self._reduceNoise, wanted))
        self.energy.showNoiseReduced(self._applied.noise_reduced)

    def _reduceNoise(self, wanted: bool) -> None:
        assert self.maps is not None
        with slicer.util.WaitCursor():
            self.maps.reduce_noise(wanted=wanted)
        self._keep(noise_reduced=wanted)

    def _onOverlay(self, choice: OverlayChoice) -> None:
        self._tried(partial(self._layOver, choice))
        self._keep(overlay=choice)

    def _layOver(self, choice: OverlayChoice) -> None:
        if self.maps is not None:
            views = self.maps.overlay(choice)
            if choice.kind is not None and not views:
                self._say(_("No view shows an image that the map can lie over: press 'energy' or 'compare'"))

    def _setModel(self, **changes: Any) -> None:
        """Compute the maps for other materials or another calibration; when that fails all stays as it was."""
        state = replace(self._applied, **changes)
        self.materialsBox.showKey(self._applied.materials)
        if self.maps is not None:
            with slicer.util.WaitCursor():
                self.maps.set_model(state)
        self._keep(**changes)
        self._showModel(state)

    # What the scene says

    def _follow(self) -> None:
        """Show what is set in the scene, where it is not what is shown."""
        if self._keeper.state == self._applied:
            return
        self.energy.leave()  # an energy on its way is ours, whatever else was changed
        state = self._keeper.state
        if not state.in_use:
            self._forget()
            self._applied = state
            self._showWords()
        elif self.inputs.isRestorable:
            self._applied = state
            with slicer.util.WaitCursor():
                self._restore(state)
        self.materialsBox.showKey(state.materials)

    def _restore(self, state: SpectralState) -> None:
        self._forget()
        self.maps = SpectralMaps(self.inputs.choices, state, is_restored=True)
        if not self.maps.is_seen:
            self.maps.show(state.shown)
        self._begin(state)
        self._layOver(state.overlay)

    def _begin(self, state: SpectralState) -> None:
        """Show settings that the maps are made with, and follow the cursor."""
        assert self.maps is not None
        self._applied = state
        self._keeper.write(state)
        self.energy.showKev(state.kev)
        self.energy.showNoiseReduced(state.noise_reduced)
        self.showRow.showShown(state.shown)
        self.overlay.showChoice(state.overlay)
        self._watch.watch_cursor(self.regions.onCursor)
        self._showModel(state)

    def _showModel(self, state: SpectralState) -> None:
        """Show materials, calibration and what is to be minded; measure again what was measured."""
        self.materialsBox.showKey(state.materials)
        if self.maps is not None:
            names = _(" and ").join(channel.name for channel in self.maps.data.channels)
            self._showWords("; ".join([_("Maps from {names}").format(names=names), *self.maps.data.warnings]))
            self.calibration.showCalibration(state.calibration)
            self.slopes.showSlopes(state.slopes)
            self.regions.remeasure()

    def _keep(self, **changes: Any) -> None:
        """Write what is applied already into the scene; what others have changed there meanwhile stays, to be shown."""
        self._applied = replace(self._applied, **changes)
        try:
            self._keeper.write(replace(self._keeper.state, **changes))
        except InputError:
            self._keeper.write(self._applied)

    def _onChanged(self) -> None:
        """Follow the scene; fold out when one with spectral views was loaded."""
        if self.maps is not None and not self.maps.has_inputs:
            self._lose()
        try:
            if self._keeper.state.in_use and self.fold.collapsed and self.maps is None:
                self.fold.collapsed = False
        except InputError as error:
            self._say(str(error))
        self.refresh()

    # What is said

    def _tried(self, action: Callable[[], None]) -> None:
        """Run an action and say why it failed; what was said of another one goes."""
        self._say(self._words)
        try:
            action()
        except InputError as error:
            self._say(str(error))

    def _forget(self) -> None:
        self.energy.leave()
        self.maps = None
        self.overlay.showChoice(replace(self.overlay.choice, kind=None))
        self.regions.forget()

    def _lose(self) -> None:
        """Let go of what has left the scene; the settings in it are no longer ours to change."""
        self.maps = None
        self._forget()
        self._applied = SpectralState()
        self._showWords()

    def _say(self, text: str) -> None:
        self.summary.text = text
        self.summary.visible = bool(text)

    def _showWords(self, text: str = "") -> None:
        """Say what stays said, and show the controls while there are maps."""
        self._words = text
        self._say(text)
        self.controls.visible = self.maps is not None
