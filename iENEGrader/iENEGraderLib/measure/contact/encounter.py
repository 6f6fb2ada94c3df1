"""A tumour beside a vessel: which wall points it touches, and the arcs of each section."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.measure.contact.arcs import Arcs, arcs_of, plateau, sustained
from iENEGraderLib.measure.contact.centreline import STEP_MM
from iENEGraderLib.measure.contact.classes import SUSTAINED, SUSTAINED_VOXELS, TOLERANCES_MM
from iENEGraderLib.measure.contact.cross_section import RAYS
from iENEGraderLib.measure.contact.wall_contact import GAP_BLUR_VOXELS, contact_by_reach

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iENEGraderLib.measure.contact.vessel_model import VesselModel
    from iENEGraderLib.measure.contact.wall_contact import NearTumour
    from iENEGraderLib.measure.label_field import LabelPart
    from iENEGraderLib.measure.preferences import Preferences

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]
    Point = tuple[float, float, float]


@dataclass(frozen=True)
class Held:
    """An angle that holds along the vessel, and the sections (of all branches) that hold it."""

    angle_deg: float
    sections: slice


@dataclass(frozen=True, eq=False)
class Encounter:
    """A tumour beside a vessel, and how contact is to be counted; the tumour is cropped and without the vessel."""

    model: VesselModel
    tumour: LabelPart
    near_tumour: NearTumour
    tolerance_mm: float
    wall_mm: float
    overlap_mm3: float
    is_placed: bool
    preferences: Preferences

    @property
    def tolerances_mm(self) -> list[float]:
        """Return the tolerances to measure at, ascending."""
        return sorted({self.tolerance_mm, *TOLERANCES_MM})

    @property
    def sustained_mm(self) -> float:
        """Return the length over which an angle must hold."""
        return max(self.preferences.value(SUSTAINED), SUSTAINED_VOXELS * self.model.voxel_mm)

    @cached_property
    def contacts(self) -> list[Mask]:
        """Return wall points in contact, shape (sections, rays), at each tolerance; sections of all branches."""
        if not self.near_tumour.fine_mask.any():
            return [np.zeros((len(self.model.is_usable), RAYS), dtype=bool)] * len(self.tolerances_mm)
        field = self.near_tumour.field(self.model)
        reaches = [t + self.wall_mm for t in self.tolerances_mm]
        by_branch = [contact_by_reach(self.model, b, field, reaches) for b in self.model.branches]
        return [np.concatenate(of_reach) for of_reach in zip(*by_branch, strict=True)]

    @cached_property
    def contact(self) -> Mask:
        """Return wall points in contact at the tolerance asked for."""
        return self.contacts[self.tolerances_mm.index(self.tolerance_mm)]

    def arcs(self, contact: Mask) -> Arcs:
        """Return the arcs of each section; 0 where it has no angle."""
        model = self.model
        return arcs_of(contact & model.is_usable[:, None], model.weights_deg, gap_blur_deg(model, model.perimeter_mm))

    def held(self, arcs_deg: Floats, noise_deg: float) -> Held:
        """Return the greatest angle that holds along the vessel.

        Notes
        -----
        The greatest of many noisy sections is too great. So the stretch about it, as far as no section differs by more
        than the grid may make of it, gives its median.
        """
        ends = np.flatnonzero(np.diff(self.model.branch_numbers)) + 1
        length = self.sustained_mm
        least = np.concatenate([sustained(part, length, STEP_MM) for part in np.split(arcs_deg, ends)])
        number = int(np.searchsorted(ends, np.argmax(least), side="right"))
        first, last = np.r_[0, ends][number], np.r_[ends, len(arcs_deg)][number]
        found = plateau(arcs_deg[first:last], least[first:last], noise_deg)
        sections = slice(int(first) + found.start, int(first) + found.stop)
        return Held(float(np.median(arcs_deg[sections])) if least.any() else 0.0, sections)

    def place_ras(self, kji: Point) -> Point | None:
        """Return a place in the patient when the grid has one."""
        if not self.is_placed:
            return None
        return self.model.geometry.place_ras_mm(kji)


def gap_blur_deg(model: VesselModel, perimeter_mm: Floats) -> Floats:
    """Return the blur along outlines of that perimeter, in degrees of a full turn."""
    blur: Floats = 360 * GAP_BLUR_VOXELS * model.fine_voxel_mm / np.maximum(perimeter_mm, 1e-9)
    return blur
