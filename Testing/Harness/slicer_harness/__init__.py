"""Run scripted modules and their Qt panels without Slicer.

>>> import slicer_harness
>>> app = slicer_harness.start()
>>> module = app.loadModule("iENEGrader/iENEGrader.py")
>>> panel = module.widgetRepresentation().self()
>>> slicer_harness.screenshot(module, "panel.png")
"""

from __future__ import annotations

from typing import Any

from slicer_harness.screenshot import screenshot

__all__ = ["screenshot", "start"]


def start() -> Any:
    """Start the application of the harness, or return the one that runs (a `HarnessApplication`).

    Afterwards ``qt``, ``ctk``, ``slicer.ScriptedLoadableModule``, ``slicer.parameterNodeWrapper`` and
    ``slicer.i18n`` can be imported, and ``slicer.app``, ``slicer.mrmlScene``, ``slicer.util`` work.
    """
    from slicer_harness import qt_module

    qt_module.application()
    from slicer_harness.application import HarnessApplication

    return HarnessApplication.start()
