"""HU against photon energy as a Slicer plot: one line for each region, with its uncertainty beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
from HeadNeckNodesLib.scene.plots import SeriesLook, Stroke, draw_column, fill_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Colour = tuple[float, float, float]

ENERGY = "energy (keV)"
PLOTTED_ATTRIBUTE = "HeadNeckNodes.SpectralCurve"
CURSOR_ATTRIBUTE = "HeadNeckNodes.CursorCurve"
CURSOR = "cursor"
CURSOR_COLOUR = (0.55, 0.55, 0.55)
COVERAGE = 2.0
"""Lines beside a curve lie two standard uncertainties away."""


@dataclass(frozen=True, eq=False)
class PlottedCurve:
    """A region's curve.

    Attributes
    ----------
    name : of the region.
    hu, uncertainty_hu : at each energy, with the standard uncertainty.
    colour : of the segment.
    """

    name: str
    hu: NDArray[np.float64]
    uncertainty_hu: NDArray[np.float64]
    colour: Colour


def plot_curves(kevs: Sequence[float], curves: Sequence[PlottedCurve], title: str) -> Any:
    """Plot curves in the place of those plotted before; return the chart (vtkMRMLPlotChartNode)."""
    remove_curves()
    chart = _added("vtkMRMLPlotChartNode", title)
    _add_curves(chart, _added("vtkMRMLTableNode", f"{title} values"), kevs, curves)
    chart.SetTitle(f"{title} (dashed: two standard uncertainties)")
    chart.SetXAxisTitle(ENERGY)
    chart.SetYAxisTitle("HU")
    return chart


def has_plot() -> bool:
    """Tell whether curves are plotted and a plot view shows them."""
    chart = _chart()
    views = slicer.util.getNodesByClass("vtkMRMLPlotViewNode")
    return chart is not None and any(each.GetPlotChartNodeID() == chart.GetID() for each in views)


def plot_cursor(kevs: Sequence[float], hu: NDArray[np.float64], uncertainty_hu: NDArray[np.float64]) -> None:
    """Plot the curve of the place under the cursor beside the others, in the place of the last one."""
    chart = _chart()
    if chart is None:
        return
    curve = PlottedCurve(CURSOR, hu, uncertainty_hu, CURSOR_COLOUR)
    tables = [each for each in slicer.util.getNodesByClass("vtkMRMLTableNode") if each.GetAttribute(CURSOR_ATTRIBUTE)]
    if tables:
        fill_table(tables[0], _columns(kevs, [curve]))
        return
    table = _added("vtkMRMLTableNode", "cursor values")
    table.SetAttribute(CURSOR_ATTRIBUTE, "1")
    _add_curves(chart, table, kevs, [curve])


def remove_curves() -> None:
    """Take the curves out of the scene."""
    for kind in ("vtkMRMLPlotSeriesNode", "vtkMRMLPlotChartNode", "vtkMRMLTableNode"):
        for node in slicer.util.getNodesByClass(kind):
            if node.GetAttribute(PLOTTED_ATTRIBUTE):
                slicer.mrmlScene.RemoveNode(node)


def _chart() -> Any:
    charts = slicer.util.getNodesByClass("vtkMRMLPlotChartNode")
    return next((each for each in charts if each.GetAttribute(PLOTTED_ATTRIBUTE)), None)


def _add_curves(chart: Any, table: Any, kevs: Sequence[float], curves: Sequence[PlottedCurve]) -> None:
    fill_table(table, _columns(kevs, curves))
    for curve in curves:
        for name in _names(curve):
            series = _series(table, name, curve.colour, is_mean=name == curve.name)
            chart.AddAndObservePlotSeriesNodeID(series.GetID())


def _names(curve: PlottedCurve) -> tuple[str, str, str]:
    return curve.name, f"{curve.name} - 2u", f"{curve.name} + 2u"


def _columns(kevs: Sequence[float], curves: Sequence[PlottedCurve]) -> dict[str, NDArray[np.float64]]:
    """Return columns of a table by their names."""
    columns = {ENERGY: np.asarray(kevs, dtype=np.float64)}
    for curve in curves:
        near = COVERAGE * curve.uncertainty_hu
        columns |= dict(zip(_names(curve), (curve.hu, curve.hu - near, curve.hu + near), strict=True))
    return columns


def _added(kind: str, name: str) -> Any:
    node = slicer.mrmlScene.AddNewNodeByClass(kind, name)
    node.SetAttribute(PLOTTED_ATTRIBUTE, "1")
    node.SetSaveWithScene(False)
    return node


def _series(table: Any, name: str, colour: Colour, *, is_mean: bool) -> Any:
    series = _added("vtkMRMLPlotSeriesNode", name)
    look = SeriesLook(colour, width=3) if is_mean else SeriesLook(colour, Stroke.DASHED, width=1)
    draw_column(series, table, ENERGY, name, look)
    return series
