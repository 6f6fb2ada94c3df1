"""One vein, its nodes and its image together: state, place, profile and warnings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.measure.evidence_class import EvidenceClass
from iENEGraderLib.measure.label_pair import overlap_voxels
from iENEGraderLib.measure.section_runs import runs_of
from iENEGraderLib.measure.veins.enhancement import LumenValues, lumen_values, values_of
from iENEGraderLib.measure.veins.filling_defect import (
    FillingDefect,
    LumenEnhancement,
    filling_defect_of,
    thrombus_class,
)
from iENEGraderLib.measure.veins.lumen_gap import GapEnhancement, Obliteration, end_in_tumour, obliteration_of
from iENEGraderLib.measure.veins.status import VeinProfile, VeinState, VeinStatus

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.image import Image
    from numpy.typing import NDArray

    from iENEGraderLib.measure.label_field import LabelPart
    from iENEGraderLib.measure.preferences import Preferences
    from iENEGraderLib.measure.veins.course import VeinCourse
    from iENEGraderLib.measure.veins.enhancement import EnhancementScale
    from iENEGraderLib.measure.veins.nodes_near import NodesNear

    Floats = NDArray[np.float64]

MOST_TILT_DEG = 45.0
"""Ours: beyond this tilt to the section axis an area in a section says little of the area across the vein."""
NO_IMAGE = "there is no image: the lumen was judged by its label alone"


@dataclass(frozen=True, eq=False)
class VeinMeasurement:
    """All that is known of one vein."""

    image: Image | None
    part: LabelPart
    course: VeinCourse
    other: VeinCourse | None
    nodes: NodesNear
    scale: EnhancementScale | None
    preferences: Preferences

    @cached_property
    def lumen(self) -> LumenEnhancement | None:
        """Enhancement; None without an image."""
        if self.image is None or self.scale is None:
            return None
        values = lumen_values(self.image, self.course)
        other = None if self.other is None else self._aligned(lumen_values(self.image, self.other))
        return LumenEnhancement(self.course, values, other, self.scale, self.preferences)

    def _aligned(self, values: LumenValues) -> LumenValues:
        """Put the values of the other vein into the sections of this one."""
        return LumenValues(self._in_sections(values.middle), self._in_sections(values.error))

    def _in_sections(self, values: Floats) -> Floats:
        if self.other is None:
            return np.full(len(self.course.sections), np.nan)
        here, there = self.course.sections.astype(float), self.other.sections.astype(float)
        beside: Floats = np.interp(here, there, values, left=np.nan, right=np.nan)
        return beside

    @cached_property
    def gap(self) -> Obliteration:
        """Lost lumen."""
        asked = None
        if self.image is not None and self.lumen is not None:
            asked = GapEnhancement(self.image, self.lumen.lumen, self.lumen.scale)
        found = obliteration_of(self.course, self.nodes, self.preferences, asked)
        if self.end is not None and found.evidence_class is EvidenceClass.NOT_MET:
            return Obliteration(EvidenceClass.INDETERMINATE, self.end_sentence, found.run)
        return found

    @cached_property
    def end(self) -> tuple[int, tuple[str, ...]] | None:
        """End of the lumen in tumour."""
        return end_in_tumour(self.course, self.nodes)

    @property
    def end_sentence(self) -> str:
        """Say where the lumen ends."""
        names = ", ".join(self.end[1]) if self.end else ""
        return f"the labelled lumen ends in the tumour ({names}) and does not re-appear: look whether it goes on"

    @cached_property
    def defect(self) -> FillingDefect:
        """Filling defect."""
        if self.lumen is None:
            return FillingDefect(EvidenceClass.NOT_ASSESSABLE, NO_IMAGE)
        return filling_defect_of(self.lumen)

    @cached_property
    def measured(self) -> slice:
        """Sections without the tapering ends of the label."""
        return self.course.measured(self.preferences.value("veins.compressed_area_share"))

    @cached_property
    def narrowest(self) -> int:
        """Section of least area."""
        share = self.course.share[self.measured]
        lowest = np.flatnonzero(share == share.min())
        return int(lowest[len(lowest) // 2] + self.measured.start)

    @property
    def is_gap_open(self) -> bool:
        """Tell whether there is a gap of several sections that is not decided."""
        run = self.gap.run
        return self.gap.evidence_class is EvidenceClass.INDETERMINATE and run is not None and run.sections > 1

    @property
    def is_compressed(self) -> bool:
        """Tell whether the lumen is narrow over two sections and the least length, or lost in any section."""
        share = self.course.share[self.measured]
        is_narrow = share < self.preferences.value("veins.compressed_area_share")
        narrow = runs_of(is_narrow, self.course.step_mm[self.measured])
        least = self.preferences.value("veins.least_length_mm")
        return self.gap.run is not None or any(run.class_for(least) is EvidenceClass.MET for run in narrow)

    @property
    def state(self) -> tuple[VeinState, str]:
        """State and reason."""
        if self.gap.evidence_class is EvidenceClass.MET:
            return VeinState.OBLITERATED, self.gap.reason
        found = (EvidenceClass.MET, EvidenceClass.INDETERMINATE)
        if self.defect.evidence_class in found and self.defect.run is not None:
            return VeinState.FILLING_DEFECT, self.defect.reason
        if self.end is not None:
            return VeinState.NOT_ASSESSABLE, self.end_sentence
        if self.gap.evidence_class is EvidenceClass.NOT_ASSESSABLE or self.is_gap_open:
            return VeinState.NOT_ASSESSABLE, self.gap.reason
        least = float(self.course.share[self.narrowest])
        if self.is_compressed:
            reason = f"{self.gap.reason}; " if self.gap.run is not None else ""
            return VeinState.COMPRESSED, (
                f"{reason}narrowed to {least:.2f} of the reference area; compression alone is no sign of invasion"
            )
        return VeinState.PATENT, f"the lumen keeps at least {least:.2f} of its reference area"

    def place_of(self, state: VeinState) -> int:
        """Section that the state is shown in."""
        if state is VeinState.FILLING_DEFECT and self.defect.run is not None:
            return self.defect.run.middle
        if self.gap.run is not None:
            return self.gap.run.middle
        if self.end is not None:
            return self.end[0]
        return self.narrowest

    def nodes_near(self, state: VeinState, place: int) -> tuple[str, ...]:
        """Return the nodes within reach of the wall along the gap or the defect, or beside the place."""
        run = self.defect.run if state is VeinState.FILLING_DEFECT else self.gap.run
        at = np.arange(run.start - 1, run.stop + 1) if run is not None else np.array([place])
        at = np.clip(at, 0, len(self.course.sections) - 1)
        reach = self.preferences.value("veins.tumour_reach_mm")
        radii = np.array([self.course.radius_mm(int(n)) for n in at])
        return self.nodes.within_any(self.course.centre_kji[at], reach + radii)

    @property
    def thrombus(self) -> tuple[EvidenceClass, str, float | None]:
        """What the defect consists of."""
        if self.lumen is None or self.image is None:
            return EvidenceClass.NOT_ASSESSABLE, NO_IMAGE, None
        names = () if self.defect.run is None else self.nodes_near(VeinState.FILLING_DEFECT, self.defect.run.middle)
        value = float(np.median(values_of(self.image, self.nodes.parts[names[0]]))) if names else None
        return thrombus_class(self.defect, value, self.lumen)

    @property
    def profile(self) -> VeinProfile:
        """Arrays for a plot."""
        course = self.course
        shares = np.full(len(course.sections), np.nan) if self.lumen is None else self.lumen.share
        area = np.full(len(course.sections), np.nan) if self.other is None else self._in_sections(self.other.area_mm2)
        along = np.concatenate([[0.0], np.cumsum(0.5 * (course.step_mm[1:] + course.step_mm[:-1]))])
        centres = course.geometry.ras_from_kji(course.centre_kji)
        return VeinProfile(course.axis, course.sections, along, course.area_mm2, course.share, area, shares, centres)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences."""
        course, found = self.course, []
        if self.end is not None:
            found.append(self.end_sentence)
        overlap = sum(overlap_voxels(self.part, node) for node in self.nodes.parts.values())
        if overlap:
            volume = overlap * course.geometry.voxel_volume_mm3
            found.append(f"{volume:.0f} mm3 are labelled both vein and node; they were taken as vein")
        steepest = float(np.degrees(np.arccos(course.tilt_cos[self.measured].min())))
        if steepest > MOST_TILT_DEG:
            found.append(f"the vein runs up to {steepest:.0f} degrees oblique to the sections: areas are uncertain")
        if _touches_side(self.part, course.axis):
            found.append("the vein's label reaches the side of the image: areas there are too small")
        if self.other is None:
            found.append("the other side was not compared")
        if self.scale is not None and not self.scale.is_measured:
            found.append(f"no muscle was given; {self.scale.muscle:g} {self.scale.unit.shown} stand for it")
        if self.gap.run is not None and self.gap.evidence_class is not EvidenceClass.MET:
            found.append(self.gap.reason)
        return tuple(dict.fromkeys(found))

    @property
    def status(self) -> VeinStatus:
        """Everything together."""
        state, reason = self.state
        place = self.place_of(state)
        thrombus, thrombus_reason, to_node = self.thrombus
        beside = float("nan") if self.other is None else float(self._in_sections(self.other.area_mm2)[self.narrowest])
        gap, defect = self.gap.run, self.defect.run
        return VeinStatus(
            status=state,
            reason=reason,
            obliteration=self.gap.evidence_class,
            obliteration_reason=self.gap.reason,
            filling_defect=self.defect.evidence_class,
            filling_defect_reason=self.defect.reason,
            tumour_thrombus=thrombus,
            tumour_thrombus_reason=thrombus_reason,
            preferences=self.preferences.of("veins"),
            least_area_share=float(self.course.share[self.narrowest]),
            gap_mm=gap.length_mm if gap else 0.0,
            gap_sections=gap.sections if gap else 0,
            defect_length_mm=defect.length_mm if defect else 0.0,
            defect_sections=defect.sections if defect else 0,
            defect_enhancement_share=self.defect.enhancement_share,
            defect_to_node_share=to_node,
            reference_area_mm2=self.course.reference_area_mm2,
            other_side_area_share=float(self.course.area_mm2[self.narrowest]) / beside if beside > 0 else None,
            nodes=self.nodes_near(state, place),
            place_ras_mm=self.course.geometry.place_ras_mm(self.course.centre_kji[place]),
            profile=self.profile,
            warnings=self.warnings,
        )


def _touches_side(part: LabelPart, axis: int) -> bool:
    """Tell whether a label reaches the border of the image within its sections."""
    ends = np.add(part.start_kji, part.mask.shape)
    return any(a != axis and (part.start_kji[a] == 0 or int(ends[a]) == part.grid_shape[a]) for a in range(3))
