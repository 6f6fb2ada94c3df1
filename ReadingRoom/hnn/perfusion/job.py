"""A fit from its inputs to maps: concentration, model and description of the curves in one pass over the voxels."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError
from PWIProtocolLib.kinetics import (
    Converter,
    KineticFitter,
    KineticMaps,
    SemiquantitativeMaps,
    VoxelStatus,
    automatic_baseline,
    semiquantitative_maps,
)
from PWIProtocolLib.kinetics.checks import checked_times
from PWIProtocolLib.kinetics.semiquantitative import CurveStatus
from PWIProtocolLib.roi import map_kinds

from hnn.perfusion.arterial import arterial_curve

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from hnn.perfusion.arterial import Arterial
    from hnn.perfusion.inputs import FitInputs
    from hnn.perfusion.settings import FitSettings

    Share = Callable[[float], bool]

DESCRIBED = tuple(
    each.name for each in fields(SemiquantitativeMaps) if each.name not in ("curve_type", "status", "peak_enhancement")
)
"""Maps of the curves without a model; the peak in units of the signal means nothing outside its study."""

MANY_LOST = 0.2
"""Share of enhancing voxels without a value that is worth a caution; our choice."""


@dataclass(frozen=True, eq=False)
class FittedStudy:
    """A dynamic study with its maps; all are flat, (n_voxels,).

    Attributes
    ----------
    baseline : frames before contrast.
    arterial : arterial curve.
    fitter : the prepared fit, for further curves.
    kinetic, described : maps with and without a model.
    cautions : sentences on everything so far.
    """

    settings: FitSettings
    inputs: FitInputs
    baseline: int
    arterial: Arterial
    fitter: KineticFitter
    converter: Converter
    kinetic: KineticMaps
    described: SemiquantitativeMaps
    cautions: tuple[str, ...]

    def on_grid(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return a flat map as [k, j, i]."""
        return values.reshape(self.inputs.dynamic.geometry.array_shape)

    def named(self) -> dict[str, NDArray[Any]]:
        """Return all maps with a unit by name, flat: those of the model, of the curves, and T1 where it is a map."""
        found = self.kinetic.named() | {name: getattr(self.described, name) for name in DESCRIBED}
        if self.inputs.precontrast.is_map:
            found["t1_s"] = self.inputs.precontrast.t1_s
        return {kind.name: found[kind.name] for kind in map_kinds() if kind.name in found}

    def concentration(self, index: NDArray[np.intp]) -> NDArray[Any]:
        """Return concentration curves of some voxels in mM, (n, n_times); NaN where there is none."""
        t1 = self.inputs.precontrast.t1_s
        convert = converter(self.settings, self.inputs, self.baseline, t1[index] if t1.ndim else t1)
        return convert.slab(self.inputs.signal[index], slice(None))[0]


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
    signal, dynamic = inputs.signal, inputs.dynamic
    checked_times(dynamic.time_s)
    baseline = _baseline(settings, signal)
    convert = converter(settings, inputs, baseline, inputs.precontrast.t1_s)
    convert.check(signal)
    arterial = arterial_curve(settings, inputs, baseline)
    fitter = KineticFitter(
        dynamic.time_s, arterial.aif_mM, settings.model, delay=settings.delay, aif_time_s=arterial.time_s
    )
    described = _empty(len(signal))
    arrival_s = float(np.clip(arterial.arrival_s, dynamic.time_s[0], dynamic.time_s[-2]))

    def describe(part: slice, concentration: NDArray[Any]) -> None:
        found = semiquantitative_maps(signal[part], dynamic.time_s, baseline, concentration, arrival_s)
        for each in fields(found):
            getattr(described, each.name)[part] = getattr(found, each.name)

    maps = fitter.run_signal(signal, convert, describe, progress=progress)
    cautions = (*inputs.cautions, *_assumed(settings), *arterial.cautions, *_lost(maps, described))
    maps = _with_t1_limits(maps, inputs.precontrast.at_limit)
    return FittedStudy(settings, inputs, baseline, arterial, fitter, convert, maps, described, cautions)


def converter(settings: FitSettings, inputs: FitInputs, baseline: int, t1_s: NDArray[Any]) -> Converter:
    """Return the conversion of signal to concentration."""
    return Converter(
        baseline,
        inputs.flip_angle_deg,
        inputs.repetition_time_s,
        t1_s=t1_s,
        relaxivity_per_mM_s=settings.used_relaxivity,
    )


def _baseline(settings: FitSettings, signal: NDArray[Any]) -> int:
    frames = signal.shape[1]
    if settings.baseline is None:
        return automatic_baseline(signal)
    if not 1 <= settings.baseline <= frames - 2:
        raise InputError(f"--baseline {settings.baseline}: expected 1 to {frames - 2} of {frames} frames")
    return settings.baseline


def _empty(count: int) -> SemiquantitativeMaps:
    arrays: dict[str, Any] = {each.name: np.empty(count, np.float32) for each in fields(SemiquantitativeMaps)}
    codes = {name: np.empty(count, np.uint8) for name in ("curve_type", "status")}
    return SemiquantitativeMaps(**arrays | codes)


def _with_t1_limits(maps: KineticMaps, at_limit: NDArray[np.bool_] | None) -> KineticMaps:
    """Mark voxels that fit well on a T1 that the flip angles do not tell."""
    if at_limit is None:
        return maps
    status = np.where(at_limit & (maps.status == VoxelStatus.FITTED), np.uint8(VoxelStatus.T1_AT_LIMIT), maps.status)
    return replace(maps, status=status)


def _lost(maps: KineticMaps, described: SemiquantitativeMaps) -> list[str]:
    """Return a sentence when many voxels that enhance have no value, with the most frequent reason."""
    enhancing = described.status == CurveStatus.MEASURED
    lost = maps.status[enhancing & ~maps.has_value]
    if lost.size <= MANY_LOST * max(int(np.count_nonzero(enhancing)), 1):
        return []
    reason = VoxelStatus(int(np.argmax(np.bincount(lost)))).meaning
    share = lost.size / np.count_nonzero(enhancing)
    return [f"{share:.0%} of the voxels that enhance have no value, mostly: {reason}; check T1, flip angle and TR"]


def _assumed(settings: FitSettings) -> list[str]:
    """Return a sentence for each number that was neither given nor read."""
    found = []
    if settings.relaxivity_per_mM_s is None:
        found.append(
            f"relaxivity {settings.used_relaxivity:g} /(mM s) was assumed; concentrations, and with a population curve "
            "Ktrans, ve and vp, are inversely proportional to it: give that of the agent with --relaxivity"
        )
    if settings.hematocrit is None:
        found.append(
            f"hematocrit {settings.used_hematocrit:g} was assumed; Ktrans, ve and vp are proportional to 1 - hematocrit"
        )
    return found
