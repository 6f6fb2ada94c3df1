"""Names, codes, colours and roles of the structures of the neck, read from structures.toml."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.toml_file import read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping

    TomlTable = Mapping[str, object]

STRUCTURES_FILE = Path(__file__).with_name("structures.toml")
NODE_NAME = re.compile(r"node_\w+")
CONTEXT_NAME = "Segmentation category and type - 3D Slicer General Anatomy list"
REGION_CONTEXT_NAME = "Anatomic codes - DICOM master list"
REQUIRED = ("name", "label", "code", "meaning", "role", "colour_rgb", "source")
OPTIONAL = ("sided", "category", "encasement")


class Role(StrEnum):
    """What a structure is to a node that lies beside it."""

    NODE = "node"
    MAJOR_ARTERY = "major_artery"
    ARTERY = "artery"
    """Contact with it is measured and never counts for encasement."""
    JUGULAR_VEIN = "jugular_vein"
    MUSCLE = "muscle"
    GLAND = "gland"
    SKIN = "skin"
    AIRWAY = "airway"
    BONE_CARTILAGE = "bone_cartilage"
    LANDMARK = "landmark"
    NERVE = "nerve"
    OTHER = "other"


class Encasement(StrEnum):
    """Where contact with an artery may count as its encasement."""

    WHOLE = "whole"
    ORIGIN = "origin"
    NEVER = "never"


@dataclass(frozen=True)
class Code:
    """A coded concept as DICOM writes it: scheme, value, meaning."""

    value: str
    meaning: str
    scheme: str = "SCT"

    def __post_init__(self) -> None:
        """Refuse what would break a terminology string."""
        if not self.value.isdigit() or not self.meaning or set("~^") & set(self.meaning):
            raise InputError(f"not a SNOMED CT code with a meaning: {self.value!r} {self.meaning!r}")

    def __str__(self) -> str:
        """Part of a Slicer terminology string."""
        return f"{self.scheme}^{self.value}^{self.meaning}"


CATEGORIES = {
    "anatomical_structure": Code("123037004", "Anatomical Structure"),
    "tissue": Code("85756007", "Tissue"),
}
SIDES = {"left": Code("7771000", "Left"), "right": Code("24028007", "Right")}


@dataclass(frozen=True)
class Structure:
    """One structure of the neck.

    Attributes
    ----------
    name : segment name (TotalSegmentator's class name where there is one).
    label : what users read.
    snomed_category, snomed_type, snomed_modifier : SNOMED CT codes; the modifier is the side.
    colour_rgb : 0 to 255.
    role : what it is to a node beside it.
    source : where the type code was read; `is_exact_code` is False where only a broader code could be verified.
    encasement : where contact may count as encasement: all along major arteries, unless the row says otherwise.
    """

    name: str
    label: str
    snomed_category: Code
    snomed_type: Code
    snomed_modifier: Code | None
    colour_rgb: tuple[int, int, int]
    role: Role
    source: str
    is_exact_code: bool
    encasement: Encasement

    @property
    def colour(self) -> tuple[float, float, float]:
        """Red, green, blue from 0 to 1."""
        red, green, blue = self.colour_rgb
        return red / 255, green / 255, blue / 255

    @property
    def terminology(self) -> str:
        """Terminology entry as Slicer stores it in a segment's tag."""
        modifier = self.snomed_modifier or "^^"
        return f"{CONTEXT_NAME}~{self.snomed_category}~{self.snomed_type}~{modifier}~{REGION_CONTEXT_NAME}~^^~^^"


def structure_for(segment_name: str) -> Structure | None:
    """Structure that a segment shows, by its name; every `node_*` is a lymph node. None for unknown names."""
    known = load_structures()
    return known.get("lymph_node" if NODE_NAME.fullmatch(segment_name) else segment_name)


@cache
def load_structures(path: Path = STRUCTURES_FILE) -> Mapping[str, Structure]:
    """Read all structures by name.

    Raises
    ------
    InputError
        If a row lacks a field, has an unknown one, or holds a value that is not allowed, or if a name comes twice.
    """
    document = read_toml(path)
    sources, rows = document.get("sources"), document.get("structure")
    if not isinstance(sources, dict) or not isinstance(rows, list):
        raise InputError(f"{path.name}: expected a table [sources] and rows [[structure]]")
    structures: dict[str, Structure] = {}
    for row in rows:
        for structure in structures_of_row(row, sources, path.name):
            if structure.name in structures:
                raise InputError(f"{path.name}: {structure.name} is there twice; keep one row")
            structures[structure.name] = structure
    return structures


def structures_of_row(row: TomlTable, sources: TomlTable, file_name: str) -> list[Structure]:
    """One structure, or two for a row with `sided = true`."""
    name = row.get("name", "a row without name")
    missing = [field for field in REQUIRED if field not in row]
    unknown = [field for field in row if field not in REQUIRED + OPTIONAL]
    if missing or unknown:
        raise InputError(f"{file_name}: {name}: missing fields {missing}, unknown fields {unknown}")
    category = str(row.get("category", "anatomical_structure"))
    if category not in CATEGORIES or row["role"] not in list(Role) or row["source"] not in sources:
        raise InputError(
            f"{file_name}: {name}: category {category!r}, role {row['role']!r} and source {row['source']!r} "
            f"must be among {sorted(CATEGORIES)}, {[str(role) for role in Role]} and {sorted(sources)}"
        )
    role = Role(str(row["role"]))
    encasement = str(row.get("encasement", Encasement.WHOLE if role is Role.MAJOR_ARTERY else Encasement.NEVER))
    if encasement not in list(Encasement) or (encasement != Encasement.NEVER and role is not Role.MAJOR_ARTERY):
        raise InputError(f"{file_name}: {name}: encasement {encasement!r} does not go with role {role}")
    base = Structure(
        name=str(name),
        label=str(row["label"]),
        snomed_category=CATEGORIES[category],
        snomed_type=Code(str(row["code"]), str(row["meaning"])),
        snomed_modifier=None,
        colour_rgb=colour_of(row["colour_rgb"], f"{file_name}: {name}"),
        role=role,
        source=str(sources[str(row["source"])]),
        is_exact_code=row["source"] != "broader",
        encasement=Encasement(encasement),
    )
    if row.get("sided", False) is not True:
        return [base]
    return [sided(base, side) for side in SIDES]


def sided(base: Structure, side: str) -> Structure:
    """The structure of one side."""
    label = f"{side.capitalize()} {base.label[0].lower()}{base.label[1:]}"
    return replace(base, name=f"{base.name}_{side}", label=label, snomed_modifier=SIDES[side])


def colour_of(value: object, where: str) -> tuple[int, int, int]:
    """Three numbers from 0 to 255."""
    if not isinstance(value, list) or len(value) != 3 or not all(isinstance(v, int) and 0 <= v <= 255 for v in value):
        raise InputError(f"{where}: colour_rgb is {value!r}; expected three whole numbers from 0 to 255")
    red, green, blue = value
    return red, green, blue
