"""Parts of Slicer's plots: columns of numbers, lines drawn from them, and a chart that is not saved."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
from vtk.util.numpy_support import numpy_to_vtk

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

MARKER_SIZE = 6.0


class Marker(Enum):
    """What stands at each point of a line."""

    NONE = auto()
    CIRCLE = auto()
    CROSS = auto()


class Stroke(Enum):
    """How the points are joined."""

    NONE = auto()
    SOLID = auto()
    DASHED = auto()


@dataclass(frozen=True)
class SeriesLook:
    """How a line is drawn; `colour` is red, green and blue from 0 to 1."""

    colour: tuple[float, float, float]
    stroke: Stroke = Stroke.SOLID
    marker: Marker = Marker.NONE
    width: float = 2.0


def number_column(name: str, values: NDArray[np.float64] | Sequence[float]) -> Any:
    """Return numbers as a column of a table (vtkDoubleArray); NaN is a gap in a line."""
    column = numpy_to_vtk(np.ascontiguousarray(values, dtype=np.float64), deep=True)
    column.SetName(name)
    return column


def fill_table(node: Any, columns: Mapping[str, NDArray[np.float64]]) -> None:
    """Give a table (vtkMRMLTableNode) these columns in the place of others; plots of it follow."""
    table = node.GetTable()
    table.Initialize()
    for name, values in columns.items():
        table.AddColumn(number_column(name, values))
    table.Modified()
    node.Modified()


def draw_column(series: Any, table: Any, along: str, upward: str, look: SeriesLook) -> None:
    """Let a series (vtkMRMLPlotSeriesNode) draw one column of a table over another one."""
    series.SetAndObserveTableNodeID(table.GetID())
    series.SetXColumnName(along)
    series.SetYColumnName(upward)
    series.SetPlotType(series.PlotTypeScatter)
    markers = {
        Marker.NONE: series.MarkerStyleNone,
        Marker.CIRCLE: series.MarkerStyleCircle,
        Marker.CROSS: series.MarkerStyleCross,
    }
    strokes = {
        Stroke.NONE: series.LineStyleNone,
        Stroke.SOLID: series.LineStyleSolid,
        Stroke.DASHED: series.LineStyleDash,
    }
    series.SetMarkerStyle(markers[look.marker])
    series.SetMarkerSize(MARKER_SIZE)
    series.SetLineStyle(strokes[look.stroke])
    series.SetLineWidth(look.width)
    series.SetColor(*look.colour)


def add_chart(name: str, along: str, upward: str) -> Any:
    """Add a chart (vtkMRMLPlotChartNode) with the titles of its axes.

    It is not hidden from editors, else the plot view could not offer it and would let go of it.
    """
    chart = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLPlotChartNode", name)
    chart.SetSaveWithScene(False)
    chart.SetTitle(name)
    chart.SetXAxisTitle(along)
    chart.SetYAxisTitle(upward)
    return chart
