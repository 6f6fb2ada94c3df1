"""What the panel has to say: an error that stays, or a message about what was just done."""

from __future__ import annotations

import qt
from slicer.i18n import tr as _

from HeadNeckNodesLib.widgets.layouts import row_of, tight, tool_button

ICON_SIZE = 16


class MessageBar(qt.QFrame):
    """One message with an icon; hidden when there is nothing to say."""

    def __init__(self) -> None:
        super().__init__()
        self.icon = qt.QLabel()
        self.text = qt.QLabel()
        self.closeButton = tool_button("✕", _("Hide this message"), self.clear)
        self.closeButton.autoRaise = True
        self.text.wordWrap = True
        self.text.setTextInteractionFlags(qt.Qt.TextSelectableByMouse)
        self.setFrameShape(qt.QFrame.StyledPanel)
        layout = tight(qt.QVBoxLayout(self))
        layout.addLayout(row_of(self.icon, self.text, self.closeButton, stretched=1))
        self.visible = False

    def showError(self, message: str) -> None:
        """Say why something cannot be done."""
        self._show(message, qt.QStyle.SP_MessageBoxWarning)

    def showInformation(self, message: str) -> None:
        """Say what was done."""
        self._show(message, qt.QStyle.SP_MessageBoxInformation)

    def clear(self) -> None:
        """Have nothing to say."""
        self.text.text = ""
        self.visible = False

    def _show(self, message: str, icon: int) -> None:
        self.icon.setPixmap(self.style().standardIcon(icon).pixmap(ICON_SIZE, ICON_SIZE))
        self.text.text = message
        self.visible = True
