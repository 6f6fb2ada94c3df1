"""The course of a vein through the sections of the grid, also where its lumen is interrupted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.signal import savgol_filter

from iENEGraderLib.measure.size.node_size import section_axis

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from numpy.typing import NDArray

    from iENEGraderLib.measure.label_field import LabelPart

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

SOLID_SHARE = 0.05
"""Ours: sections with less of the usual area do not tell where the vein runs."""
WIDE_SHARE = 0.6
"""Ours: sections below this share of the upper quartile are narrowed and do not make the reference."""
DIRECTION_MM = 10.0
"""Ours: length over which the direction of the vein is fitted."""
LEAST_SECTIONS = 5
LEAST_LENGTH_MM = 10.0
"""Ours: a shorter label has no part that could serve as reference."""
LEAST_PIXELS = 12
"""Ours: a lumen of fewer pixels (about two voxels from middle to wall) has no area worth comparing."""


@dataclass(frozen=True, eq=False)
class VeinCourse:
    """A labelled vein, section by section from the first to the last that shows it; arrays have shape (n,).

    Attributes
    ----------
    geometry : grid of the label.
    axis : array axis that the sections are cut across.
    sections : index of each section of the grid.
    masks : the label in these sections, shape (n, rows, columns), cropped.
    start_kji : where ``masks`` begins on the grid.
    centre_kji : middle of the lumen; in between where there is none, shape (n, 3).
    tilt_cos : cosine of the angle between the vein and the section axis.
    area_mm2 : area of the lumen across the vein.
    reference_area_mm2 : median area of the part that is not narrowed.
    """

    geometry: ImageGeometry
    axis: int
    sections: NDArray[np.intp]
    masks: Mask
    start_kji: tuple[int, int, int]
    centre_kji: Floats
    tilt_cos: Floats
    area_mm2: Floats
    reference_area_mm2: float

    @property
    def section_mm(self) -> float:
        """Distance between sections."""
        return self.geometry.spacing_kji_mm[self.axis]

    @property
    def sides_mm(self) -> Floats:
        """Voxel sides within a section."""
        sides: Floats = np.delete(np.asarray(self.geometry.spacing_kji_mm), self.axis)
        return sides

    @property
    def step_mm(self) -> Floats:
        """Length of vein that each section stands for."""
        steps: Floats = self.section_mm / self.tilt_cos
        return steps

    @property
    def share(self) -> Floats:
        """Area by the reference area."""
        return self.area_mm2 / self.reference_area_mm2

    @property
    def pixel_share(self) -> float:
        """Area of one pixel by the reference area."""
        return float(np.prod(self.sides_mm)) / self.reference_area_mm2

    @property
    def ends_at_border(self) -> tuple[bool, bool]:
        """Tell whether the first and the last section are those of the image."""
        return bool(self.sections[0] == 0), bool(self.sections[-1] == self.geometry.array_shape[self.axis] - 1)

    def radius_mm(self, n: int) -> float:
        """Radius of a circle of the area of a section."""
        return float(np.sqrt(self.area_mm2[n] / np.pi))

    def measured(self, least_share: float) -> slice:
        """Return the sections between the tapering ends of the label; an end at the border of the image is no taper."""
        wide = np.flatnonzero(self.share >= least_share)
        first, last = self.ends_at_border
        return slice(0 if first else int(wide[0]), len(self.sections) if last else int(wide[-1]) + 1)

    def beyond(self, is_last: bool, distance_mm: float) -> Floats:
        """Return the place [k, j, i] where the vein would run on beyond its end."""
        n = len(self.sections)
        span = max(2, min(n, round(DIRECTION_MM / self.section_mm)))
        end, before = (n - 1, n - span) if is_last else (0, span - 1)
        spacing = np.asarray(self.geometry.spacing_kji_mm)
        direction = (self.centre_kji[end] - self.centre_kji[before]) * spacing
        place: Floats = self.centre_kji[end] + distance_mm * direction / np.linalg.norm(direction) / spacing
        return place


def vein_course(part: LabelPart, geometry: ImageGeometry) -> VeinCourse | str:
    """Follow a vein through the sections, or say why that cannot be done.

    Notes
    -----
    The area in a section is multiplied by the cosine of the tilt of the vein, which is fitted over 10 mm of its course.
    """
    if part.is_empty:
        return "the vein's mask is empty"
    axis = section_axis(geometry)
    masks = np.moveaxis(part.mask, axis, 0)
    step = geometry.spacing_kji_mm[axis]
    count = len(masks)
    if count < LEAST_SECTIONS or count * step < LEAST_LENGTH_MM:
        return f"the vein is labelled over {count * step:.1f} mm in {count} sections: too short to compare calibres"
    pixels = masks.sum(axis=(1, 2)).astype(float)
    is_solid = pixels >= max(1.0, SOLID_SHARE * float(np.percentile(pixels[pixels > 0], 75)))
    sides = np.delete(np.asarray(geometry.spacing_kji_mm), axis)
    across_mm = _centres(masks, is_solid) * sides
    tilt_cos = 1 / np.sqrt(1 + (_slope(across_mm, step) ** 2).sum(axis=1))
    area = pixels * float(np.prod(sides)) * tilt_cos
    wide = area[area > WIDE_SHARE * np.percentile(area[area > 0], 75)]
    reference = float(np.median(wide))
    if reference < LEAST_PIXELS * float(np.prod(sides)):
        return f"the vein is too thin for the grid: {reference:.1f} mm2 are less than {LEAST_PIXELS} pixels"
    centre = np.insert(across_mm / sides, axis, np.arange(count), axis=1) + part.start_kji
    sections = np.arange(count) + part.start_kji[axis]
    return VeinCourse(geometry, axis, sections, masks, part.start_kji, centre, tilt_cos, area, reference)


def _centres(masks: Mask, is_solid: Mask) -> Floats:
    """Return the middle of the lumen in pixels, shape (n, 2), linear in between where there is hardly any."""
    solid = np.flatnonzero(is_solid)
    found = np.array([[axis.mean() for axis in np.nonzero(masks[n])] for n in solid])
    every = np.arange(len(masks))
    return np.stack([np.interp(every, solid, found[:, c]) for c in (0, 1)], axis=1)


def _slope(across_mm: Floats, step_mm: float) -> Floats:
    """Return how far the vein moves across per mm along the section axis, shape (n, 2)."""
    window = max(3, 2 * round(0.5 * DIRECTION_MM / step_mm) + 1)
    window = min(window, len(across_mm) - 1 + len(across_mm) % 2)
    slope: Floats = savgol_filter(across_mm, window, 1, deriv=1, delta=step_mm, axis=0, mode="interp")
    return slope
