"""The angle of contact along a vessel as a Slicer plot, with lines at 180 and 270 degrees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
from HeadNeckNodesLib.scene.helper_nodes import add_helper
from vtk.util.numpy_support import numpy_to_vtk

from iENEGraderLib.measure.contact.classes import ENCASEMENT_DEG, HALF_DEG

if TYPE_CHECKING:
    from numpy.typing import NDArray

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
        _fill(self.marker, {ALONG: np.array([along_mm, along_mm]), HERE: np.array([0.0, FULL_DEG])})

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
    _fill(table, columns)
    marker = add_helper("vtkMRMLTableNode", f"{title} section")
    # Not hidden, else the plot view could not offer it and would let go of it.
    chart = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLPlotChartNode", title)
    chart.SetSaveWithScene(False)
    drawn = [(table, name) for name in list(columns)[1:]] + [(marker, HERE)]
    series = tuple(_add_series(source, name) for source, name in drawn)
    for each in series:
        chart.AddAndObservePlotSeriesNodeID(each.GetID())
    chart.SetTitle(title)
    chart.SetXAxisTitle(ALONG)
    chart.SetYAxisTitle("contact (°)")
    chart.YAxisRangeAutoOff()
    chart.SetYAxisRange(0.0, FULL_DEG)
    plot = ContactPlot(chart, table, marker, series)
    plot.show_section(float(along[0]) if len(along) else 0.0)
    return plot


def _add_series(table: Any, name: str) -> Any:
    series = add_helper("vtkMRMLPlotSeriesNode", name)
    series.SetAndObserveTableNodeID(table.GetID())
    series.SetXColumnName(ALONG)
    series.SetYColumnName(name)
    series.SetPlotType(series.PlotTypeScatter)
    series.SetMarkerStyle(series.MarkerStyleNone)
    series.SetLineStyle(series.LineStyleDash if name in (HALF, ENCASED) else series.LineStyleSolid)
    series.SetColor(*COLOURS[name])
    return series


def _fill(node: Any, columns: dict[str, NDArray[np.float64]]) -> None:
    """Put columns into a table; numpy's NaN is a gap in the line."""
    table = node.GetTable()
    table.Initialize()
    for name, values in columns.items():
        column = numpy_to_vtk(np.ascontiguousarray(values), deep=True)
        column.SetName(name)
        table.AddColumn(column)
    table.Modified()
    node.Modified()
