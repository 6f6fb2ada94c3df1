"""Stacks of sections to scroll through: small pictures around the nodes, cut as radiologists hang images."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError
from scipy import ndimage

from iENEGraderLib.export.figures.panel import SOFT_TISSUE, window_of
from iENEGraderLib.export.figures.plane import plane_across
from iENEGraderLib.export.teaching.content import Section, SectionOutline, SectionStack, WindowPreset
from iENEGraderLib.export.teaching.outlines import outline_path
from iENEGraderLib.export.teaching.pictures import jpeg_picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from HeadNeckNodesLib.imaging.image import Image
    from numpy.typing import NDArray

    from iENEGraderLib.export.figures.plane import Plane
    from iENEGraderLib.export.teaching.outlines import SoftSegment

    Floats = NDArray[np.float64]

MARGIN_MM = 25.0
LEAST_SIDE_MM = 120.0
MOST_PIXELS = 320
MOST_SECTIONS = 90
QUALITY = 80
CT_LOWEST_HU, CT_HIGHEST_HU = -250.0, 450.0
CT_PRESETS = (
    WindowPreset("Soft tissue", SOFT_TISSUE.width, SOFT_TISSUE.level),
    WindowPreset("Narrow", 200.0, 80.0),
    WindowPreset("Vessels", 600.0, 150.0),
    WindowPreset("All stored values", 700.0, 100.0),
)
COLOURS = ("#ffdc33", "#8cff80", "#ff8c26", "#ff99d9", "#cca6ff", "#56b4e9", "#f0e442", "#7fe0d0")
"""For nodes, bright on grey; neighbours get different ones."""


class Direction(Enum):
    """Which way a stack is cut: name, and the direction in which it is scrolled, RAS."""

    AXIAL = ("Axial sections", (0.0, 0.0, -1.0), ("S", "I"))
    CORONAL = ("Coronal sections", (0.0, -1.0, 0.0), ("A", "P"))
    SAGITTAL = ("Sagittal sections", (-1.0, 0.0, 0.0), ("R", "L"))

    @property
    def title(self) -> str:
        """What is shown."""
        return self.value[0]

    @property
    def forward_ras(self) -> Floats:
        """Unit vector from the first section to the last."""
        return np.array(self.value[1])

    def place(self, point_ras_mm: Floats) -> str:
        """Return where a section lies along the patient, such as ``S 12 mm``."""
        axis = int(np.argmax(np.abs(self.forward_ras)))
        value, (positive, negative) = float(point_ras_mm[axis]), self.value[2]
        # Right, anterior and superior are the positive directions.
        return f"{positive if value >= 0 else negative} {abs(value):.1f} mm"


@dataclass(frozen=True, eq=False)
class _Cut:
    """The block of the patient that a stack shows."""

    plane: Plane
    forward_ras: Floats
    half_mm: tuple[float, float]
    depths_mm: Floats
    pixel_mm: float

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of a section."""
        across, down = self.half_mm
        return max(round(2 * down / self.pixel_mm), 1), max(round(2 * across / self.pixel_mm), 1)

    def grid_ras_mm(self, depth_mm: float) -> Floats:
        """Places of the pixels of one section, shape (rows, columns, 3)."""
        rows, columns = self.shape
        down = (np.arange(rows) + 0.5 - rows / 2) * self.pixel_mm
        across = (np.arange(columns) + 0.5 - columns / 2) * self.pixel_mm
        flat = np.stack(np.meshgrid(across, down), axis=-1)
        return self.plane.ras(flat) + depth_mm * self.forward_ras


def section_stack(
    image: Image, nodes: Sequence[tuple[str, SoftSegment]], direction: Direction = Direction.AXIAL
) -> SectionStack:
    """Return sections around all nodes, with the outlines of the nodes.

    Parameters
    ----------
    nodes : names and segments, on the grid of the image.

    Raises
    ------
    InputError
        When there is no node to show sections around.
    """
    if not nodes:
        raise InputError("there is no segmented node to cut sections around; segment one, or leave the stack out")
    cut = _cut_around([segment for _, segment in nodes], image, direction)
    lowest, highest = grey_range(image)
    sections = tuple(_section(image, nodes, cut, float(depth), direction) for depth in cut.depths_mm)
    return SectionStack(
        title=direction.title,
        letters=cut.plane.letters,
        pixel_mm=cut.pixel_mm,
        lowest=lowest,
        highest=highest,
        presets=CT_PRESETS if _is_ct(image) else (),
        sections=sections,
    )


