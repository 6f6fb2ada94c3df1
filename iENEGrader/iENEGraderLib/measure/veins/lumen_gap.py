"""A vein without lumen between two parts that have one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.measure.evidence_class import EvidenceClass
from iENEGraderLib.measure.section_runs import SectionRun, runs_of
from iENEGraderLib.measure.veins.enhancement import value_at

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.image import Image

    from iENEGraderLib.measure.preferences import Preferences
    from iENEGraderLib.measure.veins.course import VeinCourse
    from iENEGraderLib.measure.veins.enhancement import EnhancementScale, LumenValues
    from iENEGraderLib.measure.veins.nodes_near import NodesNear

NO_LUMEN_PIXELS = 1.5
"""Ours: a single stray pixel is no lumen, however thin the vein."""
LIKE_LUMEN_SHARE = 0.75
"""Ours: where the expected course enhances this much of the reference, the label is interrupted and not the vein."""
COURSE_RADIUS_MM = 1.5
BEYOND_MM = 2.0
"""Ours: how far beyond its end the course of a vein is looked for."""
ORDER = (EvidenceClass.MET, EvidenceClass.INDETERMINATE, EvidenceClass.NOT_ASSESSABLE, EvidenceClass.NOT_MET)


@dataclass(frozen=True)
class Obliteration:
    """What is said of lost lumen; ``run`` is the gap it is said of, None when there is none."""

    evidence_class: EvidenceClass
    reason: str
    run: SectionRun | None = None


def obliteration_of(
    course: VeinCourse, nodes: NodesNear, preferences: Preferences, enhances: GapEnhancement | None = None
) -> Obliteration:
    """Look for gaps of the lumen with tumour at both ends.

    Parameters
    ----------
    course : the vein.
    nodes : the tumour.
    preferences : thresholds.
    enhances : to tell whether the expected course of a gap enhances like the lumen; None without an image.
    """
    part = course.measured(preferences.value("veins.compressed_area_share"))
    least = max(preferences.value("veins.obliterated_area_share"), NO_LUMEN_PIXELS * course.pixel_share)
    is_empty = np.zeros(len(course.sections), dtype=bool)
    is_empty[part] = course.share[part] < least
    found = [_judged(run, course, nodes, preferences, enhances) for run in runs_of(is_empty, course.step_mm)]
    if found:
        return min(found, key=lambda o: (ORDER.index(o.evidence_class), -o.run.length_mm if o.run else 0.0))
    lowest = float(course.share[part].min())
    return Obliteration(EvidenceClass.NOT_MET, f"the lumen is continuous, at least {lowest:.2f} of the reference area")


@dataclass(frozen=True, eq=False)
class GapEnhancement:
    """The image, to be asked about a gap."""

    image: Image
    lumen: LumenValues
    scale: EnhancementScale

    def is_like_lumen(self, course: VeinCourse, run: SectionRun) -> bool:
        """Tell whether the expected course enhances like the lumen, all along the gap."""
        step = self.lumen.reference - self.scale.baseline
        values = [value_at(self.image, course.centre_kji[n], COURSE_RADIUS_MM) for n in range(run.start, run.stop)]
        return step > 0 and (min(values) - self.scale.baseline) / step >= LIKE_LUMEN_SHARE


def _judged(
    run: SectionRun, course: VeinCourse, nodes: NodesNear, preferences: Preferences, enhances: GapEnhancement | None
) -> Obliteration:
    reach = preferences.value("veins.tumour_reach_mm")
    # A gap at the end of the label, cut off by the border of the image, has a part with lumen on one side only.
    beside = [n for n in (run.start - 1, run.stop) if 0 <= n < len(course.sections)]
    ends = [bool(nodes.within(course.centre_kji[n], reach)) for n in beside]
    by_length = run.class_for(preferences.value("veins.least_length_mm"))
    gap = f"no lumen over {run.length_mm:.1f} mm in {run.sections} section{'s' * (run.sections != 1)}"
    if enhances is not None and enhances.is_like_lumen(course, run):
        reason = f"the label has {gap}, but the image enhances there like the lumen: check the label"
        return Obliteration(EvidenceClass.NOT_ASSESSABLE, reason, run)
    if not any(ends):
        reason = f"{gap}, without a node within {reach:g} mm of its ends: check the label, or another cause"
        return Obliteration(EvidenceClass.NOT_ASSESSABLE, reason, run)
    if by_length is EvidenceClass.NOT_MET:
        return Obliteration(by_length, f"{gap}: less than is asked for", run)
    if len(beside) < 2 or not all(ends):
        cut = ", and the label ends there" if len(beside) < 2 else ""
        reason = f"{gap}, with a node within {reach:g} mm of one end only{cut}"
        return Obliteration(EvidenceClass.INDETERMINATE, reason, run)
    tail = "" if by_length is EvidenceClass.MET else ": the length asked for lies within half a section of it"
    return Obliteration(by_length, f"{gap} between two parts with lumen, with a node at both ends{tail}", run)


def end_in_tumour(course: VeinCourse, nodes: NodesNear) -> tuple[int, tuple[str, ...]] | None:
    """Return the end of the label beyond which tumour takes the course of the vein, and the nodes.

    Notes
    -----
    The course is followed for 2 mm or one section; a node within the radius of the usual lumen lies where the lumen
    would be. An end at the border of the image is none.
    """
    radius = float(np.sqrt(course.reference_area_mm2 / np.pi))
    distance = max(BEYOND_MM, course.section_mm)
    for is_last, at_border in zip((False, True), course.ends_at_border, strict=True):
        names = () if at_border else nodes.within(course.beyond(is_last, distance), radius)
        if names:
            return (len(course.sections) - 1 if is_last else 0), names
    return None
