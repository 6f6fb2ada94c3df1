"""What the engine says when it cannot know: possible categories, what is missing, and refusals."""

from __future__ import annotations

from dataclasses import replace

import pytest
from iENEGraderLib.reading import Certainty, Classification, Evidence, FindingKind, MarkerStatus, YesNo
from iENEGraderLib.rules import Edition, assess
from rules_builders import COALESCENT, MUSCLE, SPIKES, a_node, a_reading, staged


def uicc9(reading):
    return assess(reading).edition(Edition.UICC9)


def test_an_unmeasured_node_leaves_n_open_and_names_what_is_missing():
    result = uicc9(a_reading("larynx", "T2", a_node(None)))
    assert result.n is None
    assert result.stage is None
    assert [(each.n, each.stage) for each in result.alternatives] == [("cN1", "III"), ("cN2a", "IVA"), ("cN3a", "IVB")]
    assert result.missing == ("greatest_dimension_mm of N1",)
    assert any("cannot be told" in reason for reason in result.reasons)


def test_an_unmeasured_node_does_not_matter_where_size_plays_no_part():
    assert uicc9(a_reading("salivary_gland", "T1", a_node(None))).n == "cN1"
    assert uicc9(a_reading("larynx", "T1", a_node(None), clinical_ene=True)).n == "cN3b"
    assert uicc9(a_reading("oropharynx", "T1", a_node(None), a_node(61), p16="positive")).n == "cN3"


def test_a_known_size_narrows_what_is_possible():
    result = uicc9(a_reading("larynx", "T2", a_node(None), a_node(40)))
    assert [each.n for each in result.alternatives] == ["cN2b", "cN3a"]
    assert "largest 4.0 cm, others not measured" in result.reasons[1]


def test_a_measured_node_of_just_3_cm_leaves_every_larger_size_possible_for_the_other():
    result = uicc9(a_reading("larynx", "T2", a_node(None), a_node(60)))
    assert [each.n for each in result.alternatives] == ["cN2b", "cN3a"]


def test_an_unstated_side_of_the_primary_leaves_n_open_unless_both_sides_are_involved():
    one_side = uicc9(a_reading("larynx", "T2", a_node(20), side=None))
    assert one_side.n is None
    assert one_side.missing == ("primary_side",)
    assert "side of the primary not known" in one_side.reasons[1]
    assert uicc9(a_reading("larynx", "T2", a_node(20), a_node(20, "left"), side=None)).n == "cN2c"
    assert uicc9(a_reading("nasopharynx", "T2", a_node(20), side=None)).n == "cN1"


def test_a_midline_and_a_contralateral_node_lie_on_both_sides():
    reading = a_reading("larynx", "T2", a_node(20, "left"), a_node(20, "midline", "VI"))
    assert "bilateral" in uicc9(reading).reasons[1]
    assert "contralateral" in uicc9(a_reading("larynx", "T2", a_node(20, "left"))).reasons[1]


def test_a_midline_primary_is_a_convention_and_says_so():
    result = uicc9(a_reading("larynx", "T2", a_node(20, "left"), side="midline"))
    assert result.n == "cN1"
    assert any("no explicit rule was seen" in flag for flag in result.flags)
    assert any("midline node counts" in flag for flag in uicc9(a_reading("larynx", "T2", a_node(side="midline"))).flags)


def test_extent_below_the_cricoid_is_taken_from_the_level_or_left_open():
    assert uicc9(a_reading("nasopharynx", "T1", a_node(level="IIA", below=None))).n == "cN1"
    assert uicc9(a_reading("nasopharynx", "T1", a_node(level="IIA", below=True))).n == "cN3"
    implied = uicc9(a_reading("nasopharynx", "T1", a_node(level="IV", below=None)))
    assert implied.n == "cN3"
    assert any("level lies below" in flag for flag in implied.flags)
    unknown = uicc9(a_reading("nasopharynx", "T1", a_node(level="VI", below=None)))
    assert unknown.n is None
    assert unknown.missing == ("extends_below_cricoid of N1",)


def test_a_level_that_contradicts_what_was_read_is_said_and_the_other_category_offered():
    result = uicc9(a_reading("nasopharynx", "T1", a_node(level="IV", below=False)))
    assert any("read as not extending below it" in flag for flag in result.flags)
    assert [(each.n, each.stage) for each in result.alternatives] == [("cN1", "IB")]
    agreed = uicc9(a_reading("nasopharynx", "T1", a_node(level="IV", below=True)))
    assert agreed.alternatives == ()


