"""Read a series together with what it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.image import HeaderFacts, Image
from HeadNeckNodesLib.imaging.read import read_image
from HeadNeckNodesLib.imaging.volume_file import volume_format

from iENEGraderLib.spectral.recognition.header import read_series_header, series_slices
from iENEGraderLib.spectral.recognition.overrides import Overrides, overridden, split_overrides
from iENEGraderLib.spectral.recognition.recognise import recognise, recognise_volume
from iENEGraderLib.spectral.recognition.series import RecognisedSeries, ValueUnit
from iENEGraderLib.spectral.recognition.several import require_one_series

if TYPE_CHECKING:
    from os import PathLike

    from HeadNeckNodesLib.imaging.dicom_header import DicomSlice

RESCALE_TYPES = {ValueUnit.HU: "HU", ValueUnit.MG_PER_ML: "MGML"}


@dataclass(frozen=True, eq=False)
class SpectralSeries:
    """A series as it was read.

    Attributes
    ----------
    path : file or folder that it came from.
    image : its voxels as the file gives them.
    recognised : what it is.
    slices : its DICOM images in the order of the sections; empty for other formats.
    """

    path: Path
    image: Image
    recognised: RecognisedSeries
    slices: tuple[DicomSlice, ...] = ()

    @property
    def is_dicom(self) -> bool:
        """Whether it has DICOM headers."""
        return bool(self.slices)


def read_spectral_series(given: str | PathLike[str]) -> SpectralSeries:
    """Read a series and tell what it is.

    Parameters
    ----------
    given : path of a DICOM folder or file, NRRD, NIfTI or MetaImage; behind it what the user says of it, as in
        ``scan:keV=50`` (see `split_overrides`).

    Raises
    ------
    InputError
        when the image cannot be read. What it is may remain open: see ``recognised.problem``.
    """
    text, overrides = _split(given)
    path = Path(text)
    try:
        image = read_image(path, overrides.series_number)
    except InputError:
        if overrides.series_number is None and path.is_dir():
            require_one_series(path)
        raise
    if volume_format(path) is not None and not path.is_dir():
        return SpectralSeries(path, image, overridden(recognise_volume(path.name, image), overrides))
    slices = tuple(series_slices(path, overrides.series_number))
    return SpectralSeries(path, image, overridden(recognise(read_series_header(slices)), overrides), slices)


def converted_image(series: SpectralSeries) -> Image:
    """Return the image with its values in the unit that was recognised, and a header that says so.

    Raises
    ------
    InputError
        when it is not known what the series is.
    """
    recognised = series.recognised
    if recognised.problem:
        raise InputError(f"{series.path}: {recognised.problem}")
    voxels = series.image.voxels
    if (recognised.scale, recognised.offset) != (1.0, 0.0):
        voxels = (voxels * np.float32(recognised.scale) + np.float32(recognised.offset)).astype(np.float32)
    header = replace(series.image.header or HeaderFacts(), rescale_type=RESCALE_TYPES.get(recognised.unit))
    return replace(series.image, voxels=voxels, header=header)


def _split(given: str | PathLike[str]) -> tuple[str, Overrides]:
    """A path that exists is a path, whatever it holds."""
    return (str(given), Overrides()) if Path(given).exists() else split_overrides(str(given))
