"""What a fit is made of: frames with times, the settings of the sequence, T1 before contrast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PWIProtocolLib.kinetics import Converter
from PWIProtocolLib.kinetics.checks import checked_flip_angles, checked_repetition_time

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from PWIProtocolLib.dynamic import DynamicFrames
    from PWIProtocolLib.mapping.precontrast import Precontrast
    from PWIProtocolLib.mapping.settings import MappingSettings


@dataclass(frozen=True, eq=False)
class MappingInputs:
    """Data of a fit.

    Attributes
    ----------
    dynamic : frames, times and grid.
    repetition_time_s, flip_angle_deg : of the dynamic study.
    precontrast : T1 of every voxel, and where it comes from.
    """

    dynamic: DynamicFrames
    repetition_time_s: float
    flip_angle_deg: float
    precontrast: Precontrast

    def __post_init__(self) -> None:
        """Refuse numbers in another unit."""
        checked_repetition_time(self.repetition_time_s)
        checked_flip_angles(self.flip_angle_deg)

    @property
    def signal(self) -> NDArray[Any]:
        """Signal of every voxel, (n_voxels, n_times): a view of the frames."""
        return self.dynamic.frames.reshape(len(self.dynamic.frames), -1).T

    def converter(
        self, settings: MappingSettings, baseline: int, t1_s: NDArray[Any], dtype: str = "float32"
    ) -> Converter:
        """Return the conversion of signal to concentration of voxels with this T1."""
        return Converter(
            baseline,
            self.flip_angle_deg,
            self.repetition_time_s,
            t1_s=t1_s,
            relaxivity_per_mM_s=settings.used_relaxivity,
            dtype=dtype,
        )

    def concentration(
        self, settings: MappingSettings, baseline: int, index: NDArray[np.intp], dtype: str = "float32"
    ) -> tuple[NDArray[Any], NDArray[np.uint8]]:
        """Return concentration in mM (n, n_times) and status (n,) of some voxels."""
        convert = self.converter(settings, baseline, self.precontrast.of(index), dtype)
        return convert.slab(self.signal[index], slice(None))
