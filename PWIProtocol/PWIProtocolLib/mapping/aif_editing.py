"""Applies the edits of a reader to an arterial curve: always to what was measured, in one fixed order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError
from scipy.integrate import trapezoid

from PWIProtocolLib.kinetics import aif_quality, population_aif, population_aif_info, resolve_finer
from PWIProtocolLib.mapping.aif_edits import NO_EDITS, Between, ScaleTo
from PWIProtocolLib.mapping.aif_samples import ANEW, Samples, samples_in_use, with_sample_edits
from PWIProtocolLib.mapping.arterial_curve import Arterial

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from PWIProtocolLib.kinetics import AifQuality
    from PWIProtocolLib.mapping.aif_edits import AifEdits, Scaling
    from PWIProtocolLib.mapping.arterial_curve import AifOrigin

    Floats = NDArray[np.float64]

STRAIGHT = "straight lines between the samples of the arterial curve cut the top of the bolus off"
OF_OTHERS = "the arterial curve has the height of a population average: that of other people, and of their dose"
COMPARED_STEP_S = 0.25


@dataclass(frozen=True, eq=False)
class _Shape:
    """A curve on its way: fine times and values, the samples below it, what was done and what to mind."""

    time_s: Floats
    mM: Floats  # noqa: N815
    arrival_s: float
    samples: Samples | None
    words: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()

    def told(self, words: str, *cautions: str) -> _Shape:
        """Return the curve with one more thing done to it."""
        return replace(self, words=(*self.words, words), cautions=(*self.cautions, *cautions))


def edited(arterial: Arterial, edits: AifEdits) -> Arterial:
    """Return the curve with these edits in the place of those that it has.

    Raises
    ------
    InputError
        When an edit does not fit the curve, or leaves none; the curve that was given is as it was.
    """
    return arterial if edits == arterial.edits else arterial_with(arterial.origin, edits)


def arterial_with(origin: AifOrigin, edits: AifEdits = NO_EDITS) -> Arterial:
    """Return the curve that an origin gives with some edits; see `edited`."""
    raw = samples_in_use(origin, edits) if origin.is_sampled else None
    shape = _moved(_scaled(_shaped(origin, raw, edits), edits.scaling, origin.hematocrit), edits.moved_s)
    samples, quality = shape.samples, _quality(shape)
    own = () if raw is None else raw.cautions
    cautions = tuple(dict.fromkeys((*origin.cautions, *own, *quality.warnings, *shape.cautions)))
    used = None if origin.artery is None else _used_mask(origin, edits)
    return Arterial(
        origin.source, "; ".join((origin.words, *shape.words)), shape.time_s, shape.mM, shape.arrival_s, quality,
        origin, edits,
        None if raw is None else raw.time_s, None if raw is None else raw.mM,
        None if samples is None else samples.time_s, None if samples is None else samples.mM,
        used, cautions, shape.words if raw is None else shape.words[1:],
    )  # fmt: skip


def _shaped(origin: AifOrigin, raw: Samples | None, edits: AifEdits) -> _Shape:
    """Return the curve that runs through the samples, or the population average."""
    if raw is None:
        if edits.needs_samples or edits.left_out:
            raise InputError(f"arterial curve: a population average has no samples or voxels to change; {ANEW}")
        assert origin.arrival_s is not None
        return _Shape(origin.time_s, origin.aif_mM, origin.arrival_s, None)
    samples = with_sample_edits(raw, edits)
    if edits.between is Between.STRAIGHT:
        arrival_s = aif_quality(samples.time_s, samples.mM).arrival_s
        shape = _Shape(samples.time_s, samples.mM, arrival_s, samples, ("used as sampled",), (STRAIGHT,))
    else:
        fine = resolve_finer(samples.time_s, samples.mM)
        shape = _Shape(fine.time_s, fine.aif_mM, fine.arrival_s, samples, (fine.method,), fine.warnings)
    for words in samples.changes:
        shape = shape.told(words)
    return _covering(shape, float(raw.time_s[0]), float(raw.time_s[-1]))


def _scaled(shape: _Shape, scaling: Scaling, hematocrit: float) -> _Shape:
    factor = _factor(shape, scaling, hematocrit)
    if factor == 1.0 and scaling.to is ScaleTo.FACTOR:
        return shape
    samples = None if shape.samples is None else replace(shape.samples, mM=factor * shape.samples.mM)
    higher = replace(shape, mM=factor * shape.mM, samples=samples)
    by = f"multiplied by {factor:.4g}"
    if scaling.to is ScaleTo.FACTOR:
        return higher.told(by)
    if scaling.to is ScaleTo.TAIL:
        return higher.told(f"{by}, so that its last minute is {scaling.number:g} mM")
    title = population_aif_info(scaling.population).title
    return higher.told(f"{by}, to the {scaling.to} of {title}", OF_OTHERS)


def _factor(shape: _Shape, scaling: Scaling, hematocrit: float) -> float:
    if scaling.to is ScaleTo.FACTOR:
        return scaling.number
    if scaling.to is ScaleTo.TAIL:
        own, wanted = _quality(shape).tail_mM, scaling.number
    elif scaling.to is ScaleTo.PEAK:
        after = np.arange(0.0, 60.0, COMPARED_STEP_S)
        own, wanted = float(shape.mM.max()), float(population_aif(scaling.population, after, hematocrit).max())
    else:
        published = population_aif(scaling.population, shape.time_s, hematocrit, shape.arrival_s)
        own, wanted = _area(shape, shape.mM), _area(shape, published)
    if own <= 0:
        raise InputError(f"arterial curve: its {scaling.to} is {own:.3g}, not above zero; scale it by a factor")
    return wanted / own


def _quality(shape: _Shape) -> AifQuality:
    samples = shape.samples
    if samples is None:
        return aif_quality(shape.time_s, shape.mM)
    return aif_quality(samples.time_s, samples.mM, samples.signal)


def _area(shape: _Shape, values: Floats) -> float:
    after = shape.time_s >= shape.arrival_s
    return float(trapezoid(values[after], shape.time_s[after]))


def _moved(shape: _Shape, moved_s: float) -> _Shape:
    if moved_s == 0:
        return shape
    first_s, last_s = float(shape.time_s[0]), float(shape.time_s[-1])
    arrival_s = shape.arrival_s + moved_s
    if not first_s <= arrival_s < last_s:
        raise InputError(
            f"onset of the arterial curve: moved by {moved_s:+g} s to {arrival_s:.1f} s, outside the curve "
            f"({first_s:g} to {last_s:g} s); expected an onset within it"
        )
    samples = None if shape.samples is None else replace(shape.samples, time_s=shape.samples.time_s + moved_s)
    later = replace(shape, time_s=shape.time_s + moved_s, arrival_s=arrival_s, samples=samples)
    return _covering(later.told(f"onset moved by {moved_s:+.1f} s"), first_s, last_s)


def _covering(shape: _Shape, first_s: float, last_s: float) -> _Shape:
    """Return the curve over all of a time span, level where it has no values."""
    time, values, cautions = shape.time_s, shape.mM, shape.cautions
    if time[0] > first_s:
        time, values = np.concatenate([[first_s], time]), np.concatenate([values[:1], values])
    if (missing_s := last_s - float(time[-1])) > 0:
        time, values = np.concatenate([time, [last_s]]), np.concatenate([values, values[-1:]])
        cautions = (*cautions, f"the last {missing_s:.3g} s of the arterial curve were taken to be level")
    return replace(shape, time_s=time, mM=values, cautions=cautions)


def _used_mask(origin: AifOrigin, edits: AifEdits) -> NDArray[np.bool_]:
    assert origin.artery is not None
    mask = origin.artery.mask.copy()
    mask[mask] = origin.artery.used(edits.left_out)
    return mask
