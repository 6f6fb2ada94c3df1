"""Saving DICOM objects, whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from HeadNeckNodesLib.files import replaced_when_complete, write_errors_explained

if TYPE_CHECKING:
    from os import PathLike
    from pathlib import Path

    from pydicom import Dataset


def save_whole(data: Dataset, path: str | Path | PathLike[str]) -> None:
    """Save an object so that its file appears when it is complete; a file of that name is replaced.

    Raises
    ------
    InputError
        When the file cannot be written.
    """
    with replaced_when_complete(str(path)) as temporary, write_errors_explained(str(path)):
        data.save_as(temporary, enforce_file_format=True)