def test_a_height_at_the_border_of_the_cricoid_is_left_to_the_reader():
    measured = replace(
        a_node(level="III", below=None), evidence=(Evidence("depth_below_cricoid", value=0.5, unit="mm"),)
    )
    result = uicc9(a_reading("nasopharynx", "T1", measured))
    assert result.n is None
    assert [each.n for each in result.alternatives] == ["cN1", "cN3"]
    assert any("the reader must decide" in flag for flag in result.flags)
    decided = uicc9(a_reading("nasopharynx", "T1", replace(measured, extends_below_cricoid=False)))
    assert decided.n == "cN1"


def test_a_neck_with_retropharyngeal_nodes_only_is_described_as_that():
    result = uicc9(a_reading("nasopharynx", "T1", a_node(level="retropharyngeal", certain=MUSCLE)))
    assert result.reasons[1] == "retropharyngeal nodes only"
    both = uicc9(a_reading("nasopharynx", "T1", a_node(), a_node(level="retropharyngeal")))
    assert "1 cervical node," in both.reasons[1]


def test_a_midline_node_beside_one_side_is_said_for_nasopharynx_too():
    result = uicc9(a_reading("nasopharynx", "T1", a_node(), a_node(side="midline", level="VI")))
    assert result.n == "cN1"
    assert any("midline node counts" in flag for flag in result.flags)


def test_a_coalescent_entry_that_stands_alone_counts_as_two_nodes():
    alone = uicc9(a_reading("larynx", "T2", a_node(20, certain=COALESCENT)))
    assert "2 metastatic nodes" in alone.reasons[1]
    assert any("counts as two" in flag for flag in alone.flags)
    pair = uicc9(a_reading("larynx", "T2", a_node(20, certain=COALESCENT), a_node(20, certain=COALESCENT)))
    assert "2 metastatic nodes" in pair.reasons[1]
    counted = uicc9(a_reading("larynx", "T2", a_node(20, certain=COALESCENT, count=3)))
    assert "3 metastatic nodes" in counted.reasons[1]


def test_fused_nodes_measured_one_by_one_are_flagged_when_the_mass_may_pass_a_limit():
    fused = a_node(35, certain=COALESCENT)
    assert any("measure the mass" in flag for flag in uicc9(a_reading("larynx", "T2", fused, fused)).flags)
    beside = a_node(30, certain=COALESCENT)
    assert any("may pass 3 cm" in flag for flag in uicc9(a_reading("larynx", "T2", beside, beside)).flags)
    exactly = a_node(15, certain=COALESCENT)
    assert not any("may pass" in flag for flag in uicc9(a_reading("larynx", "T2", exactly, exactly)).flags)
    small = a_node(14, certain=COALESCENT)
    assert not any("measure the mass" in flag for flag in uicc9(a_reading("larynx", "T2", small, small)).flags)


@pytest.mark.parametrize(
    ("size_mm", "n"), [(30.0, "cN1"), (30.4, "cN1"), (30.5, "cN2a"), (60.4, "cN2a"), (60.5, "cN3a")]
)
def test_sizes_are_compared_in_cm_with_one_decimal_and_flagged_near_a_limit(size_mm, n):
    result = uicc9(a_reading("larynx", "T2", a_node(size_mm)))
    assert result.n == n
    assert any("within 1 mm of the limit" in flag for flag in result.flags)


def test_a_size_near_a_limit_offers_the_category_on_the_other_side():
    under = uicc9(a_reading("larynx", "T2", a_node(60.4)))
    assert [(each.n, each.stage) for each in under.alternatives] == [("cN3a", "IVB")]
    assert any("compared as 6.0 cm" in flag for flag in under.flags)
    over = uicc9(a_reading("larynx", "T2", a_node(30.6)))
    assert [(each.n, each.when) for each in over.alternatives] == [("cN1", "if N1 is not over 3 cm")]


def test_a_limit_that_makes_no_difference_is_not_flagged():
    several = uicc9(a_reading("larynx", "T2", a_node(30.2), a_node(10)))
    assert not any("within 1 mm" in flag for flag in several.flags)


def test_a_size_far_from_a_limit_and_a_limit_not_in_use_are_not_flagged():
    assert not any("within 1 mm" in flag for flag in uicc9(a_reading("larynx", "T2", a_node(25))).flags)
    hpv = uicc9(a_reading("oropharynx", "T2", a_node(30), p16="positive"))
    assert not any("within 1 mm" in flag for flag in hpv.flags)


