"""One fact that DICOM may lack: a box to enter it, who entered it and when, and a button to take it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.widgets.choice_box import ChoiceBox
from HeadNeckNodesLib.widgets.layouts import attempt, row_of, tight, tool_button
from HeadNeckNodesLib.widgets.text_box import TextBox
from slicer.i18n import tr as _

from PWIProtocolLib.protocol.agents import agents
from PWIProtocolLib.protocol.answers import AnswerField, rule_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from PWIProtocolLib.protocol.answers import Answer

    Enter = Callable[[AnswerField, float | str], None]

BOX_WIDTH = 112


class EntryRow(qt.QWidget):
    """Takes one fact.

    Parameters
    ----------
    field : which one.
    on_enter : called with the field and its value when the user has entered another one; may refuse it (InputError).
    on_take_back : called with the field when the user takes the entry back.
    """

    def __init__(self, field: AnswerField, on_enter: Enter, on_take_back: Callable[[AnswerField], None]) -> None:
        super().__init__()
        self._field = field
        self._onEnter = on_enter
        self._onTakeBack = on_take_back
        self._answer: Answer | None = None
        self._rule = rule_of(field)
        self.label = qt.QLabel(self._rule.title + (f" ({self._rule.unit})" if self._rule.unit else ""))
        self.box = self._numberBox() if self._rule.unit else self._choiceBox()
        self.takeBackButton = tool_button("✕", _("Take this entry back"), lambda: on_take_back(field))
        self.takeBackButton.setAccessibleName(_("Take back: {field}").format(field=self._rule.title))
        self.whoLabel = qt.QLabel()
        self.box.setAccessibleName(self._rule.title)
        self.box.setFixedWidth(BOX_WIDTH)
        self.label.wordWrap = True
        self.label.setBuddy(self.box)
        layout = tight(qt.QVBoxLayout(self))
        layout.addLayout(row_of(self.label, self.box, self.takeBackButton, stretched=0))
        layout.addWidget(self.whoLabel)
        self.showAnswer(None)

    def showAnswer(self, answer: Answer | None) -> None:
        """Show what was entered, by whom and when, without telling anybody."""
        self._answer = answer
        self.takeBackButton.visible = answer is not None
        self.whoLabel.visible = answer is not None
        if answer is not None:
            words = _("    entered by {who}, {date}")
            self.whoLabel.text = words.format(who=answer.who, date=answer.when.date().isoformat())
        if isinstance(self.box, TextBox):
            self.box.setModified(False)
            self.box.showText("" if answer is None else f"{answer.value:g}")
        else:
            self.box.showKey("" if answer is None else str(answer.value))

    def _numberBox(self) -> TextBox:
        box = TextBox(lambda text: attempt(self, lambda: self._onTyped(text)))
        box.placeholderText = f"{self._rule.low:g} – {self._rule.high:g}"
        box.toolTip = _("A number from {low} to {high} {unit}; press Return to enter it").format(
            low=f"{self._rule.low:g}", high=f"{self._rule.high:g}", unit=self._rule.unit
        )
        return box

    def _choiceBox(self) -> ChoiceBox:
        words = self._rule.choices or tuple(each.name for each in agents())
        choices = [("", "–"), *((word, word.replace("_", " ")) for word in words)]
        box = ChoiceBox(choices, lambda key: attempt(self, lambda: self._onChosen(key)))
        box.toolTip = _("Choose what is true of this study")
        return box

    def _onTyped(self, text: str) -> None:
        """Enter a number. What cannot be entered stays in the box until something else is shown: it may be a slip."""
        if text:
            self._onEnter(self._field, self._number(text))
        else:
            self._onTakeBack(self._field)

    def _onChosen(self, key: str) -> None:
        try:
            if key:
                self._onEnter(self._field, key)
        finally:
            self.showAnswer(self._answer)

    def _number(self, text: str) -> float:
        try:
            return float(text.replace(",", "."))
        except ValueError as error:
            raise InputError(
                f"{self._rule.title}: must be a number in {self._rule.unit}, found {text[:20]!r}"
            ) from error
