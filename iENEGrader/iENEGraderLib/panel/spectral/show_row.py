"""Arrangements of the views: one energy or map in the three planes, or several side by side."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.widgets.layouts import row_of, tight, tool_button
from slicer.i18n import tr as _

from iENEGraderLib.scene.spectral.spectral_state import Shown

if TYPE_CHECKING:
    from collections.abc import Callable


class ShowRow(qt.QWidget):
    """A button for each arrangement; that which was chosen last stays down.

    Parameters
    ----------
    on_chosen : called with the arrangement when the user clicks on it.
    """

    def __init__(self, on_chosen: Callable[[Shown], None]) -> None:
        super().__init__()
        self.buttons = {
            shown: tool_button(text, tip, partial(on_chosen, shown))
            for shown, text, tip in (
                (Shown.ENERGY, _("energy"), _("The energy of the slider in the three planes")),
                (Shown.IODINE, _("iodine"), _("Iodine in mg/mL in the three planes")),
                (Shown.FAT, _("fat"), _("Fat fraction in the three planes")),
                (Shown.NON_CONTRAST, "VNC", _("Virtual non-contrast in HU in the three planes")),
                (
                    Shown.COMPARISON,
                    _("compare"),
                    _("70, 50 and 40 keV, conventional CT, iodine and fat side by side, linked"),
                ),
                (
                    Shown.RESOLUTION,
                    _("usual resolution"),
                    _("For teaching: beside it what 0.45 mm pixels and 3 mm sections would show"),
                ),
            )
        }
        *planes, teaching = self.buttons.values()
        layout = tight(qt.QVBoxLayout(self))
        layout.addLayout(row_of(qt.QLabel(_("Show")), *planes))
        layout.addLayout(row_of(qt.QLabel(_("Teaching")), teaching))
        for button in self.buttons.values():
            button.checkable = True

    def showShown(self, shown: Shown | None) -> None:
        """Show which arrangement was chosen; None for none of them."""
        for each, button in self.buttons.items():
            button.checked = each is shown
