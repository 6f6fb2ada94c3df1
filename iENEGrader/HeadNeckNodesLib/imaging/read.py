"""Read an image from whatever a user has: one entry for all formats."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.dicom_series import is_dicom, read_dicom
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.imaging.volume_file import first_bytes, grid_of, read_volume, volume_format

if TYPE_CHECKING:
    from os import PathLike


def read_image(path: str | PathLike[str], series: int | None = None) -> Image:
    """Read a scalar 3D image.

    Parameters
    ----------
    path : NRRD, NIfTI or MetaImage file, one DICOM file, or a folder that holds a DICOM series.
    series : series number, for a folder that holds several series.

    Raises
    ------
    InputError
        with one line that names the file, what was found, what was expected and what to do.
    """
    if Path(path).is_dir() or (volume_format(path) is None and is_dicom(path)):
        return read_dicom(path, series)
    if volume_format(path) is None:
        first_bytes(path)
        raise InputError(
            f"{path}: neither DICOM inside nor named like NRRD (.nrrd, .nhdr), NIfTI (.nii, .nii.gz) or MetaImage "
            "(.mha, .mhd); give one of these or a folder of DICOM files"
        )
    return _image_of_volume(path, read_volume(path))


def _image_of_volume(path: str | PathLike[str], volume: SimpleITK.Image) -> Image:
    components = volume.GetNumberOfComponentsPerPixel()
    if components != 1 or "complex" in volume.GetPixelIDTypeAsString():
        raise InputError(
            f"{path}: found {components} values in each voxel ({volume.GetPixelIDTypeAsString()}), expected one; "
            "export a scalar volume"
        )
    geometry = grid_of(path, volume)
    voxels = SimpleITK.GetArrayFromImage(volume)
    if np.issubdtype(voxels.dtype, np.floating) and not np.isfinite(voxels).all():
        raise InputError(f"{path}: some voxels are not numbers (NaN or infinite); export it again without them")
    return Image(voxels, geometry, source=Path(path).name)
