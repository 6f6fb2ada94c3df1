"""The height of an arterial curve: a factor, that of a population average, or what the curve ends at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.widgets.choice_box import ChoiceBox
from HeadNeckNodesLib.widgets.layouts import row_of, tight
from HeadNeckNodesLib.widgets.number_box import NumberBox
from slicer.i18n import tr as _

from PWIProtocolLib.kinetics import population_aifs
from PWIProtocolLib.mapping.aif_edits import AS_IT_IS, ScaleTo, Scaling
from PWIProtocolLib.panel.maps.number_field import BOX_WIDTH

if TYPE_CHECKING:
    from collections.abc import Callable

LABEL_WIDTH = 62
HIGHEST = 100.0
UNITS = {ScaleTo.FACTOR: "", ScaleTo.TAIL: " mM"}


class AifHeightRow(qt.QWidget):
    """Chooses a scaling.

    Parameters
    ----------
    on_scaling : called with what makes the scaling that was chosen, and refuses one that cannot be (InputError).
    """

    def __init__(self, on_scaling: Callable[[Callable[[], Scaling]], None]) -> None:
        super().__init__()
        self._onScaling = on_scaling
        self._scaling = AS_IT_IS
        self._end_mM = 0.0
        self.toBox = ChoiceBox(
            [
                (ScaleTo.FACTOR.value, _("by a factor")),
                (ScaleTo.PEAK.value, _("to the peak of")),
                (ScaleTo.AREA.value, _("to the area of")),
                (ScaleTo.TAIL.value, _("to end at")),
            ],
            self._onTo,
            width=9,
        )
        self.toBox.setAccessibleName(_("Scale"))
        self.toBox.toolTip = _(
            "Height of the curve. Late, blood of arteries and veins is alike and inflow falsifies it least: "
            "'to end at' takes the concentration of the last minute, of a vein for example"
        )
        self.numberBox = NumberBox(0, HIGHEST, 3, self._onNumber)
        self.numberBox.setFixedWidth(BOX_WIDTH)
        self.numberBox.setAccessibleName(_("Factor or concentration"))
        self.populationBox = ChoiceBox(
            [(each.name.value, each.title) for each in population_aifs()], self._onPopulation
        )
        self.populationBox.setAccessibleName(_("Population average to scale to"))
        self.populationBox.setSizePolicy(qt.QSizePolicy.Ignored, qt.QSizePolicy.Fixed)
        label = qt.QLabel(_("Scale"))
        label.setFixedWidth(LABEL_WIDTH)
        label.setBuddy(self.toBox)
        row = row_of(label, self.toBox, self.numberBox, self.populationBox, stretched=3)
        row.addStretch(0)
        tight(qt.QVBoxLayout(self)).addLayout(row)
        self.showScaling(AS_IT_IS, 0.0)

    def showScaling(self, scaling: Scaling, end_mM: float) -> None:
        """Show a scaling without telling anybody; the curve ends at `end_mM` with it."""
        self._scaling, self._end_mM = scaling, end_mM
        by_population = scaling.to in (ScaleTo.PEAK, ScaleTo.AREA)
        self.toBox.showKey(scaling.to)
        self.numberBox.visible = not by_population
        self.populationBox.visible = by_population
        self.numberBox.suffix = UNITS.get(scaling.to, "")
        self.numberBox.showNumber(None if by_population else scaling.number)
        self.populationBox.showKey(scaling.population)

    def _onTo(self, key: str) -> None:
        to = ScaleTo(key)
        if to is ScaleTo.FACTOR:
            self._onScaling(lambda: AS_IT_IS)
        elif to is ScaleTo.TAIL:
            self._onScaling(lambda: Scaling(to, round(self._end_mM, 3)))
        else:
            name = self._scaling.population or population_aifs()[0].name.value
            self._onScaling(lambda: Scaling(to, population=name))

    def _onNumber(self, number: float | None) -> None:
        self._onScaling(lambda: Scaling(self._scaling.to, number or 0.0))

    def _onPopulation(self, name: str) -> None:
        self._onScaling(lambda: Scaling(self._scaling.to, population=name))
