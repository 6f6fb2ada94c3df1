"""A DICOM series as one image: slices sorted along their normal, and refused when they do not form a regular grid."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.dicom_header import DicomSlice, is_dicom, read_headers
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image

if TYPE_CHECKING:
    from os import PathLike

    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

__all__ = ["is_dicom", "read_dicom"]

SIDEWAYS_TOLERANCE_MM = 0.1
"""How far a slice may lie beside the line along the normal; rounded direction cosines stay well below."""
UNEVEN_TOLERANCE = 0.02
"""Share of the slice distance by which a slice may miss its place; scanners round positions to 0.01 mm."""


def read_dicom(path: str | PathLike[str], series: int | None = None) -> Image:
    """Read one DICOM file, or the series in a folder (and its subfolders).

    Raises
    ------
    InputError
        when there is no image, several series and no choice, or the slices do not form a regular upright grid.
    """
    folder = Path(path)
    slices = read_headers(sorted(p for p in folder.rglob("*") if p.is_file()) if folder.is_dir() else [folder])
    if not slices:
        raise InputError(f"{path}: no DICOM image in it; give the folder that holds the image files of one series")
    slices = _chosen_series(path, slices, series)
    _require_plain_images(slices)
    _require_alike(path, slices)
    slices, geometry = _upright_grid(path, slices)
    first = slices[0]
    return Image(_pixels(slices), geometry, first.modality, folder.name, first.facts)


def _chosen_series(path: str | PathLike[str], slices: list[DicomSlice], number: int | None) -> list[DicomSlice]:
    by_uid: dict[str, list[DicomSlice]] = defaultdict(list)
    for one in slices:
        by_uid[one.series_uid].append(one)
    groups = sorted(by_uid.values(), key=lambda g: (g[0].facts.series_number or 0, g[0].series_uid))
    chosen = [g for g in groups if number is None or g[0].facts.series_number == number]
    if len(chosen) == 1:
        return chosen[0]
    listing = "; ".join(f"series {g[0].facts.series_number} ({g[0].modality}, {len(g)} images)" for g in groups)
    if number is not None and not chosen:
        raise InputError(f"{path}: there is no series {number}; found {listing}")
    raise InputError(
        f"{path}: found {len(chosen)} series, expected one: {listing}; give a folder with one series or name the "
        "series by its number"
    )


def _require_plain_images(slices: list[DicomSlice]) -> None:
    for one in slices:
        if one.frames > 1:
            raise InputError(
                f"{one.path}: a multi-frame image with {one.frames} frames, expected one image per file; load it in "
                "Slicer and save it as NRRD"
            )
        if one.samples != 1 or one.photometric != "MONOCHROME2":
            raise InputError(
                f"{one.path}: found {one.photometric or 'no photometric interpretation'} with {one.samples} values per "
                "pixel, expected a grey image (MONOCHROME2); give the original images, not screen captures"
            )
        if one.position is None or one.orientation is None or one.pixel_spacing is None:
            raise InputError(
                f"{one.path}: its header lacks the position, orientation or pixel spacing of the image, so it cannot "
                "be measured; give the original images"
            )


def _require_alike(path: str | PathLike[str], slices: list[DicomSlice]) -> None:
    """Refuse series whose images differ in size, pixel spacing, orientation or the meaning of their values."""
    first = slices[0]
    for one in slices[1:]:
        if (one.columns, one.rows) != (first.columns, first.rows):
            found = f"sizes {first.columns} x {first.rows} and {one.columns} x {one.rows}"
        elif not np.allclose(one.pixel_spacing or (), first.pixel_spacing or (), rtol=1e-4):
            found = f"pixel spacings {first.pixel_spacing} and {one.pixel_spacing} mm"
        elif not np.allclose(one.orientation or (), first.orientation or (), atol=1e-4):
            found = "different orientations"
        elif (one.facts.rescale_type, one.facts.kvp) != (first.facts.rescale_type, first.facts.kvp):
            found = "different value types or tube voltages"
        else:
            continue
        raise InputError(
            f"{path}: the series holds images of {found}, expected the same in all ({_name(path, first)}, "
            f"{_name(path, one)}); take out localisers and reformats"
        )


def _upright_grid(path: str | PathLike[str], slices: list[DicomSlice]) -> tuple[list[DicomSlice], ImageGeometry]:
    """Sort the slices along their normal and return them with their grid."""
    first = slices[0]
    along_i, along_j = np.reshape(first.orientation or (), (2, 3))
    normal = np.cross(along_i, along_j)
    positions = np.array([one.position for one in slices])
    order = np.argsort(positions @ normal, kind="stable")
    slices, positions = [slices[n] for n in order], positions[order]
    _require_no_tilt(path, positions, normal)
    spacing = _even_spacing(path, slices, positions @ normal)
    row_spacing, column_spacing = slices[0].pixel_spacing or (0.0, 0.0)
    x, y, z = np.column_stack([along_i, along_j, normal]).tolist()
    geometry = ImageGeometry(
        size_ijk=(first.columns, first.rows, len(slices)),
        spacing_mm=(column_spacing, row_spacing, spacing),
        origin_lps_mm=tuple(positions[0].tolist()),
        direction_lps=(tuple(x), tuple(y), tuple(z)),
    )
    return slices, geometry


def _require_no_tilt(path: str | PathLike[str], positions: Vector, normal: Vector) -> None:
    steps = positions - positions[0]
    along = steps @ normal
    sideways = np.linalg.norm(steps - along[:, None] * normal, axis=1)
    worst = int(np.argmax(sideways))
    if sideways[worst] > SIDEWAYS_TOLERANCE_MM:
        angle = np.degrees(np.arctan2(sideways[worst], along[worst]))
        raise InputError(
            f"{path}: the slices are not stacked along their normal (gantry tilt of {angle:.1f} degrees), so lengths "
            "would be wrong; correct the tilt first, for instance with Slicer's DICOM import (acquisition geometry "
            "regularization), and save as NRRD"
        )


def _even_spacing(path: str | PathLike[str], slices: list[DicomSlice], depths: Vector) -> float:
    """Return the distance between slices in mm, or refuse gaps and repeats."""
    if len(slices) == 1:
        thickness = slices[0].facts.slice_thickness_mm
        if not thickness:
            raise InputError(f"{path}: a single image without slice thickness has no volume; give the whole series")
        return thickness
    gaps = np.diff(depths)
    typical = float(np.median(gaps))
    same = int(np.argmin(gaps))
    if gaps[same] < 0.01:
        raise InputError(
            f"{path}: {_name(path, slices[same])} and {_name(path, slices[same + 1])} lie at the same position (a "
            "dynamic, multi-echo or doubled series?), expected one image per position; give one volume per folder"
        )
    wide = int(np.argmax(gaps))
    ratio = gaps[wide] / typical
    if ratio > 1.5 and abs(ratio - round(ratio)) < 0.1 and gaps[same] > 0.9 * typical:
        raise InputError(
            f"{path}: slices are missing: {gaps[wide]:.2f} mm between {_name(path, slices[wide])} and "
            f"{_name(path, slices[wide + 1])}, {typical:.2f} mm elsewhere; copy the whole series"
        )
    spacing = float(depths[-1] - depths[0]) / (len(slices) - 1)
    off_grid = np.abs(depths - depths[0] - spacing * np.arange(len(slices))).max()
    if off_grid > max(UNEVEN_TOLERANCE * spacing, 0.02):
        raise InputError(
            f"{path}: the slices are unevenly spaced (smallest gap {gaps.min():.2f} mm, largest {gaps.max():.2f} mm), "
            "expected equal gaps; split the series or resample it to even spacing"
        )
    return spacing


def _name(path: str | PathLike[str], one: DicomSlice) -> str:
    """Name a file of the series as it is called inside the given folder."""
    return str(one.path.relative_to(path)) if one.path != Path(path) else one.path.name


def _pixels(slices: list[DicomSlice]) -> NDArray[Any]:
    """Read the rescaled values slice by slice, so that a damaged file is named."""
    sections = []
    for one in slices:
        try:
            sections.append(SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(one.path), imageIO="GDCMImageIO")))
        except RuntimeError as error:
            raise InputError(
                f"{one.path}: its pixels cannot be read, so it is cut short, damaged or in an unsupported compression; "
                "export or copy the file again"
            ) from error
    shape = (slices[0].rows, slices[0].columns)
    return np.stack([np.reshape(section, shape) for section in sections])
