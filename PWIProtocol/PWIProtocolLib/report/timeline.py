"""The timeline of a dynamic series: its frames, the signal of the vessels in them, bolus arrival and injection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.drawing import svg
from HeadNeckNodesLib.drawing.plot import Axis, Mark, Series, line_plot
from HeadNeckNodesLib.html.markup import Markup, bullets, tag

from PWIProtocolLib.report.verdict_marks import sentence

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from PWIProtocolLib.protocol.checker import ProtocolCheck

    Floats = NDArray[np.float64]

SIZE = (720.0, 280.0)


def timeline_section(check: ProtocolCheck) -> Markup:
    """Return the section with the figure and with what is irregular, or with the reason why there is none."""
    figure = timeline_figure(check)
    cautions = () if check.times is None else [each.text for each in check.times.cautions]
    told = [
        tag("p", " ".join(map(sentence, _reasons(check))) or "No dynamic series was found: there is nothing to draw."),
        bullets(map(sentence, cautions)),
    ]
    shown = tag("figure", figure, tag("figcaption", *told)) if figure else tag("div", *told)
    return tag("section", tag("h2", "Frames and signal", id="timeline"), shown, aria_labelledby="timeline")


def timeline_figure(check: ProtocolCheck) -> Markup | None:
    """Return the signal of the vessels in each frame as SVG.

    Frames without a known time are drawn over their number; frames without a signal at the height of their number, so
    that gaps between them show. None when neither is known.
    """
    signal = None if check.bolus is None or not check.bolus.curve else np.asarray(check.bolus.curve, dtype=float)
    times = None if check.times is None else check.times.times_s
    if signal is None and times is None:
        return None
    count = len(signal if signal is not None else times if times is not None else ())
    numbers = np.arange(1, count + 1, dtype=float)
    places = numbers if times is None else np.asarray(times, dtype=float)
    heights = numbers if signal is None else signal
    low, high = _room(heights)
    arrival = None if check.bolus is None else check.bolus.arrival
    before = None if arrival is None else arrival.frames_before
    series = [Series(places, heights, colour=svg.GREY), *_frames(places, heights, before)]
    if arrival is not None:
        reached = float(np.interp(arrival.frame, np.arange(count), places))
        series.append(_upright(reached, low, high, "bolus arrival", svg.ORANGE))
    if check.injection_s is not None and times is not None:
        series.append(_upright(check.injection_s, low, high, "injection (header)", svg.PURPLE))
    along = Axis("frame (times are not known)" if times is None else "time from the first frame [s]")
    upward = Axis("frame" if signal is None else "vessel signal", low, high)
    return line_plot(series, along, upward, "Frames of the dynamic series", size=SIZE)


def _frames(places: Floats, heights: Floats, before: int | None) -> list[Series]:
    """Return a point for each frame, those before contrast medium apart when it was seen to arrive."""
    if before is None:
        return [Series(places, heights, "frames", svg.BLUE, Mark.POINTS)]
    return [
        Series(places[:before], heights[:before], "before contrast", svg.GREEN, Mark.POINTS),
        Series(places[before:], heights[before:], "after", svg.BLUE, Mark.POINTS),
    ]


def _room(heights: Floats) -> tuple[float, float]:
    low, high = float(heights.min()), float(heights.max())
    room = 0.08 * max(high - low, 1e-6)
    return low - room, high + room


def _upright(place: float, low: float, high: float, name: str, colour: str) -> Series:
    return Series([place, place], [low, high], name, colour, Mark.DASHED)


def _reasons(check: ProtocolCheck) -> list[str]:
    parts = ("" if check.times is None else check.times.reason, "" if check.bolus is None else check.bolus.reason)
    return [part for part in parts if part]
