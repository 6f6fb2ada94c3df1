"""A number that comes from the data or from the user; where it comes from stands beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.widgets.layouts import row_of, tight, wrapped_label
from HeadNeckNodesLib.widgets.quantity_box import QuantityBox
from slicer.i18n import tr as _

if TYPE_CHECKING:
    from collections.abc import Callable

    from HeadNeckNodesLib.widgets.quantity_box import Quantity

BOX_WIDTH, TITLE_WIDTH = 92, 118


class NumberField(qt.QWidget):
    """A title, a box, and the source of the number; an empty box means that nothing is known.

    Parameters
    ----------
    quantity : what is asked for.
    missing : what an empty box says of itself.

    Attributes
    ----------
    onChanged : called after the user has changed the number.
    """

    def __init__(self, quantity: Quantity, *, tip: str, missing: str) -> None:
        super().__init__()
        self._found: float | None = None
        self._entered: float | None = None
        self._words = ""
        self._missing = missing
        self.onChanged: Callable[[], None] = lambda: None
        self.box = QuantityBox(quantity, self._onNumber)
        self.box.toolTip = tip
        self.box.setFixedWidth(BOX_WIDTH)
        self.titleLabel = qt.QLabel(quantity.title)
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
