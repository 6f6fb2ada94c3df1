"""The table of borders between neck levels, read from neck_levels.toml."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.toml_file import read_toml

from iENEGraderLib.anatomy.structures import SIDES, load_structures
from iENEGraderLib.reading.vocabulary import NeckLevel

if TYPE_CHECKING:
    from collections.abc import Mapping

LEVELS_FILE = Path(__file__).with_name("neck_levels.toml")


class Edge(StrEnum):
    """Which edge of a structure parts the levels."""

    LOWEST = "lowest"
    HIGHEST = "highest"
    BACK = "back"
    FRONT = "front"
    HINDMOST = "hindmost"
    MEDIAL = "medial"
    LINE = "line"
    HULL = "hull"


class Confidence(StrEnum):
    """How well a border is founded."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


UP_DOWN, FRONT_BACK = ("above", "below"), ("in_front", "behind")
SIDES_OF_EDGE: Mapping[Edge, tuple[str, str]] = {
    Edge.LOWEST: UP_DOWN,
    Edge.HIGHEST: UP_DOWN,
    Edge.BACK: FRONT_BACK,
    Edge.FRONT: FRONT_BACK,
    Edge.HINDMOST: FRONT_BACK,
    Edge.LINE: FRONT_BACK,
    Edge.MEDIAL: ("lateral", "medial"),
    Edge.HULL: ("inside", "outside"),
}
"""Names of the two sides of each edge; distances count positive on the first."""
WORDS: Mapping[str, str] = {"in_front": "in front of", "lateral": "lateral to", "medial": "medial to"}
REQUIRED = ("boundary", "landmark", "edge", "source", "confidence")


@dataclass(frozen=True)
class Border:
    """One row of the table.

    Attributes
    ----------
    boundary : what it stands for, in words.
    landmark : structures that show it, without the side.
    first, second : levels on either side of the edge; the names of the sides are ``side_names``.
    source : publication, in words.
    remark : said with levels of the second side; may be empty.
    """

    boundary: str
    landmark: tuple[str, ...]
    edge: Edge
    first: frozenset[NeckLevel]
    second: frozenset[NeckLevel]
    source: str
    confidence: Confidence
    remark: str = ""

    @property
    def side_names(self) -> tuple[str, str]:
        """Prepositions for the two sides."""
        one, two = SIDES_OF_EDGE[self.edge]
        return WORDS.get(one, one), WORDS.get(two, two)

    @property
    def is_upright(self) -> bool:
        """Tell whether the border is one of height."""
        return self.edge in (Edge.LOWEST, Edge.HIGHEST)

    def structure_names(self, side: str | None = None) -> tuple[str, ...]:
        """Return the structures that show it: those of a side (``left``, ``right``), or those of both."""
        known = load_structures()
        sides = SIDES if side is None else (side,)
        return tuple(
            name
            for part in self.landmark
            for name in ((part,) if part in known else [f"{part}_{each}" for each in sides])
        )


@cache
def neck_borders(path: Path = LEVELS_FILE) -> tuple[Border, ...]:
    """Read the table.

    Raises
    ------
    InputError
        When a row lacks a field, has an unknown one, or holds a level, structure or source that does not exist.
    """
    document = read_toml(path)
    sources, rows = document.get("sources"), document.get("border")
    if not isinstance(sources, dict) or not isinstance(rows, list):
        raise InputError(f"{path.name}: expected a table [sources] and rows [[border]]")
    return tuple(_border(row, sources, path.name) for row in rows)


def _border(row: Mapping[str, Any], sources: Mapping[str, str], file_name: str) -> Border:
    where = f"{file_name}: {row.get('boundary', 'a row without boundary')}"
    missing = [field for field in REQUIRED if field not in row]
    if missing:
        raise InputError(f"{where}: missing {', '.join(missing)}")
    if row["edge"] not in list(Edge) or row["confidence"] not in list(Confidence) or row["source"] not in sources:
        raise InputError(
            f"{where}: edge {row['edge']!r}, confidence {row['confidence']!r} and source {row['source']!r} must be "
            f"among {[str(e) for e in Edge]}, {[str(c) for c in Confidence]} and {sorted(sources)}"
        )
    edge = Edge(row["edge"])
    allowed = {*REQUIRED, *SIDES_OF_EDGE[edge], "remark"}
    unknown = sorted(set(row) - allowed)
    if unknown or not set(SIDES_OF_EDGE[edge]) <= set(row):
        raise InputError(f"{where}: give the sides {' and '.join(SIDES_OF_EDGE[edge])}; unknown fields {unknown}")
    landmark = (row["landmark"],) if isinstance(row["landmark"], str) else tuple(row["landmark"])
    first, second = (_levels(row[side], where) for side in SIDES_OF_EDGE[edge])
    border = Border(
        boundary=row["boundary"],
        landmark=landmark,
        edge=edge,
        first=first,
        second=second,
        source=sources[row["source"]],
        confidence=Confidence(row["confidence"]),
        remark=row.get("remark", ""),
    )
    unlisted = [name for name in border.structure_names() if name not in load_structures()]
    if unlisted:
        raise InputError(f"{where}: there is no structure {', '.join(unlisted)}")
    return border


def _levels(names: list[str], where: str) -> frozenset[NeckLevel]:
    unknown = [name for name in names if name not in list(NeckLevel)]
    if unknown:
        raise InputError(f"{where}: no levels {unknown}; there are {', '.join(NeckLevel)}")
    return frozenset(NeckLevel(name) for name in names)
