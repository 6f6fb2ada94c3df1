"""A map as one blend of the input images: a weight for each, an offset, and what they mean."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

BLOCK_VALUES = 131_072
"""Ours: two buffers of as many values stay in the cache of a processor."""
OPENCV_DEPTHS = {"int16": "CV_16S", "uint16": "CV_16U", "uint8": "CV_8U", "float32": "CV_32F"}
"""Types that OpenCV blends, by its names of them."""


class MapKind(StrEnum):
    """What a map shows."""

    MONOCHROMATIC = "virtual monochromatic"
    IODINE = "iodine"
    NON_CONTRAST = "virtual non-contrast"
    FAT_FRACTION = "fat fraction"


@dataclass(frozen=True)
class Affine:
    """Weights of the input images and an offset."""

    weights: tuple[float, ...]
    offset: float = 0.0

    def of(self, values: Floats) -> float:
        """Return the blend of one value of each image."""
        return float(np.dot(self.weights, values) + self.offset)

    def times(self, factor: float) -> Affine:
        """Return the blend in another unit."""
        return Affine(tuple(factor * weight for weight in self.weights), factor * self.offset)


@dataclass(frozen=True)
class Blend:
    """A map, ready to be computed on any part of the images; it commutes with linear interpolation.

    Attributes
    ----------
    kind, name : what it shows, and its title with the energy.
    unit : UCUM unit of its values.
    affine : weights of the channels, in their order, and the offset.
    model_error : change of the map when the slopes of the inputs are wrong by their standard uncertainty.
    kev : energy of a monochromatic map.
    warnings : sentences to show with it.
    noise_reduced : whether it is smoothed, to be looked at and not to be measured.
    """

    kind: MapKind
    name: str
    unit: str
    affine: Affine
    model_error: Affine | None = None
    kev: float | None = None
    warnings: tuple[str, ...] = ()
    noise_reduced: bool = False

    def in_unit(self, unit: str, factor: float) -> Blend:
        """Return the map in another unit, for instance in hundredths of mg/mL to be stored as integers."""
        error = self.model_error.times(factor) if self.model_error else None
        return replace(self, unit=unit, affine=self.affine.times(factor), model_error=error)

    def zeroed_at(self, means: Floats, name: str) -> Blend:
        """Return the map relative to a region, given by its means in the input images; muscle for iodine, say."""
        affine = replace(self.affine, offset=self.affine.offset - self.affine.of(means))
        return replace(self, affine=affine, name=f"{self.name}, relative to {name}")

    def noise(self, covariance: Floats) -> float:
        """Return the standard deviation of a voxel for a covariance of the input images; exact for a blend."""
        weights = np.asarray(self.affine.weights)
        return float(np.sqrt(weights @ covariance @ weights))


def apply(
    affine: Affine,
    images: Sequence[NDArray[Any]],
    out: NDArray[Any] | None = None,
    threads: int = 1,
) -> NDArray[Any]:
    """Compute a blend of arrays: volumes, sections, or images already resliced to a view.

    Two images are left to OpenCV where it is installed; the values are the same within rounding.

    Parameters
    ----------
    affine : of a `Blend`.
    images : arrays of one shape with two or three axes, integers or floats, in the order of the channels.
    out : where to put the result. Integers are rounded and stop at the ends of their range. None makes float32.
    threads : for volumes; a section is too small to gain.

    Returns
    -------
    ``out``.

    Raises
    ------
    InputError
        when shapes differ or the number of images is not that of the weights.
    """
    if len(images) != len(affine.weights):
        raise InputError(f"{len(images)} images for a map of {len(affine.weights)} inputs: give each input once")
    shape = images[0].shape
    out = np.empty(shape, np.float32) if out is None else out
    if len(shape) not in (2, 3) or any(array.shape != shape for array in (*images, out)):
        found = ", ".join(str(array.shape) for array in (*images, out))
        raise InputError(f"the arrays have shapes {found}; expected sections or volumes of one shape")
    # An input that does not count must not spoil the map, and costs time.
    used = [(array, np.float32(w)) for array, w in zip(images, affine.weights, strict=True) if w] or [
        (images[0], np.float32(0))
    ]
    sections = range(shape[0]) if len(shape) == 3 else range(1)
    if threads < 2 or len(sections) < threads:
        _sections(used, np.float32(affine.offset), out, sections)
        return out
    parts = [sections[len(sections) * n // threads : len(sections) * (n + 1) // threads] for n in range(threads)]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda part: _sections(used, np.float32(affine.offset), out, part), parts))
    return out


def _sections(
    used: list[tuple[NDArray[Any], np.float32]], offset: np.float32, out: NDArray[Any], sections: range
) -> None:
    arrays = [array for array, _ in used]
    if (opencv := _opencv()) is not None and _suit_opencv(arrays, out):
        (first, first_weight), (second, second_weight) = used
        depth = getattr(opencv, OPENCV_DEPTHS[out.dtype.name])
        for section in sections:
            a, b, target = (x[section] if x.ndim == 3 else x for x in (first, second, out))
            opencv.addWeighted(a, float(first_weight), b, float(second_weight), float(offset), target, depth)
        return
    _sections_by_numpy(used, offset, out, sections)


@cache
def _opencv() -> Any:
    """Return OpenCV, or ``None`` where it is not installed."""
    try:
        return import_module("cv2")
    except ImportError:
        return None


def _suit_opencv(images: list[NDArray[Any]], out: NDArray[Any]) -> bool:
    """Tell whether OpenCV can blend the images: two of one type, all with sections that lie in one piece."""
    if len(images) != 2 or not out.size or images[0].dtype != images[1].dtype:
        return False
    in_one_piece = all((x[0] if x.ndim == 3 else x).flags.c_contiguous for x in (*images, out))
    return in_one_piece and all(x.dtype.name in OPENCV_DEPTHS and x.dtype.isnative for x in (images[0], out))


def _sections_by_numpy(
    used: list[tuple[NDArray[Any], np.float32]], offset: np.float32, out: NDArray[Any], sections: range
) -> None:
    rows, columns = out.shape[-2:]
    step = max(1, min(rows, BLOCK_VALUES // max(columns, 1)))
    total, term = np.empty((2, step, columns), np.float32)
    limits = _limits(out.dtype)
    for section in sections:
        for row in range(0, rows, step):
            place = (section, slice(row, row + step)) if out.ndim == 3 else (slice(row, row + step),)
            target = out[place]
            count = target.shape[0]
            _block([(array[place], weight) for array, weight in used], offset, total[:count], term[:count])
            if limits is not None:
                np.rint(total[:count], out=total[:count])
                np.clip(total[:count], *limits, out=total[:count])
            np.copyto(target, total[:count], casting="unsafe")


def _block(
    used: list[tuple[NDArray[Any], np.float32]],
    offset: np.float32,
    total: NDArray[np.float32],
    term: NDArray[np.float32],
) -> None:
    for number, (array, weight) in enumerate(used):
        target = term if number else total
        # Converting first and multiplying in place is faster than a multiplication that converts.
        np.copyto(target, array, casting="unsafe")
        target *= weight
        if number:
            total += term
    if offset:
        total += offset


def _limits(dtype: np.dtype[Any]) -> tuple[np.float32, np.float32] | None:
    """Return the ends of an integer type, as floats that are within it."""
    if dtype.kind not in "iu":
        return None
    info = np.iinfo(dtype)
    low, high = np.float32(info.min), np.float32(info.max)
    return low, high if int(high) <= info.max else np.nextafter(high, np.float32(0))
