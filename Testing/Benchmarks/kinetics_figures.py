"""The plot of accuracy against speed for the page on kinetic maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.drawing import svg
from HeadNeckNodesLib.drawing.plot import Axis, Frame, axes_part

if TYPE_CHECKING:
    from pathlib import Path

SIZE = (760.0, 440.0)
AREA = (70.0, 735.0, 66.0, 390.0)
SPEEDS, ERRORS = (-1, 5), (-12, 1)
TITLE = "Error of Ktrans by processor time for each voxel"


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
    taken: list[float] = []
    for point, colour in [(p, svg.GREY) for p in earlier] + [(p, svg.GREEN) for p in others] + [(ours, svg.BLUE)]:
        at = float(frame.x(np.log10(point.microseconds))), float(frame.y(np.log10(max(point.ktrans_percent, 1e-12))))
        parts.append(svg.dot(*at, colour))
        away, anchor = (-9, "end") if at[0] > 560 else (9, "start")
        height = _free(at[1] + 4, taken)
        parts.append(svg.text(at[0] + away, height, point.name, size=11, anchor=anchor))
    target.parent.mkdir(exist_ok=True)
    target.write_text(str(svg.document(*SIZE, parts, TITLE)) + "\n", encoding="utf-8")


def _free(height: float, taken: list[float]) -> float:
    """Return a height for a label that leaves those before it legible."""
    while any(abs(height - other) < 11 for other in taken):
        height += 11
    taken.append(height)
    return height
