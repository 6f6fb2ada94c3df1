"""The plot of accuracy against speed for the page on kinetic maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.drawing import svg
from HeadNeckNodesLib.drawing.plot import Axis, Frame, axes_part

if TYPE_CHECKING:
    from pathlib import Path

    from HeadNeckNodesLib.html.markup import Markup

SIZE = (760.0, 500.0)
AREA = (70.0, 735.0, 76.0, 450.0)
LETTER = 6.4
SPEEDS, ERRORS = (-1, 5), (-12, 2)
TITLE = "Error of Ktrans by processor time for each voxel"


@dataclass(frozen=True)
class _Box:
    """Where something stands, in pixels."""

    left: float
    right: float
    top: float
    bottom: float

    def meets(self, other: _Box) -> bool:
        """Tell whether both share room."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


@dataclass(frozen=True)
class Point:
    """A program: microseconds for each voxel, p95 error of Ktrans in percent, median error of vp."""

    name: str
    microseconds: float
    ktrans_percent: float
    vp: float

    def __str__(self) -> str:
        """Markdown, without the last column."""
        speed = f"{self.microseconds:.2f}" if self.microseconds < 10 else f"{self.microseconds:.0f}"
        return f"| {self.name} | {speed} | {self.ktrans_percent:.2g} % | {self.vp:.2g} |"


def write_figure(now: list[Point], earlier: list[Point], target: Path) -> None:
    """Write the plot; both axes are logarithmic."""
    frame = Frame(*AREA, *SPEEDS, *ERRORS)
    x, y = (
        Axis(label, *ends, ticks=tuple(range(*ends, step)), tick_labels=tuple(words))
        for label, ends, step, words in (
            ("processor time for each voxel, microseconds", SPEEDS, 1, [f"{10.0**n:g}" for n in range(*SPEEDS)]),
            ("Ktrans p95 error, %", ERRORS, 2, [f"1e{n}" for n in range(*ERRORS, 2)]),
        )
    )
    parts = [
        svg.text(14, 21, TITLE + ", without noise", size=14, bold=True),
        svg.legend(14, 46, [("this project", svg.BLUE), ("measured in this run", svg.GREEN), ("earlier", svg.GREY)]),
        axes_part(frame, x, y),
    ]
    ours, *others = now
    coloured = [(ours, svg.BLUE), *((p, svg.GREEN) for p in others), *((p, svg.GREY) for p in earlier)]
    dots = [_place(frame, point) for point, _ in coloured]
    taken = [_Box(x - 5, x + 5, y - 5, y + 5) for x, y in dots]
    for (point, colour), at in zip(coloured, dots, strict=True):
        parts += [svg.dot(*at, colour), _label(point.name, at, taken)]
    target.parent.mkdir(exist_ok=True)
    target.write_text(str(svg.document(*SIZE, parts, TITLE)) + "\n", encoding="utf-8")


def _place(frame: Frame, point: Point) -> tuple[float, float]:
    return float(frame.x(np.log10(point.microseconds))), float(frame.y(np.log10(max(point.ktrans_percent, 1e-12))))


def _label(name: str, at: tuple[float, float], taken: list[_Box]) -> Markup:
    """Return a name beside its dot, where nothing else stands."""
    width = LETTER * len(name)
    x, y = at
    places = [(left, y + away) for away in (4, -9, 17, -21, 29, -33, 41) for left in (x + 9, x - 9 - width)]
    for left, height in places:
        box = _Box(left, left + width, height - 10, height + 2)
        if box.right < AREA[1] + 15 and box.left > AREA[0] and not any(box.meets(other) for other in taken):
            break
    taken.append(box)
    return svg.text(left, height, name, size=11)
