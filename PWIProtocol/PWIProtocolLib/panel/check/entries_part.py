"""What can be entered for a criterion, and who enters it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.widgets.layouts import heading, row_of, tight
from HeadNeckNodesLib.widgets.text_box import TextBox
from slicer.i18n import tr as _

from PWIProtocolLib.panel.check.entry_row import EntryRow
from PWIProtocolLib.protocol.answers import AnswerField, answer_from, fields_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from PWIProtocolLib.protocol.answers import Answers

READER_WIDTH = 72


class EntriesPart(qt.QWidget):
    """Offers the entries of one criterion.

    Parameters
    ----------
    on_change : called with the entries as they are to be; may refuse them (InputError).
    """

    def __init__(self, on_change: Callable[[Answers], None]) -> None:
        super().__init__()
        self._onChange = on_change
        self._answers: Answers | None = None
        self.readerBox = TextBox(self._onReader)  # not remembered: the next one at this computer is somebody else
        self.readerBox.placeholderText = _("initials")
        self.readerBox.toolTip = _("Who enters: it stands beside the entry in every result. Never the patient")
        self.readerBox.setAccessibleName(_("Entered by"))
        self.readerBox.setFixedWidth(READER_WIDTH)
        self.rows = {field: EntryRow(field, self._enter, self._takeBack) for field in AnswerField}
        layout = tight(qt.QVBoxLayout(self))
        title = heading(_("Enter what the headers lack"))
        layout.addLayout(row_of(title, qt.QLabel(), qt.QLabel(_("by")), self.readerBox, stretched=1))
        for row in self.rows.values():
            layout.addWidget(row)

    def showEntries(self, criterion: str, answers: Answers) -> None:
        """Show what can be entered for a criterion, and what was; nothing when nothing can be."""
        self._answers = answers
        offered = fields_for(criterion)
        self.visible = bool(offered)
        for field, row in self.rows.items():
            row.visible = field in offered
            row.showAnswer(answers.get(field))

    def _onReader(self, text: str) -> None:
        self.readerBox.showText(text)

    def _enter(self, field: AnswerField, value: float | str) -> None:
        if self._answers is not None:
            self._onChange(self._answers.with_answer(answer_from(field, value, self.readerBox.text)))

    def _takeBack(self, field: AnswerField) -> None:
        if self._answers is not None:
            self._onChange(self._answers.without(field))
