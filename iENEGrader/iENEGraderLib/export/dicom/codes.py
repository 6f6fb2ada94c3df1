"""Codes of everything that stands in a DICOM object, read from codes.toml."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.toml_file import read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from highdicom.sr import CodedConcept

CODES_FILE = Path(__file__).with_name("codes.toml")
PRIVATE_SCHEME = "99HNN"
PRIVATE_SCHEME_NAME = "HeadNeckNodes"
STANDARD_SCHEMES = ("SCT", "DCM", "UCUM", "IBSI")
OTHER = "other"
"""Word of units and of kinds of evidence that the table does not have."""
LONGEST_VALUE, LONGEST_MEANING = 16, 64
FIELDS = {"scheme", "value", "meaning", "definition"}


class Group(StrEnum):
    """What a concept is for: a table of codes.toml."""

    DOCUMENT = "document"
    ITEM = "item"
    MEASUREMENT = "measurement"
    MAP = "map"
    MAP_METHOD = "map_method"
    FINDING = "finding"
    MARK = "mark"
    CERTAINTY = "certainty"
    EVIDENCE_CLASS = "evidence_class"
    ANSWER = "answer"
    MARKER = "marker"
    SIDE = "side"
    LEVEL = "level"
    SITE = "site"
    T_CATEGORY = "t_category"
    M_CATEGORY = "m_category"
    CLASSIFICATION = "classification"
    THRESHOLD = "threshold"
    RESULT = "result"
    GRADE = "grade"
    N_CATEGORY = "n_category"
    STAGE = "stage"
    CRITERION_STATUS = "criterion_status"
    UNIT = "unit"


@dataclass(frozen=True)
class Concept:
    """A coded concept (code triplet) and what it stands for here."""

    scheme: str
    value: str
    meaning: str
    definition: str = ""

    @property
    def is_private(self) -> bool:
        """Tell whether the code is of this project's own scheme."""
        return self.scheme == PRIVATE_SCHEME

    @property
    def coded(self) -> CodedConcept:
        """The concept as a DICOM code sequence item."""
        from highdicom.sr import CodedConcept

        return CodedConcept(self.value, self.scheme, self.meaning)

    def is_code(self, other: Concept | None) -> bool:
        """Tell whether another concept has the same code; meanings may be in any words."""
        return other is not None and (other.scheme, other.value) == (self.scheme, self.value)


def concept(group: Group, key: str) -> Concept:
    """Return the concept of a word.

    Raises
    ------
    KeyError
        When the table has no such word: our own fault.
    """
    return load_codes()[group][key]


def known(group: Group, key: str) -> Concept | None:
    """Return the concept of a word, or None when the table has none, as for words that others may choose."""
    return load_codes()[group].get(key)


def word(group: Group, code: Concept | None) -> str | None:
    """Return the word that a code stands for in a group; None for any other code."""
    return next((key for key, each in load_codes()[group].items() if each.is_code(code)), None)


def unit_concept(unit: str) -> Concept:
    """Return the UCUM code of a unit, or the code that says that the unit stands beside in words."""
    return known(Group.UNIT, unit) or concept(Group.UNIT, OTHER)


@cache
def load_codes(path: Path = CODES_FILE) -> Mapping[Group, Mapping[str, Concept]]:
    """Read all concepts by group and key.

    Raises
    ------
    InputError
        When a group is missing or unknown, or a row lacks a field, is too long or has the code of another row.
    """
    document = read_toml(path)
    if set(document) != set(Group):
        raise InputError(f"{path.name}: found the groups {', '.join(document)}; expected {', '.join(Group)}")
    return {group: _group(document[group], f"{path.name}: {group}") for group in Group}


def _group(rows: Mapping[str, Mapping[str, str]], where: str) -> Mapping[str, Concept]:
    concepts: dict[str, Concept] = {}
    for key, row in rows.items():
        found = _concept(row, f"{where}.{key}")
        same = [name for name, each in concepts.items() if (each.scheme, each.value) == (found.scheme, found.value)]
        if same:
            raise InputError(f"{where}.{key}: has the code of {same[0]}; give it its own")
        concepts[key] = found
    return concepts


def _concept(row: Mapping[str, str], where: str) -> Concept:
    if not {"value", "meaning"} <= set(row) <= FIELDS:
        raise InputError(f"{where}: found the fields {', '.join(row)}; expected value, meaning, scheme, definition")
    found = Concept(row.get("scheme", PRIVATE_SCHEME), row["value"], row["meaning"], row.get("definition", ""))
    if found.scheme not in (PRIVATE_SCHEME, *STANDARD_SCHEMES):
        raise InputError(f"{where}: found the scheme {found.scheme}; expected {', '.join(STANDARD_SCHEMES)} or none")
    if not 0 < len(found.value) <= LONGEST_VALUE or not 0 < len(found.meaning) <= LONGEST_MEANING:
        raise InputError(
            f"{where}: value and meaning have {len(found.value)} and {len(found.meaning)} characters; "
            f"expected 1 to {LONGEST_VALUE} and 1 to {LONGEST_MEANING}"
        )
    return found
