"""Fat and muscle of one patient in place of the table, as they are kept in a scene."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.spectral import RoiSample, calibrated_tissues, sample_roi
from iENEGraderLib.spectral.calibration import LEAST_VOXELS

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from iENEGraderLib.spectral import SpectralInput


@dataclass(frozen=True)
class TissueSample:
    """What the inputs show in a region of one tissue.

    Attributes
    ----------
    name : of the region.
    voxels, independent, means, covariance : as those of `RoiSample`.
    """

    name: str
    voxels: int
    independent: float
    means: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]

    @staticmethod
    def of(data: SpectralInput, mask: NDArray[Any], name: str) -> TissueSample:
        """Look at the inputs in a region; InputError when it is empty or too small."""
        found = sample_roi(data, mask, name)
        if found.voxels < LEAST_VOXELS:
            raise InputError(f"{name}: {found.voxels} voxels, at least {LEAST_VOXELS} are needed; draw it larger")
        rows = tuple(tuple(map(float, row)) for row in found.covariance.tolist())
        return TissueSample(name, found.voxels, found.independent, tuple(map(float, found.means)), rows)

    @property
    def sample(self) -> RoiSample:
        """The same for the calibration."""
        return RoiSample(self.voxels, self.independent, np.array(self.means), np.array(self.covariance))


@dataclass(frozen=True)
class TissueCalibration:
    """Regions of fat and muscle of this patient, and the inputs that they were read in.

    Attributes
    ----------
    channels : names of the inputs.
    fat, muscle : what they show.
    """

    channels: tuple[str, ...]
    fat: TissueSample
    muscle: TissueSample

    def applied_to(self, data: SpectralInput) -> SpectralInput:
        """Return the inputs with values of this patient's tissues.

        Raises
        ------
        InputError
            When they are other inputs, or the two regions do not differ as fat and muscle do.
        """
        require_same_channels(self.channels, data)
        return calibrated_tissues(data, self.fat.sample, self.muscle.sample)


def require_same_channels(channels: tuple[str, ...], data: SpectralInput) -> None:
    """Pass when a calibration was made for these inputs; InputError when it was for others."""
    names = channel_names(data)
    if names != channels:
        raise InputError(
            f"the calibration was made for {' and '.join(channels)}, these are {' and '.join(names)}; calibrate again, "
            "or reset it"
        )


def channel_names(data: SpectralInput) -> tuple[str, ...]:
    """Return the names of inputs."""
    return tuple(each.name for each in data.channels)
