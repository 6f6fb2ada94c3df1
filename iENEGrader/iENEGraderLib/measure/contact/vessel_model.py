"""A vessel made ready for measuring: its smooth surface, centrelines and cross-sections, computed once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from iENEGraderLib.measure.contact.bifurcation import Bifurcation, find_bifurcations
from iENEGraderLib.measure.contact.centreline import STEP_MM, Centreline, centreline_of, reach_mm
from iENEGraderLib.measure.contact.classes import (
    LEAST_ELONGATION,
    LEAST_LENGTH_MM,
    LEAST_RADIUS_VOXELS,
    MOST_REACH_MM,
    NotAssessable,
)
from iENEGraderLib.measure.contact.cross_section import (
    RAYS,
    CrossSections,
    cross_sections,
    fine_wall_distances,
    ray_directions,
)
from iENEGraderLib.measure.contact.vessel_tree import vessel_branches
from iENEGraderLib.measure.label_field import Field, LabelPart, Refinement, label_part, smooth_field

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.segmentation import Segment
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

ANTERIOR_RAS = np.array([0.0, 1.0, 0.0])
LEAST_SHARE_INSIDE = 0.98
MARGIN_VOXELS = 4
LONG_RADII = 8.0


@dataclass(frozen=True, eq=False)
class VesselBranch:
    """One branch with its cross-sections.

    Attributes
    ----------
    line : centreline.
    sections : outlines along it.
    is_usable : the outline is complete, inside the image and away from bifurcations, shape (n,).
    is_at_border : part of the outline lies outside the image, shape (n,).
    """

    line: Centreline
    sections: CrossSections
    is_usable: Mask
    is_at_border: Mask


@dataclass(frozen=True, eq=False)
class VesselModel:
    """A vessel that any number of tumours can be measured against.

    Attributes
    ----------
    geometry : grid of the image.
    start_kji, stop_kji : box of the grid that was looked at.
    mask : the vessel in that box.
    refinement, steps_voxels : how thick sections are filled in.
    fine_mask : the vessel in that box after filling.
    field : smooth field of ``fine_mask``.
    branches : empty when ``problem`` is set.
    bifurcations : where branches leave.
    problem : why nothing can be measured on this vessel.
    """

    geometry: ImageGeometry
    start_kji: NDArray[np.intp]
    stop_kji: NDArray[np.intp]
    mask: Mask
    refinement: Refinement
    steps_voxels: Floats
    fine_mask: Mask
    field: Field
    branches: tuple[VesselBranch, ...]
    bifurcations: tuple[Bifurcation, ...]
    problem: NotAssessable | None

    @property
    def voxel_mm(self) -> float:
        """Side of a cube as large as a voxel of the image."""
        return float(np.cbrt(self.geometry.voxel_volume_mm3))

    @property
    def fine_voxel_mm(self) -> float:
        """Side of a cube as large as a voxel after thick sections were filled in."""
        return float(np.cbrt(np.prod(self.refinement.fine_spacing_mm)))

    @cached_property
    def is_usable(self) -> Mask:
        """Tell which sections, of all branches one after the other, have an angle."""
        return np.concatenate([b.is_usable for b in self.branches])

    @cached_property
    def is_at_border(self) -> Mask:
        """Tell which sections reach out of the image."""
        return np.concatenate([b.is_at_border for b in self.branches])

    @cached_property
    def branch_numbers(self) -> NDArray[np.intp]:
        """Return the branch of each section."""
        return np.repeat(np.arange(len(self.branches)), [len(b.line) for b in self.branches])

    @cached_property
    def along_mm(self) -> Floats:
        """Return the place of each section along its branch."""
        return np.concatenate([np.arange(len(b.line)) * STEP_MM for b in self.branches])

    @cached_property
    def centre_kji(self) -> Floats:
        """Return the middle of each section as array position, shape (sections, 3)."""
        points = np.concatenate([b.line.points_mm for b in self.branches])
        centres: Floats = points / np.array(self.geometry.spacing_kji_mm)
        return centres

    @cached_property
    def wall_kji(self) -> NDArray[np.float32]:
        """Return the array positions of all wall points, shape (sections, rays, 3)."""
        wall = np.concatenate([b.sections.wall_mm for b in self.branches])
        positions: NDArray[np.float32] = (wall / np.array(self.geometry.spacing_kji_mm)).astype(np.float32)
        return positions

    @cached_property
    def weights_deg(self) -> Floats:
        """Return the share of the perimeter of each wall point, shape (sections, rays)."""
        return np.concatenate([b.sections.weights_deg for b in self.branches])

    @cached_property
    def area_mm2(self) -> Floats:
        """Return the area of each section; NaN where it is not usable."""
        return np.where(self.is_usable, np.concatenate([b.sections.area_mm2 for b in self.branches]), np.nan)

    @cached_property
    def perimeter_mm(self) -> Floats:
        """Return the perimeter of each section."""
        return np.concatenate([b.sections.perimeter_mm for b in self.branches])

    @cached_property
    def axis_ratio(self) -> Floats:
        """Return short by long axis of each section."""
        return np.concatenate([b.sections.axis_ratio for b in self.branches])


def vessel_model(vessel: NDArray[Any] | Segment | LabelPart, geometry: ImageGeometry) -> VesselModel:
    """Trace a vessel and find its wall.

    Parameters
    ----------
    vessel : mask [k, j, i], segment or cropped mask of the lumen (or of lumen and wall).
    geometry : grid of the mask.

    Raises
    ------
    InputError
        when the mask does not fit the geometry.
    """
    part = vessel if isinstance(vessel, LabelPart) else label_part(vessel, geometry.array_shape, "the vessel")
    spacing = np.array(geometry.spacing_kji_mm)
    margin = np.ceil(MOST_REACH_MM / spacing).astype(np.intp) + MARGIN_VOXELS
    start = np.maximum(np.array(part.start_kji, dtype=np.intp) - margin, 0)
    stop = np.minimum(np.add(part.start_kji, part.mask.shape) + margin, geometry.array_shape)
    refinement = Refinement.for_spacing(spacing)
    mask = part.on(start, stop)
    steps = refinement.steps_voxels(mask)
    fine = refinement.fine(mask, steps)
    field = smooth_field(fine, refinement.fine_spacing_mm, refinement.origin_mm(start))
    branches, bifurcations, problem = _traced(part, fine, field, geometry)
    return VesselModel(geometry, start, stop, mask, refinement, steps, fine, field, branches, bifurcations, problem)


def _traced(
    part: LabelPart, fine: Mask, field: Field, geometry: ImageGeometry
) -> tuple[tuple[VesselBranch, ...], tuple[Bifurcation, ...], NotAssessable | None]:
    if part.is_empty:
        return (), (), NotAssessable.EMPTY_VESSEL
    paths = vessel_branches(fine, field.spacing_mm, field.origin_mm)
    length = sum(float(np.linalg.norm(np.diff(p.points_mm, axis=0), axis=1).sum()) for p in paths)
    volume = float(part.mask.sum()) * geometry.voxel_volume_mm3
    radius = float(np.sqrt(volume / (np.pi * max(length, 1e-3))))
    voxel = float(np.cbrt(geometry.voxel_volume_mm3))
    if length < LEAST_LENGTH_MM or (length < LONG_RADII * radius and not _has_direction(part, geometry)):
        return (), (), NotAssessable.TOO_SHORT
    if radius < LEAST_RADIUS_VOXELS * voxel:
        return (), (), NotAssessable.TOO_THIN
    reference = kji_direction(geometry, ANTERIOR_RAS)
    lines = [centreline_of(path, field, reference) for path in paths]
    bifurcations, in_zone = find_bifurcations(lines, [path.parent for path in paths])
    branches = tuple(_with_sections(line, zone, field, geometry) for line, zone in zip(lines, in_zone, strict=True))
    return branches, bifurcations, None


def _has_direction(part: LabelPart, geometry: ImageGeometry) -> bool:
    """Tell whether a short label is clearly longer than wide."""
    spread = np.linalg.eigvalsh(np.cov(np.argwhere(part.mask) * geometry.spacing_kji_mm, rowvar=False))
    return bool(spread[2] >= LEAST_ELONGATION * spread[1])


def kji_direction(geometry: ImageGeometry, direction_ras: Floats) -> Floats:
    """Return a direction in the patient as a vector in mm along the array axes, of the same length."""
    axes: Floats = geometry.ijk_to_ras[:3, :3] / np.array(geometry.spacing_mm)
    direction: Floats = (axes.T @ direction_ras)[::-1].copy()
    return direction


def are_at_border(wall_mm: Floats, geometry: ImageGeometry) -> Mask:
    """Tell which outlines, shape (sections, rays, 3), reach out of the image."""
    position = wall_mm / np.array(geometry.spacing_kji_mm)
    inside = ((position >= -0.5) & (position <= np.array(geometry.array_shape) - 0.5)).all(axis=-1)
    at_border: Mask = inside.mean(axis=1) < LEAST_SHARE_INSIDE
    return at_border


def _with_sections(line: Centreline, in_zone: Mask, field: Field, geometry: ImageGeometry) -> VesselBranch:
    directions = ray_directions(line.zero, line.quarter, RAYS)
    distances = fine_wall_distances(field, line.points_mm, directions, reach_mm(line.radius_mm))
    sections = cross_sections(field, line.points_mm, line.tangent, directions, distances)
    at_border = are_at_border(sections.wall_mm, geometry)
    return VesselBranch(line, sections, sections.is_closed & ~at_border & ~in_zone, at_border)
