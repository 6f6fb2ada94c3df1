"""What connects a widget with a value: the base classes and the list of all connectors."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any

from slicer_harness.parameter_node_wrapper.annotations import splitAnnotations, unannotatedType

if TYPE_CHECKING:
    from collections.abc import Callable


class GuiConnector(abc.ABC):
    """Base of all connectors between one widget and one value."""

    _callback: Callable[[], None] | None = None

    @staticmethod
    @abc.abstractmethod
    def canRepresent(widget: Any, datatype: Any) -> bool:
        """Tell whether a widget can show values of a possibly annotated type."""

    @staticmethod
    @abc.abstractmethod
    def create(widget: Any, datatype: Any) -> GuiConnector | None:
        """Make the connector of a widget."""

    def onChanged(self, callback: Callable[[], None] | None) -> None:
        """Call a function when the user changes the widget; None ends it."""
        if callback is None and self._callback is not None:
            self._disconnect()
        elif callback is not None and self._callback is None:
            self._connect()
        self._callback = callback

    def changed(self, *_values: Any) -> None:
        if self._callback is not None:
            self._callback()

    @abc.abstractmethod
    def _connect(self) -> None: ...

    @abc.abstractmethod
    def _disconnect(self) -> None: ...

    @abc.abstractmethod
    def widget(self) -> Any:
        """Return the widget."""

    @abc.abstractmethod
    def read(self) -> Any:
        """Return the value that the widget shows."""

    @abc.abstractmethod
    def write(self, value: Any) -> None:
        """Show a value."""


_connectors: list[type[GuiConnector]] = []


def parameterNodeGuiConnector(classtype: type[GuiConnector]) -> Any:
    """Register a GuiConnector class, as a decorator."""
    if not issubclass(classtype, GuiConnector):
        raise TypeError("Must be a GuiConnector subclass")
    _connectors.append(classtype)
    return classtype


def createGuiConnector(widget: Any, datatype: Any) -> GuiConnector:
    """Make the connector of a widget; RuntimeError if it cannot show values of the type."""
    for candidate in _connectors:
        if candidate.canRepresent(widget, datatype):
            made = candidate.create(widget, datatype)
            if made is not None:
                return made
    raise RuntimeError(f"Unable to create GUI connector from datatype '{datatype}' to widget type '{type(widget)}'")


class PropertyConnector(GuiConnector):
    """A connector by one property and one signal of the widget.

    As in Slicer the class of the widget must be exactly one of `widgets`: a derived class has no connector.
    """

    widgets: tuple[type, ...] = ()
    types: tuple[Any, ...] = ()
    property_name = ""
    signal_name: str | None = None

    def __init__(self, widget: Any, datatype: Any) -> None:
        self._widget = widget
        self._datatype = datatype
        self.prepare(splitAnnotations(datatype)[1])

    @classmethod
    def canRepresent(cls, widget: Any, datatype: Any) -> bool:
        return type(widget) in cls.widgets and cls.accepts(datatype)

    @classmethod
    def accepts(cls, datatype: Any) -> bool:
        return unannotatedType(datatype) in cls.types

    @classmethod
    def create(cls, widget: Any, datatype: Any) -> GuiConnector:
        return cls(widget, datatype)

    def prepare(self, annotations: tuple[Any, ...]) -> None:
        """Set the widget up as the annotations say."""

    def _connect(self) -> None:
        if self.signal_name:
            getattr(self._widget, self.signal_name).connect(self.changed)

    def _disconnect(self) -> None:
        if self.signal_name:
            getattr(self._widget, self.signal_name).disconnect(self.changed)

    def widget(self) -> Any:
        return self._widget

    def read(self) -> Any:
        return getattr(self._widget, self.property_name)

    def write(self, value: Any) -> None:
        if self.read() != value:  # writing the same text again would move the cursor
            setattr(self._widget, self.property_name, value)
