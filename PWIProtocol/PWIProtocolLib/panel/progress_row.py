"""Progress of what takes a while, with a way to stop it; the application stays alive meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt
import slicer
from HeadNeckNodesLib.widgets.layouts import tight, tool_button
from HeadNeckNodesLib.widgets.shortcuts import escape_key
from slicer.i18n import tr as _

if TYPE_CHECKING:
    from collections.abc import Callable

    Progress = Callable[[int, int], bool]


class ProgressRow(qt.QWidget):
    """A bar and a button to cancel; hidden while nothing runs.

    Parameters
    ----------
    on_running : called with True when work begins, and with False when it has ended.
    """

    def __init__(self, on_running: Callable[[bool], None]) -> None:
        super().__init__()
        self._onRunning = on_running
        self._isStopped = False
        self.isRunning = False
        self.bar = qt.QProgressBar()
        self.bar.setAccessibleName(_("Progress"))
        tip = _("Stop (Escape); of a fit, the voxels done so far are kept")
        self.cancelButton = tool_button(_("Cancel"), tip, self.stop)
        self._escape = escape_key(self, self.stop)
        layout = tight(qt.QHBoxLayout(self))
        layout.addWidget(self.bar, 1)
        layout.addWidget(self.cancelButton)
        self.visible = False

    def run(self, work: Callable[[Progress], None]) -> None:
        """Do work that calls what it is given with parts done and in all, and stops when that returns False."""
        if self.isRunning:
            return
        self._show(running=True)
        try:
            work(self._onProgress)
        finally:
            self._show(running=False)

    def stop(self) -> None:
        """Stop what runs."""
        self._isStopped = True

    def _onProgress(self, done: int, total: int) -> bool:
        self.bar.setRange(0, max(total, 1))
        self.bar.value = done
        slicer.app.processEvents()  # a click on Cancel comes in here
        return not self._isStopped

    def _show(self, *, running: bool) -> None:
        self.isRunning = running
        self._isStopped = False
        self.bar.setRange(0, 1)
        self.bar.value = 0
        self.visible = running
        self._onRunning(running)
