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
from slicer.util import VTKObservationMixin

from iENEGraderLib.measure.map_values import SpectralKind
from iENEGraderLib.panel.spectral.drawing_row import DrawingRow
from iENEGraderLib.panel.spectral.node_comparison import comparison_words
from iENEGraderLib.panel.spectral.region_values import (
    KEV_OF_CURVE,
    RegionValues,
    cursor_curve,
    cursor_words,
    curve_arrays,
    require_same_grid,
    values_of,
)
from iENEGraderLib.panel.spectral.regions import DRAWN, Region, region_at, regions_of
from iENEGraderLib.panel.spectral.spectral_evidence import keep_spectral, node_evidence
from iENEGraderLib.panel.spectral.values_table import ValuesTable
from iENEGraderLib.scene.spectral.drawn_regions import drawn_regions, mask_of_drawing
from iENEGraderLib.scene.spectral.spectral_layout import show_plot
from iENEGraderLib.scene.spectral.spectral_plot import PlottedCurve, has_plot, plot_cursor, plot_curves

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.segmentation import Segmentation

    from iENEGraderLib.panel.session.reading_session import ReadingSession
    from iENEGraderLib.panel.spectral.spectral_maps import SpectralMaps
    from iENEGraderLib.reading import Evidence, Node, Reading
    from iENEGraderLib.scene.segmented_scene import SegmentedScene
    from iENEGraderLib.spectral import SpectralInput

    EvidenceOf = Callable[[Sequence[Region]], Mapping[str, Sequence[Evidence]]]


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
    """Measures nodes, muscle, vessels and what the user draws.

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
        self._dragged = VTKObservationMixin()
        self.values: tuple[RegionValues, ...] = ()
        self.measureButton = self._button(
            _("Measure"),
            _("Iodine, fat and HU of all nodes, the largest muscle, artery and vein, and of closed curves and boxes"),
            self.measure,
        )
        self.curveButton = self._button(
            _("Curve"),
            _("HU against energy: the selected node, muscle, artery, vein, drawn regions, and the place of the cursor"),
            self.showCurve,
        )
        self.keepButton = self._button(
            _("Keep as evidence"),
            _("Put the values of all nodes into the reading; they count for nothing by themselves"),
            self.keep,
        )
        self.drawingRow = DrawingRow(
            self._reference, lambda _markup: host.tried(self.measure), partial(host.tried, self.removeSelected)
        )
        self.table = ValuesTable()
        self.comparison = _plain_label()
        self.cursorLabel = _plain_label()
        layout = tight(qt.QVBoxLayout(self))
        layout.addLayout(row_of(self.measureButton, self.curveButton, self.keepButton))
        for widget in (self.drawingRow, self.table, self.comparison, self.cursorLabel):
            layout.addWidget(widget)
        self._showValues()

    def showNode(self, node: Node | None) -> None:
        """Let the curve be of this node."""
        self._node = node

    def forget(self) -> None:
        """Let go of what was measured."""
        self.drawingRow.drawing.cancel()
        self._dragged.removeObservers()
        self.values = ()
        self.cursorLabel.text = ""
        self._showValues()

    def close(self) -> None:
        """Let go of the scene."""
        self._dragged.removeObservers()
        self.drawingRow.drawing.close()

    def remeasure(self) -> None:
        """Measure again what was measured, after the maps have changed."""
        if self.values:
            self.measure()

    def measure(self) -> None:
        """Read the maps in nodes, muscle, vessels and drawn regions; those are followed when they are dragged."""
        with slicer.util.WaitCursor():
            self.values = self._measured(self.regions_on(self._data.geometry))
        self._showValues()
        self._dragged.removeObservers()
        for markup in drawn_regions():
            event = slicer.vtkMRMLMarkupsNode.PointEndInteractionEvent
            self._dragged.addObserver(markup, event, self._onDragged)

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
        reading = self._reading
        with slicer.util.WaitCursor():
            segmentation, drawn = self._look(self._data.geometry), self._drawn(self._data.geometry)
            self.values = self._measured([*regions_of(reading, segmentation), *drawn])
            nodes = [each for each in self.values if each.region.node_id]
            rows = node_evidence(self._data, reading, segmentation, nodes, self._maps.materials)
        self._showValues()
        self._keepRows(rows, tuple(SpectralKind))

    def keepIodine(self, grid: ImageGeometry, evidence_of: EvidenceOf) -> None:
        """Put iodine of nodes that was measured in another map on this grid into the reading as one step."""
        with slicer.util.WaitCursor():
            rows = evidence_of(regions_of(self._reading, self._look(grid)))
        self._keepRows(rows, (SpectralKind.IODINE,))

    def _keepRows(self, rows: Mapping[str, Sequence[Evidence]], kinds: Sequence[str]) -> None:
        if not rows:
            raise InputError(_("No node of the reading has a segment that can be measured"))
        self._edit(_("keep spectral values of {nodes}").format(nodes=", ".join(rows)), keep_spectral(rows, kinds))

    def removeSelected(self) -> None:
        """Take the drawn region of the selected line out of the scene."""
        name = self.table.selectedName
        markup = next((each for each in drawn_regions() if each.GetName() == name), None)
        if markup is None:
            raise InputError(_("Select the line of a drawn region in the table first"))
        slicer.mrmlScene.RemoveNode(markup)
        self.values = tuple(each for each in self.values if each.region.name != name)
        self._showValues()

    def regions_on(self, grid: ImageGeometry) -> list[Region]:
        """Return nodes, muscle, vessels and drawn regions on the grid of maps; InputError when there are none."""
        drawn = self._drawn(grid)
        return [*self._segmented(grid, needed=not drawn), *drawn]

    def _look(self, grid: ImageGeometry) -> Segmentation:
        segmentation, image = self._segments.look()
        require_same_grid(grid, segmentation.geometry, image.source)
        return segmentation

    def _segmented(self, grid: ImageGeometry, *, needed: bool) -> tuple[Region, ...]:
        """Return nodes, muscle and vessels; without segments none, unless they are needed."""
        if not needed and not slicer.util.getNodesByClass("vtkMRMLSegmentationNode"):
            return ()
        return regions_of(self._session.reading, self._look(grid))

    def _drawn(self, grid: ImageGeometry) -> list[Region]:
        regions, problems = [], []
        for markup in drawn_regions():
            try:
                regions.append(region_of_drawing(markup, grid))
            except InputError as error:
                problems.append(str(error))
        if problems:
            self._host.say(". ".join(problems))
        return regions

    def _measured(self, regions: list[Region]) -> tuple[RegionValues, ...]:
        """Return values of all regions in which something can be read; say of which not."""
        values, problems = [], []
        for region in regions:
            try:
                values.append(values_of(self._data, region, self._maps.materials))
            except InputError as error:
                problems.append(str(error))
        if problems:
            self._host.say(". ".join(problems))
        return tuple(values)

    def _showValues(self) -> None:
        self.table.showValues(self.values)
        self.table.visible = bool(self.values)
        self.comparison.text = "\n".join(comparison_words(self.values))
        self.comparison.visible = bool(self.comparison.text)

    @property
    def _reading(self) -> Reading:
        reading = self._session.reading
        if reading is None:
            raise InputError(_("There is no reading to keep values in"))
        return reading

    @property
    def _maps(self) -> SpectralMaps:
        maps = self._host.maps()
        assert maps is not None
        return maps

    @property
    def _data(self) -> SpectralInput:
        return self._maps.data

    def _reference(self) -> Any:
        maps = self._host.maps()
        return None if maps is None else maps.inputs.reference

    def _button(self, text: str, tip: str, action: Callable[[], None]) -> qt.QToolButton:
        return tool_button(text, tip, partial(self._host.tried, action))

    def _onDragged(self, *_: object) -> None:
        if self._host.maps() is not None:
            self._host.tried(self.remeasure)

    def onCursor(self, crosshair: Any, _event: str) -> None:
        """Tell what the maps show at the cursor, while it can be seen, and draw its curve into the plot."""
        place = [0.0, 0.0, 0.0]
        if not self.visible:
            return
        self.cursorLabel.text = ""
        if self._host.maps() is None or not crosshair.GetCursorPositionRAS(place):
            return
        try:
            region = region_at(self._data.geometry, place)
            self.cursorLabel.text = cursor_words(self._data, region, self._maps.materials)
            if region is not None and has_plot():
                plot_cursor(KEV_OF_CURVE, *cursor_curve(self._data, region))
        except InputError:
            self.cursorLabel.text = ""  # the inputs have changed: other parts say so


def region_of_drawing(markup: Any, geometry: ImageGeometry) -> Region:
    """Return a drawn region on the grid of the maps; InputError when it encloses nothing of it."""
    mask, start = mask_of_drawing(markup, geometry)
    return Region(markup.GetName(), mask, start, colour=markup.GetDisplayNode().GetSelectedColor(), words=DRAWN)


def _plain_label() -> qt.QLabel:
    label = wrapped_label()
    label.setTextFormat(qt.Qt.PlainText)
    return label
