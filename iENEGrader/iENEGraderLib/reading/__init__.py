"""The reading document: the one thing that is saved, shown, compared and exported."""

from iENEGraderLib.reading.document import SCHEMA, Evidence, Finding, Node, Place, Reading, Signature
from iENEGraderLib.reading.mark import Mark
from iENEGraderLib.reading.serialization import (
    reading_from_json,
    reading_from_text,
    reading_to_json,
    reading_to_text,
)
from iENEGraderLib.reading.signature import is_intact, signed, unsigned
from iENEGraderLib.reading.storage import load_reading, save_reading
from iENEGraderLib.reading.vocabulary import (
    Certainty,
    Classification,
    ClinicalEneThreshold,
    EvidenceClass,
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

__all__ = [
    "SCHEMA",
    "Certainty",
    "Classification",
    "ClinicalEneThreshold",
    "Evidence",
    "EvidenceClass",
    "Finding",
    "FindingKind",
    "MCategory",
    "Mark",
    "MarkKind",
    "MarkerStatus",
    "NeckLevel",
    "Node",
    "Place",
    "Reading",
    "Side",
    "Signature",
    "Site",
    "TCategory",
    "YesNo",
    "is_intact",
    "load_reading",
    "reading_from_json",
    "reading_from_text",
    "reading_to_json",
    "reading_to_text",
    "save_reading",
    "signed",
    "unsigned",
]
