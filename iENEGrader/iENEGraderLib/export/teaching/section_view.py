"""A square picture of a plane round a node: where its pixels lie, and what stands in every such picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.drawing import svg
from HeadNeckNodesLib.html.markup import Markup, joined

from iENEGraderLib.export.figures.panel import image_window, window_of
from iENEGraderLib.export.teaching.outlines import outline_path
from iENEGraderLib.export.teaching.stack import sampled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from HeadNeckNodesLib.imaging.image import Image
    from numpy.typing import NDArray

    from iENEGraderLib.export.figures.panel import Window
    from iENEGraderLib.export.figures.plane import Plane
    from iENEGraderLib.export.teaching.outlines import SoftSegment

    Floats = NDArray[np.float64]

PIXELS = 480
SCALE_BAR_MM = 20.0
WHITE = "#ffffff"
ROOM_FOR_NAME = 34.0
PLANES = {2: ("axial", ("S", "I")), 1: ("coronal", ("A", "P")), 0: ("sagittal", ("R", "L"))}


@dataclass(frozen=True, eq=False)
class DrawnStructure:
    """A segment to outline: its name in the image and its colour."""

    name: str
    colour: str
    soft: SoftSegment


@dataclass(frozen=True, eq=False)
class SectionView:
    """A plane, and how much of it is seen.

    Attributes
    ----------
    field_mm : side of the square.
    """

    plane: Plane
    field_mm: float

    @property
    def pixels_per_mm(self) -> float:
        """Scale of the picture."""
        return PIXELS / self.field_mm

    @property
    def grid_ras_mm(self) -> Floats:
        """Places of the pixels, shape (rows, columns, 3)."""
        steps = (np.arange(PIXELS) + 0.5) / self.pixels_per_mm - self.field_mm / 2
        return self.plane.ras(np.stack(np.meshgrid(steps, steps), axis=-1))

    @property
    def name(self) -> str:
        """Which way the body is cut."""
        return PLANES[self._axis][0]

    @property
    def place(self) -> str:
        """Where the plane lies along the patient, such as ``S 12 mm``."""
        positive, negative = PLANES[self._axis][1]
        value = float(self.plane.centre_ras_mm[self._axis])
        return f"{positive if value >= 0 else negative} {abs(value):.0f} mm"

    @property
    def words(self) -> str:
        """The plane as captions begin."""
        return f"{self.name.capitalize()} section at {self.place}"

    def pixel(self, point_ras_mm: Sequence[float]) -> tuple[float, float]:
        """Return where a point of the patient lies in the picture, seen along the normal."""
        x, y = (self.plane.across(point_ras_mm) * self.pixels_per_mm + PIXELS / 2).tolist()
        return x, y

    def shows(self, point_ras_mm: Sequence[float], near_mm: float) -> bool:
        """Tell whether a point lies in the picture, no farther than so much in front of the plane or behind it."""
        away = (np.array(point_ras_mm) - self.plane.centre_ras_mm) @ self._normal
        x, y = self.pixel(point_ras_mm)
        return bool(abs(away) <= near_mm and min(x, y) > 0 and max(x, y) < PIXELS)

    def grey(self, image: Image) -> tuple[NDArray[np.uint8], Window]:
        """Return the image in this plane, and the window that it is shown with."""
        values = sampled(image, self.grid_ras_mm)
        window = image_window(image) or window_of(values)
        return window.grey(values), window

    def frame(self, note: str = "") -> Markup:
        """Return the sides of the patient, the scale, and a note in the lower right corner."""
        left, right, top, bottom = self.plane.letters
        middle, far, bar = PIXELS / 2, PIXELS - 10.0, SCALE_BAR_MM * self.pixels_per_mm
        y = PIXELS - 14.0
        return joined(
            [
                _letters(10, middle + 6, left, "start"),
                _letters(far, middle + 6, right, "end"),
                _letters(middle, 22, top, "middle"),
                _letters(middle, far, bottom, "middle"),
                svg.line([(12, y), (12 + bar, y)], WHITE, 3, on_picture=True),
                svg.text(12, y - 8, f"{SCALE_BAR_MM / 10:g} cm", size=14, colour=WHITE, on_picture=True),
                svg.text(far, far, note, size=14, anchor="end", colour=WHITE, on_picture=True) if note else "",
            ]
        )

    def outlines(
        self, nodes: Sequence[DrawnStructure], anatomy: Sequence[DrawnStructure], own: DrawnStructure
    ) -> Markup:
        """Return the outlines of vessels, thin, and of nodes with their names; that of the own node is thicker."""
        grid = self.grid_ras_mm
        parts = []
        for each in anatomy:
            path = outline_path(each.soft.at(grid))
            parts += [svg.path(path, each.colour, 1.2, opacity=0.9)] if path else []
        for each in nodes:
            values = each.soft.at(grid)
            path = outline_path(values)
            if not path:
                continue
            parts.append(svg.path(path, each.colour, 2.2 if each is own else 1.4, on_picture=True))
            parts.append(_name(each, *np.nonzero(values > 0.5)))
        return joined(parts)

    @property
    def _normal(self) -> Floats:
        return np.cross(self.plane.right_ras, self.plane.down_ras)

    @property
    def _axis(self) -> int:
        return int(np.argmax(np.abs(self._normal)))


def _name(each: DrawnStructure, rows: NDArray[np.int_], columns: NDArray[np.int_]) -> Markup:
    """Return the name of a structure to the right of it, to the left where there is no room."""
    y = min(max(float(rows.mean()) + 5, 40.0), PIXELS - 40.0)
    right = float(columns.max()) + 8
    x, anchor = (right, "start") if right < PIXELS - ROOM_FOR_NAME else (float(columns.min()) - 8, "end")
    return svg.text(x, y, each.name, size=16, anchor=anchor, colour=each.colour, bold=True, on_picture=True)


def _letters(x: float, y: float, letters: str, anchor: str) -> Markup:
    return svg.text(x, y, letters, size=18, anchor=anchor, colour=WHITE, bold=True, on_picture=True)
