"""What came of an export: as high as its text is, up to what leaves room for the reading."""

from __future__ import annotations

import math

import qt
from HeadNeckNodesLib.html.markup import escaped

HIGHEST = 150
LIST_INDENT = 12


class ResultView(qt.QTextBrowser):
    """Hidden while there is nothing to say; links open the folder and its pages."""

    def __init__(self) -> None:
        super().__init__()
        self.openExternalLinks = True
        self.document.setIndentWidth(LIST_INDENT)
        self.visible = False

    def showText(self, text: str, width: int) -> None:
        """Show plain text, or `Markup`.

        Parameters
        ----------
        width : that there is, in pixels.
        """
        self.setHtml(escaped(text))
        frame = 2 * self.frameWidth
        self.document.setTextWidth(width - frame)
        height = math.ceil(self.document.size.height()) + frame
        self.setFixedHeight(min(height, HIGHEST))
        self.visible = True

    def forget(self) -> None:
        """Have nothing to say."""
        self.clear()
        self.visible = False
