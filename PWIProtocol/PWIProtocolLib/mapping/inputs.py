"""What a fit is made of: frames with times that hold signal or concentration, and what turns one into the other."""

# ruff: noqa: ARG002 (both kinds of inputs have the same methods; one of them needs fewer arguments)

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np
from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.kinetics import Converter
from PWIProtocolLib.kinetics.aif_detection import InputKind
from PWIProtocolLib.kinetics.checks import checked_blood_t1, checked_flip_angles, checked_repetition_time
from PWIProtocolLib.mapping.concentration_units import require_mM
from PWIProtocolLib.mapping.precontrast import NOT_NEEDED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from PWIProtocolLib.dynamic import DynamicFrames
    from PWIProtocolLib.mapping.flip_angle_ratio import B1Map
    from PWIProtocolLib.mapping.precontrast import Precontrast
    from PWIProtocolLib.mapping.settings import MappingSettings

    Reals = NDArray[Any]
    Indices = NDArray[np.intp]

NO_BLOOD_T1 = (
    "T1 of blood is not known: the one number given for tissue does not hold for it; give it in seconds (about 1.44 at "
    "1.5 T, 1.65 at 3 T), or use a population curve"
)
T1_OF_MAP = "T1 of blood was taken from the T1 map; inflow falsifies it easily, so compare with a value given for blood"
WITHOUT_SIGNAL = (
    "the frames hold concentrations as given: how they were made was not checked, and enhancement, wash-in and "
    "wash-out, which are relative to the signal before contrast, have no maps"
)
OFFSET_MM = 1.0
"""Level on which concentrations are described: a voxel then enhances from 0.1 mM, as one enhances from a tenth of its
signal; times, areas and the type of the curve do not depend on it."""


class Conversion(Protocol):
    """Turns curves into concentrations slab by slab."""

    def check(self, signal: Reals) -> None:
        """Refuse curves that do not suit it."""

    def slab(self, signal: Reals, part: slice) -> tuple[Reals, NDArray[np.uint8]]:
        """Return concentrations in mM and status of some voxels."""


@dataclass(frozen=True, eq=False)
class Blood:
    """Curves of the voxels of an artery.

    Attributes
    ----------
    mM : concentration in whole blood (n, n_times); NaN where there is none.
    signal : the same voxels (n, n_times); None when the frames hold concentrations.
    cautions : sentences.
    """

    mM: Reals  # noqa: N815
    signal: Reals | None = None
    cautions: tuple[str, ...] = ()


class MappingInputs(ABC):
    """Data of a fit: `SignalInputs` or `ConcentrationInputs`.

    Attributes
    ----------
    dynamic : frames, times and grid.
    precontrast : T1 of every voxel, and where it comes from.
    kind : what the frames hold.
    without : maps of the curves that cannot be made of such frames.
    doubtful : what to look at when many voxels have no value.
    """

    dynamic: DynamicFrames
    precontrast: Precontrast
    kind: ClassVar[InputKind]
    without: ClassVar[tuple[str, ...]] = ()
    doubtful: ClassVar[str]

    @property
    def curves(self) -> Reals:
        """Frames as a curve for every voxel, (n_voxels, n_times), signal or mM: a view."""
        return self.dynamic.frames.reshape(len(self.dynamic.frames), -1).T

    @property
    @abstractmethod
    def can_have_value(self) -> NDArray[np.bool_]:
        """Voxels of which everything but their curve is known, (n_voxels,)."""

    @abstractmethod
    def conversion(self, settings: MappingSettings, baseline: int, dtype: str = "float32") -> Conversion:
        """Return the way from the curves of all voxels to concentrations."""

    @abstractmethod
    def concentration(
        self, settings: MappingSettings, baseline: int, index: Indices, dtype: str = "float32"
    ) -> tuple[Reals, NDArray[np.uint8]]:
        """Return concentration in mM (n, n_times) and status (n,) of some voxels."""

    @abstractmethod
    def blood(self, settings: MappingSettings, baseline: int, index: Indices) -> Blood:
        """Return the curves of the voxels of an artery; InputError when T1 of blood is not known."""

    @abstractmethod
    def blood_is_known(self, settings: MappingSettings) -> bool:
        """Tell whether an artery can be measured."""

    @abstractmethod
    def described(self, part: slice) -> Reals:
        """Return the curves of some voxels as they are described without a model."""

    @abstractmethod
    def cautions(self, settings: MappingSettings) -> tuple[str, ...]:
        """Return a sentence for each thing that was left out, assumed or doubtful."""


