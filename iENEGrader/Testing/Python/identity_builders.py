"""A patient who does not exist, and DICOM objects that name her in every place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from iENEGraderLib.export.deidentify import Identifier, Identifiers, Kind, Pseudonyms

if TYPE_CHECKING:
    from pydicom import Dataset

PSEUDONYMS = Pseudonyms(bytes(range(32)))
NAME = "Brückmöller^Anna Sophie^^Dr."
PATIENT_ID = "KH-0078123"
BIRTH_DATE = "19580317"
STUDY_DATE = "20240229"
ACCESSION = "ACC77120459"
INSTITUTION = "Klinikum Nordhafen"
STUDY_UID = "1.2.276.0.7230010.3.1.2.8323329.4711.1709213245.123456"
PLANTED = (
    Identifier(Kind.PATIENT_NAME, NAME),
    Identifier(Kind.PATIENT_ID, PATIENT_ID),
    Identifier(Kind.BIRTH_DATE, BIRTH_DATE),
    Identifier(Kind.EXAMINATION_DATE, STUDY_DATE),
    Identifier(Kind.ACCESSION, ACCESSION),
    Identifier(Kind.INSTITUTION, INSTITUTION),
    Identifier(Kind.UID, STUDY_UID),
)
KNOWN = Identifiers(frozenset(PLANTED))


def a_named_image(sop_class: str = "1.2.840.10008.5.1.4.1.1.2", modality: str = "CT") -> Dataset:
    """Return an image of the patient, with identifying values in public, private, nested and text attributes."""
    import pydicom
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian

    data = pydicom.Dataset()
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.file_meta.SourceApplicationEntityTitle = "NORDHAFEN"
    data.preamble = f"{PATIENT_ID}".encode().ljust(128, b"\0")
    data.SpecificCharacterSet = "ISO_IR 100"
    data.SOPClassUID, data.SOPInstanceUID, data.Modality = sop_class, f"{STUDY_UID}.3", modality
    data.StudyInstanceUID, data.SeriesInstanceUID = STUDY_UID, f"{STUDY_UID}.2"
    data.PatientName, data.PatientID, data.PatientBirthDate = NAME, PATIENT_ID, BIRTH_DATE
    data.PatientSex, data.PatientAge, data.PatientAddress = "F", "093Y", "Hafenstrasse 12, Nordhafen"
    data.StudyDate = data.SeriesDate = data.AcquisitionDate = STUDY_DATE
    data.AcquisitionDateTime, data.StudyTime = f"{STUDY_DATE}101530.5+0100", "101530"
    data.AccessionNumber, data.InstitutionName = ACCESSION, INSTITUTION
    data.ReferringPhysicianName, data.OperatorsName = "Quastenflosser^Ute", "Quastenflosser^Ute"
    data.SeriesDescription = "CT Neck venous Brückmöller 0.5mm"
    data.ImageComments, data.DeviceSerialNumber = f"Frau Brückmöller, geb. {BIRTH_DATE}", "SN998877"
    data.ReferencedStudySequence = [_reference()]
    data.SourceImageSequence = [_reference()]
    _add_private(data)
    _add_pixels(data)
    return data


def _reference() -> Dataset:
    import pydicom

    item = pydicom.Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", f"{STUDY_UID}.9"
    item.PatientName = NAME
    return item


def _add_private(data: Dataset) -> None:
    data.private_block(0x0029, "SIEMENS CSA HEADER", create=True).add_new(0x20, "OB", f"SV10{NAME}".encode("latin-1"))
    data.private_block(0x00E1, "ELSCINT1", create=True).add_new(0x40, "LO", "MonoE 40keV Brückmöller")
    data.private_block(0x01F7, "ELSCINT1", create=True).add_new(0xCB, "DS", "40")
    data.private_block(0x0099, "HOME MADE", create=True).add_new(0x01, "LO", NAME)


def _add_pixels(data: Dataset) -> None:
    data.Rows = data.Columns = 16
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 12, 11, 0
    data.RescaleIntercept, data.RescaleSlope, data.KVP = -1024, 1, 120
    data.ImageOrientationPatient, data.ImagePositionPatient = [1, 0, 0, 0, 1, 0], [0, 0, -10.5]
    data.PixelSpacing = [0.5, 0.5]
    data.PixelData = np.arange(256, dtype="<u2").tobytes()
