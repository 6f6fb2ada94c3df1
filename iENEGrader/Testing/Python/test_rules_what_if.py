"""What would change the result: the findings worth a second look."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from iENEGraderLib.reading import Certainty, FindingKind
from iENEGraderLib.rules import Edition, assess
from iENEGraderLib.rules.criteria import grading_findings
from iENEGraderLib.rules.what_if import what_would_change
from rules_builders import COALESCENT, MUSCLE, SPIKES, a_node, a_reading


def of_tonsil(*nodes):
    return a_reading("oropharynx", "T2", *nodes, p16="positive")


def uicc9(outcome):
    return next((n, stage) for edition, n, stage in outcome.staging if edition is Edition.UICC9)


def test_a_clean_node_would_be_grade_3_with_unequivocal_muscle_invasion():
    (highest, *_) = what_would_change(of_tonsil(a_node()), "N1")
    assert highest.outcome.node_grade == 3
    assert frozenset(MUSCLE) in highest.findings
    assert highest.condition.startswith("if unequivocal: artery encased, ")
    assert "muscle invaded" in highest.condition
    assert not highest.is_doubted


def test_the_outcome_is_what_the_rules_say_of_the_changed_reading():
    changed = assess(of_tonsil(a_node(certain=SPIKES)))
    found = what_would_change(of_tonsil(a_node()), "N1")
    (with_spikes,) = [each for each in found if each.findings == (frozenset(SPIKES),)]
    expected = changed.edition(Edition.UICC9)
    assert uicc9(with_spikes.outcome) == (expected.n, expected.stage) == ("cN2", "II")
    assert with_spikes.outcome.grade == changed.grade == 1


def test_what_the_reader_doubts_is_told_apart_from_what_was_not_seen():
    found = what_would_change(of_tonsil(a_node(equivocal=MUSCLE)), "N1")
    (doubted,) = [each for each in found if each.is_doubted]
    assert doubted.findings == (frozenset(MUSCLE),)
    assert found[0] is doubted
    assert doubted.condition == "if unequivocal: muscle invaded"


def test_the_signs_of_coalescence_go_together():
    found = what_would_change(of_tonsil(a_node(certain=COALESCENT[:2])), "N1")
    (grade_2,) = [each for each in found if each.outcome.node_grade == 2]
    assert grade_2.findings == (frozenset(COALESCENT[2:]),)


def test_a_grade_that_rests_on_one_finding_falls_when_it_is_doubted():
    found = what_would_change(of_tonsil(a_node(certain=SPIKES)), "N1")
    (lower,) = [each for each in found if each.certainty is Certainty.EQUIVOCAL]
    assert lower.outcome.node_grade == 0
    assert uicc9(lower.outcome) == ("cN1", "I")


def test_a_grade_that_rests_on_two_findings_does_not_fall_with_one():
    node = a_node(certain=(*MUSCLE, FindingKind.SKIN_INVASION))
    assert not [each for each in what_would_change(of_tonsil(node), "N1") if each.certainty is Certainty.EQUIVOCAL]


def test_a_node_that_is_not_there_is_a_mistake_of_the_program():
    with pytest.raises(KeyError):
        what_would_change(of_tonsil(a_node()), "N2")


@settings(max_examples=25)
@given(st.dictionaries(st.sampled_from(grading_findings()), st.sampled_from(Certainty)))
def test_every_change_named_has_an_effect_and_more_certainty_never_lowers_the_grade(findings):
    node = a_node()
    for kind, certainty in findings.items():
        node = node.with_finding(kind, certainty)
    present = assess(of_tonsil(node))
    before = tuple((result.edition, result.n, result.stage) for result in present.staging)
    for each in what_would_change(of_tonsil(node), "N1"):
        outcome = each.outcome
        assert (outcome.node_grade, outcome.grade, outcome.staging) != (present.nodes[0].grade, present.grade, before)
        if each.certainty is Certainty.UNEQUIVOCAL:
            assert outcome.node_grade >= present.nodes[0].grade
        else:
            assert outcome.node_grade < present.nodes[0].grade
