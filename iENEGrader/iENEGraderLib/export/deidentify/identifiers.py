"""The values that tell who a patient is, gathered from where a case came from, for the gate to look for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from iENEGraderLib.export.deidentify.folding import compact, folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pydicom import DataElement, Dataset

    from iENEGraderLib.reading import Reading


class Kind(StrEnum):
    """Kinds of identifying values, as messages name them."""

    PATIENT_NAME = "name of the patient"
    PATIENT_ID = "patient id"
    BIRTH_DATE = "birth date"
    EXAMINATION_DATE = "date of an examination"
    ACCESSION = "accession or order number"
    INSTITUTION = "institution"
    PERSON = "name of a person"
    UID = "DICOM UID"
    CONTACT = "address or phone number"
    DEVICE = "serial number or station name of a device"
    FILE_NAME = "file or folder name"
    CASE_ID = "case id"


@dataclass(frozen=True)
class Identifier:
    """One identifying value; it is not shown when the object is printed."""

    kind: Kind
    value: str = field(repr=False)


@dataclass(frozen=True)
class Identifiers:
    """A set of identifying values; join sets with ``|``."""

    found: frozenset[Identifier] = frozenset()

    def __or__(self, other: Identifiers) -> Identifiers:
        """Return the values of both."""
        return Identifiers(self.found | other.found)


def patient_told(identifiers: Identifiers) -> str:
    """Return what pseudonyms are computed from where there is no DICOM object to ask: id, or else name and birth date.

    The same as of the patient's DICOM objects; of several the first one by letters. Empty when there is neither.
    """
    told = {one.kind: one.value for one in sorted(identifiers.found, key=lambda one: one.value, reverse=True)}
    person = f"{told.get(Kind.PATIENT_NAME, '')}/{told.get(Kind.BIRTH_DATE, '')}".strip("/")
    return told.get(Kind.PATIENT_ID) or (person if Kind.PATIENT_NAME in told else "")


STANDARD_UID_ROOT = "1.2.840.10008."
KIND_BY_KEYWORD = {
    "PatientID": Kind.PATIENT_ID,
    "OtherPatientIDs": Kind.PATIENT_ID,
    "MedicalRecordLocator": Kind.PATIENT_ID,
    "AdmissionID": Kind.PATIENT_ID,
    "ServiceEpisodeID": Kind.PATIENT_ID,
    "PatientBirthDate": Kind.BIRTH_DATE,
    "AccessionNumber": Kind.ACCESSION,
    "StudyID": Kind.ACCESSION,
    "RequestedProcedureID": Kind.ACCESSION,
    "ScheduledProcedureStepID": Kind.ACCESSION,
    "PerformedProcedureStepID": Kind.ACCESSION,
    "FillerOrderNumberImagingServiceRequest": Kind.ACCESSION,
    "PlacerOrderNumberImagingServiceRequest": Kind.ACCESSION,
    "InstitutionName": Kind.INSTITUTION,
    "InstitutionAddress": Kind.INSTITUTION,
    "InstitutionalDepartmentName": Kind.INSTITUTION,
    "IssuerOfPatientID": Kind.INSTITUTION,
    "PatientAddress": Kind.CONTACT,
    "PatientTelephoneNumbers": Kind.CONTACT,
    "PatientTelecomInformation": Kind.CONTACT,
    "ReferringPhysicianAddress": Kind.CONTACT,
    "ReferringPhysicianTelephoneNumbers": Kind.CONTACT,
    "DeviceSerialNumber": Kind.DEVICE,
    "DetectorID": Kind.DEVICE,
    "GantryID": Kind.DEVICE,
    "StationName": Kind.DEVICE,
    "PerformedStationName": Kind.DEVICE,
    "ScheduledStationName": Kind.DEVICE,
    "PlateID": Kind.DEVICE,
    "CassetteID": Kind.DEVICE,
    "ResponsibleOrganization": Kind.INSTITUTION,
    "RequestingService": Kind.INSTITUTION,
    "CurrentPatientLocation": Kind.INSTITUTION,
    "CountryOfResidence": Kind.CONTACT,
    "RegionOfResidence": Kind.CONTACT,
    "PatientInstitutionResidence": Kind.CONTACT,
    "PersonAddress": Kind.CONTACT,
    "PersonTelephoneNumbers": Kind.CONTACT,
    "IssueDateOfImagingServiceRequest": Kind.EXAMINATION_DATE,
    "ScheduledProcedureStepStartDate": Kind.EXAMINATION_DATE,
    "MilitaryRank": Kind.CONTACT,
    "Occupation": Kind.CONTACT,
}
SHARED_UIDS = {"CodingSchemeUID", "ContextUID", "MappingResourceUID", "ContextGroupExtensionCreatorUID"}
"""UIDs of vocabularies, the same in every hospital."""
MAKE = ("Manufacturer", "ManufacturerModelName", "SoftwareVersions")
"""Attributes that stay; a device, or an institution, that is named by the maker alone is one of many."""
KIND_BY_VR = {
    "PN": Kind.PERSON,
    "UI": Kind.UID,
    "DA": Kind.EXAMINATION_DATE,
    "DT": Kind.EXAMINATION_DATE,
    "AE": Kind.DEVICE,
}
PATIENT_NAMES = {"PatientName", "OtherPatientNames", "PatientBirthName", "PatientMotherBirthName"}
PARENTS = 2
"""Folders above a file whose names count; higher ones name disks and users' homes."""


