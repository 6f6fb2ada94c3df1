"""Iodine, fat and HU of regions with their uncertainty, computed near each region only. No Qt, no Slicer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.spectral import (
    Materials,
    RoiSample,
    RoiValue,
    fat_fraction,
    iodine,
    sample_roi,
    spectral_curve,
    untrusted_voxels,
    virtual_monochromatic,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from numpy.typing import NDArray

    from iENEGraderLib.panel.spectral.regions import Region
    from iENEGraderLib.spectral import SpectralInput

KEV_OF_CURVE = tuple(float(kev) for kev in range(40, 145, 5))
LOW_KEV, USUAL_KEV = 40.0, 70.0


@dataclass(frozen=True, eq=False)
class RegionValues:
    """What the inputs show in a region.

    Attributes
    ----------
    iodine, fat, low, usual : iodine in mg/mL, fat fraction, HU at 40 and at 70 keV.
    left_out : share of the region that is bone, plaque or metal, where maps do not hold; it was left out.
    """

    region: Region
    sample: RoiSample
    iodine: RoiValue
    fat: RoiValue
    low: RoiValue
    usual: RoiValue
    left_out: float

    def curve(self, data: SpectralInput) -> tuple[RoiValue, ...]:
        """Return HU at `KEV_OF_CURVE`."""
        return spectral_curve(data, self.sample, KEV_OF_CURVE)


def values_of(data: SpectralInput, region: Region, materials: Materials = Materials.FAT_SOFT_IODINE) -> RegionValues:
    """Look at the inputs in a region.

    Parameters
    ----------
    data, region : the inputs, and where to look at them.
    materials : what iodine is told apart from.

    Raises
    ------
    InputError
        When nothing of the region can be used.
    """
    near, mask = _near(data, region)
    trusted = mask & ~untrusted_voxels(near).any
    if not trusted.any():
        raise InputError(f"{region.name}: all of it is bone, plaque or metal, or it is empty; nothing can be read")
    sample = sample_roi(near, trusted, region.name)
    low, usual = (sample.value_of(virtual_monochromatic(data, kev)) for kev in (LOW_KEV, USUAL_KEV))
    left_out = 1.0 - float(trusted.sum()) / float(mask.sum())
    found, fat = sample.value_of(iodine(data, materials)), sample.value_of(fat_fraction(data))
    return RegionValues(region, sample, found, fat, low, usual, left_out)


def require_same_grid(grid: ImageGeometry, geometry: ImageGeometry, source: str) -> None:
    """Pass when segments lie on the grid of the maps.

    Raises
    ------
    InputError
        When they do not.
    """
    if not grid.matches(geometry):
        raise InputError(
            f"the segments were drawn in {source}, whose grid differs from that of the spectral volumes; draw them in "
            "one of these, or resample the volumes to one grid"
        )


def with_uncertainty(value: RoiValue, digits: int, factor: float = 1.0) -> str:
    """Return a value with its standard uncertainty, rounded up to a digit; of a single voxel it is not known."""
    number = f"{round(factor * value.mean, digits) + 0.0:.{digits}f}"
    error = factor * value.uncertainty
    least = 10.0 ** -max(digits, 1)
    return number if np.isnan(error) else f"{number} ± {max(error, least):.{max(digits, 1)}f}"


def cells_of(values: RegionValues) -> tuple[str, ...]:
    """Return a line of the table: region, iodine, fat in percent, HU at 40 and 70 keV."""
    name = values.region.name + (" *" if values.left_out > 0 else "")
    numbers = (values.iodine, 2, 1.0), (values.fat, 0, 100.0), (values.low, 0, 1.0), (values.usual, 0, 1.0)
    return (name, *(with_uncertainty(*each) for each in numbers))


def note_of(values: RegionValues) -> str:
    """Return what a line of the table rests on."""
    region = values.region
    note = f"{region.name}: mean of {values.sample.voxels} voxels, {region.words}; ± is one standard uncertainty."
    if values.left_out > 0:
        note += f" * {100 * values.left_out:.0f} % of it was left out: bone, plaque or metal."
    return note


def cursor_words(data: SpectralInput, region: Region | None, materials: Materials = Materials.FAT_SOFT_IODINE) -> str:
    """Return iodine, fat and the HU of the inputs at the cursor, in one line; empty outside the image."""
    if region is None:
        return ""
    near, mask = _near(data, region)
    sample = sample_roi(near, mask)
    shown = ", ".join(
        f"{channel.name} {mean:.0f} HU" if channel.response.level else f"{channel.name} {mean:.1f}"
        for channel, mean in zip(data.channels, sample.means, strict=True)
    )
    found, fat = sample.value_of(iodine(data, materials)), sample.value_of(fat_fraction(data))
    return f"Cursor: iodine {with_uncertainty(found, 1)} mg/mL, fat {with_uncertainty(fat, 0, 100.0)} % ({shown})"


def cursor_curve(data: SpectralInput, region: Region) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return HU at `KEV_OF_CURVE` around a place, and their standard uncertainties."""
    near, mask = _near(data, region)
    return curve_arrays(spectral_curve(near, sample_roi(near, mask), KEV_OF_CURVE))


def curve_arrays(values: Sequence[RoiValue]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return means and standard uncertainties of a curve in HU."""
    return np.array([each.mean for each in values]), np.array([each.uncertainty for each in values])


def _near(data: SpectralInput, region: Region) -> tuple[SpectralInput, NDArray[np.bool_]]:
    """Return the inputs around a region, with a border for what spreads into it, and the mask on that part."""
    shape = np.array(data.geometry.array_shape)
    first = np.maximum(np.array(region.start_kji) - 1, 0)
    last = np.minimum(np.add(region.start_kji, region.mask.shape) + 1, shape)
    box = tuple(slice(int(a), int(b)) for a, b in zip(first, last, strict=True))
    mask = np.zeros(tuple(last - first), dtype=bool)
    inside = np.array(region.start_kji) - first
    mask[tuple(slice(a, a + n) for a, n in zip(inside.tolist(), region.mask.shape, strict=True))] = region.mask
    return data.cropped(box), mask
