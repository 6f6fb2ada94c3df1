"""Names, codes, colours and roles of the structures of the neck."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.anatomy.structures import (
    CONTEXT_NAME,
    REGION_CONTEXT_NAME,
    STRUCTURES_FILE,
    Encasement,
    Role,
    load_structures,
    structure_for,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hnn.headless import HeadlessSlicer

A_ROW = """
[sources]
here = "a list"

[[structure]]
name = "hyoid"
label = "Hyoid bone"
code = "21387005"
meaning = "Hyoid bone"
role = "landmark"
colour_rgb = [1, 2, 3]
source = "here"
"""


@pytest.fixture
def a_table(tmp_path: Path) -> Callable[[str, str], Path]:
    """Write the one-row table with one text replaced by another."""

    def write(old: str, new: str) -> Path:
        assert old in A_ROW
        path = tmp_path / f"structures{len(list(tmp_path.iterdir()))}.toml"
        path.write_text(A_ROW.replace(old, new), encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("name", ["node_1", "node_12", "node_left_upper"])
def test_every_segment_named_node_is_a_lymph_node(name: str) -> None:
    structure = structure_for(name)
    assert structure is not None
    assert structure.snomed_type.value == "59441001"
    assert structure.role is Role.NODE


@pytest.mark.parametrize("name", ["node", "nodes_1", "my_node_1", "Segment_1", ""])
def test_other_names_are_no_nodes(name: str) -> None:
    assert structure_for(name) is None


@pytest.mark.parametrize(
    ("name", "code", "side", "role"),
    [
        ("internal_carotid_artery_left", "86117002", "7771000", Role.MAJOR_ARTERY),
        ("external_carotid_artery_right", "22286001", "24028007", Role.MAJOR_ARTERY),
        ("common_carotid_artery_right", "32062004", "24028007", Role.MAJOR_ARTERY),
        ("vertebral_artery_left", "85234005", "7771000", Role.MAJOR_ARTERY),
        ("subclavian_artery_left", "36765005", "7771000", Role.ARTERY),
        ("sternum", "56873002", None, Role.BONE_CARTILAGE),
        ("internal_jugular_vein_left", "12123001", "7771000", Role.JUGULAR_VEIN),
        ("sternocleidomastoid_right", "22823000", "24028007", Role.MUSCLE),
        ("parotid_gland_left", "45289007", "7771000", Role.GLAND),
        ("hyoid", "21387005", None, Role.LANDMARK),
        ("skin", "39937001", None, Role.SKIN),
        ("vagus_nerve_left", "88882009", "7771000", Role.NERVE),
    ],
)
def test_structures_carry_their_published_code_side_and_role(
    name: str, code: str, side: str | None, role: Role
) -> None:
    structure = structure_for(name)
    assert structure is not None
    assert structure.snomed_type.value == code
    assert (structure.snomed_modifier.value if structure.snomed_modifier else None) == side
    assert structure.role is role
    assert structure.is_exact_code


def test_paired_structures_come_in_pairs_with_labels_that_name_the_side() -> None:
    structures = load_structures()
    right = [name for name in structures if name.endswith("_right")]
    assert len(right) > 20
    for name in right:
        other = structures[name.removesuffix("_right") + "_left"]
        assert structures[name].label.startswith("Right ")
        assert other.label.startswith("Left ")
        assert other.colour_rgb == structures[name].colour_rgb


def test_major_arteries_count_for_encasement_and_the_external_carotid_at_its_origin() -> None:
    counting = {name: each.encasement for name, each in load_structures().items() if each.encasement != "never"}
    whole = {"common_carotid_artery", "internal_carotid_artery", "vertebral_artery"}
    sides = ("left", "right")
    assert counting == {f"{name}_{side}": Encasement.WHOLE for name in whole for side in sides} | {
        f"external_carotid_artery_{side}": Encasement.ORIGIN for side in sides
    }


def test_exact_codes_with_their_side_name_one_structure_each() -> None:
    codes = [(each.snomed_type, each.snomed_modifier) for each in load_structures().values() if each.is_exact_code]
    assert len(set(codes)) == len(codes)


def test_structures_without_a_verified_code_say_so() -> None:
    cricoid = structure_for("cricoid_cartilage")
    assert cricoid is not None
    assert not cricoid.is_exact_code
    assert "not verified" in cricoid.source


def test_the_terminology_string_is_the_one_slicer_writes() -> None:
    structure = structure_for("internal_carotid_artery_left")
    assert structure is not None
    assert structure.terminology == (
        f"{CONTEXT_NAME}~SCT^123037004^Anatomical Structure~SCT^86117002^Internal carotid artery"
        f"~SCT^7771000^Left~{REGION_CONTEXT_NAME}~^^~^^"
    )


def test_slicer_reads_every_terminology_string_back(slicer_app: HeadlessSlicer) -> None:
    import slicer

    assert slicer_app is not None
    logic = slicer.vtkSlicerTerminologiesModuleLogic()
    for structure in load_structures().values():
        entry = slicer.vtkSlicerTerminologyEntry()
        assert logic.DeserializeTerminologyEntry(structure.terminology, entry), structure.name
        assert entry.GetTypeObject().GetCodeValue() == structure.snomed_type.value
        assert entry.GetCategoryObject().GetCodeMeaning() == structure.snomed_category.meaning
        modifier = entry.GetTypeModifierObject().GetCodeMeaning() or None
        assert modifier == (structure.snomed_modifier.meaning if structure.snomed_modifier else None)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('role = "landmark"', 'role = "bone"', "role 'bone'"),
        ('source = "here"', 'source = "there"', "source 'there'"),
        ('label = "Hyoid bone"\n', "", r"missing fields \['label'\]"),
        ('label = "Hyoid bone"', 'label = "Hyoid bone"\ncolor = 1', r"unknown fields \['color'\]"),
        ("[1, 2, 3]", "[1, 2, 300]", "from 0 to 255"),
        ('"21387005"', '"bone"', "not a SNOMED CT code"),
        ('meaning = "Hyoid bone"', 'meaning = "Hyoid~bone"', "not a SNOMED CT code"),
        ('role = "landmark"', 'role = "landmark"\ncategory = "thing"', "category 'thing'"),
        ('role = "landmark"', 'role = "landmark"\nencasement = "whole"', "encasement 'whole' does not go with role"),
        ('role = "landmark"', 'role = "major_artery"\nencasement = "half"', "encasement 'half'"),
        ("[[structure]]", "[structure]", r"rows \[\[structure\]\]"),
        ("[sources]", "[sources", "cannot be read as TOML"),
    ],
)
def test_a_wrong_row_is_refused_with_its_fault(
    a_table: Callable[[str, str], Path], old: str, new: str, complaint: str
) -> None:
    with pytest.raises(InputError, match=complaint):
        load_structures(a_table(old, new))


def test_a_structure_may_not_be_listed_twice(a_table: Callable[[str, str], Path]) -> None:
    path = a_table('source = "here"', 'source = "here"' + A_ROW[A_ROW.index("\n[[structure]]") :])
    with pytest.raises(InputError, match="hyoid is there twice"):
        load_structures(path)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.toml: cannot be opened"):
        load_structures(tmp_path / "nowhere.toml")


def test_the_shipped_table_is_beside_the_code() -> None:
    assert STRUCTURES_FILE.name == "structures.toml"
    assert STRUCTURES_FILE.is_file()
