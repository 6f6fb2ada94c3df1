"""A number of either sign that can be stepped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.widgets.decimal_comma import DecimalComma
from HeadNeckNodesLib.widgets.wheel_guard import WheelGuard

if TYPE_CHECKING:
    from collections.abc import Callable


class SignedBox(qt.QDoubleSpinBox):
    """A number; 0 is one like others.

    Parameters
    ----------
    lowest, highest : range of the number.
    decimals : digits behind the point.
    on_number : called with the number when the user changes it.
    suffix : unit.
    """

    def __init__(
        self, lowest: float, highest: float, decimals: int, on_number: Callable[[float], None], suffix: str
    ) -> None:
        super().__init__()
        self._wheelGuard = WheelGuard(self, while_focused=True)
        self._decimalComma = DecimalComma(self)
        self.decimals = decimals
        self.minimum = lowest
        self.maximum = highest
        self.suffix = suffix
        self.keyboardTracking = False
        self.connect("valueChanged(double)", on_number)

    def showNumber(self, number: float | None) -> None:
        """Show a number without telling anybody."""
        was_blocked = self.blockSignals(True)
        self.value = number or 0.0
        self.blockSignals(was_blocked)
