"""Steps through numbered sections: a slider with keys and mouse wheel, and what the section shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt
from slicer.i18n import tr as _

from HeadNeckNodesLib.widgets.layouts import tight
from HeadNeckNodesLib.widgets.wheel_guard import WheelGuard

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = 2
TEXT_WIDTH = 104


class SectionSlider(qt.QWidget):
    """Chooses a section.

    Parameters
    ----------
    on_section : called with the number of the section that the user went to.
    """

    def __init__(self, on_section: Callable[[int], None]) -> None:
        super().__init__()
        self._onSection = on_section
        self.slider = qt.QSlider(qt.Qt.Horizontal)
        self.slider.setSingleStep(1)
        self.slider.setPageStep(PAGE)
        self.slider.toolTip = _(
            "Step along the vessel: arrow keys, Home and End, mouse wheel; Page Up and Page Down wherever the keyboard "
            "is in this section"
        )
        self.slider.setAccessibleName(_("Section along the vessel"))
        self._wheelGuard = WheelGuard(self.slider, while_focused=True)
        self.slider.connect("valueChanged(int)", self._onSection)
        self.label = qt.QLabel()
        self.label.setMinimumWidth(TEXT_WIDTH)
        self.label.toolTip = _(
            "Place along the vessel, and the angle of this section alone; the angle above holds along the vessel"
        )
        layout = tight(qt.QHBoxLayout(self))
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.label)

    def showSection(self, section: int, number: int) -> None:
        """Show where the view is, of so many sections, without telling anybody."""
        was_blocked = self.slider.blockSignals(True)
        self.slider.setRange(0, max(number - 1, 0))
        self.slider.value = section
        self.slider.blockSignals(was_blocked)

    def step(self, by: int) -> None:
        """Go on by so many sections."""
        self.slider.value = self.slider.value + by

    def showText(self, text: str) -> None:
        """Write what the section shows."""
        self.label.text = text
