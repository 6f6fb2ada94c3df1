"""What measurements suggest: offered beside a finding, never counted, gone when the reader has decided."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from iENEGraderLib.anatomy import Role
from iENEGraderLib.panel.findings.mark_edits import accept, snapped, turned_round
from iENEGraderLib.panel.findings.suggestions import (
    Waiting,
    has_suggestions,
    measured_lines,
    structures_that_fit,
    suggestion_for,
    suggestions_of,
)
from iENEGraderLib.panel.result.presenter import node_rows
from iENEGraderLib.reading import (
    Certainty,
    Evidence,
    EvidenceClass,
    FindingKind,
    Mark,
    MarkKind,
    NeckLevel,
    Node,
    Place,
    Reading,
    Side,
)
from iENEGraderLib.rules import assess

if TYPE_CHECKING:
    from panel_fixtures import PanelUser

pytest_plugins = ("panel_fixtures",)

MET, INDETERMINATE, NOT_MET = EvidenceClass.MET, EvidenceClass.INDETERMINATE, EvidenceClass.NOT_MET
TIP, OTHER_TIP, GROWTH = (10.0, 20.0, 30.0), (14.0, 20.0, 30.0), (4.0, 5.0, 6.0)
COUNT = Evidence("fat_spikes", None, 2.0, "{count}", method="two spikes; thresholds: 2 mm", evidence_class=MET)
SPIKE = Evidence("spike_length", None, 5.1, "mm", 0.5, "tapers into fat", Place(TIP), MET)
SHORT_SPIKE = Evidence("spike_length", None, 2.4, "mm", 0.5, "tapers into fat", Place(OTHER_TIP), MET)
DOUBTFUL_SPIKE = replace(SPIKE, value=7.0, evidence_class=INDETERMINATE)
IN_MUSCLE = Evidence(
    "infiltration_depth", "sternocleidomastoid_left", 3.2, "mm", None,
    "a brighter part over 3 contiguous sections (4.5 mm); more", Place(GROWTH), INDETERMINATE,
)  # fmt: skip
CAROTID = Evidence("contact_angle", "common_carotid_artery_left", 282.0, "deg", 4.0, "arc", Place(GROWTH), MET)
SPIKES = (COUNT, SPIKE, SHORT_SPIKE)


def a_node(*evidence: Evidence) -> Node:
    return Node("N1", Side.LEFT, NeckLevel.IIA, greatest_dimension_mm=20.0, evidence=evidence)


def suggested(*evidence: Evidence) -> dict[FindingKind, str]:
    return {each.kind: each.text for each in suggestions_of(a_node(*evidence))}


# Which evidence suggests what


def test_spikes_are_counted_and_the_longest_is_told() -> None:
    assert suggested(*SPIKES) == {FindingKind.FAT_SPIKES: "2 spikes, longest 5.1 ± 0.5 mm"}


def test_doubtful_spikes_count_only_where_no_other_is_offered() -> None:
    assert suggested(COUNT, SPIKE, DOUBTFUL_SPIKE) == {FindingKind.FAT_SPIKES: "1 spike, 5.1 ± 0.5 mm"}
    (suggestion,) = suggestions_of(a_node(DOUBTFUL_SPIKE))
    assert (suggestion.text, suggestion.is_met) == ("1 spike, 7.0 ± 0.5 mm", False)


@pytest.mark.parametrize(
    ("evidence", "finding"),
    [
        (IN_MUSCLE, FindingKind.MUSCLE_INVASION),
        (replace(IN_MUSCLE, structure="thyroid_gland"), FindingKind.GLAND_INVASION),
        (replace(IN_MUSCLE, structure="mandible"), FindingKind.OTHER_STRUCTURE_INVASION),
        (replace(IN_MUSCLE, structure="something new"), FindingKind.OTHER_STRUCTURE_INVASION),
        (CAROTID, FindingKind.ARTERY_ENCASEMENT),
        (Evidence("jugular_obliteration", evidence_class=MET), FindingKind.JUGULAR_OBLITERATION),
        (Evidence("jugular_filling_defect", evidence_class=MET), FindingKind.JUGULAR_THROMBUS),
        (Evidence("notch_angle", "N2", evidence_class=MET), FindingKind.BOUNDARIES_MERGED),
        (Evidence("contact_patch", "N2", evidence_class=MET), FindingKind.CONVEXITY_LOST_AT_CONTACT),
        (Evidence("fat_plane_lost_between_nodes", "N2", evidence_class=MET), FindingKind.FAT_PLANE_LOST_BETWEEN_NODES),
        (Evidence("skin_thickness_ratio", "skin", evidence_class=MET), FindingKind.SKIN_INVASION),
        (Evidence("nerve_signs", "vagus_nerve_left", evidence_class=MET), FindingKind.NERVE_INVASION),
    ],
)
def test_a_measurement_suggests_the_finding_of_its_structure(evidence: Evidence, finding: FindingKind) -> None:
    assert list(suggested(evidence)) == [finding]
    assert [line.place_ras_mm for line in measured_lines(a_node(evidence), finding)] == [
        None if evidence.place is None else evidence.place.ras_mm
    ]


def test_no_spike_on_voxels_that_may_hide_some_is_told_and_suggests_nothing() -> None:
    none = replace(
        COUNT, value=0.0, method="no spike found, but voxels hide thin ones; 1 mm", evidence_class=INDETERMINATE
    )
    assert suggested(none) == {}
    (line,) = measured_lines(a_node(none), FindingKind.FAT_SPIKES)
    assert line.text == "spikes 0; indeterminate; no spike found, but voxels hide thin ones"


def test_a_filling_defect_that_does_not_enhance_suggests_no_tumour_in_the_vein() -> None:
    bland = Evidence("jugular_filling_defect", "internal_jugular_vein_left", 9.0, "mm", evidence_class=NOT_MET)
    assert suggested(bland) == {}
    assert len(measured_lines(a_node(bland), FindingKind.JUGULAR_THROMBUS)) == 1


@pytest.mark.parametrize("evidence_class", [NOT_MET, EvidenceClass.NOT_ASSESSABLE, None])
def test_what_does_not_speak_for_a_finding_suggests_nothing(evidence_class: EvidenceClass | None) -> None:
    assert suggested(replace(SPIKE, evidence_class=evidence_class)) == {}


def test_a_lost_fat_plane_beside_a_muscle_and_contact_with_a_vein_are_told_and_suggest_nothing() -> None:
    plane = Evidence("fat_plane_lost", "sternocleidomastoid_left", 0.62, "1", 0.1, "no fat", None, MET)
    vein = replace(CAROTID, structure="internal_jugular_vein_left")
    assert suggested(plane, vein) == {}
    (line,) = measured_lines(a_node(plane, vein), FindingKind.MUSCLE_INVASION)
    assert line.text == "left sternocleidomastoid muscle: fat plane lost over 62 ± 10 %; lost, not enough alone"
    (line,) = measured_lines(a_node(plane, vein), FindingKind.JUGULAR_OBLITERATION)
    assert line.text == "left internal jugular vein: contact 282 ± 4°; met"


def test_state_of_the_vein_and_number_of_sections_are_said_in_the_line() -> None:
    vein = Evidence("vein_least_area", "internal_jugular_vein_left", 0.31, "1", None, "compressed: narrow; more")
    (line,) = measured_lines(a_node(vein), FindingKind.JUGULAR_OBLITERATION)
    assert (
        line.text
        == "left internal jugular vein: narrowest lumen, area against its own wide part 31 %; compressed: narrow"
    )
    (line,) = measured_lines(a_node(IN_MUSCLE), FindingKind.MUSCLE_INVASION)
    assert "3 contiguous sections" in line.text
    assert line.method == IN_MUSCLE.method


def test_the_jugular_vein_is_shown_against_the_other_side_and_suggests_nothing_by_that() -> None:
    vein = Evidence("vein_area_to_other_side", "internal_jugular_vein_left", 0.42, "1", method="by the other vein")
    (line,) = measured_lines(a_node(vein), FindingKind.JUGULAR_OBLITERATION)
    assert line.text == "left internal jugular vein: narrowest lumen, area against the other side 42 %"
    assert suggested(vein) == {}


def test_what_the_reader_has_assessed_is_suggested_no_more() -> None:
    node = a_node(*SPIKES, IN_MUSCLE).with_finding(FindingKind.FAT_SPIKES, Certainty.ABSENT)
    assert [each.kind for each in suggestions_of(node)] == [FindingKind.MUSCLE_INVASION]
    assert not has_suggestions(node.with_finding(FindingKind.MUSCLE_INVASION, Certainty.EQUIVOCAL))


def test_a_suggestion_never_counts() -> None:
    reading = Reading("X1", nodes=(a_node(*SPIKES, CAROTID),))
    assert assess(reading).grade == 0
    (row,) = node_rows(reading, assess(reading))
    assert row.grade == "0* !"
    assert "not counted: fat spikes, artery" in row.note


def test_a_dismissed_suggestion_waits_no_more_until_something_else_is_measured() -> None:
    waiting, node = Waiting(), a_node(*SPIKES)
    waiting.dismiss(suggestions_of(node)[0])
    assert (waiting(node), has_suggestions(node)) == (False, True)
    assert waiting(a_node(*SPIKES[:2]))


def test_structures_are_offered_by_their_role() -> None:
    roles = {"internal_jugular_vein_left": Role.JUGULAR_VEIN, "tongue": Role.MUSCLE, "mandible": Role.BONE_CARTILAGE}
    fitting = {kind: structures_that_fit(kind, tuple(roles), roles.__getitem__) for kind in FindingKind}
    assert fitting[FindingKind.JUGULAR_THROMBUS] == fitting[FindingKind.JUGULAR_OBLITERATION]
    assert fitting[FindingKind.JUGULAR_THROMBUS] == ("internal_jugular_vein_left",)
    assert fitting[FindingKind.MUSCLE_INVASION] == ("tongue",)
    assert fitting[FindingKind.OTHER_STRUCTURE_INVASION] == ("mandible",)


# What accepting and snapping do to the reading


@pytest.mark.parametrize(("certainty", "marks"), [("absent", 0), ("equivocal", 2), ("unequivocal", 2)])
def test_accepting_sets_the_certainty_and_marks_the_places(certainty: str, marks: int) -> None:
    reading = Reading("X1", nodes=(a_node(*SPIKES),))
    suggestion = suggestion_for(reading.node("N1"), FindingKind.FAT_SPIKES)
    assert suggestion is not None
    node = accept(suggestion, Certainty(certainty))(reading).node("N1")
    assert node.certainty_of(FindingKind.FAT_SPIKES) == certainty
    assert [(mark.id, mark.points_ras_mm[0]) for mark in node.marks] == [("M1", TIP), ("M2", OTHER_TIP)][:marks]


def test_a_place_that_the_reader_has_marked_is_not_marked_again() -> None:
    drawn = Mark("M1", MarkKind.FAT_SPIKE, ((10.0, 15.0, 30.0), (10.0, 19.0, 30.0)), FindingKind.FAT_SPIKES)
    reading = Reading("X1", nodes=(replace(a_node(*SPIKES), marks=(drawn,)),))
    suggestion = suggestion_for(reading.node("N1"), FindingKind.FAT_SPIKES)
    assert suggestion is not None
    marks = accept(suggestion, Certainty.EQUIVOCAL)(reading).node("N1").marks
    assert [mark.id for mark in marks] == ["M1", "M2"]
    assert marks[1].points_ras_mm == (OTHER_TIP,)


def test_the_other_node_is_the_partner_of_a_mark_between_two_nodes() -> None:
    notch = Evidence("notch_angle", "N2", 150.0, "deg", place=Place(TIP), evidence_class=MET)
    reading = Reading("X1", nodes=(a_node(notch),))
    suggestion = suggestion_for(reading.node("N1"), FindingKind.BOUNDARIES_MERGED)
    assert suggestion is not None
    (mark,) = accept(suggestion, Certainty.UNEQUIVOCAL)(reading).node("N1").marks
    assert (mark.partner, mark.structure) == ("N2", None)


def spike(base: tuple[float, float, float], tip: tuple[float, float, float]) -> Mark:
    return Mark("M1", MarkKind.FAT_SPIKE, (base, tip), FindingKind.FAT_SPIKES)


def test_a_spike_drawn_near_a_candidate_takes_its_tip_and_says_so() -> None:
    mark = snapped(a_node(*SPIKES), spike((10.0, 15.0, 30.0), (10.0, 22.0, 31.0)))
    assert mark.points_ras_mm == ((10.0, 15.0, 30.0), TIP)
    assert mark.note == "tip set on that of the measured candidate of 5.1 mm"


def test_a_spike_drawn_from_tip_to_base_is_turned_round() -> None:
    mark = snapped(a_node(*SPIKES), spike((10.0, 21.0, 30.0), (10.0, 15.0, 30.0)))
    assert mark.points_ras_mm == ((10.0, 15.0, 30.0), TIP)


def test_a_spike_drawn_farther_than_3_mm_from_every_candidate_stays_as_it_was_drawn() -> None:
    mark = spike((10.0, 10.0, 30.0), (10.0, 16.9, 30.0))
    assert snapped(a_node(*SPIKES), mark) is mark
    assert snapped(a_node(), mark) is mark


@pytest.mark.parametrize("axis", [(0.0, 0.0, 1.0), (0.0, 0.0, -1.0), None])
def test_an_angle_turned_round_is_what_is_missing_to_360_degrees(axis: tuple[float, float, float] | None) -> None:
    points = ((5.0, 0.0, 0.0), (0.0, 0.0, 0.0), (-5.0, 2.0, 0.0))
    mark = Mark("M1", MarkKind.CONTACT_ANGLE, points, axis_ras=axis)
    turned = turned_round(mark)
    assert mark.angle_deg is not None
    assert turned.angle_deg == pytest.approx(360.0 - mark.angle_deg)
    assert turned_round(turned).angle_deg == pytest.approx(mark.angle_deg)


# In the panel


@pytest.fixture
def a_reader(a_user: PanelUser) -> PanelUser:
    """A user with a node that was measured."""
    a_user.panel._session.start(Reading("X1", nodes=(a_node(*SPIKES, IN_MUSCLE),)))
    return a_user


def test_a_suggestion_is_shown_hollow_with_its_method_as_tooltip(a_reader: PanelUser) -> None:
    rows = a_reader.panel.findingsSection.rows
    line = rows[FindingKind.FAT_SPIKES].suggestionLine
    assert line.label.text == "◇ suggested: 2 spikes, longest 5.1 ± 0.5 mm"
    assert "thresholds: 2 mm" in line.label.toolTip
    assert rows[FindingKind.MUSCLE_INVASION].suggestionLine.label.text.startswith("◇ perhaps: 3.2 mm, left sterno")
    assert rows[FindingKind.SKIN_INVASION].suggestionLine.isHidden()
    assert (a_reader.result[0], a_reader.table[0][-1]) == ("0", "0* !")


def test_choosing_a_certainty_accepts_in_one_step_and_moves_no_row(a_reader: PanelUser) -> None:
    row = a_reader.panel.findingsSection.rows[FindingKind.FAT_SPIKES]
    a_reader.application.processEvents()
    height = row.height
    a_reader.mark(FindingKind.FAT_SPIKES, Certainty.UNEQUIVOCAL)
    a_reader.application.processEvents()
    assert a_reader.result[0] == "1"
    assert [mark.points_ras_mm for mark in a_reader.reading.marks] == [(TIP,), (OTHER_TIP,)]
    assert row.suggestionLine.label.text == "◆ measured: 2 spikes, longest 5.1 ± 0.5 mm"
    assert row.suggestionLine.dismissButton.isHidden()
    assert (row.height, row.placesButton.text) == (height, "2◎")
    a_reader.press("z", control=True)
    assert (a_reader.reading.marks, a_reader.result[0]) == ((), "0")


def test_a_dismissed_suggestion_goes_and_states_nothing(a_reader: PanelUser) -> None:
    before = a_reader.text
    row = a_reader.panel.findingsSection.rows[FindingKind.FAT_SPIKES]
    row.suggestionLine.dismissButton.click()
    assert row.suggestionLine.isHidden()
    assert a_reader.text == before
    a_reader.mark(FindingKind.FAT_SPIKES, Certainty.EQUIVOCAL)
    assert a_reader.reading.marks == ()


def test_the_fold_out_tells_what_was_measured(a_reader: PanelUser) -> None:
    row = a_reader.panel.findingsSection.rows[FindingKind.MUSCLE_INVASION]
    row.titleButton.click()
    (line,) = row.marks.measurements
    assert "evidence, not a grade" in row.marks.measuredTitle.text
    assert line.label.text.startswith("left sternocleidomastoid muscle: growth into it 3.2 mm; indeterminate")
