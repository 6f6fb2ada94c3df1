"""Iodine or fat in colours over the images: which, from what value on, how opaque."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.widgets.choice_box import ChoiceBox
from HeadNeckNodesLib.widgets.layouts import tight
from HeadNeckNodesLib.widgets.number_box import NumberBox
from HeadNeckNodesLib.widgets.wheel_guard import WheelGuard
from slicer.i18n import tr as _

from iENEGraderLib.scene.spectral.spectral_state import OverlayChoice
from iENEGraderLib.spectral import MapKind

if TYPE_CHECKING:
    from collections.abc import Callable

UNITS = {MapKind.IODINE: " mg/mL", MapKind.FAT_FRACTION: ""}
HIGHEST = {MapKind.IODINE: 20.0, MapKind.FAT_FRACTION: 1.0}


class OverlayRow(qt.QWidget):
    """Chooses an overlay.

    Parameters
    ----------
    on_changed : called with the choice when the user has changed it.
    """

    def __init__(self, on_changed: Callable[[OverlayChoice], None]) -> None:
        super().__init__()
        self._onChanged = on_changed
        self.choice = OverlayChoice()
        choices = [("", _("no map")), (MapKind.IODINE.value, _("iodine")), (MapKind.FAT_FRACTION.value, _("fat"))]
        self.kindBox = ChoiceBox(choices, self._onKind)
        self.thresholdBox = NumberBox(0, 20.0, 2, self._onThreshold)
        self.opacitySlider = qt.QSlider(qt.Qt.Horizontal)
        self.kindBox.toolTip = _("A map in colours over the images in HU")
        self.thresholdBox.toolTip = _("Lower values stay transparent")
        self.opacitySlider.toolTip = _("Opacity of the overlay")
        self.opacitySlider.setRange(0, 100)
        self._wheelGuard = WheelGuard(self.opacitySlider, while_focused=True)
        self.opacitySlider.connect("valueChanged(int)", self._onOpacity)
        for widget in (self.kindBox, self.thresholdBox, self.opacitySlider):
            widget.setAccessibleName(widget.toolTip)
        layout = tight(qt.QHBoxLayout(self))
        for widget in (qt.QLabel(_("Overlay")), self.kindBox, qt.QLabel(_("from")), self.thresholdBox):
            layout.addWidget(widget)
        layout.addWidget(self.opacitySlider, 1)
        self.showChoice(self.choice)

    def showChoice(self, choice: OverlayChoice) -> None:
        """Show which map lies over the images, and how, without telling anybody."""
        self.choice = choice
        self.kindBox.showKey("" if choice.kind is None else choice.kind.value)
        was_blocked = self.opacitySlider.blockSignals(True)
        self.opacitySlider.value = round(100 * choice.opacity)
        self.opacitySlider.blockSignals(was_blocked)
        for widget in (self.thresholdBox, self.opacitySlider):
            widget.enabled = choice.kind is not None
        if choice.kind is not None:
            was_blocked = self.thresholdBox.blockSignals(True)
            self.thresholdBox.maximum = HIGHEST[choice.kind]
            self.thresholdBox.singleStep = HIGHEST[choice.kind] / 20
            self.thresholdBox.suffix = UNITS[choice.kind]
            self.thresholdBox.blockSignals(was_blocked)
            self.thresholdBox.showNumber(choice.threshold)

    def _onKind(self, key: str) -> None:
        self._change(replace(self.choice, kind=MapKind(key) if key else None))

    def _onThreshold(self, number: float | None) -> None:
        if self.choice.kind is MapKind.FAT_FRACTION:
            self._change(replace(self.choice, fat_from=number or 0.0))
        else:
            self._change(replace(self.choice, iodine_from_mg_ml=number or 0.0))

    def _onOpacity(self, percent: int) -> None:
        self._change(replace(self.choice, opacity=percent / 100))

    def _change(self, choice: OverlayChoice) -> None:
        self.showChoice(choice)
        self._onChanged(choice)
