"""Slicer's DICOM database, as far as it is needed here: MR studies, and the files of studies, series and images.

Without a database (none was set up yet, or Slicer runs without its DICOM module) there are none of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import slicer

if TYPE_CHECKING:
    from collections.abc import Iterable

MR = "MR"


@dataclass(frozen=True)
class DatabaseStudy:
    """One study with MR series.

    Attributes
    ----------
    uid : StudyInstanceUID.
    title : what the DICOM browser shows of it. For the screen only: it names the patient.
    """

    uid: str
    title: str


def open_database() -> Any:
    """Return the database (ctkDICOMDatabase); None when there is none, or it is not open."""
    database = getattr(slicer, "dicomDatabase", None)
    return database if database is not None and database.isOpen else None


def mr_studies() -> tuple[DatabaseStudy, ...]:
    """Return the studies that have an MR series, in the order of the DICOM browser."""
    database = open_database()
    if database is None:
        return ()
    return tuple(
        DatabaseStudy(study, _title(database, patient, study))
        for patient in database.patients()
        for study in database.studiesForPatient(patient)
        if any(database.fieldForSeries("Modality", each) == MR for each in database.seriesForStudy(study))
    )


def files_of_study(study_uid: str) -> tuple[Path, ...]:
    """Return the files of all series of a study."""
    database = open_database()
    return () if database is None else files_of_series(database.seriesForStudy(study_uid))


def files_of_series(series_uids: Iterable[str]) -> tuple[Path, ...]:
    """Return the files of series."""
    database = open_database()
    if database is None:
        return ()
    return tuple(Path(file) for uid in series_uids for file in database.filesForSeries(uid) if file)


def files_of_images(instance_uids: Iterable[str]) -> tuple[Path, ...]:
    """Return the files of images; those that the database does not know are left out."""
    database = open_database()
    if database is None:
        return ()
    files = (database.fileForInstance(uid) for uid in instance_uids)
    return tuple(Path(file) for file in files if file)


def study_of_file(file: Path) -> str:
    """Return the StudyInstanceUID of a file of the database; empty when it knows none."""
    database = open_database()
    if database is None:
        return ""
    series = database.seriesForFile(str(file))
    return str(database.studyForSeries(series)) if series else ""


def _title(database: Any, patient: str, study: str) -> str:
    parts = (
        database.nameForPatient(patient),
        database.fieldForStudy("StudyDate", study),
        database.descriptionForStudy(study),
    )
    return " · ".join(part for part in parts if part) or study
