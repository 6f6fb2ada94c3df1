"""How far an export is, what is being done, and a button that stops it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import qt
import slicer
from HeadNeckNodesLib.widgets.layouts import row_of, tight, tool_button, wrapped_label
from HeadNeckNodesLib.widgets.shortcuts import escape_key
from slicer.i18n import tr as _

if TYPE_CHECKING:
    from collections.abc import Callable

    Say = Callable[[str], None]

Result = TypeVar("Result")


class ExportStoppedError(Exception):
    """The user has clicked Cancel."""


class ExportProgress(qt.QWidget):
    """Hidden while nothing runs. Between steps the application looks after what the user does.

    Parameters
    ----------
    on_running : called with True when work begins, and with False when it has ended, however it did.
    """

    def __init__(self, on_running: Callable[[bool], None]) -> None:
        super().__init__()
        self._onRunning = on_running
        self._isStopped = False
        self._step = ""
        self.isRunning = False
        self.bar = qt.QProgressBar()
        self.bar.textVisible = False
        self.bar.setAccessibleName(_("Progress of the export"))
        self.words = wrapped_label()
        self.words.setTextFormat(qt.Qt.PlainText)
        self.cancelButton = tool_button(
            _("Cancel"), _("Stop after this step (Escape); nothing is written then"), self.stop
        )
        self._escape = escape_key(self, self.stop)
        layout = tight(qt.QVBoxLayout(self))
        layout.addLayout(row_of(self.bar, self.cancelButton, stretched=0))
        layout.addWidget(self.words)
        self.visible = False

    def run(self, steps: int, work: Callable[[Say], Result]) -> Result:
        """Do work that tells of each step before it begins; return what it returns.

        Parameters
        ----------
        steps : how many it will tell of, to show how far it is.

        Raises
        ------
        ExportStoppedError
            Out of the work, when the user has clicked Cancel.
        """
        self._isStopped = False
        self._step = ""
        self.bar.setRange(0, steps)
        self.bar.value = 0
        self._show(running=True)
        try:
            return work(self._onStep)
        finally:
            self._show(running=False)

    def stop(self) -> None:
        """Stop what runs, before its next step."""
        if self.isRunning:
            self._isStopped = True
            self.cancelButton.enabled = False
            self.words.text = _("stopping ...")

    def _onStep(self, words: str) -> None:
        step = words.partition(":")[0]
        if step != self._step:  # what follows a colon is how far the step is
            self._step = step
            self.bar.value = min(self.bar.value + 1, self.bar.maximum - 1)
        self.words.text = f"{words} ..."
        slicer.app.processEvents()  # a click on Cancel comes in here
        if self._isStopped:
            raise ExportStoppedError

    def _show(self, *, running: bool) -> None:
        self.isRunning = running
        self.cancelButton.enabled = running
        self.words.text = ""
        self.visible = running
        self._onRunning(running)
