"""Values of regions: every map and the whole spectral curve from one look at the input images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.measure.label_field import label_part
from iENEGraderLib.measure.shared_noise import independent_voxels
from iENEGraderLib.spectral.maps import virtual_monochromatic

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from HeadNeckNodesLib.imaging.segmentation import Segment
    from numpy.typing import NDArray

    from iENEGraderLib.spectral.blend import Blend
    from iENEGraderLib.spectral.spectral_input import SpectralInput

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class RoiValue:
    """One map in one region, in the unit of the map.

    Attributes
    ----------
    blend : the map.
    mean : mean of the region.
    sd : standard deviation of its voxels, noise and texture together; NaN for one voxel.
    standard_error : of the mean, from that and from how far the noise reaches.
    model_uncertainty : by which the mean may be off because slopes of the inputs are uncertain.
    """

    blend: Blend
    mean: float
    sd: float
    standard_error: float
    model_uncertainty: float

    @property
    def uncertainty(self) -> float:
        """Standard uncertainty of the mean."""
        return float(np.hypot(self.standard_error, self.model_uncertainty))


@dataclass(frozen=True, eq=False)
class RoiSample:
    """What the input images show in a region; all maps follow exactly, because they are blends.

    Attributes
    ----------
    voxels : number of voxels.
    independent : number of voxels without shared noise that would give the same mean.
    means : of each input, shape (n,).
    covariance : of the voxels, shape (n, n); NaN for one voxel.
    """

    voxels: int
    independent: float
    means: Floats
    covariance: Floats

    def value_of(self, blend: Blend) -> RoiValue:
        """Return a map of the same inputs in this region."""
        sd = blend.noise(self.covariance)
        error = abs(blend.model_error.of(self.means)) if blend.model_error else 0.0
        return RoiValue(blend, blend.affine.of(self.means), sd, sd / float(np.sqrt(self.independent)), error)


def sample_roi(data: SpectralInput, region: NDArray[Any] | Segment, name: str = "the region") -> RoiSample:
    """Look at the inputs in a region.

    Parameters
    ----------
    data : the inputs.
    region : mask or segment on the grid of the images.
    name : what to call it in messages.

    Raises
    ------
    InputError
        when it is empty or on another grid.
    """
    part = label_part(region, data.geometry.array_shape, name)
    if part.is_empty:
        raise InputError(f"the mask of {name} is empty: draw it in the image")
    box = tuple(slice(a, a + n) for a, n in zip(part.start_kji, part.mask.shape, strict=True))
    boxes = np.stack([voxels[box].astype(np.float64) for voxels in data.voxels])
    values = boxes[:, part.mask]
    count = values.shape[1]
    covariance = np.atleast_2d(np.cov(values)) if count > 1 else np.full((len(values), len(values)), np.nan)
    return RoiSample(count, independent_voxels(boxes, part.mask), values.mean(axis=1), covariance)


def spectral_curve(data: SpectralInput, sample: RoiSample, kevs: Iterable[float]) -> tuple[RoiValue, ...]:
    """Return HU against energy in a region, as plain virtual monochromatic values.

    Raises
    ------
    InputError
        when an energy is not between 40 and 190 keV, or the inputs hold no spectrum.
    """
    return tuple(sample.value_of(virtual_monochromatic(data, kev)) for kev in kevs)
