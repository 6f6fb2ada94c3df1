"""QUiLoader that fills .ui files with the stand-ins of CTK and Slicer widgets."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from PySide6 import QtCore, QtUiTools, QtWidgets

from slicer_harness import pythonqt

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class UiConnection:
    """One signal and slot connection written in a .ui file."""

    sender: str
    signal: str
    receiver: str
    slot: str


class UiLoader(QtUiTools.QUiLoader):
    """Loads a .ui file; a class that the harness does not model is an error, never a silent blank.

    Connections of the file are made here: Qt's loader cannot make those with ``vtkMRMLScene*`` arguments.
    """

    widgetClass: Callable[[str], type | None] = staticmethod(lambda _name: None)

    def __init__(self, parent: QtCore.QObject | None = None) -> None:
        super().__init__(parent)
        self._made: dict[str, QtWidgets.QWidget] = {}
        self._unknown: list[str] = []
        self._errors: list[Exception] = []

    def createWidget(self, className: str, parent: Any = None, name: str = "") -> QtWidgets.QWidget:
        cls = type(self).widgetClass(className) or getattr(QtWidgets, className, None)
        if cls is None:
            self._unknown.append(className)
            cls = QtWidgets.QWidget
        try:
            widget = cls(parent)
        except Exception as error:
            self._errors.append(error)
            widget = QtWidgets.QWidget(parent)
        widget.setObjectName(name)
        self._made[name] = widget
        return widget

    def load(self, device: Any, parent: QtWidgets.QWidget | None = None) -> QtWidgets.QWidget:
        path = Path(device if isinstance(device, str) else device.fileName())
        root = ET.fromstring(path.read_text(encoding="utf-8"))
        self._made.clear()
        self._unknown.clear()
        self._errors.clear()
        connections = _take_connections(root)
        _declare_custom_widgets(root)
        content = QtCore.QBuffer()
        content.setData(ET.tostring(root))
        content.open(QtCore.QIODevice.OpenModeFlag.ReadOnly)
        with pythonqt.loading_ui():
            widget = super().load(content, parent)
        if self._errors:
            raise self._errors[0]
        if self._unknown:
            raise RuntimeError(f"{path.name}: the harness has no stand-in for {', '.join(sorted(set(self._unknown)))}")
        for connection in connections:
            self._make(connection, path)
        return widget

    def _make(self, connection: UiConnection, path: Path) -> None:
        sender, receiver = self._made.get(connection.sender), self._made.get(connection.receiver)
        if sender is None or receiver is None:
            logging.warning("%s: no widget for %s", path.name, connection)
            return
        slot = getattr(receiver, connection.slot.split("(")[0])
        pythonqt.signal_of(sender, connection.signal).connect(slot)


def _take_connections(root: ET.Element) -> list[UiConnection]:
    found = [
        UiConnection(*(element.findtext(key, "") for key in ("sender", "signal", "receiver", "slot")))
        for element in root.iter("connection")
    ]
    for element in root.findall("connections"):
        root.remove(element)
    return found


def _declare_custom_widgets(root: ET.Element) -> None:
    """Name every custom class as a container of QWidget, so that Qt asks createWidget for each."""
    names = sorted({element.findtext("class", "") for element in root.iter("customwidget")})
    for element in root.findall("customwidgets"):
        root.remove(element)
    declared = ET.SubElement(root, "customwidgets")
    for name in names:
        entry = ET.SubElement(declared, "customwidget")
        for tag, text in (("class", name), ("extends", "QWidget"), ("container", "1")):
            ET.SubElement(entry, tag).text = text
