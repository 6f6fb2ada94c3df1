"""How long after an arterial curve the bolus reaches the tissue that enhances most.

A fit with a delay of each voxel prepares a solver for every delay, which takes seconds before the first voxel. Only
the delay is wanted here: rates on the grid of the table are fine enough, and a table for each delay is all it takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from PWIProtocolLib.kinetics import Bounds
from PWIProtocolLib.kinetics.box import Box, best_explained
from PWIProtocolLib.kinetics.checks import checked_times
from PWIProtocolLib.kinetics.convolution import Convolution
from PWIProtocolLib.kinetics.rate_table import rate_grid, rate_table
from PWIProtocolLib.kinetics.solution import multiplied, padded
from PWIProtocolLib.protocol.study import ReadingCancelledError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from PWIProtocolLib.kinetics.rate_table import RateTable
    from PWIProtocolLib.mapping.inputs import MappingInputs
    from PWIProtocolLib.mapping.settings import MappingSettings

    Floats = NDArray[np.float64]
    Share = Callable[[float], bool]

STRONGEST, MOST_VOXELS = 0.1, 1000
FEWEST_VOXELS = 5
GOOD_R2 = 0.8
STEP_S = 0.25
LATEST_S = 20.0


def tissue_delays(
    settings: MappingSettings,
    inputs: MappingInputs,
    baseline: int,
    curve: tuple[Floats, Floats],
    progress: Share | None = None,
) -> Floats:
    """Return the delays of the voxels that enhance most and follow the extended Tofts model, in seconds.

    They lie between two frames before the curve and `LATEST_S` after it; there are none where too few voxels enhance.

    Parameters
    ----------
    curve : times and plasma concentrations of the arterial curve.
    progress : called with the share done.

    Raises
    ------
    ReadingCancelledError
        When `progress` returned False.
    """
    voxels = _strongest(inputs, baseline)
    if not voxels.size:
        return np.zeros(0)
    curves, _status = inputs.concentration(settings, baseline, voxels)
    curves = curves[np.isfinite(curves).all(axis=1)]
    times = checked_times(inputs.dynamic.time_s)
    convolution = Convolution(curve[0] / 60, curve[1], rate_grid(Bounds().kep_per_min))
    delays = np.arange(-2 * float(np.median(np.diff(times))), LATEST_S + STEP_S, STEP_S)
    explained = np.empty((len(delays), len(curves)))
    for row, delay_s in enumerate(delays):
        explained[row] = _explained(rate_table(convolution, times / 60, delay_s / 60), curves)
        if progress is not None and not progress((row + 1) / len(delays)):
            raise ReadingCancelledError
    energy, spread = np.square(curves, dtype=float).sum(axis=1), len(times) * curves.var(axis=1, dtype=float)
    fits_well = energy - explained.max(axis=0) <= (1 - GOOD_R2) * spread
    return _between(delays, explained[:, fits_well])


def _strongest(inputs: MappingInputs, baseline: int) -> NDArray[np.intp]:
    """Return the voxels that enhance most, evenly thinned out to some thousands; none where too few enhance."""
    curves = inputs.curves
    with np.errstate(invalid="ignore"):  # of infinite signal
        rise = curves.max(axis=1) - curves[:, :baseline].mean(axis=1)
    usable = np.isfinite(rise) & (rise > 0) & inputs.can_have_value
    if np.count_nonzero(usable) < FEWEST_VOXELS:
        return np.zeros(0, np.intp)
    found = np.flatnonzero(usable & (rise >= np.quantile(rise[usable], 1 - STRONGEST)))
    return found[:: -(-len(found) // MOST_VOXELS)]


def _explained(table: RateTable, curves: NDArray[Any]) -> Floats:
    """Return the sum of squares of each curve that the best of the rates explains within the limits."""
    bounds, length = Bounds(), np.sqrt(table.plasma_energy)
    plasma, unit = table.plasma / length, table.unit_curves[0]
    dictionary = np.vstack([unit, plasma]).T.astype(curves.dtype)
    products = multiplied(padded(curves), dictionary)[: len(curves)]
    most, most_plasma = bounds.ve_max * table.kep * table.lengths, np.asarray(bounds.vp_max * length)
    limits = (each.astype(curves.dtype) for each in (unit @ plasma, most, most_plasma))
    found: Floats = best_explained(Box(products[:, :-1], products[:, -1:], *limits)).max(axis=1)
    return found


def _between(delays: Floats, explained: Floats) -> Floats:
    """Return the delay of each voxel at the top of the parabola through its best delay and the neighbours."""
    best, voxels = explained.argmax(axis=0).clip(1, len(delays) - 2), np.arange(explained.shape[1])
    left, middle, right = (explained[best + step, voxels] for step in (-1, 0, 1))
    bend = left - 2 * middle + right
    offset = np.divide(left - right, 2 * bend, out=np.zeros(len(best)), where=bend < 0)
    found: Floats = delays[best] + STEP_S * offset.clip(-1, 1)
    return found
