"""A computed map as a DICOM CT series that is derived from the series it was computed from.

CT Image Storage, one image for each section, with the attributes of Supplement 188 (Multi-energy CT Images) that are
known, and values in their unit by rescale and by real world value mapping. Patient and study are those of the source.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.export.derived_attributes import copied, derivation, energy_attributes, new_identity, value_units

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from HeadNeckNodesLib.imaging.dicom_header import DicomSlice
    from numpy.typing import NDArray
    from pydicom import Dataset

    from iENEGraderLib.export.derived_attributes import DerivedMap

STORED_LIMITS = (-32768, 32767)


@dataclass(frozen=True)
class NewSeries:
    """Number of the new series, and name and version of the program that makes it."""

    number: int
    software: str


@dataclass(frozen=True, eq=False)
class Sources:
    """Series that a map was computed from.

    Attributes
    ----------
    series : their images, section by section, in the order of the array.
    moved : images of a series that was registered and resampled, so that none of them belongs to one section.
    """

    series: tuple[tuple[DicomSlice, ...], ...]
    moved: tuple[DicomSlice, ...] = ()

    def __post_init__(self) -> None:
        """Refuse series of different length."""
        if not self.series or len({len(one) for one in self.series}) != 1:
            raise InputError("a derived series needs source series with equally many images")


def stored_values(values: NDArray[np.float32], step: float) -> NDArray[np.int16]:
    """Return the values in steps of ``step`` as they are stored; what exceeds 16 bits stops at the end."""
    stored: NDArray[np.int16] = np.clip(np.rint(values / np.float32(step)), *STORED_LIMITS).astype(np.int16)
    return stored


def write_derived_series(
    stored: NDArray[np.int16], sources: Sources, derived: DerivedMap, folder: Path, new: NewSeries
) -> list[Path]:
    """Write a map as a new DICOM series.

    Parameters
    ----------
    stored : the map [k, j, i] in steps of ``derived.step``, on the grid of the sources.
    sources : what it was computed from; patient, study and place are taken from the first of them.
    derived : what the map shows.
    folder : exists and is empty.
    new : what the new series is called.

    Returns
    -------
    The files, in the order of the sections.

    Raises
    ------
    InputError
        when the array has not one section for each source image, or the folder cannot be written to.
    """
    from pydicom.uid import generate_uid

    first = sources.series[0]
    if stored.shape != (len(first), first[0].rows, first[0].columns):
        raise InputError(
            f"the map has shape {stored.shape}, its sources {len(first)} images of {first[0].rows} rows and "
            f"{first[0].columns} columns"
        )
    series_uid, frame_uid, now = generate_uid(), generate_uid(), datetime.now().astimezone()
    files, moved = [], [_header(one) for one in sources.moved]
    for number, section in enumerate(stored):
        parents = [_header(one[number]) for one in sources.series]
        data = copied(parents[0], frame_uid)
        new_identity(data, series_uid, now, new.software)
        data.SeriesNumber, data.InstanceNumber = new.number, number + 1
        derivation(data, [*parents, *moved], derived)
        energy_attributes(data, derived)
        value_units(data, derived)
        _pixels(data, section)
        files.append(_saved(data, folder / f"{number + 1:04d}.dcm"))
    return files


def free_series_number(slices: Sequence[DicomSlice], offset: int) -> int:
    """Return a number for a new series that tells which series it comes from (DICOM asks for no unique one)."""
    return 1000 + 100 * ((slices[0].facts.series_number or 0) % 1_000_000) + offset


def _header(one: DicomSlice) -> Dataset:
    import pydicom

    return pydicom.dcmread(one.path, stop_before_pixels=True)


def _pixels(data: Dataset, section: NDArray[np.int16]) -> None:
    data.Rows, data.Columns = section.shape
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 16, 15, 1
    data.PixelData = np.ascontiguousarray(section, dtype="<i2").tobytes()


def _saved(data: Dataset, path: Path) -> Path:
    try:
        data.save_as(path, enforce_file_format=True)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); check that the folder has room") from error
    return path
