"""What must hold for every reading: one N and one stage, certain findings never lower, doubtful ones never count."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from iENEGraderLib.reading import (
    Certainty,
    Classification,
    ClinicalEneThreshold,
    FindingKind,
    MarkerStatus,
    MCategory,
    NeckLevel,
    Node,
    Reading,
    Side,
    Site,
    TCategory,
    YesNo,
)
from iENEGraderLib.rules import assess
from iENEGraderLib.rules.criteria import grading_findings
from iENEGraderLib.rules.partition import is_defined
from iENEGraderLib.rules.staging import possible_m, possible_t
from iENEGraderLib.rules.table_reader import editions
from rules_builders import a_node, a_reading

IMAGING_FINDINGS = [kind for kind in FindingKind if kind is not FindingKind.PATHOLOGICAL_ENE]
ORDER = {n: i for i, n in enumerate(["N0", "N1", "N1a", "N1b", "N2", "N2a", "N2b", "N2c", "N3", "N3a", "N3b"])}
STAGES = {"0", "I", "IA", "IB", "II", "III", "IIIA", "IIIB", "IV", "IVA", "IVB", "IVC"}


def nodes(with_histology=True):
    kinds = list(FindingKind) if with_histology else IMAGING_FINDINGS
    findings = st.dictionaries(st.sampled_from(kinds), st.sampled_from(list(Certainty)), max_size=6)
    node = st.builds(
        Node,
        id=st.just("N1"),
        side=st.sampled_from(list(Side)),
        level=st.sampled_from(list(NeckLevel)),
        count=st.integers(1, 6),
        greatest_dimension_mm=st.sampled_from([5.0, 29.9, 30.0, 30.5, 59.9, 60.0, 60.5, 90.0]),
        extends_below_cricoid=st.booleans(),
    )

    def described(pair):
        node, chosen = pair
        if with_histology:
            chosen = {FindingKind.PATHOLOGICAL_ENE: Certainty.ABSENT, **chosen}
        for kind, certainty in chosen.items():
            node = node.with_finding(kind, certainty)
        return node

    return st.tuples(node, findings).map(described)


def readings(least_nodes=0):
    def numbered(reading):
        return reading.with_nodes(replace(node, id=f"N{i}") for i, node in enumerate(reading.nodes))

    return st.builds(
        Reading,
        case_id=st.just("X1"),
        site=st.sampled_from(list(Site)),
        t_category=st.sampled_from(list(TCategory)),
        m_category=st.just(MCategory.M0),
        nodes=st.lists(nodes(), min_size=least_nodes, max_size=4).map(tuple),
        p16=st.sampled_from(list(MarkerStatus)),
        ebv=st.sampled_from([MarkerStatus.NEGATIVE, MarkerStatus.UNKNOWN]),
        untested_p16_as_negative=st.just(True),
        primary_side=st.sampled_from(list(Side)),
        classification=st.sampled_from(list(Classification)),
        clinical_ene=st.booleans(),
        recent_biopsy=st.sampled_from(list(YesNo)),
        clinical_ene_imaging_threshold=st.sampled_from(list(ClinicalEneThreshold)),
    ).map(numbered)


def categories(assessment):
    return [(result.n, result.stage) for result in assessment.staging]


@settings(max_examples=400, deadline=None)
@given(readings())
def test_a_complete_reading_has_one_n_in_every_edition(reading):
    assessment = assess(reading)
    fatal = {result.n for result in assessment.staging} == {None}
    for result in assessment.staging:
        assert result.reasons
        if not fatal:
            assert result.n is not None
            assert result.n[0] == reading.classification[0]
            assert result.trace
        assert result.stage is None or result.stage in STAGES
    if fatal:
        assert assessment.refusals


@settings(max_examples=300, deadline=None)
@given(readings(least_nodes=1), st.sampled_from(IMAGING_FINDINGS), st.data())
def test_one_more_unequivocal_finding_never_lowers_a_grade(reading, kind, data):
    node = data.draw(st.sampled_from(reading.nodes))
    before = assess(reading)
    after = assess(reading.with_node(node.with_finding(kind, Certainty.UNEQUIVOCAL)))
    assert after.grade >= before.grade
    assert after.node(node.id).grade >= before.node(node.id).grade


@settings(max_examples=300, deadline=None)
@given(readings(least_nodes=1), st.sampled_from(IMAGING_FINDINGS), st.data())
def test_one_more_unequivocal_finding_never_lowers_n(reading, kind, data):
    node = data.draw(st.sampled_from(reading.nodes))
    after = assess(reading.with_node(node.with_finding(kind, Certainty.UNEQUIVOCAL)))
    for old, new in zip(assess(reading).staging, after.staging, strict=True):
        if old.n is not None and new.n is not None:
            assert ORDER[new.n[1:]] >= ORDER[old.n[1:]]


@settings(max_examples=300, deadline=None)
@given(readings(least_nodes=1), st.sampled_from(list(FindingKind)), st.data())
def test_an_equivocal_finding_never_changes_n_or_stage(reading, kind, data):
    node = data.draw(st.sampled_from(reading.nodes))
    absent = assess(reading.with_node(node.with_finding(kind, Certainty.ABSENT)))
    equivocal = assess(reading.with_node(node.with_finding(kind, Certainty.EQUIVOCAL)))
    assert categories(equivocal) == categories(absent)
    assert equivocal.grade == absent.grade


@settings(max_examples=200, deadline=None)
@given(readings(least_nodes=2), st.randoms())
def test_the_order_of_the_nodes_does_not_matter(reading, random):
    shuffled = list(reading.nodes)
    random.shuffle(shuffled)
    assert categories(assess(reading.with_nodes(shuffled))) == categories(assess(reading))


@settings(max_examples=200, deadline=None)
@given(readings())
def test_right_and_left_are_treated_alike(reading):
    mirror = {Side.RIGHT: Side.LEFT, Side.LEFT: Side.RIGHT, Side.MIDLINE: Side.MIDLINE}
    mirrored = replace(
        reading,
        primary_side=mirror[reading.primary_side],
        nodes=tuple(replace(node, side=mirror[node.side]) for node in reading.nodes),
    )
    assert categories(assess(mirrored)) == categories(assess(reading))


@settings(max_examples=200, deadline=None)
@given(readings(least_nodes=1))
def test_the_patients_grade_is_that_of_the_worst_node(reading):
    assessment = assess(reading)
    assert assessment.grade == max(grade.grade for grade in assessment.nodes)


@settings(max_examples=200, deadline=None)
@given(readings(least_nodes=1))
def test_what_is_possible_without_a_size_includes_what_holds_with_it(reading):
    unmeasured = reading.with_nodes(replace(node, greatest_dimension_mm=None) for node in reading.nodes)
    for known, unknown in zip(assess(reading).staging, assess(unmeasured).staging, strict=True):
        possible = {unknown.n} if unknown.n else {each.n for each in unknown.alternatives}
        assert known.n is None or known.n in possible


@pytest.mark.parametrize("edition", editions(), ids=lambda edition: str(edition.edition))
def test_every_defined_t_n_m_has_exactly_one_stage(edition):
    for chapter in edition.chapters:
        for table in (chapter.clinical_stage, chapter.pathological_stage):
            for t, n, m in itertools.product(table.t, table.n, table.m):
                rows = [row for row in table.rows if row.holds(t, n, m)]
                assert len(rows) == 1 or not is_defined(t, n, m)


@pytest.mark.parametrize("site", list(Site))
def test_every_site_t_n_and_m_gives_one_stage_or_says_why_not(site):
    findings = [(), (FindingKind.FAT_SPIKES,), (FindingKind.MUSCLE_INVASION,)]
    necks = [(), *(
        (a_node(size, side, certain=certain, count=count),)
        for size, side, certain, count in itertools.product((20.0, 40.0, 70.0), ("right", "left"), findings, (1, 5))
    )]  # fmt: skip
    for t, neck, m, p16 in itertools.product(TCategory, necks, ("M0", "M1"), ("positive", "negative")):
        reading = a_reading(site, t, *neck, m=m, p16=p16, metastatic_lesions=2 if m == "M1" else 0)
        assessment = assess(reading)
        for result in assessment.staging:
            assert (result.stage in STAGES) or result.missing or assessment.refusals or "no stage" in result.reasons[-1]


def test_what_t_and_m_may_mean_is_never_empty_for_an_invasive_tumour():
    for edition in editions():
        for chapter in edition.chapters:
            if TCategory.T1 not in chapter.clinical_stage.t:
                continue
            for t, m in itertools.product(("T1", "T2", "T3", "T4", "T4a", "T4b", "TX"), MCategory):
                reading = a_reading("larynx", t, m=m)
                assert possible_t(reading, chapter.clinical_stage)
                assert possible_m(reading, chapter.clinical_stage)


def test_only_grading_findings_can_be_missed():
    assert FindingKind.CENTRAL_NECROSIS not in grading_findings()
