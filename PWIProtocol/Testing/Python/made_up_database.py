"""A stand-in for Slicer's DICOM database, with the names of CTK's class."""

# ruff: noqa: N802, N815 - the names are CTK's

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


class MadeUpDatabase:
    """Slicer's DICOM database (ctkDICOMDatabase) as the panel knows it: the names of its class, filled from files."""

    isOpen = True

    def __init__(self, *folders: Path) -> None:
        from pydicom import dcmread

        self.images: dict[str, Any] = {}
        for file in sorted(file for folder in folders for file in folder.rglob("*.dcm")):
            self.images[str(file)] = dcmread(file, stop_before_pixels=True)

    def patients(self) -> tuple[str, ...]:
        """One patient."""
        return ("1",)

    def nameForPatient(self, _patient: str) -> str:
        """A name that must not get into results."""
        return "Doe^Jane"

    def studiesForPatient(self, _patient: str) -> tuple[str, ...]:
        """StudyInstanceUIDs."""
        return tuple(dict.fromkeys(str(image.StudyInstanceUID) for image in self.images.values()))

    def seriesForStudy(self, study: str) -> tuple[str, ...]:
        """SeriesInstanceUIDs."""
        found = (str(each.SeriesInstanceUID) for each in self.images.values() if each.StudyInstanceUID == study)
        return tuple(dict.fromkeys(found))

    def fieldForSeries(self, field: str, series: str) -> str:
        """Its modality."""
        assert field == "Modality"
        return next(str(each.Modality) for each in self.images.values() if each.SeriesInstanceUID == series)

    def fieldForStudy(self, field: str, study: str) -> str:
        """A field of the first file."""
        return next(str(each[field].value) for each in self.images.values() if each.StudyInstanceUID == study)

    def descriptionForStudy(self, _study: str) -> str:
        """Its description."""
        return "neck"

    def filesForSeries(self, series: str, _hits: int = -1) -> tuple[str, ...]:
        """Paths."""
        return tuple(file for file, each in self.images.items() if each.SeriesInstanceUID == series)

    def fileForInstance(self, instance: str) -> str:
        """Path, empty for an image that is not there."""
        return next((file for file, each in self.images.items() if each.SOPInstanceUID == instance), "")

    def seriesForFile(self, file: str) -> str:
        """SeriesInstanceUID, empty for a file that is not there."""
        return str(self.images[file].SeriesInstanceUID) if file in self.images else ""

    def studyForSeries(self, series: str) -> str:
        """StudyInstanceUID."""
        return next(str(each.StudyInstanceUID) for each in self.images.values() if each.SeriesInstanceUID == series)
