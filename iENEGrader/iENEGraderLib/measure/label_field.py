"""Labels as smooth fields: cropped masks, thick sections filled in between, and values between the voxels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.segmentation import Segment
from scipy import ndimage

from iENEGraderLib.measure.bounding_box import bounding_box

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

SMOOTHING_VOXELS = 0.8
"""Ours: the least blur that turns the steps of a mask into a surface; errors grow on both sides of it."""
THICK_SECTION_RATIO = 2.5
"""Ours: sections thicker than this many times the other voxel sides are filled in between."""
MOST_SLANT = 2.0


@dataclass(frozen=True, eq=False)
class LabelPart:
    """The smallest box of a mask that holds something.

    Attributes
    ----------
    mask : the mask [k, j, i] inside the box.
    start_kji : where the box begins on the grid.
    grid_shape : shape [k, j, i] of the grid.
    """

    mask: Mask
    start_kji: tuple[int, int, int]
    grid_shape: tuple[int, int, int]

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is labelled."""
        return self.mask.size == 0

    def box_within(self, margin_mm: float, spacing_mm: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return where the box, grown by a margin as far as the grid goes, begins and ends, [k, j, i]."""
        margin = np.ceil(margin_mm / spacing_mm).astype(np.intp)
        start = np.maximum(np.array(self.start_kji) - margin, 0)
        stop = np.minimum(np.add(self.start_kji, self.mask.shape) + margin, self.grid_shape)
        return start, stop

    def on(self, start: NDArray[np.intp], stop: NDArray[np.intp]) -> Mask:
        """Return the mask on another box of the grid, false where this part does not reach."""
        out = np.zeros(tuple(stop - start), dtype=bool)
        first = np.maximum(start, self.start_kji)
        last = np.minimum(stop, np.add(self.start_kji, self.mask.shape))
        if (first < last).all():
            to = tuple(slice(a, b) for a, b in zip(first - start, last - start, strict=True))
            inside = zip(first - self.start_kji, last - self.start_kji, strict=True)
            out[to] = self.mask[tuple(slice(a, b) for a, b in inside)]
        return out


def label_part(label: NDArray[Any] | Segment, grid_shape: tuple[int, int, int], what: str) -> LabelPart:
    """Crop a mask or a segment.

    Raises
    ------
    InputError
        when the label is not on a grid of that shape.
    """
    shape = label.grid_shape if isinstance(label, Segment) else label.shape
    if tuple(shape) != grid_shape:
        raise InputError(f"the mask of {what} has shape {tuple(shape)}, expected {grid_shape}: give masks of one grid")
    if isinstance(label, Segment):
        k, j, i = label.grid_box
        return LabelPart(label.cropped_mask(), (k.start, j.start, i.start), grid_shape)
    mask = np.asarray(label if label.dtype == bool else label != 0)
    box = bounding_box(mask)
    if box is None:
        return LabelPart(np.zeros((0, 0, 0), dtype=bool), (0, 0, 0), grid_shape)
    return LabelPart(mask[box].copy(), (box[0].start, box[1].start, box[2].start), grid_shape)


@dataclass(frozen=True, eq=False)
class Field:
    """Values on a grid that can be read between its points.

    Attributes
    ----------
    values : array [k, j, i].
    spacing_mm : of that array.
    origin_mm : place of its first value, in mm along the axes of the image, from the centre of the first voxel.
    """

    values: NDArray[np.float32]
    spacing_mm: Floats
    origin_mm: Floats

    def at(self, points_mm: NDArray[Any]) -> NDArray[np.float32]:
        """Return values at points of shape (..., 3), linear in between; beyond the border the nearest value."""
        places = np.empty((3, *points_mm.shape[:-1]))
        for axis, (origin, side) in enumerate(zip(self.origin_mm, self.spacing_mm, strict=True)):
            np.subtract(points_mm[..., axis], origin, out=places[axis])
            places[axis] /= side
        out: NDArray[np.float32] = ndimage.map_coordinates(
            self.values, places, output=np.float32, order=1, mode="nearest", prefilter=False
        )
        return out


@dataclass(frozen=True, eq=False)
class Refinement:
    """How thick sections are filled: ``factor`` layers in place of one across ``axis``; 1 leaves the mask alone."""

    axis: int
    factor: int
    spacing_mm: Floats

    @staticmethod
    def for_spacing(spacing_mm: Floats) -> Refinement:
        """Choose layers about as thick as the other voxel sides."""
        axis = int(np.argmax(spacing_mm))
        side = float(np.delete(spacing_mm, axis).mean())
        ratio = spacing_mm[axis] / side
        return Refinement(axis, round(ratio) if ratio > THICK_SECTION_RATIO else 1, spacing_mm)

    @property
    def fine_spacing_mm(self) -> Floats:
        """Spacing after the filling."""
        fine = self.spacing_mm.copy()
        fine[self.axis] /= self.factor
        return fine

    def origin_mm(self, start_kji: NDArray[np.intp]) -> Floats:
        """Place of the first fine voxel of a box that begins at ``start_kji``."""
        origin: Floats = start_kji * self.spacing_mm
        origin[self.axis] -= 0.5 * (self.spacing_mm[self.axis] - self.fine_spacing_mm[self.axis])
        return origin

    def steps_voxels(self, vessel: Mask) -> Floats:
        """Return how far the middle of a vessel moves from each section to the next, in voxels, shape (n - 1, 2).

        Zero where the vessel is not seen in both sections, or runs along them rather than through.
        """
        sections = np.moveaxis(vessel, self.axis, 0)
        middles = np.full((len(sections), 2), np.nan)
        for n, section in enumerate(sections):
            if section.any():
                middles[n] = [places.mean() for places in np.nonzero(section)]
        steps = np.diff(middles, axis=0)
        length = np.linalg.norm(steps * np.delete(self.spacing_mm, self.axis), axis=1)
        is_plausible = length <= MOST_SLANT * self.spacing_mm[self.axis]
        return np.where(is_plausible[:, None], steps, 0.0)

    def fine(self, mask: Mask, steps_voxels: Floats) -> Mask:
        """Fill in between thick sections by shape (distance to the outline, linear between two sections).

        Parameters
        ----------
        mask : array [k, j, i].
        steps_voxels : how far the vessel moves from each section to the next: sections are compared along the vessel,
            or an oblique one would get thinner in between.

        Notes
        -----
        Raya and Udupa 1990, doi:10.1109/42.52980. The last section of a body keeps its shape for half its thickness.
        """
        if self.factor == 1 or not mask.any():
            return np.repeat(mask, self.factor, axis=self.axis)
        sections = np.moveaxis(mask, self.axis, 0)
        distance = _section_distances(sections, np.delete(self.spacing_mm, self.axis))
        filled = [bool(section.any()) for section in sections]
        layers = []
        for layer in range(len(sections) * self.factor):
            place = (layer + 0.5) / self.factor - 0.5
            below = int(np.clip(np.floor(place), 0, max(len(sections) - 2, 0)))
            above = min(below + 1, len(sections) - 1)
            weight = place - below
            if not (filled[below] and filled[above]):
                weight_above = float(round(weight))
            else:
                weight_above = float(np.clip(weight, 0, 1))
            step = steps_voxels[below] if above > below else np.zeros(2)
            shifted = np.zeros(sections.shape[1:])
            for section, share, by in ((below, 1 - weight_above, weight), (above, weight_above, weight - 1)):
                if share > 0:
                    shifted += share * ndimage.shift(distance[section], by * step, order=1, mode="nearest")
            layers.append(shifted > 0)
        return np.moveaxis(np.array(layers), 0, self.axis)


def _section_distances(sections: Mask, sides_mm: Floats) -> NDArray[np.float32]:
    """Return the signed distance to the outline within each section, positive inside."""
    far = float(np.hypot(*(np.array(sections.shape[1:]) * sides_mm)))
    half = 0.5 * float(sides_mm.min())
    out = np.full(sections.shape, -far, dtype=np.float32)
    for k, section in enumerate(sections):
        if section.all():
            out[k] = far
        elif section.any():
            inside = ndimage.distance_transform_edt(section, sides_mm) - half
            outside = ndimage.distance_transform_edt(~section, sides_mm) - half
            out[k] = np.where(section, inside, -outside)
    return out


def smooth_field(fine_mask: Mask, spacing_mm: Floats, origin_mm: Floats) -> Field:
    """Blur a mask so that its surface lies at one half."""
    values = ndimage.gaussian_filter(fine_mask.astype(np.float32), SMOOTHING_VOXELS, mode="nearest", truncate=4.0)
    return Field(values, spacing_mm, origin_mm)
