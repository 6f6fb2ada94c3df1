"""Keeping what VTK prints away from the user's terminal."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from vtkmodules.vtkCommonCore import vtkOutputWindow, vtkStringOutputWindow

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def captured_vtk_messages() -> Iterator[vtkStringOutputWindow]:
    """Collect VTK's messages instead of printing them: writing a bundle lists every file with its full path."""
    printing, collecting = vtkOutputWindow.GetInstance(), vtkStringOutputWindow()
    vtkOutputWindow.SetInstance(collecting)
    try:
        yield collecting
    finally:
        vtkOutputWindow.SetInstance(printing)
