"""A stretch of vein of normal calibre that hardly enhances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.measure.evidence_class import EvidenceClass, class_of
from iENEGraderLib.measure.section_runs import SectionRun, runs_of
from iENEGraderLib.measure.units import Unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iENEGraderLib.measure.preferences import Preferences
    from iENEGraderLib.measure.veins.course import VeinCourse
    from iENEGraderLib.measure.veins.enhancement import EnhancementScale, LumenValues

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

ERRORS = 2.0
"""Standard errors that the enhancement of a section is uncertain by."""
LEAST_KNOWN_SHARE = 0.5
"""Ours: with a core in fewer of the wide sections, the grid is too coarse to look for defects."""


@dataclass(frozen=True)
class FillingDefect:
    """What is said of a defect.

    Attributes
    ----------
    evidence_class, reason : of a filling defect, whatever it consists of.
    run : its sections; None when there is none.
    value : median of its core in the unit of the image.
    enhancement_share : its enhancement by that of the reference lumen.
    """

    evidence_class: EvidenceClass
    reason: str
    run: SectionRun | None = None
    value: float | None = None
    enhancement_share: float | None = None


@dataclass(frozen=True, eq=False)
class LumenEnhancement:
    """A vein, the lumen of it and of the other side in the same sections, and the scale.

    Attributes
    ----------
    other : None when the other side was not given or could not be followed.
    """

    course: VeinCourse
    lumen: LumenValues
    other: LumenValues | None
    scale: EnhancementScale
    preferences: Preferences

    @property
    def opacified(self) -> float:
        """Value from which a vein counts as opacified."""
        return self.preferences.value("veins.least_opacification") * self.scale.muscle

    @property
    def step(self) -> float:
        """Enhancement of the reference lumen; NaN when it does not enhance."""
        step = self.lumen.reference - self.scale.baseline
        return step if step > 0 else float("nan")

    @property
    def share(self) -> Floats:
        """Enhancement of each section by that of the reference lumen."""
        return (self.lumen.middle - self.scale.baseline) / self.step

    @property
    def share_error(self) -> Floats:
        """Uncertainty of :attr:`share`."""
        return ERRORS * self.lumen.error / self.step

    def said(self, value: float) -> str:
        """Write a value with its unit."""
        digits = 0 if self.scale.unit is Unit.HU else 1
        return f"{value:.{digits}f} {self.scale.unit.shown}"


def filling_defect_of(vein: LumenEnhancement) -> FillingDefect:
    """Look for a stretch of near-normal calibre that enhances less than a share of the reference lumen."""
    preferences, course = vein.preferences, vein.course
    part = course.measured(preferences.value("veins.compressed_area_share"))
    wide = np.zeros(len(course.sections), dtype=bool)
    wide[part] = course.share[part] >= preferences.value("veins.compressed_area_share")
    known = wide & ~np.isnan(vein.lumen.middle)
    if known.sum() < max(LEAST_KNOWN_SHARE * wide.sum(), 1):
        return FillingDefect(EvidenceClass.NOT_ASSESSABLE, "the lumen is too thin for the grid to show its core")
    if vein.lumen.reference < vein.opacified:
        return _poorly_opacified(vein, known)
    limit = preferences.value("veins.defect_enhancement_share")
    share, error = np.where(known, vein.share, np.inf), np.where(known, vein.share_error, 0.0)
    least_mm = preferences.value("veins.least_length_mm")
    sure, likely, possible = (runs_of(share + by * error < limit, course.step_mm) for by in (1, 0, -1))
    if sure and sure[0].class_for(least_mm) is EvidenceClass.MET:
        run = likely[0]
        return _with_other_side(vein, run)
    longest = likely or possible
    if possible and possible[0].class_for(least_mm) is not EvidenceClass.NOT_MET:
        reason = f"{_described(vein, longest[0])}: the thresholds lie within the uncertainty"
        return _defect(EvidenceClass.INDETERMINATE, reason, vein, longest[0])
    lowest = float(share[known].min())
    reason = (
        f"the lumen enhances throughout, at least {lowest:.2f} of its reference of {vein.said(vein.lumen.reference)}"
    )
    if longest:
        reason = f"{_described(vein, longest[0])}: shorter than is asked for"
    return FillingDefect(EvidenceClass.NOT_MET, reason)


def _with_other_side(vein: LumenEnhancement, run: SectionRun) -> FillingDefect:
    """Compare a defect with the same sections of the other side, to tell it from unmixed contrast."""
    described = _described(vein, run)
    beside = np.full(1, np.nan) if vein.other is None else vein.other.middle[run.start : run.stop]
    if np.isnan(beside).all():
        reason = f"{described}; unmixed contrast cannot be ruled out without the other vein in these sections"
        return _defect(EvidenceClass.INDETERMINATE, reason, vein, run)
    value = float(np.nanmedian(beside))
    if value < vein.opacified:
        reason = f"{described}, but the other vein is not opacified there either ({vein.said(value)}): unmixed contrast"
        return _defect(EvidenceClass.NOT_ASSESSABLE, reason, vein, run)
    reason = f"{described}, while the other vein there has {vein.said(value)}"
    return _defect(EvidenceClass.MET, reason, vein, run)


def _poorly_opacified(vein: LumenEnhancement, known: Mask) -> FillingDefect:
    own = f"the vein has at best {vein.said(vein.lumen.reference)}"
    other = float("nan") if vein.other is None else vein.other.reference
    limit = vein.preferences.value("veins.defect_enhancement_share")
    least = vein.preferences.value("veins.least_opacification")
    own_step, other_step = vein.lumen.reference - vein.scale.baseline, other - vein.scale.baseline
    if not other >= vein.opacified:
        reason = f"{own}, less than {least:g} times muscle ({vein.said(vein.scale.muscle)}): not opacified yet"
        return FillingDefect(EvidenceClass.NOT_ASSESSABLE, reason)
    if own_step >= limit * other_step:
        reason = f"{own} and the other vein {vein.said(other)}: unevenly opacified"
        return FillingDefect(EvidenceClass.NOT_ASSESSABLE, reason)
    run = runs_of(known, vein.course.step_mm)[0]
    value = float(np.median(vein.lumen.middle[known]))
    reason = f"{own} all along its label, the other vein {vein.said(other)}: thrombus, or slow flow"
    return FillingDefect(EvidenceClass.INDETERMINATE, reason, run, value, own_step / other_step)


def _defect(evidence: EvidenceClass, reason: str, vein: LumenEnhancement, run: SectionRun) -> FillingDefect:
    part = slice(run.start, run.stop)
    value, share = (float(np.nanmedian(values[part])) for values in (vein.lumen.middle, vein.share))
    return FillingDefect(evidence, reason, run, value, share)


def _described(vein: LumenEnhancement, run: SectionRun) -> str:
    share = float(np.nanmedian(vein.share[run.start : run.stop]))
    sections = f"{run.sections} section{'s' * (run.sections != 1)}"
    return f"the lumen enhances {share:.2f} of its reference over {run.length_mm:.1f} mm in {sections}"


def thrombus_class(
    defect: FillingDefect, node_value: float | None, vein: LumenEnhancement
) -> tuple[EvidenceClass, str, float | None]:
    """Compare a defect with the nearest node: tumour thrombus enhances, bland thrombus does not.

    Returns
    -------
    tuple
        class, reason, and the enhancement of the defect by that of the node (None where it was not compared).
    """
    if defect.run is None or defect.value is None:
        return defect.evidence_class, defect.reason, None
    least = vein.preferences.value("veins.thrombus_to_node_share")
    step = float("nan") if node_value is None else node_value - vein.scale.baseline
    if not step > 0:
        missing = (
            "no node lies within reach of the defect" if node_value is None else "the nearest node does not enhance"
        )
        worst = defect.evidence_class if defect.evidence_class is not EvidenceClass.MET else EvidenceClass.INDETERMINATE
        return worst, f"{missing}, so tumour and bland thrombus cannot be told apart", None
    error = float(np.nanmedian(vein.lumen.error[defect.run.start : defect.run.stop])) / np.sqrt(defect.run.sections)
    ratio = (defect.value - vein.scale.baseline) / step
    found = class_of(ratio, least, ERRORS * float(error) / step)
    reason = f"the defect enhances {ratio:.2f} of the nearest node (tumour thrombus: from {least:g})"
    if defect.evidence_class is not EvidenceClass.MET and found is EvidenceClass.MET:
        return defect.evidence_class, f"{reason}; {defect.reason}", ratio
    return found, reason, ratio
