"""The path of a folder or a file: typed, dropped or browsed for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.widgets.layouts import icon_button, row_of, tight
from HeadNeckNodesLib.widgets.text_box import TextBox

if TYPE_CHECKING:
    from collections.abc import Callable

LABEL_WIDTH = 42


class PathRow(qt.QWidget):
    """One path.

    Parameters
    ----------
    name : of the path, shown before it.
    placeholder : shown while there is none.
    tip : what it is for.
    asked : asks the user with a dialog and returns its answer.
    on_path : called when the user has given another path.
    """

    def __init__(
        self,
        name: str,
        placeholder: str,
        tip: str,
        asked: Callable[[], object],
        on_path: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__()
        self._asked = asked
        self._onPath = on_path
        self.box = TextBox(self._onGiven)
        self.box.placeholderText = placeholder
        self.box.toolTip = tip
        self.box.setAccessibleName(name)
        self.browseButton = icon_button(qt.QStyle.SP_DirOpenIcon, tip, self._onBrowse)
        label = qt.QLabel(name)
        label.setMinimumWidth(LABEL_WIDTH)
        label.setBuddy(self.box)
        tight(qt.QVBoxLayout(self)).addLayout(row_of(label, self.box, self.browseButton, stretched=1))

    @property
    def path(self) -> str:
        """What stands in the box."""
        return str(self.box.text).strip()

    def showPath(self, path: str) -> None:
        """Show a path; one that was dropped comes as an address."""
        self.box.setModified(False)
        self.box.showText(qt.QUrl(path).toLocalFile() if path.startswith("file:") else path)

    def _onBrowse(self) -> None:
        answer = self._asked()  # bindings answer with a path, or with a path and a filter
        path = str(answer[0]) if isinstance(answer, tuple) else str(answer or "")
        if path:
            self._onGiven(path)

    def _onGiven(self, path: str) -> None:
        self.showPath(path)
        self._onPath()
