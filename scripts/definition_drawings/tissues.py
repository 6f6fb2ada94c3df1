"""How tissues and marks are drawn; the same colours in every drawing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.drawing import svg
from HeadNeckNodesLib.html.markup import Markup, joined, tag

from definition_drawings.shapes import Lumps, Place, Points, Spike, curve, outline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

FAT, FAT_TRIANGLE, FAT_SUPPRESSED = "#f7edd0", "#ebcf7e", "#3a4048"
NODE, CAPSULE, NECROSIS, TUMOUR = "#aaa4cb", "#454070", "#e6e3f1", "#6a5fa6"
ARTERY, ARTERY_WALL = "#d55e00", "#7c3700"
VEIN, VEIN_WALL = "#3f8cc4", "#164a70"
MUSCLE, FIBRES, DENERVATED = "#d3ab9d", "#a06f60", "#f0dcd5"
GLAND, GLAND_CAPSULE = "#9fd0bd", "#2a6b56"
NERVE, NERVE_EDGE = "#1a9a74", "#0d5a43"
SKIN, BONE, CORTEX, CLOT = "#94735c", "#efece4", "#70767d", "#444a52"
INK, PAPER = "#1b242d", "#ffffff"
LABEL_SIZE = 15
LINE_STEP = 17
CAPTION = (113.0, 190.0)


def node(points: Points, *, capsule: float = 2.5, colour: str = NODE) -> Markup:
    """Return a node; ``capsule`` is the width of its rim."""
    rim = svg.line(points, CAPSULE, capsule, closed=True) if capsule else Markup("")
    return joined([svg.area(points, colour), rim])


def invading_node(centre: Place, radii: Place, tongues: Sequence[Spike], lumps: Sequence[Lumps] = ()) -> Markup:
    """Return a node that grows into what lies beside it: no rim and no sharp border along the front."""
    whole = outline(centre, radii, lumps=lumps, spikes=[replace(each, length=0.0) for each in tongues])
    front = svg.area(outline(centre, radii, lumps=lumps, spikes=tongues), NODE)
    farther = [replace(each, length=each.length + 6) for each in tongues]
    blurred = svg.area(outline(centre, radii, lumps=lumps, spikes=farther), NODE, 0.35)
    at_front = [_beyond(whole - centre, each) for each in tongues]
    rim = np.where(np.any(at_front, axis=0)[:, None], np.nan, whole)
    # The line starts behind the front, so that it is one piece.
    start = int(np.argmax(np.isnan(rim[:, 0])))
    return joined([blurred, front, svg.line(np.roll(rim, -start, axis=0), CAPSULE, 2.5)])


def _beyond(rays: Points, tongue: Spike) -> NDArray[np.bool_]:
    degrees = np.degrees(np.arctan2(rays[:, 1], rays[:, 0]))
    return np.asarray(tongue.profile(degrees) > 0.1)


def ghost(points: Points, *, closed: bool = False, colour: str = CAPSULE) -> Markup:
    """Return a dashed line: where a border was, or would be."""
    return svg.line(points, colour, 1.8, dashes="5 5", closed=closed)


def necrosis(centre: Place, radii: Place) -> Markup:
    """Return the necrotic middle of a node."""
    return svg.area(outline(centre, radii, lumps=(Lumps(3, 0.1), Lumps(5, 0.06, 40))), NECROSIS)


def artery(x: float, y: float, radius: float) -> Markup:
    """Return an artery cut across."""
    return joined([svg.dot(x, y, ARTERY_WALL, radius), svg.dot(x, y, ARTERY, radius - 3)])


def small_artery(points: Points) -> Markup:
    """Return a thin artery along a curve."""
    return joined([svg.line(points, ARTERY_WALL, 9), svg.line(points, ARTERY, 5)])


def band(first: Points, second: Points, colour: str, edge: str) -> Markup:
    """Return what lies between two curves with as many points, with both borders drawn."""
    body = svg.area(np.vstack([first, second[::-1]]), colour)
    return joined([body, svg.line(first, edge, 2), svg.line(second, edge, 2)])


def vein(left: Points, right: Points) -> Markup:
    """Return a vein cut lengthwise between its two walls."""
    return band(left, right, VEIN, VEIN_WALL)


def muscle(first: Points, second: Points, *, colour: str = MUSCLE) -> Markup:
    """Return a muscle between two borders, with fibres along it."""
    shares = (0.2, 0.4, 0.6, 0.8)
    fibres = (svg.line((1 - part) * first + part * second, FIBRES, 1.1, dashes="16 7", opacity=0.75) for part in shares)
    return joined([band(first, second, colour, FIBRES), *fibres])


def gland(points: Points, lobules: Sequence[Points]) -> Markup:
    """Return a gland with the septa between its lobules."""
    septa = [svg.line(each, GLAND_CAPSULE, 1, opacity=0.55) for each in lobules]
    return joined([svg.area(points, GLAND), *septa, svg.line(points, GLAND_CAPSULE, 2.5, closed=True)])


def nerve(points: Points, width: float = 7) -> Markup:
    """Return a nerve along a curve."""
    return joined([svg.line(points, NERVE_EDGE, width + 3), svg.line(points, NERVE, width)])


def bone(points: Points) -> Markup:
    """Return a bone: marrow within a thick cortex."""
    return joined([svg.area(points, BONE), svg.line(points, CORTEX, 7, closed=True)])


def haze(outlines: Sequence[Points]) -> Markup:
    """Return a glow that fades outward: outlines from the widest to the narrowest."""
    return joined(svg.area(each, PAPER, 0.09) for each in outlines)


def pointer(x: float, y: float, from_deg: float) -> Markup:
    """Return an arrowhead whose tip is at a place, seen from a direction (0 right, 90 below)."""
    along = np.array([np.cos(np.radians(from_deg)), np.sin(np.radians(from_deg))])
    aside = np.array([-along[1], along[0]])
    tip = np.array([x, y]) + 3 * along
    corners = np.array([tip, tip + 15 * along + 6.5 * aside, tip + 11 * along, tip + 15 * along - 6.5 * aside])
    return joined([svg.line(corners, PAPER, 3, closed=True), svg.area(corners, INK)])


def label(x: float, y: float, *lines: str, anchor: str = "start", on_dark: bool = False) -> Markup:
    """Return short lines of text with a rim, legible on every tissue."""
    colour, rim = (PAPER, FAT_SUPPRESSED) if on_dark else (INK, PAPER)
    rows = (svg.text(x, y + LINE_STEP * n, words, size=LABEL_SIZE, anchor=anchor) for n, words in enumerate(lines))
    # The text takes its colour from the group, so that the rim lies behind it.
    return tag("g", *rows, color=colour, stroke=rim, stroke_width="3.5", stroke_linejoin="round", paint_order="stroke")


def caption(words: str, *, on_dark: bool = False) -> Markup:
    """Return the line of text at the foot of a panel."""
    return label(CAPTION[0], CAPTION[1], words, anchor="middle", on_dark=on_dark)


def measured_arc(centre: Place, radius: float, start_deg: float, arc_deg: float) -> Markup:
    """Return an arc around a vessel with ticks at its ends."""
    parts = [(svg.arc_path(*centre, radius, start_deg, arc_deg), 3.0)]
    for end in (start_deg, start_deg + arc_deg):
        ray = np.array([np.cos(np.radians(end)), np.sin(np.radians(end))])
        ends = np.array([centre + (radius - 6) * ray, centre + (radius + 6) * ray])
        parts.append((svg.line_path(ends), 3.0))
    rims = [svg.path(d, PAPER, width + 3) for d, width in parts]
    return joined([*rims, *(svg.path(d, INK, width) for d, width in parts)])


def dimension(start: Place, end: Place) -> Markup:
    """Return a line with ticks at both ends, for a length."""
    along = np.subtract(end, start) / np.hypot(*np.subtract(end, start))
    aside = 6 * np.array([-along[1], along[0]])
    strokes = [np.array([start, end])] + [np.array([place - aside, place + aside]) for place in (start, end)]
    return joined([*(svg.line(each, PAPER, 5) for each in strokes), *(svg.line(each, INK, 2) for each in strokes)])


def flow(start: Place, end: Place) -> Markup:
    """Return a thin arrow along which blood flows."""
    x, y = end
    way = float(np.degrees(np.arctan2(start[1] - y, start[0] - x)))
    head = [(x + 9 * np.cos(np.radians(way + side)), y + 9 * np.sin(np.radians(way + side))) for side in (35, -35)]
    return joined([svg.line([start, end], INK, 2), svg.line([head[0], end, head[1]], INK, 2)])


def strands(ways: Sequence[Sequence[Place]]) -> Markup:
    """Return thin strands in fat."""
    return joined(svg.line(curve(way), CAPSULE, 1.6, opacity=0.7) for way in ways)
