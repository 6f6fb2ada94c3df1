"""Frames and signal over time as a Slicer plot, with the arrival of the bolus and the injection drawn in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.scene.helper_nodes import add_helper
from HeadNeckNodesLib.scene.plots import Marker, SeriesLook, Stroke, add_chart, draw_column, fill_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from PWIProtocolLib.protocol.checker import ProtocolCheck

    Floats = NDArray[np.float64]
    Points = tuple[Floats, Floats]

TIME, FRAME, SIGNAL = "time from the first frame (s)", "frame (times are not known)", "vessel signal"
BEFORE, AFTER, ARRIVAL, INJECTION = "frames before contrast", "frames", "bolus arrival", "injection (header)"
COLOURS = {BEFORE: (0.0, 0.62, 0.45), AFTER: (0.2, 0.4, 0.8), ARRIVAL: (0.9, 0.55, 0.0), INJECTION: (0.7, 0.35, 0.7)}
ALONG, UPWARD = "along", "upward"
ROOM = 0.08


@dataclass(frozen=True)
class TimelinePlot:
    """Nodes of one plot: chart (vtkMRMLPlotChartNode), tables and series (vtkMRMLPlotSeriesNode), and what it is of."""

    check: ProtocolCheck
    chart: Any
    tables: tuple[Any, ...]
    series: tuple[Any, ...]

    def shows(self, check: ProtocolCheck) -> bool:
        """Whether a plot of this check would be the same: what is entered moves no frame."""
        return check.label == self.check.label and _facts(check) == _facts(self.check)

    def remove(self) -> None:
        """Take the plot out of the scene."""
        for node in filter(slicer.mrmlScene.IsNodePresent, (*self.series, self.chart, *self.tables)):
            slicer.mrmlScene.RemoveNode(node)


def add_timeline_plot(check: ProtocolCheck) -> TimelinePlot:
    """Add a plot of a check.

    Frames without a known time are drawn over their number; frames without a signal at the height of their number, so
    that gaps between them show.

    Raises
    ------
    InputError
        When neither times nor signal are known.
    """
    times = None if check.times is None else check.times.times_s
    lines = timeline(check)
    title = f"PWI check {check.label}"
    parts = [_add_series(name, points) for name, points in lines.items()]
    upward = SIGNAL if check.bolus is not None and check.bolus.curve else "frame"
    chart = add_chart(title, FRAME if times is None else TIME, upward)
    for _, series in parts:
        chart.AddAndObservePlotSeriesNodeID(series.GetID())
    return TimelinePlot(check, chart, tuple(table for table, _ in parts), tuple(series for _, series in parts))


def timeline(check: ProtocolCheck) -> dict[str, Points]:
    """Return what is drawn: points under the name of each series, shape (n,) along and (n,) upward.

    Raises
    ------
    InputError
        When neither times nor signal are known.
    """
    places, heights = _points(check)
    before = 0 if check.bolus is None or check.bolus.arrival is None else check.bolus.arrival.frames_before
    lines = {AFTER: (places[before:], heights[before:])}
    if before:
        lines = {BEFORE: (places[:before], heights[:before]), **lines}
    room = ROOM * max(float(np.ptp(heights)), 1e-6)
    upward = np.array([heights.min() - room, heights.max() + room])
    if check.bolus is not None and check.bolus.arrival is not None:
        at = float(np.interp(check.bolus.arrival.frame, np.arange(len(places)), places))
        lines[ARRIVAL] = (np.array([at, at]), upward)
    if check.injection_s is not None and check.times is not None and check.times.times_s is not None:
        lines[INJECTION] = (np.array([check.injection_s] * 2), upward)
    return lines


def show_plot(plot: TimelinePlot) -> bool:
    """Show a plot in a plot view, and a layout that has one; False when the application has no views."""
    if slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLLayoutNode") is None:
        return False
    slicer.modules.plots.logic().ShowChartInLayout(plot.chart)
    return True


def _facts(check: ProtocolCheck) -> tuple[object, ...]:
    times = None if check.times is None or check.times.times_s is None else tuple(check.times.times_s)
    bolus = check.bolus
    return times, check.injection_s, None if bolus is None else (bolus.curve, bolus.arrival)


def _points(check: ProtocolCheck) -> Points:
    times = None if check.times is None else check.times.times_s
    curve = () if check.bolus is None else check.bolus.curve
    if times is None and not curve:
        raise InputError("neither the times of frames nor their signal are known; there is nothing to plot")
    numbers = np.arange(1.0, 1.0 + (len(curve) if times is None else len(times)))
    return numbers if times is None else times, np.array(curve, dtype=float) if curve else numbers


def _add_series(name: str, points: Points) -> tuple[Any, Any]:
    table = add_helper("vtkMRMLTableNode", name)
    fill_table(table, dict(zip((ALONG, UPWARD), points, strict=True)))
    series = add_helper("vtkMRMLPlotSeriesNode", name)
    series.SetName(name)  # the legend shows it: no number behind it
    upright = SeriesLook(COLOURS[name], Stroke.DASHED)
    points_look = SeriesLook(COLOURS[name], marker=Marker.CIRCLE)
    draw_column(series, table, ALONG, UPWARD, upright if name in (ARRIVAL, INJECTION) else points_look)
    return table, series
