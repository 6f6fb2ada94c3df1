"""Contact of tumours with vessels, measured in planes orthogonal to the vessel."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.geometry import ImageGeometry

from iENEGraderLib.measure.contact.classes import (
    TOLERANCES_MM,
    ContactClass,
    NotAssessable,
    checked_tolerance_mm,
    used_preferences,
)
from iENEGraderLib.measure.contact.encounter import Encounter
from iENEGraderLib.measure.contact.profile import ContactProfile
from iENEGraderLib.measure.contact.reach import are_within_reach, part_near
from iENEGraderLib.measure.contact.summary import profile_of
from iENEGraderLib.measure.contact.vessel_model import VesselModel, vessel_model
from iENEGraderLib.measure.contact.wall_contact import tumour_near
from iENEGraderLib.measure.label_field import LabelPart, label_part
from iENEGraderLib.measure.preferences import Preferences, default_preferences

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from HeadNeckNodesLib.imaging.segmentation import Segment
    from numpy.typing import NDArray

MOST_THREADS = 4


@dataclass(frozen=True, eq=False)
class PairContact:
    """Contact of one node with one vessel, by their names."""

    node: str
    vessel: str
    profile: ContactProfile


def contact_angle(
    vessel: NDArray[Any],
    tumour: NDArray[Any],
    spacing_mm: Sequence[float],
    tolerance_mm: float | None = None,
    wall_mm: float = 0.0,
) -> ContactProfile:
    """Measure the contact of a tumour with a vessel, both masks, without knowing where they lie in the patient.

    Parameters
    ----------
    vessel, tumour : masks [k, j, i] of one shape. Where they overlap the vessel counts.
    spacing_mm : distance between voxel centres along k, j, i.
    tolerance_mm : greatest gap between wall and tumour that counts as contact; by default 0.5 mm or half a voxel,
        whichever is more.
    wall_mm : thickness of the wall when the vessel's mask is the lumen only.

    Returns
    -------
    ContactProfile
        Places are array positions only; see :func:`contact_on_grid` for places in the patient.

    Raises
    ------
    InputError
        when shapes differ, or spacing, tolerance or wall are no usable numbers. Empty, tiny or unsuitable masks are no
        error: the profile says why it cannot be assessed.
    """
    if vessel.ndim != 3:
        raise InputError(f"the mask of the vessel has shape {vessel.shape}: give an array [k, j, i]")
    if len(spacing_mm) != 3:
        raise InputError(f"spacing {tuple(spacing_mm)}: give three numbers in mm, in the order k, j, i")
    k, j, i = (float(s) for s in spacing_mm)
    slices, rows, columns = vessel.shape
    geometry = ImageGeometry((columns, rows, slices), (i, j, k))
    model = vessel_model(vessel, geometry)
    return contact_with_model(model, tumour, tolerance_mm, wall_mm, is_placed=False)


def contact_on_grid(
    vessel: NDArray[Any] | Segment,
    tumour: NDArray[Any] | Segment,
    geometry: ImageGeometry,
    tolerance_mm: float | None = None,
    wall_mm: float = 0.0,
    *,
    preferences: Preferences | None = None,
) -> ContactProfile:
    """Measure as :func:`contact_angle` does, with places in the patient (RAS mm).

    Parameters
    ----------
    vessel, tumour : masks [k, j, i] or segments on that grid.
    geometry : grid of both.
    tolerance_mm, wall_mm : as for :func:`contact_angle`.
    preferences : thresholds without a published basis; None for the project's own.
    """
    return contact_with_model(vessel_model(vessel, geometry), tumour, tolerance_mm, wall_mm, preferences=preferences)


def all_contacts(
    nodes: Mapping[str, NDArray[Any] | Segment],
    vessels: Mapping[str, NDArray[Any] | Segment],
    geometry: ImageGeometry,
    tolerance_mm: float | None = None,
    wall_mm: Mapping[str, float] | None = None,
    *,
    preferences: Preferences | None = None,
) -> tuple[PairContact, ...]:
    """Measure every node against every vessel; each vessel is traced once, and only as far as nodes lie beside it.

    Parameters
    ----------
    nodes, vessels : masks [k, j, i] or segments on one grid, by name.
    geometry : the grid.
    tolerance_mm : as for :func:`contact_angle`.
    wall_mm : thickness of the wall of vessels whose mask is the lumen only, by name; 0 for the others.
    preferences : thresholds without a published basis; None for the project's own.

    Returns
    -------
    tuple[PairContact, ...]
        all pairs, vessel by vessel. A node out of reach of a vessel has an angle of 0 and no sections.
    """
    walls = wall_mm or {}
    unknown = sorted(set(walls) - set(vessels))
    if unknown:
        raise InputError(f"wall thickness given for {unknown}, which are not among the vessels {sorted(vessels)}")
    chosen = preferences or default_preferences()
    parts = {name: label_part(node, geometry.array_shape, name) for name, node in nodes.items()}

    def beside(name: str) -> list[PairContact]:
        vessel, wall = label_part(vessels[name], geometry.array_shape, name), walls.get(name, 0.0)
        near = [node for node, part in parts.items() if are_within_reach(vessel, part, geometry)]
        profiles = dict.fromkeys(parts, _out_of_reach(geometry, tolerance_mm, wall, chosen))
        if near:
            model = vessel_model(part_near(vessel, [parts[node] for node in near], geometry), geometry)
            for node in near:
                profiles[node] = contact_with_model(model, parts[node], tolerance_mm, wall, preferences=chosen)
        return [PairContact(node, name, profile) for node, profile in profiles.items()]

    # Much of the work is done without the interpreter's lock.
    with ThreadPoolExecutor(max_workers=min(MOST_THREADS, os.cpu_count() or 1)) as pool:
        return tuple(pair for row in pool.map(beside, vessels) for pair in row)


def _out_of_reach(
    geometry: ImageGeometry, tolerance_mm: float | None, wall_mm: float, preferences: Preferences
) -> ContactProfile:
    """Return the contact of a node that is too far away to have any."""
    voxel = float(np.cbrt(geometry.voxel_volume_mm3))
    tolerance = checked_tolerance_mm(tolerance_mm, wall_mm, voxel, preferences)
    return ContactProfile(
        ContactClass.BELOW_180,
        tolerance,
        wall_mm,
        max_arc_deg=0.0,
        single_section_max_arc_deg=0.0,
        summed_arc_deg=0.0,
        band_deg=0.0,
        arc_deg_by_tolerance=dict.fromkeys(sorted({tolerance, *TOLERANCES_MM}), 0.0),
        preferences=used_preferences(preferences),
    )


def contact_with_model(
    model: VesselModel,
    tumour: NDArray[Any] | Segment | LabelPart,
    tolerance_mm: float | None = None,
    wall_mm: float = 0.0,
    *,
    is_placed: bool = True,
    preferences: Preferences | None = None,
) -> ContactProfile:
    """Measure a tumour against a vessel that was traced before.

    Parameters
    ----------
    model : from :func:`iENEGraderLib.measure.contact.vessel_model.vessel_model`.
    tumour : mask [k, j, i], segment or cropped mask on the grid of the vessel.
    tolerance_mm, wall_mm : as for :func:`contact_angle`.
    is_placed : the geometry of the model is known to be that of the patient.
    preferences : thresholds without a published basis; None for the project's own.
    """
    chosen = preferences or default_preferences()
    shown = used_preferences(chosen)
    tolerance = checked_tolerance_mm(tolerance_mm, wall_mm, model.voxel_mm, chosen)
    part = tumour if isinstance(tumour, LabelPart) else label_part(tumour, model.geometry.array_shape, "the tumour")
    if model.problem or part.is_empty:
        reason = model.problem or NotAssessable.EMPTY_TUMOUR
        return ContactProfile(ContactClass.NOT_ASSESSABLE, tolerance, wall_mm, reason, preferences=shown)
    overlap = int(np.count_nonzero(model.mask & part.on(model.start_kji, model.stop_kji)))
    overlap_mm3 = overlap * model.geometry.voxel_volume_mm3
    if overlap == np.count_nonzero(part.mask):
        reason = NotAssessable.INSIDE_VESSEL
        return ContactProfile(
            ContactClass.NOT_ASSESSABLE, tolerance, wall_mm, reason, overlap_mm3=overlap_mm3, preferences=shown
        )
    near = tumour_near(model, part)
    return profile_of(Encounter(model, part, near, tolerance, wall_mm, overlap_mm3, is_placed, chosen))
