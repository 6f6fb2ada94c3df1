"""What was done with a study in the analysis, as far as the recommendations speak of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class KineticModel(StrEnum):
    """Pharmacokinetic model that gave the maps."""

    TOFTS = "tofts"
    EXTENDED_TOFTS = "extended_tofts"
    TWO_COMPARTMENT_EXCHANGE = "two_compartment_exchange"
    PATLAK = "patlak"
    SEMI_QUANTITATIVE = "semi_quantitative"


class AifOrigin(StrEnum):
    """Where the arterial input function comes from."""

    CAROTID = "carotid"
    OTHER_VESSEL = "other_vessel"
    POPULATION = "population"


class RoiReference(StrEnum):
    """Images on which the regions were drawn."""

    SUBTRACTION = "subtraction"
    POST_CONTRAST_DYNAMIC = "post_contrast_dynamic"
    PRE_CONTRAST_DYNAMIC = "pre_contrast_dynamic"
    OTHER_SERIES = "other_series"
    PARAMETER_MAP = "parameter_map"


@dataclass(frozen=True)
class AnalysisSettings:
    """Settings of an analysis; None stands for what is not known.

    Attributes
    ----------
    non_enhancing_percent : voxels of the regions that do not enhance (necrosis, cyst, haemorrhage).
    vessel_like_percent : voxels of the regions that behave like vessels (vp above 0.3).
    """

    model: KineticModel | None = None
    aif: AifOrigin | None = None
    roi: RoiReference | None = None
    non_enhancing_percent: float | None = None
    vessel_like_percent: float | None = None
