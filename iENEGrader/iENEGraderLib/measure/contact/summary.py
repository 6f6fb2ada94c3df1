"""From wall points in contact to the profile: arcs, lengths, places and warnings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.measure.contact.bifurcation import share_of_wall
from iENEGraderLib.measure.contact.centreline import STEP_MM
from iENEGraderLib.measure.contact.classes import (
    ENCASEMENT_DEG,
    HALF_DEG,
    ContactClass,
    NotAssessable,
    band_deg,
    contact_class,
)
from iENEGraderLib.measure.contact.cross_section import RAYS
from iENEGraderLib.measure.contact.profile import BifurcationContact, ContactMap, ContactProfile, ContactSections

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iENEGraderLib.measure.contact.encounter import Encounter

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]
    Point = tuple[float, float, float]

PLATEAU_DEG = 5.0
LUMEN_FREE_MM = 5.0
LUMEN_REFERENCE_MM = 25.0
"""Ours: the lumen is compared with contact-free sections between these distances from the contact."""


def profile_of(encounter: Encounter) -> ContactProfile:
    """Summarise an encounter."""
    summary = _Summary(encounter)
    if summary.has_no_angle:
        return ContactProfile(
            contact_class=ContactClass.NOT_ASSESSABLE,
            tolerance_mm=encounter.tolerance_mm,
            wall_mm=encounter.wall_mm,
            reason=NotAssessable.NO_CROSS_SECTION,
            unassessed_length_mm=summary.unassessed_mm,
            overlap_mm3=encounter.overlap_mm3,
            touches_border=summary.touches_border,
            sections=summary.sections,
            contact_map=summary.contact_map,
            bifurcations=summary.bifurcations,
            warnings=summary.warnings,
        )
    greatest = float(summary.held_deg.max())
    return ContactProfile(
        contact_class=contact_class(greatest),
        tolerance_mm=encounter.tolerance_mm,
        wall_mm=encounter.wall_mm,
        max_arc_deg=greatest,
        single_section_max_arc_deg=float(summary.longest_deg.max()),
        summed_arc_deg=float(encounter.sustained_deg(summary.summed_deg).max()),
        band_deg=summary.band_deg,
        length_ge_180_mm=summary.length_mm(summary.longest_deg >= HALF_DEG),
        length_ge_270_mm=summary.length_mm(summary.longest_deg >= ENCASEMENT_DEG),
        contact_length_mm=summary.length_mm(summary.longest_deg > 0),
        unassessed_length_mm=summary.unassessed_mm,
        arc_deg_by_tolerance=summary.arc_deg_by_tolerance,
        radius_mm=summary.radius_mm,
        overlap_mm3=encounter.overlap_mm3,
        touches_border=summary.touches_border,
        place_kji=summary.place_kji,
        place_ras_mm=None if summary.place_kji is None else encounter.place_ras(summary.place_kji),
        narrowing=summary.narrowing,
        sections=summary.sections,
        contact_map=summary.contact_map,
        bifurcations=summary.bifurcations,
        warnings=summary.warnings,
    )


@dataclass(frozen=True, eq=False)
class _Summary:
    """Numbers of one encounter; arrays have one value per section of all branches."""

    encounter: Encounter

    @cached_property
    def longest_deg(self) -> Floats:
        return self.encounter.longest_arcs_deg(self.encounter.contact)

    @cached_property
    def summed_deg(self) -> Floats:
        arcs = (self.encounter.contact * self.encounter.model.weights_deg).sum(axis=1)
        return np.where(self.encounter.model.is_usable, arcs, 0.0)

    @cached_property
    def held_deg(self) -> Floats:
        return self.encounter.sustained_deg(self.longest_deg)

    @cached_property
    def touched(self) -> Mask:
        """Sections with any contact, usable or not."""
        touched: Mask = np.any(self.encounter.contact, axis=1)
        return touched

    @property
    def has_no_angle(self) -> bool:
        usable = self.encounter.model.is_usable
        return not usable.any() or bool(self.touched.any() and not (self.touched & usable).any())

    @property
    def unassessed_mm(self) -> float:
        return self.length_mm(self.touched & ~self.encounter.model.is_usable)

    @staticmethod
    def length_mm(sections: Mask) -> float:
        return float(np.count_nonzero(sections) * STEP_MM)

    @property
    def touches_border(self) -> bool:
        return bool((self.touched & self.encounter.model.is_at_border).any())

    @property
    def arc_deg_by_tolerance(self) -> dict[float, float]:
        encounter = self.encounter
        return {
            tolerance: float(encounter.sustained_deg(encounter.longest_arcs_deg(contact)).max())
            for tolerance, contact in zip(encounter.tolerances_mm, encounter.contacts, strict=True)
        }

    @cached_property
    def radius_mm(self) -> float:
        """Twice area by perimeter: the radius of a circle, near the half thickness of a flat vein."""
        model = self.encounter.model
        where = model.is_usable & self.touched if (model.is_usable & self.touched).any() else model.is_usable
        return float(np.median(2 * model.area_mm2[where] / model.perimeter_mm[where]))

    @property
    def band_deg(self) -> float:
        model = self.encounter.model
        thickest = max(model.geometry.spacing_mm)
        return band_deg(self.radius_mm, model.voxel_mm, thickest, is_filled=model.refinement.factor > 1)

    @cached_property
    def place_kji(self) -> Point | None:
        """The middle of the sections that hold nearly the greatest arc."""
        if not self.longest_deg.any():
            return None
        values = self.held_deg if self.held_deg.any() else self.longest_deg
        branch = self.encounter.model.branch_numbers
        best = np.flatnonzero((values >= values.max() - PLATEAU_DEG) & (branch == branch[np.argmax(values)]))
        runs = np.split(best, np.flatnonzero(np.diff(best) > 1) + 1)
        run = max(runs, key=len)
        k, j, i = self.encounter.model.centre_kji[run[len(run) // 2]].tolist()
        return k, j, i

    @property
    def narrowing(self) -> float | None:
        """Share of the area lost at the contact against contact-free sections near it."""
        model = self.encounter.model
        losses = []
        # Calibre is not compared across a bifurcation or between branches.
        stretch = np.cumsum(~model.is_usable | (np.diff(model.branch_numbers, prepend=-1) > 0))
        for number in np.unique(stretch[self.touched & model.is_usable]):
            here = stretch == number
            along, area = model.along_mm[here], model.area_mm2[here]
            at_contact = (self.touched & model.is_usable)[here]
            away = np.abs(along[:, None] - along[None, at_contact]).min(axis=1)
            free = ~np.isnan(area) & (away >= LUMEN_FREE_MM) & (away <= LUMEN_REFERENCE_MM)
            if free.any():
                losses.append(1.0 - float(area[at_contact].min() / np.median(area[free])))
        return max(losses) if losses else None

    @cached_property
    def sections(self) -> ContactSections:
        model = self.encounter.model
        return ContactSections(
            model.branch_numbers,
            model.along_mm,
            model.centre_kji,
            np.where(model.is_usable, self.longest_deg, np.nan),
            np.where(model.is_usable, self.summed_deg, np.nan),
            model.area_mm2,
        )

    @cached_property
    def contact_map(self) -> ContactMap:
        model = self.encounter.model
        angles = 360 * np.arange(RAYS) / RAYS
        contact = self.encounter.contact & model.is_usable[:, None]
        return ContactMap(contact.T, angles, model.along_mm, model.branch_numbers, model.wall_kji.transpose(1, 0, 2))

    @cached_property
    def bifurcations(self) -> tuple[BifurcationContact, ...]:
        encounter = self.encounter
        model = encounter.model
        if not model.bifurcations:
            return ()
        spacing = np.array(model.geometry.spacing_kji_mm)
        tumour = encounter.tumour.on(model.start_kji, model.stop_kji) & ~model.mask
        reach = encounter.tolerance_mm + encounter.wall_mm
        found = []
        for bifurcation in model.bifurcations:
            share = share_of_wall(bifurcation.moved(-model.start_kji * spacing), model.mask, tumour, spacing, reach)
            k, j, i = (np.array(bifurcation.centre_mm) / spacing).tolist()
            found.append(BifurcationContact(share, (k, j, i), encounter.place_ras((k, j, i))))
        return tuple(found)

    @property
    def warnings(self) -> tuple[str, ...]:
        encounter, found = self.encounter, []
        if encounter.overlap_mm3:
            found.append(
                f"{encounter.overlap_mm3:.0f} mm3 are labelled both vessel and tumour; they were taken as vessel"
            )
        if self.touches_border:
            found.append("the vessel in contact reaches the border of the image: lengths are lower bounds")
        if self.unassessed_mm:
            found.append(
                f"{self.unassessed_mm:.1f} mm of the contact have no complete cross-section (bifurcation, border of "
                "the image or end of the labelled lumen) and are not in the angles and lengths"
            )
        if any(b.is_in_contact for b in self.bifurcations):
            found.append("the tumour touches a bifurcation of the vessel, where no angle is defined")
        return tuple(found)
