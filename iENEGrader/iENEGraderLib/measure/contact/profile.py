"""What is told about the contact of a tumour with a vessel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iENEGraderLib.measure.contact.classes import (
    ENCASEMENT_DEG,
    HALF_DEG,
    THRESHOLD_SOURCE,
    ContactClass,
    NotAssessable,
    contact_class,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from iENEGraderLib.measure.contact.lumen import LumenChange
    from iENEGraderLib.measure.preferences import Preference

    Floats = NDArray[np.float64]
    Point = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class ContactSections:
    """The vessel section by section, orthogonal to its centreline; n sections.

    Attributes
    ----------
    branch : which branch of the vessel a section belongs to, shape (n,); 0 is the longest path.
    along_mm : place along the branch, shape (n,).
    centre_kji : middle of the section, fractional array position, shape (n, 3).
    longest_arc_deg : longest contiguous arc in contact, shape (n,); NaN where the section is not usable.
    summed_arc_deg : all arcs in contact, shape (n,); NaN likewise.
    area_mm2 : area of the vessel, shape (n,); NaN likewise.
    """

    branch: NDArray[np.intp]
    along_mm: Floats
    centre_kji: Floats
    longest_arc_deg: Floats
    summed_arc_deg: Floats
    area_mm2: Floats


@dataclass(frozen=True, eq=False)
class ContactMap:
    """The wall of the vessel unrolled: angle by length.

    Attributes
    ----------
    contact : true where the wall is in contact, shape (angles, sections).
    angle_deg : of each row, shape (angles,). 0 points to the front of the patient where the branch begins, and the
        zero line does not turn about the vessel. On an oval vessel the rays are not evenly spaced along the wall.
    along_mm : of each column, shape (sections,).
    branch : of each column, shape (sections,).
    wall_kji : where each wall point lies, fractional array position, shape (angles, sections, 3).
    """

    contact: NDArray[np.bool_]
    angle_deg: Floats
    along_mm: Floats
    branch: NDArray[np.intp]
    wall_kji: NDArray[np.float32]


@dataclass(frozen=True)
class BifurcationContact:
    """Contact with a division of the vessel, which has no angle: a finding of its own.

    Attributes
    ----------
    wall_share : share of the wall about the bifurcation within reach of the tumour, 0 to 1.
    place_kji, place_ras_mm : its middle; RAS is None when the grid's place in the patient is not known.
    """

    wall_share: float
    place_kji: Point
    place_ras_mm: Point | None

    @property
    def is_in_contact(self) -> bool:
        """Tell whether the tumour reaches the bifurcation at all."""
        return self.wall_share > 0


@dataclass(frozen=True, eq=False)
class ContactProfile:
    """Contact of a tumour with a vessel; evidence for a reader, never a grade.

    Angles are shares of the perimeter in the plane orthogonal to the centreline, times 360: on a round vessel the
    central angle. When ``reason`` is set there is no angle: ``max_arc_deg`` and the other angles are None.

    Attributes
    ----------
    contact_class : class of ``max_arc_deg``.
    reason : why there is no angle, else None.
    max_arc_deg : greatest contiguous arc that holds along the vessel over the preferred length (1 mm) and two voxels:
        the median of the stretch about it whose sections differ by no more than the grid may make of one section.
    single_section_max_arc_deg : greatest contiguous arc of any single section.
    summed_arc_deg : greatest sum of arcs, found likewise; a sum of 270 in pieces is not encasement.
    band_deg : uncertainty of the angles, plus or minus, from the grid alone; errors of the outlines come on top.
    length_ge_180_mm, length_ge_270_mm : length of vessel whose longest arc reaches that.
    length_ge_180_range_mm, length_ge_270_range_mm : least and greatest such length within the uncertainty of angles and
        of lengths.
    length_uncertainty_mm : uncertainty of lengths, plus or minus, from the grid alone, where angles are clear.
    contact_length_mm : length of vessel with any contact.
    unassessed_length_mm : length in contact without complete cross-section; not in the other lengths.
    arc_deg_by_tolerance : ``max_arc_deg`` for other tolerances in mm.
    tolerance_mm, wall_mm : greatest gap that counted as contact, beyond a wall of this thickness round the label.
    radius_mm : of the vessel at the contact (twice area by perimeter).
    overlap_mm3 : volume labelled both vessel and tumour; it counts as vessel.
    touches_border : the vessel in contact reaches the border of the image: lengths are lower bounds.
    place_kji, place_ras_mm : centre of the section with the greatest arc; RAS is None when the grid's place in the
        patient is not known, both are None without contact.
    narrowing : share of the lumen's area lost at the contact against its contact-free neighbourhood; None when
        there is no contact or no neighbourhood to compare.
    lumen : narrowing and deformation of the lumen at the contact; None as ``narrowing`` is.
    sections, contact_map : section by section; None when ``reason`` is set before anything could be traced, and for a
        tumour so far away that nothing was.
    bifurcations : divisions of the vessel and the contact with them.
    warnings : what a reader should know, in sentences.
    preferences : thresholds without a published basis that were used.
    """

    contact_class: ContactClass
    tolerance_mm: float
    wall_mm: float
    reason: NotAssessable | None = None
    max_arc_deg: float | None = None
    single_section_max_arc_deg: float | None = None
    summed_arc_deg: float | None = None
    band_deg: float | None = None
    length_ge_180_mm: float = 0.0
    length_ge_270_mm: float = 0.0
    length_ge_180_range_mm: tuple[float, float] | None = None
    length_ge_270_range_mm: tuple[float, float] | None = None
    length_uncertainty_mm: float | None = None
    contact_length_mm: float = 0.0
    unassessed_length_mm: float = 0.0
    arc_deg_by_tolerance: Mapping[float, float] | None = None
    radius_mm: float | None = None
    overlap_mm3: float = 0.0
    touches_border: bool = False
    place_kji: Point | None = None
    place_ras_mm: Point | None = None
    narrowing: float | None = None
    lumen: LumenChange | None = None
    sections: ContactSections | None = None
    contact_map: ContactMap | None = None
    bifurcations: tuple[BifurcationContact, ...] = ()
    warnings: tuple[str, ...] = ()
    preferences: tuple[Preference, ...] = ()

    @property
    def threshold_source(self) -> str:
        """Tell where the thresholds of the classes come from."""
        return THRESHOLD_SOURCE

    @property
    def possible_classes(self) -> tuple[ContactClass, ...]:
        """Return the classes within the band, lowest first; more than one means that the grid does not decide."""
        if self.max_arc_deg is None or self.band_deg is None:
            return (ContactClass.NOT_ASSESSABLE,)
        low, high = self.max_arc_deg - self.band_deg, self.max_arc_deg + self.band_deg
        found = [contact_class(low), *(contact_class(x) for x in (HALF_DEG, ENCASEMENT_DEG) if low < x <= high)]
        return tuple(dict.fromkeys(found))

    @property
    def is_equivocal(self) -> bool:
        """Tell whether the band crosses a threshold."""
        return len(self.possible_classes) > 1
