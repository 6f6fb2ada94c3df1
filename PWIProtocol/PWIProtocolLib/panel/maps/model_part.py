"""The model of the fit and the delay of the tissue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.widgets.choice_box import ChoiceBox
from HeadNeckNodesLib.widgets.layouts import row_of, tight
from HeadNeckNodesLib.widgets.quantity_box import Quantity
from slicer.i18n import tr as _

from PWIProtocolLib.kinetics import Model
from PWIProtocolLib.panel.maps.fit_choices import DelayChoice
from PWIProtocolLib.panel.maps.number_field import NumberField

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_DELAY_S = 120.0
"""Of the engine, either way."""


class ModelPart(qt.QWidget):
    """Chooses model and delay.

    Parameters
    ----------
    on_changed : called after the user has changed something.
    """

    def __init__(self, on_changed: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self._onChanged = on_changed
        self.model = Model.EXTENDED_TOFTS
        self.delay = DelayChoice.NONE
        models = [
            (Model.EXTENDED_TOFTS.value, _("extended Tofts")),
            (Model.TOFTS.value, _("Tofts")),
            (Model.PATLAK.value, _("Patlak")),
            (Model.TWO_COMPARTMENT_EXCHANGE.value, _("two-compartment exchange")),
        ]
        self.modelBox = ChoiceBox(models, self._onModel, width=10)
        self.modelBox.setAccessibleName(_("Model"))
        self.modelBox.toolTip = _("Kinetic model of the tissue")
        delays = [
            (DelayChoice.NONE.value, _("no delay")),
            (DelayChoice.SEARCH.value, _("delay of each voxel")),
            (DelayChoice.FIXED.value, _("one delay")),
        ]
        self.delayBox = ChoiceBox(delays, self._onDelay, width=8)
        self.delayBox.setAccessibleName(_("Delay"))
        self.delayBox.toolTip = _("Arrival of contrast in the tissue after the artery")
        self.delayField = NumberField(
            Quantity(_("Delay"), "s", 1, -MOST_DELAY_S, MOST_DELAY_S),
            tip=_("After the arterial curve; negative when the tissue is reached before the place of that curve"),
            missing=_("enter it"),
        )
        self.delayField.onChanged = on_changed
        label = qt.QLabel(_("Model"))
        label.setBuddy(self.modelBox)
        layout = tight(qt.QVBoxLayout(self))
        layout.addLayout(row_of(label, self.modelBox, self.delayBox, stretched=1))
        layout.addWidget(self.delayField)
        self._show()

    def showChoice(self, model: Model, delay: DelayChoice, delay_s: float | None) -> None:
        """Show an earlier choice, without telling anybody."""
        self.model, self.delay = model, delay
        self.delayField.showEntered(delay_s)
        self._show()

    @property
    def delay_s(self) -> float | None:
        """The one delay; None when none was entered."""
        return self.delayField.number

    def _show(self) -> None:
        self.modelBox.showKey(self.model.value)
        self.delayBox.showKey(self.delay.value)
        self.delayField.visible = self.delay is DelayChoice.FIXED

    def _onModel(self, key: str) -> None:
        self.model = Model(key)
        self._show()
        self._onChanged()

    def _onDelay(self, key: str) -> None:
        self.delay = DelayChoice(key)
        self._show()
        self._onChanged()
