"""A line of text that tells only of what the user has finished typing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt

if TYPE_CHECKING:
    from collections.abc import Callable


class TextBox(qt.QLineEdit):
    """One line of text.

    Parameters
    ----------
    on_typed : called with the text, without blanks around it, when it was changed by the user.
    """

    def __init__(self, on_typed: Callable[[str], None]) -> None:
        super().__init__()
        self._onTyped = on_typed
        self._shown = ""
        self.connect("editingFinished()", self._onEditingFinished)

    def showText(self, text: str) -> None:
        """Show a text without telling anybody; what is being typed is left alone when the text is not new."""
        if text != self._shown or not self.isModified():
            self._shown = text
            self.text = text

    def _onEditingFinished(self) -> None:
        typed = self.text.strip()
        if typed != self._shown:
            self.setModified(False)
            self._onTyped(typed)
