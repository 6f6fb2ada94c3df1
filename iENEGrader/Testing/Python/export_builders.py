"""Small cases to export: an image, segments and a reading as files, with and without DICOM, and as a scene bundle."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK
from iENEGraderLib.reading import Reading, reading_from_json

if TYPE_CHECKING:
    from pathlib import Path

SIZE_KJI = (12, 24, 24)
SPACING = (2.0, 2.0, 3.0)
ORIGIN = (-23.0, -23.0, -250.0)
FACE_FROM_SECTION = 2
PATIENT, PATIENT_ID, BIRTH_DATE = "Quillfeather^Ottilie", "MRN-4711-0815", "19510203"

DOCUMENT: dict[str, Any] = {
    "schema": "hnn-reading/1",
    "case_id": "X1",
    "reader": "R1",
    "read_at": "2026-11-22T10:00:00Z",
    "site": "larynx",
    "primary_side": "right",
    "T": "T2",
    "M": "M0",
    "recent_biopsy": "no",
    "prior_treatment": "no",
    "nodes": [
        {
            "id": "A",
            "side": "right",
            "level": "III",
            "segment_id": "s1",
            "greatest_dimension_mm": 14.0,
            "findings": {"fat_spikes": "unequivocal", "muscle_invasion": "equivocal"},
            "evidence": [
                {"kind": "contact_angle", "structure": "internal_carotid_artery", "value": 95.5, "unit": "deg",
                 "uncertainty": 8.0, "class": "not_met", "place": {"ras_mm": [11.0, 0.0, -232.0]}},
                {"kind": "contact_angle", "structure": "internal_jugular_vein", "value": 120.0, "unit": "deg"},
            ],
        },
        {"id": "B", "side": "left", "level": "III", "segment_id": "node_left", "greatest_dimension_mm": 11.0},
    ],
}  # fmt: skip


def a_reading(**changes: Any) -> Reading:
    """Return the reading of the case, with some entries of the document changed."""
    return reading_from_json(DOCUMENT | changes)


def neck_voxels() -> np.ndarray:
    """Return HU of soft tissue in air."""
    _, j, i = np.indices(SIZE_KJI)
    return np.where((i - 11.5) ** 2 + (j - 11.5) ** 2 < 110, 40, -1000).astype(np.int16)


def neck_labels() -> np.ndarray:
    """Return the label of a node on the right (1) and of one on the left (2)."""
    k, j, i = np.indices(SIZE_KJI)
    labels = np.zeros(SIZE_KJI, np.uint8)
    labels[(i - 6) ** 2 + (j - 12) ** 2 + (1.5 * (k - 6)) ** 2 < 14] = 1
    labels[(i - 17) ** 2 + (j - 12) ** 2 + (1.5 * (k - 5)) ** 2 < 10] = 2
    return labels


@dataclass(frozen=True)
class CaseFolder:
    """The files of a case in one folder."""

    folder: Path

    @property
    def image(self) -> Path:
        """The image as NRRD."""
        return self.folder / "ct.nrrd"

    @property
    def dicom(self) -> Path:
        """Folder of the image as DICOM."""
        return self.folder / "series"

    @property
    def segmentation(self) -> Path:
        """The nodes."""
        return self.folder / "nodes.seg.nrrd"

    @property
    def reading(self) -> Path:
        """The reading document."""
        return self.folder / "reading.json"


def write_case(folder: Path, *, dicom: bool = False, mandible: bool = False, **changes: Any) -> CaseFolder:
    """Write the files of a case.

    Parameters
    ----------
    dicom : write the image as DICOM series of a patient, not as NRRD.
    mandible : add a segment that tells where the face begins: the third section.
    changes : entries of its reading document.
    """
    case = CaseFolder(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if dicom:
        write_dicom(case.dicom)
    else:
        SimpleITK.WriteImage(_volume(neck_voxels()), str(case.image))
    voxels, names = neck_labels(), ["node_right", "node_left"]
    if mandible:
        voxels[FACE_FROM_SECTION, 9:12, 10:13] = 3
        names.append("mandible")
    labels = _volume(voxels)
    for number, name in enumerate(names):
        values = {"ID": f"s{number + 1}", "Name": name, "LabelValue": str(number + 1), "Layer": "0"}
        for key, value in values.items():
            labels.SetMetaData(f"Segment{number}_{key}", value)
    SimpleITK.WriteImage(labels, str(case.segmentation))
    case.reading.write_text(json.dumps(DOCUMENT | changes), encoding="utf-8")
    return case


def write_map(path: Path, kind: str, unit: str, value: float, spacing: tuple[float, float, float] = SPACING) -> None:
    """Write a map of one value that says what it is, as `hnn spectral` does."""
    volume = _volume(np.full(SIZE_KJI, value, np.float32), spacing)
    volume.SetMetaData("HeadNeckNodes.map", kind)
    volume.SetMetaData("HeadNeckNodes.unit", unit)
    SimpleITK.WriteImage(volume, str(path))


def _volume(voxels: np.ndarray, spacing: tuple[float, float, float] = SPACING) -> SimpleITK.Image:
    volume = SimpleITK.GetImageFromArray(voxels)
    volume.SetSpacing(spacing)
    volume.SetOrigin(ORIGIN)
    return volume


def write_dicom(folder: Path) -> None:
    """Write the image as a CT series of a patient with a name, an id and a birth date."""
    import pydicom
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

    folder.mkdir(parents=True)
    study, series, frame = generate_uid(), generate_uid(), generate_uid()
    for k, plane in enumerate(neck_voxels()):
        data = pydicom.Dataset()
        data.PatientName, data.PatientID, data.PatientBirthDate, data.PatientSex = PATIENT, PATIENT_ID, BIRTH_DATE, "F"
        data.StudyInstanceUID, data.SeriesInstanceUID, data.FrameOfReferenceUID = study, series, frame
        data.SOPClassUID, data.SOPInstanceUID = CTImageStorage, generate_uid()
        data.StudyDate, data.StudyTime, data.AccessionNumber, data.StudyID = "20250607", "101112", "ACC-99417", "77"
        data.ReferringPhysicianName, data.InstitutionName = "Brackenbury^Tobias", "Klinik Musterhausen"
        data.Modality, data.Manufacturer, data.SeriesNumber, data.InstanceNumber = "CT", "Acme", 3, k + 1
        data.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
        data.Rows, data.Columns = plane.shape
        data.PixelSpacing, data.SliceThickness = [SPACING[1], SPACING[0]], SPACING[2]
        data.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        data.ImagePositionPatient = [ORIGIN[0], ORIGIN[1], ORIGIN[2] + SPACING[2] * k]
        data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
        data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 16, 15, 1
        data.RescaleIntercept, data.RescaleSlope, data.RescaleType = "0", "1", "HU"
        data.PixelData = plane.tobytes()
        data.file_meta = pydicom.dataset.FileMetaDataset()
        data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        data.save_as(folder / f"IM{k:03}.dcm", enforce_file_format=True)
