"""A combo box that speaks in keys of the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt

from HeadNeckNodesLib.widgets.wheel_guard import WheelGuard

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from HeadNeckNodesLib.widgets.choice import Choice


class ChoiceBox(qt.QComboBox):
    """Chooses one of a few words.

    Parameters
    ----------
    choices : key in the document and text shown, for each.
    on_chosen : called with the key when the user chooses another one; not when `showKey` is called.
    width : least width in characters. The box may grow, and its list is as wide as its texts.
    """

    def __init__(self, choices: Sequence[Choice], on_chosen: Callable[[str], None], width: int = 4) -> None:
        super().__init__()
        self._onChosen = on_chosen
        self._shown = ""
        self._wheelGuard = WheelGuard(self, while_focused=False)
        for key, text in choices:
            self.addItem(text, key)
        self.setSizeAdjustPolicy(qt.QComboBox.AdjustToMinimumContentsLengthWithIcon)
        self.minimumContentsLength = width
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + 24)
        self.connect("activated(int)", self._onActivated)

    def showKey(self, key: str) -> None:
        """Show a choice without telling anybody."""
        # A plain str: what Qt makes of a member of an enumeration is not the same in every binding.
        self._shown = str(key)
        self.setCurrentIndex(self.findData(self._shown))

    def _onActivated(self, index: int) -> None:
        key = str(self.itemData(index))
        if key != self._shown:  # Qt tells of the item that is chosen already, too
            self._onChosen(key)
