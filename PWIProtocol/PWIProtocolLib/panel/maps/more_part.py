"""What is rarely asked for, folded away: concentrations as input, a map of B1, intervals, comparison of models."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ctk
import qt
from HeadNeckNodesLib.widgets.choice_box import ChoiceBox
from HeadNeckNodesLib.widgets.layouts import row_of, tight
from slicer.i18n import tr as _

from PWIProtocolLib.kinetics.aif_detection import InputKind
from PWIProtocolLib.scene.maps.dynamic_nodes import still_volumes
from PWIProtocolLib.scene.maps.map_nodes import MAP_ATTRIBUTE

if TYPE_CHECKING:
    from collections.abc import Callable

    from PWIProtocolLib.panel.maps.fit_choices import FitChoices


class MorePart(qt.QWidget):
    """Choices with a default that suits most studies.

    Parameters
    ----------
    on_changed : called after the user has changed something.
    """

    def __init__(self, on_changed: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self._onChanged = on_changed
        self.holds = InputKind.SIGNAL
        self.b1Id = ""
        self.fold = ctk.ctkCollapsibleButton()
        self.holdsBox = ChoiceBox(
            [(InputKind.SIGNAL.value, _("signal")), (InputKind.CONCENTRATION.value, _("concentration in mM"))],
            self._onHolds,
            width=12,
        )
        self.holdsBox.setAccessibleName(_("Frames hold"))
        self.holdsBox.toolTip = _("What the frames hold; concentrations need no T1, repetition time or flip angle")
        self.b1Box = ChoiceBox((), self._onB1, width=12)
        self.b1Box.setSizePolicy(qt.QSizePolicy.Ignored, qt.QSizePolicy.Fixed)
        self.b1Box.setAccessibleName(_("B1 map"))
        self.b1Box.toolTip = _("Ratio of the true to the set flip angle, on the grid of the dynamic study; near 1")
        self.b1Label = qt.QLabel(_("B1 map"))
        self.intervalsBox = qt.QCheckBox(_("Maps of 95 % intervals"))
        self.intervalsBox.toolTip = _("How well the curve of each voxel tells each parameter")
        self.comparisonBox = qt.QCheckBox(_("Map of the best model"))
        self.comparisonBox.toolTip = _("Patlak, Tofts or extended Tofts: the lowest AICc of each voxel")
        self._build()

    def _build(self) -> None:
        self.fold.text = _("More")
        self.fold.collapsed = True
        tight(qt.QVBoxLayout(self)).addWidget(self.fold)
        inside = tight(qt.QVBoxLayout(self.fold))
        inside.setContentsMargins(6, 2, 6, 4)
        inside.addLayout(row_of(qt.QLabel(_("Frames hold")), self.holdsBox, stretched=1))
        inside.addLayout(row_of(self.b1Label, self.b1Box, stretched=1))
        for box in (self.intervalsBox, self.comparisonBox):
            box.connect("toggled(bool)", lambda _checked: self._onChanged())
            inside.addWidget(box)
        self.holdsBox.showKey(self.holds.value)
        self.refresh()

    @property
    def isConcentration(self) -> bool:
        """Whether the frames hold concentrations."""
        return self.holds is InputKind.CONCENTRATION

    def showChoices(self, choices: FitChoices) -> None:
        """Show earlier choices, without telling anybody; unfolded when one is not the usual one."""
        self.holds, self.b1Id = choices.holds, choices.b1_id
        for box, checked in (
            (self.intervalsBox, choices.with_intervals),
            (self.comparisonBox, choices.with_comparison),
        ):
            was_blocked = box.blockSignals(True)
            box.checked = checked
            box.blockSignals(was_blocked)
        if self.isConcentration or self.b1Id or choices.with_intervals or choices.with_comparison:
            self.fold.collapsed = False
        self.holdsBox.showKey(self.holds.value)
        self.refresh()

    def refresh(self) -> None:
        """Offer the volumes that are in the scene now."""
        nodes = [node for node in still_volumes() if not node.GetAttribute(MAP_ATTRIBUTE)]
        self.b1Id = self.b1Id if self.b1Id in [node.GetID() for node in nodes] else ""
        self.b1Box.clear()
        self.b1Box.addItem(_("none: flip angles as set"), "")
        for node in nodes:
            self.b1Box.addItem(node.GetName(), node.GetID())
        self.b1Box.showKey(self.b1Id)
        self.b1Box.visible = self.b1Label.visible = not self.isConcentration

    def _onHolds(self, key: str) -> None:
        self.holds = InputKind(key)
        self.holdsBox.showKey(key)
        self.refresh()
        self._onChanged()

    def _onB1(self, node_id: str) -> None:
        self.b1Id = node_id
        self.b1Box.showKey(node_id)
        self._onChanged()
