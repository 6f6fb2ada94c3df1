"""From wall points in contact to the profile: arcs, lengths, places and warnings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.measure.contact.bifurcation import share_of_wall
from iENEGraderLib.measure.contact.centreline import STEP_MM
from iENEGraderLib.measure.contact.classes import (
    ENCASEMENT_DEG,
    HALF_DEG,
    PRECISE_LENGTH_MM,
    ContactClass,
    NotAssessable,
    band_deg,
    contact_class,
    length_uncertainty_mm,
    noise_deg,
    used_preferences,
)
from iENEGraderLib.measure.contact.cross_section import RAYS
from iENEGraderLib.measure.contact.lumen import LumenChange, lumen_change
from iENEGraderLib.measure.contact.profile import BifurcationContact, ContactMap, ContactProfile, ContactSections

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iENEGraderLib.measure.contact.arcs import Arcs
    from iENEGraderLib.measure.contact.encounter import Encounter, Held

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]
    Point = tuple[float, float, float]


def profile_of(encounter: Encounter) -> ContactProfile:
    """Summarise an encounter."""
    summary = _Summary(encounter)
    found = ContactProfile(
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
        preferences=used_preferences(encounter.preferences),
    )
    return found if summary.has_no_angle else _with_angles(found, summary)


def _with_angles(profile: ContactProfile, summary: _Summary) -> ContactProfile:
    """Add what is known where there are cross-sections."""
    by_tolerance, lumen = summary.arc_deg_by_tolerance, summary.lumen
    greatest = by_tolerance[profile.tolerance_mm]
    return replace(
        profile,
        contact_class=contact_class(greatest),
        reason=None,
        max_arc_deg=greatest,
        single_section_max_arc_deg=float(summary.longest_deg.max()),
        summed_arc_deg=max(summary.encounter.held(summary.arcs.summed_deg, summary.noise_deg).angle_deg, greatest),
        band_deg=summary.band_deg,
        length_ge_180_mm=summary.length_mm(summary.longest_deg >= HALF_DEG),
        length_ge_270_mm=summary.length_mm(summary.longest_deg >= ENCASEMENT_DEG),
        length_ge_180_range_mm=summary.length_range_mm(HALF_DEG),
        length_ge_270_range_mm=summary.length_range_mm(ENCASEMENT_DEG),
        length_uncertainty_mm=summary.length_uncertainty_mm,
        contact_length_mm=summary.length_mm(summary.longest_deg > 0),
        arc_deg_by_tolerance=by_tolerance,
        radius_mm=summary.radius_mm,
        place_kji=summary.place_kji,
        place_ras_mm=None if summary.place_kji is None else summary.encounter.place_ras(summary.place_kji),
        narrowing=None if lumen is None else lumen.narrowing,
        lumen=lumen,
    )


@dataclass(frozen=True, eq=False)
class _Summary:
    """Numbers of one encounter; arrays have one value per section of all branches."""

    encounter: Encounter

    @cached_property
    def arcs(self) -> Arcs:
        return self.encounter.arcs(self.encounter.contact)

    @property
    def longest_deg(self) -> Floats:
        return self.arcs.longest_deg

    @cached_property
    def held(self) -> Held:
        return self.encounter.held(self.longest_deg, self.noise_deg)

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

    def length_range_mm(self, threshold_deg: float) -> tuple[float, float]:
        """Least and greatest length that may reach a threshold, for errors of the angles and of the ends."""
        least, most = (self.length_mm(self.longest_deg >= threshold_deg + by) for by in (self.band_deg, -self.band_deg))
        by = self.length_uncertainty_mm
        return max(least - by, 0.0), most + by if most else 0.0

    @property
    def length_uncertainty_mm(self) -> float:
        return length_uncertainty_mm(max(self.encounter.model.geometry.spacing_mm))

    @property
    def touches_border(self) -> bool:
        return bool((self.touched & self.encounter.model.is_at_border).any())

    @property
    def arc_deg_by_tolerance(self) -> dict[float, float]:
        encounter, found, most = self.encounter, {}, 0.0
        for tolerance, contact in zip(encounter.tolerances_mm, encounter.contacts, strict=True):
            held = self.held if contact is encounter.contact else None
            held = held or encounter.held(encounter.arcs(contact).longest_deg, self.noise_deg)
            # A wider stretch may have a lower median, but more tolerance never means less contact.
            found[tolerance] = most = max(most, held.angle_deg)
        return found

    @cached_property
    def radius_mm(self) -> float:
        """Twice area by perimeter: the radius of a circle, near the half thickness of a flat vein."""
        model = self.encounter.model
        where = model.is_usable & self.touched if (model.is_usable & self.touched).any() else model.is_usable
        return float(np.median(2 * model.area_mm2[where] / model.perimeter_mm[where]))

    @cached_property
    def noise_deg(self) -> float:
        return noise_deg(self.radius_mm, self.encounter.model.voxel_mm)

    @cached_property
    def band_deg(self) -> float:
        model = self.encounter.model
        thickest = max(model.geometry.spacing_mm)
        return band_deg(self.radius_mm, model.voxel_mm, thickest, is_filled=model.refinement.factor > 1)

    @cached_property
    def place_kji(self) -> Point | None:
        """The middle of the sections that hold the greatest arc."""
        if not self.longest_deg.any():
            return None
        held = self.held.sections
        middle = (held.start + held.stop) // 2 if self.held.angle_deg else int(np.argmax(self.longest_deg))
        k, j, i = self.encounter.model.centre_kji[middle].tolist()
        return k, j, i

    @cached_property
    def lumen(self) -> LumenChange | None:
        return lumen_change(self.encounter.model, self.touched, self.encounter.sustained_mm)

    @cached_property
    def sections(self) -> ContactSections:
        model = self.encounter.model
        return ContactSections(
            model.branch_numbers,
            model.along_mm,
            model.centre_kji,
            np.where(model.is_usable, self.longest_deg, np.nan),
            np.where(model.is_usable, self.arcs.summed_deg, np.nan),
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
        if self.length_uncertainty_mm > PRECISE_LENGTH_MM and self.longest_deg.any():
            found.append(
                f"lengths along the vessel are known within {self.length_uncertainty_mm:.1f} mm only: the longest side "
                f"of a voxel is {max(encounter.model.geometry.spacing_mm):g} mm"
            )
        if any(b.is_in_contact for b in self.bifurcations):
            found.append("the tumour touches a bifurcation of the vessel, where no angle is defined")
        return tuple(found)