def test_an_untested_oropharynx_needs_the_readers_decision():
    refused = assess(a_reading("oropharynx", "T2", a_node(20), p16="unknown"))
    assert {result.n for result in refused.staging} == {None}
    assert "p16-negative rules" in refused.staging[0].reasons[0]
    decided = uicc9(a_reading("oropharynx", "T2", a_node(20), p16="unknown", untested_p16_as_negative=True))
    assert decided.n == "cN1"
    assert any("not tested" in flag for flag in decided.flags)


def test_two_positive_virus_tests_of_an_unknown_primary_need_a_decision():
    both = a_reading("unknown_primary", "T0", a_node(20), p16="positive", ebv=MarkerStatus.POSITIVE)
    assert {result.n for result in assess(both).staging} == {None}


def test_an_untested_unknown_primary_says_what_was_not_tested():
    flags = uicc9(a_reading("unknown_primary", "T0", a_node(), p16="unknown", side=None)).flags
    assert any(flag.startswith("p16 and EBV not tested") for flag in flags)
    tested = a_reading("unknown_primary", "T0", a_node(), ebv=MarkerStatus.NEGATIVE, side=None)
    assert not any("not tested" in flag for flag in uicc9(tested).flags)


def test_the_two_stages_printed_for_ebv_positive_n1_are_said_for_n1_only():
    one = uicc9(a_reading("unknown_primary", "T0", a_node(), ebv=MarkerStatus.POSITIVE))
    assert any("prints stage I" in flag for flag in one.flags)
    two = uicc9(a_reading("unknown_primary", "T0", a_node(), a_node(side="left"), ebv=MarkerStatus.POSITIVE))
    assert not any("prints stage I" in flag for flag in two.flags)


def test_nodes_that_are_regional_by_our_convention_are_marked():
    for site, level in (("skin", "facial"), ("skin", "parotid"), ("salivary_gland", "parotid")):
        assert any("taken as regional" in flag for flag in uicc9(a_reading(site, "T1", a_node(level=level))).flags)
    assert not any("regional" in flag for flag in uicc9(a_reading("skin", "T1", a_node())).flags)


def test_grade_3_of_a_unilateral_p16_positive_neck_says_how_the_review_words_it():
    result = uicc9(a_reading("oropharynx", "T2", a_node(50, certain=MUSCLE), p16="positive"))
    assert result.n == "cN2"
    assert any("read as up to N3" in flag for flag in result.flags)


def test_imaging_never_sets_pn():
    imaging_only = a_reading("larynx", "T2", a_node(20, certain=MUSCLE), classification=Classification.PATHOLOGICAL)
    result = uicc9(imaging_only)
    assert result.n is None
    assert "imaging never sets pN" in result.reasons[0]


def test_histology_of_some_nodes_only_leaves_pn_open():
    examined = a_node(20).with_finding(FindingKind.PATHOLOGICAL_ENE, Certainty.ABSENT)
    reading = a_reading("larynx", "T2", examined, a_node(10), classification=Classification.PATHOLOGICAL)
    result = uicc9(reading)
    assert [each.n for each in result.alternatives] == ["pN2b", "pN3b"]
    assert result.missing == ("pathological_ene of N2",)


def test_pn0_says_what_it_rests_on():
    result = uicc9(a_reading("oropharynx", "T1", p16="positive", classification=Classification.PATHOLOGICAL))
    assert (result.n, result.stage) == ("pN0", "I")
    assert any("at least six" in flag for flag in result.flags)
    larynx = uicc9(a_reading("larynx", "T1", classification=Classification.PATHOLOGICAL))
    assert not any("at least six" in flag for flag in larynx.flags)
    assert any("that were examined" in flag for flag in larynx.flags)


def test_advanced_ene_stays_radiologic_in_the_pathological_nasopharynx():
    node = a_node(20, certain=MUSCLE).with_finding(FindingKind.PATHOLOGICAL_ENE, Certainty.UNEQUIVOCAL)
    result = uicc9(a_reading("nasopharynx", "T1", node, classification=Classification.PATHOLOGICAL))
    assert result.n == "pN3"
    assert any("radiologic criterion" in flag for flag in result.flags)
    assert [(each.n, each.stage) for each in result.alternatives] == [("pN1", "IB")]
    unread = a_reading("nasopharynx", "T1", a_node(), classification=Classification.PATHOLOGICAL)
    assert uicc9(unread).n == "pN1"