@dataclass(frozen=True, eq=False)
class SignalInputs(MappingInputs):
    """Frames that hold the signal of a spoiled gradient echo.

    Attributes
    ----------
    dynamic : frames, times and grid.
    repetition_time_s, flip_angle_deg : of the dynamic study, the angle as it was set.
    precontrast : T1 of every voxel, and where it comes from.
    b1 : ratio of the true to the set flip angle; None where they count as equal.
    """

    dynamic: DynamicFrames
    repetition_time_s: float
    flip_angle_deg: float
    precontrast: Precontrast
    b1: B1Map | None = None
    kind: ClassVar[InputKind] = InputKind.SIGNAL
    doubtful: ClassVar[str] = "T1, flip angle and TR"

    def __post_init__(self) -> None:
        """Refuse numbers in another unit, and a B1 map of other voxels."""
        checked_repetition_time(self.repetition_time_s)
        checked_flip_angles(self.flip_angle_deg)
        count = self.dynamic.frames[0].size
        if self.b1 is not None and self.b1.ratio.shape != (count,):
            raise InputError(f"B1 map: {self.b1.ratio.size} voxels, expected {count} as in the dynamic study")

    @property
    def can_have_value(self) -> NDArray[np.bool_]:
        """Voxels with T1, and with B1 where it is given."""
        known = np.broadcast_to(np.isfinite(self.precontrast.t1_s), self.dynamic.frames[0].size)
        return known if self.b1 is None else known & np.isfinite(self.b1.ratio)

    def conversion(self, settings: MappingSettings, baseline: int, dtype: str = "float32") -> Converter:
        """Return the exact inverse of the signal equation for all voxels."""
        return self._converter(settings, baseline, self._t1(slice(None)), slice(None), dtype)

    def concentration(
        self, settings: MappingSettings, baseline: int, index: Indices, dtype: str = "float32"
    ) -> tuple[Reals, NDArray[np.uint8]]:
        """Return concentration in mM (n, n_times) and status (n,) of some voxels."""
        convert = self._converter(settings, baseline, self._t1(index), index, dtype)
        return convert.slab(self.curves[index], slice(None))

    def blood(self, settings: MappingSettings, baseline: int, index: Indices) -> Blood:
        """Return the curves of the voxels of an artery, with T1 of blood as given or that of the map."""
        if not self.blood_is_known(settings):
            raise InputError(NO_BLOOD_T1)
        given_s = settings.blood_t1_s
        t1 = self.precontrast.of(index) if given_s is None else np.asarray(checked_blood_t1(given_s))
        signal = self.curves[index]
        found, _status = self._converter(settings, baseline, t1, index, "float64").slab(signal, slice(None))
        return Blood(found, signal, (T1_OF_MAP,) if given_s is None else ())

    def blood_is_known(self, settings: MappingSettings) -> bool:
        """Tell whether T1 of blood is given, or T1 is a map."""
        return settings.blood_t1_s is not None or self.precontrast.is_map

    def described(self, part: slice) -> Reals:
        """Return the signal of some voxels."""
        return self.curves[part]

    def cautions(self, settings: MappingSettings) -> tuple[str, ...]:
        """Return those of the frames, of T1, and what was assumed."""
        return (*self.dynamic.cautions, *self.precontrast.cautions, *settings.assumed)

    def slope(self, settings: MappingSettings, concentration_mM: Reals, index: Indices) -> Reals:
        """Return the change of concentration by the logarithm of the signal, in mM, of curves (n, n_times)."""
        t1 = np.broadcast_to(self._t1(index), len(index)).astype(float)[:, None]
        ratio = 1.0 if self.b1 is None else self.b1.ratio[index].astype(float)[:, None]
        cosine = np.cos(np.deg2rad(self.flip_angle_deg) * ratio)
        recovery = np.exp(-self.repetition_time_s * (1 / t1 + settings.used_relaxivity * concentration_mM))
        by_rate = self.repetition_time_s * recovery * (1 - cosine) / ((1 - recovery) * (1 - cosine * recovery))
        found: Reals = 1 / (settings.used_relaxivity * by_rate)
        return found

    def _t1(self, index: Any) -> Reals:
        """Return T1 of some voxels; without B1 where a map of it is given, a voxel has no usable T1 either."""
        t1 = self.precontrast.of(index)
        return t1 if self.b1 is None else np.where(np.isfinite(self.b1.ratio[index]), t1, np.nan)

    def _converter(self, settings: MappingSettings, baseline: int, t1_s: Reals, index: Any, dtype: str) -> Converter:
        return Converter(
            baseline,
            self.flip_angle_deg,
            self.repetition_time_s,
            t1_s=t1_s,
            relaxivity_per_mM_s=settings.used_relaxivity,
            b1=None if self.b1 is None else self.b1.ratio[index],
            dtype=dtype,
        )


