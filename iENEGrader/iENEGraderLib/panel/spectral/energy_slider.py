"""The energy: a slider that is followed while it moves, and a box to type it in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.widgets.later import done_later
from HeadNeckNodesLib.widgets.layouts import row_of, tight
from HeadNeckNodesLib.widgets.number_box import NumberBox
from HeadNeckNodesLib.widgets.wheel_guard import WheelGuard
from slicer.i18n import tr as _

if TYPE_CHECKING:
    from collections.abc import Callable

LOWEST_KEV, HIGHEST_KEV = 40, 190
BEGIN_KEV = 40
PAGE_KEV = 10
SETTLE_MS = 300
BOX_WIDTH = 84


class EnergySlider(qt.QWidget):
    """Chooses a photon energy from 40 to 190 keV.

    Parameters
    ----------
    on_moving : called with the energy at each step.
    on_settled : called when the slider was let go of, or has rested for a moment.
    on_noise : called with whether less noise is wanted.
    """

    def __init__(
        self, on_moving: Callable[[float], None], on_settled: Callable[[], None], on_noise: Callable[[bool], None]
    ) -> None:
        super().__init__()
        self._onMoving = on_moving
        self._onSettled = on_settled
        self.slider = qt.QSlider(qt.Qt.Horizontal)
        self.box = NumberBox(LOWEST_KEV, HIGHEST_KEV, 0, self._onNumber, " keV")
        self._timer = done_later(SETTLE_MS, self._settle)
        self.slider.setRange(LOWEST_KEV, HIGHEST_KEV)
        self.slider.setSingleStep(1)
        self.slider.setPageStep(PAGE_KEV)
        self.slider.value = BEGIN_KEV
        self.slider.toolTip = _(
            "Photon energy: drag, arrow keys, Page Up and Page Down. The slice views follow at once, the whole volume "
            "when the slider is let go"
        )
        self.slider.setAccessibleName(_("Photon energy in keV"))
        self.box.setAccessibleName(self.slider.accessibleName)
        self.box.setFixedWidth(BOX_WIDTH)
        self.box.showNumber(BEGIN_KEV)
        self._wheelGuard = WheelGuard(self.slider, while_focused=True)
        self.slider.connect("valueChanged(int)", self._onValue)
        self.slider.connect("sliderReleased()", self._settle)
        self.noiseBox = qt.QCheckBox(_("noise-reduced: for looking, not for measuring"))
        self.noiseBox.toolTip = _(
            "Smooths the iodine within each section, not its edges. The whole volume follows when the slider rests; "
            "values, curves and other maps stay those of the plain images"
        )
        self.noiseBox.connect("clicked(bool)", on_noise)
        layout = tight(qt.QVBoxLayout(self))
        layout.addLayout(row_of(self.slider, self.box, stretched=0))
        layout.addWidget(self.noiseBox)

    @property
    def kev(self) -> float:
        """The energy."""
        return float(self.slider.value)

    def showKev(self, kev: float) -> None:
        """Show an energy without telling anybody."""
        was_blocked = self.slider.blockSignals(True)
        self.slider.value = round(kev)
        self.slider.blockSignals(was_blocked)
        self.box.showNumber(round(kev))

    def showNoiseReduced(self, noise_reduced: bool) -> None:
        """Show whether less noise is wanted, without telling anybody."""
        self.noiseBox.checked = noise_reduced

    def leave(self) -> None:
        """Settle what is still moving."""
        if self._timer.active:
            self._settle()

    def _onValue(self, kev: int) -> None:
        self.box.showNumber(kev)
        self._timer.start()
        self._onMoving(float(kev))

    def _onNumber(self, kev: float | None) -> None:
        if kev is not None:
            self.slider.value = round(kev)

    def _settle(self) -> None:
        self._timer.stop()
        self._onSettled()
