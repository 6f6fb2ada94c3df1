"""Which widget can show which type of parameter, and how a value passes between the two."""

from __future__ import annotations

import enum
from typing import Any

import ctk
import qt
import slicer

from slicer_harness.parameter_node_wrapper.annotations import (
    Decimals,
    Default,
    SingleStep,
    findFirstAnnotation,
    getNodeTypes,
    isNodeOrUnionOfNodes,
    unannotatedType,
)
from slicer_harness.parameter_node_wrapper.gui_connector import PropertyConnector, parameterNodeGuiConnector
from slicer_harness.parameter_node_wrapper.packs import FloatRange
from slicer_harness.parameter_node_wrapper.serializers import PATH_TYPES
from slicer_harness.parameter_node_wrapper.validators import Choice, Maximum, Minimum, RangeBounds, WithinRange


@parameterNodeGuiConnector
class CheckBoxConnector(PropertyConnector):
    """Check boxes for bool."""

    widgets, types = (qt.QCheckBox, ctk.ctkCheckBox), (bool,)
    property_name, signal_name = "checked", "toggled"


@parameterNodeGuiConnector
class PushButtonConnector(PropertyConnector):
    """Push buttons that stay pressed, for bool."""

    widgets, types = (qt.QPushButton, ctk.ctkCheckablePushButton), (bool,)
    property_name, signal_name = "checked", "toggled"

    def prepare(self, annotations: tuple[Any, ...]) -> None:  # noqa: ARG002 - none matter
        self._widget.checkable = True


def _bounds(annotations: tuple[Any, ...]) -> tuple[Any, Any]:
    within = findFirstAnnotation(annotations, WithinRange)
    if within is not None:
        return within.minimum, within.maximum
    minimum, maximum = findFirstAnnotation(annotations, Minimum), findFirstAnnotation(annotations, Maximum)
    return minimum and minimum.minimum, maximum and maximum.maximum


def _set_step(widget: Any, annotations: tuple[Any, ...]) -> None:
    step = findFirstAnnotation(annotations, SingleStep)
    if step is not None:
        widget.singleStep = step.value


def _set_decimals(widget: Any, annotations: tuple[Any, ...]) -> None:
    decimals = findFirstAnnotation(annotations, Decimals)
    if decimals is not None and type(widget) not in {ctk.ctkDoubleSlider, ctk.ctkDoubleRangeSlider}:
        widget.decimals = decimals.value


@parameterNodeGuiConnector
class IntegerConnector(PropertyConnector):
    """Spin boxes and bounded sliders for int."""

    widgets, types = (qt.QSlider, qt.QSpinBox), (int,)
    property_name, signal_name = "value", "valueChanged"

    def prepare(self, annotations: tuple[Any, ...]) -> None:
        lowest, highest = _bounds(annotations)
        if type(self._widget) is qt.QSlider and (lowest is None or highest is None):
            raise RuntimeError("A QSlider needs an int with bounds: add WithinRange.")
        _set_step(self._widget, annotations)
        self._widget.setRange(-(2**31) if lowest is None else lowest, 2**31 - 1 if highest is None else highest)


@parameterNodeGuiConnector
class DecimalConnector(PropertyConnector):
    """Spin boxes and sliders for float, and for int where there is no other."""

    widgets = (
        qt.QDoubleSpinBox,
        ctk.ctkSliderWidget,
        ctk.ctkDoubleSlider,
        ctk.ctkDoubleSpinBox,
        slicer.qMRMLSliderWidget,
        slicer.qMRMLSpinBox,
    )
    types = (float, int)
    property_name, signal_name = "value", "valueChanged"

    def prepare(self, annotations: tuple[Any, ...]) -> None:
        lowest, highest = _bounds(annotations)
        needs_bounds = type(self._widget) in {ctk.ctkSliderWidget, slicer.qMRMLSliderWidget}
        if needs_bounds and (lowest is None or highest is None):
            raise RuntimeError("A ctkSliderWidget needs a number with bounds: add WithinRange.")
        _set_decimals(self._widget, annotations)
        if unannotatedType(self._datatype) is int and type(self._widget) is not ctk.ctkDoubleSlider:
            self._widget.decimals = 0
        _set_step(self._widget, annotations)
        self._widget.minimum = float("-inf") if lowest is None else lowest
        self._widget.maximum = float("inf") if highest is None else highest

    def read(self) -> Any:
        return unannotatedType(self._datatype)(self._widget.value)


class _ItemsConnector(PropertyConnector):
    """A combo box with one item for each possible value."""

    widgets = (qt.QComboBox, ctk.ctkComboBox)
    property_name, signal_name = "currentIndex", "currentIndexChanged"
    _items: tuple[Any, ...] = ()

    def fill(self, texts: list[str]) -> None:
        self._widget.clear()
        self._widget.addItems(texts)

    def read(self) -> Any:
        return self._items[self._widget.currentIndex]

    def write(self, value: Any) -> None:
        if value not in self._items:
            raise ValueError(f"Unable to find value {value} in choices {self._items}")
        self._widget.currentIndex = self._items.index(value)


