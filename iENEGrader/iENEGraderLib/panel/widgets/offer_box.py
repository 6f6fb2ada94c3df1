"""A combo box whose choices change with the scene."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.widgets.choice_box import ChoiceBox

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from HeadNeckNodesLib.widgets.choice import Choice


class OfferBox(ChoiceBox):
    """Chooses one of what there is; takes the room that is left, whatever its texts.

    Parameters
    ----------
    on_chosen : called with the key when the user chooses another one.
    """

    def __init__(self, on_chosen: Callable[[str], None]) -> None:
        super().__init__((), on_chosen)
        self._offered: list[Choice] = []
        self.setSizePolicy(qt.QSizePolicy.Ignored, qt.QSizePolicy.Fixed)

    def offer(self, choices: Sequence[Choice]) -> None:
        """Offer choices, without telling anybody."""
        if list(choices) == self._offered:
            return
        self._offered = list(choices)
        was_blocked = self.blockSignals(True)
        self.clear()
        for key, text in choices:
            self.addItem(text, key)
        self.blockSignals(was_blocked)
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + 24)