REFUSED = {
    "no primary and no node": (a_reading("unknown_primary", "T0"), "T0 N0"),
    "T0 N0 of a named site": (a_reading("nasopharynx", "T0"), "T0 N0"),
    "NX": (a_reading("larynx", "T2"), "NX"),
    "carcinoma in situ with a node": (a_reading("larynx", "Tis", a_node()), "Tis with metastatic nodes"),
    "carcinoma in situ with metastasis": (a_reading("larynx", "Tis", m="M1"), "Tis with distant metastasis"),
    "an unknown primary with T1": (a_reading("unknown_primary", "T1", a_node()), "expected T0"),
    "TX where the stage depends on T": (a_reading("larynx", "TX", a_node()), "TX and the stage depends on T"),
    "T0 of a site that has none": (a_reading("larynx", "T0", a_node()), "does not have in any edition"),
    "no site": (a_reading(None, "T1", a_node()), "site: not chosen"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_reading_that_cannot_be_staged_is_refused_with_the_reason(case):
    reading, words = REFUSED[case]
    if case == "NX":
        reading = reading.__class__(**{**reading.__dict__, "nodes": None})
    assessment = assess(reading)
    assert any(words in refusal for refusal in assessment.refusals)
    assert {result.stage for result in assessment.staging} == {None}


def test_tx_is_refused_only_where_no_edition_can_give_a_stage():
    reading = a_reading("salivary_gland", "TX", a_node(count=4))
    assert assess(reading).refusals == ()
    assert staged(reading) == {"UICC9": ("cN2", "IIIB"), "AJCC_current": ("cN2", "IIIB"), "TNM8": ("cN2b", None)}


def test_tx_is_no_obstacle_where_the_stage_does_not_depend_on_t():
    assert staged(a_reading("larynx", "TX", a_node(), m="M1"))["UICC9"] == ("cN1", "IVC")
    assert assess(a_reading("larynx", "TX", a_node(), m="M1")).refusals == ()
    assert staged(a_reading("oropharynx", "TX", a_node(70), p16="positive"))["UICC9"] == ("cN3", "III")


def test_tx_may_be_any_invasive_tumour_but_not_t0():
    reading = a_reading("nasopharynx", "TX", a_node(), a_node(side="left"))
    assert "II, III" in uicc9(reading).reasons[-1]
    salivary = assess(a_reading("salivary_gland", "TX", a_node(70))).edition(Edition.TNM8)
    assert (salivary.n, salivary.stage) == ("cN3a", "IVB")
    no_node = uicc9(a_reading("oropharynx", "TX", p16="positive"))
    assert no_node.reasons[-1] == "no single stage for TX N0 M0: I, II, III"


def test_an_undivided_t4_is_staged_only_where_a_and_b_agree():
    assert uicc9(a_reading("larynx", "T4", a_node(70))).stage == "IVB"
    open_stage = uicc9(a_reading("larynx", "T4", a_node(20)))
    assert (open_stage.n, open_stage.stage) == ("cN1", None)
    assert open_stage.missing == ("T (T4a or T4b)",)
    assert "IVA, IVB" in open_stage.reasons[-1]


def test_t4a_is_t4_where_the_chapter_does_not_divide_it():
    result = uicc9(a_reading("oropharynx", "T4a", a_node(20), p16="positive"))
    assert (result.n, result.stage) == ("cN1", "III")
    assert any("no T4a or T4b" in flag for flag in result.flags)


def test_a_t_that_only_one_edition_has_is_staged_there_alone():
    results = staged(a_reading("salivary_gland", "T0", a_node(20)))
    assert results == {"UICC9": ("cN1", None), "AJCC_current": ("cN1", None), "TNM8": ("cN1", "III")}
    assert "does not exist in this chapter" in uicc9(a_reading("salivary_gland", "T0", a_node(20))).reasons[-1]


def test_uncounted_metastases_of_nasopharynx_leave_the_stage_open():
    result = uicc9(a_reading("nasopharynx", "T1", a_node(20), m="M1"))
    assert (result.n, result.stage, result.missing) == ("cN1", None, ("metastatic_lesions",))
    assert uicc9(a_reading("nasopharynx", "T1", a_node(20), m="M1b")).stage == "IVB"
    undivided = uicc9(a_reading("larynx", "T1", a_node(20), m="M1a"))
    assert undivided.stage == "IVC"
    assert undivided.reasons[-1] == "stage IVC: T1 N1 M1"
    assert any("M1a is staged as M1" in flag for flag in undivided.flags)
    counted = uicc9(a_reading("nasopharynx", "T1", a_node(20), m="M1", metastatic_lesions=5))
    assert counted.reasons[-1] == "stage IVB: T1 N1 M1b"
    assert any("M1 with 5 metastatic lesions is staged as M1b" in flag for flag in counted.flags)


def test_history_is_a_caution_and_its_absence_too():
    told = assess(a_reading("larynx", "T1", a_node(), recent_biopsy=YesNo.YES, prior_treatment=YesNo.YES)).warnings
    assert any(warning.startswith("recent biopsy") for warning in told)
    assert any("prefix y" in warning for warning in told)
    untold = assess(a_reading("larynx", "T1", a_node())).warnings
    assert sum("not stated" in warning for warning in untold) == 2
    clear = a_reading("larynx", "T1", a_node(certain=SPIKES), recent_biopsy=YesNo.NO, prior_treatment=YesNo.NO)
    assert assess(clear).warnings == ()
    assert assess(a_reading("larynx", "T1")).warnings == ()


def test_signs_that_do_not_count_are_named_as_such():
    flare = assess(a_reading("larynx", "T1", a_node(certain=[FindingKind.FLARE_SIGN]))).warnings
    assert any("flare sign without unequivocal fat spikes" in warning for warning in flare)
    irregular = assess(a_reading("larynx", "T1", a_node(certain=[FindingKind.IRREGULAR_MARGIN]))).warnings
    assert any("Joint Task Force's rule" in warning for warning in irregular)
    nothing = assess(a_reading("larynx", "T1", a_node())).warnings
    assert any("grade 0 is not confirmed" in warning for warning in nothing)


def test_clinical_ene_that_the_chapter_does_not_ask_about_is_flagged():
    result = uicc9(a_reading("oropharynx", "T1", a_node(), p16="positive", clinical_ene=True))
    assert result.n == "cN1"
    assert any("rests on imaging-detected ENE" in flag for flag in result.flags)
    older = assess(a_reading("oropharynx", "T1", a_node(), p16="positive", clinical_ene=True)).edition(Edition.TNM8)
    assert any("does not ask about it" in flag for flag in older.flags)


def test_unstated_signs_and_imaging_below_the_threshold_are_two_alternatives():
    result = uicc9(a_reading("larynx", "T2", a_node(certain=SPIKES), clinical_ene=None))
    assert [each.n for each in result.alternatives] == ["cN3b", "cN3b"]
    assert "on examination" in result.alternatives[1].when


def test_clinical_ene_accepted_from_imaging_is_not_told_as_an_examination():
    result = uicc9(a_reading("larynx", "T2", a_node(certain=MUSCLE)))
    assert "clinical ENE accepted from imaging (grade 3)" in result.reasons[1]


def test_the_contact_angle_is_a_caution_beside_the_readers_word_and_never_sets_it():
    def with_angle(angle_deg, **findings):
        return replace(a_node(**findings), evidence=(Evidence("contact_angle", value=angle_deg, unit="deg"),))

    encased = [FindingKind.ARTERY_ENCASEMENT]
    small = assess(a_reading("larynx", "T1", with_angle(150.0, certain=encased)))
    assert small.grade == 3
    assert any("150 degrees, below 270" in warning for warning in small.warnings)
    between = assess(a_reading("larynx", "T1", with_angle(212.0, equivocal=encased)))
    assert between.grade == 0
    assert any("212 degrees (180 to below 270) is indeterminate" in warning for warning in between.warnings)
    for reading in (with_angle(280.0, certain=encased), with_angle(120.0), a_node()):
        assert not any("degrees" in warning for warning in assess(a_reading("larynx", "T1", reading)).warnings)


def test_clinical_signs_not_stated_are_offered_for_salivary_glands_too():
    result = uicc9(a_reading("salivary_gland", "T1", a_node(), clinical_ene=None))
    assert [each.n for each in result.alternatives] == ["cN2"]


def test_imaging_alone_is_not_enough_in_the_eighth_edition():
    result = assess(a_reading("larynx", "T1", a_node(certain=MUSCLE))).edition(Edition.TNM8)
    assert any("imaging only" in flag for flag in result.flags)
    assert result.alternatives == ()
