"""Keeping what Slicer's libraries say about themselves away from the user."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from vtkmodules.vtkCommonCore import vtkFileOutputWindow, vtkOutputWindow

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def quiet_slicer() -> Iterator[None]:
    """Drop the messages of VTK and MRML, unless HNN_DEBUG is set; our own errors say what a user can act on."""
    if os.environ.get("HNN_DEBUG"):
        yield
        return
    before = vtkOutputWindow.GetInstance()
    with tempfile.TemporaryDirectory(prefix="hnn-messages-") as folder:
        window = vtkFileOutputWindow()
        window.SetFileName(str(Path(folder) / "messages.txt"))
        vtkOutputWindow.SetInstance(window)
        try:
            yield
        finally:
            vtkOutputWindow.SetInstance(before)
            del window  # closes its file before the folder goes
