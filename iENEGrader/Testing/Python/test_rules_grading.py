"""Grade of a node: only unequivocal findings count, the highest grade holds."""

from __future__ import annotations

import pytest
from iENEGraderLib.reading import Certainty, FindingKind
from iENEGraderLib.rules.criteria import criteria, criterion, grade_rules, grading_findings
from iENEGraderLib.rules.grading import grade_node
from rules_builders import COALESCENT, SPIKES, a_node

GRADE_3 = [
    "muscle_invasion",
    "skin_invasion",
    "gland_invasion",
    "nerve_invasion",
    "artery_encasement",
    "jugular_obliteration",
    "jugular_thrombus",
    "other_structure_invasion",
]
NEVER = [
    "smooth_margin",
    "irregular_margin",
    "central_necrosis",
    "capsular_thickening",
    "flare_sign",
    "pathological_ene",
]


@pytest.mark.parametrize("kind", GRADE_3)
def test_unequivocal_invasion_of_a_structure_is_grade_3(kind):
    assert grade_node(a_node(certain=[FindingKind(kind)])).grade == 3


@pytest.mark.parametrize("kind", NEVER)
def test_signs_of_the_node_itself_never_raise_the_grade(kind):
    assert grade_node(a_node(certain=[FindingKind(kind)])).grade == 0


def test_spikes_are_grade_1_and_all_three_signs_of_coalescence_grade_2():
    assert grade_node(a_node(certain=SPIKES)).grade == 1
    assert grade_node(a_node(certain=COALESCENT)).grade == 2
    assert grade_node(a_node()).grade == 0


@pytest.mark.parametrize("missing", COALESCENT)
def test_two_signs_of_coalescence_are_not_enough(missing):
    two = [kind for kind in COALESCENT if kind is not missing]
    grade = grade_node(a_node(certain=two, equivocal=[missing]))
    assert grade.grade == 0
    assert grade.equivocal == (missing,)
    assert any(criterion(missing).title.lower() in reason and "wanting" in reason for reason in grade.reasons)


def test_certain_spikes_with_possible_muscle_invasion_are_grade_1():
    grade = grade_node(a_node(certain=SPIKES, equivocal=[FindingKind.MUSCLE_INVASION]))
    assert grade.grade == 1
    assert grade.equivocal == (FindingKind.MUSCLE_INVASION,)
    assert grade.trace[0].rule_id == "hncig.grade1.fat-spikes"
    assert any("does not raise the grade" in reason for reason in grade.reasons)


def test_a_lower_grade_that_also_holds_is_named():
    reasons = grade_node(a_node(certain=[*SPIKES, FindingKind.SKIN_INVASION])).reasons
    assert any(reason.startswith("also grade 1") for reason in reasons)
    assert not any("also grade 0" in reason for reason in reasons)


def test_what_was_not_assessed_is_listed():
    node = a_node(certain=SPIKES).with_finding(FindingKind.MUSCLE_INVASION, Certainty.ABSENT)
    assert set(grade_node(node).not_assessed) == set(grading_findings()) - {*SPIKES, FindingKind.MUSCLE_INVASION}


def test_every_criterion_says_what_is_not_enough_and_agrees_with_the_grade_rules():
    for each in criteria():
        assert each.definition
        assert each.not_enough
        alone = [rule.grade for rule in grade_rules() if rule.requires == {each.kind}]
        assert alone == ([each.grade] if each.grade else [])
