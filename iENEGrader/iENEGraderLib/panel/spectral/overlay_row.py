"""Iodine or fat in colours over the images: which, from what value on, how opaque."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.widgets.choice_box import ChoiceBox
from HeadNeckNodesLib.widgets.layouts import tight
from HeadNeckNodesLib.widgets.number_box import NumberBox
from HeadNeckNodesLib.widgets.wheel_guard import WheelGuard
from slicer.i18n import tr as _

from iENEGraderLib.scene.spectral.overlay import OverlaySetting
from iENEGraderLib.spectral import MapKind

if TYPE_CHECKING:
    from collections.abc import Callable

UNITS = {MapKind.IODINE: " mg/mL", MapKind.FAT_FRACTION: ""}
HIGHEST = {MapKind.IODINE: 20.0, MapKind.FAT_FRACTION: 1.0}
BEGIN = {MapKind.IODINE: 1.0, MapKind.FAT_FRACTION: 0.5}
BEGIN_OPACITY = 60


class OverlayRow(qt.QWidget):
    """Chooses an overlay.

    Parameters
    ----------
    on_changed : called when the user has chosen something else.
    """

    def __init__(self, on_changed: Callable[[], None]) -> None:
        super().__init__()
        self._onChanged = on_changed
        self._threshold = dict(BEGIN)
        self.kind: MapKind | None = None
        choices = [("", _("no map")), (MapKind.IODINE.value, _("iodine")), (MapKind.FAT_FRACTION.value, _("fat"))]
        self.kindBox = ChoiceBox(choices, self._onKind)
        self.thresholdBox = NumberBox(0, 20.0, 2, self._onThreshold)
        self.opacitySlider = qt.QSlider(qt.Qt.Horizontal)
        self.kindBox.toolTip = _("A map in colours over the images in HU")
        self.thresholdBox.toolTip = _("Lower values stay transparent")
        self.opacitySlider.toolTip = _("Opacity of the overlay")
        self.opacitySlider.setRange(0, 100)
        self.opacitySlider.value = BEGIN_OPACITY
        self._wheelGuard = WheelGuard(self.opacitySlider, while_focused=True)
        self.opacitySlider.connect("valueChanged(int)", lambda _value: self._onChanged())
        for widget in (self.kindBox, self.thresholdBox, self.opacitySlider):
            widget.setAccessibleName(widget.toolTip)
        layout = tight(qt.QHBoxLayout(self))
        for widget in (self.kindBox, qt.QLabel(_("from")), self.thresholdBox):
            layout.addWidget(widget)
        layout.addWidget(self.opacitySlider, 1)
        self.showKind(None)

    @property
    def setting(self) -> OverlaySetting:
        """How the overlay is shown."""
        threshold = 0.0 if self.kind is None else self._threshold[self.kind]
        return OverlaySetting(self.opacitySlider.value / 100, threshold)

    def showKind(self, kind: MapKind | None) -> None:
        """Show which map lies over the images, without telling anybody."""
        self.kind = kind
        self.kindBox.showKey("" if kind is None else kind.value)
        for widget in (self.thresholdBox, self.opacitySlider):
            widget.enabled = kind is not None
        if kind is not None:
            was_blocked = self.thresholdBox.blockSignals(True)
            self.thresholdBox.maximum = HIGHEST[kind]
            self.thresholdBox.singleStep = HIGHEST[kind] / 20
            self.thresholdBox.suffix = UNITS[kind]
            self.thresholdBox.blockSignals(was_blocked)
            self.thresholdBox.showNumber(self._threshold[kind])

    def _onKind(self, key: str) -> None:
        self.showKind(MapKind(key) if key else None)
        self._onChanged()

    def _onThreshold(self, number: float | None) -> None:
        if self.kind is not None:
            self._threshold[self.kind] = number or 0.0
            self._onChanged()
