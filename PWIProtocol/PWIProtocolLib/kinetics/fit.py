"""Fit a kinetic model to the concentration curves of all voxels."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.kinetics.checks import checked_arterial_curve, checked_curves, checked_times
from PWIProtocolLib.kinetics.chunks import SLAB, in_slabs
from PWIProtocolLib.kinetics.convolution import Convolution
from PWIProtocolLib.kinetics.delay import DelaySearch
from PWIProtocolLib.kinetics.delayed_tofts import DelayedTofts
from PWIProtocolLib.kinetics.exchange import ExchangeSolver
from PWIProtocolLib.kinetics.maps import KineticMaps
from PWIProtocolLib.kinetics.patlak import PatlakSolver
from PWIProtocolLib.kinetics.rate_table import rate_grid, rate_table
from PWIProtocolLib.kinetics.settings import Bounds, Model
from PWIProtocolLib.kinetics.solution import multiplied, padded
from PWIProtocolLib.kinetics.status import FIRST_WITHOUT_VALUE, VoxelStatus
from PWIProtocolLib.kinetics.tofts import ToftsSolver

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from PWIProtocolLib.kinetics.chunks import Progress
    from PWIProtocolLib.kinetics.concentration import Conversion
    from PWIProtocolLib.kinetics.rate_table import RateTable
    from PWIProtocolLib.kinetics.solution import Solver

    Reals = NDArray[Any]
    Source = Callable[[slice], tuple[Reals, NDArray[np.uint8] | None]]
    Delay = Literal["none", "search"] | float
    Precision = Literal["float32", "float64"]

PATLAK_DELAY_SLAB = 8 * SLAB
"""Its voxels are grouped by delay; small groups would cost more than their fits."""
NEARLY_CONSTANT = 1e-4
TOFTS_MODELS = (Model.TOFTS, Model.EXTENDED_TOFTS)


def fit(  # noqa: PLR0917 (settings in the order that callers know)
    concentration: NDArray[Any],
    time_s: ArrayLike,
    aif_mM: ArrayLike,
    model: Model | str = Model.EXTENDED_TOFTS,
    delay: Delay = "none",
    bounds: Bounds | None = None,
    dtype: Precision = "float32",
    *,
    aif_time_s: ArrayLike | None = None,
    voxel_status: NDArray[np.uint8] | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> KineticMaps:
    """Fit a model to every voxel: the exact least-squares answer within the limits.

    There are no start values, the same input gives the same maps to the last bit whatever the number of threads, and
    a voxel's answer does not depend on the others.

    Parameters
    ----------
    concentration : shape (n_voxels, n_times), of tissue, in mM.
    time_s : shape (n_times,), of the images, increasing, not necessarily even, in seconds.
    aif_mM : the arterial plasma curve, that is blood over (1 - hematocrit), linear between its samples.
    model : one of `Model`.
    delay : "none", the delay of all voxels in seconds, or "search" for one of each voxel.
    bounds : limits of the parameters; None for those of `Bounds`.
    dtype : precision of the dictionary and of the results.
    aif_time_s : times of ``aif_mM`` if they are not those of the images; a finer curve costs nothing per voxel.
    voxel_status : outcome of earlier steps; voxels without a value there are left out and keep their status.
    threads : None for all processors.
    progress : called with the share that is done; returning False cancels, and what is done so far is kept.

    Returns
    -------
    KineticMaps

    Raises
    ------
    InputError
        for shapes, units, times or an arterial curve that cannot be meant.
    """
    fitter = KineticFitter(time_s, aif_mM, model, delay=delay, bounds=bounds, dtype=dtype, aif_time_s=aif_time_s)
    return fitter.run(concentration, voxel_status, threads, progress)


class KineticFitter:
    """A fit that is prepared once for an arterial curve, for any number of voxels: a whole volume or one cursor.

    Parameters are those of :func:`fit`.
    """

    def __init__(
        self,
        time_s: ArrayLike,
        aif_mM: ArrayLike,
        model: Model | str = Model.EXTENDED_TOFTS,
        *,
        delay: Delay = "none",
        bounds: Bounds | None = None,
        dtype: Precision = "float32",
        aif_time_s: ArrayLike | None = None,
    ) -> None:
        self.model = _known_model(model)
        self.time_s = checked_times(time_s)
        self._bounds = bounds or Bounds()
        self._dtype = np.dtype(dtype)
        times = self.time_s if aif_time_s is None else checked_times(aif_time_s, "times of the arterial curve")
        aif = checked_arterial_curve(aif_mM, times, self.time_s)
        self._convolution = Convolution(times / 60, aif, rate_grid(self._bounds.kep_per_min))
        self._integral = Convolution(times / 60, aif, np.zeros(1))
        self._delay_s = _fixed_delay(delay)
        self._refuse_lost_bolus(self._bounds.delay_s[1] if delay == "search" else self._delay_s)
        self._search: DelaySearch | DelayedTofts | None = None
        if delay == "search":
            self._search = self._delay_search()
        self._fixed = self._solver(self._delay_s)

    @property
    def n_parameters(self) -> int:
        """Numbers that are found for each curve."""
        return len(self._fixed.names) + (self._search is not None)

    def run(
        self,
        concentration: NDArray[Any],
        voxel_status: NDArray[np.uint8] | None = None,
        threads: int | None = None,
        progress: Progress | None = None,
    ) -> KineticMaps:
        """Fit curves, shape (n_voxels, n_times); see :func:`fit`."""
        curves = checked_curves(concentration, len(self.time_s))
        if voxel_status is not None and voxel_status.shape != (len(curves),):
            raise InputError(f"status has shape {voxel_status.shape}; expected one for each of {len(curves)} voxels")

        def rows(part: slice) -> tuple[Reals, NDArray[np.uint8] | None]:
            return curves[part], None if voxel_status is None else voxel_status[part]

        return self._run(len(curves), rows, threads, progress)

    def run_signal(
        self,
        signal: NDArray[Any],
        converter: Conversion,
        each_slab: Callable[[slice, Reals], None] | None = None,
        threads: int | None = None,
        progress: Progress | None = None,
    ) -> KineticMaps:
        """Convert and fit a signal slab by slab, so that the concentration of all voxels never stands in memory.

        Parameters
        ----------
        signal : shape (n_voxels, n_times); a transposed view of images that are stored time first is fine.
        converter : settings of the conversion to concentration.
        each_slab : called with the slice and the concentration of each slab, for whatever else is wanted of it.
        """
        if signal.shape[1:] != (len(self.time_s),):
            raise InputError(f"signal has shape {signal.shape}; expected (voxels, {len(self.time_s)})")
        converter.check(signal)

        def rows(part: slice) -> tuple[Reals, NDArray[np.uint8] | None]:
            found, status = converter.slab(signal, part)
            if each_slab is not None:
                each_slab(part, found)
            return found, status

        return self._run(len(signal), rows, threads, progress)

    def table(self, delay_s: float = 0.0) -> RateTable:
        """Return the tabulated curves of a unit transfer that the fit uses."""
        return rate_table(self._convolution, self.time_s / 60, delay_s / 60)

    def integral(self, delay_s: float = 0.0) -> NDArray[np.float64]:
        """Return the integral of the arterial curve up to the time of each image, in mM min."""
        found: NDArray[np.float64] = self._integral.at((self.time_s - delay_s) / 60).curves[0]
        return found

    @property
    def delay_s(self) -> float | None:
        """The delay of all voxels; None where it is searched."""
        return None if self._search is not None else self._delay_s

    def _run(self, n: int, rows: Source, threads: int | None, progress: Progress | None) -> KineticMaps:
        out = _Results(n, self._fixed.names, self._dtype, self._search is not None)
        slab = PATLAK_DELAY_SLAB if self._search is not None and self.model is Model.PATLAK else SLAB
        in_slabs(lambda part: self._slab(*rows(part), out, part), n, threads, progress, slab)
        return out.maps(self.model)

    def _slab(self, curves: Reals, before: NDArray[np.uint8] | None, out: _Results, part: slice) -> None:
        rows = np.ascontiguousarray(curves, self._dtype)
        with np.errstate(invalid="ignore", over="ignore"):
            energy = np.einsum("ij,ij->i", rows, rows)
            mean = np.einsum("ij->i", rows) / self._dtype.type(rows.shape[1])
            spread = energy - rows.shape[1] * mean**2
        status = _input_status(rows, energy, before)
        # The difference of two large numbers; where it is small it is computed anew.
        small = np.flatnonzero(spread <= NEARLY_CONSTANT * energy)
        spread[small] = rows.shape[1] * np.var(rows[small], axis=1, dtype=np.float64)
        usable = np.flatnonzero(status < FIRST_WITHOUT_VALUE)
        rows = rows if len(usable) == len(rows) else rows[usable]
        if self._search is None:
            solution = self._fixed.solve(multiplied(padded(rows), self._fixed.projection)[: len(rows)])
            delay = None
        else:
            found = self._search.solve(rows)
            solution, delay = found.solution, found.delay_s
        status[usable] = solution.status
        residual = np.maximum(energy[usable] - solution.explained, 0)
        freedom = max(rows.shape[1] - self.n_parameters, 1)
        values = solution.parameters, 1 - residual / spread[usable], np.sqrt(residual / freedom), delay
        out.store(part, usable, status, values)

    def _delay_search(self) -> DelaySearch | DelayedTofts:
        if self.model in TOFTS_MODELS:
            with_plasma = self.model is Model.EXTENDED_TOFTS
            return DelayedTofts(self._convolution, self.time_s / 60, self._bounds, self._dtype, with_plasma)
        return DelaySearch(self.table, self._solver, self._bounds.delay_s, self._dtype)

    def _refuse_lost_bolus(self, late: float) -> None:
        """Refuse delays that move the peak of the arterial curve behind the last image."""
        peak_s = 60 * float(self._integral.nodes[self._integral.values.argmax()])
        if peak_s + late > self.time_s[-1]:
            raise InputError(
                f"delay {late:g} s: moves the bolus at {peak_s:g} s behind the last frame at {self.time_s[-1]:g} s; "
                "give a smaller one"
            )

    def _solver(self, delay_s: float) -> Solver:
        if self.model is Model.PATLAK:
            plasma = self._integral.input_at((self.time_s - delay_s) / 60)
            return PatlakSolver(self.integral(delay_s), plasma, self._bounds, self._dtype)
        table = self.table(delay_s)
        if self.model is Model.TWO_COMPARTMENT_EXCHANGE:
            return ExchangeSolver(table, self._bounds, self._dtype)
        return ToftsSolver(table, self._bounds, self._dtype, self.model is Model.EXTENDED_TOFTS)


class _Results:
    """Maps as they fill."""

    def __init__(self, n: int, names: tuple[str, ...], dtype: np.dtype[Any], with_delay: bool) -> None:
        self._names = names
        self._values = np.full((len(names), n), np.nan, dtype)
        self._r2, self._residual_sd = np.full((2, n), np.nan, dtype)
        self._delay_s = np.full(n, np.nan, dtype) if with_delay else None
        self._status = np.full(n, VoxelStatus.NOT_COMPUTED, np.uint8)

    def store(
        self,
        part: slice,
        usable: NDArray[np.intp],
        status: NDArray[np.uint8],
        values: tuple[Reals, Reals, Reals, Reals | None],
    ) -> None:
        """Keep the results of a slab; those of voxels that turned out to have none stay NaN."""
        parameters, r2, residual_sd, delay_s = values
        self._status[part] = status
        good = status[usable] < FIRST_WITHOUT_VALUE
        at = part.start + usable[good]
        self._values[:, at] = parameters[:, good]
        self._r2[at], self._residual_sd[at] = r2[good], residual_sd[good]
        if self._delay_s is not None and delay_s is not None:
            self._delay_s[at] = delay_s[good]

    def maps(self, model: Model) -> KineticMaps:
        """Return the maps, with ve from Ktrans and kep where the model has it."""
        found = KineticMaps(model, self._status, self._r2, self._residual_sd, delay_s=self._delay_s)
        named = dict(zip(self._names, self._values, strict=True))
        if "kep_per_min" in named and "ve" not in named:
            named["ve"] = named["ktrans_per_min"] / named["kep_per_min"]
        return replace(found, **named)


def _input_status(rows: Reals, energy: Reals, before: NDArray[np.uint8] | None) -> NDArray[np.uint8]:
    """Return which curves cannot be fitted, and why."""
    status = np.zeros(len(rows), np.uint8)
    suspects = np.flatnonzero(rows[:, 0] == rows[:, -1])
    status[suspects[(rows[suspects] == rows[suspects, :1]).all(axis=1)]] = VoxelStatus.CONSTANT
    status[~np.isfinite(energy)] = VoxelStatus.NOT_FINITE
    if before is not None:
        without = before >= FIRST_WITHOUT_VALUE
        status[without] = before[without]
    return status


def _known_model(model: Model | str) -> Model:
    try:
        return Model(model)
    except ValueError:
        raise InputError(f"model {str(model)!r} is not known; expected one of {', '.join(Model)}") from None


def _fixed_delay(delay: Delay) -> float:
    if isinstance(delay, str):
        if delay not in ("none", "search"):
            raise InputError(f"delay {delay!r}: expected 'none', 'search' or seconds")
        return 0.0
    if not -120 <= delay <= 120:
        raise InputError(f"delay {delay:g} s: expected seconds, -120 to 120")
    return float(delay)
