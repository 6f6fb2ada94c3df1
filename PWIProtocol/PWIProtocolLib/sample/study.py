"""A made-up DCE-MRI study of a neck, small and quickly written: some recommendations are met, some not, some open.

Its signal follows the equations of the perfusion models, so maps can be computed from it. What each criterion must
come to is written down beside it, as a truth that does not come from the check.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from PWIProtocolLib.protocol.recommendations import CriterionId
from PWIProtocolLib.protocol.verdict import Verdict
from PWIProtocolLib.sample.neck_signal import SIZE, Echo, dynamic_signal, precontrast_signal

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

NAME = "sample-dce-study"
FRAMES, INTERVAL_S, INJECTION_S, ONSET_S = 54, 6.0, 42.0, 51.0
SLICES, THICKNESS_MM, PIXEL_MM, MEASURED_PIXEL_MM = 2, 4.0, 1.5, 2.4
FLIP_ANGLE_DEG, COVER_DEG, REPETITION_TIME_MS = 12.0, (5.0, 15.0, 30.0), 4.0
BEGIN = datetime(2026, 1, 5, 9, 30)
MR_IMAGE = "1.2.840.10008.5.1.4.1.1.4"
EXPECTED = {
    CriterionId.DCE_TECHNIQUE: Verdict.MET,
    CriterionId.SEQUENCE_3D_SPGR_T1: Verdict.MET,
    CriterionId.AXIAL: Verdict.MET,
    CriterionId.FIELD_STRENGTH: Verdict.MET,
    CriterionId.COIL: Verdict.CANNOT_TELL,  # no coil is named
    CriterionId.SLICE_THICKNESS: Verdict.MET,  # 4 mm: the limit, not the 3 mm that are advised
    CriterionId.NO_GAP: Verdict.MET,
    CriterionId.IN_PLANE_RESOLUTION: Verdict.NOT_MET,  # pixels of 1.5 mm, interpolated from 2.4 mm
    CriterionId.FAT_SUPPRESSION: Verdict.MET,
    CriterionId.FLIP_ANGLE_COUNT: Verdict.MET,
    CriterionId.FLIP_ANGLE_RANGE: Verdict.OPTIMAL,
    CriterionId.FLIP_ANGLE_GEOMETRY: Verdict.MET,
    CriterionId.FLIP_ANGLES_BEFORE_CONTRAST: Verdict.MET,
    CriterionId.TEMPORAL_RESOLUTION: Verdict.NOT_MET,  # 6 s
    CriterionId.PRECONTRAST_ACQUISITIONS: Verdict.MET,  # 7 frames end before 42 s
    CriterionId.TOTAL_TIME: Verdict.MET,  # 54 frames of 6 s: 324 s
    CriterionId.CONTRAST_DOSE: Verdict.CANNOT_TELL,  # the agent is named, neither volume nor weight is
    CriterionId.INJECTION_RATE_AND_FLUSH: Verdict.CANNOT_TELL,  # 3 mL/s; DICOM has no place for the flush
}
"""What each criterion comes to before anything is entered."""


def write_sample_study(folder: Path) -> Path:
    """Write the study as DICOM files, 0.5 MB in all.

    Parameters
    ----------
    folder : gets a folder of that study, which may be there from an earlier time.

    Returns
    -------
    Path
        The folder of the study.
    """
    study = folder / NAME
    for number, angle in enumerate(COVER_DEG):
        data = _volume(10 + number, angle, (number - 10) * 30.0)
        _write_volume(study / "flip-angles", data, precontrast_signal(_echo(angle)), frame=None)
    times = INTERVAL_S * np.arange(FRAMES, dtype=np.float64)
    for frame, signal in enumerate(dynamic_signal(_echo(FLIP_ANGLE_DEG), times, ONSET_S)):
        data = _volume(20, FLIP_ANGLE_DEG, float(times[frame]))
        _write_volume(study / "dynamic", data, signal, frame)
    return study


def _echo(flip_angle_deg: float) -> Echo:
    return Echo(flip_angle_deg, REPETITION_TIME_MS / 1000.0)


def _write_volume(folder: Path, data: Dataset, signal: NDArray[np.float64], frame: int | None) -> None:
    """Write the slices of one volume; only those of the dynamic series have a frame."""
    folder.mkdir(parents=True, exist_ok=True)
    series = int(data.SeriesNumber)
    if frame is not None:
        _set(data, AcquisitionNumber=frame + 1, ContrastBolusAgent="Gadovist", ContrastBolusRoute="IV",
             ContrastBolusStartTime=_clock(INJECTION_S), ContrastFlowRate=3.0)  # fmt: skip
    for index in range(SLICES):
        number = (frame or 0) * SLICES + index + 1
        voxels = _voxels(signal, np.random.default_rng([series, number]))
        _set(data, SOPInstanceUID=_uid(series, number), InstanceNumber=number, PixelData=voxels.tobytes(),
             ImagePositionPatient=[-18.0, -18.0, index * THICKNESS_MM])  # fmt: skip
        _save(data, folder / f"{series}-{number:03d}.dcm")


def _volume(series: int, flip_angle_deg: float, start_s: float) -> Dataset:
    from pydicom.dataset import Dataset

    data = Dataset()
    measured = round(SIZE * PIXEL_MM / MEASURED_PIXEL_MM)
    _set(data, SOPClassUID=MR_IMAGE, Modality="MR", Manufacturer="made up", ImageType=["ORIGINAL", "PRIMARY", "M"],
         PatientName="Sample", PatientID="sample", PatientPosition="HFS", BodyPartExamined="NECK",
         StudyInstanceUID=_uid(0, 0), SeriesInstanceUID=_uid(series, 0), FrameOfReferenceUID=_uid(0, 1),
         StudyDate=f"{BEGIN:%Y%m%d}", StudyTime=_clock(-900.0), SeriesNumber=series,
         AcquisitionDate=f"{BEGIN:%Y%m%d}", AcquisitionTime=_clock(start_s))  # fmt: skip
    _set(data, ScanningSequence="GR", SequenceVariant="SP", ScanOptions="FS", MRAcquisitionType="3D",
         RepetitionTime=REPETITION_TIME_MS, EchoTime=1.5, EchoTrainLength=1, FlipAngle=flip_angle_deg,
         MagneticFieldStrength=3.0, SliceThickness=THICKNESS_MM, SpacingBetweenSlices=THICKNESS_MM,
         PixelSpacing=[PIXEL_MM, PIXEL_MM], AcquisitionMatrix=[measured, 0, 0, measured],
         InPlanePhaseEncodingDirection="COL", ImageOrientationPatient=[1.0, 0.0, 0.0, 0.0, 1.0, 0.0])  # fmt: skip
    _set(data, SamplesPerPixel=1, PhotometricInterpretation="MONOCHROME2", Rows=SIZE, Columns=SIZE, BitsAllocated=16,
         BitsStored=12, HighBit=11, PixelRepresentation=0)  # fmt: skip
    return data


def _voxels(signal: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.uint16]:
    """Return a slice as it is stored: with a little noise, in whole numbers."""
    image = signal + random.normal(0.0, 1.0, signal.shape)
    stored: NDArray[np.uint16] = np.clip(np.rint(image), 0, 4095).astype(np.uint16)
    return stored


def _set(data: Dataset, **attributes: Any) -> None:
    for keyword, value in attributes.items():
        setattr(data, keyword, value)


def _clock(start_s: float) -> str:
    return f"{BEGIN + timedelta(seconds=start_s):%H%M%S.%f}"


def _uid(series: int, number: int) -> str:
    from pydicom.uid import generate_uid

    return str(generate_uid(entropy_srcs=[NAME, str(series), str(number)]))


def _save(data: Dataset, path: Path) -> None:
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian

    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
    data.save_as(path, enforce_file_format=True)
