"""Offers unsaved work, without a pop-up and without pressing."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.widgets.layouts import row_of, tight, tool_button
from slicer.i18n import tr as _

if TYPE_CHECKING:
    from collections.abc import Callable

    from iENEGraderLib.panel.session.autosave_files import UnsavedWork


class RecoveryBar(qt.QFrame):
    """One line about unsaved work and what can be done with it; hidden when there is none."""

    def __init__(
        self, on_recover: Callable[[], None], on_discard: Callable[[], None], on_declined: Callable[[], None]
    ) -> None:
        super().__init__()
        self.text = qt.QLabel()
        self.text.wordWrap = True
        self.recoverButton = tool_button(_("Recover"), _("Bring the unsaved reading back; can be undone"), on_recover)
        self.discardButton = tool_button(_("Discard"), _("Delete the unsaved reading for good"), on_discard)
        self.closeButton = tool_button("✕", _("Not now: the file is kept"), on_declined)
        self.closeButton.autoRaise = True
        self.setFrameShape(qt.QFrame.StyledPanel)
        layout = tight(qt.QVBoxLayout(self))
        layout.addLayout(row_of(self.text, self.recoverButton, self.discardButton, self.closeButton, stretched=0))
        self.visible = False

    def showWork(self, work: UnsavedWork | None) -> None:
        """Show an offer, or nothing."""
        self.visible = work is not None
        if work is not None:
            time = datetime.fromtimestamp(work.written).strftime("%Y-%m-%d %H:%M")
            text = _("Unsaved work on {case} of {time}").format(case=work.reading.case_id, time=time)
            self.text.text = text
            self.setToolTip(str(work.file))
