"""Values of segments: medians with quartiles, cautions, mean curves, and the way to the grader."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.html.markup import joined, tag
from HeadNeckNodesLib.widgets.choice_box import ChoiceBox
from HeadNeckNodesLib.widgets.layouts import row_of, tight, tool_button, wrapped_label
from slicer.i18n import tr as _

from PWIProtocolLib.mapping import region_evidence, region_of
from PWIProtocolLib.panel.maps.fit_choices import COMPARED
from PWIProtocolLib.panel.maps.fit_record import record_of_region
from PWIProtocolLib.panel.maps.map_words import SHORT, median_words
from PWIProtocolLib.panel.maps.plain_table import fit_height, plain_table
from PWIProtocolLib.scene.maps.curve_plot import Curve, CurvePlot
from PWIProtocolLib.scene.maps.map_nodes import map_name, unit_words
from PWIProtocolLib.scene.maps.map_volumes import MapExtras
from PWIProtocolLib.scene.maps.maps_back import extras_of_volumes
from PWIProtocolLib.scene.maps.reading_texts import reading_texts, send_evidence
from PWIProtocolLib.scene.maps.region_masks import SceneSegment, mask_of, scene_segments
from PWIProtocolLib.scene.maps.region_table import keep_region_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from PWIProtocolLib.mapping import MappedStudy, PerfusionEvidence, Region
    from PWIProtocolLib.panel.maps.fit_record import MedianRecord, RegionRecord
    from PWIProtocolLib.panel.maps.mapping_session import MappingSession

    WithData = Callable[[Callable[[MappedStudy], None]], None]

ROW_HEIGHT, MOST_ROWS = 36, 6
"""Two lines each: the median, and the quartiles below it."""
WARNING = "⚠"
NO_READING = "there is no reading in the scene: open iENE Grader and begin one, with its nodes linked to the segments"
NO_SEGMENT = "there is no segment in the scene: draw the nodes in Segment Editor, on the maps"


class RegionsPart(qt.QWidget):
    """Measures the segments of the scene in the maps; what was measured is kept with the fit.

    Parameters
    ----------
    session : holds the fit.
    with_data : does work with the fit and its data, which it brings after loading, and shows why it failed.
    say : says what was done.
    """

    def __init__(self, session: MappingSession, with_data: WithData, say: Callable[[str], None]) -> None:
        super().__init__()
        self._session = session
        self._say = say
        self._reading = ""
        self.measured: list[tuple[SceneSegment, Region]] = []
        self._withData = with_data
        self.plot = CurvePlot(_("Mean curves of regions"))
        self.measureButton = tool_button(
            _("Measure"), _("Medians of all segments of the scene"), lambda: with_data(self.measure)
        )
        self.curvesButton = tool_button(
            _("Curves"), _("Mean curve of each segment with its fit"), lambda: with_data(self._curves)
        )
        self.sendButton = tool_button(
            _("Send to grader"),
            _("Put the medians of node segments into the reading, as evidence that counts for nothing"),
            lambda: with_data(self._send),
        )
        self.readingBox = ChoiceBox((), self._onReading, width=8)
        self.readingBox.setAccessibleName(_("Reading"))
        self.readingBox.toolTip = _("Reading that gets the evidence")
        self.table = plain_table([_("Region")], 0, ROW_HEIGHT)
        self.cautionsLabel = wrapped_label()
        self._build()

    def _build(self) -> None:
        table = self.table
        table.setEditTriggers(qt.QAbstractItemView.NoEditTriggers)
        table.setSelectionBehavior(qt.QAbstractItemView.SelectRows)
        table.setAccessibleName(_("Regions: medians, and quartiles below them"))
        layout = tight(qt.QVBoxLayout(self))
        layout.addLayout(row_of(qt.QLabel(_("Regions")), self.measureButton, self.curvesButton, self.sendButton))
        for widget in (self.readingBox, table, self.cautionsLabel):
            layout.addWidget(widget)
        self.showFit()

    def showFit(self) -> None:
        """Show what was measured in the fit of the session, and forget what was measured in another."""
        self.measured = []
        self.plot.remove()
        self._show([])
        self.refresh()

    def refresh(self) -> None:
        """Offer the readings that are in the scene now."""
        nodes = reading_texts()
        ids = [node.GetID() for node in nodes]
        self._reading = self._reading if self._reading in ids else next(iter(ids), "")
        self.readingBox.clear()
        for node in nodes:
            self.readingBox.addItem(node.GetName(), node.GetID())
        self.readingBox.showKey(self._reading)
        self.readingBox.visible = len(nodes) > 1

    def measure(self, study: MappedStudy) -> None:
        """Measure every segment; what one cannot be measured for is said, and the others are shown.

        Raises
        ------
        InputError
            When there is no segment.
        """
        measured, records, problems = [], [], []
        fit = self._session.fit
        extras = MapExtras() if fit is None else extras_of_volumes(fit.volumes, COMPARED)
        for segment in scene_segments():
            try:
                placed = mask_of(segment, study.inputs.dynamic.geometry)
                region = region_of(study, segment.name, placed.mask)
            except InputError as error:
                problems.append(str(error))
                continue
            measured.append((segment, region))
            records.append(replace(record_of_region(region, extras), placing=placed.words))
        if not measured and not problems:
            raise InputError(_(NO_SEGMENT))
        self.measured = measured
        self._session.keep_regions(records)
        if fit is not None and measured:
            keep_region_table([region for _, region in measured], extras, fit.node, fit.volumes)
        self._show(problems)

    def _show(self, problems: list[str]) -> None:
        fit, table = self._session.fit, self.table
        names, regions = ((), ()) if fit is None else (fit.record.columns, fit.record.regions)
        table.setColumnCount(1 + len(names))
        table.setHorizontalHeaderLabels([_("Region"), *(f"{SHORT[name]}\n{unit_words(name)}" for name in names)])
        header = table.horizontalHeader()
        header.setSectionResizeMode(qt.QHeaderView.ResizeToContents)
        header.setSectionResizeMode(0, qt.QHeaderView.Stretch)
        for column, name in enumerate(names, 1):
            table.horizontalHeaderItem(column).setToolTip(map_name(name))
        table.setRowCount(len(regions))
        for row, region in enumerate(regions):
            self._showRegion(row, region, names)
        fit_height(table, min(len(regions), MOST_ROWS), ROW_HEIGHT)
        cautions = [f"{region.name}: {sentence}" for region in regions for sentence in region.suspected]
        lines = (*problems, *(region.placing for region in regions if region.placing), *cautions)
        self.cautionsLabel.text = str(joined([tag("div", line) for line in lines]))
        self.cautionsLabel.visible = bool(lines)
        table.visible = self.curvesButton.enabled = self.sendButton.enabled = bool(regions)

    def _showRegion(self, row: int, region: RegionRecord, names: tuple[str, ...]) -> None:
        mark = f" {WARNING}" if region.suspected else ""
        cells = [region.name + mark, *(_median(region.of(name)) for name in names)]
        for column, text in enumerate(cells):
            item = qt.QTableWidgetItem(text)
            item.setToolTip("\n".join(filter(None, (region.note, region.placing))))
            self.table.setItem(row, column, item)

    def _curves(self, study: MappedStudy) -> None:
        self._measureAfterLoading(study)
        times, curves = study.inputs.dynamic.time_s, []
        for segment, region in self.measured:
            if region.mean is not None:
                curves += [
                    Curve(f"{region.name} mean", times, region.mean.mean_mM, segment.colour, is_points=True),
                    Curve(f"{region.name} fit", times, region.mean.fit.curve_mM, segment.colour),
                ]
        self.plot.show(_("Mean curves of regions, with their fits"), *curves)
        if not self.plot.bring_up():
            self._say(_("Added the plot {name} to the scene").format(name=self.plot.chart.GetName()))

    def _send(self, study: MappedStudy) -> None:
        self._measureAfterLoading(study)
        evidence: dict[str, tuple[PerfusionEvidence, ...]] = {}
        for segment, region in self.measured:
            entries = region_evidence(study, region)
            evidence |= {segment.segment_id: entries, segment.name: entries}
        self.refresh()
        node = next((each for each in reading_texts() if each.GetID() == self._reading), None)
        if node is None:
            raise InputError(NO_READING)
        count = send_evidence(node, evidence)
        words = _("Sent to {name}: medians for {count} nodes, labelled as not recommended for N staging")
        self._say(words.format(name=node.GetName(), count=count))

    def _measureAfterLoading(self, study: MappedStudy) -> None:
        """Measure anew what is shown from a loaded scene: segments and maps may have been changed since."""
        if not self.measured:
            self.measure(study)

    def _onReading(self, node_id: str) -> None:
        self._reading = node_id
        self.readingBox.showKey(node_id)


def _median(one: MedianRecord | None) -> str:
    return "–" if one is None else median_words(one.median, (one.low, one.high))
