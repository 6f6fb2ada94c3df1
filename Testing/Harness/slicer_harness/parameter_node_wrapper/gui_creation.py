"""Make a widget for a type, a parameter pack or a whole parameter node wrapper."""

from __future__ import annotations

import enum
from typing import Any

import ctk
import qt
import slicer

from slicer_harness.parameter_node_wrapper.annotations import (
    Label,
    findFirstAnnotation,
    isNodeOrUnionOfNodes,
    splitAnnotations,
)
from slicer_harness.parameter_node_wrapper.pack_connector import SlicerPackParameterNamePropertyName
from slicer_harness.parameter_node_wrapper.packs import FloatRange, isParameterPack
from slicer_harness.parameter_node_wrapper.serializers import PATH_TYPES
from slicer_harness.parameter_node_wrapper.validators import Choice, Maximum, Minimum, WithinRange
from slicer_harness.parameter_node_wrapper.wrapper import SlicerParameterNamePropertyName, isParameterNodeWrapper


def createGui(datatype: Any) -> Any:
    """Make the widget that shows a possibly annotated type; RuntimeError if there is none."""
    plain, annotations = splitAnnotations(datatype)
    if isParameterNodeWrapper(plain):
        return _form(plain.allParameters, SlicerParameterNamePropertyName)
    if isParameterPack(plain) and plain is not FloatRange:
        return _form(plain.allParameters, SlicerPackParameterNamePropertyName)
    if isNodeOrUnionOfNodes(plain):
        return slicer.qMRMLNodeComboBox()
    is_enumeration = isinstance(plain, type) and issubclass(plain, enum.Enum)
    if is_enumeration or findFirstAnnotation(annotations, Choice) is not None:
        return qt.QComboBox()
    if plain is float and _isBounded(annotations):
        return ctk.ctkSliderWidget()
    widgets = {
        bool: qt.QCheckBox,
        int: qt.QSpinBox,
        float: qt.QDoubleSpinBox,
        str: qt.QLineEdit,
        FloatRange: ctk.ctkRangeWidget,
        qt.QColor: ctk.ctkColorPickerButton,
        **dict.fromkeys(PATH_TYPES, ctk.ctkPathLineEdit),
    }
    if plain not in widgets:
        raise RuntimeError(f"Unable to make a GUI for '{datatype}'")
    return widgets[plain]()


def _isBounded(annotations: tuple[Any, ...]) -> bool:
    both = all(findFirstAnnotation(annotations, kind) is not None for kind in (Minimum, Maximum))
    return both or findFirstAnnotation(annotations, WithinRange) is not None


def _form(parameters: dict[str, Any], property_name: str) -> Any:
    form = slicer.qSlicerWidget()
    layout = qt.QFormLayout(form)
    for name, info in parameters.items():
        widget = createGui(info.unalteredType)
        widget.setProperty(property_name, name)
        if hasattr(widget, "setMRMLScene"):
            form.connect("mrmlSceneChanged(vtkMRMLScene*)", widget.setMRMLScene)
        label = findFirstAnnotation(splitAnnotations(info.unalteredType)[1], Label)
        layout.addRow(qt.QLabel(label.label if label else name), widget)
    return form
