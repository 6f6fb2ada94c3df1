"""The recommendations on analysis, compared with what was done."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PWIProtocolLib.protocol.analysis import AifOrigin, KineticModel, RoiReference
from PWIProtocolLib.protocol.verdict import Evidence, Finding, cannot_tell, met, not_met, optimal

if TYPE_CHECKING:
    from PWIProtocolLib.protocol.analysis import AnalysisSettings
    from PWIProtocolLib.protocol.recommendations import Recommendation

REFERENCE_MODELS = (KineticModel.EXTENDED_TOFTS, KineticModel.TWO_COMPARTMENT_EXCHANGE)
NOT_KNOWN = "no analysis of this study is known here"


def analysis_model(settings: AnalysisSettings | None, rule: Recommendation) -> Finding:  # noqa: ARG001 (has no limit)
    """Judge the pharmacokinetic model."""
    if settings is None or settings.model is None:
        return cannot_tell(NOT_KNOWN)
    evidence, name = Evidence("analysis: model", ""), settings.model.value.replace("_", " ")
    make = met if settings.model in REFERENCE_MODELS else not_met
    return make(f"the model is {name}", name, "", evidence)


def analysis_aif(settings: AnalysisSettings | None, rule: Recommendation) -> Finding:  # noqa: ARG001 (has no limit)
    """Judge where the arterial input function comes from."""
    if settings is None or settings.aif is None:
        return cannot_tell(NOT_KNOWN)
    evidence, name = Evidence("analysis: arterial input function", ""), settings.aif.value.replace("_", " ")
    if settings.aif is AifOrigin.OTHER_VESSEL:
        return not_met("the input function is measured in another vessel than a carotid artery", name, "", evidence)
    return met(f"the input function is that of: {name}", name, "", evidence)


def analysis_roi(settings: AnalysisSettings | None, rule: Recommendation) -> Finding:
    """Judge on which images regions were drawn and how much of them is dead tissue or vessel."""
    if settings is None or settings.roi is None:
        return cannot_tell(NOT_KNOWN)
    evidence, name = Evidence("analysis: regions", ""), settings.roi.value.replace("_", " ")
    if settings.roi not in (RoiReference.SUBTRACTION, RoiReference.POST_CONTRAST_DYNAMIC):
        return not_met(f"the regions were drawn on: {name}", name, "", evidence)
    parts = (
        (settings.non_enhancing_percent, rule.limit("non_enhancing"), "do not enhance"),
        (settings.vessel_like_percent, rule.limit("vessel_like"), "behave like vessels"),
    )
    for percent, limit, what in parts:
        if percent is None or not math.isfinite(percent) or not 0 <= percent <= 100:
            return cannot_tell(f"it is not known how many voxels of the regions {what}", evidence)
        if percent > limit:
            reason = f"{percent:.0f} % of the voxels {what}, more than {limit:g} %"
            return not_met(reason, round(percent, 1), "%", evidence)
    make = optimal if settings.roi is RoiReference.SUBTRACTION else met
    return make(f"the regions were drawn on: {name}, almost free of dead tissue and vessels", name, "", evidence)
