"""Files that hold work which is not saved yet: their names, and what is found in them. No Qt, no Slicer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.panel.session.automatic_names import file_stem
from iENEGraderLib.reading import load_reading

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from iENEGraderLib.reading import Reading

SUFFIX = ".autosave.json"


@dataclass(frozen=True)
class UnsavedWork:
    """A reading found in an autosave file.

    Attributes
    ----------
    written : when it was written, seconds since the epoch.
    """

    file: Path
    reading: Reading
    written: float


def autosave_name(reading: Reading) -> str:
    """Return the name of a reading's file: case and reader, nothing else that could tell who the patient is."""
    return file_stem(".".join(filter(None, (reading.case_id, reading.reader)))) + SUFFIX


def free_file(folder: Path, name: str, own: Path | None) -> Path:
    """Return a file of this name that overwrites nobody's work: with a number when the name is taken.

    Parameters
    ----------
    own : file that may be overwritten.
    """
    stem = name.removesuffix(SUFFIX)
    number = 1
    file = folder / name
    while file != own and file.exists():
        number += 1
        file = folder / f"{stem}.{number}{SUFFIX}"
    return file


def unsaved_work(folders: Sequence[Path], without: Collection[Path] = ()) -> tuple[UnsavedWork, ...]:
    """Return what is found in folders, newest first; files that are no readings are passed over.

    Parameters
    ----------
    without : files that are known already.
    """
    files = {file for folder in folders for file in _files_in(folder) if file not in without}
    found = [work for file in files if (work := _work_in(file)) is not None]
    return tuple(sorted(found, key=lambda work: (-work.written, str(work.file))))


def _files_in(folder: Path) -> list[Path]:
    try:
        return list(folder.glob(f"*{SUFFIX}"))
    except OSError:
        return []


def _work_in(file: Path) -> UnsavedWork | None:
    try:
        return UnsavedWork(file, load_reading(file), file.stat().st_mtime)
    except (InputError, OSError):
        return None
