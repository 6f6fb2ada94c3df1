"""Calibration of the slopes of iodine by a known concentration in a vial or insert."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import ctk
import qt
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.widgets.layouts import row_of, tight, tool_button, wrapped_label
from HeadNeckNodesLib.widgets.number_box import NumberBox
from slicer.i18n import tr as _

from iENEGraderLib.panel.spectral.calibration_region import sample_of
from iENEGraderLib.panel.spectral.calibration_words import slope_words
from iENEGraderLib.panel.spectral.tissue_choice import TissueChoice
from iENEGraderLib.scene.spectral.slope_calibration import SlopeCalibration
from iENEGraderLib.scene.spectral.tissue_calibration import channel_names
from iENEGraderLib.spectral import InputKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from iENEGraderLib.panel.spectral.calibration_part import Draw
    from iENEGraderLib.panel.spectral.regions_part import RegionHost
    from iENEGraderLib.scene.segmented_scene import SegmentedScene

HIGHEST_MG_ML = 100.0
NUMBER_WIDTH = 104


class SlopePart(qt.QWidget):
    """Takes the slopes of tube voltages and energy bins from two regions of known iodine.

    Parameters
    ----------
    segments : what is segmented in the scene.
    host : the section around it.
    draw : asks for a circle under a name, and calls a function with it.
    on_calibrated : called with new slopes, or None when they are reset.
    """

    def __init__(
        self,
        segments: SegmentedScene,
        host: RegionHost,
        draw: Draw,
        on_calibrated: Callable[[SlopeCalibration | None], None],
    ) -> None:
        super().__init__()
        self._segments = segments
        self._host = host
        self._onCalibrated = on_calibrated
        self.fold = ctk.ctkCollapsibleButton()
        self.insert = TissueChoice(_("Iodine"), _("Iodine"), _("A vial or insert of known iodine"), draw)
        self.reference = TissueChoice(
            _("Less"), _("Less iodine"), _("The same vial or insert with less iodine, or with none (–)"), draw
        )
        self.insertBox, self.referenceBox = (
            NumberBox(0, HIGHEST_MG_ML, 2, lambda _number: None, " mg/mL") for _each in range(2)
        )
        self.calibrateButton = tool_button(
            _("Calibrate slopes"),
            _("Take HU per mg/mL of iodine from the difference of these two regions, for this scanner and diameter"),
            partial(host.tried, self.calibrate),
        )
        self.resetButton = tool_button(
            _("Reset"), _("Go back to the slopes of the table, or those given with the inputs"),
            partial(host.tried, lambda: on_calibrated(None)),
        )  # fmt: skip
        self.words = wrapped_label()
        self.words.setTextFormat(qt.Qt.PlainText)
        self._build()

    def _build(self) -> None:
        self.fold.text = _("Calibrate iodine slopes")
        self.fold.collapsed = True
        self.fold.connect("contentsCollapsed(bool)", lambda _collapsed: self.refresh())
        tight(qt.QVBoxLayout(self)).addWidget(self.fold)
        inside = tight(qt.QVBoxLayout(self.fold))
        inside.setContentsMargins(8, 2, 2, 4)
        for choice, box in ((self.insert, self.insertBox), (self.reference, self.referenceBox)):
            box.setFixedWidth(NUMBER_WIDTH)
            box.toolTip = _("Iodine in this region")
            box.setAccessibleName(box.toolTip)
            inside.addLayout(row_of(choice, box, stretched=0))
        inside.addLayout(row_of(self.calibrateButton, self.resetButton))
        inside.addWidget(self.words)

    def refresh(self) -> None:
        """Offer the regions that there are now, when the part is folded out."""
        if not self.fold.collapsed:
            self.insert.refresh()
            self.reference.refresh()

    def showSlopes(self, slopes: SlopeCalibration | None) -> None:
        """Show the slopes and where they are from; only tube voltages and bins have slopes to calibrate."""
        maps = self._host.maps()
        self.visible = maps is not None and maps.data.kind is InputKind.BEAMS
        self.resetButton.enabled = slopes is not None
        self.words.text = "" if maps is None else slope_words(maps.uncalibrated, maps.data, slopes)
        title = _("Calibrate iodine slopes")
        self.fold.text = title if slopes is None else _("{title}: done").format(title=title)
        self.refresh()

    def calibrate(self) -> None:
        """Read both regions and hand the slopes on."""
        maps = self._host.maps()
        if maps is None:
            return
        for choice in (self.insert, self.reference):
            choice.require_chosen(_("Choose or draw two regions of known iodine first"))
        more = self.insertBox.value - self.referenceBox.value
        if more <= 0:
            raise InputError(_("Say how much iodine both regions hold; the first one must hold more"))
        data = maps.uncalibrated
        insert, reference = (sample_of(each, data, self._segments) for each in (self.insert, self.reference))
        self._onCalibrated(SlopeCalibration(channel_names(data), insert, reference, more))
