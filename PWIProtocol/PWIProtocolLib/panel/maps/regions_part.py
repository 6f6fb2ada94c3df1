"""Values of segments: medians with quartiles, cautions, mean curves, and the way to the grader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.html.markup import joined, tag
from HeadNeckNodesLib.widgets.choice_box import ChoiceBox
from HeadNeckNodesLib.widgets.layouts import row_of, tight, tool_button, wrapped_label
from slicer.i18n import tr as _

from PWIProtocolLib.mapping import region_evidence, region_of
from PWIProtocolLib.panel.maps.map_words import SHORT, columns_of, median_words, region_note
from PWIProtocolLib.scene.maps.curve_plot import Curve, CurvePlot
from PWIProtocolLib.scene.maps.map_volumes import map_name
from PWIProtocolLib.scene.maps.reading_texts import reading_texts, send_evidence
from PWIProtocolLib.scene.maps.region_masks import SceneSegment, mask_of, scene_segments

if TYPE_CHECKING:
    from collections.abc import Callable

    from PWIProtocolLib.mapping import MappedStudy, PerfusionEvidence, Region

ROW_HEIGHT, MOST_ROWS = 36, 6
"""Two lines each: the median, and the quartiles below it."""
WARNING = "⚠"
NO_READING = "there is no reading in the scene: open iENE Grader and begin one, with its nodes linked to the segments"


class RegionsPart(qt.QWidget):
    """Measures the segments of the scene in the maps.

    Parameters
    ----------
    study : returns the fit that is shown; None for none.
    say : says what was done.
    """

    def __init__(self, study: Callable[[], MappedStudy | None], say: Callable[[str], None]) -> None:
        super().__init__()
        self._study = study
        self._say = say
        self._reading = ""
        self.measured: list[tuple[SceneSegment, Region]] = []
        self.plot = CurvePlot(_("Mean curves of regions"))
        self.measureButton = tool_button(_("Measure"), _("Medians of all segments of the scene"), self.measure)
        self.curvesButton = tool_button(_("Curves"), _("Mean curve of each segment with its fit"), self._onCurves)
        self.sendButton = tool_button(
            _("Send to grader"),
            _("Put the medians of node segments into the reading, as evidence that counts for nothing"),
            self._onSend,
        )
        self.readingBox = ChoiceBox((), self._onReading, width=8)
        self.readingBox.setAccessibleName(_("Reading"))
        self.readingBox.toolTip = _("Reading that gets the evidence")
        self.table = qt.QTableWidget(0, 1)
        self.cautionsLabel = wrapped_label()
        self._build()

    def _build(self) -> None:
        table = self.table
        table.horizontalHeader().setHighlightSections(False)
        table.verticalHeader().setVisible(False)
        table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        table.setEditTriggers(qt.QAbstractItemView.NoEditTriggers)
        table.setSelectionBehavior(qt.QAbstractItemView.SelectRows)
        table.setHorizontalScrollBarPolicy(qt.Qt.ScrollBarAlwaysOff)
        table.setAccessibleName(_("Regions: medians, and quartiles below them"))
        layout = tight(qt.QVBoxLayout(self))
        layout.addLayout(row_of(qt.QLabel(_("Regions")), self.measureButton, self.curvesButton, self.sendButton))
        for widget in (self.readingBox, table, self.cautionsLabel):
            layout.addWidget(widget)
        self.clear()

    def clear(self) -> None:
        """Forget what was measured in another fit."""
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

    def measure(self) -> None:
        """Measure every segment; what one cannot be measured for is said, and the others are shown.

        Raises
        ------
        InputError
            When there is no fit, or no segment at all can be measured.
        """
        study = self._study()
        if study is None:
            raise InputError(_("there are no maps yet: fit first"))
        self.measured, problems = [], []
        for segment in scene_segments():
            try:
                mask = mask_of(segment, study.inputs.dynamic.geometry)
                self.measured.append((segment, region_of(study, segment.name, mask)))
            except InputError as error:
                problems.append(str(error))
        if not self.measured and not problems:
            raise InputError(_("there is no segment in the scene: draw the nodes in Segment Editor, on the maps"))
        self._show(problems)

    def _show(self, problems: list[str]) -> None:
        study, table = self._study(), self.table
        names = () if study is None else columns_of(study)
        table.setColumnCount(1 + len(names))
        table.setHorizontalHeaderLabels([_("Region"), *(SHORT[name] for name in names)])
        header = table.horizontalHeader()
        header.setSectionResizeMode(qt.QHeaderView.ResizeToContents)
        header.setSectionResizeMode(0, qt.QHeaderView.Stretch)
        for column, name in enumerate(names, 1):
            table.horizontalHeaderItem(column).setToolTip(map_name(name))
        table.setRowCount(len(self.measured))
        for row, (_segment, region) in enumerate(self.measured):
            mark = f" {WARNING}" if region.suspected else ""
            cells = [region.name + mark, *(median_words(region.of(name)) for name in names)]
            for column, text in enumerate(cells):
                item = qt.QTableWidgetItem(text)
                item.setToolTip(region_note(region))
                table.setItem(row, column, item)
        table.setFixedHeight(header.sizeHint.height() + min(len(self.measured), MOST_ROWS) * ROW_HEIGHT + 4)
        cautions = [f"{region.name}: {each.sentence}" for _, region in self.measured for each in region.suspected]
        self.cautionsLabel.text = str(joined([tag("div", line) for line in (*problems, *cautions)]))
        self.cautionsLabel.visible = bool(problems or cautions)
        table.visible = self.curvesButton.enabled = self.sendButton.enabled = bool(self.measured)

    def _onCurves(self) -> None:
        study = self._study()
        if study is None:
            return
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

    def _onSend(self) -> None:
        study = self._study()
        if study is None:
            return
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

    def _onReading(self, node_id: str) -> None:
        self._reading = node_id
        self.readingBox.showKey(node_id)
