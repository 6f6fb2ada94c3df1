"""Volumes of a DICOM series as arrays: planes sorted, checked for one even grid, and read one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.geometry import ImageGeometry

from PWIProtocolLib.protocol.geometry import plane_depths, plane_place, series_geometry
from PWIProtocolLib.protocol.signal.plane_pixels import PixelReader
from PWIProtocolLib.protocol.study import ReadingCancelledError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from PWIProtocolLib.dynamic.frames import Progress
    from PWIProtocolLib.protocol.headers.tags import Tag
    from PWIProtocolLib.protocol.series import Plane

EVERY_PIXEL = 1 << 30
UNEVEN_SHARE = 0.02
SAME_PLACE_MM = 0.1
STORED = np.iinfo(np.int16)


def along_normal(planes: Sequence[Plane]) -> tuple[Plane, ...]:
    """Return the planes of one volume in the order of the normal; InputError when their places are not stated."""
    depths = plane_depths(planes)
    if depths is None:
        name = planes[0].header.name
        raise InputError(f"{name}: position or orientation of an image is missing or differs; give the original images")
    return tuple(planes[index] for index in np.argsort(depths, kind="stable"))


def grid_of_volume(planes: Sequence[Plane]) -> ImageGeometry:
    """Return the grid of one volume whose planes are sorted along the normal.

    Raises
    ------
    InputError
        When places, sizes or spacings are missing, doubled or uneven.
    """
    found, name = series_geometry(planes), planes[0].header.name
    spacing, rows, columns = found.pixel_spacing_mm.value, found.rows.value, found.columns.value
    if found.orientation is None or found.origin_lps_mm is None or None in (spacing, rows, columns):
        raise InputError(f"{name}: orientation, position, pixel spacing or size of the images is not stated")
    if found.slices != len(planes):
        raise InputError(f"{name}: {len(planes)} images at {found.slices} places; expected one image at each place")
    if found.uneven_mm is not None and found.uneven_mm > UNEVEN_SHARE * (found.spacing_mm or 1.0):
        raise InputError(
            f"{name}: distances between slices depart by up to {found.uneven_mm:.2f} mm from {found.spacing_mm:.2f} "
            "mm; images are missing, or the series must be resampled first"
        )
    between = found.spacing_mm if found.spacing_mm is not None else found.thickness_mm.value
    if between is None:
        raise InputError(f"{name}: a single slice without SliceThickness has no volume")
    along_i, along_j = np.reshape(found.orientation, (2, 3))
    normal = np.cross(along_i, along_j)
    # Scanners round direction cosines; the grid wants exactly perpendicular unit vectors.
    axes = np.stack([along_i, np.cross(normal, along_i), normal])
    x, y, z = (axes / np.linalg.norm(axes, axis=1, keepdims=True)).T.tolist()
    assert spacing is not None
    return ImageGeometry(
        size_ijk=(int(columns or 0), int(rows or 0), len(planes)),
        spacing_mm=(spacing[1], spacing[0], between),
        origin_lps_mm=(found.origin_lps_mm[0], found.origin_lps_mm[1], found.origin_lps_mm[2]),
        direction_lps=(tuple(x), tuple(y), tuple(z)),
    )


def read_volumes(
    volumes: Sequence[Sequence[Plane]], geometry: ImageGeometry, progress: Progress | None = None
) -> NDArray[Any]:
    """Read volumes of one grid into [n, k, j, i].

    The array holds 16-bit integers while they are exact, and 32-bit floats otherwise.

    Raises
    ------
    InputError
        When a volume lacks a plane, a plane lies elsewhere than in the first volume, or pixels cannot be read.
    ReadingCancelledError
        When `progress` returns False.
    """
    array: NDArray[Any] = np.empty((len(volumes), *geometry.array_shape), np.int16)
    reader = PixelReader(EVERY_PIXEL)
    for index, planes in enumerate(volumes):
        if progress is not None and not progress(index, len(volumes)):
            raise ReadingCancelledError
        _require_places(index, planes, volumes[0])
        for k, plane in enumerate(planes):
            pixels = reader.read(plane)
            if pixels.shape != geometry.array_shape[1:]:
                raise InputError(f"{plane.header.name}: size {pixels.shape}, expected {geometry.array_shape[1:]}")
            if array.dtype == np.int16 and not _fits(pixels):
                array = array.astype(np.float32)
            array[index, k] = pixels
    return array


def _fits(pixels: NDArray[np.float32]) -> bool:
    low, high = float(pixels.min()), float(pixels.max())
    return low >= STORED.min and high <= STORED.max and bool(np.all(pixels == np.rint(pixels)))


def _require_places(index: int, planes: Sequence[Plane], first: Sequence[Plane]) -> None:
    if len(planes) != len(first):
        raise InputError(f"volume {index + 1} has {len(planes)} images, the first {len(first)}; copy the whole series")
    for plane, reference in zip(planes, first, strict=True):
        mine, its = plane_place(plane)[0], plane_place(reference)[0]
        if mine is None or its is None or max(abs(a - b) for a, b in zip(mine, its, strict=True)) > SAME_PLACE_MM:
            raise InputError(
                f"{plane.header.name}: lies at {mine}, the image of the first volume at {its} (LPS mm); "
                "expected the same place in every volume"
            )


def stated_in_all(volumes: Sequence[Sequence[Plane]], tag: Tag) -> float | None:
    """Return a number that the first plane of every volume states alike; None otherwise."""
    values = {planes[0].header.number(tag, planes[0].frame).value for planes in volumes}
    return values.pop() if len(values) == 1 else None
