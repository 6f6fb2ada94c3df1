"""A map summed up over a region: centre, spread, shape and histogram."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.roi.map_kinds import map_kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike, NDArray

    from PWIProtocolLib.roi.map_kinds import MapKind

PERCENTS = (5.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0)


@dataclass(frozen=True)
class NamedMap:
    """A map [k, j, i] with the name of its kind."""

    name: str
    values: NDArray[np.floating]


@dataclass(frozen=True)
class Percentile:
    """A value that so many percent of the voxels do not exceed."""

    percent: float
    value: float


@dataclass(frozen=True)
class MapStatistics:
    """Summary of one map over one region; measures that the voxels do not yield are None.

    Attributes
    ----------
    kind : title, unit and bins of the map.
    voxels : voxels of the region; `valued` of them have a value, and only those count below.
    mean, sd : with the sample standard deviation (n - 1); None below two voxels.
    median, minimum, maximum, percentiles : linear between ordered values (Hyndman and Fan 1996, type 7).
    skewness, kurtosis : third and fourth standardised moments of the voxels; kurtosis is 0 for a normal distribution.
        None when all values are equal.
    entropy_bits : -sum p log2 p over the bins of the kind.
    histogram : counts of the bins; values beyond them count into the outermost.
    beyond_bins : how many values lie beyond.
    """

    kind: MapKind
    voxels: int
    valued: int
    mean: float | None
    sd: float | None
    median: float | None
    minimum: float | None
    maximum: float | None
    percentiles: tuple[Percentile, ...]
    skewness: float | None
    kurtosis: float | None
    entropy_bits: float | None
    histogram: tuple[int, ...]
    beyond_bins: int


def segment_statistics(maps: Iterable[NamedMap], region: NDArray[np.bool_]) -> tuple[MapStatistics, ...]:
    """Sum up every map over the voxels of a region.

    Parameters
    ----------
    maps : of the shape of the region; NaN where there is no value.
    region : mask [k, j, i].

    Raises
    ------
    InputError
        When the region is empty or a map has another shape.
    """
    if not region.any():
        raise InputError("the region is empty; draw it on the dynamic study's grid")
    results = []
    for one in maps:
        if one.values.shape != region.shape:
            raise InputError(f"map {one.name} has the shape {one.values.shape}, the region {region.shape} (k, j, i)")
        results.append(map_statistics(one.values[region], one.name))
    return tuple(results)


def map_statistics(values: ArrayLike, name: str) -> MapStatistics:
    """Sum up the values of one map over the voxels of a region.

    Parameters
    ----------
    values : any shape; NaN and infinities count as without a value.
    name : kind of the map, for its unit and bins.
    """
    kind = map_kind(name)
    every = np.asarray(values, dtype=float).ravel()
    valued = every[np.isfinite(every)]
    if valued.size == 0:
        empty = (0,) * kind.bins
        return MapStatistics(kind, every.size, 0, None, None, None, None, None, (), None, None, None, empty, 0)
    counts = _histogram(valued, kind)
    skewness, kurtosis = _shape(valued)
    points = np.percentile(valued, PERCENTS)
    return MapStatistics(
        kind=kind,
        voxels=every.size,
        valued=valued.size,
        mean=float(valued.mean()),
        sd=float(valued.std(ddof=1)) if valued.size > 1 else None,
        median=float(np.median(valued)),
        minimum=float(valued.min()),
        maximum=float(valued.max()),
        percentiles=tuple(Percentile(p, float(value)) for p, value in zip(PERCENTS, points, strict=True)),
        skewness=skewness,
        kurtosis=kurtosis,
        entropy_bits=_entropy_bits(counts),
        histogram=tuple(int(count) for count in counts),
        beyond_bins=int(np.count_nonzero((valued < kind.bins_from) | (valued > kind.bins_to))),
    )


def _histogram(values: NDArray[np.float64], kind: MapKind) -> NDArray[np.intp]:
    counts, _ = np.histogram(np.clip(values, kind.bins_from, kind.bins_to), kind.edges)
    return counts


def _shape(values: NDArray[np.float64]) -> tuple[float | None, float | None]:
    centred = values - values.mean()
    variance = float(np.mean(centred**2))
    # What rounding leaves of equal values is no spread.
    if variance <= (16.0 * np.finfo(float).eps * float(np.abs(values).max())) ** 2:
        return None, None
    standard = centred / np.sqrt(variance)
    return float(np.mean(standard**3)), float(np.mean(standard**4)) - 3.0


def _entropy_bits(counts: NDArray[np.intp]) -> float:
    shares = counts[counts > 0] / counts.sum()
    return float(abs(np.sum(shares * np.log2(shares))))