def of_datasets(datasets: Iterable[Dataset]) -> Identifiers:
    """Gather the identifying values of DICOM objects, those in sequences included."""
    found = set()
    for dataset in datasets:
        make = {compact(folded(str(dataset.get(keyword, "")))) for keyword in MAKE}
        found |= {one for one in _of_dataset(dataset) if not _tells_make_alone(one, make)}
    return Identifiers(frozenset(found))


def of_paths(paths: Iterable[str | Path]) -> Identifiers:
    """Gather the names of source files and of the two folders above each."""
    names = {part for path in paths for part in PurePath(path).parts[-1 - PARENTS :] if not re.fullmatch(r"\W*", part)}
    return Identifiers(frozenset(Identifier(Kind.FILE_NAME, _stem(name)) for name in names))


def of_attributes(attributes: Mapping[str, str]) -> Identifiers:
    """Gather values by the DICOM keyword in their names (``DICOM.PatientName``, ``PatientBirthDate``); leave others."""
    found: set[Identifier] = set()
    for name, value in attributes.items():
        keyword = name.rpartition(".")[2]
        kind = _kind_of_keyword(keyword)
        if kind is not None:
            found.update(Identifier(kind, part) for part in value.split("\\") if part.strip())
    return Identifiers(frozenset(found))


def of_reading(reading: Reading) -> Identifiers:
    """Gather case id and persons of a reading document."""
    persons = {reading.reader} | ({reading.signature.by} if reading.signature else set())
    found = {Identifier(Kind.PERSON, person) for person in persons if person.strip()}
    return Identifiers(frozenset(found | {Identifier(Kind.CASE_ID, reading.case_id)}))


def _tells_make_alone(identifier: Identifier, make: set[str]) -> bool:
    plain = compact(folded(identifier.value))
    return identifier.kind in (Kind.DEVICE, Kind.INSTITUTION) and any(plain in each for each in make)


def _of_dataset(dataset: Dataset) -> Iterator[Identifier]:
    for element in dataset:
        if element.VR == "SQ":
            for item in element.value:
                yield from _of_dataset(item)
            continue
        kind = _kind_of(element)
        if kind is None or element.value in (None, ""):
            continue
        values = element.value if element.VM > 1 else [element.value]
        for value in values:
            text = str(value).strip()
            if text and not (kind is Kind.UID and text.startswith(STANDARD_UID_ROOT)):
                yield Identifier(kind, text)


def _kind_of(element: DataElement) -> Kind | None:
    by_name = _kind_of_keyword(element.keyword)
    if by_name is not None:
        return by_name
    return None if element.keyword in SHARED_UIDS else KIND_BY_VR.get(element.VR)


def _kind_of_keyword(keyword: str) -> Kind | None:
    if keyword in PATIENT_NAMES:
        return Kind.PATIENT_NAME
    if keyword in KIND_BY_KEYWORD:
        return KIND_BY_KEYWORD[keyword]
    if keyword.endswith("InstanceUID") or keyword == "FrameOfReferenceUID":
        return Kind.UID
    if keyword.endswith(("PhysicianName", "OperatorsName", "PhysiciansOfRecord")):
        return Kind.PERSON
    if keyword in {"StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate"}:
        return Kind.EXAMINATION_DATE
    return None


def _stem(name: str) -> str:
    """Name of a file without its endings (``.nii.gz``), which begin with a letter, unlike parts of a UID."""
    return re.sub(r"(\.[A-Za-z]\w{0,4}){1,2}$", "", name) or name
