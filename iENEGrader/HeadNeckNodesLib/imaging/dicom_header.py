"""Find the DICOM images of a folder and read the header facts that geometry and units depend on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.image import HeaderFacts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike

    from pydicom import Dataset

TAGS = [
    "Modality SeriesInstanceUID SeriesNumber Rows Columns NumberOfFrames SamplesPerPixel PhotometricInterpretation",
    "ImagePositionPatient ImageOrientationPatient PixelSpacing SliceThickness RescaleType KVP",
]


@dataclass(frozen=True)
class DicomSlice:
    """One DICOM image: its file and the header facts needed to place it. ``None`` where the header says nothing."""

    path: Path
    series_uid: str
    modality: str
    rows: int
    columns: int
    frames: int
    samples: int
    photometric: str
    position: tuple[float, ...] | None
    orientation: tuple[float, ...] | None
    pixel_spacing: tuple[float, ...] | None
    facts: HeaderFacts


def is_dicom(path: str | PathLike[str]) -> bool:
    """Tell whether a file carries the DICOM mark (``DICM`` at byte 128)."""
    try:
        with Path(path).open("rb") as stream:
            stream.seek(128)
            return stream.read(4) == b"DICM"
    except OSError:
        return False


def read_headers(paths: Iterable[Path]) -> list[DicomSlice]:
    """Read the headers of those DICOM files that hold an image; others (reports, directories) are passed over.

    Raises
    ------
    InputError
        when a file has the mark of DICOM and a header that cannot be read.
    """
    import pydicom

    tags = " ".join(TAGS).split()
    found = []
    for path in paths:
        if not is_dicom(path):
            continue
        try:
            data = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=tags)
            if "Rows" in data:
                found.append(_slice_of(path, data))
        except (pydicom.errors.InvalidDicomError, AttributeError, EOFError, TypeError, ValueError) as error:
            raise InputError(f"{path}: its DICOM header cannot be read; export or copy the file again") from error
    return found


def _slice_of(path: Path, data: Dataset) -> DicomSlice:
    facts = HeaderFacts(
        rescale_type=str(data.get("RescaleType") or "").strip() or None,
        kvp=_number(data.get("KVP")),
        slice_thickness_mm=_number(data.get("SliceThickness")),
        series_number=None if data.get("SeriesNumber") is None else int(data.SeriesNumber),
    )
    return DicomSlice(
        path=path,
        series_uid=str(data.get("SeriesInstanceUID", "")),
        modality=str(data.get("Modality", "")),
        rows=int(data.Rows),
        columns=int(data.get("Columns") or 0),
        frames=int(data.get("NumberOfFrames") or 1),
        samples=int(data.get("SamplesPerPixel") or 1),
        photometric=str(data.get("PhotometricInterpretation", "")),
        position=_numbers(data.get("ImagePositionPatient"), 3),
        orientation=_numbers(data.get("ImageOrientationPatient"), 6),
        pixel_spacing=_numbers(data.get("PixelSpacing"), 2),
        facts=facts,
    )


def _number(value: Any) -> float | None:
    return None if value is None or value == "" else float(value)


def _numbers(values: Any, count: int) -> tuple[float, ...] | None:
    if values is None or isinstance(values, str) or len(values) != count:
        return None
    return tuple(float(v) for v in values)
