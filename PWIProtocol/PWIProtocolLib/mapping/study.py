"""A fit from its inputs to maps: concentration, model and description of the curves in one pass over the voxels."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np

from PWIProtocolLib.kinetics import (
    KineticFitter,
    KineticMaps,
    SemiquantitativeMaps,
    VoxelStatus,
    automatic_baseline,
    fitted_curves,
    semiquantitative_maps,
)
from PWIProtocolLib.kinetics.checks import checked_times
from PWIProtocolLib.kinetics.concentration import checked_baseline
from PWIProtocolLib.mapping.doubts import doubts, require_values
from PWIProtocolLib.roi import map_kinds

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from PWIProtocolLib.kinetics import Converter
    from PWIProtocolLib.mapping.arterial import Arterial
    from PWIProtocolLib.mapping.inputs import MappingInputs
    from PWIProtocolLib.mapping.settings import MappingSettings

    Share = Callable[[float], bool]
    Reals = NDArray[Any]
    Precision = Literal["float32", "float64"]

DESCRIBED = tuple(
    each.name for each in fields(SemiquantitativeMaps) if each.name not in ("curve_type", "status", "peak_enhancement")
)
"""Maps of the curves without a model; the peak in units of the signal means nothing outside its study."""


@dataclass(frozen=True, eq=False)
class MappedStudy:
    """A dynamic study with its maps; all are flat, (n_voxels,).

    Attributes
    ----------
    baseline : frames before contrast.
    arterial : arterial curve.
    fitter : the prepared fit, for further curves.
    kinetic, described : maps with and without a model.
    """

    settings: MappingSettings
    inputs: MappingInputs
    baseline: int
    arterial: Arterial
    fitter: KineticFitter
    kinetic: KineticMaps
    described: SemiquantitativeMaps

    @property
    def cautions(self) -> tuple[str, ...]:
        """Sentences on everything."""
        return (*self.inputs.cautions(self.settings), *self.arterial.cautions, *doubts(self))

    @property
    def done(self) -> float:
        """Share of the voxels that were worked on: below 1 after a fit that was stopped."""
        return float(np.mean(self.kinetic.status != VoxelStatus.NOT_COMPUTED))

    def on_grid(self, values: Reals) -> Reals:
        """Return a flat map as [k, j, i]."""
        return values.reshape(self.inputs.dynamic.geometry.array_shape)

    def named(self) -> dict[str, Reals]:
        """Return all maps with a unit by name, flat: those of the model, of the curves, and T1 where it is a map."""
        described = [name for name in DESCRIBED if name not in self.inputs.without]
        found = self.kinetic.named() | {name: getattr(self.described, name) for name in described}
        if self.inputs.precontrast.is_map:
            found["t1_s"] = self.inputs.precontrast.t1_s
        return {kind.name: found[kind.name] for kind in map_kinds() if kind.name in found}

    def concentration(self, index: NDArray[np.intp]) -> Reals:
        """Return concentration curves of some voxels in mM, (n, n_times); NaN where there is none."""
        return self.inputs.concentration(self.settings, self.baseline, index)[0]

    def drawn(self, maps: KineticMaps) -> Reals:
        """Return the fitted curve at the times of the frames of the first voxel of maps, (n_times,)."""
        curves: Reals = fitted_curves(
            maps,
            [0],
            self.inputs.dynamic.time_s,
            self.arterial.aif_mM,
            aif_time_s=self.arterial.time_s,
            delay_s=self.fitter.delay_s or 0.0,
        )
        drawn: Reals = curves[0]
        return drawn


def baseline_of(settings: MappingSettings, inputs: MappingInputs) -> int:
    """Return the frames before contrast, as given or as the images tell; InputError when neither does."""
    settings.require_baseline(len(inputs.dynamic.time_s))
    if settings.baseline is None:
        return automatic_baseline(inputs.curves)
    return checked_baseline(inputs.curves, settings.baseline)


def fitter_of(
    settings: MappingSettings, inputs: MappingInputs, arterial: Arterial, dtype: Precision = "float32"
) -> KineticFitter:
    """Return the prepared fit of a study; InputError when the arterial curve does not suit the frames."""
    times = checked_times(inputs.dynamic.time_s)
    return KineticFitter(
        times, arterial.aif_mM, settings.model, delay=settings.delay, aif_time_s=arterial.time_s, dtype=dtype
    )


def map_study(
    settings: MappingSettings,
    inputs: MappingInputs,
    arterial: Arterial,
    baseline: int,
    progress: Share | None = None,
) -> MappedStudy:
    """Fit the model to every voxel.

    Parameters
    ----------
    progress : called with the share done; returning False stops the fit, and what is done so far is kept.

    Raises
    ------
    InputError
        When units cannot be meant, the arterial curve does not suit the frames, or no voxel has a value.
    """
    curves, times = inputs.curves, checked_times(inputs.dynamic.time_s)
    convert = inputs.conversion(settings, baseline)
    convert.check(curves)
    fitter = fitter_of(settings, inputs, arterial)
    described = _empty(len(curves))
    arrival_s = float(np.clip(arterial.arrival_s, times[0], times[-2]))

    def describe(part: slice, concentration: Reals) -> None:
        found = semiquantitative_maps(inputs.described(part), times, baseline, concentration, arrival_s)
        for each in fields(found):
            getattr(described, each.name)[part] = getattr(found, each.name)

    # The fit asks no more of a converter than a conversion has.
    maps = fitter.run_signal(curves, cast("Converter", convert), describe, progress=progress)
    maps = _with_t1_limits(maps, inputs.precontrast.at_limit)
    study = MappedStudy(settings, inputs, baseline, arterial, fitter, maps, described)
    require_values(study)
    return study


def _empty(count: int) -> SemiquantitativeMaps:
    """Return maps without a value; those of a fit that is stopped keep it where it did not come."""
    arrays: dict[str, Reals] = {
        each.name: np.zeros(count, np.uint8)
        if each.name in ("curve_type", "status")
        else np.full(count, np.nan, np.float32)
        for each in fields(SemiquantitativeMaps)
    }
    return SemiquantitativeMaps(**arrays)


def _with_t1_limits(maps: KineticMaps, at_limit: NDArray[np.bool_] | None) -> KineticMaps:
    """Mark voxels that fit well on a T1 that the flip angles do not tell."""
    if at_limit is None:
        return maps
    status = np.where(at_limit & (maps.status == VoxelStatus.FITTED), np.uint8(VoxelStatus.T1_AT_LIMIT), maps.status)
    return replace(maps, status=status)
