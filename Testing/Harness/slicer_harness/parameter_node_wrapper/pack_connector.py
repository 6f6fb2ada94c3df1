"""Connect a widget whose children stand for the members of a parameter pack."""

from __future__ import annotations

from typing import Any

import qt

from slicer_harness.parameter_node_wrapper.annotations import unannotatedType
from slicer_harness.parameter_node_wrapper.gui_connector import (
    GuiConnector,
    createGuiConnector,
    parameterNodeGuiConnector,
)
from slicer_harness.parameter_node_wrapper.packs import isParameterPack, nestedParameterNames

SlicerPackParameterNamePropertyName = "SlicerPackParameterName"


def packWidgets(widget: Any) -> dict[str, Any]:
    """Return the children of a widget that stand for members of a pack, by dotted member name."""
    found = {}
    for child in widget.findChildren(qt.QWidget):
        own = child.property(SlicerPackParameterNamePropertyName)
        if own is None:
            continue
        names = [own]
        parent = child.parent()
        while parent is not widget:
            outer = parent.property(SlicerPackParameterNamePropertyName)
            names = names if outer is None else [outer, *names]
            parent = parent.parent()
        found[".".join(names)] = child
    return found


@parameterNodeGuiConnector
class PackConnector(GuiConnector):
    """A widget whose children are named after the members of a parameter pack."""

    def __init__(self, widget: Any, datatype: Any) -> None:
        self._widget = widget
        self._type = unannotatedType(datatype)
        widgets = packWidgets(widget)
        self._parts = {
            name: createGuiConnector(widgets[name], self._type.dataType(name))
            for name in nestedParameterNames(self._type)
        }

    @staticmethod
    def canRepresent(widget: Any, datatype: Any) -> bool:
        plain = unannotatedType(datatype)
        return isParameterPack(plain) and set(nestedParameterNames(plain)) <= set(packWidgets(widget))

    @staticmethod
    def create(widget: Any, datatype: Any) -> GuiConnector:
        return PackConnector(widget, datatype)

    def _connect(self) -> None:
        for part in self._parts.values():
            part.onChanged(self.changed)

    def _disconnect(self) -> None:
        for part in self._parts.values():
            part.onChanged(None)

    def widget(self) -> Any:
        return self._widget

    def read(self) -> Any:
        pack = self._type()
        for name, part in self._parts.items():
            pack.setValue(name, part.read())
        return pack

    def write(self, value: Any) -> None:
        for name, part in self._parts.items():
            part.write(value.getValue(name))