def grey_range(image: Image) -> tuple[float, float]:
    """Return the values that are stored as black and white: of a CT in HU, else from the first to the last percent."""
    if _is_ct(image):
        return CT_LOWEST_HU, CT_HIGHEST_HU
    window = window_of(image.voxels[:: max(image.voxels.shape[0] // 16, 1)].astype(np.float32))
    return window.level - window.width / 2, window.level + window.width / 2


def sampled(image: Image, points_ras_mm: Floats, outside: float | None = None) -> NDArray[np.float32]:
    """Return the image at RAS points of shape (..., 3), linear between voxels.

    Parameters
    ----------
    outside : value beyond the image; None for its lowest.
    """
    places = np.moveaxis(image.geometry.kji_from_ras(points_ras_mm), -1, 0)
    beyond = float(image.voxels.min()) if outside is None else outside
    values: NDArray[np.float32] = ndimage.map_coordinates(
        image.voxels, places, output=np.float32, order=1, cval=beyond, prefilter=False
    )
    return values


def as_grey(values: NDArray[np.float32], lowest: float, highest: float) -> NDArray[np.uint8]:
    """Return values as grey from black to white."""
    grey: NDArray[np.uint8] = (255 * np.clip((values - lowest) / (highest - lowest), 0, 1)).round().astype(np.uint8)
    return grey


def node_colour(number: int) -> str:
    """Return the colour of the outline of a node."""
    return COLOURS[number % len(COLOURS)]


def _section(
    image: Image, nodes: Sequence[tuple[str, SoftSegment]], cut: _Cut, depth_mm: float, direction: Direction
) -> Section:
    grid = cut.grid_ras_mm(depth_mm)
    picture = jpeg_picture(as_grey(sampled(image, grid), *grey_range(image)), QUALITY)
    outlines = []
    for number, (name, node) in enumerate(nodes):
        values = node.at(grid)
        if path := outline_path(values):
            outlines.append(SectionOutline(name, node_colour(number), path, int((values > 0.5).sum())))
    return Section(direction.place(grid[0, 0]), picture, tuple(outlines))


def _cut_around(nodes: Sequence[SoftSegment], image: Image, direction: Direction) -> _Cut:
    """Return the block around the nodes, no larger than the image and no smaller than a reader can find his way in."""
    forward = direction.forward_ras
    upright = plane_across((0.0, 0.0, 0.0), forward)
    axes = np.stack([upright.right_ras, upright.down_ras, forward])
    inside = np.concatenate([node.corners_ras_mm for node in nodes]) @ axes.T
    whole = _image_corners(image) @ axes.T
    low, high = inside.min(axis=0) - MARGIN_MM, inside.max(axis=0) + MARGIN_MM
    short = np.array([LEAST_SIDE_MM, LEAST_SIDE_MM, 0.0]) - (high - low)
    low, high = low - np.maximum(short, 0) / 2, high + np.maximum(short, 0) / 2
    low, high = np.maximum(low, whole.min(axis=0)), np.minimum(high, whole.max(axis=0))
    spacing = _spacing_along(image, axes)
    half = 0.5 * (high - low)
    pixel_mm = max(float(spacing[:2].min()), 2 * float(half[:2].max()) / MOST_PIXELS)
    depths = _depths(float(whole[:, 2].min()), float(low[2]), float(high[2]), float(spacing[2]))
    middle = 0.5 * (low + high) * [1, 1, 0] @ axes
    plane = plane_across(middle, forward)
    return _Cut(plane, forward, (float(half[0]), float(half[1])), depths, pixel_mm)


def _depths(first_mm: float, low_mm: float, high_mm: float, spacing_mm: float) -> Floats:
    """Return the depths of sections: those of the image where it was cut the same way, every one or every few."""
    step = max(int(np.ceil((high_mm - low_mm) / spacing_mm / MOST_SECTIONS)), 1)
    begin = round((low_mm - first_mm) / spacing_mm)
    end = max(round((high_mm - first_mm) / spacing_mm), begin)
    depths: Floats = first_mm + spacing_mm * np.arange(begin, end + 1, step, dtype=float)
    return depths


def _spacing_along(image: Image, axes: Floats) -> Floats:
    """Return the voxel spacing of the image axis that is nearest to each of the directions."""
    columns = image.geometry.ijk_to_ras[:3, :3]
    spacing = np.linalg.norm(columns, axis=0)
    along: Floats = spacing[np.argmax(np.abs(axes @ (columns / spacing)), axis=1)]
    return along


def _image_corners(image: Image) -> Floats:
    last = np.array(image.geometry.array_shape) - 1
    return image.geometry.ras_from_kji(np.array(np.meshgrid(*((0, n) for n in last))).T.reshape(-1, 3))


def _is_ct(image: Image) -> bool:
    return image.modality in {"CT", ""}
