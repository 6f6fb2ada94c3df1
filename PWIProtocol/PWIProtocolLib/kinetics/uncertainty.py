"""How well each parameter is told by the curve: confidence intervals from the curvature at the best fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError
from scipy.special import stdtrit

from PWIProtocolLib.kinetics.exchange_parameters import Exponentials, exchange_of, exponentials_of
from PWIProtocolLib.kinetics.settings import Model
from PWIProtocolLib.kinetics.status import VoxelStatus

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from PWIProtocolLib.kinetics.fit import KineticFitter
    from PWIProtocolLib.kinetics.maps import KineticMaps
    from PWIProtocolLib.kinetics.rate_table import RateTable

    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]

BLOCK = 2048
DIFFERENCE = 1e-6
EXCHANGE_NAMES = ("fp_ml_100ml_min", "ps_ml_100ml_min", "ve", "vp")


@dataclass(frozen=True, eq=False)
class ConfidenceIntervals:
    """Half widths of the intervals about the values of the maps, each of shape (n_voxels,), NaN where not defined.

    Attributes
    ----------
    level : share of intervals that hold the true value, if the model is right and the noise even and Gaussian.
    """

    level: float
    ktrans_per_min: Floats | None = None
    kep_per_min: Floats | None = None
    ve: Floats | None = None
    vp: Floats | None = None
    fp_ml_100ml_min: Floats | None = None
    ps_ml_100ml_min: Floats | None = None


def confidence_intervals(fitter: KineticFitter, maps: KineticMaps, level: float = 0.95) -> ConfidenceIntervals:
    """Return confidence intervals by linear theory (Seber and Wild 1989).

    The covariance is the residual variance times the inverse of the product of the Jacobian with itself, at the best
    fit; the half width is its root times the quantile of Student's distribution. It holds where no limit is active
    (status FITTED); elsewhere the interval is not symmetric and NaN is given. A delay counts as known, so where it was
    searched the intervals are somewhat too narrow.

    Parameters
    ----------
    fitter, maps : the fit and its result.
    level : between 0 and 1.
    """
    if not 0 < level < 1:
        raise InputError(f"confidence level {level:g}: expected a share between 0 and 1, such as 0.95")
    names = _names(fitter.model)
    half = np.full((len(names), len(maps.status)), np.nan)
    fitted = np.flatnonzero(maps.status == VoxelStatus.FITTED)
    delays = np.full(len(fitted), fitter.delay_s) if maps.delay_s is None else np.round(maps.delay_s[fitted])
    for delay in np.unique(delays):
        chosen = fitted[delays == delay]
        for start in range(0, len(chosen), BLOCK):
            part = chosen[start : start + BLOCK]
            half[:, part] = _standard_errors(fitter, maps, part, float(delay))
    half *= stdtrit(len(fitter.time_s) - fitter.n_parameters, 0.5 + level / 2)
    return ConfidenceIntervals(level, **dict(zip(names, half, strict=True)))


def _names(model: Model) -> tuple[str, ...]:
    if model is Model.TWO_COMPARTMENT_EXCHANGE:
        return EXCHANGE_NAMES
    if model is Model.PATLAK:
        return ("ktrans_per_min", "vp")
    return ("ktrans_per_min", "kep_per_min", "ve", "vp")[: 4 if model is Model.EXTENDED_TOFTS else 3]


def _standard_errors(fitter: KineticFitter, maps: KineticMaps, part: Indices, delay_s: float) -> Floats:
    """Return standard errors in the order of the names, shape (n_names, n)."""
    table = fitter.table(delay_s)
    if fitter.model is Model.TWO_COMPARTMENT_EXCHANGE:
        jacobian, transform = _exchange_jacobian(table, maps, part)
    elif fitter.model is Model.PATLAK:
        columns = np.column_stack([fitter.integral(delay_s), table.plasma])
        jacobian, transform = (np.broadcast_to(each, (len(part), *each.shape)) for each in (columns, np.eye(2)))
    else:
        jacobian, transform = _tofts_jacobian(table, maps, part)
    # Columns of equal length: the inverse of badly scaled matrices loses digits.
    length = np.linalg.norm(jacobian, axis=1)
    unit = jacobian / length[:, None, :]
    inverse = np.linalg.pinv(np.einsum("nki,nkj->nij", unit, unit), hermitian=True)
    transform = transform / length[:, None, :]
    variance = np.einsum("npi,nij,npj->pn", transform, inverse, transform)
    found: Floats = np.sqrt(variance) * np.asarray(maps.residual_sd, dtype=float)[part]
    return found


def _tofts_jacobian(table: RateTable, maps: KineticMaps, part: Indices) -> tuple[Floats, Floats]:
    """Return derivatives by Ktrans, log kep and vp, and those of the named parameters by them."""
    n = len(part)
    ktrans, kep, ve = (_values(each, part) for each in (maps.ktrans_per_min, maps.kep_per_min, maps.ve))
    curve, slope = table.interpolated(np.log(kep))
    columns = [curve, ktrans[:, None] * slope]
    rows = [[np.ones(n), np.zeros(n)], [np.zeros(n), kep], [1 / kep, -ve]]
    transform = np.stack([np.stack(row, axis=1) for row in rows], axis=1)
    if maps.model is Model.EXTENDED_TOFTS:
        columns.append(np.broadcast_to(table.plasma, curve.shape))
        transform = np.pad(transform, ((0, 0), (0, 1), (0, 1)))
        transform[:, 3, 2] = 1.0
    return np.stack(columns, axis=2), transform


def _exchange_jacobian(table: RateTable, maps: KineticMaps, part: Indices) -> tuple[Floats, Floats]:
    """Return derivatives by the amounts and log rates of both exponentials, and those of the parameters by them."""
    values = [_values(getattr(maps, name), part) for name in EXCHANGE_NAMES]
    response = exponentials_of(values[0] / 100, values[1] / 100, *values[2:])
    columns = []
    for amount, rate in ((response.fast_amount, response.fast), (response.slow_amount, response.slow)):
        curve, slope = table.interpolated(np.log(rate))
        columns += [curve, amount[:, None] * slope]
    at = np.stack([response.fast_amount, np.log(response.fast), response.slow_amount, np.log(response.slow)])
    transform = np.empty((len(part), 4, 4))
    for n in range(4):
        step = DIFFERENCE * (np.abs(at[n]) if n % 2 == 0 else np.ones(len(part)))
        sides = []
        for sign in (-1, 1):
            x = at.copy()
            x[n] += sign * step
            sides.append(np.stack(exchange_of(Exponentials(x[0], x[2], np.exp(x[1]), np.exp(x[3])))))
        transform[:, :, n] = ((sides[1] - sides[0]) / (2 * step)).T
    transform[:, :2] *= 100
    return np.stack(columns, axis=2), transform


def _values(values: NDArray[np.floating] | None, part: Indices) -> Floats:
    if values is None:
        raise InputError("the maps do not belong to the model of the fit; give the fitter that made them")
    return np.asarray(values, dtype=float)[part]
