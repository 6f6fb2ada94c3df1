"""One finding: its name, three certainties, what is suggested, and its fold-out with definition and marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.widgets.layouts import tight, wrapped_label
from slicer.i18n import tr as _

from iENEGraderLib.panel.choices import FINDING_LABELS
from iENEGraderLib.panel.findings.finding_marks import FindingMarks, MarkActions, marks_of
from iENEGraderLib.panel.findings.mark_line import TARGET
from iENEGraderLib.panel.findings.suggestion_line import SuggestionLine
from iENEGraderLib.panel.result.explanation import criterion_html
from iENEGraderLib.panel.result.presenter import finding_tooltip
from iENEGraderLib.reading import Certainty

if TYPE_CHECKING:
    from collections.abc import Callable

    from iENEGraderLib.panel.findings.mark_tools import Placing
    from iENEGraderLib.panel.findings.suggestions import Suggestion
    from iENEGraderLib.reading import Node
    from iENEGraderLib.rules.criteria import Criterion

    Point = tuple[float, float, float]

GRADE_WIDTH = 10
COLUMN_GAP = 6
TITLE_WIDTH = 110
PLACES_WIDTH = 26
INDENT = GRADE_WIDTH + 16
KEYS = dict(zip(Certainty, "123", strict=True))


@dataclass(frozen=True)
class RowActions:
    """What a row can do.

    Attributes
    ----------
    selected : called with the row when the reader turns to it.
    certainty : called with the row and a certainty, or None when the chosen one was clicked again.
    dismiss : hides a suggestion.
    marks : what the fold-out can do.
    """

    selected: Callable[[FindingRow], None]
    certainty: Callable[[FindingRow, Certainty | None], None]
    dismiss: Callable[[Suggestion], None]
    marks: MarkActions


class FindingRow(qt.QWidget):
    """One finding of the selected node.

    Parameters
    ----------
    criterion : what the finding means.
    grade : grade that it counts for, shown in front; empty when none is shown.
    """

    def __init__(self, criterion: Criterion, grade: str, actions: RowActions) -> None:
        super().__init__()
        self.criterion = criterion
        self._actions = actions
        self._node: Node | None = None
        self._places: tuple[Point, ...] = ()
        self._next = 0
        self.titleButton = qt.QToolButton()
        self.placesButton = qt.QToolButton()
        self.buttons = {certainty: qt.QRadioButton() for certainty in Certainty}
        self.suggestionLine = SuggestionLine(actions.dismiss, INDENT)
        self.details = wrapped_label()
        self.marks: FindingMarks | None = None
        self._layout = tight(qt.QVBoxLayout(self))
        self._build(grade)

    def _build(self, grade: str) -> None:
        self._layout.setSpacing(0)
        line = tight(qt.QHBoxLayout())
        line.setSpacing(0)
        number = qt.QLabel(grade)
        number.setFixedWidth(GRADE_WIDTH)
        line.addWidget(number)
        self._buildTitle()
        line.addWidget(self.titleButton, 1)
        self._buildPlaces()
        line.addWidget(self.placesButton)
        for certainty, button in self.buttons.items():
            line.addWidget(self._certaintyCell(certainty, button))
        self._layout.addLayout(line)
        self._layout.addWidget(self.suggestionLine)
        self.details.text = criterion_html(self.criterion)
        self.details.setContentsMargins(INDENT, 0, 4, 4)
        self.details.visible = False
        self._layout.addWidget(self.details)

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

    def _buildPlaces(self) -> None:
        button = self.placesButton
        button.autoRaise = True
        button.setFixedWidth(PLACES_WIDTH)
        button.visible = False
        button.connect("clicked(bool)", lambda _checked=False: self.jump())

    def _certaintyCell(self, certainty: Certainty, button: qt.QRadioButton) -> qt.QWidget:
        button.setAutoExclusive(False)  # the chosen one must be able to be taken back
        name = f"{self.criterion.title}: {certainty}"
        button.toolTip = f"{name} ({KEYS[certainty]})"
        button.setAccessibleName(name)
        button.connect("clicked(bool)", lambda checked, certainty=certainty: self._onButton(certainty, checked))
        cell = qt.QWidget()
        cell.setFixedWidth(column_width(certainty))
        layout = tight(qt.QHBoxLayout(cell))
        layout.addWidget(button, 0, qt.Qt.AlignCenter)
        return cell

    def showNode(self, node: Node | None, suggestion: Suggestion | None) -> None:
        """Show how sure the reader is of the finding at a node, its marks, and what is suggested."""
        certainty = node.certainty_of(self.criterion.kind) if node else None
        self._node = node
        self.enabled = node is not None
        for each, button in self.buttons.items():
            button.checked = each is certainty
        self.suggestionLine.showSuggestion(suggestion, waits=certainty is None)
        self._showPlaces(node, suggestion)
        if self.marks is not None:
            self.marks.showNode(node)

    def showSelected(self, selected: bool) -> None:
        """Show whether the keys 1, 2 and 3 go to this row."""
        font = self.titleButton.font
        font.setBold(selected)
        self.titleButton.setFont(font)

    def showPlacing(self, placing: Placing | None) -> None:
        """Show what is being drawn."""
        if self.marks is not None:
            self.marks.showPlacing(placing)

    def offerWords(self) -> None:
        """Offer the structures and series that there are now."""
        if self.marks is not None:
            self.marks.offerWords()

    def fold(self, folded: bool) -> None:
        """Hide or show definition, measurements and marks."""
        self.titleButton.checked = not folded
        self.titleButton.setArrowType(qt.Qt.RightArrow if folded else qt.Qt.DownArrow)
        if not folded:
            self._unfolded().offerWords()
        self.details.visible = not folded
        if self.marks is not None:
            self.marks.visible = not folded

    def jump(self) -> None:
        """Take all views to the next mark; without marks to the next place that is suggested."""
        if self._places:
            at = self._next % len(self._places)
            self._next = at + 1
            self._actions.marks.go_to(self._places[at])

    def _unfolded(self) -> FindingMarks:
        """Return the marks, made when they are first asked for: few of the findings are ever folded out."""
        if self.marks is None:
            self.marks = FindingMarks(self.criterion.kind, self._actions.marks)
            self.marks.setContentsMargins(INDENT, 0, 4, 6)
            self._layout.addWidget(self.marks)
            self.marks.showNode(self._node)
        return self.marks

    def _showPlaces(self, node: Node | None, suggestion: Suggestion | None) -> None:
        marks = () if node is None else marks_of(node, self.criterion.kind)
        suggested = () if suggestion is None else suggestion.places_ras_mm
        places = tuple(mark.middle_ras_mm for mark in marks) or suggested
        if places != self._places:
            self._places, self._next = places, 0
        button = self.placesButton
        button.visible = bool(places)
        button.text = f"{len(marks)}{TARGET}" if marks else TARGET
        what = _("marks of this finding") if marks else _("places of the measurements")
        button.toolTip = _("Take all views to the {what}, one after another (G)").format(what=what)
        button.setAccessibleName(f"{self.criterion.title}: {button.toolTip}")

    def _onTitle(self, checked: bool) -> None:
        self._actions.selected(self)
        self.fold(not checked)

    def _onButton(self, certainty: Certainty, checked: bool) -> None:
        self._actions.selected(self)
        self._actions.certainty(self, certainty if checked else None)


def certainty_header(title: qt.QWidget, *beside: qt.QWidget) -> qt.QWidget:
    """Return a title with the words above the three columns of certainties beside it."""
    header = qt.QWidget()
    layout = tight(qt.QHBoxLayout(header))
    layout.setSpacing(0)
    layout.addWidget(title, 1)
    for widget in beside:
        layout.addWidget(widget)
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
