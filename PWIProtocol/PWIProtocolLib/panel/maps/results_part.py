"""The maps of a fit: which is shown, how the fit came out, the curve under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.html.markup import joined, tag
from HeadNeckNodesLib.widgets.choice_box import ChoiceBox
from HeadNeckNodesLib.widgets.layouts import attempt, row_of, tight, wrapped_label
from slicer.i18n import tr as _

from PWIProtocolLib.panel.maps.cursor_curve import CursorCurve
from PWIProtocolLib.panel.maps.map_words import capital
from PWIProtocolLib.panel.maps.regions_part import RegionsPart
from PWIProtocolLib.scene.maps.fit_node import fit_nodes
from PWIProtocolLib.scene.maps.map_volumes import STATUS, percent_done, show_map, shown_map

if TYPE_CHECKING:
    from collections.abc import Callable

    from PWIProtocolLib.panel.maps.kept_fit import KeptFit
    from PWIProtocolLib.panel.maps.mapping_session import MappingSession
    from PWIProtocolLib.panel.maps.regions_part import WithData

FIRST = ("ktrans_per_min", "fp_ml_100ml_min")
NOT_FOR_STAGING = "N staging: not recommended. These values are evidence; they count for no grade and no stage."


class ResultsPart(qt.QWidget):
    """Shows the fit of a session.

    Parameters
    ----------
    with_data : does work with the fit and its data, which it brings after loading, and shows why it failed.
    say : says what was done.
    """

    def __init__(self, session: MappingSession, with_data: WithData, say: Callable[[str], None]) -> None:
        super().__init__()
        self._session = session
        self._withData = with_data
        self.shown: KeptFit | None = None
        self.fitBox = ChoiceBox((), self._onFit, width=12)
        self.fitBox.setAccessibleName(_("Fit"))
        self.fitBox.toolTip = _("Fits that the scene keeps")
        self.fitBox.setSizePolicy(qt.QSizePolicy.Ignored, qt.QSizePolicy.Fixed)
        self.mapBox = ChoiceBox((), self.showMap, width=12)
        self.mapBox.setAccessibleName(_("Map"))
        self.mapBox.toolTip = _("Map shown over the mean image in the slice views")
        self.mapBox.setSizePolicy(qt.QSizePolicy.Ignored, qt.QSizePolicy.Fixed)
        self.cursorBox = qt.QCheckBox(_("Curve under the cursor"))
        self.cursorBox.toolTip = _("Draw the curve of the voxel under the mouse with its fit, in Slicer's plot view")
        self.cursorBox.connect("toggled(bool)", self._onCursor)
        self.cursorLabel = wrapped_label()
        self.statusLabel = wrapped_label()
        self.stagingLabel = wrapped_label()
        self.stagingLabel.text = _(NOT_FOR_STAGING)
        self.cursorCurve = CursorCurve(lambda: session.study, self._onVoxel)
        self.regions = RegionsPart(session, with_data, say)
        label = qt.QLabel(_("Map"))
        label.setBuddy(self.mapBox)
        layout = tight(qt.QVBoxLayout(self))
        layout.addWidget(self.fitBox)
        layout.addLayout(row_of(label, self.mapBox, stretched=1))
        for widget in (self.statusLabel, self.cursorBox, self.cursorLabel, self.regions, self.stagingLabel):
            layout.addWidget(widget)
        self.showFit()

    def refresh(self) -> None:
        """Catch up with the scene: fits and readings that came or went."""
        fit = self._session.fit
        shown = None if self.shown is None else (self.shown.node, list(self.shown.volumes.maps))
        if shown != (None if fit is None else (fit.node, list(fit.volumes.maps))):
            self.showFit(looks=False)
        self._showFits()
        self.regions.refresh()

    def showFit(self, *, looks: bool = True) -> None:
        """Show the fit of the session.

        Parameters
        ----------
        looks : whether its first map comes into the views; a scene that was loaded brings its views along.
        """
        fit = self._session.fit
        self.shown = fit
        self.visible = fit is not None
        self.cursorLabel.visible = self.cursorBox.checked = False
        self.regions.showFit()
        self._showFits()
        if fit is None:
            return
        self.mapBox.clear()
        for name, volume in fit.volumes.maps.items():
            self.mapBox.addItem(volume.GetName(), name)
        self.mapBox.addItem(fit.volumes.status.GetName(), STATUS)
        lines = (*map(capital, fit.record.cautions), "; ".join(fit.record.outcome))
        if fit.record.done < 1.0:
            words = _("Incomplete: cancelled at {share}; the other voxels have no value. Fit again for all of them.")
            lines = (words.format(share=percent_done(fit.record.done)), *lines)
        self.statusLabel.text = str(joined([tag("div", line) for line in lines]))
        first = next(name for name in (*FIRST, *fit.volumes.maps) if name in fit.volumes.maps)
        shown = "" if looks else shown_map(fit.volumes)
        if looks:
            self.showMap(first)
        else:
            self.mapBox.showKey(shown or first)

    def showMap(self, name: str) -> None:
        """Show a map over the mean image."""
        self.mapBox.showKey(name)
        if self._session.volumes is not None:
            show_map(self._session.volumes, name)

    def close(self) -> None:
        """Stop to follow the cursor."""
        self.cursorCurve.follow(follows=False)

    def _showFits(self) -> None:
        nodes = fit_nodes()
        self.fitBox.clear()
        for node in nodes:
            self.fitBox.addItem(node.GetName(), node.GetID())
        self.fitBox.showKey("" if self._session.fit is None else self._session.fit.node.GetID())
        self.fitBox.visible = len(nodes) > 1

    def _onFit(self, node_id: str) -> None:
        node = next(each for each in fit_nodes() if each.GetID() == node_id)
        attempt(self, lambda: self._session.look_at(node))
        self.showFit()

    def _onCursor(self, follows: bool) -> None:
        if follows and self._session.study is None:
            self._withData(lambda _study: None)
            if self._session.study is None:  # it was said why
                self.cursorBox.checked = False
                return
        self.cursorCurve.follow(follows=follows)
        self.cursorLabel.visible = follows
        self.cursorLabel.text = _("Move the mouse over a slice view.")

    def _onVoxel(self, words: str) -> None:
        self.cursorLabel.text = words
        self.cursorCurve.plot.bring_up()
