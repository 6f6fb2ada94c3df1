"""The limits of a recommendation in a few words, as they stand beside a measured value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PWIProtocolLib.protocol.recommendations import AnalysisId, CriterionId

if TYPE_CHECKING:
    from PWIProtocolLib.protocol.recommendations import Recommendation

FORMS: dict[str, str] = {
    CriterionId.DCE_TECHNIQUE: "DCE, at least {frames}",
    CriterionId.SEQUENCE_3D_SPGR_T1: "3D spoiled gradient echo, T1 weighted",
    CriterionId.AXIAL: "within {tilt} of axial",
    CriterionId.FIELD_STRENGTH: "{first} or {second}",
    CriterionId.COIL: "head and neck or neurovascular",
    CriterionId.SLICE_THICKNESS: "at most {maximum}, better {recommended}",
    CriterionId.NO_GAP: "none (up to {gap} of the thickness)",
    CriterionId.IN_PLANE_RESOLUTION: "at most {maximum} x {maximum}",
    CriterionId.FAT_SUPPRESSION: "suppressed",
    CriterionId.FLIP_ANGLE_COUNT: "at least {minimum}",
    CriterionId.FLIP_ANGLE_RANGE: "{lowest} to {highest}, at least {minimum}",
    CriterionId.FLIP_ANGLE_GEOMETRY: "that of the dynamic series",
    CriterionId.FLIP_ANGLES_BEFORE_CONTRAST: "before contrast",
    CriterionId.TEMPORAL_RESOLUTION: "at most {maximum}",
    CriterionId.PRECONTRAST_ACQUISITIONS: "at least {minimum}",
    CriterionId.TOTAL_TIME: "at least {minimum}",
    CriterionId.CONTRAST_DOSE: "dose of the label (within {tolerance})",
    CriterionId.INJECTION_RATE_AND_FLUSH: "at least {rate}, then at least {flush}",
    AnalysisId.MODEL: "extended Tofts or two compartments",
    AnalysisId.AIF: "carotid artery or population",
    AnalysisId.ROI: "on dynamic images after contrast; at most {non_enhancing} dead tissue, {vessel_like} vessels",
}


def limit_in_words(rule: Recommendation) -> str:
    """Return the limits with their units."""
    shown = {each.name: f"{each.value:g} {each.unit}" for each in rule.limits}
    form = FORMS.get(rule.criterion_id)
    if form is not None:
        return form.format(**shown)
    if rule.allowed:
        return "one of " + ", ".join(rule.allowed)
    names = {"minimum": "at least", "maximum": "at most"}
    return ", ".join(f"{names[each.name]} {shown[each.name]}" for each in rule.limits)
