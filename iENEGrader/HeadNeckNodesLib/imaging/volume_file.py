"""NRRD, NIfTI and MetaImage files: checked before, during and after reading, so that no damage passes in silence."""

from __future__ import annotations

import gzip
import struct
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.geometry import ImageGeometry

if TYPE_CHECKING:
    from os import PathLike

NIFTI_HEADER_BYTES = 540


@dataclass(frozen=True)
class VolumeFormat:
    """A file format: how its names end, how its files begin and how it states the orientation."""

    name: str
    suffixes: tuple[str, ...]


NRRD = VolumeFormat("NRRD", (".nrrd", ".nhdr"))
NIFTI = VolumeFormat("NIfTI", (".nii", ".nii.gz"))
META_IMAGE = VolumeFormat("MetaImage", (".mha", ".mhd"))
FORMATS = (NRRD, NIFTI, META_IMAGE)


def volume_format(path: str | PathLike[str]) -> VolumeFormat | None:
    """Tell the format from the end of the name, or ``None``."""
    name = Path(path).name.lower()
    return next((f for f in FORMATS if name.endswith(f.suffixes)), None)


def read_volume(path: str | PathLike[str]) -> SimpleITK.Image:
    """Read a three-dimensional NRRD, NIfTI or MetaImage file with its orientation.

    Raises
    ------
    InputError
        when the file is missing, not what its name says, cut short, no volume, or leaves the orientation unsaid.
    """
    form = volume_format(path)
    if form is None:
        raise InputError(f"{path}: its name ends like no format read here; give NRRD, NIfTI, MetaImage or DICOM")
    start = first_bytes(path)
    _require_magic(path, form, start)
    if form is NIFTI:
        _require_whole_nifti(path, start)
    try:
        image = SimpleITK.ReadImage(str(path))
    except RuntimeError as error:
        raise InputError(
            f"{path}: begins as {form.name} but cannot be read to its end, so it is damaged, cut short or of a kind "
            "not supported; export or copy it again"
        ) from error
    if image.GetDimension() != 3:
        raise InputError(f"{path}: found {image.GetDimension()} dimensions, expected 3; export a single volume")
    _require_orientation(path, form, image, start)
    return image


def first_bytes(path: str | PathLike[str], count: int = 4096) -> bytes:
    """Return the beginning of a file, decompressed if its name ends in ``.gz``."""
    try:
        if str(path).lower().endswith(".gz"):
            with gzip.open(path, "rb") as stream:
                return stream.read(count)
        with Path(path).open("rb") as stream:
            return stream.read(count)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; check the path") from None
    except (gzip.BadGzipFile, EOFError):
        raise InputError(
            f"{path}: ends in .gz but is no whole gzip file (cut short?); export or copy it again"
        ) from None
    except OSError as error:
        raise InputError(f"{path}: cannot be opened ({error.strerror}); check the path and its permissions") from None


def grid_of(path: str | PathLike[str], image: SimpleITK.Image) -> ImageGeometry:
    """Return the grid of a 3D image, naming the file when the grid cannot be used."""
    rows = np.asarray(image.GetDirection(), dtype=float).reshape(3, 3).tolist()
    try:
        return ImageGeometry(
            size_ijk=image.GetSize(),
            spacing_mm=image.GetSpacing(),
            origin_lps_mm=image.GetOrigin(),
            direction_lps=(tuple(rows[0]), tuple(rows[1]), tuple(rows[2])),
        )
    except InputError as error:
        raise InputError(f"{path}: {error}; resample it to a regular grid") from error


def _require_magic(path: str | PathLike[str], form: VolumeFormat, start: bytes) -> None:
    if form is NRRD:
        good = start.startswith(b"NRRD000")
    elif form is NIFTI:
        good = start[344:347] in (b"n+1", b"ni1") or start[4:7] in (b"n+2", b"ni2")
    else:
        good = b"NDims" in start and b"DimSize" in start
    if not good:
        raise InputError(f"{path}: named like {form.name} but does not begin like one; give the real file")


def _require_whole_nifti(path: str | PathLike[str], start: bytes) -> None:
    """Compare the length of a NIfTI file with its header, because ITK fills what is missing with zeros."""
    expected = _nifti_bytes(start)
    try:
        if str(path).lower().endswith(".gz"):
            with gzip.open(path, "rb") as stream:
                found = sum(len(block) for block in iter(lambda: stream.read(1 << 22), b""))
        else:
            found = Path(path).stat().st_size
    except (EOFError, gzip.BadGzipFile, OSError):
        found = 0
    if found < expected:
        raise InputError(
            f"{path}: cut short, its header announces {expected} bytes and fewer are there; export or copy it again"
        )


def _nifti_bytes(start: bytes) -> int:
    """Return the number of bytes that a single-file NIfTI must have."""
    order = "<" if start[:4] in (b"\x5c\x01\x00\x00", b"\x1c\x02\x00\x00") else ">"
    if start[4:7] in (b"n+2", b"ni2"):
        dims = struct.unpack_from(order + "8q", start, 16)
        (bits,) = struct.unpack_from(order + "h", start, 14)
        (offset,) = struct.unpack_from(order + "q", start, 168)
    else:
        dims = struct.unpack_from(order + "8h", start, 40)
        (bits,) = struct.unpack_from(order + "h", start, 72)
        (offset,) = struct.unpack_from(order + "f", start, 108)
    voxels: int = prod(max(int(n), 1) for n in dims[1 : dims[0] + 1])
    return int(offset) + voxels * int(bits) // 8


def _require_orientation(path: str | PathLike[str], form: VolumeFormat, image: SimpleITK.Image, start: bytes) -> None:
    """Refuse files that do not say where the voxels lie: ITK would assume an orientation, and sides could swap."""
    keys = image.GetMetaDataKeys()
    if form is NRRD:
        stated = "NRRD_space" in keys
    elif form is NIFTI:
        stated = any(image.GetMetaData(key).strip() != "0" for key in ("qform_code", "sform_code") if key in keys)
    else:
        stated = any(field in start for field in (b"TransformMatrix", b"Orientation =", b"Rotation"))
    if not stated:
        raise InputError(
            f"{path}: does not say how its voxels lie in the patient (no orientation in the {form.name} header), so "
            "left and right are unknown; export it with its orientation"
        )
