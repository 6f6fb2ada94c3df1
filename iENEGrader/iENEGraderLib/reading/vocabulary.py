"""The words a reading may use. Values are the contract of the reading document: never rename them."""

from __future__ import annotations

from enum import StrEnum


class Site(StrEnum):
    """Site of the primary tumour."""

    OROPHARYNX = "oropharynx"
    NASOPHARYNX = "nasopharynx"
    SALIVARY_GLAND = "salivary_gland"
    ORAL_CAVITY = "oral_cavity"
    HYPOPHARYNX = "hypopharynx"
    LARYNX = "larynx"
    NASAL_CAVITY_AND_SINUSES = "nasal_cavity_and_sinuses"
    UNKNOWN_PRIMARY = "unknown_primary"
    SKIN = "skin"


class MarkerStatus(StrEnum):
    """Result of a virus test (p16 or EBV)."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    UNKNOWN = "unknown"


class Side(StrEnum):
    """Side of the patient."""

    RIGHT = "right"
    LEFT = "left"
    MIDLINE = "midline"


class NeckLevel(StrEnum):
    """Neck level or other nodal region."""

    IA = "IA"
    IB = "IB"
    IIA = "IIA"
    IIB = "IIB"
    III = "III"
    IV = "IV"
    VA = "VA"
    VB = "VB"
    VI = "VI"
    VII = "VII"
    RETROPHARYNGEAL = "retropharyngeal"
    PAROTID = "parotid"
    SUPRACLAVICULAR = "supraclavicular"
    FACIAL = "facial"
    OTHER = "other"


class Classification(StrEnum):
    """Whether the N category is clinical (before treatment) or pathological (after neck dissection)."""

    CLINICAL = "clinical"
    PATHOLOGICAL = "pathological"


class TCategory(StrEnum):
    """T category as the reader enters it; TX when it is not known (yet)."""

    TX = "TX"
    T0 = "T0"
    TIS = "Tis"
    T1 = "T1"
    T2 = "T2"
    T3 = "T3"
    T4 = "T4"
    T4A = "T4a"
    T4B = "T4b"


class MCategory(StrEnum):
    """M category; M1a and M1b exist for nasopharyngeal carcinoma in version 9 only."""

    M0 = "M0"
    M1 = "M1"
    M1A = "M1a"
    M1B = "M1b"


class YesNo(StrEnum):
    """Answer to a question about the patient's history."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Certainty(StrEnum):
    """How sure the reader is of a finding. A finding without certainty was not assessed."""

    ABSENT = "absent"
    EQUIVOCAL = "equivocal"
    UNEQUIVOCAL = "unequivocal"


class EvidenceClass(StrEnum):
    """A measured value against the threshold of a criterion."""

    MET = "met"
    NOT_MET = "not_met"
    INDETERMINATE = "indeterminate"
    """The threshold lies within the uncertainty."""
    NOT_ASSESSABLE = "not_assessable"
    """The grid, the image or the labels cannot support the measurement; a reason always stands beside it."""


class FindingKind(StrEnum):
    """What a reader can find at a node; what each means and counts for is in ``rules/criteria.toml``."""

    SMOOTH_MARGIN = "smooth_margin"
    IRREGULAR_MARGIN = "irregular_margin"
    CENTRAL_NECROSIS = "central_necrosis"
    CAPSULAR_THICKENING = "capsular_thickening"
    FAT_SPIKES = "fat_spikes"
    FLARE_SIGN = "flare_sign"
    FAT_PLANE_LOST_BETWEEN_NODES = "fat_plane_lost_between_nodes"
    CONVEXITY_LOST_AT_CONTACT = "convexity_lost_at_contact"
    BOUNDARIES_MERGED = "boundaries_merged"
    MUSCLE_INVASION = "muscle_invasion"
    SKIN_INVASION = "skin_invasion"
    GLAND_INVASION = "gland_invasion"
    NERVE_INVASION = "nerve_invasion"
    ARTERY_ENCASEMENT = "artery_encasement"
    JUGULAR_OBLITERATION = "jugular_obliteration"
    JUGULAR_THROMBUS = "jugular_thrombus"
    OTHER_STRUCTURE_INVASION = "other_structure_invasion"
    PATHOLOGICAL_ENE = "pathological_ene"


class MarkKind(StrEnum):
    """What a reader can draw at a node."""

    LONG_AXIS = "long_axis"
    SHORT_AXIS = "short_axis"
    FAT_SPIKE = "fat_spike"
    CONTACT_ANGLE = "contact_angle"
    PLACE = "place"


class ClinicalEneThreshold(StrEnum):
    """Lowest unequivocal imaging grade that an institution accepts as clinical ENE where UICC 9 leaves it open."""

    GRADE_3 = "3"
    GRADE_2 = "2"
    GRADE_1 = "1"
    NEVER = "never"
