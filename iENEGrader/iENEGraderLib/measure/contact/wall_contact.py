"""Which points of a vessel's wall the tumour touches: the field of the tumour along the outward wall normal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from iENEGraderLib.measure.contact.centreline import STEP_MM
from iENEGraderLib.measure.label_field import Field, smooth_field

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iENEGraderLib.measure.contact.vessel_model import VesselBranch, VesselModel
    from iENEGraderLib.measure.label_field import LabelPart, Refinement

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

FIRST_OFFSET_VOXELS = 0.5
LEAST_OFFSET_STEP_MM = 0.5
LEAST_OUTSIDE = 0.15
SMOOTHING_ALONG_MM = 0.7
SMOOTHING_AROUND_VOXELS = 0.9
"""Ours: contact is averaged over these lengths along and around the vessel, which takes the steps of the voxels out of
the angle and closes gaps of a single voxel."""
GAP_BLUR_VOXELS = 1.1
"""Ours, from phantoms: standard deviation of all blur along the wall, which narrows gaps between two arcs."""
END_VOXELS = 2.0
"""Ours: the end of a contact along the vessel is blurred over this length."""
HALF = 0.5
MARGIN_VOXELS = 4


@dataclass(frozen=True, eq=False)
class NearTumour:
    """The tumour without the vessel, filled in as the vessel is.

    Attributes
    ----------
    fine_mask : array [k, j, i]; empty where tumour and vessel lie far apart.
    start_kji : where it begins on the grid.
    """

    fine_mask: Mask
    start_kji: NDArray[np.intp]

    def field(self, model: VesselModel) -> Field:
        """Return its smooth field."""
        spacing, origin = model.refinement.fine_spacing_mm, model.refinement.origin_mm(self.start_kji)
        return smooth_field(self.fine_mask, spacing, origin)


def tumour_near(model: VesselModel, tumour: LabelPart) -> NearTumour:
    """Return the part of a tumour that lies in the box of the vessel."""
    low = np.maximum(np.array(tumour.start_kji) - MARGIN_VOXELS, model.start_kji)
    high = np.minimum(np.add(tumour.start_kji, tumour.mask.shape) + MARGIN_VOXELS, model.stop_kji)
    if (low >= high).any():
        return NearTumour(np.zeros((0, 0, 0), dtype=bool), low)
    refinement = model.refinement
    first, last = low - model.start_kji, high - model.start_kji
    repeat = np.where(np.arange(3) == refinement.axis, refinement.factor, 1)
    mask = tumour.on(low, high)
    if refinement.factor > 1:
        mask = _into_vessel(mask, model.mask[_box(first, last)], refinement)
    steps = model.steps_voxels[first[refinement.axis] : last[refinement.axis] - 1]
    fine = refinement.fine(mask, steps) & ~model.fine_mask[_box(first * repeat, last * repeat)]
    return NearTumour(fine, low)


def _box(first: NDArray[np.intp], last: NDArray[np.intp]) -> tuple[slice, ...]:
    return tuple(slice(a, b) for a, b in zip(first, last, strict=True))


def _into_vessel(tumour: Mask, vessel: Mask, refinement: Refinement) -> Mask:
    """Continue the tumour into the vessel: each voxel there becomes what lies next to it in its section.

    Between sections, a tumour is filled in by the distance to its outline. Where that outline is the vessel's wall the
    distance is nothing, and the tumour would end there just beyond its last section however deep it is.
    """
    continued = tumour & ~vessel
    sides = np.delete(refinement.spacing_mm, refinement.axis)
    sections = zip(np.moveaxis(continued, refinement.axis, 0), np.moveaxis(vessel, refinement.axis, 0), strict=True)
    for section, inside in sections:
        if section.any() and inside.any():
            nearest = ndimage.distance_transform_edt(inside, sides, return_distances=False, return_indices=True)
            section[:] = section[tuple(nearest)]
    return continued


@dataclass(frozen=True, eq=False)
class WallPoints:
    """Points of the wall in neighbouring sections, ``STEP_MM`` apart, and what a tumour is looked for with.

    Attributes
    ----------
    wall_mm, normals : shape (sections, rays, 3), mm along the image axes.
    voxel_mm : side of a cube as large as a (filled in) voxel.
    perimeter_mm : typical perimeter.
    """

    wall_mm: Floats
    normals: Floats
    voxel_mm: float
    perimeter_mm: float

    @property
    def rays_per_voxel(self) -> float:
        """Rays on a piece of wall as long as a voxel."""
        # Formless labels may have no outline at all.
        return float(self.voxel_mm / max(self.perimeter_mm, 2 * np.pi * self.voxel_mm) * self.wall_mm.shape[1])

    def contact_by_reach(self, vessel: Field, tumour: Field, reaches_mm: list[float]) -> list[Mask]:
        """Return wall points in contact, shape (sections, rays), for each greatest distance from the wall (ascending).

        Notes
        -----
        Looking along the outward normal, not all round, keeps an arc from growing by the reach at both its ends. Two
        things are asked of the blurred tumour at the reach:

        - along the wall it must hold at least half of what is not vessel: the blur of the wall is divided out, or
          arcs would lose their ends;
        - away from the wall it must hold half of everything, there or one voxel beside: undivided, or tumour behind a
          gap that is wider than the reach would count.
        """
        share, held = np.zeros((2, *self.wall_mm.shape[:2]), dtype=np.float32)
        contact, looked_at = [], []
        for reach in reaches_mm:
            for offset in _offsets(self.voxel_mm, reach):
                if offset not in looked_at:
                    looked_at.append(offset)
                    points = self.wall_mm + self.normals * offset
                    of_tumour = tumour.at(points)
                    held = np.maximum(held, of_tumour)
                    there = of_tumour > 0
                    outside = np.maximum(1.0 - vessel.at(points[there]), LEAST_OUTSIDE)
                    share[there] = np.maximum(share[there], of_tumour[there] / outside)
            reached = ndimage.maximum_filter(held, self._one_voxel, mode=("nearest", "wrap")) >= HALF
            contact.append(reached & self._is_half(_smooth(np.minimum(share, 1.0), self.rays_per_voxel)))
        return contact

    @property
    def _one_voxel(self) -> tuple[int, int]:
        """Sections and rays that reach one voxel to each side."""
        return 2 * round(self.voxel_mm / STEP_MM) + 1, 2 * round(self.rays_per_voxel) + 1

    def _is_half(self, share: NDArray[np.float32]) -> Mask:
        """Tell where a share is at least half of what its section reaches, and that is at least half.

        Towards the end of a contact, blur along the vessel lowers whole sections. Measured against one half they would
        lose the ends of their arcs too, and lengths of arcs just above a threshold would come out too short.
        """
        top = share.max(axis=1)
        around = ndimage.maximum_filter1d(top, 2 * round(END_VOXELS * self.voxel_mm / STEP_MM) + 1, mode="nearest")
        lowered = np.divide(top, around, out=np.ones_like(top), where=around > 0)
        is_half: Mask = (share >= HALF * lowered[:, None]) & (top >= HALF)[:, None]
        return is_half


def contact_by_reach(model: VesselModel, branch: VesselBranch, tumour: Field, reaches_mm: list[float]) -> list[Mask]:
    """Return wall points of a branch in contact, shape (sections, rays), for each reach (ascending)."""
    sections = branch.sections
    contact = [np.zeros(sections.wall_mm.shape[:2], dtype=bool) for _ in reaches_mm]
    near = _sections_near(sections.wall_mm, tumour, reaches_mm[-1])
    if near.any():
        window = slice(int(np.argmax(near)), len(near) - int(np.argmax(near[::-1])))
        points = wall_points(branch, window, tumour.spacing_mm)
        for whole, found in zip(contact, points.contact_by_reach(model.field, tumour, reaches_mm), strict=True):
            whole[window] = found
    return contact


def wall_points(branch: VesselBranch, window: slice, fine_spacing_mm: Floats) -> WallPoints:
    """Return the wall of some sections."""
    sections = branch.sections
    voxel, perimeter = float(np.cbrt(np.prod(fine_spacing_mm))), float(np.median(sections.perimeter_mm[window]))
    return WallPoints(sections.wall_mm[window], sections.normals[window], voxel, perimeter)


def _smooth(share: NDArray[np.float32], rays_per_voxel: float) -> NDArray[np.float32]:
    along: NDArray[np.float32] = ndimage.gaussian_filter1d(share, SMOOTHING_ALONG_MM / STEP_MM, axis=0, mode="nearest")
    out: NDArray[np.float32] = ndimage.gaussian_filter1d(
        along, SMOOTHING_AROUND_VOXELS * rays_per_voxel, axis=1, mode="wrap"
    )
    return out


def _sections_near(wall_mm: Floats, tumour: Field, reach: float) -> Mask:
    low = tumour.origin_mm - reach
    high = tumour.origin_mm + (np.array(tumour.values.shape) - 1) * tumour.spacing_mm + reach
    inside = np.all((wall_mm >= low) & (wall_mm <= high), axis=-1)
    near: Mask = np.any(inside, axis=1)
    return near


def _offsets(voxel_mm: float, reach: float) -> list[float]:
    """Return the reach and smaller offsets, a voxel apart: what is thinner than a voxel is not seen between them."""
    first, step = FIRST_OFFSET_VOXELS * voxel_mm, max(voxel_mm, LEAST_OFFSET_STEP_MM)
    return [max(first, reach), *np.arange(reach - step, first, -step).tolist()]
