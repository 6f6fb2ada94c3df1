"""Plots: lines and points against axes, and values as colours."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from HeadNeckNodesLib.drawing import svg
from HeadNeckNodesLib.html.markup import Markup, joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

WIDTH, HEIGHT = 480.0, 300.0
LEFT, RIGHT, TOP, BOTTOM = 58.0, 18.0, 34.0, 46.0
LEGEND_ROW = 22.0
TICKS = 6
PALE, DEEP = (232, 238, 243), (0, 68, 136)


class Mark(Enum):
    """How a series is drawn."""

    LINE = "line"
    DASHED = "dashed"
    POINTS = "points"


@dataclass(frozen=True, eq=False)
class Series:
    """Values to draw.

    Attributes
    ----------
    x, y : shape (n,); NaN makes a gap.
    name : for the legend; empty leaves it out there.
    half_band : plus or minus, a shaded band around ``y``.
    """

    x: ArrayLike
    y: ArrayLike
    name: str = ""
    colour: str = svg.BLUE
    mark: Mark = Mark.LINE
    half_band: float | None = None


@dataclass(frozen=True)
class Axis:
    """An axis.

    Attributes
    ----------
    label : what it shows, with its unit.
    low, high : its ends; None to take them from the values.
    ticks : where it carries numbers; None to choose round ones.
    tick_labels : what stands there instead of the numbers.
    """

    label: str
    low: float | None = None
    high: float | None = None
    ticks: tuple[float, ...] | None = None
    tick_labels: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Level:
    """A dashed line across the plot at a value of the y axis."""

    value: float
    label: str


@dataclass(frozen=True)
class Gap:
    """A stretch of the x axis that was not assessed: hatched."""

    low: float
    high: float


@dataclass(frozen=True)
class Frame:
    """Where values lie in a plot.

    Attributes
    ----------
    left, right, top, bottom : of the plotting area, in pixels.
    x_low, x_high, y_low, y_high : values there.
    """

    left: float
    right: float
    top: float
    bottom: float
    x_low: float
    x_high: float
    y_low: float
    y_high: float

    @property
    def area(self) -> svg.Rect:
        """The plotting area."""
        return svg.Rect(self.left, self.top, self.right - self.left, self.bottom - self.top)

    def x(self, value: ArrayLike) -> Floats:
        """Return pixels from values of the x axis."""
        share = (np.asarray(value, dtype=float) - self.x_low) / (self.x_high - self.x_low)
        pixels: Floats = self.left + share * (self.right - self.left)
        return pixels

    def y(self, value: ArrayLike) -> Floats:
        """Return pixels from values of the y axis, which points upward."""
        share = (np.asarray(value, dtype=float) - self.y_low) / (self.y_high - self.y_low)
        pixels: Floats = self.bottom - share * (self.bottom - self.top)
        return pixels


def line_plot(
    series: Sequence[Series],
    x: Axis,
    y: Axis,
    title: str,
    *,
    levels: Sequence[Level] = (),
    gaps: Sequence[Gap] = (),
    size: tuple[float, float] = (WIDTH, HEIGHT),
) -> Markup:
    """Return a plot of lines and points as a complete SVG figure.

    Parameters
    ----------
    series : drawn one over the other; what lies outside the axes is left out.
    size : width and height in pixels.
    """
    part = line_part(series, x, y, title, levels=levels, gaps=gaps, size=size)
    return svg.document(*size, [part], title)


def line_part(
    series: Sequence[Series],
    x: Axis,
    y: Axis,
    title: str,
    *,
    levels: Sequence[Level] = (),
    gaps: Sequence[Gap] = (),
    size: tuple[float, float] = (WIDTH, HEIGHT),
    top: float = 0.0,
) -> Markup:
    """Return what :func:`line_plot` draws, from ``top`` downward, as part of a figure."""
    named = [(each.name, each.colour) for each in series if each.name]
    low_x, high_x = _ends(x, [np.asarray(each.x, dtype=float) for each in series])
    low_y, high_y = _ends(y, [*_heights(series), np.array([level.value for level in levels])])
    head = top + TOP + (LEGEND_ROW if named else 0.0)
    frame = Frame(LEFT, size[0] - RIGHT, head, top + size[1] - BOTTOM, low_x, high_x, low_y, high_y)
    parts = [
        svg.text(14, top + 21, title, size=14, bold=True),
        svg.legend(14, top + TOP + 12, named),
        *(_gap(frame, gap) for gap in gaps),
        axes_part(frame, x, y),
        *(_level(frame, level) for level in levels),
        *(_series(frame, each) for each in series),
    ]
    return joined(parts)


def heat_map(
    values: ArrayLike,
    x: Axis,
    y: Axis,
    title: str,
    *,
    size: tuple[float, float] = (WIDTH, HEIGHT),
) -> Markup:
    """Return values as colours, pale for the least and blue for the greatest, as a complete SVG figure.

    Parameters
    ----------
    values : shape (rows, columns); the first row lies at the low end of the y axis. NaN is clear.
    x, y : axes with both ends set: the outer borders of the first and last column and row.
    """
    table = np.asarray(values, dtype=float)
    ends = [end for axis in (x, y) for end in _ends(axis, [])]
    frame = Frame(LEFT, size[0] - RIGHT, TOP, size[1] - BOTTOM, *ends)
    known = np.isfinite(table)
    low, high = (float(table[known].min()), float(table[known].max())) if known.any() else (0.0, 1.0)
    share = np.where(known, (table - low) / max(high - low, 1e-9), 0.0)[..., None]
    rgb = (1 - share) * np.array(PALE) + share * np.array(DEEP)
    pixels = np.concatenate([rgb, 255.0 * known[..., None]], axis=-1).round().astype(np.uint8)
    parts = [
        svg.text(14, 21, title, size=14, bold=True),
        svg.text(size[0] - RIGHT, TOP - 6, f"{low:.3g} to {high:.3g}", size=11, anchor="end"),
        svg.picture(pixels[::-1], frame.area, smooth=False),
        axes_part(frame, x, y),
    ]
    return svg.document(*size, parts, title)


def axes_part(frame: Frame, x: Axis, y: Axis) -> Markup:
    """Return the axes of a plot with ticks, numbers and labels."""
    f = frame
    parts = [svg.line([(f.left, f.top), (f.left, f.bottom), (f.right, f.bottom)], width=1)]
    for value, words in _ticks(x, f.x_low, f.x_high):
        place = float(f.x(value))
        parts.append(svg.line([(place, f.bottom), (place, f.bottom + 4)], width=1))
        parts.append(svg.text(place, f.bottom + 17, words, size=11, anchor="middle"))
    for value, words in _ticks(y, f.y_low, f.y_high):
        place = float(f.y(value))
        parts.append(svg.line([(f.left - 4, place), (f.left, place)], width=1))
        parts.append(svg.text(f.left - 7, place + 4, words, size=11, anchor="end"))
    parts.append(svg.text((f.left + f.right) / 2, f.bottom + 35, x.label, size=12, anchor="middle"))
    parts.append(svg.text(15, (f.top + f.bottom) / 2, y.label, size=12, anchor="middle", turned=True))
    return joined(parts)


def round_ticks(low: float, high: float) -> tuple[float, ...]:
    """Return round values between two ends, about half a dozen."""
    rough = (high - low) / TICKS
    power = 10.0 ** np.floor(np.log10(rough))
    step = power * next(factor for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * 0.999)
    first = np.ceil(low / step - 1e-9)
    last = np.floor(high / step + 1e-9)
    return tuple(float(round(n * step, 10)) + 0.0 for n in np.arange(first, last + 1))


def _ends(axis: Axis, values: Sequence[Floats]) -> tuple[float, float]:
    known = np.concatenate([np.zeros(0), *(each[np.isfinite(each)] for each in values)])
    low = axis.low if axis.low is not None else float(known.min(initial=np.inf))
    high = axis.high if axis.high is not None else float(known.max(initial=-np.inf))
    if not (np.isfinite(low) and np.isfinite(high)):
        return 0.0, 1.0
    if high <= low:
        return low - 0.5, low + 0.5
    room = 0.05 * (high - low)
    return low if axis.low is not None else low - room, high if axis.high is not None else high + room


def _heights(series: Sequence[Series]) -> list[Floats]:
    heights = []
    for each in series:
        band = each.half_band or 0.0
        heights += [np.asarray(each.y, dtype=float) + sign * band for sign in (-1, 1)]
    return heights


def _ticks(axis: Axis, low: float, high: float) -> list[tuple[float, str]]:
    ticks = axis.ticks if axis.ticks is not None else round_ticks(low, high)
    labels = axis.tick_labels or tuple(f"{tick:g}" for tick in ticks)
    return [pair for pair in zip(ticks, labels, strict=True) if low <= pair[0] <= high]


def _level(frame: Frame, level: Level) -> Markup:
    if not frame.y_low <= level.value <= frame.y_high:
        return Markup("")
    y = float(frame.y(level.value))
    stroke = svg.line([(frame.left, y), (frame.right, y)], width=1, dashes="5 4", opacity=0.75)
    return joined([stroke, svg.text(frame.right - 3, y - 4, level.label, size=11, anchor="end")])


def _gap(frame: Frame, gap: Gap) -> Markup:
    left, right = (float(frame.x(np.clip(end, frame.x_low, frame.x_high))) for end in (gap.low, gap.high))
    return svg.hatching(svg.Rect(left, frame.top, max(right - left, 1.0), frame.bottom - frame.top))


def _series(frame: Frame, series: Series) -> Markup:
    x, y = np.asarray(series.x, dtype=float), np.asarray(series.y, dtype=float)
    inside = (x >= frame.x_low) & (x <= frame.x_high) & (y >= frame.y_low) & (y <= frame.y_high)
    points = np.where(inside[:, None], np.column_stack([frame.x(x), frame.y(y)]), np.nan)
    if series.mark is Mark.POINTS:
        return joined(svg.dot(px, py, series.colour) for px, py in points[inside].tolist())
    dashes = "6 4" if series.mark is Mark.DASHED else ""
    return joined([*_bands(frame, series, x, y), svg.line(points, series.colour, 2, dashes=dashes)])


def _bands(frame: Frame, series: Series, x: Floats, y: Floats) -> list[Markup]:
    """Shaded bands round a line, one for each piece of it."""
    if series.half_band is None:
        return []
    known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    pieces = np.split(known, np.flatnonzero(np.diff(known) > 1) + 1)
    found = []
    for piece in pieces:
        low, high = (np.clip(y[piece] + sign * series.half_band, frame.y_low, frame.y_high) for sign in (-1, 1))
        across = frame.x(np.clip(x[piece], frame.x_low, frame.x_high))
        corners = [np.column_stack([across, frame.y(low)]), np.column_stack([across, frame.y(high)])[::-1]]
        found.append(svg.area(np.concatenate(corners), series.colour, 0.2))
    return [band for band, piece in zip(found, pieces, strict=True) if len(piece)]
