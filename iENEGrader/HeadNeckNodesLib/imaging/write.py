"""Write images for other programs."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import SimpleITK

from HeadNeckNodesLib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from HeadNeckNodesLib.imaging.image import Image


def write_image(image: Image, path: str | PathLike[str], attributes: Mapping[str, str] | None = None) -> None:
    """Write an image as compressed NRRD; the file appears whole or not at all.

    Parameters
    ----------
    image : to write.
    path : name of the file.
    attributes : entries for its header, never of a patient.

    Raises
    ------
    InputError
        when the name does not end in ``.nrrd`` or the folder cannot be written to.
    """
    target = Path(path)
    if target.suffix.lower() != ".nrrd":
        raise InputError(f"{path}: images are written as NRRD; choose a name that ends in .nrrd")
    volume = SimpleITK.GetImageFromArray(image.voxels)
    volume.SetSpacing(image.geometry.spacing_mm)
    volume.SetOrigin(image.geometry.origin_lps_mm)
    volume.SetDirection([x for row in image.geometry.direction_lps for x in row])
    for name, value in (attributes or {}).items():
        volume.SetMetaData(name, value)
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".writing-") as folder:
            whole = Path(folder) / target.name
            SimpleITK.WriteImage(volume, str(whole), useCompression=True)
            whole.replace(target)
    except (OSError, RuntimeError) as error:
        raise InputError(f"{path}: cannot be written; check that the folder exists and has room") from error