@parameterNodeGuiConnector
class ChoiceConnector(_ItemsConnector):
    """Combo boxes for a value with a Choice."""

    types = (int, float, str, bool)

    def prepare(self, annotations: tuple[Any, ...]) -> None:
        choice = findFirstAnnotation(annotations, Choice)
        if choice is None:
            raise RuntimeError("A combo box needs the Choice annotation.")
        self._items = tuple(choice.choices)
        self.fill([str(item) for item in self._items])


@parameterNodeGuiConnector
class EnumConnector(_ItemsConnector):
    """Combo boxes for an enumeration, with the text of its ``label()`` if it has one."""

    @classmethod
    def accepts(cls, datatype: Any) -> bool:
        plain = unannotatedType(datatype)
        return isinstance(plain, type) and issubclass(plain, enum.Enum)

    def prepare(self, annotations: tuple[Any, ...]) -> None:  # noqa: ARG002 - none matter
        self._items = tuple(unannotatedType(self._datatype))
        self.fill([item.label() if hasattr(item, "label") else item.name for item in self._items])


@parameterNodeGuiConnector
class LineEditConnector(PropertyConnector):
    """Line edits for str."""

    widgets, types = (qt.QLineEdit,), (str,)
    property_name, signal_name = "text", "textChanged"


@parameterNodeGuiConnector
class LabelConnector(PropertyConnector):
    """Labels for str; a label never changes the parameter."""

    widgets, types, property_name = (qt.QLabel,), (str,), "text"


@parameterNodeGuiConnector
class TextEditConnector(PropertyConnector):
    """Text edits for str, without format."""

    widgets, types = (qt.QTextEdit,), (str,)
    property_name, signal_name = "plainText", "textChanged"


@parameterNodeGuiConnector
class RangeConnector(PropertyConnector):
    """Range widgets for FloatRange."""

    widgets = (ctk.ctkRangeWidget, ctk.ctkDoubleRangeSlider, slicer.qMRMLRangeWidget)
    types, signal_name = (FloatRange,), "valuesChanged"

    def prepare(self, annotations: tuple[Any, ...]) -> None:
        bounds = findFirstAnnotation(annotations, RangeBounds)
        if bounds is None:
            raise RuntimeError("A range widget needs bounds: add RangeBounds.")
        if findFirstAnnotation(annotations, Default) is None and not bounds.minimum <= 0 <= bounds.maximum:
            raise RuntimeError("RangeBounds without 0 need a Default.")
        _set_decimals(self._widget, annotations)
        _set_step(self._widget, annotations)
        self._widget.setRange(bounds.minimum, bounds.maximum)

    def read(self) -> FloatRange:
        return FloatRange(self._widget.minimumValue, self._widget.maximumValue)

    def write(self, value: FloatRange) -> None:
        self._widget.setValues(value.minimum, value.maximum)


class _PathConnector(PropertyConnector):
    """A widget that shows a path as text."""

    types = PATH_TYPES

    def read(self) -> Any:
        return unannotatedType(self._datatype)(getattr(self._widget, self.property_name))

    def write(self, value: Any) -> None:
        setattr(self._widget, self.property_name, str(value))


@parameterNodeGuiConnector
class PathLineEditConnector(_PathConnector):
    """ctkPathLineEdit for paths."""

    widgets = (ctk.ctkPathLineEdit,)
    property_name, signal_name = "currentPath", "currentPathChanged"


@parameterNodeGuiConnector
class DirectoryButtonConnector(_PathConnector):
    """ctkDirectoryButton for paths of folders."""

    widgets = (ctk.ctkDirectoryButton,)
    property_name, signal_name = "directory", "directoryChanged"


@parameterNodeGuiConnector
class ColorConnector(PropertyConnector):
    """Colour buttons for QColor."""

    widgets, types = (ctk.ctkColorPickerButton,), (qt.QColor,)
    property_name, signal_name = "color", "colorChanged"


@parameterNodeGuiConnector
class NodeConnector(PropertyConnector):
    """Node selectors for MRML nodes."""

    widgets = (slicer.qMRMLNodeComboBox, slicer.qMRMLSubjectHierarchyTreeView)
    signal_name = "currentNodeChanged"

    @classmethod
    def accepts(cls, datatype: Any) -> bool:
        return isNodeOrUnionOfNodes(datatype)

    def prepare(self, annotations: tuple[Any, ...]) -> None:  # noqa: ARG002 - none matter
        self._widget.nodeTypes = list(getNodeTypes(self._datatype))

    def read(self) -> Any:
        return self._widget.currentNode()

    def write(self, value: Any) -> None:
        if value is not self._widget.currentNode():
            self._widget.setCurrentNode(value)


@parameterNodeGuiConnector
class HierarchyComboBoxConnector(NodeConnector):
    """Subject hierarchy combo boxes for MRML nodes."""

    widgets = (slicer.qMRMLSubjectHierarchyComboBox,)
    signal_name = "currentItemChanged"
