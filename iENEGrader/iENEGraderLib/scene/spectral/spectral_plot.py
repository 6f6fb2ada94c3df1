"""HU against photon energy as a Slicer plot: one line for each region, with its uncertainty beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
from vtk.util.numpy_support import numpy_to_vtk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Colour = tuple[float, float, float]

ENERGY = "energy (keV)"
PLOTTED_ATTRIBUTE = "HeadNeckNodes.SpectralCurve"
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
    table = _added("vtkMRMLTableNode", f"{title} values")
    columns = {ENERGY: np.asarray(kevs, dtype=np.float64)}
    drawn: list[tuple[str, PlottedCurve, bool]] = []
    for curve in curves:
        near = COVERAGE * curve.uncertainty_hu
        for name, values, is_mean in (
            (curve.name, curve.hu, True),
            (f"{curve.name} - 2u", curve.hu - near, False),
            (f"{curve.name} + 2u", curve.hu + near, False),
        ):
            columns[name] = values
            drawn.append((name, curve, is_mean))
    _fill(table, columns)
    chart = _added("vtkMRMLPlotChartNode", title)
    for name, curve, is_mean in drawn:
        chart.AddAndObservePlotSeriesNodeID(_series(table, name, curve.colour, is_mean=is_mean).GetID())
    chart.SetTitle(f"{title} (dashed: two standard uncertainties)")
    chart.SetXAxisTitle(ENERGY)
    chart.SetYAxisTitle("HU")
    return chart


def remove_curves() -> None:
    """Take the curves out of the scene."""
    for kind in ("vtkMRMLPlotSeriesNode", "vtkMRMLPlotChartNode", "vtkMRMLTableNode"):
        for node in slicer.util.getNodesByClass(kind):
            if node.GetAttribute(PLOTTED_ATTRIBUTE):
                slicer.mrmlScene.RemoveNode(node)


def _added(kind: str, name: str) -> Any:
    node = slicer.mrmlScene.AddNewNodeByClass(kind, name)
    node.SetAttribute(PLOTTED_ATTRIBUTE, "1")
    node.SetSaveWithScene(False)
    return node


def _series(table: Any, name: str, colour: Colour, *, is_mean: bool) -> Any:
    series = _added("vtkMRMLPlotSeriesNode", name)
    series.SetAndObserveTableNodeID(table.GetID())
    series.SetXColumnName(ENERGY)
    series.SetYColumnName(name)
    series.SetPlotType(series.PlotTypeScatter)
    series.SetMarkerStyle(series.MarkerStyleNone)
    series.SetLineStyle(series.LineStyleSolid if is_mean else series.LineStyleDash)
    series.SetLineWidth(3 if is_mean else 1)
    series.SetColor(*colour)
    return series


def _fill(node: Any, columns: dict[str, NDArray[np.float64]]) -> None:
    table = node.GetTable()
    for name, values in columns.items():
        column = numpy_to_vtk(np.ascontiguousarray(values), deep=True)
        column.SetName(name)
        table.AddColumn(column)
    table.Modified()
