"""Where the files of a study are: in a folder, in Slicer's DICOM database, or behind volumes of the scene."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.scene import dicom_database
from PWIProtocolLib.scene.volume_files import volume_studies

STUDY = "?study="
"""Stands between folder and study in the text of a source."""


class SourceKind(StrEnum):
    """Where files can be."""

    FOLDER = "folder"
    DATABASE = "database"
    SCENE = "scene"


@dataclass(frozen=True)
class StudySource:
    """Where the files of one study are.

    Attributes
    ----------
    key : the folder, or the StudyInstanceUID.
    study : name of the study where the folder holds several; else empty.
    """

    kind: SourceKind
    key: str
    study: str = ""

    def __str__(self) -> str:
        """Text that `source_from` reads."""
        return f"{self.kind.value}:{self.key}" + (f"{STUDY}{self.study}" if self.study else "")

    @property
    def label(self) -> str:
        """Name of the study in results; empty for that of its folder. UIDs and descriptions are never taken for it."""
        return {
            SourceKind.FOLDER: "",
            SourceKind.DATABASE: "study of the DICOM database",
            SourceKind.SCENE: "volumes of the scene",
        }[self.kind]

    def paths(self) -> tuple[Path, ...]:
        """Return the folder, which may hold more than this study, or the files.

        Raises
        ------
        InputError
            When nothing was chosen, or it is not there any more.
        """
        if not self.key:
            raise InputError("no study was chosen: choose a folder, a study of the DICOM database, or loaded volumes")
        if self.kind is SourceKind.FOLDER:
            return (Path(self.key).expanduser(),)
        files = self._files()
        if not files:
            place = "DICOM database" if self.kind is SourceKind.DATABASE else "scene"
            raise InputError(f"the study is no longer in the {place}; choose it again, or the folder of its files")
        return files

    def _files(self) -> tuple[Path, ...]:
        if self.kind is SourceKind.DATABASE:
            return dicom_database.files_of_study(self.key)
        return next((each.files for each in volume_studies() if each.uid == self.key), ())


def source_from(text: str) -> StudySource | None:
    """Return the source that a text names; None when it names none."""
    kind, _, place = text.partition(":")
    key, _, study = place.partition(STUDY)
    return StudySource(SourceKind(kind), key, study) if kind in set(SourceKind) else None
