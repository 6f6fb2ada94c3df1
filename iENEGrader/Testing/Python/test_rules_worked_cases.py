"""The worked cases of the published rules, one sentence each."""

from __future__ import annotations

from dataclasses import replace

import pytest
from iENEGraderLib.reading import (
    Certainty,
    Classification,
    ClinicalEneThreshold,
    FindingKind,
    MarkerStatus,
)
from iENEGraderLib.rules import Edition, TorsCriterion, assess
from iENEGraderLib.rules.criteria import grading_findings
from rules_builders import MUSCLE, SPIKES, a_node, a_reading, staged


def everywhere(n, stage):
    return {"UICC9": (n, stage), "AJCC_current": (n, stage), "TNM8": (n, stage)}


def in_nine(n9, stage9, n8, stage8):
    return {"UICC9": (n9, stage9), "AJCC_current": (n9, stage9), "TNM8": (n8, stage8)}


def in_uicc_only(uicc, other):
    return {"UICC9": uicc, "AJCC_current": other, "TNM8": other}


WORKED_CASES = {
    "1 p16+ tonsil, one small node without iENE": (
        a_reading("oropharynx", "T2", a_node(24), p16="positive"),
        everywhere("cN1", "I"),
    ),
    "2 spikes into fat lift N1 to N2": (
        a_reading("oropharynx", "T2", a_node(24, certain=SPIKES), p16="positive"),
        in_nine("cN2", "II", "cN1", "I"),
    ),
    "3 an irregular capsule and doubtful spikes change nothing": (
        a_reading(
            "oropharynx", "T2", a_node(24, certain=[FindingKind.IRREGULAR_MARGIN], equivocal=SPIKES), p16="positive"
        ),
        everywhere("cN1", "I"),
    ),
    "5 muscle invasion of one ipsilateral node is N2 and not N3": (
        a_reading("oropharynx", "T2", a_node(50, certain=MUSCLE), p16="positive"),
        in_nine("cN2", "II", "cN1", "I"),
    ),
    "8a 6.0 cm is not over 6 cm": (
        a_reading("oropharynx", "T1", a_node(60), p16="positive"),
        everywhere("cN1", "I"),
    ),
    "8b 6.1 cm is over 6 cm": (
        a_reading("oropharynx", "T1", a_node(61), p16="positive"),
        everywhere("cN3", "III"),
    ),
    "13 a retropharyngeal node of the other side is not bilateral disease": (
        a_reading("nasopharynx", "T1", a_node(30, "left", certain=SPIKES), a_node(12, "right", "retropharyngeal")),
        in_nine("cN1", "IB", "cN1", "II"),
    ),
    "15 muscle invasion in nasopharynx is N3": (
        a_reading("nasopharynx", "T1", a_node(40, "left", certain=MUSCLE)),
        in_nine("cN3", "III", "cN1", "II"),
    ),
    "18 version 9 counts salivary nodes and ignores their side": (
        a_reading("salivary_gland", "T1", a_node(20), a_node(15), a_node(15, "left")),
        in_nine("cN1", "IIIA", "cN2c", "IVA"),
    ),
    "19 any ENE is N2 in salivary glands": (
        a_reading("salivary_gland", "T2", a_node(15, certain=SPIKES)),
        in_nine("cN2", "IIIB", "cN1", "III"),
    ),
    "21 grade 3 on imaging alone is N3b in UICC 9 only": (
        a_reading("hypopharynx", "T2", a_node(25, certain=MUSCLE)),
        in_uicc_only(("cN3b", "IVB"), ("cN1", "III")),
    ),
    "22 grade 1 on imaging leaves the oral cavity at its size and number": (
        a_reading("oral_cavity", "T2", a_node(28, certain=SPIKES), a_node(15)),
        everywhere("cN2b", "IVA"),
    ),
    "23 a midline node counts as ipsilateral": (
        a_reading("larynx", "T3", a_node(20, "right", "III"), a_node(10, "midline", "VI")),
        everywhere("cN2b", "IVA"),
    ),
    "clinical ENE on examination is N3b in all editions": (
        a_reading("larynx", "T2", a_node(20), clinical_ene=True),
        everywhere("cN3b", "IVB"),
    ),
    "bilateral iENE in p16+ oropharynx is N3": (
        a_reading("oropharynx", "T1", a_node(20, certain=SPIKES), a_node(20, "left"), p16="positive"),
        in_nine("cN3", "III", "cN2", "II"),
    ),
    "contralateral iENE only is N3 by default": (
        a_reading("oropharynx", "T1", a_node(20, "left", certain=SPIKES), p16="positive"),
        in_nine("cN3", "III", "cN2", "II"),
    ),
    "a node below the cricoid is N3 in nasopharynx": (
        a_reading("nasopharynx", "T2", a_node(20, level="IV")),
        in_nine("cN3", "III", "cN3", "IVA"),
    ),
    "bilateral necks in nasopharynx are N2": (
        a_reading("nasopharynx", "T1", a_node(20), a_node(20, "left")),
        in_nine("cN2", "II", "cN2", "III"),
    ),
    "four salivary nodes are N2": (
        a_reading("salivary_gland", "T1", a_node(20, count=4)),
        in_nine("cN2", "IIIB", "cN2b", "IVA"),
    ),
    "an EBV-positive unknown primary goes to nasopharynx": (
        a_reading("unknown_primary", "T0", a_node(20), ebv=MarkerStatus.POSITIVE, side=None),
        in_nine("cN1", "IB", "cN1", "II"),
    ),
    "a p16-positive unknown primary goes to oropharynx": (
        a_reading("unknown_primary", "T0", a_node(20, certain=SPIKES), p16="positive", side=None),
        in_nine("cN2", "II", "cN1", "I"),
    ),
    "an untested unknown primary has its own stages": (
        a_reading("unknown_primary", "T0", a_node(40), p16="unknown", side=None),
        everywhere("cN2a", "IVA"),
    ),
    "skin has other stages than mucosa": (
        a_reading("skin", "T2", a_node(40)),
        in_uicc_only(("cN2a", "IVA"), ("cN2a", "IV")),
    ),
    "skin with metastases": (
        a_reading("skin", "T2", a_node(40), m="M1"),
        in_uicc_only(("cN2a", "IVB"), ("cN2a", "IV")),
    ),
    "no nodes": (a_reading("larynx", "T2"), everywhere("cN0", "II")),
    "carcinoma in situ without nodes": (a_reading("oral_cavity", "Tis"), everywhere("cN0", "0")),
    "T4b is IVB whatever N": (a_reading("oral_cavity", "T4b"), everywhere("cN0", "IVB")),
    "three metastases of nasopharynx are M1a": (
        a_reading("nasopharynx", "T1", a_node(20), m="M1", metastatic_lesions=3),
        in_nine("cN1", "IVA", "cN1", "IVB"),
    ),
    "four metastases of nasopharynx are M1b": (
        a_reading("nasopharynx", "T1", a_node(20), m="M1", metastatic_lesions=4),
        in_nine("cN1", "IVB", "cN1", "IVB"),
    ),
}


