"""The words of the panel for what the reading document holds as keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iENEGraderLib.reading import (
    Classification,
    ClinicalEneThreshold,
    FindingKind,
    MarkerStatus,
    MarkKind,
    MCategory,
    NeckLevel,
    Side,
    Site,
    TCategory,
    YesNo,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from HeadNeckNodesLib.widgets.choice import Choice

NOT_CHOSEN: Choice = ("", "choose")
NOT_STATED: Choice = ("", "not stated")

FINDING_LABELS = {
    FindingKind.FAT_SPIKES: "Fat spikes",
    FindingKind.FLARE_SIGN: "Flare sign (MRI)",
    FindingKind.FAT_PLANE_LOST_BETWEEN_NODES: "Fat plane lost",
    FindingKind.CONVEXITY_LOST_AT_CONTACT: "Convexity lost",
    FindingKind.BOUNDARIES_MERGED: "Borders merged",
    FindingKind.ARTERY_ENCASEMENT: "Artery encased",
    FindingKind.JUGULAR_OBLITERATION: "IJV obliterated",
    FindingKind.JUGULAR_THROMBUS: "Tumour in IJV",
    FindingKind.MUSCLE_INVASION: "Muscle",
    FindingKind.SKIN_INVASION: "Skin",
    FindingKind.GLAND_INVASION: "Gland",
    FindingKind.NERVE_INVASION: "Nerve",
    FindingKind.OTHER_STRUCTURE_INVASION: "Other structure",
    FindingKind.SMOOTH_MARGIN: "Smooth margin",
    FindingKind.IRREGULAR_MARGIN: "Irregular margin",
    FindingKind.CENTRAL_NECROSIS: "Necrosis",
    FindingKind.CAPSULAR_THICKENING: "Thick capsule",
    FindingKind.PATHOLOGICAL_ENE: "Pathological ENE",
}
"""Short names that fit the column; the criteria give the full titles."""

MARK_LABELS = {
    MarkKind.LONG_AXIS: "long axis",
    MarkKind.SHORT_AXIS: "short axis",
    MarkKind.FAT_SPIKE: "spike",
    MarkKind.CONTACT_ANGLE: "contact",
    MarkKind.PLACE: "place",
}
MARKS_OF_FINDING = {
    kind: (MarkKind.PLACE,)
    for kind in FindingKind
    if kind not in (FindingKind.SMOOTH_MARGIN, FindingKind.PATHOLOGICAL_ENE)
} | {
    FindingKind.FAT_SPIKES: (MarkKind.FAT_SPIKE,),
    FindingKind.ARTERY_ENCASEMENT: (MarkKind.CONTACT_ANGLE, MarkKind.PLACE),
}
"""What can be drawn for a finding: a smooth margin has no place, and histology is not seen in an image."""


def spaced(key: str) -> str:
    """Return a key in words: ``salivary_gland`` as 'salivary gland'."""
    return key.replace("_", " ")


def _choices(words: Iterable[str]) -> tuple[Choice, ...]:
    return tuple((str(word), spaced(word)) for word in words)


SITES = (NOT_CHOSEN, *_choices(Site))
MARKERS: tuple[Choice, ...] = (
    (MarkerStatus.POSITIVE.value, "+"),
    (MarkerStatus.NEGATIVE.value, "−"),
    (MarkerStatus.UNKNOWN.value, "?"),
)
PRIMARY_SIDES = (NOT_STATED, *_choices(Side))
SIDES = _choices(Side)
LEVELS = _choices(NeckLevel)
T_CATEGORIES = _choices(TCategory)
M_CATEGORIES = _choices(MCategory)
CLASSIFICATIONS = _choices(Classification)
YES_NO_UNKNOWN = _choices(YesNo)
STATED_YES_NO: tuple[Choice, ...] = (NOT_STATED, ("no", "no"), ("yes", "yes"))
BELOW_CRICOID: tuple[Choice, ...] = (("", "not assessed"), ("no", "no"), ("yes", "yes"))
UNTESTED_P16: tuple[Choice, ...] = (("no", "ask for the test"), ("yes", "stage as p16-negative"))
THRESHOLDS: tuple[Choice, ...] = (
    (ClinicalEneThreshold.GRADE_3.value, "grade 3"),
    (ClinicalEneThreshold.GRADE_2.value, "grade 2 or 3"),
    (ClinicalEneThreshold.GRADE_1.value, "grade 1 to 3"),
    (ClinicalEneThreshold.NEVER.value, "never"),
)
SIDE_LETTERS = {Side.RIGHT: "R", Side.LEFT: "L", Side.MIDLINE: "M"}


def flag_of(key: str) -> bool | None:
    """Return the flag that a yes/no choice stands for; None for neither."""
    return {"yes": True, "no": False}.get(key)


def key_of_flag(flag: bool | None) -> str:
    """Return the yes/no choice for a flag; the empty key for None."""
    return {True: "yes", False: "no", None: ""}[flag]
