"""The reading document: the one thing that is saved, shown, compared and exported."""

from iENEGraderLib.reading.document import SCHEMA, Evidence, Finding, Node, Place, Reading
from iENEGraderLib.reading.serialization import (
    reading_from_json,
    reading_from_text,
    reading_to_json,
    reading_to_text,
)
from iENEGraderLib.reading.storage import load_reading, save_reading
from iENEGraderLib.reading.vocabulary import (
    Certainty,
    Classification,
    ClinicalEneThreshold,
    FindingKind,
    MarkerStatus,
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
    "Finding",
    "FindingKind",
    "MCategory",
    "MarkerStatus",
    "NeckLevel",
    "Node",
    "Place",
    "Reading",
    "Side",
    "Site",
    "TCategory",
    "YesNo",
    "load_reading",
    "reading_from_json",
    "reading_from_text",
    "reading_to_json",
    "reading_to_text",
    "save_reading",
]
