"""Values of regions: measured, plotted, kept as evidence, and told at the cursor."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import qt
import slicer
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.widgets.layouts import row_of, tight, tool_button, wrapped_label
from slicer.i18n import tr as _

from iENEGraderLib.panel.spectral.region_values import (
    KEV_OF_CURVE,
    RegionValues,
    cursor_words,
    curve_arrays,
    require_same_grid,
    values_of,
)
from iENEGraderLib.panel.spectral.regions import region_at, regions_of
from iENEGraderLib.panel.spectral.spectral_evidence import keep_spectral, node_evidence
from iENEGraderLib.panel.spectral.values_table import ValuesTable
from iENEGraderLib.scene.spectral.spectral_layout import show_plot
from iENEGraderLib.scene.spectral.spectral_plot import PlottedCurve, plot_curves

if TYPE_CHECKING:
    from collections.abc import Callable

    from HeadNeckNodesLib.imaging.segmentation import Segmentation

    from iENEGraderLib.panel.session.reading_session import ReadingSession
    from iENEGraderLib.panel.spectral.spectral_maps import SpectralMaps
    from iENEGraderLib.reading import Node
    from iENEGraderLib.scene.segmented_scene import SegmentedScene
    from iENEGraderLib.spectral import SpectralInput


@dataclass(frozen=True)
class RegionHost:
    """What the part needs of the section around it.

    Attributes
    ----------
    maps : returns the maps in use; None when there are none.
    tried : runs an action and says why it failed.
    say : shows a sentence.
    """

    maps: Callable[[], SpectralMaps | None]
    tried: Callable[[Callable[[], None]], None]
    say: Callable[[str], None]


class RegionsPart(qt.QWidget):
    """Measures nodes, muscle and vessels.

    Parameters
    ----------
    session : the reading that is shown.
    edit : applies an edit under a label.
    segments : what is segmented in the scene.
    host : the section around it.
    """

    def __init__(
        self, session: ReadingSession, edit: Callable[..., None], segments: SegmentedScene, host: RegionHost
    ) -> None:
        super().__init__()
        self._session = session
        self._edit = edit
        self._segments = segments
        self._host = host
        self._node: Node | None = None
        self.values: tuple[RegionValues, ...] = ()
        self.measureButton = self._button(
            _("Measure"), _("Iodine, fat and HU of all nodes, and of the largest muscle, artery and vein"), self.measure
        )
        self.curveButton = self._button(
            _("Curve"), _("HU against energy: the selected node, muscle, artery and vein"), self.showCurve
        )
        self.keepButton = self._button(
            _("Keep as evidence"),
            _("Put the values of all nodes into the reading; they count for nothing by themselves"),
            self.keep,
        )
        self.table = ValuesTable()
        self.cursorLabel = wrapped_label()
        self.cursorLabel.setTextFormat(qt.Qt.PlainText)
        layout = tight(qt.QVBoxLayout(self))
        layout.addLayout(row_of(self.measureButton, self.curveButton, self.keepButton))
        layout.addWidget(self.table)
        layout.addWidget(self.cursorLabel)
        self._showValues()

    def showNode(self, node: Node | None) -> None:
        """Let the curve be of this node."""
        self._node = node

    def forget(self) -> None:
        """Let go of what was measured."""
        self.values = ()
        self.cursorLabel.text = ""
        self._showValues()

    def measure(self) -> None:
        """Read the maps in nodes, muscle and vessels."""
        with slicer.util.WaitCursor():
            self.values = self._measured(self._look())
        self._showValues()

    def showCurve(self) -> None:
        """Plot HU against energy, of the selected node and what it is compared with."""
        self.measure()
        selected = "" if self._node is None else self._node.id
        shown = [each for each in self.values if each.region.node_id in ("", selected)]
        if all(not each.region.node_id for each in shown):  # the selected node has no segment, or none is selected
            shown = list(self.values)
        curves = [
            PlottedCurve(each.region.name, *curve_arrays(each.curve(self._data)), each.region.colour) for each in shown
        ]
        show_plot(plot_curves(KEV_OF_CURVE, curves, _("HU against energy")))

    def keep(self) -> None:
        """Put values of nodes into the reading as one step."""
        reading = self._session.reading
        if reading is None:
            raise InputError(_("There is no reading to keep values in"))
        segmentation = self._look()
        with slicer.util.WaitCursor():
            self.values = self._measured(segmentation)
            nodes = [each for each in self.values if each.region.node_id]
            rows = node_evidence(self._data, reading, segmentation, nodes)
        self._showValues()
        if not rows:
            raise InputError(_("No node of the reading has a segment that can be measured"))
        self._edit(_("keep spectral values of {nodes}").format(nodes=", ".join(rows)), keep_spectral(rows))

    def _look(self) -> Segmentation:
        segmentation, image = self._segments.look()
        require_same_grid(self._data, segmentation.geometry, image.source)
        return segmentation

    def _measured(self, segmentation: Segmentation) -> tuple[RegionValues, ...]:
        """Return values of all regions in which something can be read; say of which not."""
        values, problems = [], []
        for region in regions_of(self._session.reading, segmentation):
            try:
                values.append(values_of(self._data, region))
            except InputError as error:
                problems.append(str(error))
        if problems:
            self._host.say(". ".join(problems))
        return tuple(values)

    def _showValues(self) -> None:
        self.table.showValues(self.values)
        self.table.visible = bool(self.values)

    @property
    def _data(self) -> SpectralInput:
        maps = self._host.maps()
        assert maps is not None
        return maps.data

    def _button(self, text: str, tip: str, action: Callable[[], None]) -> qt.QToolButton:
        return tool_button(text, tip, partial(self._host.tried, action))

    def onCursor(self, crosshair: Any, _event: str) -> None:
        """Tell what the maps show at the cursor, while it can be seen."""
        place = [0.0, 0.0, 0.0]
        if not self.visible:
            return
        self.cursorLabel.text = ""
        if self._host.maps() is not None and crosshair.GetCursorPositionRAS(place):
            try:
                self.cursorLabel.text = cursor_words(self._data, region_at(self._data.geometry, place))
            except InputError:
                self.cursorLabel.text = ""  # the inputs have changed: other parts say so
