"""The result below the panel, always in sight: grade, N and stage per edition; reasons and cautions fold out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.widgets.layouts import row_of, tight
from slicer.i18n import tr as _

from iENEGraderLib.panel.case.case_cautions import signed_text
from iENEGraderLib.panel.result.explanation import cautions_html, why_html
from iENEGraderLib.panel.result.presenter import RESEARCH_USE, result_cells
from iENEGraderLib.panel.result.what_if import what_if_html, what_if_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iENEGraderLib.reading import Reading
    from iENEGraderLib.rules import Assessment

CELLS = 4
MARGIN = 6
DETAILS_HEIGHT = 220
LIST_INDENT = 14


class ResultStrip(qt.QFrame):
    """Shows an assessment: four values, and below them what is folded out."""

    def __init__(self) -> None:
        super().__init__()
        self.captions = [qt.QLabel() for _cell in range(CELLS)]
        self.values = [qt.QLabel() for _cell in range(CELLS)]
        self.signedLabel = qt.QLabel()
        self.whyButton = self._foldButton(_("why"), _("Reasons, rules and sources of grade, N and stage"))
        self.whatIfButton = self._foldButton(
            _("what if"), _("Which findings of the selected node would change the result, if they were read otherwise")
        )
        self.cautionsButton = self._foldButton("", _("What to look at again before the result is used"))
        self._buttonRow = row_of(*self.foldButtons)
        self.details = qt.QTextBrowser()
        self.notice = qt.QLabel(RESEARCH_USE)
        self._reading: Reading | None = None
        self._assessment: Assessment | None = None
        self._cautions: tuple[str, ...] = ()
        self._nodeId = ""
        self._further: list[tuple[qt.QToolButton, qt.QWidget]] = []
        self._build()

    def _build(self) -> None:
        self.setFrameShape(qt.QFrame.StyledPanel)
        layout = tight(qt.QVBoxLayout(self))
        layout.setContentsMargins(MARGIN, 4, MARGIN, 4)
        layout.setSpacing(2)
        grid = tight(qt.QGridLayout())
        for column, (caption, value) in enumerate(zip(self.captions, self.values, strict=True)):
            font = value.font
            font.setBold(True)
            font.setPointSizeF(font.pointSizeF() * 1.15)
            value.setFont(font)
            grid.addWidget(caption, 0, column)
            grid.addWidget(value, 1, column)
            grid.setColumnStretch(column, 2 if column else 1)
        layout.addLayout(grid)
        layout.addWidget(self.signedLabel)
        layout.addLayout(self._buttonRow)
        self.details.openExternalLinks = True
        self.details.document.setIndentWidth(LIST_INDENT)
        self.details.visible = False
        layout.addWidget(self.details)
        self.notice.wordWrap = True
        layout.addWidget(self.notice)

    def _foldButton(self, text: str, tip: str) -> qt.QToolButton:
        button = qt.QToolButton()
        button.text = text
        button.toolTip = tip
        button.checkable = True
        button.autoRaise = True
        button.setToolButtonStyle(qt.Qt.ToolButtonTextBesideIcon)
        button.setArrowType(qt.Qt.RightArrow)
        button.connect("clicked(bool)", lambda checked: self._onClick(button if checked else None))
        return button

    def addFold(self, text: str, tip: str, content: qt.QWidget) -> qt.QToolButton:
        """Add a button that folds out what is no text of the result; return the button."""
        button = self._foldButton(text, tip)
        self._further.append((button, content))
        self._buttonRow.insertWidget(self._buttonRow.count() - 1, button)  # before the room that is left
        layout = self.layout()
        layout.insertWidget(layout.indexOf(self.notice), content)
        content.visible = False
        return button

    @property
    def foldButtons(self) -> tuple[qt.QToolButton, ...]:
        """What folds out, from left to right."""
        return self.whyButton, self.whatIfButton, self.cautionsButton

    def showResult(
        self, reading: Reading | None, assessment: Assessment | None, node_id: str, cautions: Sequence[str]
    ) -> None:
        """Show a result, or dashes when there is none.

        Parameters
        ----------
        node_id : the selected node, empty when there is none: what would change is told of it.
        """
        self._reading, self._assessment, self._nodeId = reading, assessment, node_id
        self._cautions = tuple(cautions)
        for cell, caption, value in zip(result_cells(assessment), self.captions, self.values, strict=True):
            caption.text, value.text = cell.caption, cell.value
            caption.toolTip = value.toolTip = cell.note
        self.signedLabel.text = signed_text(reading)
        self.signedLabel.visible = bool(self.signedLabel.text)
        self.cautionsButton.text = _("cautions ({number})").format(number=len(cautions))
        self.cautionsButton.enabled = bool(cautions)
        self.whyButton.enabled = assessment is not None
        self.whatIfButton.enabled = assessment is not None and bool(node_id)
        self._onFold(next((button for button in self.foldButtons if button.checked and button.enabled), None))

    def showNode(self, node_id: str) -> None:
        """Tell of another node what would change."""
        self._nodeId = node_id
        self.whatIfButton.enabled = self._assessment is not None and bool(node_id)
        if self.whatIfButton.checked:
            self._onFold(self.whatIfButton if self.whatIfButton.enabled else None)

    def _onClick(self, opened: qt.QToolButton | None) -> None:
        """Fold one out and the others in, the added ones among them; with None all in."""
        for button, content in self._further:
            _showOpened(button, button is opened)
            content.visible = button is opened
        self._onFold(opened if opened in self.foldButtons else None)

    def _onFold(self, opened: qt.QToolButton | None) -> None:
        """Fold one text out and the others in; with None all in."""
        for button in self.foldButtons:
            _showOpened(button, button is opened)
        if opened is not None:
            self._showText(self._textOf(opened))
        self.details.visible = opened is not None

    def _showText(self, html: str) -> None:
        """Show a text as high as it is, up to what leaves room for the findings. The place in it is kept."""
        bar = self.details.verticalScrollBar()
        place = bar.value
        self.details.setHtml(html)
        document = self.details.document
        frame = 2 * self.details.frameWidth
        document.setTextWidth(self.width - 2 * MARGIN - frame)
        height = math.ceil(document.size.height()) + frame
        self.details.setFixedHeight(min(height, DETAILS_HEIGHT))
        bar.value = place

    def _textOf(self, button: qt.QToolButton) -> str:
        if button is self.whyButton:
            return why_html(self._assessment)
        if button is self.cautionsButton:
            return cautions_html(self._cautions)
        if self._reading is None or self._assessment is None:
            return ""
        return what_if_html(self._nodeId, what_if_lines(self._reading, self._assessment, self._nodeId))


def _showOpened(button: qt.QToolButton, opened: bool) -> None:
    button.checked = opened
    button.setArrowType(qt.Qt.DownArrow if opened else qt.Qt.RightArrow)
