"""Everything that a fit needs to know about an arterial curve, tabulated over the logarithm of kep."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.interpolate import CubicHermiteSpline

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from PWIProtocolLib.kinetics.convolution import Convolution

    Floats = NDArray[np.float64]

STEP = 0.12
FINE = 64
NEGLIGIBLE = 1e-10


@dataclass(frozen=True, eq=False)
class RateTable:
    """Curves of a unit transfer for rates that rise by a constant factor.

    Attributes
    ----------
    log_kep : shape (n_rates,), natural logarithm of kep in 1/min.
    curves, slopes : shape (n_rates, n_times), the arterial curve convolved with the exponential, in mM min, and its
        derivative by the logarithm of kep.
    plasma : shape (n_times,), the arterial curve at the times of the images, in mM.
    """

    log_kep: Floats
    curves: Floats
    slopes: Floats
    plasma: Floats

    @property
    def step(self) -> float:
        """Distance of the grid in the logarithm of kep."""
        return float(self.log_kep[1] - self.log_kep[0])

    @cached_property
    def kep(self) -> Floats:
        """Rate constants in 1/min."""
        return np.exp(self.log_kep)

    @cached_property
    def lengths(self) -> Floats:
        """Root of the sum of squares of each curve."""
        found: Floats = np.linalg.norm(self.curves, axis=1)
        return found

    @cached_property
    def unit_curves(self) -> tuple[Floats, Floats]:
        """Curves of length one, and their derivatives per step of the grid."""
        return unit_length(self.curves, self.step * self.slopes)

    @property
    def plasma_energy(self) -> float:
        """Squared length of the arterial curve."""
        return float(self.plasma @ self.plasma)

    @cached_property
    def basis(self) -> Floats:
        """Orthonormal curves that span all others, shape (n_times, rank): a voxel's curve needs no more numbers."""
        columns = np.vstack([self.curves, self.plasma])
        lengths = np.linalg.norm(columns, axis=1, keepdims=True)
        u, s, _ = np.linalg.svd((columns / lengths).T, full_matrices=False)
        return np.ascontiguousarray(u[:, s > s[0] * NEGLIGIBLE])

    def interpolated(self, log_kep: Floats) -> tuple[Floats, Floats]:
        """Return curves and slopes at rates between those of the table, shape (n, n_times), by cubic polynomials."""
        table = CubicTable(self.curves, self.step * self.slopes)
        curves, slopes = table.at((log_kep - self.log_kep[0]) / self.step)
        return curves, slopes / self.step

    def fine(self, values: Floats, slopes: Floats) -> Floats:
        """Return a tabulated scalar, by its values and derivatives, so finely that straight lines connect it."""
        grid = np.linspace(self.log_kep[0], self.log_kep[-1], FINE * (len(self.log_kep) - 1) + 1)
        found: Floats = CubicHermiteSpline(self.log_kep, values, slopes)(grid)
        return found


def rate_table(convolution: Convolution, time_min: ArrayLike, delay_min: float = 0.0) -> RateTable:
    """Tabulate the curves of an arterial input that reaches the tissue with a delay.

    Parameters
    ----------
    convolution : of the arterial curve, with the rates of :func:`rate_grid`, in minutes.
    time_min : shape (n_times,), times of the images.
    """
    at = np.asarray(time_min, dtype=float) - delay_min
    found = convolution.at(at)
    return RateTable(np.log(convolution.rates), found.curves, found.slopes, convolution.input_at(at))


def rate_grid(kep_per_min: tuple[float, float]) -> Floats:
    """Return rates between two limits, rising by a constant factor."""
    low, high = np.log(kep_per_min)
    return np.exp(np.linspace(low, high, max(int(np.ceil((high - low) / STEP)) + 1, 8)))


def looked_up(table: NDArray[Any], place: NDArray[Any]) -> NDArray[Any]:
    """Return values of a fine table at places given in steps of the coarse grid."""
    x = place * place.dtype.type(FINE)
    index = x.astype(np.int32).clip(0, len(table) - 2)
    low = table.take(index)
    found: NDArray[Any] = low + (x - index.astype(x.dtype)) * (table.take(index + 1) - low)
    return found


class CubicTable:
    """Curves between the rows of a table, by cubic polynomials that meet values and derivatives at the rows.

    Parameters
    ----------
    curves, slopes : shape (n_rows, n_columns), the table and its derivative per row.
    """

    def __init__(self, curves: Floats, slopes: Floats) -> None:
        self.last = len(curves) - 1
        rise, start, end = np.diff(curves, axis=0), slopes[:-1], slopes[1:]
        parts = [curves[:-1], start, 3 * rise - 2 * start - end, start + end - 2 * rise]
        self._coefficients: tuple[Floats, ...] = tuple(np.ascontiguousarray(part) for part in parts)

    def at(self, place: Floats) -> tuple[Floats, Floats]:
        """Return curves and their derivatives per row at places given in rows, shape (n, n_columns).

        Outside the table the nearest row counts.
        """
        x = place.clip(0, self.last)
        left = np.minimum(x.astype(np.intp), self.last - 1)
        s = (x - left)[:, None]
        c0, c1, c2, c3 = (part.take(left, axis=0) for part in self._coefficients)
        cubic = s * c3
        return c0 + s * (c1 + s * (c2 + cubic)), c1 + s * (2 * c2 + 3 * cubic)


def unit_length(curves: Floats, slopes: Floats) -> tuple[Floats, Floats]:
    """Return curves divided by their lengths, and the derivatives of that, from the derivatives of the curves."""
    length = np.linalg.norm(curves, axis=1)[:, None]
    unit = curves / length
    along = np.einsum("ij,ij->i", unit, slopes)[:, None]
    return unit, (slopes - along * unit) / length
