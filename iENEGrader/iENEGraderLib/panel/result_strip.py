"""Grade, category and stage, always in sight below the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt
from slicer.i18n import tr as _

from iENEGraderLib.panel.explanation import cautions_html, why_html
from iENEGraderLib.panel.layouts import row_of, tight
from iENEGraderLib.panel.presenter import RESEARCH_USE, cautions, result_cells

if TYPE_CHECKING:
    from iENEGraderLib.rules import Assessment

CELLS = 4
DETAILS_HEIGHT = 220
LIST_INDENT = 14


class ResultStrip(qt.QFrame):
    """Shows an assessment: four values, the reasons and the cautions folded away below them."""

    def __init__(self) -> None:
        super().__init__()
        self.captions = [qt.QLabel() for _cell in range(CELLS)]
        self.values = [qt.QLabel() for _cell in range(CELLS)]
        self.whyButton = _fold_button(_("why"), self._onWhy)
        self.cautionsButton = _fold_button("", self._onCautions)
        self.details = qt.QTextBrowser()
        self.notice = qt.QLabel(RESEARCH_USE)
        self._assessment: Assessment | None = None
        self._build()

    def _build(self) -> None:
        self.setFrameShape(qt.QFrame.StyledPanel)
        layout = tight(qt.QVBoxLayout(self))
        layout.setContentsMargins(6, 4, 6, 4)
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
        layout.addLayout(row_of(self.whyButton, self.cautionsButton))
        self.details.openExternalLinks = True
        self.details.setFixedHeight(DETAILS_HEIGHT)
        self.details.document.setIndentWidth(LIST_INDENT)
        self.details.visible = False
        layout.addWidget(self.details)
        self.notice.wordWrap = True
        layout.addWidget(self.notice)

    def showAssessment(self, assessment: Assessment | None) -> None:
        """Show a result, or dashes when there is none."""
        self._assessment = assessment
        for cell, caption, value in zip(result_cells(assessment), self.captions, self.values, strict=True):
            caption.text, value.text = cell.caption, cell.value
            caption.toolTip = value.toolTip = cell.note
        number = len(cautions(assessment))
        self.cautionsButton.text = _("cautions ({number})").format(number=number)
        self.cautionsButton.enabled = number > 0
        self.whyButton.enabled = assessment is not None
        if not number:
            self._open(self.cautionsButton, False)
        self._showDetails()

    def _onWhy(self, checked: bool) -> None:
        self._open(self.cautionsButton, False)
        self._open(self.whyButton, checked)
        self._showDetails()

    def _onCautions(self, checked: bool) -> None:
        self._open(self.whyButton, False)
        self._open(self.cautionsButton, checked)
        self._showDetails()

    def _open(self, button: qt.QToolButton, opened: bool) -> None:
        button.checked = opened
        button.setArrowType(qt.Qt.DownArrow if opened else qt.Qt.RightArrow)

    def _showDetails(self) -> None:
        if self.whyButton.checked:
            self.details.setHtml(why_html(self._assessment))
        elif self.cautionsButton.checked:
            self.details.setHtml(cautions_html(cautions(self._assessment)))
        self.details.visible = self.whyButton.checked or self.cautionsButton.checked


def _fold_button(text: str, on_clicked: object) -> qt.QToolButton:
    button = qt.QToolButton()
    button.text = text
    button.checkable = True
    button.autoRaise = True
    button.setToolButtonStyle(qt.Qt.ToolButtonTextBesideIcon)
    button.setArrowType(qt.Qt.RightArrow)
    button.connect("clicked(bool)", on_clicked)
    return button
