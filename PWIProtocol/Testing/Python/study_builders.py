"""Tiny MR series on disk for tests: classic and enhanced, any transfer syntax, no vendor's full header."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from pydicom import Dataset

LITTLE, IMPLICIT, BIG = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2", "1.2.840.10008.1.2.2"
DEFLATED, JPEG_LOSSLESS = "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.4.70"
CLASSIC_MR, ENHANCED_MR = "1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.5.1.4.1.1.4.1"
AXIAL = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]
STUDY_UID = "1.2.826.0.1.3680043.8.498.1"

SPOILED_GRADIENT_ECHO = {
    "SOPClassUID": CLASSIC_MR,
    "Modality": "MR",
    "Manufacturer": "SIEMENS",
    "ImageType": ["ORIGINAL", "PRIMARY", "M"],
    "AcquisitionDate": "20240105",
    "ScanningSequence": "GR",
    "SequenceVariant": ["SP", "OSP"],
    "MRAcquisitionType": "3D",
    "ProtocolName": "dynamic",
    "SliceThickness": "3",
    "RepetitionTime": "4.5",
    "EchoTime": "1.8",
    "FlipAngle": "15",
    "StudyInstanceUID": STUDY_UID,
    "SeriesInstanceUID": STUDY_UID + ".5",
    "SeriesNumber": "5",
    "FrameOfReferenceUID": STUDY_UID + ".9",
    "ImageOrientationPatient": AXIAL,
    "Rows": 16,
    "Columns": 16,
    "PixelSpacing": [1.0, 1.0],
    "SamplesPerPixel": 1,
}


def a_data_set(**attributes: Any) -> Dataset:
    """Return attributes by keyword as a data set; None leaves one out."""
    import pydicom

    data = pydicom.Dataset()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # malformed values are wanted here
        for keyword, value in attributes.items():
            if value is not None:
                setattr(data, keyword, value)
    return data


def write(path: Path, data: Dataset, syntax: str = LITTLE) -> Path:
    """Write a data set as a DICOM file, with a little pixel data behind the header."""
    import pydicom
    from pydicom.dataset import FileMetaDataset
    from pydicom.encaps import encapsulate

    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = syntax
    data.file_meta.MediaStorageSOPClassUID = data.get("SOPClassUID") or CLASSIC_MR
    data.file_meta.MediaStorageSOPInstanceUID = data.get("SOPInstanceUID") or "1.2.3"
    pixels = bytes(64)
    data.PixelData = encapsulate([pixels]) if syntax == JPEG_LOSSLESS else pixels
    data["PixelData"].VR = "OB" if syntax == JPEG_LOSSLESS else "OW"
    path.parent.mkdir(parents=True, exist_ok=True)
    pydicom.dcmwrite(path, data, enforce_file_format=True)
    return path


def clock(seconds: float) -> str:
    """Return seconds of the day as a DICOM time; a second day starts anew."""
    whole = int(seconds % 86400)
    return f"{whole // 3600:02d}{whole // 60 % 60:02d}{whole % 60:02d}.{round(seconds % 1 * 1e6):06d}"


def moment(seconds: float) -> str:
    """Return seconds of the day as a DICOM date with time."""
    return "20240105" + clock(seconds)


def write_dynamic(
    folder: Path,
    times_s: Sequence[float] = (0.0, 4.0, 8.0, 12.0),
    *,
    slices: int = 3,
    start_s: float = 36000.0,
    per_plane: Callable[[int, int], dict[str, Any]] | None = None,
    **attributes: Any,
) -> Path:
    """Write a classic dynamic, one file per slice and time point; AcquisitionTime tells the time.

    Parameters
    ----------
    per_plane : further attributes of one image, from the numbers of its time point and its slice.
    attributes : attributes of all images; None leaves one out.
    """
    shared = SPOILED_GRADIENT_ECHO | attributes
    for t, time_s in enumerate(times_s):
        for k in range(slices):
            number = t * slices + k + 1
            own = {
                "SOPInstanceUID": f"{shared.get('SeriesInstanceUID') or '1.2'}.{number}",
                "InstanceNumber": str(number),
                "AcquisitionTime": clock(start_s + time_s),
                "ImagePositionPatient": [-10.0, -20.0, 3.0 * k],
            }
            changed = per_plane(t, k) if per_plane else {}
            write(folder / f"{number:04d}.dcm", a_data_set(**shared | own | attributes | changed))
    return folder


def enhanced_file(
    times: Sequence[str],
    *,
    slices: int = 3,
    shared_groups: dict[str, dict[str, Any]] | None = None,
    **attributes: Any,
) -> Dataset:
    """Return an enhanced MR image with one frame per slice and time (FrameAcquisitionDateTime)."""
    top = {
        name: SPOILED_GRADIENT_ECHO[name]
        for name in ("Modality", "Manufacturer", "StudyInstanceUID", "Rows", "Columns")
    }
    top |= {
        "SOPClassUID": ENHANCED_MR,
        "ImageType": ["ORIGINAL", "PRIMARY", "PERFUSION", "NONE"],
        "EchoPulseSequence": "GRADIENT",
        "MRAcquisitionType": "3D",
        "SeriesInstanceUID": STUDY_UID + ".7",
        "SOPInstanceUID": STUDY_UID + ".7.1",
        "SeriesNumber": "7",
        "NumberOfFrames": str(len(times) * slices),
    }
    groups = {
        "PixelMeasuresSequence": {"PixelSpacing": [1.0, 1.0], "SliceThickness": "3"},
        "PlaneOrientationSequence": {"ImageOrientationPatient": AXIAL},
        "MRTimingAndRelatedParametersSequence": {"RepetitionTime": "4.5", "FlipAngle": "12"},
        "MRModifierSequence": {"Spoiling": "RF"},
    }
    data = a_data_set(**top | attributes)
    data.SharedFunctionalGroupsSequence = [_groups(groups | (shared_groups or {}))]
    data.PerFrameFunctionalGroupsSequence = [
        _groups(
            {
                "FrameContentSequence": {"FrameAcquisitionDateTime": time, "TemporalPositionIndex": t + 1},
                "PlanePositionSequence": {"ImagePositionPatient": [-10.0, -20.0, 3.0 * k]},
                "MREchoSequence": {"EffectiveEchoTime": 1.8},
            }
        )
        for t, time in enumerate(times)
        for k in range(slices)
    ]
    return data


def _groups(macros: dict[str, dict[str, Any]]) -> Dataset:
    return a_data_set(**{name: [a_data_set(**content)] for name, content in macros.items()})
