"""A number that comes from the data or from the user; where it comes from stands beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.widgets.layouts import row_of, tight, wrapped_label
from HeadNeckNodesLib.widgets.number_box import NumberBox
from HeadNeckNodesLib.widgets.wheel_guard import WheelGuard
from slicer.i18n import tr as _

if TYPE_CHECKING:
    from collections.abc import Callable

BOX_WIDTH, TITLE_WIDTH = 92, 118


class SignedBox(qt.QDoubleSpinBox):
    """A number of either sign; 0 is a number like others.

    Parameters
    ----------
    lowest, highest : range of the number.
    decimals : digits behind the point.
    on_number : called with the number when the user changes it.
    suffix : unit.
    """

    def __init__(
        self, lowest: float, highest: float, decimals: int, on_number: Callable[[float | None], None], suffix: str
    ) -> None:
        super().__init__()
        self._wheelGuard = WheelGuard(self, while_focused=True)
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


class NumberField(qt.QWidget):
    """A title, a box, and the source of the number; an empty box means that nothing is known.

    Parameters
    ----------
    decimals : digits behind the point.
    unit : shown in the box.
    missing : what an empty box says of itself.
    lowest : 0, which then stands for an empty box, or a negative number.

    Attributes
    ----------
    onChanged : called after the user has changed the number.
    """

    def __init__(
        self, title: str, unit: str, decimals: int, highest: float, *, tip: str, missing: str, lowest: float = 0.0
    ) -> None:
        super().__init__()
        self._found: float | None = None
        self._entered: float | None = None
        self._words = ""
        self._missing = missing
        self.onChanged: Callable[[], None] = lambda: None
        suffix = f" {unit}" if unit else ""
        self.box = (
            SignedBox(lowest, highest, decimals, self._onNumber, suffix)
            if lowest < 0
            else NumberBox(0, highest, decimals, self._onNumber, suffix)
        )
        self.box.toolTip = tip
        self.box.setFixedWidth(BOX_WIDTH)
        self.box.setAccessibleName(title)
        self.titleLabel = qt.QLabel(title)
        self.titleLabel.setFixedWidth(TITLE_WIDTH)
        self.titleLabel.setBuddy(self.box)
        self.sourceLabel = wrapped_label()
        self.sourceLabel.setTextFormat(qt.Qt.PlainText)
        tight(qt.QVBoxLayout(self)).addLayout(row_of(self.titleLabel, self.box, self.sourceLabel, stretched=2))
        self._showSource()

    @property
    def number(self) -> float | None:
        """The number; None when nothing is known or entered."""
        return self._found if self._entered is None else self._entered

    @property
    def entered(self) -> float | None:
        """The number that the user entered; None when it is that of the data."""
        return self._entered

    @property
    def isEntered(self) -> bool:
        """Whether the user entered it."""
        return self._entered is not None

    def showFound(self, number: float | None, words: str) -> None:
        """Show what the data say, in the place of what was entered; None when they do not."""
        self._found, self._words, self._entered = number, words, None
        self.box.showNumber(number)
        self._showSource()

    def showEntered(self, number: float | None) -> None:
        """Show what was entered earlier; None leaves what the data say."""
        self._entered = number
        self.box.showNumber(self.number)
        self._showSource()

    def _onNumber(self, number: float | None) -> None:
        self._entered = number
        if number is None:  # emptied: what the data say holds again
            self.box.showNumber(self._found)
        self._showSource()
        self.onChanged()

    def _showSource(self) -> None:
        known = self._words if self._found is not None else self._missing
        self.sourceLabel.text = _("entered") if self.isEntered else known
        self.sourceLabel.toolTip = self.sourceLabel.text
