"""The arc in one section of a vessel, quick enough to follow a tumour's outline or a plane while it is dragged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.measure.contact.arcs import arcs_of
from iENEGraderLib.measure.contact.centreline import STEP_MM
from iENEGraderLib.measure.contact.classes import MOST_REACH_MM, NotAssessable, checked_tolerance_mm
from iENEGraderLib.measure.contact.cross_section import RAYS, cross_sections, fine_wall_distances, ray_directions
from iENEGraderLib.measure.contact.encounter import gap_blur_deg
from iENEGraderLib.measure.contact.vessel_model import VesselBranch, are_at_border, kji_direction
from iENEGraderLib.measure.contact.wall_contact import (
    END_VOXELS,
    MARGIN_VOXELS,
    SMOOTHING_ALONG_MM,
    WallPoints,
    tumour_near,
    wall_points,
)
from iENEGraderLib.measure.label_field import LabelPart
from iENEGraderLib.measure.preferences import Preferences, default_preferences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from iENEGraderLib.measure.contact.vessel_model import VesselModel

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

MANUAL_REACH_MM = 20.0
"""Ours: no vessel of the neck is wider than this to one side."""


@dataclass(frozen=True, eq=False)
class LiveSection:
    """A cross-section of a vessel with all that does not hang on the tumour.

    Attributes
    ----------
    model : the vessel.
    points : wall of this section and of those about it, which contact is averaged over.
    number : of this section among ``points``.
    weights_deg : share of the perimeter of each ray, shape (rays,).
    is_usable : the outline is complete, inside the image and away from bifurcations.
    """

    model: VesselModel
    points: WallPoints
    number: int
    weights_deg: Floats
    is_usable: bool

    @property
    def wall_kji(self) -> Floats:
        """Array positions of the wall, shape (rays, 3)."""
        positions: Floats = self.points.wall_mm[self.number] / np.array(self.model.geometry.spacing_kji_mm)
        return positions


@dataclass(frozen=True, eq=False)
class SectionArc:
    """Contact in one section; it need not hold along the vessel.

    Attributes
    ----------
    longest_arc_deg, summed_arc_deg : longest contiguous arc, and all arcs; None when ``reason`` is set.
    contact : which wall points are in contact, shape (rays,).
    wall_kji : array positions of the wall points, shape (rays, 3).
    reason : why there is no angle, else None.
    """

    longest_arc_deg: float | None
    summed_arc_deg: float | None
    contact: Mask
    wall_kji: Floats
    reason: NotAssessable | None = None


def section_of_branch(model: VesselModel, along_mm: float, branch: int = 0) -> LiveSection:
    """Make the section of a traced vessel nearest to a place along one of its branches ready.

    Parameters
    ----------
    model : the vessel.
    along_mm : place along the branch, as in :class:`~iENEGraderLib.measure.contact.profile.ContactSections`.
    branch : its number.

    Raises
    ------
    InputError
        when the vessel has no such branch or place, or could not be traced.
    """
    if not 0 <= branch < len(model.branches):
        raise InputError(f"the vessel has {len(model.branches)} traced branches, none has number {branch}")
    traced = model.branches[branch]
    number = round(along_mm / STEP_MM)
    length = (len(traced.line) - 1) * STEP_MM
    if not 0 <= number < len(traced.line):
        raise InputError(f"{along_mm:g} mm lies beyond branch {branch} of the vessel, which is {length:g} mm long")
    return _live(model, traced, number)


def section_through(model: VesselModel, place_ras_mm: Sequence[float], direction_ras: Sequence[float]) -> LiveSection:
    """Make a section ready that a reader has placed: where tracing failed, or to try another plane.

    Parameters
    ----------
    model : the vessel.
    place_ras_mm : a place in the lumen.
    direction_ras : along the vessel, of any length.

    Raises
    ------
    InputError
        when place or direction are no three numbers, or the direction has no length.
    """
    place, direction = np.asarray(place_ras_mm, dtype=float), np.asarray(direction_ras, dtype=float)
    if place.shape != (3,) or direction.shape != (3,) or not np.isfinite([place, direction]).all():
        raise InputError("a section needs a place and a direction of three finite numbers each")
    if not np.linalg.norm(direction):
        raise InputError("the direction of the section has no length: give two different points along the vessel")
    tangent = kji_direction(model.geometry, direction / np.linalg.norm(direction))
    half = _half_window(model.fine_voxel_mm)
    middle = model.geometry.kji_from_ras(place) * np.array(model.geometry.spacing_kji_mm)
    centres = middle + STEP_MM * np.arange(-half, half + 1)[:, None] * tangent
    zero = np.cross(tangent, np.eye(3)[np.argmin(np.abs(tangent))])
    zero /= np.linalg.norm(zero)
    axes = [np.tile(axis, (len(centres), 1)) for axis in (tangent, zero, np.cross(tangent, zero))]
    directions = ray_directions(axes[1], axes[2], RAYS)
    distances = fine_wall_distances(model.field, centres, directions, MANUAL_REACH_MM)
    sections = cross_sections(model.field, centres, axes[0], directions, distances)
    voxel, perimeter = model.fine_voxel_mm, float(sections.perimeter_mm[half])
    is_usable = sections.is_closed[half] and not are_at_border(sections.wall_mm[half : half + 1], model.geometry)[0]
    points = WallPoints(sections.wall_mm, sections.normals, voxel, perimeter)
    return LiveSection(model, points, half, sections.weights_deg[half], bool(is_usable))


def arc_in_section(
    section: LiveSection,
    tumour: NDArray[Any] | LabelPart,
    tolerance_mm: float | None = None,
    wall_mm: float = 0.0,
    preferences: Preferences | None = None,
) -> SectionArc:
    """Measure the contact of a tumour with one section of a vessel.

    Parameters
    ----------
    section : from :func:`section_of_branch` or :func:`section_through`.
    tumour : mask [k, j, i] on the whole grid, or cropped; only what lies beside the section is read.
    tolerance_mm, wall_mm : as for :func:`iENEGraderLib.measure.contact.contact_angle`.
    preferences : thresholds without a published basis; None for the project's own.

    Raises
    ------
    InputError
        when the mask is not on the grid of the vessel, or tolerance or wall are no usable numbers.
    """
    model = section.model
    tolerance = checked_tolerance_mm(tolerance_mm, wall_mm, model.voxel_mm, preferences or default_preferences())
    near = tumour_near(model, _beside(section, tumour))
    contact = np.zeros(RAYS, dtype=bool)
    if near.fine_mask.any():
        reach = tolerance + wall_mm
        contact = section.points.contact_by_reach(model.field, near.field(model), [reach])[0][section.number]
    if not section.is_usable:
        return SectionArc(None, None, contact, section.wall_kji, NotAssessable.NO_CROSS_SECTION)
    blur = gap_blur_deg(model, np.array([section.points.perimeter_mm]))
    arcs = arcs_of(contact[None], section.weights_deg[None], blur)
    return SectionArc(float(arcs.longest_deg[0]), float(arcs.summed_deg[0]), contact, section.wall_kji)


def _half_window(voxel_mm: float) -> int:
    """Return how many sections to each side have a say in one."""
    return round((3 * SMOOTHING_ALONG_MM + END_VOXELS * voxel_mm) / STEP_MM)


def _live(model: VesselModel, branch: VesselBranch, number: int) -> LiveSection:
    half = _half_window(model.fine_voxel_mm)
    first = max(number - half, 0)
    points = wall_points(branch, slice(first, number + half + 1), model.refinement.fine_spacing_mm)
    weights = branch.sections.weights_deg[number]
    return LiveSection(model, points, number - first, weights, bool(branch.is_usable[number]))


def _beside(section: LiveSection, tumour: NDArray[Any] | LabelPart) -> LabelPart:
    """Return the tumour about the section, without a look at the rest of the grid."""
    shape = section.model.geometry.array_shape
    found = tumour.grid_shape if isinstance(tumour, LabelPart) else tuple(tumour.shape)
    if found != shape:
        raise InputError(f"the mask of the tumour has shape {found}, expected {shape}: give masks of one grid")
    spacing = np.array(section.model.geometry.spacing_kji_mm)
    wall = section.points.wall_mm.reshape(-1, 3) / spacing
    margin = MOST_REACH_MM / spacing + MARGIN_VOXELS
    low = np.clip(np.floor(wall.min(axis=0) - margin), 0, shape).astype(np.intp)
    high = np.clip(np.ceil(wall.max(axis=0) + margin) + 1, 0, shape).astype(np.intp)
    if isinstance(tumour, LabelPart):
        mask = tumour.on(low, high)
    else:
        mask = tumour[tuple(slice(a, b) for a, b in zip(low, high, strict=True))] != 0
    k, j, i = low.tolist()
    return LabelPart(mask, (k, j, i), shape)
