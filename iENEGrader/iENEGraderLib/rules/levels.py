"""What a neck level says about a node."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from iENEGraderLib.reading import NeckLevel
from iENEGraderLib.rules.basis import Basis, basis_of, read_table
from iENEGraderLib.rules.conditions import TableError


@dataclass(frozen=True)
class LevelRule:
    """Position of a level relative to the caudal border of the cricoid, and whether its nodes are retropharyngeal.

    Attributes
    ----------
    below_cricoid : True or False when the level implies it, None when the node's own extent must be looked at.
    """

    level: NeckLevel
    below_cricoid: bool | None
    retropharyngeal: bool
    basis: Basis


@cache
def level_rules() -> dict[NeckLevel, LevelRule]:
    """Return the rule of every level."""
    meaning = {"above": False, "below": True, "unknown": None}
    rules = {
        NeckLevel(row["level"]): LevelRule(
            NeckLevel(row["level"]),
            meaning[row["cricoid"]],
            row.get("retropharyngeal", False),
            basis_of(row, f"level.{row['level']}"),
        )
        for row in read_table("levels.toml")["level"]
    }
    if set(rules) != set(NeckLevel):
        raise TableError("levels.toml must describe every neck level")
    return rules
