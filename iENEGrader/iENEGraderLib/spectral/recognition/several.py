"""Folders that hold several DICOM series: which, and how to choose one."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.dicom_header import read_headers

from iENEGraderLib.spectral.recognition.header import read_series_header
from iENEGraderLib.spectral.recognition.recognise import recognise

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from HeadNeckNodesLib.imaging.dicom_header import DicomSlice


def dicom_series_of(files: Sequence[Path]) -> list[list[DicomSlice]]:
    """Return the images of each DICOM series among the files, the series sorted by their number."""
    by_uid: dict[str, list[DicomSlice]] = defaultdict(list)
    for one in read_headers(files):
        by_uid[one.series_uid].append(one)
    return sorted(by_uid.values(), key=lambda slices: (series_number(slices) or 0, slices[0].path))


def series_number(slices: Sequence[DicomSlice]) -> int | None:
    """Return the Series Number (0020,0011)."""
    return slices[0].facts.series_number


def require_one_series(folder: Path) -> None:
    """Pass unless a folder holds several DICOM series.

    Raises
    ------
    InputError
        naming each with what it is, and how to choose.
    """
    found = dicom_series_of(sorted(path for path in folder.rglob("*") if path.is_file()))
    if len(found) < 2:
        return
    listed = "; ".join(f"{series_number(slices)} is {_in_words(slices)}, {len(slices)} images" for slices in found)
    raise InputError(
        f"{folder}: holds {len(found)} series, expected one: {listed}; choose one with "
        f":series={series_number(found[0])} behind the path, or let --inspect list them"
    )


def _in_words(slices: Sequence[DicomSlice]) -> str:
    try:
        return recognise(read_series_header(slices)).describe()
    except InputError:
        return f"{slices[0].modality or 'unknown'}, not readable"
