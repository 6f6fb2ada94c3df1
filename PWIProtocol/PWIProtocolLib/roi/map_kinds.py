"""The maps that are summed up over regions: title, unit and histogram bins."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.toml_file import read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

TABLE = Path(__file__).with_name("maps.toml")
KEYS = {"title", "unit", "bins_from", "bins_to", "bins"}


@dataclass(frozen=True)
class MapKind:
    """One kind of map.

    Attributes
    ----------
    name : as the field of the results it comes from (``ktrans_per_min``).
    title, unit : for users; the unit is UCUM.
    bins_from, bins_to, bins : range and number of the bins of its histogram.
    """

    name: str
    title: str
    unit: str
    bins_from: float
    bins_to: float
    bins: int

    @property
    def edges(self) -> NDArray[np.float64]:
        """Edges of the bins."""
        return np.linspace(self.bins_from, self.bins_to, self.bins + 1)


def map_kind(name: str) -> MapKind:
    """Return the kind of that name; InputError when there is none."""
    for kind in map_kinds():
        if kind.name == name:
            return kind
    raise InputError(f"there is no map {name!r}; there are {', '.join(kind.name for kind in map_kinds())}")


@cache
def map_kinds() -> tuple[MapKind, ...]:
    """Return all kinds in the order in which they are reported."""
    return read_map_kinds(TABLE)


def read_map_kinds(path: Path) -> tuple[MapKind, ...]:
    """Read a table of kinds; InputError names the row that is wrong."""
    document = read_toml(path)
    return tuple(_kind(path.name, name, entry) for name, entry in document.items())


def _kind(file: str, name: str, entry: Mapping[str, Any]) -> MapKind:
    if not isinstance(entry, dict) or set(entry) != KEYS:
        raise InputError(f"{file}: {name} has {sorted(entry)}; it needs {', '.join(sorted(KEYS))}")
    low, high, bins = entry["bins_from"], entry["bins_to"], entry["bins"]
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (low, high, bins))
    if not numbers or not low < high or bins != int(bins) or not 2 <= bins <= 10_000:
        raise InputError(f"{file}: {name} has {bins!r} bins from {low!r} to {high!r}; expected 2 or more, rising")
    if not str(entry["title"]).strip() or not str(entry["unit"]).strip():
        raise InputError(f"{file}: {name} needs a title and a unit ('1' for a share)")
    return MapKind(name, str(entry["title"]), str(entry["unit"]), float(low), float(high), int(bins))
