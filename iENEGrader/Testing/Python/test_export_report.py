"""The report: everything the rules said is in it, every rule leads to its source, and it stands alone."""

from __future__ import annotations

import base64
import itertools
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import HeadNeckNodesLib.html.page as page_module
import iENEGraderLib.export.report as report_module
import pytest
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.html.markup import VOID_TAGS
from HeadNeckNodesLib.notice import NOTICE
from hypothesis import given, settings
from hypothesis import strategies as st
from iENEGraderLib.export.report import report_html, write_report
from iENEGraderLib.export.report_content import ImageOrigin, MeasuredBy, Provenance, ReportFigure, ReportImage
from iENEGraderLib.export.words import evidence_title, evidence_value, spaced
from iENEGraderLib.reading import (
    Certainty,
    ClinicalEneThreshold,
    Evidence,
    EvidenceClass,
    Finding,
    FindingKind,
    MarkerStatus,
    NeckLevel,
    Node,
    Place,
    Reading,
    Side,
    Site,
    TCategory,
)
from iENEGraderLib.rules import (
    Alternative,
    Assessment,
    Confidence,
    Edition,
    EditionResult,
    NodeGrade,
    TorsCriterion,
    Trace,
    assess,
)
from iENEGraderLib.rules.criteria import criterion
from iENEGraderLib.rules.sources import sources

CSS = "".join(
    Path(module.__file__).with_name(name).read_text(encoding="utf-8")
    for module, name in ((page_module, "page.css"), (report_module, "report.css"))
)
DATA_URI = "data:image/png;base64,"


