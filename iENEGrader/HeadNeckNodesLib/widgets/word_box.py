"""A combo box that offers words and takes any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt

from HeadNeckNodesLib.widgets.wheel_guard import WheelGuard

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class WordBox(qt.QComboBox):
    """One of some words, or one of the user's own.

    Parameters
    ----------
    on_word : called with the word, without blanks around it, when the user chose or finished typing another one.
    placeholder : shown while there is no word.
    """

    def __init__(self, on_word: Callable[[str], None], placeholder: str) -> None:
        super().__init__()
        self._onWord = on_word
        self._shown = ""
        self._wheelGuard = WheelGuard(self, while_focused=False)
        self.editable = True
        self.setInsertPolicy(qt.QComboBox.NoInsert)
        self.setSizeAdjustPolicy(qt.QComboBox.AdjustToMinimumContentsLengthWithIcon)
        self.minimumContentsLength = 6
        self.lineEdit().placeholderText = placeholder
        self.connect("activated(int)", self._onActivated)
        self.lineEdit().connect("editingFinished()", self._onFinished)

    def offer(self, words: Sequence[str]) -> None:
        """Offer words; what is being typed is left alone."""
        if list(words) == [self.itemText(index) for index in range(self.count)]:
            return
        was_blocked = self.blockSignals(True)
        typed = self.currentText
        self.clear()
        for word in words:
            self.addItem(word)
        self.setEditText(typed)
        self.blockSignals(was_blocked)

    def showWord(self, word: str) -> None:
        """Show a word without telling anybody; what is being typed is left alone when the word is not new."""
        if word != self._shown or not self.lineEdit().isModified():
            self._shown = word
            self.setEditText(word)
            self.lineEdit().setCursorPosition(0)  # a long word is read from its beginning

    def _onActivated(self, index: int) -> None:
        self._tell(self.itemText(index))

    def _onFinished(self) -> None:
        self._tell(self.currentText.strip())

    def _tell(self, word: str) -> None:
        self.lineEdit().setModified(False)
        if word != self._shown:
            self._shown = word
            self._onWord(word)
