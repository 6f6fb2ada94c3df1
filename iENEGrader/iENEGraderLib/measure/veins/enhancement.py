"""How much a lumen enhances, in HU above muscle or in iodine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.hounsfield import require_hounsfield
from scipy import ndimage

from iENEGraderLib.measure.label_field import label_part
from iENEGraderLib.measure.units import Unit

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segment
    from numpy.typing import NDArray

    from iENEGraderLib.measure.label_field import LabelPart
    from iENEGraderLib.measure.preferences import Preferences
    from iENEGraderLib.measure.veins.course import VeinCourse

    Floats = NDArray[np.float64]

WALL_MM = 1.0
WALL_VOXELS = 1.5
"""Ours: the core of the lumen is deeper than both, so that the blur of the wall does not reach it."""
LEAST_CORE_PIXELS = 5
MUSCLE_RIM_VOXELS = 2
LEAST_MUSCLE_VOXELS = 30
"""Ours: a muscle is read without its blurred rim, unless hardly anything is left."""
NEIGHBOURS_OF_NOISE = 4.0
"""Ours: so many neighbouring voxels share their noise, taken from the blur of usual kernels."""
REFERENCE_PERCENTILE = 75
"""Ours: the reference lumen is the better half of the sections, so that a long defect does not set it."""


@dataclass(frozen=True)
class EnhancementScale:
    """What counts as no enhancement and as that of muscle.

    Attributes
    ----------
    unit : of the image.
    baseline : value of tissue that is taken not to enhance.
    muscle : value of muscle.
    is_measured : taken from a muscle of this patient; else a preference.
    """

    unit: Unit
    baseline: float
    muscle: float
    is_measured: bool


@dataclass(frozen=True, eq=False)
class LumenValues:
    """Value of the core of the lumen in each section and its standard error; NaN where there is no core."""

    middle: Floats
    error: Floats

    @property
    def reference(self) -> float:
        """Value of the lumen where it enhances well; NaN without any core."""
        known = self.middle[~np.isnan(self.middle)]
        return float(np.percentile(known, REFERENCE_PERCENTILE)) if known.size else float("nan")


def enhancement_scale(
    image: Image, unit: Unit, muscle: NDArray[Any] | Segment | None, preferences: Preferences
) -> EnhancementScale:
    """Return the scale of an image.

    Raises
    ------
    InputError
        when the unit is no such unit, or an image said to be in HU is not.
    """
    if unit not in tuple(Unit):
        units = " or ".join(f"{each.value!r} for {each.shown}" for each in Unit)
        raise InputError(f"the image is said to be in {unit!r}: give {units}")
    unit = Unit(unit)
    if unit is Unit.HU:
        require_hounsfield(image)
    part = None if muscle is None else label_part(muscle, image.geometry.array_shape, "the muscle")
    is_measured = part is not None and not part.is_empty
    if part is not None and is_measured:
        core = ndimage.binary_erosion(part.mask, iterations=MUSCLE_RIM_VOXELS)
        inner = replace(part, mask=core) if np.count_nonzero(core) >= LEAST_MUSCLE_VOXELS else part
        value = float(np.median(values_of(image, inner)))
    else:
        value = preferences.value("veins.muscle_hu" if unit is Unit.HU else "veins.muscle_iodine_mg_ml")
    return EnhancementScale(unit, value if unit is Unit.HU else 0.0, value, is_measured)


def values_of(image: Image, part: LabelPart) -> NDArray[np.float32]:
    """Return the values of the image under a label."""
    box = tuple(slice(a, a + n) for a, n in zip(part.start_kji, part.mask.shape, strict=True))
    values: NDArray[np.float32] = image.voxels[box][part.mask].astype(np.float32)
    return values


def lumen_values(image: Image, course: VeinCourse) -> LumenValues:
    """Measure the core of the lumen in each section: its median, with the standard error of a median."""
    stack = np.moveaxis(image.voxels, course.axis, 0)
    rows, columns = np.delete(np.array(course.start_kji), course.axis).tolist()
    height, width = course.masks.shape[1:]
    depth_mm = max(WALL_MM, WALL_VOXELS * float(course.sides_mm.min()))
    middle, error = np.full(len(course.sections), np.nan), np.full(len(course.sections), np.nan)
    for n, (section, mask) in enumerate(zip(course.sections, course.masks, strict=True)):
        core = ndimage.distance_transform_edt(np.pad(mask, 1), course.sides_mm)[1:-1, 1:-1] > depth_mm
        if np.count_nonzero(core) >= LEAST_CORE_PIXELS:
            values = stack[section, rows : rows + height, columns : columns + width][core].astype(float)
            middle[n] = np.median(values)
            error[n] = 1.25 * values.std() * np.sqrt(NEIGHBOURS_OF_NOISE / values.size)
    return LumenValues(middle, error)


def value_at(image: Image, place_kji: Floats, radius_mm: float) -> float:
    """Return the median of the image within a ball round a place."""
    spacing = np.asarray(image.geometry.spacing_kji_mm)
    reach = np.maximum(np.ceil(radius_mm / spacing), 1).astype(int)
    middle = np.clip(np.rint(place_kji).astype(int), 0, np.array(image.voxels.shape) - 1)
    start, stop = np.maximum(middle - reach, 0), np.minimum(middle + reach + 1, image.voxels.shape)
    axes = [np.arange(a, b) for a, b in zip(start, stop, strict=True)]
    places = np.stack(np.meshgrid(*axes, indexing="ij"), -1)
    inside = np.linalg.norm((places - middle) * spacing, axis=-1) <= radius_mm
    values = image.voxels[tuple(slice(a, b) for a, b in zip(start, stop, strict=True))]
    return float(np.median(values[inside]))
