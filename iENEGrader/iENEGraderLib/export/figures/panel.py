"""A picture of a plane through the patient, with outlines, sides and scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.drawing import svg
from HeadNeckNodesLib.html.markup import Markup, joined, tag
from scipy import ndimage

from iENEGraderLib.export.figures.outline import outline_pieces

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.image import Image
    from numpy.typing import ArrayLike, NDArray

    from iENEGraderLib.export.figures.plane import Plane
    from iENEGraderLib.measure.label_field import Field

    Floats = NDArray[np.float64]

STEP_MM = 0.2
SCALE_BAR_MM = 5.0
WHITE = "#ffffff"
NODE_COLOUR, CONTACT_COLOUR = "#56b4e9", "#f5a000"
"""On grey pictures: sky blue and orange, after Okabe and Ito 2008."""
NO_IMAGE_GREY = 70
NODE_TONE = 115


@dataclass(frozen=True)
class Window:
    """Which values are shown from black to white."""

    width: float
    level: float

    def grey(self, values: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Return values as grey."""
        share = (values - self.level) / self.width + 0.5
        shown: NDArray[np.uint8] = (255 * np.clip(share, 0, 1)).round().astype(np.uint8)
        return shown

    def __str__(self) -> str:
        """As it stands in the picture."""
        return f"W {self.width:.0f} L {self.level:.0f}"


SOFT_TISSUE = Window(350.0, 60.0)


@dataclass(frozen=True, eq=False)
class Panel:
    """Where a plane is drawn in a figure.

    Attributes
    ----------
    plane : what is shown.
    half_mm : from the middle to each edge.
    area : square in the figure.
    """

    plane: Plane
    half_mm: float
    area: svg.Rect

    @property
    def pixels_per_mm(self) -> float:
        """Scale of the picture."""
        return self.area.width / (2 * self.half_mm)

    @property
    def middle(self) -> Floats:
        """The middle of the picture in pixels of the figure."""
        return np.array([self.area.x + self.area.width / 2, self.area.y + self.area.height / 2])

    def pixels(self, points_ras_mm: ArrayLike) -> Floats:
        """Return places in the figure, shape (..., 2), of RAS points of shape (..., 3), seen along the normal."""
        places: Floats = self.middle + self.plane.across(points_ras_mm) * self.pixels_per_mm
        return places

    @property
    def grid_ras_mm(self) -> Floats:
        """RAS places of the samples of the picture, shape (rows, columns, 3)."""
        count = round(2 * self.half_mm / STEP_MM)
        steps = (np.arange(count) + 0.5) * (2 * self.half_mm / count) - self.half_mm
        down, right = np.meshgrid(steps, steps, indexing="ij")
        return self.plane.ras(np.stack([right, down], axis=-1))

    def grey_part(self, image: Image, window: Window | None) -> Markup:
        """Return the image in this plane, linear between voxels, black beyond it; None takes a window from it."""
        places = np.moveaxis(image.geometry.kji_from_ras(self.grid_ras_mm), -1, 0)
        lowest = float(image.voxels.min())
        values = ndimage.map_coordinates(
            image.voxels, places, output=np.float32, order=1, cval=lowest, mode="constant", prefilter=False
        )
        return svg.picture((window or window_of(values)).grey(values), self.area)

    def tone_part(self, surface: Field | None, geometry: ImageGeometry) -> Markup:
        """Return a label as a flat tone, for want of an image."""
        values = self.field_values(surface, geometry)
        tones = np.where(values > 0.5, NODE_TONE, NO_IMAGE_GREY).astype(np.uint8)
        return svg.picture(tones, self.area)

    def field_values(self, surface: Field | None, geometry: ImageGeometry) -> NDArray[np.float32]:
        """Return the field of a label at the samples of the picture."""
        grid = self.grid_ras_mm
        if surface is None:
            return np.zeros(grid.shape[:2], dtype=np.float32)
        return surface.at(geometry.kji_from_ras(grid) * np.array(geometry.spacing_kji_mm))

    def outline_part(self, surface: Field | None, geometry: ImageGeometry, colour: str, kind: str) -> Markup:
        """Return the outline of a label; ``kind`` becomes its class."""
        values = self.field_values(surface, geometry)
        pixels = (outline_pieces(values)[..., ::-1] + 0.5) * (self.area.width / values.shape[1])
        d = svg.pieces_path(pixels + np.array([self.area.x, self.area.y]))
        return tag("g", svg.path(d, colour, 1.8, on_picture=True), class_=kind)

    def marks_part(self, note: str = "") -> Markup:
        """Return the sides of the patient, the scale bar and a note in the lower right corner."""
        left, right, top, bottom = self.plane.letters
        area, (x, y) = self.area, self.middle
        far_x, far_y = area.x + area.width, area.y + area.height
        bar = SCALE_BAR_MM * self.pixels_per_mm
        ends = [(area.x + 10, far_y - 12), (area.x + 10 + bar, far_y - 12)]
        parts = [
            _side(area.x + 8, y + 5, left, "start"),
            _side(far_x - 8, y + 5, right, "end"),
            _side(x, area.y + 18, top, "middle"),
            _side(x, far_y - 8, bottom, "middle"),
            tag("g", svg.line(ends, WHITE, 3, on_picture=True), class_="scale-bar"),
            svg.text(area.x + 10, far_y - 19, f"{SCALE_BAR_MM:g} mm", size=12, colour=WHITE, on_picture=True),
            svg.text(far_x - 8, far_y - 9, note, size=11, anchor="end", colour=WHITE, on_picture=True),
        ]
        return joined(parts)


def window_of(values: NDArray[np.float32]) -> Window:
    """Return a window for values without a unit: from the first to the last of a hundred."""
    low, high = np.percentile(values, (1, 99))
    return Window(max(float(high - low), 1e-6), float(low + high) / 2)


def image_window(image: Image) -> Window | None:
    """Return the window for soft tissue of a CT; None for what is no CT."""
    return SOFT_TISSUE if image.modality in {"CT", ""} else None


def window_note(image: Image | None) -> str:
    """Return what is said of the window in the picture."""
    if image is None:
        return "labels only"
    return str(image_window(image) or "window 1-99 %")


def _side(x: float, y: float, letters: str, anchor: str) -> Markup:
    mark = svg.text(x, y, letters, size=15, anchor=anchor, colour=WHITE, bold=True, on_picture=True)
    return tag("g", mark, class_="side")
