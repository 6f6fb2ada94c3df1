"""A small neck of known contacts and sizes, measured as a whole: what is found, and what a failing part leaves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from case_phantoms import BALL_RADIUS_MM, CUFF_DEG, CUFF_HEIGHT_MM, SmallNeck, a_small_neck, places_ras_mm, segment_of
from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.measure.case.measure_case import measure_case
from iENEGraderLib.measure.case.records import nodes as node_records
from iENEGraderLib.measure.case.records.contacts import against_encasement
from iENEGraderLib.measure.case.roles import assign_roles
from iENEGraderLib.measure.contact import ContactClass
from iENEGraderLib.measure.evidence_class import EvidenceClass
from iENEGraderLib.measure.preferences import default_preferences
from iENEGraderLib.reading import Side

if TYPE_CHECKING:
    from pathlib import Path

    from iENEGraderLib.measure.case.measurements import CaseMeasurements

CAROTID = "common_carotid_artery_right"


@pytest.fixture(scope="module")
def the_neck() -> SmallNeck:
    return a_small_neck()


@pytest.fixture(scope="module")
def the_case(the_neck: SmallNeck) -> CaseMeasurements:
    return measure_case(the_neck.image, the_neck.segmentation)


def with_masks(neck: SmallNeck, **masks: np.ndarray) -> SmallNeck:
    """The neck with further segments or other ones."""
    return replace(neck, masks={**neck.masks, **masks})


def test_the_contact_with_the_artery_is_measured_against_its_known_angle(the_case: CaseMeasurements) -> None:
    (contact,) = the_case.contacts

    assert (contact.node_id, contact.structure) == ("node_cuff", CAROTID)
    assert contact.profile.max_arc_deg == pytest.approx(CUFF_DEG, abs=5)
    assert contact.profile.length_ge_180_mm == pytest.approx(CUFF_HEIGHT_MM, abs=1)
    assert contact.profile.contact_class is ContactClass.FROM_180_TO_270


def test_a_major_artery_counts_and_220_degrees_are_for_a_board_to_discuss(the_case: CaseMeasurements) -> None:
    (contact,) = the_case.contacts

    assert contact.counts_for_encasement
    assert contact.evidence_class is EvidenceClass.INDETERMINATE
    assert "lies between 180 and 270 degrees" in contact.reason


@pytest.mark.parametrize("name", ["cricoid_cartilage", "spinal_cord", CAROTID])
def test_a_structure_that_is_not_drawn_yet_does_not_keep_the_rest_from_being_measured(name: str) -> None:
    neck = a_small_neck()
    neck = replace(neck, masks={**neck.masks, name: np.zeros_like(neck.masks[name])})

    case = measure_case(neck.image, neck.segmentation)

    assert [record.basics.result is not None for record in case.nodes] == [True, True]


@pytest.mark.parametrize(
    ("arc_deg", "expected", "named"),
    [
        (0.0, EvidenceClass.NOT_MET, "no contact"),
        (170.0, EvidenceClass.NOT_MET, "stays below 180 degrees"),
        (172.0, EvidenceClass.INDETERMINATE, "cannot be told from 180 degrees"),
        (220.0, EvidenceClass.INDETERMINATE, "between 180 and 270 degrees"),
        (268.0, EvidenceClass.INDETERMINATE, "cannot be told from 270 degrees"),
        (278.0, EvidenceClass.MET, "reaches the 270 degrees"),
        (None, EvidenceClass.NOT_ASSESSABLE, "too thin"),
    ],
)
def test_an_arc_is_compared_with_180_and_270_degrees_within_its_uncertainty(
    arc_deg: float | None, expected: EvidenceClass, named: str, the_case: CaseMeasurements
) -> None:
    profile = replace(the_case.contacts[0].profile, max_arc_deg=arc_deg, band_deg=8.0, reason="too thin")

    found, reason = against_encasement(profile)

    assert found is expected
    assert named in reason


def test_two_segments_of_one_structure_keep_their_own_names_in_results(the_neck: SmallNeck, tmp_path: Path) -> None:
    masks = {("Segment_7" if name == CAROTID else name): mask for name, mask in the_neck.masks.items()}
    neck = replace(the_neck, masks=masks | {CAROTID: np.zeros_like(masks["Segment_7"])})
    roles_file = tmp_path / "roles.json"
    roles_file.write_text(f'{{"Segment_7": "{CAROTID}"}}', encoding="utf-8")

    roles = assign_roles(neck.segmentation, roles_file)

    assert roles.name_of(neck.segmentation.named("Segment_7")) == "Segment_7"


def test_no_fat_shows_between_a_node_and_the_artery_in_it(the_case: CaseMeasurements) -> None:
    (contact,) = the_case.contacts

    assert contact.fat_plane.result is not None
    assert contact.fat_plane.result.evidence_class is EvidenceClass.MET


def test_vessels_out_of_reach_have_no_record(the_case: CaseMeasurements) -> None:
    assert "common_carotid_artery_left" not in {contact.structure for contact in the_case.contacts}


def test_sizes_sides_and_heights_are_those_that_were_drawn(the_case: CaseMeasurements) -> None:
    ball, cuff = (the_case.node(name).basics.result for name in ("node_ball", "node_cuff"))

    assert ball is not None
    assert cuff is not None
    assert ball.size.greatest_dimension_mm == pytest.approx(2 * BALL_RADIUS_MM, abs=0.5)
    assert ball.side is not None
    assert cuff.side is not None
    assert (ball.side.side, cuff.side.side) == (Side.LEFT, Side.RIGHT)
    assert cuff.below_cricoid is not None
    assert cuff.below_cricoid.depth_mm == pytest.approx(CUFF_HEIGHT_MM / 2, abs=0.8)


def test_the_vein_is_patent(the_case: CaseMeasurements) -> None:
    (vein,) = the_case.veins

    assert vein.status.result is not None
    assert str(vein.status.result.status) == "patent"


def test_a_smooth_ball_has_no_spikes(the_case: CaseMeasurements) -> None:
    survey = the_case.node("node_ball").spikes.result

    assert survey is not None
    assert survey.spikes == ()


def test_nodes_out_of_reach_of_each_other_are_no_pair(the_case: CaseMeasurements) -> None:
    assert the_case.coalescence == ()


def test_nodes_and_muscles_within_reach_have_records(the_neck: SmallNeck) -> None:
    right, front, up = places_ras_mm()
    neighbour = np.hypot(np.hypot(right + 22, front - 14.5), up - 2) < 7
    muscle = (np.hypot(right + 32.5, front) < 3.5) & ~the_neck.masks["node_ball"]
    neck = with_masks(the_neck, node_next=neighbour, sternocleidomastoid_left=muscle)
    case = measure_case(neck.image, neck.segmentation)

    assert [(pair.first, pair.second) for pair in case.coalescence] == [("node_ball", "node_next")]
    assert ("node_ball", "sternocleidomastoid_left") in {(each.node_id, each.structure) for each in case.infiltration}


def test_nerves_and_skin_beside_a_node_are_looked_at(the_neck: SmallNeck) -> None:
    right, front, _ = places_ras_mm()
    nerve = (np.hypot(right + 22, front - 9.5) < 1.5) & ~the_neck.masks["node_ball"]
    skin = ((right / 42) ** 2 + (front / 32) ** 2 < 1) & ((right / 40) ** 2 + (front / 30) ** 2 > 1)
    neck = with_masks(the_neck, vagus_nerve_left=nerve, skin=skin)
    case = measure_case(neck.image, neck.segmentation)

    (signs,) = case.nerves
    assert (signs.node_id, signs.structure) == ("node_ball", "vagus_nerve_left")
    assert signs.signs.result is not None
    assert signs.signs.result.evidence_class is not EvidenceClass.MET
    assert case.skin
    assert all(each.skin.result is not None for each in case.skin)
    entries = [(each["node"], each["structure"], each["role"]) for each in case.to_json()["infiltration"]]
    assert ("node_ball", "vagus_nerve_left", "nerve") in entries
    assert any(role == "skin" for _, _, role in entries)


def test_a_label_of_fat_hides_no_spike(the_neck: SmallNeck) -> None:
    right, front, up = places_ras_mm()
    fat = np.hypot(np.hypot(right + 22, front), up - 2) < 14
    spike = (np.hypot(front, up - 2) < 1.3) & (right > -16) & (right < -9)
    hu = np.where(spike, 95, the_neck.hu).astype(np.int16)
    neck = replace(with_masks(the_neck, deep_neck_fat=fat & ~the_neck.masks["node_ball"]), hu=hu)
    survey = measure_case(neck.image, neck.segmentation).node("node_ball").spikes.result

    assert survey is not None
    assert [each.tip_ras_mm for each in survey.candidates] == [pytest.approx((-9.0, 0.0, 2.0), abs=1.5)]


@pytest.mark.parametrize("why", ["no image", "MR"])
def test_without_values_in_hu_the_outlines_are_still_measured(
    why: str, the_neck: SmallNeck, the_case: CaseMeasurements
) -> None:
    image = None if why == "no image" else replace(the_neck.image, modality="MR")
    case = measure_case(image, the_neck.segmentation)
    node = case.node("node_cuff")

    assert node.basics.result == the_case.node("node_cuff").basics.result
    assert case.contacts[0].profile.max_arc_deg == the_case.contacts[0].profile.max_arc_deg
    assert (node.spikes.result, node.stranding.result, case.contacts[0].fat_plane.result) == (None, None, None)
    assert case.veins[0].status.result is not None
    (warning,) = case.warnings
    assert warning.startswith("what needs values in Hounsfield units was not assessed")
    assert node.spikes.reason in warning


def test_an_empty_node_is_told_and_the_others_are_measured(the_neck: SmallNeck) -> None:
    segmentation = the_neck.segmentation
    empty = segment_of("node_empty", np.zeros_like(the_neck.masks["node_ball"]))
    case = measure_case(the_neck.image, replace(segmentation, segments=(empty, *segmentation.segments)))

    assert any(warning.startswith("size of node_empty: ") for warning in case.warnings)
    assert case.node("node_empty").basics.result is None
    assert case.node("node_ball").basics.result is not None
    assert len(case.contacts) == 1


def test_a_part_that_refuses_its_input_is_named_and_loses_nothing_else(
    the_neck: SmallNeck, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise InputError("too odd to search")

    monkeypatch.setattr(node_records, "find_spikes", refuse)
    case = measure_case(the_neck.image, the_neck.segmentation)

    assert [each for each in case.warnings if "too odd" in each] == [
        "spikes of node_cuff: too odd to search",
        "spikes of node_ball: too odd to search",
    ]
    assert case.node("node_ball").spikes.reason == "too odd to search"
    assert case.node("node_ball").stranding.result is not None


def test_a_fault_of_our_own_is_not_taken_for_a_warning(the_neck: SmallNeck, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(node_records, "find_spikes", fail)

    with pytest.raises(RuntimeError, match="broken"):
        measure_case(the_neck.image, the_neck.segmentation)


def test_only_the_vessels_asked_for_are_measured(the_neck: SmallNeck) -> None:
    muscle = the_neck.segmentation.named("sternocleidomastoid_left")
    case = measure_case(the_neck.image, the_neck.segmentation, vessels=[muscle])

    assert [(each.node_id, each.structure) for each in case.contacts] == [("node_ball", muscle.name)]
    assert (case.contacts[0].counts_for_encasement, case.contacts[0].evidence_class) == (False, None)
    assert case.veins == ()


def test_nodes_can_be_chosen_and_named(the_neck: SmallNeck) -> None:
    ball = the_neck.segmentation.named("node_ball")
    case = measure_case(the_neck.image, the_neck.segmentation, nodes={"N7": ball})

    assert [node.node_id for node in case.nodes] == ["N7"]
    assert case.contacts == ()


def test_thresholds_of_the_user_are_used(the_neck: SmallNeck) -> None:
    mine = default_preferences().changed({"contact.tolerance_mm": 1.5})
    case = measure_case(the_neck.image, the_neck.segmentation, preferences=mine)
    (contact,) = case.contacts

    assert contact.profile.tolerance_mm == 1.5
    assert [row.is_default for row in contact.preferences if row.name == "contact.tolerance_mm"] == [False]


def test_roles_from_the_user_decide_what_is_measured(the_neck: SmallNeck, tmp_path: Path) -> None:
    masks = {name.replace(CAROTID, "tube"): mask for name, mask in the_neck.masks.items()}
    neck = replace(the_neck, masks=masks)
    assert measure_case(neck.image, neck.segmentation).contacts == ()

    file = tmp_path / "roles.json"
    file.write_text(f'{{"tube": "{CAROTID}"}}', encoding="utf-8")
    case = measure_case(neck.image, neck.segmentation, assign_roles(neck.segmentation, file))

    assert [(contact.structure, contact.counts_for_encasement) for contact in case.contacts] == [(CAROTID, True)]
    assert CAROTID in {each.structure for each in case.evidence_for("node_cuff")}
    assert case.node("node_ball").basics.result is not None
    assert case.node("node_ball").basics.result.side is not None


def test_progress_is_told_and_can_stop_the_measuring(the_neck: SmallNeck) -> None:
    said: list[str] = []
    measure_case(the_neck.image, the_neck.segmentation, progress=said.append)
    assert {"size of node_ball", "spikes of node_cuff", f"contact of node_cuff with {CAROTID}"} <= set(said)

    def stop(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measure_case(the_neck.image, the_neck.segmentation, progress=stop)


def test_an_image_of_another_grid_is_refused(the_neck: SmallNeck) -> None:
    geometry = replace(the_neck.image.geometry, origin_lps_mm=(0.0, 0.0, 0.0))

    with pytest.raises(InputError, match=r"expected the grid of ct\.nrrd"):
        measure_case(replace(the_neck.image, geometry=geometry), the_neck.segmentation)


def test_two_nodes_of_one_name_are_refused(the_neck: SmallNeck) -> None:
    segmentation = the_neck.segmentation
    twice = replace(segmentation, segments=(*segmentation.segments, segmentation.named("node_ball")))

    with pytest.raises(InputError, match="several nodes are named 'node_ball'"):
        measure_case(the_neck.image, twice)
