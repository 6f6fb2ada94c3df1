"""Sort the images of a dynamic into time points: by place first, then by time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from PWIProtocolLib.protocol.geometry import distinct_depths, plane_depths
from PWIProtocolLib.protocol.headers.tags import Tag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from PWIProtocolLib.protocol.series import Plane

SAME_TIME_S = 0.0005
INDEX_TAGS = (Tag.TemporalPositionIdentifier, Tag.TemporalPositionIndex, Tag.AcquisitionNumber)


@dataclass(frozen=True)
class TimePoints:
    """Time points found among planes.

    Attributes
    ----------
    members : for each time point, in order of time, the numbers of its planes along the normal.
    times_s : time of each, shape (n,); the earliest of its planes.
    """

    members: tuple[tuple[int, ...], ...]
    times_s: NDArray[np.float64]


def place_numbers(planes: Sequence[Plane]) -> NDArray[np.intp] | None:
    """Return for each plane the number of its place along the normal; None when a place is not soundly stated."""
    depths = plane_depths(planes)
    if depths is None:
        return None
    places = distinct_depths(depths)
    middles = (places[1:] + places[:-1]) / 2
    return np.searchsorted(middles, depths)


def repeats(places: NDArray[np.intp]) -> int:
    """Return how often the most frequent place occurs: the number of time points when nothing else varies."""
    return int(np.bincount(places).max()) if len(places) else 0


def group_by_time(places: NDArray[np.intp], times_s: NDArray[np.float64], label: str) -> TimePoints | str:
    """Sort planes into time points by their times.

    Planes of one volume share one time, or each place has its own times (then the first of every place belong
    together, and so on, which needs the same number of images at every place).

    Returns
    -------
    The time points, or one clause that says why the times do not sort the planes.
    """
    count = repeats(places)
    steps = np.concatenate([[0], np.cumsum(np.diff(np.sort(times_s)) > SAME_TIME_S)])
    stamps = np.empty(len(times_s), dtype=np.intp)
    stamps[np.argsort(times_s, kind="stable")] = steps
    different = int(steps[-1]) + 1
    if different == 1 and count > 1:
        return f"{label} is the same in all {count} time points"
    if len({(int(p), int(s)) for p, s in zip(places, stamps, strict=True)}) < len(places):
        return f"{label} is the same in several images at one place"
    if different == count:
        return _grouped(places, stamps, times_s)
    if len(set(np.bincount(places).tolist())) > 1:
        return f"{label} differs within a volume, and places have different numbers of images"
    ranks = np.empty(len(places), dtype=np.intp)
    for place in range(int(places.max()) + 1):
        here = np.flatnonzero(places == place)
        ranks[here[np.argsort(times_s[here], kind="stable")]] = np.arange(len(here))
    found = _grouped(places, ranks, times_s)
    if np.any(np.diff(found.times_s) <= SAME_TIME_S):
        return f"{label} does not tell the time points apart"
    return found


def group_by_index(planes: Sequence[Plane], places: NDArray[np.intp]) -> tuple[tuple[int, ...], ...]:
    """Sort planes into time points by their stated number; empty when no number tells them apart."""
    for tag in INDEX_TAGS:
        numbers = [plane.header.number(tag, plane.frame).value for plane in planes]
        if None in numbers or len(set(numbers)) != repeats(places):
            continue
        if len(set(zip(places.tolist(), numbers, strict=True))) == len(planes):
            _, keys = np.unique(np.array(numbers, dtype=float), return_inverse=True)
            return _members(places, keys)
    return ()


def _grouped(places: NDArray[np.intp], keys: NDArray[np.intp], times_s: NDArray[np.float64]) -> TimePoints:
    members = _members(places, keys)
    return TimePoints(members, np.array([times_s[list(group)].min() for group in members]))


def _members(places: NDArray[np.intp], keys: NDArray[np.intp]) -> tuple[tuple[int, ...], ...]:
    order = np.lexsort((places, keys))
    cuts = np.flatnonzero(np.diff(keys[order])) + 1
    return tuple(tuple(part.tolist()) for part in np.split(order, cuts))