@pytest.mark.parametrize("case", WORKED_CASES)
def test_the_worked_case_is_staged_as_published(case):
    reading, expected = WORKED_CASES[case]
    assert staged(reading) == expected


def with_histology(node, certainty):
    return node.with_finding(FindingKind.PATHOLOGICAL_ENE, Certainty(certainty))


PATHOLOGICAL_CASES = {
    "one small node, ENE negative": ("oropharynx", "positive", [(1, 20, "right", "absent")], ("pN1a", "I", "pN1", "I")),
    "four nodes, ENE negative": ("oropharynx", "positive", [(4, 20, "right", "absent")], ("pN1b", "I", "pN1", "I")),
    "four nodes, ENE positive": (
        "oropharynx", "positive", [(4, 20, "right", "unequivocal")], ("pN2", "II", "pN1", "I"),
    ),
    "five nodes, ENE negative": ("oropharynx", "positive", [(5, 20, "right", "absent")], ("pN2", "II", "pN2", "II")),
    "five nodes, ENE positive": (
        "oropharynx", "positive", [(5, 20, "right", "unequivocal")], ("pN3", "II", "pN2", "II"),
    ),
    "larynx, one small node, ENE positive": (
        "larynx", "negative", [(1, 30, "right", "unequivocal")], ("pN2a", "IVA", "pN2a", "IVA"),
    ),
    "larynx, one node of 3.1 cm, ENE positive": (
        "larynx", "negative", [(1, 31, "right", "unequivocal")], ("pN3b", "IVB", "pN3b", "IVB"),
    ),
    "larynx, one contralateral node, ENE positive": (
        "larynx", "negative", [(1, 10, "left", "unequivocal")], ("pN3b", "IVB", "pN3b", "IVB"),
    ),
    "larynx, a node of 6.1 cm, ENE negative": (
        "larynx", "negative", [(1, 61, "right", "absent")], ("pN3a", "IVB", "pN3a", "IVB"),
    ),
    "larynx, bilateral, ENE negative": (
        "larynx", "negative", [(1, 10, "right", "absent"), (1, 10, "left", "absent")], ("pN2c", "IVA", "pN2c", "IVA"),
    ),
    "salivary, equivocal histology is not positive": (
        "salivary_gland", "negative", [(1, 10, "right", "equivocal")], ("pN1", "IIIA", "pN1", "III"),
    ),
    "salivary, ENE positive": (
        "salivary_gland", "negative", [(1, 10, "right", "unequivocal")], ("pN2", "IIIB", "pN2a", "IVA"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", PATHOLOGICAL_CASES)
def test_the_pathological_case_is_staged_as_published(case):
    site, p16, nodes, (n9, stage9, n8, stage8) = PATHOLOGICAL_CASES[case]
    read = [with_histology(a_node(size, side, count=count), ene) for count, size, side, ene in nodes]
    reading = a_reading(site, "T2", *read, p16=p16, classification=Classification.PATHOLOGICAL)
    results = staged(reading)
    assert results["UICC9"] == (n9, stage9)
    assert results["TNM8"] == (n8, stage8)


def uicc9(reading):
    return assess(reading).edition(Edition.UICC9)


def test_the_imaging_threshold_of_the_institution_decides_about_lower_grades():
    reading = a_reading("larynx", "T2", a_node(20, certain=SPIKES))
    assert uicc9(reading).n == "cN1"
    accepting = replace(reading, clinical_ene_imaging_threshold=ClinicalEneThreshold.GRADE_1)
    assert uicc9(accepting).n == "cN3b"
    grade_3 = a_reading("larynx", "T2", a_node(20, certain=MUSCLE))
    never = replace(grade_3, clinical_ene_imaging_threshold=ClinicalEneThreshold.NEVER)
    assert uicc9(never).n == "cN1"


def test_below_the_threshold_n3b_is_offered_as_the_alternative():
    result = uicc9(a_reading("oral_cavity", "T2", a_node(28, certain=SPIKES), a_node(15)))
    (alternative,) = result.alternatives
    assert (alternative.n, alternative.stage) == ("cN3b", "IVB")
    assert "accepts unequivocal grade 1" in alternative.when
    assert any("category by size, number and side" in flag for flag in result.flags)


def test_n3b_from_imaging_offers_the_category_without_it():
    (alternative,) = uicc9(a_reading("hypopharynx", "T2", a_node(25, certain=MUSCLE))).alternatives
    assert (alternative.n, alternative.stage) == ("cN1", "III")


def test_contralateral_only_iene_is_flagged_with_n2_as_the_alternative():
    result = uicc9(a_reading("oropharynx", "T1", a_node(20, "left", certain=SPIKES), p16="positive"))
    assert [(each.n, each.stage) for each in result.alternatives] == [("cN2", "II")]
    assert any("transcriptions disagree" in flag for flag in result.flags)


def test_salivary_grade_1_is_flagged_and_grade_3_is_not():
    low = uicc9(a_reading("salivary_gland", "T2", a_node(15, certain=SPIKES)))
    assert [(each.n, each.stage) for each in low.alternatives] == [("cN1", "IIIA")]
    assert uicc9(a_reading("salivary_gland", "T2", a_node(15, certain=MUSCLE))).alternatives == ()


def test_gland_invasion_alone_is_flagged_in_nasopharynx():
    gland = (FindingKind.GLAND_INVASION,)
    result = uicc9(a_reading("nasopharynx", "T1", a_node(20, certain=gland)))
    assert result.n == "cN3"
    assert [(each.n, each.stage) for each in result.alternatives] == [("cN1", "IB")]
    both = uicc9(a_reading("nasopharynx", "T1", a_node(20, certain=(*gland, *MUSCLE))))
    assert both.alternatives == ()


def test_a_large_retropharyngeal_node_is_left_to_the_reader():
    reading = a_reading("nasopharynx", "T1", a_node(65, level="retropharyngeal"))
    for result in assess(reading).staging:
        assert result.n == "cN1"
        assert [each.n for each in result.alternatives] == ["cN3"]


def test_clinical_signs_that_were_not_stated_are_said_and_offered():
    result = uicc9(a_reading("larynx", "T2", a_node(20), clinical_ene=None))
    assert result.n == "cN1"
    assert [each.n for each in result.alternatives] == ["cN3b"]
    assert any("were not stated" in flag for flag in result.flags)


def looked_through(**findings):
    """A node at which every sign that gives a grade was read, absent unless named."""
    node = a_node()
    for kind in grading_findings():
        node = node.with_finding(kind, Certainty(findings.get(str(kind), "absent")))
    return node


def test_the_tors_criterion_is_information_about_confirmed_grade_0_only():
    cases = {
        TorsCriterion.MET: a_reading("oropharynx", "T1", looked_through(), p16="positive"),
        TorsCriterion.NOT_MET: a_reading("oropharynx", "T1", a_node(certain=SPIKES), p16="positive"),
        TorsCriterion.INDETERMINATE: a_reading(
            "oropharynx", "T1", looked_through(muscle_invasion="equivocal"), p16="positive"
        ),
        TorsCriterion.NOT_APPLICABLE: a_reading("larynx", "T1", looked_through()),
    }
    for expected, reading in cases.items():
        assessment = assess(reading)
        assert assessment.tors_iene_criterion is expected
        assert assessment.tors_reason


def test_the_tors_criterion_is_not_met_by_what_was_not_looked_at():
    def criterion(*nodes, **others):
        return assess(a_reading("oropharynx", "T1", *nodes, p16="positive", **others)).tors_iene_criterion

    smooth = a_node(certain=(FindingKind.SMOOTH_MARGIN,))
    spikes_only = a_node().with_finding(FindingKind.FAT_SPIKES, Certainty.ABSENT)
    assert criterion(smooth) is TorsCriterion.INDETERMINATE
    assert criterion(spikes_only) is TorsCriterion.INDETERMINATE
    assert criterion(looked_through(), a_node()) is TorsCriterion.INDETERMINATE
    assert criterion(looked_through(), clinical_ene=True) is TorsCriterion.NOT_MET
    examined = a_reading("oropharynx", "T1", looked_through(), p16="positive", clinical_ene=True)
    assert assess(examined).tors_reason == "clinical signs of extranodal extension"
    assert criterion() is TorsCriterion.MET
    pathological = criterion(looked_through(), classification=Classification.PATHOLOGICAL)
    assert pathological is TorsCriterion.NOT_APPLICABLE


def test_the_assessment_has_the_json_form_of_the_contract():
    node = a_node(24, certain=SPIKES, equivocal=MUSCLE)
    written = assess(a_reading("oropharynx", "T2", node, p16="positive")).to_json()
    assert list(written) == ["nodes", "grade", "staging", "tors_iene_criterion", "tors_reason", "warnings"]
    (graded,) = written["nodes"]
    assert (graded["id"], graded["grade"], graded["equivocal"]) == ("N1", 1, ["muscle_invasion"])
    assert graded["trace"][0]["rule"] == "hncig.grade1.fat-spikes"
    assert list(written["staging"]) == ["UICC9", "AJCC_current", "TNM8"]
    uicc = written["staging"]["UICC9"]
    assert (uicc["N"], uicc["stage"], uicc["alternatives"]) == ("cN2", "II", [])
    assert set(uicc["trace"][0]) == {"rule", "matched", "sources", "confidence"}
    assert written["tors_iene_criterion"] == "not met"
    open_n = assess(a_reading("larynx", "T2", a_node(None))).to_json()["staging"]["TNM8"]
    assert open_n["N"] is None
    assert open_n["alternatives"][0] == {
        "N": "cN1",
        "stage": "III",
        "when": "if one ipsilateral node, not over 3 cm, without clinical ENE",
    }
