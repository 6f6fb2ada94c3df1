"""Which volumes are spectral inputs, and what each of them is."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import qt
import slicer
from HeadNeckNodesLib.widgets.choice_box import ChoiceBox
from HeadNeckNodesLib.widgets.layouts import row_of, tight, wrapped_label
from HeadNeckNodesLib.widgets.number_box import NumberBox
from slicer.i18n import tr as _

from iENEGraderLib.panel.widgets.offer_box import OfferBox
from iENEGraderLib.scene.compare_views import comparable_volumes
from iENEGraderLib.scene.spectral.input_choice import (
    BEAM_ROLES,
    NUMBERED_ROLES,
    InputChoice,
    InputRole,
    choice_of,
    given,
    is_current,
    likely_inputs,
    remember,
)
from iENEGraderLib.scene.spectral.spectral_volumes import is_map

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_INPUTS = 8
"""Ours: scanners offer more energies, but further ones tell nothing new."""
LEAST_ROWS = 2
INPUT = "SpectralInput"
"""References of the parameter node to the volumes: SpectralInput1, SpectralInput2 ..."""
HIGHEST_SLOPE = 200.0
ROLE_WIDTH, NUMBER_WIDTH = 102, 62


class InputRow(qt.QWidget):
    """One volume: which, what it is, and its number.

    Parameters
    ----------
    on_volume : called with the id of the volume that the user chose; empty for none.
    on_said : called with what the user says of it.
    """

    def __init__(self, on_volume: Callable[[str], None], on_said: Callable[[InputChoice], None]) -> None:
        super().__init__()
        self._onSaid = on_said
        self.choice: InputChoice | None = None
        self.volumeBox = OfferBox(on_volume)
        roles = [(role.value, role.value.removeprefix("iodine ") or "?") for role in InputRole]
        self.roleBox = ChoiceBox(roles, lambda key: self._say(InputRole(key), None))
        self.numberBox = NumberBox(0, 200.0, 0, self._sayNumber)
        self.slopeBox = NumberBox(0, HIGHEST_SLOPE, 1, self._saySlope, _(" HU per mg/mL"))
        self.slopeLabel = qt.QLabel(_("Iodine slope of the site"))
        self.sourceLabel = wrapped_label()
        self.sourceLabel.setTextFormat(qt.Qt.PlainText)
        self.volumeBox.toolTip = _("A volume of the scene; all inputs must be of one examination and grid")
        self.roleBox.toolTip = _(
            "keV: monochromatic, HU. kV: image of one tube voltage, HU; tin: behind a tin filter, as the second tube "
            "of dual source CT. mg/mL, 100 ug/cm3: iodine map of the scanner in this unit"
        )
        self.numberBox.toolTip = _("Photon energy in keV, or tube voltage in kV")
        self.slopeBox.toolTip = _(
            "HU per mg/mL of iodine of your scanner at this voltage, from a phantom; – takes the default, which is "
            "known to about 5 %"
        )
        self.slopeBox.setAccessibleName(self.slopeLabel.text)
        for box, name in ((self.volumeBox, _("Volume")), (self.roleBox, _("Kind")), (self.numberBox, _("Energy"))):
            box.setAccessibleName(name)
        self.roleBox.setFixedWidth(ROLE_WIDTH)
        self.numberBox.setFixedWidth(NUMBER_WIDTH)
        layout = tight(qt.QVBoxLayout(self))
        layout.addLayout(row_of(self.volumeBox, self.roleBox, self.numberBox, stretched=0))
        layout.addLayout(row_of(self.slopeLabel, self.slopeBox))
        layout.addWidget(self.sourceLabel)

    def showChoice(self, choice: InputChoice | None) -> None:
        """Show a volume and what is known of it, without telling anybody."""
        self.choice = choice
        self.volumeBox.showKey("" if choice is None else choice.volume.GetID())
        self.roleBox.showKey("" if choice is None else choice.role)
        self.numberBox.showNumber(None if choice is None else choice.number)
        self.roleBox.enabled = choice is not None
        self.numberBox.enabled = choice is not None and choice.role in NUMBERED_ROLES
        self.slopeBox.showNumber(None if choice is None else choice.slope)
        for widget in (self.slopeLabel, self.slopeBox):
            widget.visible = choice is not None and choice.role in BEAM_ROLES
        self.sourceLabel.text = "" if choice is None else choice.source
        self.sourceLabel.visible = bool(self.sourceLabel.text)

    def showVolume(self, volume: Any) -> None:
        """Show a volume of the scene; its header is read anew only when something has changed."""
        if volume is None:
            self.showChoice(None)
        elif self.choice is None or not is_current(self.choice, volume):
            self.showChoice(choice_of(volume))
        else:
            self.showChoice(self.choice)

    def _say(self, role: InputRole, number: float | None) -> None:
        if self.choice is not None:
            self._onSaid(given(self.choice, role, number))

    def _saySlope(self, slope: float | None) -> None:
        if self.choice is not None:
            self._onSaid(given(self.choice, self.choice.role, self.choice.number, slope))

    def _sayNumber(self, number: float | None) -> None:
        if self.choice is not None:
            self._say(self.choice.role, number)


class InputRows(qt.QWidget):
    """The inputs. Which volumes they are is kept in the module's parameter node, what they are at the volumes.

    Parameters
    ----------
    parameter_node : returns the module's parameter node (vtkMRMLScriptedModuleNode).
    on_changed : called when the user has chosen or said something else.
    """

    def __init__(self, parameter_node: Callable[[], Any], on_changed: Callable[[], None]) -> None:
        super().__init__()
        self._parameterNode = parameter_node
        self._onChanged = on_changed
        self.rows = [InputRow(partial(self._onVolume, at), self._onSaid) for at in range(MOST_INPUTS)]
        layout = tight(qt.QVBoxLayout(self))
        for row in self.rows:
            layout.addWidget(row)

    @property
    def isRestorable(self) -> bool:
        """Tell whether volumes are chosen, and all of them are there and known."""
        chosen = [self._parameterNode().GetNodeReferenceID(f"{INPUT}{at + 1}") for at in range(MOST_INPUTS)]
        return len(self.choices) == len([each for each in chosen if each]) > 1 and all(
            each.is_complete for each in self.choices
        )

    @property
    def choices(self) -> tuple[InputChoice, ...]:
        """What is chosen."""
        return tuple(row.choice for row in self.rows if row.choice is not None)

    def refresh(self) -> None:
        """Offer the volumes that there are now; what can be recognised is chosen when nothing was before."""
        volumes = [each for each in comparable_volumes() if not is_map(each)]
        chosen = [self._parameterNode().GetNodeReference(f"{INPUT}{at + 1}") for at in range(MOST_INPUTS)]
        if not any(chosen):
            for at, choice in enumerate(likely_inputs(volumes)[:MOST_INPUTS]):
                chosen[at] = choice.volume
                self._refer(at, choice.volume)
        offered = [("", "–"), *((each.GetID(), each.GetName()) for each in volumes)]
        for row, volume in zip(self.rows, chosen, strict=True):
            row.volumeBox.offer(offered)
            row.showVolume(volume if volume in volumes else None)
        self._showRows()

    def _showRows(self) -> None:
        """Show the rows in use, and one more for another volume."""
        used = [at for at, row in enumerate(self.rows) if row.choice is not None]
        shown = max(LEAST_ROWS, max(used, default=-1) + 2)
        for at, row in enumerate(self.rows):
            row.visible = at < shown

    def _onVolume(self, at: int, node_id: str) -> None:
        volume = slicer.mrmlScene.GetNodeByID(node_id) if node_id else None
        self._refer(at, volume)
        self.rows[at].showChoice(None if volume is None else choice_of(volume))
        self._showRows()
        self._onChanged()

    def _onSaid(self, choice: InputChoice) -> None:
        remember(choice)
        for row in self.rows:
            if row.choice is not None and row.choice.volume is choice.volume:
                row.showChoice(choice)
        self._onChanged()

    def _refer(self, at: int, volume: Any) -> None:
        self._parameterNode().SetNodeReferenceID(f"{INPUT}{at + 1}", None if volume is None else volume.GetID())