class Page(HTMLParser):
    """A parsed report: its text, elements, ids and links; it refuses tags that do not close in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID_TAGS:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def attributes(self, name: str, tag: str | None = None) -> list[str]:
        return [values[name] for each, values in self.elements if name in values and tag in (None, each)]


def trace(rule_id: str, *keys: str) -> Trace:
    return Trace(rule_id, f"the words of {rule_id}", keys, Confidence.MEDIUM)


@pytest.fixture
def a_reading() -> Reading:
    spikes = Finding(FindingKind.FAT_SPIKES, Certainty.UNEQUIVOCAL)
    artery = Finding(FindingKind.ARTERY_ENCASEMENT, Certainty.EQUIVOCAL)
    margin = Finding(FindingKind.IRREGULAR_MARGIN, Certainty.EQUIVOCAL)
    muscle = Finding(FindingKind.MUSCLE_INVASION, Certainty.ABSENT)
    contact = Evidence(
        "contact_angle", "internal_carotid_artery", 212.0, "deg", 4.0, "cross-sections", Place((31.2, -4.0, -52.5)),
        EvidenceClass.NOT_MET,
    )  # fmt: skip
    return Reading(
        case_id="X1",
        site=Site.OROPHARYNX,
        p16=MarkerStatus.POSITIVE,
        primary_side=Side.RIGHT,
        t_category=TCategory.T2,
        nodes=(
            Node("N1", Side.RIGHT, NeckLevel.IIA, greatest_dimension_mm=24.0),
            Node(
                "N2", Side.RIGHT, NeckLevel.III, 1, 31.0, findings=(spikes, artery, muscle, margin), evidence=(contact,)
            ),
        ),
    )


@pytest.fixture
def an_assessment() -> Assessment:
    skin = (FindingKind.SKIN_INVASION,)
    nodes = (
        NodeGrade("N1", 0, (), skin, ("reason of N1",), (trace("hncig.grade0", "HNCIG"),)),
        NodeGrade("N2", 1, (FindingKind.ARTERY_ENCASEMENT,), skin, ("reason of N2",), (trace("hncig.one", "JTF"),)),
    )
    shared = (trace("v9.cN.N2", "EVANS", "SEED"), trace("v9.stage II", "N9-PHAR"))
    staging = (
        EditionResult(Edition.UICC9, "UICC nine", "cN2", "II", ("reason U",), ("flag U",), trace=shared),
        EditionResult(Edition.AJCC_CURRENT, "AJCC now", "cN2", "II", ("reason A",), trace=shared),
        EditionResult(
            Edition.TNM8,
            "TNM eight",
            None,
            None,
            ("reason T",),
            alternatives=(Alternative("cN3", "III", "if it is larger"), Alternative("cN1", None, "if it is smaller")),
            missing=("greatest_dimension_mm of N9",),
            trace=(trace("tnm8.cN.N1", "G-NCCN", "OURS"),),
        ),
    )
    return Assessment(nodes, 1, staging, TorsCriterion.NOT_MET, ("warning one", "warning two"), ("refusal one",))


@pytest.fixture
def a_provenance() -> Provenance:
    measured = (MeasuredBy("Greatest dimension", "maximum Feret diameter"),)
    return Provenance("HeadNeckNodes 1.2.3", "2026-11-22T10:05:00+00:00", ImageOrigin.SIMULATED, "a CT", measured)


@pytest.fixture
def an_image() -> ReportImage:
    return ReportImage("N2 axial", "Spikes in fat", b"\x89PNG bytes of a picture")


@pytest.fixture
def a_report(a_reading: Reading, an_assessment: Assessment, an_image: ReportImage, a_provenance: Provenance) -> str:
    return report_html(a_reading, an_assessment, [an_image], a_provenance)


def test_the_report_holds_every_word_the_rules_said(a_report: str, an_assessment: Assessment) -> None:
    text = Page(a_report).text
    said = [*an_assessment.warnings, *an_assessment.refusals]
    for node in an_assessment.nodes:
        said += [*node.reasons, *(each.matched for each in node.trace)]
    for result in an_assessment.staging:
        said += [result.title, *result.reasons, *result.flags, *result.missing]
        said += [each.matched for each in result.trace]
        said += [part for each in result.alternatives for part in (each.n, each.when)]
    assert [words for words in said if words not in text] == []


def test_the_headline_sets_grade_and_the_three_editions_side_by_side(a_report: str) -> None:
    text = Page(a_report).text
    top = text[: text.index("Nodes")]
    for words in ("iENE grade1", "N2 (right, level III): reason of N2", "cN2 stage II", "cN3 or cN1 stage III or none"):
        assert words in top
    assert a_report.count('class="edition"') + a_report.count('class="edition incomplete"') == 3


def test_every_rule_leads_to_an_entry_with_its_sources_and_their_addresses(
    a_report: str, an_assessment: Assessment
) -> None:
    page = Page(a_report)
    ids = page.attributes("id")
    links = page.attributes("href", "a")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    traces = [each for result in (*an_assessment.nodes, *an_assessment.staging) for each in result.trace]
    for each in traces:
        assert f"#rule-{each.rule_id.replace(' ', '-')}" in links
        for key in each.sources:
            assert f"#source-{key}" in links
            assert sources()[key].citation in page.text
            assert not sources()[key].url or links.count(sources()[key].url) >= 2


def test_equivocal_findings_are_shown_and_said_not_to_count(a_report: str) -> None:
    text = Page(a_report).text
    assert "Equivocal findings are recorded and do not count." in text
    assert (
        f"{criterion(FindingKind.ARTERY_ENCASEMENT).title}, {criterion(FindingKind.IRREGULAR_MARGIN).title}1 finding"
        in text
    )
    assert "Equivocal: recorded, not counted" in text
    assert f"Equivocal as well: {criterion(FindingKind.IRREGULAR_MARGIN).title}." in text


def test_the_node_table_names_what_was_not_assessed_and_what_is_absent(a_report: str) -> None:
    text = Page(a_report).text
    assert f"Not assessed: 1 finding{criterion(FindingKind.SKIN_INVASION).title}" in text
    assert f"Absent: {criterion(FindingKind.MUSCLE_INVASION).title}." in text


def test_a_measurement_is_given_with_error_class_method_and_place(a_report: str) -> None:
    expected = "contact angle, internal carotid artery 212 ± 4° not metcross-sectionsAt 31.2, -4.0, -52.5 mm (RAS)."
    assert expected in Page(a_report).text


@pytest.mark.parametrize(
    ("evidence", "title", "value"),
    [
        (Evidence("coalescence", "node_4"), "all three criteria of coalescence, node 4", ""),
        (Evidence("spike_length", value=5.0692, unit="mm", uncertainty=0.0), "spike length", "5.1 mm"),
        (Evidence("spike_length", value=5.0692, unit="mm", uncertainty=0.26), "spike length", "5.1 ± 0.3 mm"),
        (Evidence("fat_plane_lost", value=0.835, unit="1", uncertainty=0.04), "fat plane lost", "84 ± 4 %"),
        (Evidence("fat_spikes", value=3.0, unit="{count}"), "fat spikes", "3"),
        (Evidence("midline_distance", value=-38.42, unit="mm"), "distance from the midline", "38.4 mm to the left"),
        (
            Evidence("depth_below_cricoid", "cricoid_cartilage", -48.0, "mm"),
            "lowest point, from the lower border, cricoid cartilage",
            "48.0 mm above",
        ),
        (
            Evidence("fat_stranding", value=-4.4, unit="[hnsf'U]"),
            "fat round the node, against fat further out",
            "-4 HU",
        ),
    ],
)
def test_a_measurement_says_no_more_than_is_known(evidence: Evidence, title: str, value: str) -> None:
    assert (evidence_title(evidence), evidence_value(evidence)) == (title, value)


def test_what_speaks_for_a_criterion_comes_first(
    a_reading: Reading, an_assessment: Assessment, a_provenance: Provenance
) -> None:
    evidence = tuple(Evidence(f"kind_{each}", evidence_class=each) for each in (None, *reversed(EvidenceClass)))
    node = replace(a_reading.node("N2"), evidence=evidence)
    text = Page(report_html(a_reading.with_node(node), an_assessment, [], a_provenance)).text
    places = [text.index(f"kind {spaced(each)}") for each in ("met", "indeterminate", "None", "not_met")]

    assert places == sorted(places)


def test_figures_stand_with_their_node_and_in_the_page_itself(
    a_reading: Reading, an_assessment: Assessment, a_provenance: Provenance
) -> None:
    svg = '<svg viewBox="0 0 9 9"><path d="M0 0"></path></svg>'
    figures = [ReportFigure("N2", "N2: <cross-section>", svg), ReportFigure("N9", "of no node", svg)]
    html = report_html(a_reading, an_assessment, [], a_provenance, figures)

    assert html.count(svg) == 1
    assert "N2: <cross-section>" in Page(html).attributes("aria-label", "figure")


def test_a_reading_without_measurements_has_no_section_of_them(
    a_reading: Reading, an_assessment: Assessment, a_provenance: Provenance
) -> None:
    bare = a_reading.with_nodes(replace(node, evidence=()) for node in a_reading.nodes or ())
    assert "Measurements" not in Page(report_html(bare, an_assessment, [], a_provenance)).text


def test_the_research_notice_stands_first_and_last(a_report: str) -> None:
    text = Page(a_report[a_report.index("<body>") : a_report.index("</html>")].replace("</body>", "") + "</body>").text
    assert text.strip().startswith(NOTICE)
    assert text.strip().endswith(NOTICE)


@pytest.mark.parametrize("criterion_state", list(TorsCriterion))
def test_the_surgical_criterion_is_information_and_never_a_recommendation(
    criterion_state: TorsCriterion, a_reading: Reading, an_assessment: Assessment, a_provenance: Provenance
) -> None:
    html = report_html(a_reading, replace(an_assessment, tors_iene_criterion=criterion_state), [], a_provenance)
    text = Page(html).text
    assert f"transoral robotic surgery: {criterion_state}" in text
    assert "eligible" not in text
    assert "does not answer whether surgery suits a patient" in text


def test_the_provenance_says_that_images_are_simulated_and_how_sizes_were_measured(a_report: str) -> None:
    text = Page(a_report).text
    for words in ("HeadNeckNodes 1.2.3", "2026-11-22T10:05:00+00:00", "Simulated", "maximum Feret diameter"):
        assert words in text


def test_key_images_are_held_in_the_page_with_a_text_for_those_who_cannot_see_them(
    a_report: str, an_image: ReportImage
) -> None:
    page = Page(a_report)
    (source,) = page.attributes("src", "img")
    assert base64.b64decode(source.removeprefix(DATA_URI)) == an_image.png
    assert page.attributes("alt", "img") == ["N2 axial: Spikes in fat"]
    assert "Key imagesSimulated: computed by the software, not a patient." in page.text


def test_nothing_is_loaded_from_elsewhere_and_nothing_runs(a_report: str) -> None:
    page = Page(a_report)
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "link", "iframe", "object", "embed", "video", "audio", "base", "form"}
    assert all(source.startswith(DATA_URI) for source in page.attributes("src"))
    assert not re.search(r"url\(|@import", CSS)
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in page.attributes("content", "meta")
    assert not [name for _, values in page.elements for name in values if name.startswith("on")]


def test_markup_in_a_case_id_stays_text(
    a_reading: Reading, an_assessment: Assessment, a_provenance: Provenance
) -> None:
    case_id = '"><script>alert(1)</script>&amp;$notice'
    html = report_html(replace(a_reading, case_id=case_id), an_assessment, [], a_provenance)
    assert "<script" not in html
    assert f"Case {case_id}" in Page(html).text


@settings(max_examples=25, deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30))
def test_any_text_comes_through_as_it_was_entered(text: str) -> None:
    refused = EditionResult(Edition.TNM8, text, None, None, (text,), (text,), missing=(text,))
    node = Node(text, Side.LEFT, NeckLevel.PAROTID)
    assessment = Assessment((NodeGrade(text, 0, (), (), (text,), ()),), 0, (refused,), TorsCriterion.MET, (text,))
    provenance = Provenance(text, text, ImageOrigin.NONE)
    page = Page(report_html(Reading(text, reader=text, nodes=(node,)), assessment, [], provenance))
    assert page.text.count(text) >= 10


@pytest.mark.parametrize("site", list(Site))
def test_what_the_rules_engine_says_about_any_site_is_reported_whole(
    site: Site, a_reading: Reading, a_provenance: Provenance
) -> None:
    for p16 in MarkerStatus:
        reading = replace(a_reading, site=site, p16=p16, untested_p16_as_negative=True, metastatic_lesions=0)
        assessment = assess(reading)
        page = Page(report_html(reading, assessment, [], a_provenance))
        links, ids = page.attributes("href", "a"), page.attributes("id")
        for result in (*assessment.nodes, *assessment.staging):
            assert all(reason in page.text for reason in result.reasons)
            for each in result.trace:
                assert f"#rule-{each.rule_id}" in links
                assert f"rule-{each.rule_id}" in ids
                assert each.matched in page.text
        assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
        assert len(ids) == len(set(ids))


def test_grade_0_is_said_to_be_the_absence_of_certain_signs(a_reading: Reading, a_provenance: Provenance) -> None:
    reading = a_reading.with_nodes([a_reading.node("N1")])
    text = Page(report_html(reading, assess(reading), [], a_provenance)).text
    assert "Grade 0: no unequivocal spread beyond a node. No sign was unequivocal in the only node" in " ".join(
        text.replace("node.No", "node. No").split()
    )


def test_editions_that_differ_are_said_to_differ(a_reading: Reading, a_provenance: Provenance) -> None:
    same = a_reading.with_nodes([a_reading.node("N1")])
    texts = [Page(report_html(each, assess(each), [], a_provenance)).text for each in (a_reading, same)]
    assert ["The editions differ here" in text for text in texts] == [True, False]


def test_the_case_data_hold_what_was_entered(a_reading: Reading, a_provenance: Provenance) -> None:
    entered = replace(
        a_reading,
        site=Site.UNKNOWN_PRIMARY,
        t_category=TCategory.T0,
        ebv=MarkerStatus.POSITIVE,
        p16=MarkerStatus.NEGATIVE,
        metastatic_lesions=2,
        clinical_ene=True,
        reader="R7",
        clinical_ene_imaging_threshold=ClinicalEneThreshold.NEVER,
    )
    text = Page(report_html(entered, assess(entered), [], a_provenance)).text
    facts = ("unknown primary, p16-negative, EBV-positive", "R7", "Distant metastatic lesions2", "EBVpositive")
    clinical = ("Clinical (examination) ENEyes", "Imaging grade taken as clinical ENEnone")
    assert [fact for fact in (*facts, *clinical) if fact not in text] == []


def test_a_neck_that_was_not_assessed_is_not_a_neck_without_nodes(
    a_reading: Reading, an_assessment: Assessment, a_provenance: Provenance
) -> None:
    empty = replace(an_assessment, nodes=(), grade=0)
    not_assessed = Page(report_html(replace(a_reading, nodes=None), empty, [], a_provenance)).text
    without_nodes = Page(report_html(replace(a_reading, nodes=()), empty, [], a_provenance)).text
    assert "The neck nodes were not assessed (NX)." in not_assessed
    assert "No metastatic node" not in not_assessed
    assert "No metastatic node (N0)." in without_nodes
    assert "NX" not in without_nodes


def test_the_headings_go_down_one_step_at_a_time(a_report: str) -> None:
    levels = [int(tag[1]) for tag, _ in Page(a_report).elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert ("html", {"lang": "en"}) in Page(a_report).elements


def test_texts_stand_out_from_their_ground_in_light_and_dark() -> None:
    light, dark = (dict(re.findall(r"--([\w-]+): (#\w{6});", block)) for block in CSS.split("@media", 2)[:2])
    for colours in (light, {**light, **dark}):
        for ground in ("page", "card", "caution", "stop"):
            for ink in ("text", "quiet", "link"):
                assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    grades = re.findall(r"--grade-\d: (#\w{6});", CSS)
    assert len(grades) == 4
    assert all(contrast("#ffffff", grade) >= 4.5 for grade in grades)


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2.2."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def test_the_same_input_gives_the_same_report(
    a_report: str, a_reading: Reading, an_assessment: Assessment, an_image: ReportImage, a_provenance: Provenance
) -> None:
    assert report_html(a_reading, an_assessment, [an_image], a_provenance) == a_report


def test_writing_replaces_the_old_report_and_leaves_nothing_else(tmp_path: Path, a_report: str) -> None:
    path = tmp_path / "report.html"
    path.write_text("old", encoding="utf-8")
    write_report(path, a_report)
    assert path.read_text(encoding="utf-8") == a_report
    assert list(tmp_path.iterdir()) == [path]


def test_writing_into_a_folder_that_does_not_exist_says_so(tmp_path: Path, a_report: str) -> None:
    with pytest.raises(InputError, match="cannot write here"):
        write_report(tmp_path / "missing" / "report.html", a_report)
