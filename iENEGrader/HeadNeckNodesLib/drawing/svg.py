"""Drawing in SVG: text, lines, areas, arcs and pictures, readable on light and dark pages.

All places are in pixels of the figure, x to the right and y downward. Inlined in a report, figures take their ground
and their text colour from its style sheet; as files of their own they have dark text on white.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np

from HeadNeckNodesLib.drawing.png import png_uri
from HeadNeckNodesLib.html.markup import Markup, joined, tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import ArrayLike, NDArray

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
INK = "currentColor"
BLUE, ORANGE, GREEN, PURPLE = "#2f86c1", "#d55e00", "#1a9a74", "#b0629a"
"""Told apart by readers with any colour vision, and seen on white as on dark grey; after Okabe and Ito 2008."""
GREY = "#8a949e"
LETTER_WIDTH = 0.54
"""Ours: mean width of a letter as share of its size, for wrapping."""
HALO = "#000000"


@dataclass(frozen=True)
class Rect:
    """A rectangle: its upper left corner and its sides."""

    x: float
    y: float
    width: float
    height: float

    @property
    def attributes(self) -> dict[str, str]:
        """As SVG names them."""
        return {"x": number(self.x), "y": number(self.y), "width": number(self.width), "height": number(self.height)}


def document(width: float, height: float, parts: Iterable[str], title: str) -> Markup:
    """Return a complete figure.

    Parameters
    ----------
    width, height : of the figure.
    parts : what it shows, from back to front.
    title : for those who hear the page instead of seeing it.
    """
    ground = tag("rect", width=number(width), height=number(height), fill="#ffffff", style="fill: var(--card, #ffffff)")
    return tag(
        "svg",
        tag("title", printable(title)),
        ground,
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=number(width),
        height=number(height),
        role="img",
        font_family=FONT,
        color="#1b242d",
        style="color: var(--text, #1b242d); max-width: 100%; height: auto",
    )


def text(
    x: float,
    y: float,
    words: str,
    *,
    size: float = 13,
    anchor: str = "start",
    colour: str = INK,
    bold: bool = False,
    turned: bool = False,
    on_picture: bool = False,
) -> Markup:
    """Return one line of text.

    Parameters
    ----------
    x, y : where its base line starts, has its middle or ends.
    anchor : ``start``, ``middle`` or ``end``.
    turned : read from bottom to top.
    on_picture : with a dark rim, legible on any ground.
    """
    place = f"rotate(-90 {number(x)} {number(y)})" if turned else False
    rim = {"stroke": HALO, "stroke_width": "3", "stroke_linejoin": "round", "paint_order": "stroke"}
    return tag(
        "text",
        printable(words),
        x=number(x),
        y=number(y),
        font_size=number(size),
        text_anchor=anchor,
        fill=colour,
        font_weight="600" if bold else False,
        transform=place,
        **(rim if on_picture else {}),
    )


def paragraph(x: float, y: float, words: str, width: float, size: float = 13) -> tuple[Markup, float]:
    """Return text in lines no longer than about ``width``, and the base line for what follows."""
    lines = wrap(words, max(int(width / (LETTER_WIDTH * size)), 1)) or [""]
    step = 1.4 * size
    return joined(text(x, y + n * step, line, size=size) for n, line in enumerate(lines)), y + len(lines) * step


def line(
    points: ArrayLike,
    colour: str = INK,
    width: float = 1.5,
    *,
    dashes: str = "",
    opacity: float = 1.0,
    closed: bool = False,
    on_picture: bool = False,
) -> Markup:
    """Return a line through points of shape (n, 2); it is broken where a point is NaN."""
    return path(line_path(points, closed=closed), colour, width, dashes=dashes, opacity=opacity, on_picture=on_picture)


def path(
    d: str, colour: str, width: float, *, dashes: str = "", opacity: float = 1.0, on_picture: bool = False
) -> Markup:
    """Return the stroke along an SVG path, on pictures with a dark rim."""
    common: dict[str, str | bool] = {"d": d, "fill": "none", "stroke_linecap": "round", "stroke_linejoin": "round"}
    rim = tag("path", stroke=HALO, stroke_width=number(width + 2), stroke_opacity="0.55", **common)
    stroke = tag(
        "path",
        stroke=colour,
        stroke_width=number(width),
        stroke_dasharray=dashes or False,
        stroke_opacity=number(opacity) if opacity < 1 else False,
        **common,
    )
    return joined([rim, stroke]) if on_picture else stroke


def line_path(points: ArrayLike, *, closed: bool = False) -> str:
    """Return the path data of a line through points of shape (n, 2), broken where a point is NaN."""
    places = np.asarray(points, dtype=float).reshape(-1, 2)
    known = np.isfinite(places).all(axis=1)
    steps = []
    for n in np.flatnonzero(known):
        starts = n == 0 or not known[n - 1]
        # A point between gaps would not be seen: a line of no length with round ends is.
        lone = starts and (n + 1 == len(places) or not known[n + 1])
        here = f"{number(places[n, 0])} {number(places[n, 1])}"
        steps.append(f"{'M' if starts else 'L'}{here}" + (f"L{here}" if lone else ""))
    return "".join(steps) + ("Z" if closed else "")


def pieces_path(pieces: NDArray[np.float64]) -> str:
    """Return the path data of many separate pieces of line, shape (n, 2, 2)."""
    return "".join(f"M{number(a)} {number(b)}L{number(c)} {number(d)}" for (a, b), (c, d) in pieces.tolist())


def area(points: ArrayLike, colour: str, opacity: float = 1.0) -> Markup:
    """Return a filled area with corners of shape (n, 2)."""
    return tag("path", d=line_path(points, closed=True), fill=colour, fill_opacity=number(opacity))


def box(where: Rect, colour: str, opacity: float = 1.0) -> Markup:
    """Return a filled rectangle."""
    return tag("rect", fill=colour, fill_opacity=number(opacity), **where.attributes)


def dot(x: float, y: float, colour: str, radius: float = 3.5) -> Markup:
    """Return a filled circle."""
    return tag("circle", cx=number(x), cy=number(y), r=number(radius), fill=colour)


def arc_path(x: float, y: float, radius: float, start_deg: float, arc_deg: float) -> str:
    """Return the path data of an arc; angles count from the right, clockwise as seen."""
    angles = np.radians(np.linspace(start_deg, start_deg + arc_deg, max(int(abs(arc_deg) / 2), 2)))
    return line_path(np.column_stack([x + radius * np.cos(angles), y + radius * np.sin(angles)]))


def hatching(where: Rect, step: float = 6.0) -> Markup:
    """Return a rectangle of thin slanting lines: not assessed."""
    reach = np.arange(step, where.width + where.height, step)
    # Each line runs from the left or lower border to the top or right border.
    starts = np.column_stack([np.maximum(reach - where.height, 0), np.minimum(reach, where.height)])
    ends = np.column_stack([np.minimum(reach, where.width), np.maximum(reach - where.width, 0)])
    lines = np.stack([starts, ends], axis=1) + np.array([where.x, where.y])
    return joined([box(where, GREY, 0.2), path(pieces_path(lines), GREY, 1, opacity=0.8)])


def picture(pixels: NDArray[np.uint8], where: Rect, *, smooth: bool = True) -> Markup:
    """Return pixels (see :func:`HeadNeckNodesLib.drawing.png.png_bytes`) stretched over a rectangle."""
    sharp = False if smooth else "image-rendering: pixelated"
    return tag("image", href=png_uri(pixels), preserveAspectRatio="none", style=sharp, **where.attributes)


def legend(x: float, y: float, entries: Sequence[tuple[str, str]], size: float = 12) -> Markup:
    """Return names beside strokes of their colours, in one row."""
    parts = []
    for name, colour in entries:
        parts += [line([(x, y - 4), (x + 18, y - 4)], colour, 3), text(x + 24, y, name, size=size)]
        x += 24 + (len(name) + 3) * LETTER_WIDTH * size
    return joined(parts)


def number(value: float) -> str:
    """Return a number as SVG is written: two decimals at most."""
    short = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if short == "-0" else short


def printable(words: str) -> str:
    """Return text without the control characters that XML forbids."""
    return "".join(letter for letter in words if letter.isprintable())
