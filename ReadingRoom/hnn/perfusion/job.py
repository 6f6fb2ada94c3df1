"""A fit from what was read to maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PWIProtocolLib.kinetics.checks import checked_times
from PWIProtocolLib.mapping import MappedStudy, baseline_of, compare_on, map_intervals, map_study

from hnn.perfusion.arterial import arterial_curve

if TYPE_CHECKING:
    from collections.abc import Callable

    from PWIProtocolLib.mapping import BestModels, MapIntervals

    from hnn.perfusion.inputs import FitInputs
    from hnn.perfusion.settings import FitSettings

    Share = Callable[[float], bool]


@dataclass(frozen=True, eq=False)
class FittedStudy(MappedStudy):
    """A dynamic study with its maps, and with the files and options that it comes from.

    Attributes
    ----------
    files : what was read.
    intervals : half widths beside the maps; None when they were not asked for.
    best_models : which model explains each voxel best; None when none were compared.
    """

    settings: FitSettings
    files: FitInputs
    intervals: MapIntervals | None = None
    best_models: BestModels | None = None

    @property
    def cautions(self) -> tuple[str, ...]:
        """Sentences on everything."""
        placed = self.files.regions
        return (*(() if placed is None else placed.cautions), *super().cautions)


def fitted_study(
    settings: FitSettings, files: FitInputs, tell: Callable[[str], Share | None] = lambda _what: None
) -> FittedStudy:
    """Fit the model to every voxel, and do what else was asked for.

    Parameters
    ----------
    files : what was read.
    tell : gives the progress of a step by its name; it is called with the share done, and returning False stops the
        step, whose voxels so far keep their values.

    Raises
    ------
    InputError
        When the frames before contrast or the arterial curve cannot be told, or units cannot be meant.
    """
    inputs = files.mapping
    checked_times(inputs.dynamic.time_s)
    baseline = baseline_of(settings, inputs)
    arterial = arterial_curve(settings, files, baseline, tell("finding the arterial curve"))
    mapped = map_study(settings, inputs, arterial, baseline, tell("fitting"))
    intervals = map_intervals(mapped, tell("intervals")) if settings.intervals else None
    best = compare_on(mapped, settings.compared, tell("comparing models")) if settings.compared else None
    return FittedStudy(**vars(mapped), files=files, intervals=intervals, best_models=best)
