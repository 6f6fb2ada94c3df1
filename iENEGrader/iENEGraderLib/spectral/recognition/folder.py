"""Every series of a folder and its subfolders: what each is, or why it cannot be read."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.volume_file import volume_format

from iENEGraderLib.spectral.recognition.plausibility import TissueReport, tissue_report
from iENEGraderLib.spectral.recognition.several import dicom_series_of, series_number
from iENEGraderLib.spectral.recognition.spectral_series import SpectralSeries, read_spectral_series

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.dicom_header import DicomSlice


@dataclass(frozen=True, eq=False)
class FoundSeries:
    """A series of a folder.

    Attributes
    ----------
    path : folder or file that holds it.
    number : Series Number (0020,0011), ``None`` where there is none.
    images : number of DICOM images, 0 for a volume file.
    series : what it is, without its voxels; ``None`` when it cannot be read.
    tissues : fat and muscle in it, where it can be read.
    problem : why it cannot be read.
    """

    path: Path
    number: int | None
    images: int
    series: SpectralSeries | None
    tissues: TissueReport | None = None
    problem: str = ""


def read_folder(folder: Path) -> tuple[FoundSeries, ...]:
    """Read every series of a folder and its subfolders, DICOM and volume files, and tell what each is.

    Parameters
    ----------
    folder : exists.

    Raises
    ------
    InputError
        when there is no image in it, or a DICOM header cannot be read.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    by_uid = dicom_series_of(files)
    found = [_dicom(folder, slices, list(by_uid)) for slices in by_uid]
    found += [_read(str(path), path, None, 0) for path in files if volume_format(path) is not None]
    if not found:
        raise InputError(f"{folder}: no image in it; give a folder of DICOM files, NRRD, NIfTI or MetaImage")
    return tuple(found)


def _dicom(folder: Path, slices: list[DicomSlice], everything: list[list[DicomSlice]]) -> FoundSeries:
    """Read a series by its own folder where it has one, else by its number."""
    number, home = series_number(slices), _home(slices)
    others = [each for each in everything if each is not slices]
    if not any(one.path.is_relative_to(home) for each in others for one in each):
        return _read(str(home), home, number, len(slices))
    if number is None or any(series_number(each) == number for each in others):
        problem = f"series number {number} is not its own here; move it into a folder of its own"
        return FoundSeries(home, number, len(slices), None, problem=problem)
    return _read(f"{folder}:series={number}", folder, number, len(slices))


def _read(given: str, path: Path, number: int | None, images: int) -> FoundSeries:
    try:
        series = read_spectral_series(given)
    except InputError as error:
        return FoundSeries(path, number, images, None, problem=str(error))
    tissues = tissue_report(series)
    # A folder may hold more voxels than memory; what follows needs the grid alone.
    empty = np.broadcast_to(np.int16(0), series.image.voxels.shape)
    return FoundSeries(path, number, images, replace(series, image=replace(series.image, voxels=empty)), tissues)


def _home(slices: list[DicomSlice]) -> Path:
    """Return the folder of all files of a series, or the file itself when it is only one."""
    paths = [one.path for one in slices]
    return paths[0] if len(paths) == 1 else Path(os.path.commonpath([path.parent for path in paths]))
