"""The panel of PWIProtocol: it says what the module is for and what this version does."""

from __future__ import annotations

import qt

from PWIProtocolLib.panel.description import RESEARCH_USE, description_html


class DescriptionPanel(qt.QWidget):
    """Shows the description; the research-use line stays in sight below it."""

    def __init__(self) -> None:
        super().__init__()
        self.browser = qt.QTextBrowser()
        self.notice = qt.QLabel(RESEARCH_USE)
        self.browser.openExternalLinks = True
        self.browser.setFrameShape(qt.QFrame.NoFrame)
        self.browser.setHtml(description_html())
        self.notice.wordWrap = True
        layout = qt.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.browser, 1)
        layout.addWidget(self.notice)
