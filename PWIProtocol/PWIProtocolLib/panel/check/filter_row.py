"""How many criteria have which verdict, and buttons to see those alone."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.widgets.layouts import tight, tool_button
from slicer.i18n import tr as _

from PWIProtocolLib.panel.check.check_words import Shown, shown_results
from PWIProtocolLib.panel.check.verdict_icon import colour_of, verdict_icon
from PWIProtocolLib.protocol.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from PWIProtocolLib.protocol.checker import ProtocolCheck

SIGN = {Shown.NOT_MET: Verdict.NOT_MET, Shown.CANNOT_TELL: Verdict.CANNOT_TELL, Shown.MET: Verdict.MET,
        Shown.ENTERED: Verdict.USER_SUPPLIED}  # fmt: skip
# Row, column, rows and columns of each button: five are too wide for one row.
PLACES = ((0, 0, 1, 2), (0, 2, 1, 2), (0, 4, 1, 2), (1, 0, 1, 3), (1, 3, 1, 3))


class FilterRow(qt.QWidget):
    """Buttons of which one is pressed.

    Parameters
    ----------
    on_shown : called when the user wants to see other criteria.
    """

    def __init__(self, on_shown: Callable[[], None]) -> None:
        super().__init__()
        self._onShown = on_shown
        self.shown = Shown.ALL
        self._words = {
            Shown.ALL: (_("All"), _("All criteria")),
            Shown.NOT_MET: (_("Not met"), _("What the data or an entry show not to be met")),
            Shown.CANNOT_TELL: (_("Cannot tell"), _("What cannot be told from the data; nothing passes by absence")),
            Shown.MET: (_("Met"), _("What is met, those at their optimum among them")),
            Shown.ENTERED: (_("Entered"), _("What rests on an entry, whatever it comes to")),
        }
        self.buttons = {
            each: tool_button("", tip, partial(self._show, each)) for each, (_text, tip) in self._words.items()
        }
        layout = tight(qt.QGridLayout(self))
        for place, button in zip(PLACES, self.buttons.values(), strict=True):
            button.checkable = True
            button.setToolButtonStyle(qt.Qt.ToolButtonTextBesideIcon)
            button.setSizePolicy(qt.QSizePolicy.Expanding, qt.QSizePolicy.Fixed)
            layout.addWidget(button, *place)

    def showCheck(self, check: ProtocolCheck) -> None:
        """Show how many criteria there are of each kind."""
        for each, button in self.buttons.items():
            text, tip = self._words[each]
            count = len(shown_results(check, each))
            button.text = f"{text} {count}"
            button.setAccessibleName(f"{tip}: {count}")
            button.checked = each is self.shown
            if each in SIGN:
                button.setIcon(verdict_icon(SIGN[each], colour_of(SIGN[each])))

    def _show(self, shown: Shown) -> None:
        self.shown = shown
        self._onShown()
