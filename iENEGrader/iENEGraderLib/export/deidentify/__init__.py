"""Cases that can be shared: cleaned by an allow-list, and read back before they leave."""

from iENEGraderLib.export.deidentify.dataset import cleaned, patient_of
from iENEGraderLib.export.deidentify.gate import GateReport, require_clean
from iENEGraderLib.export.deidentify.identifiers import (
    Identifier,
    Identifiers,
    Kind,
    of_attributes,
    of_datasets,
    of_paths,
    of_reading,
)
from iENEGraderLib.export.deidentify.key_file import key_from
from iENEGraderLib.export.deidentify.pseudonym import Pseudonyms
from iENEGraderLib.export.deidentify.reading import CleanedReading, cleaned_reading

__all__ = [
    "CleanedReading",
    "GateReport",
    "Identifier",
    "Identifiers",
    "Kind",
    "Pseudonyms",
    "cleaned",
    "cleaned_reading",
    "key_from",
    "of_attributes",
    "of_datasets",
    "of_paths",
    "of_reading",
    "patient_of",
    "require_clean",
]
