"""The report of a protocol check, and the table of several."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from PWIProtocolLib.protocol.answers import AnswerField, Answers, answer_from
from PWIProtocolLib.protocol.checker import check_study
from PWIProtocolLib.protocol.recommendations import CriterionId
from PWIProtocolLib.protocol.study import read_study
from PWIProtocolLib.protocol.verdict import Verdict
from PWIProtocolLib.report.audit_csv import audit_csv
from PWIProtocolLib.report.audit_page import audit_html
from PWIProtocolLib.report.check_page import check_html
from study_plan import PLANTED_IDENTIFIERS, StudyPlan, Vendor
from vendor_studies import passing_plan, write_study

if TYPE_CHECKING:
    from PWIProtocolLib.protocol.checker import ProtocolCheck

WHEN = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
ANSWERS = Answers((answer_from(AnswerField.SALINE_FLUSH, 25.0, "R1", WHEN),), indication="recurrence")


class Page(HTMLParser):
    """A page: its visible text, its ids and links, and whether every element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.ids += [values["id"]] if values.get("id") else []
        self.links += [values["href"]] if values.get("href") else []
        if tag not in {"meta", "br", "img", "hr"}:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def checked(plan: StudyPlan, folder: pytest.TempPathFactory, answers: Answers = ANSWERS) -> ProtocolCheck:
    return check_study(read_study(write_study(plan, folder.mktemp("neck") / "study")), answers)


@pytest.fixture(scope="module")
def a_mixed_check(tmp_path_factory: pytest.TempPathFactory) -> ProtocolCheck:
    """Thick slices, a coil that is not named, the rest as recommended."""
    plan = passing_plan(Vendor.PHILIPS_ENHANCED).but(thickness_mm=5.0, spacing_mm=5.0, coil="MULTI COIL")
    return checked(plan, tmp_path_factory)


@pytest.fixture(scope="module")
def a_good_check(tmp_path_factory: pytest.TempPathFactory) -> ProtocolCheck:
    return checked(passing_plan(Vendor.CANON_ENHANCED), tmp_path_factory, Answers())


@pytest.fixture(scope="module")
def the_page(a_mixed_check: ProtocolCheck) -> Page:
    return Page(check_html(a_mixed_check, "HeadNeckNodes 0"))


def test_the_page_says_each_verdict_in_words_beside_its_shape(a_mixed_check: ProtocolCheck) -> None:
    html = check_html(a_mixed_check)
    badges = re.findall(r'<span class="badge [^"]+"><svg class="shape".*?</svg>([^<]+)</span>', html)
    in_table = badges[-len(a_mixed_check.criteria) :] if not a_mixed_check.analysis else badges
    for words in ("met", "not met", "cannot tell", "entered: met"):
        assert words in in_table


def test_the_page_names_what_is_not_met_with_value_and_limit(the_page: Page) -> None:
    assert "Not met Slice thickness : 5 mm (limit: " in the_page.text
    assert "4 mm" in the_page.text


def test_the_page_tells_what_to_do_about_what_cannot_be_told(the_page: Page) -> None:
    told = the_page.text.split("What cannot be told, and what you can do")[1]
    assert "Can be entered: coil (head_neck, neurovascular, other)" in told.split("Frames and signal")[0]


def test_a_study_of_which_nothing_is_known_is_not_called_free_of_faults(a_good_check: ProtocolCheck) -> None:
    faultless = "Nothing that could be told is against the recommendations"
    unknown = tuple(replace(each, verdict=Verdict.CANNOT_TELL, satisfied=None) for each in a_good_check.criteria)
    told, untold = Page(check_html(a_good_check)).text, Page(check_html(replace(a_good_check, criteria=unknown))).text
    assert faultless in told
    assert faultless not in untold
    assert "Nothing could be told of this study." in untold


def test_every_criterion_stands_on_the_page_with_statement_agreement_and_reason(
    the_page: Page, a_mixed_check: ProtocolCheck
) -> None:
    for result in a_mixed_check.criteria:
        for words in (result.title, result.statement, result.agreement, result.why, result.reason[1:]):
            assert " ".join(words.split()) in the_page.text
        assert f"criterion-{result.criterion_id}" in the_page.ids


def test_every_link_of_the_page_leads_somewhere(the_page: Page) -> None:
    assert len(the_page.ids) == len(set(the_page.ids))
    assert {link.removeprefix("#") for link in the_page.links} <= set(the_page.ids)


