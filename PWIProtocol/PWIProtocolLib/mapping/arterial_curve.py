"""An arterial curve: what its source gave, and what of it the fit uses."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from PWIProtocolLib.mapping.aif_edits import NO_EDITS, AifEdits

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from numpy.typing import NDArray

    from PWIProtocolLib.kinetics import AifQuality
    from PWIProtocolLib.mapping.aif_edits import Voxel

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]


class AifSource(StrEnum):
    """Where the arterial curve comes from."""

    POPULATION = "population"
    DETECTED = "detected"
    REGION = "region"
    FILE = "file"


@dataclass(frozen=True, eq=False)
class Artery:
    """The voxels of an artery, in the order of the image.

    Attributes
    ----------
    mask : [k, j, i] on the grid of the dynamic study.
    blood_mM : concentration in whole blood of each voxel (n_voxels, n_times).
    signal : of the same voxels; None when the study holds concentrations.
    """

    mask: Mask
    geometry: ImageGeometry
    blood_mM: Floats
    signal: Floats | None = None

    @property
    def voxels(self) -> tuple[Voxel, ...]:
        """The place of each voxel."""
        return tuple((int(k), int(j), int(i)) for k, j, i in np.argwhere(self.mask))

    def used(self, left_out: tuple[Voxel, ...]) -> NDArray[np.bool_]:
        """Return which of the voxels are used, (n_voxels,)."""
        without = set(left_out)
        return np.array([voxel not in without for voxel in self.voxels], bool)


@dataclass(frozen=True, eq=False)
class AifOrigin:
    """What the source of a curve gave; edits are applied to it and leave it as it is.

    Attributes
    ----------
    time_s, aif_mM : plasma curve, as measured or given, or a population average at fine times.
    hematocrit : of blood that was turned into plasma, and of population averages to compare with.
    arrival_s : of a population average, which is known at any time; None for samples.
    artery : voxels that it was measured in.
    cautions : sentences on the source.
    """

    source: AifSource
    words: str
    time_s: Floats
    aif_mM: Floats
    hematocrit: float
    arrival_s: float | None = None
    artery: Artery | None = None
    cautions: tuple[str, ...] = ()

    @property
    def is_sampled(self) -> bool:
        """Whether it consists of samples."""
        return self.arrival_s is None


@dataclass(frozen=True, eq=False)
class Arterial:
    """An arterial curve of plasma, as the fit uses it.

    Attributes
    ----------
    source, words : where it comes from, and what a reader changed.
    time_s, aif_mM : the curve at fine times.
    arrival_s : when the bolus arrives, on the time axis of the frames.
    quality : its measures.
    origin, edits : what it was made of.
    changes : what a reader changed, in words.
    sampled_s, sampled_mM : as it was measured or given; None for a population average.
    used_s, used_mM : its samples after the edits, through which the curve runs.
    voxels : mask [k, j, i] of the voxels of the artery in use; None when it was not measured.
    cautions : sentences.
    """

    source: AifSource
    words: str
    time_s: Floats
    aif_mM: Floats
    arrival_s: float
    quality: AifQuality
    origin: AifOrigin
    edits: AifEdits = NO_EDITS
    sampled_s: Floats | None = None
    sampled_mM: Floats | None = None
    used_s: Floats | None = None
    used_mM: Floats | None = None
    voxels: Mask | None = None
    cautions: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()

    @property
    def can_be_edited(self) -> bool:
        """Whether all that it was made of is at hand; of a curve from a saved fit only the outcome is."""
        return self.origin.is_sampled == (self.sampled_s is not None)
