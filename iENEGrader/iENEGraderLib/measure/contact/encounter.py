"""A tumour beside a vessel: which wall points it touches, and the arcs of each section."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.measure.contact.arcs import longest_arc_deg, sustained
from iENEGraderLib.measure.contact.centreline import STEP_MM
from iENEGraderLib.measure.contact.classes import SUSTAINED_MM, SUSTAINED_VOXELS, TOLERANCES_MM
from iENEGraderLib.measure.contact.cross_section import RAYS
from iENEGraderLib.measure.contact.wall_contact import contact_by_reach, tumour_field

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iENEGraderLib.measure.contact.vessel_model import VesselModel
    from iENEGraderLib.measure.label_field import LabelPart

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]
    Point = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class Encounter:
    """A tumour beside a vessel, and how contact is to be counted; the tumour is cropped and without the vessel."""

    model: VesselModel
    tumour: LabelPart
    fine_tumour: Mask
    start_kji: NDArray[np.intp]
    tolerance_mm: float
    wall_mm: float
    overlap_mm3: float
    is_placed: bool

    @property
    def tolerances_mm(self) -> list[float]:
        """Return the tolerances to measure at, ascending."""
        return sorted({self.tolerance_mm, *TOLERANCES_MM})

    @cached_property
    def contacts(self) -> list[Mask]:
        """Return wall points in contact, shape (sections, rays), at each tolerance; sections of all branches."""
        if not self.fine_tumour.any():
            count = sum(len(b.line) for b in self.model.branches)
            return [np.zeros((count, RAYS), dtype=bool)] * len(self.tolerances_mm)
        field = tumour_field(self.model, self.fine_tumour, self.start_kji)
        reaches = [t + self.wall_mm for t in self.tolerances_mm]
        by_branch = [contact_by_reach(self.model, b, field, reaches) for b in self.model.branches]
        return [np.concatenate(of_reach) for of_reach in zip(*by_branch, strict=True)]

    @cached_property
    def contact(self) -> Mask:
        """Return wall points in contact at the tolerance asked for."""
        return self.contacts[self.tolerances_mm.index(self.tolerance_mm)]

    def longest_arcs_deg(self, contact: Mask) -> Floats:
        """Return the longest arc of each section; 0 where it has no angle."""
        arcs = np.zeros(len(contact))
        for n in np.flatnonzero(self.model.is_usable & contact.any(axis=1)):
            arcs[n] = longest_arc_deg(contact[n], self.model.weights_deg[n])
        return arcs

    def sustained_deg(self, arcs_deg: Floats) -> Floats:
        """Return what each section and its neighbours hold; branches are kept apart."""
        parts = np.split(arcs_deg, np.flatnonzero(np.diff(self.model.branch_numbers)) + 1)
        length = max(SUSTAINED_MM, SUSTAINED_VOXELS * self.model.voxel_mm)
        return np.concatenate([sustained(part, length, STEP_MM) for part in parts])

    def place_ras(self, kji: Point) -> Point | None:
        """Return a place in the patient when the grid has one."""
        if not self.is_placed:
            return None
        x, y, z = self.model.geometry.ras_from_kji(kji).tolist()
        return x, y, z
