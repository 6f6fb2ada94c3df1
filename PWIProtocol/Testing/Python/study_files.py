"""What all files of a made-up study share: its identifiers, changes of attributes, and how they are written."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from study_plan import PLANTED, PLANTED_BIRTH_DATE, SIZE, Left, Scan, StudyPlan, date, time

if TYPE_CHECKING:
    from pathlib import Path

    from pydicom.dataset import Dataset

MR_IMAGE, ENHANCED_MR_IMAGE = "1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.5.1.4.1.1.4.1"
ROOT = "1.2.826.0.1.3680043.8.498.7"


def item(**attributes: Any) -> Dataset:
    """Return a data set with these attributes."""
    from pydicom.dataset import Dataset

    data = Dataset()
    for keyword, value in attributes.items():
        setattr(data, keyword, value)
    return data


def begun(plan: StudyPlan, scan: Scan, sop_class: str) -> Dataset:
    """Return what stands in every file of a series."""
    data = item(SOPClassUID=sop_class)
    data.StudyInstanceUID = f"{ROOT}.{_number(plan)}"
    data.SeriesInstanceUID = f"{data.StudyInstanceUID}.{scan.number}"
    data.FrameOfReferenceUID = f"{data.StudyInstanceUID}.1"
    data.PositionReferenceIndicator, data.BodyPartExamined = "", "NECK"
    _plant(data)
    data.PatientBirthDate, data.PatientSex, data.PatientWeight = PLANTED_BIRTH_DATE, "O", plan.weight_kg
    data.Modality, data.PatientPosition = "MR", "HFS"
    data.StudyDate, data.StudyTime = date(-1200.0), time(-1200.0)
    data.SeriesDate, data.SeriesTime = date(scan.starts_s[0] - 5.0), time(scan.starts_s[0] - 5.0)
    data.SeriesNumber = scan.number
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.Rows = data.Columns = SIZE
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 12, 11, 0
    return data


def _plant(data: Dataset) -> None:
    """Write false identifiers wherever DICOM has room for identifiers and free text."""
    for keyword in ("PatientName", "ReferringPhysicianName", "OperatorsName", "PerformingPhysicianName"):
        setattr(data, keyword, f"{PLANTED}^{keyword}")
    for keyword in ("PatientID", "AccessionNumber", "StudyID", "DeviceSerialNumber", "StationName"):
        setattr(data, keyword, f"{PLANTED}-4711")
    for keyword in ("InstitutionName", "StudyDescription", "SeriesDescription", "ProtocolName", "ImageComments"):
        setattr(data, keyword, f"neck of {PLANTED} {keyword}")
    data.PatientComments = f"call {PLANTED} at home"


def _number(plan: StudyPlan) -> int:
    return 100 + list(type(plan.vendor)).index(plan.vendor)


def changed(data: Dataset, plan: StudyPlan) -> Dataset:
    """Return the file with the changes of the plan, at every depth; the given one stays as it is."""
    if not plan.changes:
        return data
    result = copy(data)
    for keyword, value in plan.changes:
        result = _with(result, keyword, value)
    return result


def _with(data: Dataset, keyword: str, value: Any) -> Dataset:
    result = item()
    for element in data:
        if element.keyword == keyword:
            if value is not Left.OUT:
                setattr(result, keyword, None if value is Left.EMPTY else value)
        elif element.VR == "SQ":
            result.add_new(element.tag, "SQ", [_with(item, keyword, value) for item in element.value])
        else:
            result.add(element)
    return result


def save(data: Dataset, path: Path) -> None:
    """Write a file."""
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian

    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = data.SOPClassUID, data.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.file_meta = meta
    data.save_as(path, enforce_file_format=True)
