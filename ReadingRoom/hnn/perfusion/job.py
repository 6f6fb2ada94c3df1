"""A fit from what was read to maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PWIProtocolLib.kinetics.checks import checked_times
from PWIProtocolLib.mapping import MappedStudy, baseline_of, map_study

from hnn.perfusion.arterial import arterial_curve

if TYPE_CHECKING:
    from collections.abc import Callable

    from hnn.perfusion.inputs import FitInputs
    from hnn.perfusion.settings import FitSettings

    Share = Callable[[float], bool]


@dataclass(frozen=True, eq=False)
class FittedStudy(MappedStudy):
    """A dynamic study with its maps, and with the files and options that it comes from."""

    settings: FitSettings
    inputs: FitInputs


def fitted_study(settings: FitSettings, inputs: FitInputs, progress: Share | None = None) -> FittedStudy:
    """Fit the model to every voxel.

    Parameters
    ----------
    progress : called with the share done; returning False stops the fit, and the voxels so far keep their values.

    Raises
    ------
    InputError
        When the frames before contrast or the arterial curve cannot be told, or units cannot be meant.
    """
    checked_times(inputs.dynamic.time_s)
    baseline = baseline_of(settings, inputs)
    arterial = arterial_curve(settings, inputs, baseline)
    return FittedStudy(**vars(map_study(settings, inputs, arterial, baseline, progress)))
