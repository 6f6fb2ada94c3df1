"""Codes as FHIR spells them: the system as a URI, one or more codings, and the words."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from iENEGraderLib.export.dicom.codes import PRIVATE_SCHEME, Concept

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = dict[str, Any]
"""An object of plain JSON values."""

HOME = "https://github.com/HeadNeckNodes/SlicerHeadNeckNodes"
OWN_SYSTEM = f"{HOME}/99HNN"
UCUM_SYSTEM = "http://unitsofmeasure.org"
LOINC_SYSTEM = "http://loinc.org"
SYSTEMS: Mapping[str, str] = {
    PRIVATE_SCHEME: OWN_SYSTEM,
    "SCT": "http://snomed.info/sct",
    "DCM": "http://dicom.nema.org/resources/ontology/DCM",
    "UCUM": UCUM_SYSTEM,
    "IBSI": "urn:oid:1.2.840.10008.2.16.13",
}
"""URIs of HL7 terminology; IBSI by the UID of DICOM PS3.16 table 8-1, since HL7 has no URI for it."""
BODY_SITE_OF_NODE = Concept("SCT", "312501005", "lymph node of head and neck")


class Tnm(Enum):
    """What is staged: LOINC codes and names, clinical and pathological.

    Value sets of Observation.code in HL7 FHIR minimal Common Oncology Data Elements (mCODE).
    """

    T = (("21905-5", "Primary tumor.clinical [Class] Cancer"), ("21899-0", "Primary tumor.pathology Cancer"))
    N = (
        ("21906-3", "Regional lymph nodes.clinical [Class] Cancer"),
        ("21900-6", "Regional lymph nodes.pathology [Class] Cancer"),
    )
    M = (
        ("21907-1", "Distant metastases.clinical [Class] Cancer"),
        ("21901-4", "Distant metastases.pathology [Class] Cancer"),
    )
    STAGE = (("21908-9", "Stage group.clinical Cancer"), ("21902-2", "Stage group.pathology Cancer"))


def loinc(what: Tnm, *, pathological: bool) -> Json:
    """Return the code of a category as CodeableConcept."""
    code, display = what.value[int(pathological)]
    return {"coding": [{"system": LOINC_SYSTEM, "code": code, "display": display}], "text": display}


def coded(concept: Concept) -> Json:
    """Return a concept as CodeableConcept."""
    coding = {"system": SYSTEMS[concept.scheme], "code": concept.value, "display": concept.meaning}
    return {"coding": [coding], "text": concept.meaning}
