"""The allow-list of DICOM attributes, read from attributes.toml."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.toml_file import read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping

ATTRIBUTES_FILE = Path(__file__).with_name("attributes.toml")
EVERY_FAMILY = "all"
ROW_FIELDS = {"families", "action", "source", "reason", "keywords"}
PRIVATE_FIELDS = {"creator", "group", "element", "action", "reason", "source"}


class Action(StrEnum):
    """What becomes of an attribute that is on the list."""

    KEEP = "keep"
    UID = "uid"
    DATE = "date"
    TEXT = "text"
    FIXED = "fixed"
    EMPTY = "empty"


class Family(StrEnum):
    """Kinds of DICOM objects that can be shared."""

    CT = "CT"
    MR = "MR"
    SEG = "SEG"
    SR = "SR"
    KOS = "KOS"
    PM = "PM"


@dataclass(frozen=True)
class Rule:
    """One attribute of the list: what is done with it, why, and where that is written."""

    action: Action
    reason: str
    source: str
    value: str = ""


@dataclass(frozen=True)
class PrivateName:
    """A private attribute: who reserved the block, group, and element in the block."""

    creator: str
    group: int
    element: int


@dataclass(frozen=True, eq=False)
class AllowList:
    """Rules by family and keyword, private ones by their name."""

    public: Mapping[tuple[Family, str], Rule]
    with_characteristics: Mapping[tuple[Family, str], Rule]
    private: Mapping[PrivateName, Rule]

    def rule(self, family: Family, keyword: str, *, keep_characteristics: bool = False) -> Rule | None:
        """Return what is done with an attribute; None when it is dropped."""
        if keep_characteristics and (family, keyword) in self.with_characteristics:
            return self.with_characteristics[family, keyword]
        return self.public.get((family, keyword))


@cache
def load_allow_list(path: Path = ATTRIBUTES_FILE) -> AllowList:
    """Read the allow-list.

    Raises
    ------
    InputError
        When a row lacks a field, has an unknown value, or names an attribute that the family has already.
    """
    document = read_toml(path)
    sources = document.get("sources", {})
    plain: dict[tuple[Family, str], Rule] = {}
    asked: dict[tuple[Family, str], Rule] = {}
    for number, row in enumerate(document.get("rows", []), start=1):
        where = f"{path.name}: row {number}"
        _require_fields(row, ROW_FIELDS, where)
        rule = _rule(row, sources, where)
        chosen = asked if row.get("only_with_characteristics") else plain
        for key in _keys(row, where):
            if key in chosen:
                raise InputError(f"{where}: {key[1]} is listed twice for {key[0]}; keep one")
            chosen[key] = rule
    return AllowList(plain, asked, _private_rules(document.get("private", []), path.name))


def _rule(row: Mapping[str, Any], sources: Mapping[str, str], where: str) -> Rule:
    if row["source"] not in sources or row["action"] not in list(Action) or not row["reason"]:
        raise InputError(f"{where}: needs a source of [sources], an action of {[str(a) for a in Action]} and a reason")
    action = Action(row["action"])
    if (action is Action.FIXED) != ("value" in row):
        raise InputError(f"{where}: a value belongs to the action fixed, and to no other")
    return Rule(action, row["reason"], sources[row["source"]], row.get("value", ""))


def _keys(row: Mapping[str, Any], where: str) -> list[tuple[Family, str]]:
    from pydicom.datadict import tag_for_keyword

    unknown = [keyword for keyword in row["keywords"] if tag_for_keyword(keyword) is None]
    named = list(Family) if row["families"] == [EVERY_FAMILY] else row["families"]
    if unknown or not set(named) <= set(Family):
        raise InputError(f"{where}: unknown attributes {unknown} or families {row['families']}")
    return [(Family(name), keyword) for name in named for keyword in row["keywords"]]


def _private_rules(rows: list[Mapping[str, Any]], file_name: str) -> dict[PrivateName, Rule]:
    rules = {}
    for row in rows:
        where = f"{file_name}: private {row.get('creator', 'row without creator')}"
        _require_fields(row, PRIVATE_FIELDS, where)
        if row["action"] not in (Action.KEEP, Action.TEXT):
            raise InputError(f"{where}: a private attribute is kept or its text cleaned, not {row['action']!r}")
        name = PrivateName(row["creator"], row["group"], row["element"])
        rules[name] = Rule(Action(row["action"]), row["reason"], row["source"])
    return rules


def _require_fields(row: Mapping[str, Any], needed: set[str], where: str) -> None:
    missing = sorted(needed - set(row))
    if missing:
        raise InputError(f"{where}: lacks {', '.join(missing)}")