@dataclass(frozen=True, eq=False)
class ConcentrationInputs(MappingInputs):
    """Frames that hold concentrations of contrast agent in mM: of tissue, and in arteries of whole blood.

    Raises
    ------
    InputError
        When the values look like another unit, or like signal.
    """

    dynamic: DynamicFrames
    precontrast: Precontrast = NOT_NEEDED
    kind: ClassVar[InputKind] = InputKind.CONCENTRATION
    without: ClassVar[tuple[str, ...]] = ("relative_enhancement", "wash_in_per_min", "wash_out_per_min")
    doubtful: ClassVar[str] = "how the concentrations were made"

    def __post_init__(self) -> None:
        """Refuse values that are no mM."""
        require_mM(self.curves)

    @property
    def can_have_value(self) -> NDArray[np.bool_]:
        """All voxels."""
        return np.ones(self.dynamic.frames[0].size, bool)

    def conversion(self, settings: MappingSettings, baseline: int, dtype: str = "float32") -> Conversion:
        """Return a conversion that leaves the curves as they are."""
        return _AsGiven(dtype)

    def concentration(
        self, settings: MappingSettings, baseline: int, index: Indices, dtype: str = "float32"
    ) -> tuple[Reals, NDArray[np.uint8]]:
        """Return the curves of some voxels, and that nothing is amiss with them."""
        return self.curves[index].astype(dtype), np.zeros(len(index), np.uint8)

    def blood(self, settings: MappingSettings, baseline: int, index: Indices) -> Blood:
        """Return the curves of the voxels of an artery, which are concentrations in whole blood."""
        return Blood(self.curves[index].astype(np.float64))

    def blood_is_known(self, settings: MappingSettings) -> bool:
        """Tell that no T1 is needed."""
        return True

    def described(self, part: slice) -> Reals:
        """Return the curves of some voxels, raised from zero."""
        return OFFSET_MM + self.curves[part].astype(np.float32)

    def cautions(self, settings: MappingSettings) -> tuple[str, ...]:
        """Return those of the frames, what has no maps, and what was assumed."""
        return (*self.dynamic.cautions, WITHOUT_SIGNAL, *settings.assumed_of_blood)


class _AsGiven:
    """The conversion of curves that are concentrations."""

    def __init__(self, dtype: str) -> None:
        self._dtype = np.dtype(dtype)

    def check(self, signal: Reals) -> None:
        """Accept all: units were checked with the inputs."""

    def slab(self, signal: Reals, part: slice) -> tuple[Reals, NDArray[np.uint8]]:
        """Return the curves of some voxels, and that nothing is amiss with them."""
        rows = np.asarray(signal[part], self._dtype, order="C")
        return rows, np.zeros(len(rows), np.uint8)
