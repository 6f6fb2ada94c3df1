"""Curves as a Slicer plot: what was measured as points, the fit as a line, the arterial curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import slicer
from HeadNeckNodesLib.scene.helper_nodes import add_helper
from HeadNeckNodesLib.scene.plots import Marker, SeriesLook, Stroke, add_chart, draw_column, fill_table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Colour = tuple[float, float, float]

TIME, CONCENTRATION = "time from the first frame (s)", "concentration (mM)"


@dataclass(frozen=True, eq=False)
class Curve:
    """One line or row of points: seconds and mM; crosses are points that do not count."""

    name: str
    time_s: Floats
    mM: Floats  # noqa: N815
    colour: Colour
    is_points: bool = False
    is_crosses: bool = False


class CurvePlot:
    """A chart (vtkMRMLPlotChartNode) whose curves change in place; it is not saved with the scene.

    Parameters
    ----------
    title : name and heading of the chart.
    """

    def __init__(self, title: str) -> None:
        self._title = title
        self._chart: Any = None
        self._parts: dict[str, tuple[Any, Any]] = {}

    @property
    def chart(self) -> Any:
        """The chart, while it is in the scene."""
        return self._chart if self._chart is not None and slicer.mrmlScene.IsNodePresent(self._chart) else None

    def show(self, title: str, *curves: Curve) -> None:
        """Draw these curves in the place of others; the view follows when it shows the chart."""
        chart = self._made()
        for name in [name for name in self._parts if name not in {curve.name for curve in curves}]:
            self._drop(name)
        for curve in curves:
            if curve.name not in self._parts:
                self._parts[curve.name] = _added(curve)
                chart.AddAndObservePlotSeriesNodeID(self._parts[curve.name][1].GetID())
            _fill(self._parts[curve.name][0], curve)
        chart.SetTitle(title)

    def bring_up(self) -> bool:
        """Show the chart in a plot view, unless one does, with a layout that has one; False without views."""
        if self.chart is None or slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLLayoutNode") is None:
            return False
        views = slicer.util.getNodesByClass("vtkMRMLPlotViewNode")
        if not any(view.GetPlotChartNodeID() == self.chart.GetID() for view in views):
            slicer.modules.plots.logic().ShowChartInLayout(self.chart)
        return True

    def names(self) -> list[str]:
        """Names of the curves that are drawn."""
        return list(self._parts) if self.chart is not None else []

    def values(self, name: str) -> tuple[Floats, Floats]:
        """Return what is drawn under a name: seconds and mM."""
        from vtk.util.numpy_support import vtk_to_numpy

        table = self._parts[name][0].GetTable()
        return vtk_to_numpy(table.GetColumn(0)), vtk_to_numpy(table.GetColumn(1))

    def remove(self) -> None:
        """Take the plot out of the scene."""
        for name in list(self._parts):
            self._drop(name)
        if self.chart is not None:
            slicer.mrmlScene.RemoveNode(self._chart)
        self._chart = None

    def _made(self) -> Any:
        if self.chart is None:
            self._parts = {}
            self._chart = add_chart(self._title, TIME, CONCENTRATION)
        return self._chart

    def _drop(self, name: str) -> None:
        table, series = self._parts.pop(name)
        if self.chart is not None:
            self._chart.RemovePlotSeriesNodeID(series.GetID())
        for node in filter(slicer.mrmlScene.IsNodePresent, (series, table)):
            slicer.mrmlScene.RemoveNode(node)


def _added(curve: Curve) -> tuple[Any, Any]:
    table = add_helper("vtkMRMLTableNode", curve.name)
    series = add_helper("vtkMRMLPlotSeriesNode", curve.name)
    _fill(table, curve)
    draw_column(series, table, TIME, CONCENTRATION, _look(curve))
    return table, series


def _look(curve: Curve) -> SeriesLook:
    if curve.is_crosses:
        return SeriesLook(curve.colour, Stroke.NONE, Marker.CROSS)
    if curve.is_points:
        return SeriesLook(curve.colour, Stroke.NONE, Marker.CIRCLE)
    return SeriesLook(curve.colour)


def _fill(node: Any, curve: Curve) -> None:
    fill_table(node, {TIME: curve.time_s, CONCENTRATION: curve.mM})
