"""Stand-ins for the number widgets that know the units of the scene."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal

from slicer_harness.ctk_values import ctkCoordinatesWidget, ctkDoubleSpinBox, ctkRangeWidget, ctkSliderWidget
from slicer_harness.stand_in import stand_in, stored

# Quantities and what the unit nodes of a new scene write after their numbers.
SUFFIXES = {"length": " mm", "area": " mm2", "volume": " mm3", "time": " s", "frequency": " Hz"}


def _show_unit(widget: Any, quantity: str) -> None:
    widget.suffix = SUFFIXES.get(quantity, "")


@stand_in
class qMRMLSliderWidget(ctkSliderWidget):
    """A slider with the unit of its quantity."""

    quantity = stored("quantity", str, "", applied=_show_unit)
    unitAwareProperties = stored("unitAwareProperties", int, 0x0F)
    _scene: Any = None

    def mrmlScene(self) -> Any:
        return self._scene

    def setMRMLScene(self, scene: Any) -> None:
        self._scene = scene


@stand_in
class qMRMLSpinBox(ctkDoubleSpinBox):
    """A spin box with the unit of its quantity."""

    quantity = stored("quantity", str, "", applied=_show_unit)
    unitAwareProperties = stored("unitAwareProperties", int, 0x0F)
    _scene: Any = None

    def mrmlScene(self) -> Any:
        return self._scene

    def setMRMLScene(self, scene: Any) -> None:
        self._scene = scene


@stand_in
class qMRMLRangeWidget(ctkRangeWidget):
    """A range with the unit of its quantity."""

    quantity = stored("quantity", str, "", applied=_show_unit)
    _scene: Any = None

    def setMRMLScene(self, scene: Any) -> None:
        self._scene = scene


@stand_in
class qMRMLCoordinatesWidget(ctkCoordinatesWidget):
    """Coordinates with the unit of their quantity."""

    mrmlSceneChanged = Signal(object)
    quantityChanged = Signal(str)
    quantity = stored("quantity", str, "", notify="quantityChanged")
    _scene: Any = None

    def mrmlScene(self) -> Any:
        return self._scene

    def setMRMLScene(self, scene: Any) -> None:
        self._scene = scene
        self.mrmlSceneChanged.emit(scene)
