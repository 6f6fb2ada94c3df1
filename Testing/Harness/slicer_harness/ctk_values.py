"""Stand-ins for CTK's widgets of one number and of a range of numbers."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import Property, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLineEdit, QSlider, QWidget

from slicer_harness.stand_in import forwarded, stand_in, stored

SLIDER_STEPS = 1000


class BoundedValue(QWidget):
    """A number between two bounds, shown by a slider, a spin box or both."""

    valueChanged = Signal(float)
    _value = 0.0
    _lowest = 0.0
    _highest = 99.0
    _slider: QSlider | None = None
    _spin: QDoubleSpinBox | None = None
    _rounds = False

    def __init__(self, *arguments: Any) -> None:
        super().__init__(next((argument for argument in arguments if isinstance(argument, QWidget)), None))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)

    def _add_slider(self, orientation: Qt.Orientation) -> None:
        self._slider = QSlider(orientation, self)
        self._slider.setRange(0, SLIDER_STEPS)
        self._slider.valueChanged.connect(self._on_slider)
        self.layout().addWidget(self._slider)

    def _add_spin_box(self) -> None:
        self._spin = QDoubleSpinBox(self)
        self._spin.valueChanged.connect(self._assign)
        self.layout().addWidget(self._spin)

    def _on_slider(self, position: int) -> None:
        if math.isfinite(self._highest - self._lowest):
            self._assign(self._lowest + (self._highest - self._lowest) * position / SLIDER_STEPS)

    def _assign(self, value: float) -> None:
        value = min(max(float(value), self._lowest), self._highest)
        if self._rounds and self._spin is not None and math.isfinite(value):
            value = round(value, self._spin.decimals)
        if value != self._value:
            self._value = value
            self._show_value()
            self.valueChanged.emit(value)
        else:
            self._show_value()

    def _show_value(self) -> None:
        if self._spin is not None:
            blocker = QSignalBlocker(self._spin)
            self._spin.setRange(self._lowest, self._highest)
            self._spin.setValue(self._value)
            blocker.unblock()
        span = self._highest - self._lowest
        if self._slider is not None and math.isfinite(span) and span > 0:
            blocker = QSignalBlocker(self._slider)
            self._slider.setValue(round(SLIDER_STEPS * (self._value - self._lowest) / span))
            blocker.unblock()

    def _bound(self, lowest: float, highest: float) -> None:
        self._lowest, self._highest = float(lowest), float(highest)
        self._assign(self._value)

    value = Property(float, lambda self: self._value, lambda self, value: self._assign(value))
    minimum = Property(
        float, lambda self: self._lowest, lambda self, bound: self._bound(bound, max(bound, self._highest))
    )
    maximum = Property(
        float, lambda self: self._highest, lambda self, bound: self._bound(min(bound, self._lowest), bound)
    )
    singleStep = stored("singleStep", float, 1.0)

    def setValue(self, value: float) -> None:
        self._assign(value)


@stand_in
class ctkDoubleSpinBox(BoundedValue):
    """A spin box for a decimal number."""

    decimalsChanged = Signal(int)
    editingFinished = Signal()
    _rounds = True

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._add_spin_box()
        self._spin.editingFinished.connect(self.editingFinished)
        self._bound(0.0, 99.99)

    decimals = forwarded(int, "_spin", "decimals")
    prefix = forwarded(str, "_spin", "prefix")
    suffix = forwarded(str, "_spin", "suffix")
    readOnly = forwarded(bool, "_spin", "readOnly")
    singleStep = forwarded(float, "_spin", "singleStep")
    cleanText = Property(str, lambda self: self._spin.cleanText)


@stand_in
class ctkDoubleSlider(BoundedValue):
    """A slider for a decimal number."""

    rangeChanged = Signal(float, float)
    sliderMoved = Signal(float)
    sliderPressed = Signal()
    sliderReleased = Signal()

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        vertical = Qt.Orientation.Vertical in arguments
        self._add_slider(Qt.Orientation.Vertical if vertical else Qt.Orientation.Horizontal)

    orientation = forwarded(int, "_slider", "orientation")
    pageStep = stored("pageStep", float, 10.0)
    tracking = forwarded(bool, "_slider", "tracking")
    tickInterval = stored("tickInterval", float, 0.0)

    def setOrientation(self, orientation: Qt.Orientation) -> None:
        self._slider.setOrientation(orientation)


@stand_in
class ctkSliderWidget(BoundedValue):
    """A slider and a spin box for the same decimal number."""

    valueIsChanging = Signal(float)
    decimalsChanged = Signal(int)
    _rounds = True

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._add_slider(Qt.Orientation.Horizontal)
        self._add_spin_box()
        self._show_value()

    decimals = forwarded(int, "_spin", "decimals")
    prefix = forwarded(str, "_spin", "prefix")
    suffix = forwarded(str, "_spin", "suffix")
    singleStep = forwarded(float, "_spin", "singleStep")
    pageStep = stored("pageStep", float, 10.0)
    tracking = forwarded(bool, "_slider", "tracking")
    tickInterval = stored("tickInterval", float, 0.0)
    spinBoxVisible = stored("spinBoxVisible", bool, True, applied=lambda self, shown: self._spin.setVisible(shown))

    def reset(self) -> None:
        self._assign(0.0)


class BoundedRange(QWidget):
    """Two numbers in order between two bounds, in two spin boxes."""

    valuesChanged = Signal(float, float)
    minimumValueChanged = Signal(float)
    maximumValueChanged = Signal(float)
    rangeChanged = Signal(float, float)
    _lowest = 0.0
    _highest = 99.0
    _low = 0.0
    _high = 99.0
    _spins: tuple[QDoubleSpinBox, ...] = ()

    def __init__(self, *arguments: Any) -> None:
        super().__init__(next((argument for argument in arguments if isinstance(argument, QWidget)), None))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self._spins = (QDoubleSpinBox(self), QDoubleSpinBox(self))
        for spin in self._spins:
            layout.addWidget(spin)
            spin.valueChanged.connect(self._on_spin)
        self._show_values()

    def _on_spin(self) -> None:
        self.setValues(*(spin.value for spin in self._spins))

    def _show_values(self) -> None:
        for spin, value in zip(self._spins, (self._low, self._high), strict=True):
            blocker = QSignalBlocker(spin)
            spin.setRange(self._lowest, self._highest)
            spin.setValue(value)
            blocker.unblock()

    def setRange(self, lowest: float, highest: float) -> None:
        self._lowest, self._highest = float(lowest), float(highest)
        self.rangeChanged.emit(self._lowest, self._highest)
        self.setValues(self._low, self._high)

    def setValues(self, low: float, high: float) -> None:
        before = (self._low, self._high)
        clipped = sorted(min(max(float(value), self._lowest), self._highest) for value in (low, high))
        self._low, self._high = clipped
        self._show_values()
        if self._low != before[0]:
            self.minimumValueChanged.emit(self._low)
        if self._high != before[1]:
            self.maximumValueChanged.emit(self._high)
        if (self._low, self._high) != before:
            self.valuesChanged.emit(self._low, self._high)

    minimum = Property(
        float, lambda self: self._lowest, lambda self, bound: self.setRange(bound, max(bound, self._highest))
    )
    maximum = Property(
        float, lambda self: self._highest, lambda self, bound: self.setRange(min(bound, self._lowest), bound)
    )
    minimumValue = Property(float, lambda self: self._low, lambda self, low: self.setValues(low, max(low, self._high)))
    maximumValue = Property(
        float, lambda self: self._high, lambda self, high: self.setValues(min(high, self._low), high)
    )
    singleStep = stored("singleStep", float, 1.0)

    def setMinimumValue(self, value: float) -> None:
        self.minimumValue = value

    def setMaximumValue(self, value: float) -> None:
        self.maximumValue = value


def _each_spin(name: str, kind: type) -> Property:
    def write(self: BoundedRange, value: Any) -> None:
        for spin in self._spins:
            setattr(spin, name, value)

    return Property(kind, lambda self: getattr(self._spins[0], name), write)


@stand_in
class ctkRangeWidget(BoundedRange):
    """A range with its bounds, shown by two spin boxes."""

    decimals = _each_spin("decimals", int)
    prefix = _each_spin("prefix", str)
    suffix = _each_spin("suffix", str)
    tracking = stored("tracking", bool, True)

    def reset(self) -> None:
        self.setValues(self._lowest, self._highest)


@stand_in
class ctkDoubleRangeSlider(BoundedRange):
    """A slider with two handles (drawn here as two spin boxes)."""

    sliderPressed = Signal()
    sliderReleased = Signal()
    tracking = stored("tracking", bool, True)


@stand_in
class ctkCoordinatesWidget(QWidget):
    """Some coordinates, written as one comma separated text."""

    coordinatesChanged = Signal("QVariantList")
    _line: QLineEdit | None = None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = QLineEdit("0,0,0", self)
        self._line.editingFinished.connect(lambda: self._assign(self._line.text))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._line)

    def _assign(self, text: str) -> None:
        numbers = [float(part) for part in text.split(",")]
        self._line.setText(text)
        self.coordinatesChanged.emit(numbers)

    decimals = stored("decimals", int, 3)
    dimension = stored("dimension", int, 3)
    coordinates = Property(str, lambda self: self._line.text, _assign)
