"""Keys of the panel: there while the module is open, gone when the user leaves it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import qt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


# Qt sends the second one where the window has something else for the same key. Slicer 5.12 has not: its undo action is
# in no menu. Another extension may have.
SIGNALS = ("activated()", "activatedAmbiguously()")
SEGMENT_EDITOR = "qMRMLSegmentEditorWidget"
"""Has keys of its own, the digits among them. A text box needs no mention: it takes what is typed before a shortcut."""


@dataclass(frozen=True)
class Shortcut:
    """A key and what it does.

    Attributes
    ----------
    in_panel_only : the key works only while the panel has the keyboard, so that other parts of the application keep it.
    """

    key: str
    action: Callable[[], None]
    in_panel_only: bool = False


def escape_key(widget: qt.QWidget, action: Callable[[], None]) -> qt.QShortcut:
    """Return a key Escape that acts at once, while the widget is seen; keep what is returned.

    That of a button clicks a tenth of a second later, when what it is to stop may have ended.
    """
    shortcut = qt.QShortcut(widget)
    shortcut.setKey(qt.QKeySequence("Esc"))
    shortcut.connect("activated()", action)
    return shortcut


class Shortcuts:
    """Installs keys and takes them away again.

    Parameters
    ----------
    panel : widget of the panel.
    shortcuts : the keys.
    attempt : runs an action of the user and shows why it failed.
    """

    def __init__(
        self, panel: qt.QWidget, shortcuts: Sequence[Shortcut], attempt: Callable[[Callable[[], None]], None]
    ) -> None:
        self._panel = panel
        self._attempt = attempt
        self._shortcuts = tuple(shortcuts)
        self._installed: list[Any] = []

    def install(self, window: qt.QWidget | None) -> None:
        """Install the keys in the main window, or in the panel when there is no window."""
        self.remove()
        for shortcut in self._shortcuts:
            owner = self._panel if shortcut.in_panel_only or window is None else window
            installed = qt.QShortcut(owner)
            installed.setKey(qt.QKeySequence(shortcut.key))
            installed.setContext(qt.Qt.WidgetWithChildrenShortcut if owner is self._panel else qt.Qt.WindowShortcut)
            for signal in SIGNALS:
                installed.connect(signal, partial(self._act, shortcut))
            self._installed.append(installed)

    def remove(self) -> None:
        """Give all keys back."""
        for installed in self._installed:
            installed.setParent(None)
            installed.deleteLater()
        self._installed.clear()

    def _act(self, shortcut: Shortcut) -> None:
        widget = qt.QApplication.focusWidget()
        while widget is not None and not widget.inherits(SEGMENT_EDITOR):
            widget = widget.parentWidget()
        if widget is None:
            self._attempt(shortcut.action)
