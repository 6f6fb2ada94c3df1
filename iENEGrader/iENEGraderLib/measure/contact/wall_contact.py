"""Which points of a vessel's wall the tumour touches: the field of the tumour along the outward wall normal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from iENEGraderLib.measure.contact.centreline import STEP_MM
from iENEGraderLib.measure.label_field import Field, LabelPart, smooth_field

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iENEGraderLib.measure.contact.vessel_model import VesselBranch, VesselModel

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

FIRST_OFFSET_VOXELS = 0.5
LEAST_OFFSET_STEP_MM = 0.5
LEAST_OUTSIDE = 0.15
SMOOTHING_ALONG_MM = 0.7
SMOOTHING_AROUND_VOXELS = 0.9
"""Ours: contact is averaged over these lengths along and around the vessel, which takes the steps of the voxels out of
the angle and closes gaps of a single voxel."""
MARGIN_VOXELS = 4


def tumour_near(model: VesselModel, tumour: LabelPart) -> tuple[Mask, NDArray[np.intp]]:
    """Return the tumour without the vessel, filled in as the vessel is, in the part of the vessel's box it reaches.

    The second value is where that part begins on the grid. The mask is empty where both lie far apart.
    """
    low = np.maximum(np.array(tumour.start_kji) - MARGIN_VOXELS, model.start_kji)
    high = np.minimum(np.add(tumour.start_kji, tumour.mask.shape) + MARGIN_VOXELS, model.stop_kji)
    if (low >= high).any():
        return np.zeros((0, 0, 0), dtype=bool), low
    repeat = np.ones(3, dtype=int)
    repeat[model.refinement.axis] = model.refinement.factor
    from_vessel = zip((low - model.start_kji) * repeat, (high - model.start_kji) * repeat, strict=True)
    vessel = model.fine_mask[tuple(slice(a, b) for a, b in from_vessel)]
    first, last = (low - model.start_kji)[model.refinement.axis], (high - model.start_kji)[model.refinement.axis]
    fine: Mask = model.refinement.fine(tumour.on(low, high), model.steps_voxels[first : last - 1]) & ~vessel
    return fine, low


def tumour_field(model: VesselModel, fine_tumour: Mask, start_kji: NDArray[np.intp]) -> Field:
    """Return the smooth field of what :func:`tumour_near` found."""
    return smooth_field(fine_tumour, model.refinement.fine_spacing_mm, model.refinement.origin_mm(start_kji))


def contact_by_reach(model: VesselModel, branch: VesselBranch, tumour: Field, reaches_mm: list[float]) -> list[Mask]:
    """Return wall points in contact, shape (sections, rays), for each greatest distance from the wall (ascending).

    Notes
    -----
    Looking along the outward normal, not all round, keeps an arc from growing by the reach at both its ends. Two
    things are asked of the blurred tumour at the reach:

    - along the wall it must hold at least half of what is not vessel: the blur of the wall is divided out, or arcs
      would lose their ends;
    - away from the wall it must hold half of everything, there or one voxel beside: undivided, or tumour behind a gap
      that is wider than the reach would count.
    """
    sections = branch.sections
    contact = [np.zeros(sections.wall_mm.shape[:2], dtype=bool) for _ in reaches_mm]
    near = _sections_near(sections.wall_mm, tumour, reaches_mm[-1])
    if not near.any():
        return contact
    window = slice(int(np.argmax(near)), len(near) - int(np.argmax(near[::-1])))
    wall, normals = sections.wall_mm[window], sections.normals[window]
    voxel = float(np.cbrt(np.prod(tumour.spacing_mm)))
    # Formless labels may have no outline at all.
    perimeter = max(float(np.median(sections.perimeter_mm[window])), 2 * np.pi * voxel)
    rays_per_voxel = voxel / perimeter * wall.shape[1]
    share, held = np.zeros((2, *wall.shape[:2]), dtype=np.float32)
    for number, reach in enumerate(reaches_mm):
        for offset in _offsets(voxel, reach):
            points = wall + normals * offset
            of_tumour = tumour.at(points)
            held = np.maximum(held, of_tumour)
            share = np.maximum(share, of_tumour / np.maximum(1.0 - model.field.at(points), LEAST_OUTSIDE))
        reached = ndimage.maximum_filter(held, _window(voxel, rays_per_voxel), mode=("nearest", "wrap")) >= 0.5
        smooth = _smooth(np.minimum(share, 1.0), rays_per_voxel)
        contact[number][window] = reached & (smooth >= 0.5)
    return contact


def _window(voxel_mm: float, rays_per_voxel: float) -> tuple[int, int]:
    """Return sections and rays that reach one voxel to each side."""
    return 2 * round(voxel_mm / STEP_MM) + 1, 2 * round(rays_per_voxel) + 1


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
