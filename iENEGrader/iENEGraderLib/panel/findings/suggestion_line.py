"""What measurements suggest for a finding, below its name: hollow until the reader has decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.widgets.layouts import tight
from slicer.i18n import tr as _

from iENEGraderLib.panel.findings.mark_line import small_button

if TYPE_CHECKING:
    from collections.abc import Callable

    from iENEGraderLib.panel.findings.suggestions import Suggestion

HOLLOW, FILLED = "◇", "◆"


class SuggestionLine(qt.QWidget):
    """One line, there as long as the measurement is: a decision of the reader moves no row.

    Parameters
    ----------
    on_dismiss : called with the suggestion when the reader does not want to see it.
    indent : room in front, in pixels.
    """

    def __init__(self, on_dismiss: Callable[[Suggestion], None], indent: int) -> None:
        super().__init__()
        self._onDismiss = on_dismiss
        self._suggestion: Suggestion | None = None
        self.label = qt.QLabel()
        self.label.setTextFormat(qt.Qt.PlainText)
        self.label.setSizePolicy(qt.QSizePolicy.Ignored, qt.QSizePolicy.Preferred)
        self.dismissButton = small_button("✕", _("Hide this suggestion until it is measured anew"), self._onClicked)
        layout = tight(qt.QHBoxLayout(self))
        layout.setContentsMargins(indent, 0, 4, 0)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.dismissButton)
        self.setFixedHeight(int(self.dismissButton.sizeHint.height()))
        self.visible = False

    def showSuggestion(self, suggestion: Suggestion | None, *, waits: bool) -> None:
        """Show a suggestion; None hides the line.

        Parameters
        ----------
        waits : the reader has not decided yet.
        """
        self._suggestion = suggestion
        self.visible = suggestion is not None
        if suggestion is None:
            return
        words = _("measured: {text}") if not waits else self._offer(suggestion)
        self.label.text = f"{HOLLOW if waits else FILLED} {words.format(text=suggestion.text)}"
        font = self.label.font
        font.setItalic(waits)
        self.label.setFont(font)
        tip = _("Not counted. Choose how certain you are: that also marks the places.") if waits else ""
        self.label.toolTip = "\n".join(filter(None, (suggestion.text, suggestion.method, tip)))
        self.dismissButton.visible = waits
        self.dismissButton.setAccessibleName(f"{self.dismissButton.toolTip}: {suggestion.text}")

    def _offer(self, suggestion: Suggestion) -> str:
        return str(_("suggested: {text}") if suggestion.is_met else _("perhaps: {text}"))

    def _onClicked(self) -> None:
        if self._suggestion is not None:
            self._onDismiss(self._suggestion)
