"""Tiny DICOM CT series for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    import pydicom

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def ct_voxels(slices: int = 5, rows: int = 8, columns: int = 6) -> np.ndarray:
    """Voxels [k, j, i] that all differ, in HU."""
    return np.arange(slices * rows * columns).reshape(slices, rows, columns) - 1000


def write_ct_series(
    folder: Path,
    voxels: np.ndarray,
    *,
    orientation: tuple[float, ...] = AXIAL,
    step_lps_mm: tuple[float, float, float] = (0.0, 0.0, 2.5),
    positions: list[tuple[float, float, float]] | None = None,
    **header: Any,
) -> Path:
    """Write one file per slice, in an order unlike their positions; ``header`` replaces single attributes."""
    from pydicom.uid import generate_uid

    folder.mkdir(exist_ok=True)
    shared = {"SeriesInstanceUID": generate_uid(), "SeriesNumber": 4} | header
    for k, section in enumerate(voxels):
        data = _ct_slice(section)
        data.ImageOrientationPatient = list(orientation)
        place = positions[k] if positions else tuple(-10.0 + k * s for s in step_lps_mm)
        data.ImagePositionPatient = [round(x, 6) for x in place]
        for name, value in shared.items():
            setattr(data, name, value)
        data.save_as(folder / f"{(k * 7) % 101:03d}.dcm", enforce_file_format=True)
    return folder


def _ct_slice(section: np.ndarray) -> pydicom.Dataset:
    import pydicom
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

    data = pydicom.Dataset()
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.SOPClassUID = CTImageStorage
    data.SOPInstanceUID = generate_uid()
    data.Modality = "CT"
    data.Rows, data.Columns = section.shape
    data.PixelSpacing = [0.7, 0.6]
    data.SliceThickness = 2.5
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 16, 15, 0
    data.RescaleIntercept, data.RescaleSlope, data.RescaleType, data.KVP = -1024, 1, "HU", 120
    data.PixelData = (section + 1024).astype("<u2").tobytes()
    return data
