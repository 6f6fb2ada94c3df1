"""Numbers that go into an arterial curve: onset, T1 of blood, hematocrit, relaxivity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.widgets.layouts import tight
from HeadNeckNodesLib.widgets.quantity_box import Quantity
from slicer.i18n import tr as _

from PWIProtocolLib.kinetics.aif_population import DEFAULT_HEMATOCRIT
from PWIProtocolLib.mapping import DEFAULT_RELAXIVITY_PER_MM_S
from PWIProtocolLib.panel.maps.number_field import NumberField

if TYPE_CHECKING:
    from collections.abc import Callable


class AifFields(qt.QWidget):
    """The numbers, one below the other.

    Parameters
    ----------
    on_changed : called after the user has changed one.
    """

    def __init__(self, on_changed: Callable[[], None]) -> None:
        super().__init__()
        self.onsetField = NumberField(
            Quantity(_("Onset"), "s", 1, 0.0, 600.0),
            tip=_("When the bolus arrives, from the first frame"),
            missing=_("from the images"),
        )
        self.bloodField = NumberField(
            Quantity(_("T1 of blood"), "s", 2, 0.5, 8.0),
            tip=_("For a measured artery; about 1.44 s at 1.5 T, 1.65 s at 3 T"),
            missing=_("from the T1 map"),
        )
        self.hematocritField = NumberField(
            Quantity(_("Hematocrit"), "", 2, 0.0, 0.7),
            tip=_("Share of cells in blood: plasma is the rest"),
            missing=_("enter it"),
        )
        self.relaxivityField = NumberField(
            Quantity(_("Relaxivity /(mM s)"), "", 2, 0.5, 60.0),
            tip=_("Of the contrast agent at this field strength"),
            missing=_("enter it"),
        )
        self.hematocritField.showFound(DEFAULT_HEMATOCRIT, _("assumed"))
        self.relaxivityField.showFound(DEFAULT_RELAXIVITY_PER_MM_S, _("assumed"))
        layout = tight(qt.QVBoxLayout(self))
        for field in (self.onsetField, self.bloodField, self.hematocritField, self.relaxivityField):
            field.onChanged = on_changed
            layout.addWidget(field)
