"""The module ``qt`` as scripted modules know it: every class of Qt, flat, with PythonQt's manners."""

from __future__ import annotations

import functools
import sys
import types
from typing import TYPE_CHECKING, Any

from PySide6 import QtCore, QtWidgets

from slicer_harness import pythonqt, qt_messages

if TYPE_CHECKING:
    from collections.abc import Callable

# PySide6 inventions, unknown to PythonQt: a panel that uses them would fail in Slicer.
_NOT_IN_PYTHONQT = {"QtMsgType", "QT_TRANSLATE_NOOP", "QT_TR_NOOP", "QT_TR_NOOP_UTF8", "QEnum", "QFlag"}


def _single_shot(milliseconds: int, target: Any, slot: str | None = None) -> None:
    timer = QtCore.QTimer(QtWidgets.QApplication.instance())
    timer.setSingleShot(True)
    timer.timeout.connect(target if slot is None else getattr(target, slot.split("(")[0]))
    timer.timeout.connect(timer.deleteLater)
    timer.start(int(milliseconds))


@functools.cache
def application() -> QtWidgets.QApplication:
    """Return the one QApplication of the process; it draws into memory when there is no display."""
    pythonqt.install()
    qt_messages.hush()
    running = QtWidgets.QApplication.instance() or QtWidgets.QApplication(["SlicerHarness"])
    QtWidgets.QApplication.setQuitOnLastWindowClosed(False)
    QtWidgets.QApplication.setStyle("Fusion")
    return running


def build(loader: Callable[..., Any]) -> types.ModuleType:
    """Create ``qt`` with the given class as its QUiLoader, and register it for import."""
    application()
    module = types.ModuleType("qt", "Qt as PythonQt shows it, on PySide6")
    for source in pythonqt.QT_MODULES:
        for name in dir(source):
            if name.startswith(("Q", "q")) and name not in _NOT_IN_PYTHONQT:
                setattr(module, name, getattr(source, name))
    QtCore.QTimer.singleShot = staticmethod(_single_shot)
    module.QUiLoader = loader
    sys.modules["qt"] = module
    return module
