"""A reader enters worked cases of the clinical rules in the panel and sees grade and stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from iENEGraderLib.reading import Certainty, FindingKind, MarkerStatus, NeckLevel, Side, Site, TCategory

if TYPE_CHECKING:
    from panel_fixtures import PanelUser

pytest_plugins = ("panel_fixtures",)


@pytest.fixture
def a_tonsil_case(a_user: PanelUser) -> PanelUser:
    """Worked case 1: p16-positive tonsil, right, T2, one right node of 24 mm."""
    a_user.enter_case("oropharynx", "T2", p16="+")
    a_user.add_node("&Right", "IIA", 24.0)
    return a_user


def test_what_is_entered_stands_in_the_document(a_tonsil_case: PanelUser) -> None:
    reading = a_tonsil_case.reading
    assert (reading.site, reading.p16, reading.primary_side) == (Site.OROPHARYNX, MarkerStatus.POSITIVE, Side.RIGHT)
    assert reading.t_category is TCategory.T2
    node = reading.node("N1")
    assert (node.side, node.level, node.greatest_dimension_mm) == (Side.RIGHT, NeckLevel.IIA, 24.0)
    assert reading.read_at


def test_case_1_a_smooth_ipsilateral_node_is_grade_0_and_stage_i(a_tonsil_case: PanelUser) -> None:
    a_tonsil_case.mark(FindingKind.FAT_SPIKES, Certainty.ABSENT)
    assert a_tonsil_case.result == ("0", "cN1 · I", "cN1 · I", "cN1 · I")
    assert a_tonsil_case.table == [("N1", "R", "IIA", "24.0", "0")]


def test_case_2_unequivocal_spikes_lift_n_in_version_9_only(a_tonsil_case: PanelUser) -> None:
    a_tonsil_case.mark(FindingKind.FAT_SPIKES, Certainty.UNEQUIVOCAL)
    assert a_tonsil_case.result == ("1", "cN2 · II", "cN2 · II", "cN1 · I")
    assert a_tonsil_case.table == [("N1", "R", "IIA", "24.0", "1")]


def test_case_3_an_irregular_margin_and_doubtful_spikes_change_nothing(a_tonsil_case: PanelUser) -> None:
    a_tonsil_case.mark(FindingKind.IRREGULAR_MARGIN, Certainty.UNEQUIVOCAL)
    a_tonsil_case.mark(FindingKind.FAT_SPIKES, Certainty.EQUIVOCAL)
    assert a_tonsil_case.result == ("0?", "cN1 · I", "cN1 · I", "cN1 · I")
    assert "fat spikes" in a_tonsil_case.panel.resultStrip.values[0].toolTip


def test_an_equivocal_higher_finding_does_not_raise_the_grade_of_a_certain_one(a_tonsil_case: PanelUser) -> None:
    a_tonsil_case.mark(FindingKind.FAT_SPIKES, Certainty.UNEQUIVOCAL)
    a_tonsil_case.mark(FindingKind.ARTERY_ENCASEMENT, Certainty.EQUIVOCAL)
    assert a_tonsil_case.result[0] == "1?"
    assert a_tonsil_case.table[0][-1] == "1?"
    a_tonsil_case.mark(FindingKind.ARTERY_ENCASEMENT, Certainty.UNEQUIVOCAL)
    assert a_tonsil_case.result[0] == "3"


def test_coalescence_needs_all_three_signs(a_tonsil_case: PanelUser) -> None:
    signs = (
        FindingKind.FAT_PLANE_LOST_BETWEEN_NODES,
        FindingKind.CONVEXITY_LOST_AT_CONTACT,
        FindingKind.BOUNDARIES_MERGED,
    )
    grades = []
    for sign in signs:
        a_tonsil_case.mark(sign, Certainty.UNEQUIVOCAL)
        grades.append(a_tonsil_case.result[0])
    assert grades == ["0", "0", "2"]


def test_case_5_grade_3_on_one_side_is_cn2_and_not_cn3(a_user: PanelUser) -> None:
    a_user.enter_case("oropharynx", "T2", p16="+")
    a_user.add_node("&Right", "IIA", 50.0)
    a_user.mark(FindingKind.MUSCLE_INVASION, Certainty.UNEQUIVOCAL)
    assert a_user.result == ("3", "cN2 · II", "cN2 · II", "cN1 · I")


def test_case_21_imaging_alone_is_n3b_in_uicc_9_only(a_user: PanelUser) -> None:
    a_user.enter_case("hypopharynx", "T2")
    a_user.add_node("&Right", "III", 25.0)
    a_user.mark(FindingKind.MUSCLE_INVASION, Certainty.UNEQUIVOCAL)
    a_user.choose(a_user.panel.siteSection.clinicalEneBox, "no")
    grade, uicc9, ajcc, tnm8 = a_user.result
    assert grade == "3"
    assert uicc9.startswith("cN3b")
    assert uicc9.endswith("· IVB")
    assert (ajcc, tnm8) == ("cN1 · III", "cN1 · III")


def test_case_21_follows_the_setting_of_the_institution(a_user: PanelUser) -> None:
    a_user.enter_case("hypopharynx", "T2")
    a_user.add_node("&Right", "III", 25.0)
    a_user.mark(FindingKind.MUSCLE_INVASION, Certainty.UNEQUIVOCAL)
    a_user.choose(a_user.panel.siteSection.thresholdBox, "never")
    assert a_user.result[1].startswith("cN1")


def test_an_untested_oropharynx_has_no_category_until_the_reader_decides(a_user: PanelUser) -> None:
    a_user.enter_case("oropharynx", "T1")
    a_user.add_node("&Right", "IIA", 20.0)
    assert a_user.result[1:] == ("–", "–", "–")
    assert "p16" in a_user.panel.resultStrip.values[1].toolTip
    a_user.choose(a_user.panel.siteSection.untestedBox, "stage as p16-negative")
    assert a_user.result[1] == "cN1? · III"
    assert "or cN3b (stage IVB): if there are clinical signs" in a_user.panel.resultStrip.values[1].toolTip
    a_user.choose(a_user.panel.siteSection.clinicalEneBox, "no")
    assert a_user.result[1] == "cN1 · III"
