"""Calibration by regions of fat and muscle of the patient."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import ctk
import qt
from HeadNeckNodesLib.widgets.layouts import row_of, tight, tool_button, wrapped_label
from slicer.i18n import tr as _

from iENEGraderLib.panel.spectral.calibration_region import sample_of
from iENEGraderLib.panel.spectral.calibration_words import response_words
from iENEGraderLib.panel.spectral.tissue_choice import TissueChoice
from iENEGraderLib.scene.spectral.tissue_calibration import TissueCalibration, channel_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from iENEGraderLib.panel.spectral.regions_part import RegionHost
    from iENEGraderLib.scene.segmented_scene import SegmentedScene

    Draw = Callable[[str, Callable[[Any], None]], None]


class CalibrationPart(qt.QWidget):
    """Takes fat and soft tissue from regions of this patient, and shows what that changes.

    Parameters
    ----------
    segments : what is segmented in the scene.
    host : the section around it.
    draw : asks for a circle under a name, and calls a function with it.
    on_calibrated : called with a new calibration, or None when it is reset.
    """

    def __init__(
        self,
        segments: SegmentedScene,
        host: RegionHost,
        draw: Draw,
        on_calibrated: Callable[[TissueCalibration | None], None],
    ) -> None:
        super().__init__()
        self._segments = segments
        self._host = host
        self._onCalibrated = on_calibrated
        self.fold = ctk.ctkCollapsibleButton()
        self.fat = TissueChoice(_("Fat"), _("Fat"), _("Subcutaneous fat, away from vessels and skin"), draw)
        self.muscle = TissueChoice(_("Muscle"), _("Muscle"), _("Muscle away from disease; it may be enhanced"), draw)
        self.calibrateButton = tool_button(
            _("Calibrate"),
            _("Take fat and soft tissue from these regions: fat fractions become this patient's, and iodine is counted "
              "from this muscle on"),
            partial(host.tried, self.calibrate),
        )  # fmt: skip
        self.resetButton = tool_button(
            _("Reset"), _("Go back to the attenuation table"), partial(host.tried, lambda: on_calibrated(None))
        )
        self.words = wrapped_label()
        self.words.setTextFormat(qt.Qt.PlainText)
        self._build()

    def _build(self) -> None:
        self.fold.text = _("Calibrate to this patient")
        self.fold.collapsed = True
        self.fold.connect("contentsCollapsed(bool)", lambda _collapsed: self.refresh())
        tight(qt.QVBoxLayout(self)).addWidget(self.fold)
        inside = tight(qt.QVBoxLayout(self.fold))
        inside.setContentsMargins(8, 2, 2, 4)
        inside.addWidget(self.fat)
        inside.addWidget(self.muscle)
        inside.addLayout(row_of(self.calibrateButton, self.resetButton))
        inside.addWidget(self.words)

    def refresh(self) -> None:
        """Offer the regions that there are now, when the part is folded out."""
        if not self.fold.collapsed:
            self.fat.refresh()
            self.muscle.refresh()

    def showCalibration(self, calibration: TissueCalibration | None) -> None:
        """Show what the inputs are taken to show of each tissue, and where that is from."""
        self.resetButton.enabled = calibration is not None
        maps = self._host.maps()
        self.words.text = "" if maps is None else response_words(maps.uncalibrated, maps.data, calibration)
        title = _("Calibrate to this patient")
        self.fold.text = title if calibration is None else _("{title}: done").format(title=title)
        self.refresh()

    def calibrate(self) -> None:
        """Read both regions and hand the calibration on."""
        maps = self._host.maps()
        if maps is None:
            return
        data = maps.uncalibrated
        for choice in (self.fat, self.muscle):
            choice.require_chosen(_("Choose or draw a region of fat and one of muscle first"))
        fat, muscle = (sample_of(choice, data, self._segments) for choice in (self.fat, self.muscle))
        self._onCalibrated(TissueCalibration(channel_names(data), fat, muscle))
