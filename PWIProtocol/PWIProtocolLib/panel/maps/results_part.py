"""The maps of the last fit: which is shown, how the fit came out, the curve under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.html.markup import joined, tag
from HeadNeckNodesLib.widgets.choice_box import ChoiceBox
from HeadNeckNodesLib.widgets.layouts import row_of, tight, wrapped_label
from slicer.i18n import tr as _

from PWIProtocolLib.panel.maps.cursor_curve import CursorCurve
from PWIProtocolLib.panel.maps.map_words import capital, status_words
from PWIProtocolLib.panel.maps.regions_part import RegionsPart
from PWIProtocolLib.scene.maps.map_volumes import STATUS, show_map

if TYPE_CHECKING:
    from collections.abc import Callable

    from PWIProtocolLib.mapping import MappedStudy
    from PWIProtocolLib.panel.maps.mapping_session import MappingSession

FIRST = ("ktrans_per_min", "fp_ml_100ml_min")
NOT_FOR_STAGING = "N staging: not recommended. These values are evidence; they count for no grade and no stage."


class ResultsPart(qt.QWidget):
    """Shows what a session has fitted.

    Parameters
    ----------
    say : says what was done.
    """

    def __init__(self, session: MappingSession, say: Callable[[str], None]) -> None:
        super().__init__()
        self._session = session
        self.shown: MappedStudy | None = None
        self.mapBox = ChoiceBox((), self.showMap, width=12)
        self.mapBox.setAccessibleName(_("Map"))
        self.mapBox.toolTip = _("Map shown over the mean image in the slice views")
        self.cursorBox = qt.QCheckBox(_("Curve under the cursor"))
        self.cursorBox.toolTip = _("Draw the curve of the voxel under the mouse with its fit, in Slicer's plot view")
        self.cursorBox.connect("toggled(bool)", self._onCursor)
        self.cursorLabel = wrapped_label()
        self.statusLabel = wrapped_label()
        self.stagingLabel = wrapped_label()
        self.stagingLabel.text = _(NOT_FOR_STAGING)
        self.cursorCurve = CursorCurve(lambda: session.study, self._onVoxel)
        self.regions = RegionsPart(lambda: session.study, say)
        label = qt.QLabel(_("Map"))
        label.setBuddy(self.mapBox)
        layout = tight(qt.QVBoxLayout(self))
        layout.addLayout(row_of(label, self.mapBox, stretched=1))
        for widget in (self.statusLabel, self.cursorBox, self.cursorLabel, self.regions, self.stagingLabel):
            layout.addWidget(widget)
        self.showFit()

    def showFit(self) -> None:
        """Show the last fit of the session, its first map over the image."""
        study, volumes = self._session.study, self._session.volumes
        self.shown = study
        self.visible = study is not None
        self.cursorLabel.visible = False
        self.regions.clear()
        if study is None or volumes is None:
            self.cursorBox.checked = False
            return
        self.mapBox.clear()
        for name, volume in volumes.maps.items():
            self.mapBox.addItem(volume.GetName(), name)
        self.mapBox.addItem(volumes.status.GetName(), STATUS)
        # Those of the arterial curve stand beside it.
        cautions = [capital(each) for each in study.cautions if each not in study.arterial.cautions]
        lines = ("; ".join(status_words(study)), *cautions)
        self.statusLabel.text = str(joined([tag("div", line) for line in lines]))
        self.showMap(next(name for name in (*FIRST, *volumes.maps) if name in volumes.maps))

    def showMap(self, name: str) -> None:
        """Show a map over the mean image."""
        self.mapBox.showKey(name)
        if self._session.volumes is not None:
            show_map(self._session.volumes, name)

    def close(self) -> None:
        """Stop to follow the cursor."""
        self.cursorCurve.follow(follows=False)

    def _onCursor(self, follows: bool) -> None:
        self.cursorCurve.follow(follows=follows)
        self.cursorLabel.visible = follows
        self.cursorLabel.text = _("Move the mouse over a slice view.")

    def _onVoxel(self, words: str) -> None:
        self.cursorLabel.text = words
        self.cursorCurve.plot.bring_up()
