"""A drawing of a finding: two panels of the same scale side by side, one legend for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from HeadNeckNodesLib.drawing import svg
from HeadNeckNodesLib.drawing.svg import Rect
from HeadNeckNodesLib.html.markup import Markup, joined, tag

from definition_drawings.tissues import ARTERY, FAT, INK, LABEL_SIZE, MUSCLE, NODE, VEIN

if TYPE_CHECKING:
    from iENEGraderLib.reading import FindingKind

WIDTH, HEIGHT = 480, 296
PANEL_WIDTH, PANEL_HEIGHT = 226, 200
PANEL_TOP = 36
LEFTS = (8, 246)
BAR = 60
"""Length of the scale bar in pixels: 10 mm in all sections, so that 6 pixels are 1 mm."""
COUNTS, DOES_NOT_COUNT = "counts", "does not count"
LEGEND = (("fat", FAT), ("node", NODE), ("artery", ARTERY), ("vein", VEIN), ("muscle", MUSCLE))
YES, NO = "#1a9a74", "#8a949e"


@dataclass(frozen=True)
class Panel:
    """One half of a drawing.

    Attributes
    ----------
    shows : what is seen, in words, for those who hear the page.
    heading : stands above the panel.
    ground : colour of what everything lies in.
    """

    shows: str
    parts: tuple[Markup, ...]
    heading: str
    ground: str = FAT


@dataclass(frozen=True)
class Drawing:
    """Both panels, what the legend adds to the common one, and how the section lies.

    Attributes
    ----------
    view : how the section lies, or what kind of image it is.
    bar_mm : what the scale bar stands for.
    counts : whether each panel shows something that counts.
    """

    kind: FindingKind
    left: Panel
    right: Panel
    view: str = "axial"
    extra: tuple[tuple[str, str], ...] = ()
    bar_mm: int = 10
    counts: tuple[bool, bool] = (True, False)

    @property
    def description(self) -> str:
        """What both panels show, in words."""
        sides = (("Left", self.left), ("Right", self.right))
        return " ".join(f"{side}, {panel.heading}: {panel.shows}" for side, panel in sides)


def figure(drawing: Drawing, title: str) -> Markup:
    """Return the drawing as an SVG file's content."""
    panels = zip((drawing.left, drawing.right), LEFTS, drawing.counts, strict=True)
    parts = [tag("desc", drawing.description), *(_panel(panel, x, counts) for panel, x, counts in panels)]
    scale = joined(
        [
            svg.box(Rect(LEFTS[0], 278, BAR, 4), svg.INK),
            svg.text(LEFTS[0] + BAR + 6, 285, f"{drawing.bar_mm} mm, {drawing.view}", size=LABEL_SIZE),
        ]
    )
    return svg.document(
        WIDTH, HEIGHT, [*parts, _legend(LEFTS[0], 258, LEGEND), scale, _legend(232, 285, drawing.extra)], title
    )


def halves_below(*lower: Markup) -> Markup:
    """Return the lower half of a panel that shows two things, with the line between them."""
    line = svg.box(Rect(0, PANEL_HEIGHT / 2 - 1.5, PANEL_WIDTH, 3), "#ffffff")
    return joined([_clipped(Rect(0, PANEL_HEIGHT / 2, PANEL_WIDTH, PANEL_HEIGHT / 2), *lower), line])


def halves_beside(*right: Markup) -> Markup:
    """Return the right half of a panel that shows two things, with the line between them."""
    line = svg.box(Rect(PANEL_WIDTH / 2 - 1.5, 0, 3, PANEL_HEIGHT), "#ffffff")
    return joined([_clipped(Rect(PANEL_WIDTH / 2, 0, PANEL_WIDTH / 2, PANEL_HEIGHT), *right), line])


def _panel(panel: Panel, x: float, counts: bool) -> Markup:
    frame = Rect(x, PANEL_TOP, PANEL_WIDTH, PANEL_HEIGHT)
    ground = svg.box(Rect(0, 0, PANEL_WIDTH, PANEL_HEIGHT), panel.ground)
    edge = tag("rect", fill="none", stroke=INK, stroke_opacity="0.45", **frame.attributes)
    heading = svg.text(x + 26, 24, panel.heading, size=17, bold=True)
    return joined([_sign(x + 10, 18, counts), heading, _clipped(frame, ground, *panel.parts), edge])


def _sign(x: float, y: float, counts: bool) -> Markup:
    """Return a tick or a cross."""
    if counts:
        return svg.line([(x - 7, y), (x - 2, y + 6), (x + 8, y - 7)], YES, 4)
    return joined(svg.line([(x - 6, y - 6 * way), (x + 6, y + 6 * way)], NO, 4) for way in (1, -1))


def _clipped(where: Rect, *parts: Markup) -> Markup:
    """Return parts in their own frame: an inner picture hides what lies beyond its borders."""
    return tag("svg", *parts, **where.attributes)


def _legend(x: float, y: float, entries: tuple[tuple[str, str], ...]) -> Markup:
    parts = []
    for name, colour in entries:
        swatch = Rect(x, y - 12, 15, 15)
        edge = tag("rect", fill="none", stroke=INK, stroke_opacity="0.6", **swatch.attributes)
        parts += [svg.box(swatch, colour), edge, svg.text(x + 20, y, name, size=LABEL_SIZE)]
        x += 20 + 16 + len(name) * svg.LETTER_WIDTH * LABEL_SIZE
    return joined(parts)
