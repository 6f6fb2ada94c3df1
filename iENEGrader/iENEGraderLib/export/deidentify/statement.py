"""What a de-identified DICOM object says of its own cleaning (PS3.15 E.1.1, PS3.16 CID 7050)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydicom import Dataset

METHOD = "HeadNeckNodes: allow-list, keyed pseudonyms (PS3.15 basic)"
CODES = {
    "113100": "Basic Application Confidentiality Profile",
    "113104": "Clean Structured Content Option",
    "113105": "Clean Descriptors Option",
    "113107": "Retain Longitudinal Temporal Information Modified Dates Option",
}
CHARACTERISTICS = {"113108": "Retain Patient Characteristics Option"}
SAFE_PRIVATE = {"113111": "Retain Safe Private Option"}


def state_deidentification(dataset: Dataset, *, keep_characteristics: bool) -> None:
    """Write into an object that and how it was de-identified."""
    from pydicom import Dataset

    codes = CODES | (CHARACTERISTICS if keep_characteristics else {})
    if any(element.tag.is_private for element in dataset):
        codes |= SAFE_PRIVATE
    items = []
    for value, meaning in sorted(codes.items()):
        item = Dataset()
        item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
        items.append(item)
    dataset.PatientIdentityRemoved = "YES"
    dataset.DeidentificationMethod = METHOD
    dataset.DeidentificationMethodCodeSequence = items
    dataset.LongitudinalTemporalInformationModified = "MODIFIED"
