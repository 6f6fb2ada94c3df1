"""What a reader changes about an arterial curve: a record that is applied to what was measured and replaces nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from math import isfinite

from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.kinetics import population_aif_info

Voxel = tuple[int, int, int]
"""k, j, i."""
SAME_TIME_S = 1e-3
MOST_MOVED_S = 600.0
HIGHEST_MM = 100.0
MOST_FACTOR = 1000.0


class ScaleTo(StrEnum):
    """What the height of a curve is set by."""

    FACTOR = "factor"
    PEAK = "peak"
    AREA = "area"
    TAIL = "tail"


class Between(StrEnum):
    """How the curve runs between two samples."""

    RESOLVED = "resolved"
    STRAIGHT = "straight"


@dataclass(frozen=True)
class Scaling:
    """The height of a curve.

    Attributes
    ----------
    number : the factor, or the concentration of the last minute in mM; without meaning for a population average.
    population : name of the population average whose peak or area the curve is to have.
    """

    to: ScaleTo = ScaleTo.FACTOR
    number: float = 1.0
    population: str = ""

    def __post_init__(self) -> None:
        """Refuse heights that no curve can have."""
        if self.to in (ScaleTo.PEAK, ScaleTo.AREA):
            population_aif_info(self.population)
        elif self.to is ScaleTo.FACTOR and not 0 < self.number <= MOST_FACTOR:
            raise InputError(f"scale of the arterial curve: found {self.number:g}, expected a positive factor")
        elif self.to is ScaleTo.TAIL and not 0 < self.number <= HIGHEST_MM:
            raise InputError(
                f"end of the arterial curve: found {self.number:g} mM, expected a positive concentration in mM"
            )


AS_IT_IS = Scaling()


@dataclass(frozen=True, order=True)
class Correction:
    """A sample whose concentration in plasma (mM) a reader has set, named by its time."""

    time_s: float
    mM: float  # noqa: N815

    def __post_init__(self) -> None:
        """Refuse concentrations that cannot be."""
        if not isfinite(self.time_s) or not 0 <= self.mM <= HIGHEST_MM:
            raise InputError(
                f"sample at {self.time_s:g} s: found {self.mM:g} mM, expected a concentration from 0 to "
                f"{HIGHEST_MM:g} mM"
            )


@dataclass(frozen=True)
class AifEdits:
    """All changes of a reader to one curve; without any it is the curve as measured, published or given.

    They are applied in one fixed order (voxels, samples, baseline, form between samples, height, time), so that the
    same changes made in another order are the same record, and give the same curve.

    Attributes
    ----------
    moved_s : the curve comes later by this, earlier when it is negative.
    subtracts_baseline : whether the mean of the samples before arrival is taken off all of them.
    corrected : samples with the value that the reader gave, before baseline and height; one for each time, by time.
    removed_s : times of samples that are left out, rising.
    left_out : voxels of the artery that are not used, in their order in the image.
    """

    moved_s: float = 0.0
    scaling: Scaling = AS_IT_IS
    subtracts_baseline: bool = False
    between: Between = Between.RESOLVED
    corrected: tuple[Correction, ...] = ()
    removed_s: tuple[float, ...] = ()
    left_out: tuple[Voxel, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a shift that cannot be, and forget the order in which samples and voxels were named."""
        if not abs(self.moved_s) <= MOST_MOVED_S:
            raise InputError(
                f"onset of the arterial curve: moved by {self.moved_s:g} s; expected at most {MOST_MOVED_S:g} s"
            )
        times = [each.time_s for each in self.corrected]
        if len(set(times)) < len(times):
            raise InputError("arterial curve: one sample has two corrected values; expected one for each time")
        object.__setattr__(self, "corrected", tuple(sorted(self.corrected)))
        object.__setattr__(self, "removed_s", tuple(sorted(set(self.removed_s))))
        object.__setattr__(self, "left_out", tuple(sorted(set(self.left_out))))

    @property
    def needs_samples(self) -> bool:
        """Whether something was changed that a curve without samples does not have."""
        return bool(self.corrected or self.removed_s or self.subtracts_baseline)

    def corrected_at(self, time_s: float, mM: float | None) -> AifEdits:  # noqa: N803
        """Return the edits with this value of a sample; None gives back what was measured."""
        others = tuple(each for each in self.corrected if each.time_s != time_s)
        return replace(self, corrected=others if mM is None else (*others, Correction(time_s, mM)))

    def removed_at(self, time_s: float, *, removed: bool) -> AifEdits:
        """Return the edits with a sample left out, or taken back."""
        others = tuple(each for each in self.removed_s if each != time_s)
        return replace(self, removed_s=(*others, time_s) if removed else others)

    def with_voxel(self, voxel: Voxel, *, used: bool) -> AifEdits:
        """Return the edits with a voxel of the artery used, or left out."""
        others = tuple(each for each in self.left_out if each != voxel)
        return replace(self, left_out=others if used else (*others, voxel))


NO_EDITS = AifEdits()
