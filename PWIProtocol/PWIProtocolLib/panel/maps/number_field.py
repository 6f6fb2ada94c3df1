"""A number that comes from the data or from the user; where it comes from stands beside it."""

from __future__ import annotations

import qt
from HeadNeckNodesLib.widgets.layouts import row_of, tight, wrapped_label
from HeadNeckNodesLib.widgets.number_box import NumberBox
from slicer.i18n import tr as _

BOX_WIDTH, TITLE_WIDTH = 92, 118


class NumberField(qt.QWidget):
    """A title, a box, and the source of the number; an empty box means that nothing is known.

    Parameters
    ----------
    decimals : digits behind the point.
    unit : shown in the box.
    missing : what an empty box says of itself.
    """

    def __init__(self, title: str, unit: str, decimals: int, highest: float, *, tip: str, missing: str) -> None:
        super().__init__()
        self._found: float | None = None
        self._words = ""
        self._missing = missing
        self.isEntered = False
        self.box = NumberBox(0, highest, decimals, self._onNumber, f" {unit}" if unit else "")
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
        if not self.isEntered:
            return self._found
        return float(self.box.value) if self.box.value > 0 else None

    def showFound(self, number: float | None, words: str) -> None:
        """Show what the data say, in the place of what was entered; None when they do not."""
        self._found, self._words, self.isEntered = number, words, False
        self.box.showNumber(number)
        self._showSource()

    def _onNumber(self, number: float | None) -> None:
        self.isEntered = number is not None
        if number is None:  # emptied: what the data say holds again
            self.box.showNumber(self._found)
        self._showSource()

    def _showSource(self) -> None:
        known = self._words if self._found is not None else self._missing
        self.sourceLabel.text = _("entered") if self.isEntered else known
        self.sourceLabel.toolTip = self.sourceLabel.text
