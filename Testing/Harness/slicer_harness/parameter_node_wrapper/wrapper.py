"""The parameter node wrapper: typed attributes over a vtkMRMLScriptedModuleNode, connected to widgets."""

from __future__ import annotations

from typing import Any

import qt
import slicer.util
import vtk

from slicer_harness.parameter_node_wrapper.annotations import splitPossiblyDottedName, unannotatedType
from slicer_harness.parameter_node_wrapper.gui_connector import GuiConnector, createGuiConnector
from slicer_harness.parameter_node_wrapper.pack_connector import packWidgets
from slicer_harness.parameter_node_wrapper.packs import ParameterInfo, checkMember, parametersOf

SlicerParameterNamePropertyName = "SlicerParameterName"


def isParameterNodeWrapper(obj: Any) -> bool:
    """Tell whether a class or object is a parameter node wrapper."""
    return getattr(obj, "_is_parameter_node_wrapper", False) is True


def _check_name(wrapper: Any, name: str) -> tuple[str, str | None]:
    top, rest = splitPossiblyDottedName(name)
    if top not in wrapper.allParameters:
        known = ", ".join(wrapper.allParameters)
        raise ValueError(f"Cannot find a parameter named '{top}'; there are {known}")
    if rest is not None:
        checkMember(unannotatedType(wrapper.allParameters[top].unalteredType), rest)
    return top, rest


class _WrapperMethods:
    """The methods that every wrapper class receives."""

    parameterNode: Any
    allParameters: dict[str, ParameterInfo]

    def __init__(self, parameterNode: Any, prefix: str | None = None) -> None:
        self.parameterNode = parameterNode
        self._prefix = prefix or ""
        self._guiConnectors: dict[int, dict[str, GuiConnector]] = {}
        self._guiVtkObserverTags: dict[int, int] = {}
        self._nextGuiTag = 0
        self._showing = False
        with slicer.util.NodeModify(parameterNode):
            for name, info in self.allParameters.items():
                if not info.serializer.isIn(parameterNode, self._prefix + name):
                    info.serializer.write(parameterNode, self._prefix + name, info.default.value)

    def _read(self, name: str) -> Any:
        return self.allParameters[name].serializer.read(self.parameterNode, self._prefix + name)

    def _write(self, name: str, value: Any) -> None:
        with slicer.util.NodeModify(self.parameterNode):
            self.allParameters[name].serializer.write(self.parameterNode, self._prefix + name, value)

    def getValue(self, name: str) -> Any:
        top, rest = _check_name(self, name)
        value = self._read(top)
        return value if rest is None else value.getValue(rest)

    def setValue(self, name: str, value: Any) -> None:
        top, rest = _check_name(self, name)
        if rest is None:
            self._write(top, value)
        else:
            self._read(top).setValue(rest, value)

    def isCached(self, paramName: str) -> bool:
        return self.allParameters[_check_name(self, paramName)[0]].serializer.supportsCaching()

    # Widgets

    def connectGui(self, gui: Any) -> int:
        """Connect the widgets that carry the property SlicerParameterName below a widget or in an object."""
        is_widget = getattr(gui, "isWidgetType", lambda: False)()
        widgets = gui.findChildren(qt.QWidget) if is_widget else vars(gui).values()
        named = {widget.property(SlicerParameterNamePropertyName): widget for widget in widgets}
        return self.connectParametersToGui({name: widget for name, widget in named.items() if name})

    def connectParametersToGui(self, mapping: dict[str, Any]) -> int:
        """Connect widgets (or connectors) to parameters by name; return the tag for `disconnectGui`."""
        for name in mapping:
            _check_name(self, name)
        connectors = {
            name: gui if isinstance(gui, GuiConnector) else createGuiConnector(gui, type(self).dataType(name))
            for name, gui in mapping.items()
        }
        tag, self._nextGuiTag = self._nextGuiTag, self._nextGuiTag + 1
        self._guiConnectors[tag] = connectors
        for name, connector in connectors.items():
            connector.write(self.getValue(name))
            connector.onChanged(self._takerOf(name, connector))
        self._guiVtkObserverTags[tag] = self.AddObserver(
            vtk.vtkCommand.ModifiedEvent, lambda _caller, _event: self._showAll()
        )
        return tag

    def disconnectGui(self, guiTag: int) -> None:
        """End a connection."""
        for connector in self._guiConnectors.pop(guiTag, {}).values():
            connector.onChanged(None)
        observer = self._guiVtkObserverTags.pop(guiTag, None)
        if observer is not None:
            self.RemoveObserver(observer)

    def _takerOf(self, name: str, connector: GuiConnector) -> Any:
        def take() -> None:
            if not self._showing:
                with slicer.util.NodeModify(self.parameterNode):
                    self.setValue(name, connector.read())

        return take

    def _showAll(self) -> None:
        """Show all values; what the widgets answer to that is not taken for the user's will."""
        if self._showing:
            return
        self._showing = True
        try:
            for connectors in self._guiConnectors.values():
                for name, connector in connectors.items():
                    connector.write(self.getValue(name))
        finally:
            self._showing = False

    # The node

    def StartModify(self) -> Any:
        return self.parameterNode.StartModify()

    def EndModify(self, wasModified: Any) -> Any:
        return self.parameterNode.EndModify(wasModified)

    def AddObserver(self, event: Any, callback: Any, priority: float = 0.0) -> int:
        return int(self.parameterNode.AddObserver(event, callback, priority))

    def RemoveObserver(self, tag: int) -> None:
        self.parameterNode.RemoveObserver(tag)


def _parameterProperty(name: str) -> property:
    return property(lambda self: self._read(name), lambda self, value: self._write(name, value))


def _dataTypeOf(classtype: Any) -> Any:
    def dataType(membername: str) -> Any:
        top, rest = _check_name(classtype, membername)
        annotated = classtype.allParameters[top].unalteredType
        return annotated if rest is None else unannotatedType(annotated).dataType(rest)

    return staticmethod(dataType)


def parameterNodeWrapper(classtype: type) -> Any:
    """Make a class a parameter node wrapper, as a decorator."""
    parameters = parametersOf(classtype)
    given = {name: member for name, member in vars(_WrapperMethods).items() if callable(member)}
    for name in (*given, "allParameters", "dataType"):
        if not name.startswith("__") and (hasattr(classtype, name) or name in parameters):
            raise ValueError(f"Cannot use reserved name '{name}' in a parameterNodeWrapper")
    for name in parameters:
        setattr(classtype, name, _parameterProperty(name))
    for name, member in given.items():
        setattr(classtype, name, member)
    classtype.allParameters = parameters
    classtype._is_parameter_node_wrapper = True
    classtype.dataType = _dataTypeOf(classtype)
    return classtype


def findChildWidgetForParameter(widget: Any, parameter: str) -> Any:
    """Return the child widget that stands for a parameter (or for a member of a pack), None if none does."""
    for child in widget.findChildren(qt.QWidget):
        if child.property(SlicerParameterNamePropertyName) == parameter:
            return child
    top, rest = splitPossiblyDottedName(parameter)
    pack = findChildWidgetForParameter(widget, top) if rest else None
    return packWidgets(pack).get(rest) if pack is not None else None
