"""The angle of contact along a vessel as a Slicer plot, with lines at 180 and 270 degrees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
from HeadNeckNodesLib.scene.helper_nodes import add_helper
from HeadNeckNodesLib.scene.plots import SeriesLook, Stroke, add_chart, draw_column, fill_table

from iENEGraderLib.measure.contact.classes import ENCASEMENT_DEG, HALF_DEG

if TYPE_CHECKING:
    from iENEGraderLib.measure.contact import ContactProfile

ALONG, LONGEST, SUMMED, HALF, ENCASED, HERE = (
    "along vessel (mm)", "longest arc (°)", "all arcs (°)", "180°", "270°", "section shown",
)  # fmt: skip
COLOURS = {LONGEST: (1.0, 0.3, 0.2), SUMMED: (0.5, 0.5, 0.5), HALF: (0.2, 0.4, 0.8), ENCASED: (0.2, 0.2, 0.2)}
COLOURS |= {HERE: (0.9, 0.6, 0.0)}
FULL_DEG = 360.0


@dataclass(frozen=True)
class ContactPlot:
    """Nodes of one plot: chart, table and series (vtkMRMLPlotChartNode, vtkMRMLTableNode, vtkMRMLPlotSeriesNode)."""

    chart: Any
    table: Any
    marker: Any
    series: tuple[Any, ...]

    def show_section(self, along_mm: float) -> None:
        """Move the upright line to a section."""
        fill_table(self.marker, {ALONG: np.array([along_mm, along_mm]), HERE: np.array([0.0, FULL_DEG])})

    def remove(self) -> None:
        """Take the plot out of the scene."""
        for node in filter(slicer.mrmlScene.IsNodePresent, (*self.series, self.chart, self.table, self.marker)):
            slicer.mrmlScene.RemoveNode(node)


def add_contact_plot(profile: ContactProfile, title: str, branch: int = 0) -> ContactPlot:
    """Add a plot of one branch of a vessel; sections that cannot be used are left out of the lines.

    Raises
    ------
    ValueError
        When the profile has no sections.
    """
    if profile.sections is None:
        raise ValueError("the profile has no sections to plot")
    sections = profile.sections
    here = sections.branch == branch
    along = sections.along_mm[here]
    table = add_helper("vtkMRMLTableNode", f"{title} angles")
    columns = {
        ALONG: along,
        # Later lines are drawn over earlier ones, and both are often the same.
        SUMMED: sections.summed_arc_deg[here],
        LONGEST: sections.longest_arc_deg[here],
        HALF: np.full(len(along), HALF_DEG),
        ENCASED: np.full(len(along), ENCASEMENT_DEG),
    }
    fill_table(table, columns)
    marker = add_helper("vtkMRMLTableNode", f"{title} section")
    chart = add_chart(title, ALONG, "contact (°)")
    drawn = [(table, name) for name in list(columns)[1:]] + [(marker, HERE)]
    series = tuple(_add_series(source, name) for source, name in drawn)
    for each in series:
        chart.AddAndObservePlotSeriesNodeID(each.GetID())
    chart.YAxisRangeAutoOff()
    chart.SetYAxisRange(0.0, FULL_DEG)
    plot = ContactPlot(chart, table, marker, series)
    plot.show_section(float(along[0]) if len(along) else 0.0)
    return plot


def _add_series(table: Any, name: str) -> Any:
    series = add_helper("vtkMRMLPlotSeriesNode", name)
    stroke = Stroke.DASHED if name in (HALF, ENCASED) else Stroke.SOLID
    draw_column(series, table, ALONG, name, SeriesLook(COLOURS[name], stroke))
    return series