def test_n_staging_is_not_recommended_whatever_was_chosen(the_page: Page, a_good_check: ProtocolCheck) -> None:
    assert "Local recurrence during follow-up: may be recommended." in the_page.text
    assert "N staging: not recommended." in the_page.text
    assert "N staging: not recommended." in Page(check_html(a_good_check)).text


def test_what_was_entered_stands_with_who_and_when(the_page: Page) -> None:
    assert "Saline flush : 25 mL (entered by R1 on 2026-11-22)" in the_page.text


def test_the_timeline_shows_each_frame_the_arrival_and_the_injection(a_mixed_check: ProtocolCheck) -> None:
    figure = check_html(a_mixed_check).split('id="timeline"')[1].split("</figure>")[0]
    assert figure.count("<circle") == 64
    for words in ("bolus arrival", "injection (header)", "time from the first frame [s]"):
        assert words in figure


def test_without_times_the_frames_are_drawn_over_their_number(tmp_path_factory: pytest.TempPathFactory) -> None:
    check = checked(passing_plan(Vendor.PHILIPS_ENHANCED).but(timed=False), tmp_path_factory)
    section = check_html(check).split('id="timeline"')[1].split("</section>")[0]
    assert "injection (header)" not in section
    assert "times are not known" in section or "No signal could be drawn" in section


def test_the_page_needs_no_network_and_no_script_and_is_always_the_same(a_mixed_check: ProtocolCheck) -> None:
    html = check_html(a_mixed_check)
    assert "<script" not in html
    assert re.findall(r'(?:src|href)="(?!#)[^"]*"', html) == []
    assert html == check_html(a_mixed_check)


def test_no_planted_identifier_comes_out(a_mixed_check: ProtocolCheck, a_good_check: ProtocolCheck) -> None:
    both = [a_mixed_check, a_good_check]
    for text in (check_html(a_mixed_check), audit_html(both), audit_csv(both)):
        assert [planted for planted in PLANTED_IDENTIFIERS if planted in text] == []


def test_text_from_headers_cannot_become_markup_or_a_formula(a_good_check: ProtocolCheck) -> None:
    evil = replace(a_good_check.criteria[0], value='=HYPERLINK("x")<b>', reason="<img src=x>")
    check = replace(a_good_check, label="@evil", criteria=(evil, *a_good_check.criteria[1:]))
    for html in (check_html(check), audit_html([check])):
        assert "<b>" not in html
        assert "<img" not in html
    cells = list(csv.reader(io.StringIO(audit_csv([check]))))[1]
    assert cells[0] == "'@evil"
    assert '\'=HYPERLINK("x")<b>' in cells


def test_the_table_has_a_row_for_each_study_and_three_columns_for_each_criterion(
    a_mixed_check: ProtocolCheck, a_good_check: ProtocolCheck
) -> None:
    rows = list(csv.DictReader(io.StringIO(audit_csv([a_mixed_check, a_good_check]))))
    assert len(rows) == 2
    mixed, good = rows
    assert set(CriterionId) <= set(mixed)
    assert (mixed["slice_thickness"], mixed["slice_thickness.value"], mixed["slice_thickness.unit"]) == (
        "not_met", "5", "mm",
    )  # fmt: skip
    assert mixed["coil"] == "cannot_tell"
    assert mixed["injection_rate_and_flush"] == "user_supplied met"
    assert good["injection_rate_and_flush"] == "cannot_tell"
    assert [int(good[verdict]) for verdict in Verdict] == [good_count(a_good_check, verdict) for verdict in Verdict]


def good_count(check: ProtocolCheck, verdict: Verdict) -> int:
    return sum(each.verdict is verdict for each in check.criteria)


def test_the_audit_counts_how_many_studies_meet_each_criterion(
    a_mixed_check: ProtocolCheck, a_good_check: ProtocolCheck
) -> None:
    page = audit_html([a_mixed_check, a_good_check])
    foot = page.split("<tfoot>")[1].split("</tfoot>")[0]
    shares = dict(re.findall(r'<td data-label="([^"]+)">(\d/\d)</td>', foot))
    assert shares["Slice thickness"] == "1/2"
    assert shares["Injection rate and saline flush"] == "1/2"
    assert shares["Field strength"] == "2/2"
    assert Page(page).text.count("cannot tell") >= 2
