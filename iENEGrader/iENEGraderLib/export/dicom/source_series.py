"""The DICOM images that a segmentation and a report refer to, with the grid they form."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.dicom_series import is_dicom, read_dicom

from iENEGraderLib.export.dicom.quiet import no_values_in_warnings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from os import PathLike

    from HeadNeckNodesLib.imaging.image import Image
    from pydicom import Dataset

    Point = tuple[float, float, float]

NEEDED = "StudyInstanceUID SeriesInstanceUID SOPInstanceUID SOPClassUID FrameOfReferenceUID"
EMPTY_IF_MISSING = (
    "PatientName PatientID PatientBirthDate PatientSex StudyDate StudyTime StudyID AccessionNumber "
    "ReferringPhysicianName"
)
OFF_GRID_TOLERANCE = 0.05
"""Share of a voxel by which an image may lie beside its place in the grid."""


@dataclass(frozen=True, eq=False)
class SourceSeries:
    """One DICOM series.

    Attributes
    ----------
    image : its voxels and grid.
    headers : its images without pixels, one for each section, in the order of the grid (k).
    is_made : whether this program made the series because the image was no DICOM.
    moment : when objects that refer to it say that they were made; None for the present.
    """

    image: Image
    headers: tuple[Dataset, ...]
    is_made: bool = False
    moment: datetime | None = None

    @property
    def frame_of_reference_uid(self) -> str:
        """Frame of reference of all images."""
        return str(self.headers[0].FrameOfReferenceUID)

    @property
    def series_uid(self) -> str:
        """Series instance UID."""
        return str(self.headers[0].SeriesInstanceUID)

    def section_at(self, ras_mm: Point) -> int | None:
        """Return the index of the section nearest to a place; None when the place lies outside of the images."""
        k = round(float(self.image.geometry.kji_from_ras(ras_mm)[0]))
        return k if 0 <= k < len(self.headers) else None

    def header_at(self, ras_mm: Point) -> Dataset | None:
        """Return the image nearest to a place; None when the place lies outside of the images."""
        section = self.section_at(ras_mm)
        return None if section is None else self.headers[section]


@no_values_in_warnings()
def read_source_series(folder: str | PathLike[str], series: int | None = None) -> SourceSeries:
    """Read the series of a folder, as :func:`read_dicom` does, with the headers that objects refer to.

    Raises
    ------
    InputError
        When there is no regular series, or when its images lack the identifiers that other objects refer to.
    """
    image = read_dicom(folder, series)
    headers = [header for header in _headers(Path(folder)) if _belongs(header, image, series)]
    return SourceSeries(image, _in_order(headers, image, folder))


def _headers(folder: Path) -> list[Dataset]:
    import pydicom

    files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else [folder]
    return [pydicom.dcmread(path, stop_before_pixels=True) for path in files if is_dicom(path)]


def _belongs(header: Dataset, image: Image, series: int | None) -> bool:
    """Tell whether a file is an image of the series that was read: there is one series, or it was named by number."""
    is_named = series is None or header.get("SeriesNumber") == series
    return "Rows" in header and is_named and str(header.get("Modality", "")) == image.modality


def _in_order(headers: Sequence[Dataset], image: Image, folder: str | PathLike[str]) -> tuple[Dataset, ...]:
    """Return one header for each section of the image."""
    placed: dict[int, Dataset] = {}
    for header in headers:
        missing = [name for name in NEEDED.split() if not header.get(name)]
        if missing:
            raise InputError(
                f"{folder}: the images lack {', '.join(missing)}, so no DICOM object can refer to them; export them "
                "again from the archive, or give the image as NRRD"
            )
        x, y, z = (float(value) for value in header.ImagePositionPatient)
        k, j, i = image.geometry.kji_from_ras((-x, -y, z)).tolist()
        if max(abs(k - round(k)), abs(j), abs(i)) <= OFF_GRID_TOLERANCE:
            placed[round(k)] = _completed(header)
    sections = image.geometry.size_ijk[2]
    if sorted(placed) != list(range(sections)):
        raise InputError(
            f"{folder}: found the images of {len(placed)} of {sections} sections; give a folder with this series alone"
        )
    return tuple(placed[k] for k in range(len(placed)))


def _completed(header: Dataset) -> Dataset:
    """Add the attributes that every object must have, empty, where an image has left them out."""
    for name in EMPTY_IF_MISSING.split():
        if name not in header:
            setattr(header, name, None)
    return header
