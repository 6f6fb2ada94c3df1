"""Pictures of panels."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication

PANEL_WIDTH = 380


def screenshot(widget: Any, path: str | Path, width: int = PANEL_WIDTH, height: int | None = None) -> Path:
    """Draw a panel into a PNG file.

    Parameters
    ----------
    widget : a widget, or a module (its representation is drawn).
    path : the file to write.
    width, height : size in pixels; by default 380 wide, and as high as the panel wants to be.

    Raises
    ------
    RuntimeError
        If the machine has no font: boxes would stand for letters.
    """
    if not QFontDatabase.families():
        raise RuntimeError("no fonts to draw text with: install the Debian package fonts-dejavu-core")
    if hasattr(widget, "widgetRepresentation"):
        widget = widget.widgetRepresentation()
    was_hidden = widget.isHidden()
    widget.show()
    wanted = widget.heightForWidth(width) if widget.hasHeightForWidth() else -1
    widget.resize(width, height or max(wanted, _height_hint(widget), 1))
    QApplication.processEvents()
    widget.resize(width, height or max(wanted, _height_hint(widget), 1))  # wrapped texts know their height now
    QApplication.processEvents()
    target = Path(path)
    if not widget.grab().save(str(target)):
        raise OSError(f"could not write {target}")
    if was_hidden:
        widget.hide()
    logging.debug("drew %s", target.name)
    return target


def _height_hint(widget: Any) -> int:
    layout = widget.layout()
    hint = layout.totalSizeHint() if layout is not None else widget.sizeHint
    return int(hint.height())
