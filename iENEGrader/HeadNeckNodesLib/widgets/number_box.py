"""A number that may be missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt

from HeadNeckNodesLib.widgets.decimal_comma import DecimalComma
from HeadNeckNodesLib.widgets.wheel_guard import WheelGuard

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST_COUNT = 999
"""Largest number of nodes or lesions that can be typed; a document may hold more."""


class NumberBox(qt.QDoubleSpinBox):
    """A number; where it starts at 0, the 0 stands for 'none' and is shown as a dash.

    Parameters
    ----------
    lowest, highest : range of the number. A higher one in the document widens it: what is shown is what is there.
    decimals : digits behind the point.
    on_number : called with the number, or None, when the user changes it.
    suffix : unit.
    """

    def __init__(
        self, lowest: int, highest: float, decimals: int, on_number: Callable[[float | None], None], suffix: str = ""
    ) -> None:
        super().__init__()
        self._onNumber = on_number
        self._wheelGuard = WheelGuard(self, while_focused=True)
        self._decimalComma = DecimalComma(self)
        self.decimals = decimals
        self.minimum = lowest
        self.maximum = highest
        self.suffix = suffix
        self.specialValueText = "" if lowest else "–"
        # A number is taken when it is complete: 2 on the way to 24 must not be staged and must not fill the history.
        self.keyboardTracking = False
        # Connected last: none of the above is the user's doing.
        self.connect("valueChanged(double)", self._onValueChanged)

    def showNumber(self, number: float | None) -> None:
        """Show a number without telling anybody."""
        was_blocked = self.blockSignals(True)
        self.maximum = max(self.maximum, number or 0.0)
        self.value = number or 0.0
        self.blockSignals(was_blocked)

    def _onValueChanged(self, value: float) -> None:
        self._onNumber(value if value > 0 else None)
