"""Which segment is what: names, exact codes with their side, the user's file; and what counts for encasement."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.segmentation import Segment, Segmentation
from HeadNeckNodesLib.imaging.terminology import Code, Terminology, terminology_from_entry
from iENEGraderLib.anatomy.structures import Encasement, Role, load_structures
from iENEGraderLib.measure.case.roles import Roles, RoleSource, assign_roles, structure_coded
from iENEGraderLib.measure.preferences import default_preferences
from iENEGraderLib.reading.vocabulary import Side
from iENEGraderLib.sample import digital_neck, sample_segmentation
from segment_builders import GRID, a_ball

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    WriteRoles = Callable[[object], Path]

LEFT, RIGHT = Code("SCT", "7771000", "Left"), Code("SCT", "24028007", "Right")
JUGULAR = Code("SCT", "12123001", "Internal jugular vein")
COMMON_CAROTID = Code("SCT", "32062004", "Common carotid artery")
MUSCLE_OF_NECK = Code("SCT", "81727001", "Muscle of neck")


def segment(name: str, kind: Code | None = None, side: Code | None = None, segment_id: str = "") -> Segment:
    found = a_ball(name, (0.0, 0.0, 0.0), 4.0, segment_id)
    return replace(found, terminology=None if kind is None else Terminology(None, kind, side))


def roles_of(*segments: Segment, roles_file: Path | None = None) -> Roles:
    return assign_roles(Segmentation(GRID, segments, "neck.seg.nrrd"), roles_file)


@pytest.fixture
def a_roles_file(tmp_path: Path) -> WriteRoles:
    """Write an object as roles.json."""

    def write(content: object) -> Path:
        path = tmp_path / "roles.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize(
    ("name", "structure", "role", "side"),
    [
        ("internal_carotid_artery_left", "internal_carotid_artery_left", Role.MAJOR_ARTERY, Side.LEFT),
        ("internal_jugular_vein_right", "internal_jugular_vein_right", Role.JUGULAR_VEIN, Side.RIGHT),
        ("hyoid", "hyoid", Role.LANDMARK, None),
        ("node_1", "lymph_node", Role.NODE, None),
        ("Node_upper", "lymph_node", Role.NODE, None),
        ("Vertebrae C3", "vertebrae_C3", Role.BONE_CARTILAGE, None),
        ("subclavian_artery_left", "subclavian_artery_left", Role.ARTERY, Side.LEFT),
    ],
)
def test_totalsegmentator_names_tell_structure_role_and_side(
    name: str, structure: str, role: Role, side: Side | None
) -> None:
    found = roles_of(segment(name)).assignments[0]
    assert (found.structure, found.role, found.side, found.source) == (structure, role, side, RoleSource.NAME)


def test_a_code_with_its_side_tells_a_segment_of_any_name() -> None:
    found = roles_of(segment("Segment_1", JUGULAR, LEFT)).assignments[0]
    assert found.structure == "internal_jugular_vein_left"
    assert found.side is Side.LEFT
    assert found.source is RoleSource.CODE


@pytest.mark.parametrize(
    ("kind", "side"),
    [
        (JUGULAR, None),
        (MUSCLE_OF_NECK, LEFT),
        (Code("SCT", "309312004", "Cartilage"), None),
        (Code("SRT", "12123001", "Internal jugular vein"), LEFT),
        (Code("SCT", "69748006", "Thyroid"), LEFT),
        (None, None),
    ],
    ids=["no side", "a broader code", "a tissue", "another scheme", "a side of an unpaired structure", "no code"],
)
def test_a_code_that_does_not_name_exactly_one_structure_tells_nothing(kind: Code | None, side: Code | None) -> None:
    found = roles_of(segment("Segment_1", kind, side)).assignments[0]
    assert found.structure is None
    assert found.role is Role.OTHER
    assert found.source is RoleSource.NOTHING


def test_every_structure_with_an_exact_code_is_found_by_it_and_no_other_is() -> None:
    for structure in load_structures().values():
        found = structure_coded(terminology_from_entry(structure.terminology))
        if structure.is_exact_code:
            assert found is structure
        else:
            assert found is None or (found is not structure and found.is_exact_code)


@pytest.mark.parametrize("side", [None, LEFT])
def test_a_lymph_node_is_one_with_a_side_as_well(side: Code | None) -> None:
    roles = roles_of(segment("mass", Code("SCT", "59441001", "Lymph node"), side))
    assert [each.name for each in roles.nodes] == ["mass"]


def test_a_name_that_contradicts_the_code_is_followed_and_told() -> None:
    roles = roles_of(segment("hyoid", JUGULAR, LEFT))
    assert roles.assignments[0].structure == "hyoid"
    assert "coded as internal_jugular_vein_left; its name was followed" in roles.warnings[0]


def test_two_segments_of_one_structure_are_told() -> None:
    roles = roles_of(segment("hyoid", segment_id="a"), segment("Hyoid", segment_id="b"))
    assert roles.structures["hyoid"].segment_id == "a"
    assert "2 segments are hyoid" in roles.warnings[0]


def test_the_users_file_comes_first(a_roles_file: WriteRoles) -> None:
    path = a_roles_file({"Segment_1": "common_carotid_artery_left", "flap": "muscle", "hyoid": "other"})

    roles = roles_of(
        segment("my vein", JUGULAR, RIGHT, "Segment_1"), segment("flap"), segment("hyoid"), roles_file=path
    )

    carotid, flap, hyoid = roles.assignments
    assert (carotid.structure, carotid.side) == ("common_carotid_artery_left", Side.LEFT)
    assert (flap.structure, flap.role) == (None, Role.MUSCLE)
    assert (hyoid.structure, hyoid.role) == (None, Role.OTHER)
    assert {each.source for each in roles.assignments} == {RoleSource.ROLES_FILE}


def test_an_id_goes_before_a_name(a_roles_file: WriteRoles) -> None:
    path = a_roles_file({"S1": "node"})
    roles = roles_of(segment("S1", segment_id="S2"), segment("other", segment_id="S1"), roles_file=path)
    assert [each.role for each in roles.assignments] == [Role.OTHER, Role.NODE]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ({"S9": "node"}, r"there is no segment 'S9'; the segmentation has 'a' \(id 'S1'\)"),
        ({"a": "artery_of_x"}, r"'a' is 'artery_of_x', which is no role \(node, .*and no structure \(lymph_node, "),
        ({"a": 3}, "'a' is 3, which is no role"),
        ({"a": "node", "S1": "node"}, "the segment 'a' is named twice"),
        ({"b": "node"}, "several segments have the name 'b'"),
        (["a"], "found no JSON object"),
        ("{", "cannot be read as JSON"),
    ],
)
def test_a_wrong_roles_file_is_refused_with_what_exists(
    a_roles_file: WriteRoles, content: object, complaint: str
) -> None:
    segments = (segment("a", segment_id="S1"), segment("b", segment_id="S2"), segment("b", segment_id="S3"))
    with pytest.raises(InputError, match=complaint):
        roles_of(*segments, roles_file=a_roles_file(content))


def test_a_missing_roles_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.json: cannot be read"):
        roles_of(segment("a"), roles_file=tmp_path / "nowhere.json")


@pytest.mark.parametrize(
    ("name", "encasement"),
    [
        ("common_carotid_artery_left", Encasement.WHOLE),
        ("internal_carotid_artery_right", Encasement.WHOLE),
        ("vertebral_artery_left", Encasement.WHOLE),
        ("external_carotid_artery_left", Encasement.ORIGIN),
        ("subclavian_artery_left", Encasement.NEVER),
        ("brachiocephalic_trunk", Encasement.NEVER),
        ("internal_jugular_vein_left", Encasement.NEVER),
    ],
)
def test_only_the_major_arteries_count_for_encasement(name: str, encasement: Encasement) -> None:
    roles = roles_of(segment(name))
    vessel = roles.vessels[0]
    scope = roles.encasement_scope(vessel, None)
    assert roles.assignments[0].encasement is encasement
    assert scope.counts is (encasement is not Encasement.NEVER)
    assert name.replace("_", " ") in scope.reason
    assert roles.is_vein(vessel) is ("vein" in name)


def test_the_external_carotid_counts_near_its_origin_only() -> None:
    roles = roles_of(segment("external_carotid_artery_left"))
    vessel = roles.vessels[0]  # a ball round the origin of the grid: its lowest point is 4 mm below
    assert roles.encasement_scope(vessel, (0.0, 0.0, 15.0)).counts
    far = roles.encasement_scope(vessel, (0.0, 0.0, 17.0))
    assert not far.counts
    assert "within 20 mm of its origin; the contact lies 21 mm off" in far.reason


def test_the_length_of_the_origin_is_a_preference() -> None:
    segmentation = Segmentation(GRID, (segment("external_carotid_artery_left"),), "neck.seg.nrrd")
    longer = default_preferences().changed({"roles.external_carotid_origin_mm": 30.0})
    roles = assign_roles(segmentation, preferences=longer)
    assert roles.encasement_scope(roles.vessels[0], (0.0, 0.0, 17.0)).counts


def test_an_artery_by_its_role_alone_counts_as_the_user_says(a_roles_file: WriteRoles) -> None:
    path = a_roles_file({"stump": "major_artery", "twig": "artery"})
    stump, twig = roles_of(segment("stump"), segment("twig"), roles_file=path).assignments
    assert stump.encasement is Encasement.WHOLE
    assert twig.encasement is Encasement.NEVER


def test_the_sample_neck_is_understood_whole() -> None:
    roles = assign_roles(sample_segmentation(digital_neck(0, spacing_mm=(2.0, 2.0, 2.0))))
    assert RoleSource.NOTHING not in {each.source for each in roles.assignments}
    assert roles.warnings == ()
    assert len(roles.nodes) == 5
    assert {each.name for each in roles.vessels} >= {"vertebral_artery_left", "internal_jugular_vein_right"}
    assert set(roles.structures) >= {"hyoid", "cricoid_cartilage", "sternocleidomastoid_left"}
