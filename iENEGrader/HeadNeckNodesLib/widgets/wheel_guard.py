"""The mouse wheel scrolls the panel; it does not change what a box under the pointer holds."""

from __future__ import annotations

import qt


class WheelGuard(qt.QObject):
    """Keeps the wheel from a box and leaves it to the area that scrolls.

    One guard for every kind of box: Qt's spin boxes, unlike CTK's combo boxes, have no setting for this.

    Parameters
    ----------
    box : the box to guard.
    while_focused : whether the wheel reaches the box while it has the keyboard.
    """

    def __init__(self, box: qt.QWidget, *, while_focused: bool) -> None:
        super().__init__()
        self._while_focused = while_focused
        box.setFocusPolicy(qt.Qt.StrongFocus)  # not WheelFocus, by which the wheel itself would bring the keyboard
        box.installEventFilter(self)

    def eventFilter(self, box: qt.QWidget, event: qt.QEvent) -> bool:
        """Drop wheel events; an ignored one goes on to the parent of the box."""
        if event.type() != qt.QEvent.Wheel or (self._while_focused and box.hasFocus()):
            return False
        event.ignore()
        return True
