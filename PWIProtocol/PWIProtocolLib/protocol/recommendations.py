"""The recommendations as records: statement, level of agreement, source, limits; a site may change or add rows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.protocol.toml_rows import Row, own_table, read_rows

if TYPE_CHECKING:
    from pathlib import Path

    from PWIProtocolLib.preferences import Confidence

TEXTS = ("title", "statement", "place", "why")
ROW_KEYS = ("id", *TEXTS, "agreement", "source", "confidence", "limits", "attribute", "allowed", "switched_off")
FILE_KEYS = ("edition", "replaces", "source", "agreement", "criterion", "analysis", "advice", "indication")


class CriterionId(StrEnum):
    """The criteria of the panel's table of acquisition, in its order."""

    DCE_TECHNIQUE = "dce_technique"
    SEQUENCE_3D_SPGR_T1 = "sequence_3d_spgr_t1"
    AXIAL = "axial"
    FIELD_STRENGTH = "field_strength"
    COIL = "coil"
    SLICE_THICKNESS = "slice_thickness"
    NO_GAP = "no_gap"
    IN_PLANE_RESOLUTION = "in_plane_resolution"
    FAT_SUPPRESSION = "fat_suppression"
    FLIP_ANGLE_COUNT = "flip_angle_count"
    FLIP_ANGLE_RANGE = "flip_angle_range"
    FLIP_ANGLE_GEOMETRY = "flip_angle_geometry"
    FLIP_ANGLES_BEFORE_CONTRAST = "flip_angles_before_contrast"
    TEMPORAL_RESOLUTION = "temporal_resolution"
    PRECONTRAST_ACQUISITIONS = "precontrast_acquisitions"
    TOTAL_TIME = "total_time"
    CONTRAST_DOSE = "contrast_dose"
    INJECTION_RATE_AND_FLUSH = "injection_rate_and_flush"


class AnalysisId(StrEnum):
    """The recommendations on image analysis."""

    MODEL = "analysis_model"
    AIF = "analysis_aif"
    ROI = "analysis_roi"


class Recommended(StrEnum):
    """What the panel says of a clinical indication."""

    MAY_BE = "may_be"
    NOT = "not"

    @property
    def words(self) -> str:
        """The recommendation as a reader sees it."""
        return "May be recommended" if self is Recommended.MAY_BE else "Not recommended"


@dataclass(frozen=True)
class Limit:
    """One number of a recommendation."""

    name: str
    value: float
    unit: str


@dataclass(frozen=True)
class Recommendation:
    """One recommendation that a check compares a study with.

    Attributes
    ----------
    agreement : level of agreement in words, "Site rule" for a row of a site's own file.
    source : citation, with the place in it.
    site_rule : the row comes, as a whole or in part, from a site's own file.
    switched_off : a site's reason for not applying it; empty when it applies.
    attribute, allowed : DICOM keyword, and the words it may hold, of a criterion that a site added.
    """

    criterion_id: str
    title: str
    statement: str
    agreement: str
    source: str
    confidence: Confidence
    why: str
    limits: tuple[Limit, ...]
    site_rule: bool = False
    switched_off: str = ""
    attribute: str = ""
    allowed: tuple[str, ...] = ()

    def limit(self, name: str) -> float:
        """Return the value of a limit that the reader has made sure of."""
        return next(each.value for each in self.limits if each.name == name)

    def has_limit(self, name: str) -> bool:
        """Whether the row holds this limit."""
        return any(each.name == name for each in self.limits)


@dataclass(frozen=True)
class Advice:
    """What a source advises in its text; shown, never judged."""

    advice_id: str
    text: str
    source: str
    confidence: Confidence


@dataclass(frozen=True)
class Indication:
    """One clinical scenario with what the panel says of it."""

    indication_id: str
    title: str
    recommended: Recommended
    agreement: str
    source: str
    confidence: Confidence
    note: str


@dataclass(frozen=True)
class Recommendations:
    """A whole set: what is checked, what is advised, and the clinical scenarios."""

    edition: str
    criteria: tuple[Recommendation, ...]
    analysis: tuple[Recommendation, ...]
    advice: tuple[Advice, ...]
    indications: tuple[Indication, ...]

    def criterion(self, criterion_id: str) -> Recommendation:
        """Return the recommendation of one criterion."""
        return next(each for each in (*self.criteria, *self.analysis) if each.criterion_id == criterion_id)

    def indication(self, indication_id: str) -> Indication:
        """Return one clinical scenario.

        Raises
        ------
        InputError
            When there is no such scenario.
        """
        for each in self.indications:
            if each.indication_id == indication_id:
                return each
        known = ", ".join(each.indication_id for each in self.indications)
        raise InputError(f"indication {indication_id!r} is unknown; choose one of {known}")


@cache
def panel_recommendations() -> Recommendations:
    """Return the expert panel's recommendations, checked.

    References
    ----------
    Romeo et al., Insights Imaging 2022;13:198, Tables 1 and 2.
    """
    from PWIProtocolLib.protocol.recommendation_rows import whole_set

    return whole_set(own_table("recommendations.toml"), own_table("indications.toml"))


def recommendations(site_file: str | Path | None = None) -> Recommendations:
    """Return the recommendations that apply, with a site's own rules when there are some.

    Parameters
    ----------
    site_file : TOML file that changes or adds rows, or replaces the whole set (``replaces = true``). Whatever it
        touches is marked as a site rule, also a criterion that it switches off.

    Raises
    ------
    InputError
        When the file is bad; the message names the row.
    """
    from PWIProtocolLib.protocol.recommendation_rows import whole_set, with_site_rules

    if site_file is None:
        return panel_recommendations()
    table: Row = read_rows(site_file)
    table.allow_only(FILE_KEYS)
    if table.flag("replaces"):
        return whole_set(table, table)
    return with_site_rules(panel_recommendations(), table)
