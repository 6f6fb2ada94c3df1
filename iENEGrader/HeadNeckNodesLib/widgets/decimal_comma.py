"""A comma typed into a spin box is a decimal point; Qt would drop it, and 1,5 would become 15."""

from __future__ import annotations

import qt


class DecimalComma(qt.QObject):
    """Turns the comma into a point for one spin box."""

    def __init__(self, box: qt.QDoubleSpinBox) -> None:
        super().__init__()
        self._line = next(each for each in box.children() if each.inherits("QLineEdit"))
        box.installEventFilter(self)

    def eventFilter(self, _box: qt.QWidget, event: qt.QEvent) -> bool:
        """Put a point in the place of the key."""
        if event.type() != qt.QEvent.KeyPress or event.key() != qt.Qt.Key_Comma:
            return False
        self._line.insert(".")
        return True
