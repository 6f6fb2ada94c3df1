"""One finding: its name, three certainties, and its definition when folded out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt
from slicer.i18n import tr as _

from iENEGraderLib.panel.choices import FINDING_LABELS
from iENEGraderLib.panel.explanation import criterion_html
from iENEGraderLib.panel.layouts import tight, wrapped_label
from iENEGraderLib.panel.presenter import finding_tooltip
from iENEGraderLib.reading import Certainty

if TYPE_CHECKING:
    from collections.abc import Callable

    from iENEGraderLib.rules.criteria import Criterion

GRADE_WIDTH = 10
COLUMN_GAP = 6
TITLE_WIDTH = 110


class FindingRow(qt.QWidget):
    """One finding of the selected node.

    Parameters
    ----------
    criterion : what the finding means.
    grade : grade that it counts for, shown in front; empty when none is shown.
    on_selected : called with the row when the reader turns to it.
    on_certainty : called with the row and a certainty, or None when the chosen one was clicked again.
    """

    def __init__(
        self,
        criterion: Criterion,
        grade: str,
        on_selected: Callable[[FindingRow], None],
        on_certainty: Callable[[FindingRow, Certainty | None], None],
    ) -> None:
        super().__init__()
        self.criterion = criterion
        self._onSelected = on_selected
        self._onCertainty = on_certainty
        self.titleButton = qt.QToolButton()
        self.buttons = {certainty: qt.QRadioButton() for certainty in Certainty}
        self.details = wrapped_label()
        self._build(grade)

    def _build(self, grade: str) -> None:
        layout = tight(qt.QVBoxLayout(self))
        layout.setSpacing(0)
        line = tight(qt.QHBoxLayout())
        line.setSpacing(0)
        number = qt.QLabel(grade)
        number.setFixedWidth(GRADE_WIDTH)
        line.addWidget(number)
        self._buildTitle()
        line.addWidget(self.titleButton, 1)
        for certainty, button in self.buttons.items():
            line.addWidget(self._certaintyCell(certainty, button))
        layout.addLayout(line)
        self.details.text = criterion_html(self.criterion)
        self.details.setContentsMargins(GRADE_WIDTH + 16, 0, 4, 6)
        self.details.visible = False
        layout.addWidget(self.details)

    def _buildTitle(self) -> None:
        title = self.titleButton
        title.text = FINDING_LABELS[self.criterion.kind]
        title.toolTip = finding_tooltip(self.criterion)
        title.autoRaise = True
        title.checkable = True
        title.setToolButtonStyle(qt.Qt.ToolButtonTextBesideIcon)
        title.setArrowType(qt.Qt.RightArrow)
        title.setSizePolicy(qt.QSizePolicy.Ignored, qt.QSizePolicy.Fixed)
        title.setMinimumWidth(TITLE_WIDTH)
        title.connect("clicked(bool)", self._onTitle)

    def _certaintyCell(self, certainty: Certainty, button: qt.QRadioButton) -> qt.QWidget:
        button.setAutoExclusive(False)  # the chosen one must be able to be taken back
        button.toolTip = f"{self.criterion.title}: {certainty}"
        button.setAccessibleName(button.toolTip)
        button.connect("clicked(bool)", lambda checked, certainty=certainty: self._onButton(certainty, checked))
        cell = qt.QWidget()
        cell.setFixedWidth(column_width(certainty))
        layout = tight(qt.QHBoxLayout(cell))
        layout.addWidget(button, 0, qt.Qt.AlignCenter)
        return cell

    def showCertainty(self, certainty: Certainty | None) -> None:
        """Show how sure the reader is; None for not assessed."""
        for each, button in self.buttons.items():
            button.checked = each is certainty

    def showSelected(self, selected: bool) -> None:
        """Show whether the keys 1, 2 and 3 go to this row."""
        font = self.titleButton.font
        font.setBold(selected)
        self.titleButton.setFont(font)

    def fold(self, folded: bool) -> None:
        """Hide or show the definition."""
        self.titleButton.checked = not folded
        self.titleButton.setArrowType(qt.Qt.RightArrow if folded else qt.Qt.DownArrow)
        self.details.visible = not folded

    def _onTitle(self, checked: bool) -> None:
        self._onSelected(self)
        self.fold(not checked)

    def _onButton(self, certainty: Certainty, checked: bool) -> None:
        self._onSelected(self)
        self._onCertainty(self, certainty if checked else None)


def certainty_header(title: qt.QWidget) -> qt.QWidget:
    """Return a title with the words above the three columns of certainties beside it."""
    header = qt.QWidget()
    layout = tight(qt.QHBoxLayout(header))
    layout.setSpacing(0)
    layout.addWidget(title, 1)
    for certainty in Certainty:
        label = qt.QLabel(certainty_words()[certainty])
        label.setAlignment(qt.Qt.AlignCenter)
        label.setFixedWidth(column_width(certainty))
        layout.addWidget(label)
    return header


def column_width(certainty: Certainty) -> int:
    """Return the width of a column of certainties in pixels: as wide as its word."""
    return int(qt.QLabel(certainty_words()[certainty]).sizeHint.width()) + COLUMN_GAP


def certainty_words() -> dict[Certainty, str]:
    """Return the words above the columns."""
    return {
        Certainty.ABSENT: _("absent"),
        Certainty.EQUIVOCAL: _("equivocal"),
        Certainty.UNEQUIVOCAL: _("unequivocal"),
    }
