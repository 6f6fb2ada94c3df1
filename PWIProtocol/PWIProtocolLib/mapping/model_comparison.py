"""Which of several models explains each voxel best, by Akaike's corrected criterion."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import numpy as np
from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.kinetics import Model, VoxelStatus
from PWIProtocolLib.kinetics.comparison import aicc
from PWIProtocolLib.kinetics.semiquantitative import CurveStatus
from PWIProtocolLib.mapping.study import fitter_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from PWIProtocolLib.kinetics import Converter, KineticMaps
    from PWIProtocolLib.mapping.study import MappedStudy

    Share = Callable[[float], bool]

NOT_COMPARED = 0
MEANING = (
    "The model with the lowest AICc (Hurvich and Tsai 1989) explains the curve best for the number of its parameters. "
    "It does not say that the model is right, nor that its values are exact. Voxels that do not enhance above noise, "
    "or have no value in any model, are not compared."
)


@dataclass(frozen=True)
class ModelShare:
    """A model and the voxels that it explains best, with their share of the compared ones."""

    model: Model
    label: int
    voxels: int
    share: float


@dataclass(frozen=True, eq=False)
class BestModels:
    """The best model of every voxel.

    Attributes
    ----------
    models : those compared; the first has label 1.
    labels : flat (n_voxels,), uint8; `NOT_COMPARED` elsewhere.
    """

    models: tuple[Model, ...]
    labels: NDArray[np.uint8]

    def shares(self, index: NDArray[np.intp] | None = None) -> tuple[ModelShare, ...]:
        """Return all models with their voxels, of some voxels or of all; shares are 0 where none was compared."""
        labels = self.labels if index is None else self.labels[index]
        counts = np.bincount(labels, minlength=len(self.models) + 1)[1:]
        total = max(int(counts.sum()), 1)
        return tuple(
            ModelShare(model, n + 1, int(counts[n]), float(counts[n] / total)) for n, model in enumerate(self.models)
        )

    def compared(self, index: NDArray[np.intp] | None = None) -> int:
        """Return how many of some voxels, or of all, were compared."""
        return sum(each.voxels for each in self.shares(index))


def compare_on(study: MappedStudy, models: Sequence[Model | str], progress: Share | None = None) -> BestModels:
    """Fit several models to every voxel, with the arterial curve and settings of a study, and compare them.

    Parameters
    ----------
    models : at least two, each once.
    progress : called with the share done; returning False stops, and voxels that lack a model are not compared.

    Raises
    ------
    InputError
        When models are too few or named twice, or the frames too few to judge them.
    """
    chosen = tuple(Model(each) for each in models)
    if len(set(chosen)) < 2 or len(set(chosen)) < len(chosen):
        raise InputError(f"models to compare: found {', '.join(chosen) or 'none'}; expected two or more, each once")
    lowest = np.full(len(study.kinetic.status), np.inf)
    labels = np.zeros(len(lowest), np.uint8)
    usable = study.described.status == CurveStatus.MEASURED
    told = _Told(progress, len(chosen))
    for n, model in enumerate(chosen):
        if not told.going:
            usable[:] = False
            break
        maps, parameters = _fitted(study, model, told.of_step(n))
        criterion = aicc(maps, len(study.inputs.dynamic.time_s), parameters)
        better = maps.has_value & (criterion < lowest)
        lowest[better], labels[better] = criterion[better], n + 1
        usable &= maps.status != VoxelStatus.NOT_COMPUTED
    labels[~usable] = NOT_COMPARED
    return BestModels(chosen, labels)


def _fitted(study: MappedStudy, model: Model, progress: Share) -> tuple[KineticMaps, int]:
    # Residuals of nearly exact fits differ by less than single precision tells.
    fitter = fitter_of(replace(study.settings, model=model), study.inputs, study.arterial, "float64")
    convert = study.inputs.conversion(study.settings, study.baseline, "float64")
    maps = fitter.run_signal(study.inputs.curves, cast("Converter", convert), progress=progress)
    return maps, fitter.n_parameters


class _Told:
    """Progress over several steps of equal length, and whether to go on."""

    def __init__(self, progress: Share | None, steps: int) -> None:
        self._progress, self._steps = progress, steps
        self.going = True

    def of_step(self, n: int) -> Share:
        """Return the progress of the n-th step."""

        def tell(share: float) -> bool:
            self.going = self._progress is None or self._progress((n + share) / self._steps)
            return self.going

        return tell
