"""The tables of recommendations, scenarios, agents and header words: complete, sourced, strict, and open to a site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from HeadNeckNodesLib.errors import InputError
from PWIProtocolLib.protocol.agents import agent_named, agents, read_agents
from PWIProtocolLib.protocol.checker import CHECKS
from PWIProtocolLib.protocol.limit_words import limit_in_words
from PWIProtocolLib.protocol.patterns import decide, matching, question, questions, read_questions
from PWIProtocolLib.protocol.recommendations import AnalysisId, CriterionId, Recommended, recommendations
from PWIProtocolLib.protocol.toml_rows import Row

if TYPE_CHECKING:
    from pathlib import Path

IDS = [
    "dce_technique",
    "sequence_3d_spgr_t1",
    "axial",
    "field_strength",
    "coil",
    "slice_thickness",
    "no_gap",
    "in_plane_resolution",
    "fat_suppression",
    "flip_angle_count",
    "flip_angle_range",
    "flip_angle_geometry",
    "flip_angles_before_contrast",
    "temporal_resolution",
    "precontrast_acquisitions",
    "total_time",
    "contrast_dose",
    "injection_rate_and_flush",
]
SITE = """
edition = "our hospital 2026"
[[source]]
key = "SOP"
citation = "Our standard operating procedure 12."
"""


@pytest.fixture
def a_site_file(tmp_path: Path) -> Path:
    return tmp_path / "my.toml"


def site(path: Path, rows: str) -> Path:
    path.write_text(SITE + rows, encoding="utf-8")
    return path


def test_the_panel_s_eighteen_criteria_are_there_in_order() -> None:
    assert [each.criterion_id for each in recommendations().criteria] == IDS == [each.value for each in CriterionId]
    assert list(CHECKS) == IDS


def test_every_recommendation_has_statement_agreement_source_and_reason() -> None:
    rules = recommendations()
    for each in (*rules.criteria, *rules.analysis):
        assert each.statement.endswith(".")
        assert each.why.endswith(".")
        assert each.agreement.startswith("Agreed")
        assert "Insights Imaging 2022;13:198" in each.source
        assert limit_in_words(each)
        assert not each.site_rule


@pytest.mark.parametrize(
    ("criterion", "name", "value"),
    [
        ("slice_thickness", "maximum", 4),
        ("slice_thickness", "recommended", 3),
        ("in_plane_resolution", "maximum", 2),
        ("flip_angle_count", "minimum", 3),
        ("flip_angle_range", "lowest", 5),
        ("flip_angle_range", "highest", 30),
        ("temporal_resolution", "maximum", 5),
        ("precontrast_acquisitions", "minimum", 5),
        ("total_time", "minimum", 300),
        ("injection_rate_and_flush", "rate", 2),
        ("injection_rate_and_flush", "flush", 20),
    ],
)
def test_limits_are_those_of_table_2(criterion: str, name: str, value: float) -> None:
    assert recommendations().criterion(criterion).limit(name) == value


@pytest.mark.parametrize(
    ("scenario", "recommended", "lower"),
    [
        ("diagnosis", Recommended.MAY_BE, False),
        ("n_staging", Recommended.NOT, True),
        ("radiotherapy_planning", Recommended.MAY_BE, False),
        ("early_response", Recommended.NOT, True),
        ("response_after_treatment", Recommended.MAY_BE, True),
        ("recurrence", Recommended.MAY_BE, True),
    ],
)
def test_scenarios_are_those_of_table_1(scenario: str, recommended: Recommended, lower: bool) -> None:
    indication = recommendations().indication(scenario)
    assert indication.recommended is recommended
    assert indication.agreement.startswith("Lower agreement") is lower
    assert len(recommendations().indications) == 6


def test_an_unknown_scenario_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="choose one of diagnosis, n_staging"):
        recommendations().indication("screening")


def test_a_site_may_tighten_a_limit_and_it_is_shown_as_its_rule(a_site_file: Path) -> None:
    rules = recommendations(
        site(
            a_site_file,
            """
[[criterion]]
id = "slice_thickness"
source = "SOP"
confidence = "high"
limits.maximum = { value = 2.5, unit = "mm" }
""",
        )
    )
    changed = rules.criterion("slice_thickness")
    assert changed.limit("maximum") == 2.5
    assert changed.limit("recommended") == 3
    assert changed.site_rule
    assert changed.agreement == "Site rule"
    assert "procedure 12" in changed.source
    assert not rules.criterion("axial").site_rule
    assert "our hospital 2026" in rules.edition


BAD_ROWS = {
    "a limit in another unit": ('id = "slice_thickness"\nlimits.maximum = { value = 0.4, unit = "cm" }', "in mm"),
    "a limit that nobody reads": ('id = "axial"\nlimits.angle = { value = 4, unit = "deg" }', "no check reads"),
    "a negative limit": ('id = "axial"\nlimits.tilt = { value = -4, unit = "deg" }', "0 or more"),
    "a limit that is no number": ('id = "axial"\nlimits.tilt = { value = nan, unit = "deg" }', "0 or more"),
    "a misspelt key": ('id = "axial"\nstatment = "x"', "statment"),
    "an empty reason to switch off": ('id = "axial"\nswitched_off = ""', "switched_off"),
    "an added row without attribute": ('id = "own"\ntitle = "t"\nstatement = "s"\nwhy = "w"', "attribute"),
    "an added row with an unread attribute": (
        'id = "own"\ntitle = "t"\nstatement = "s"\nwhy = "w"\nattribute = "PatientName"\nallowed = ["X"]',
        "PatientName",
    ),
    "an added row with words for a number": (
        'id = "own"\ntitle = "t"\nstatement = "s"\nwhy = "w"\nattribute = "EchoTime"\nallowed = ["X"]',
        "code word",
    ),
}


@pytest.mark.parametrize("case", BAD_ROWS)
def test_a_bad_site_row_is_refused_by_name(a_site_file: Path, case: str) -> None:
    row, told = BAD_ROWS[case]
    text = f'[[criterion]]\n{row}\nsource = "SOP"\nconfidence = "high"\n'
    # keys of a row must stand before its sub-tables
    lines = [line for line in text.splitlines() if not line.startswith("limits")]
    limits = [line for line in text.splitlines() if line.startswith("limits")]
    with pytest.raises(InputError, match=told) as caught:
        recommendations(site(a_site_file, "\n".join([*lines, *limits])))
    assert row.split('"')[1] in str(caught.value)


def test_a_site_row_without_a_known_source_is_refused(a_site_file: Path) -> None:
    with pytest.raises(InputError, match=r"criterion 'axial': source 'BOOK'"):
        recommendations(site(a_site_file, '[[criterion]]\nid = "axial"\nsource = "BOOK"\nconfidence = "high"\n'))


def test_a_file_that_replaces_the_set_must_be_complete(a_site_file: Path) -> None:
    a_site_file.write_text("replaces = true\n" + SITE, encoding="utf-8")
    with pytest.raises(InputError, match=r"criterion 'dce_technique' must stand once, found 0 times"):
        recommendations(a_site_file)


def test_what_is_no_toml_is_refused_in_one_line(a_site_file: Path) -> None:
    a_site_file.write_text("limits = [", encoding="utf-8")
    with pytest.raises(InputError, match=r"my\.toml: cannot be read as TOML") as caught:
        recommendations(a_site_file)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Gadovist 7.5 ml", "gadobutrol"),
        ("DOTAREM", "gadoterate meglumine"),
        ("Gd-DTPA", "gadopentetate dimeglumine"),
        ("gd-dtpa-bma", "gadodiamide"),
        ("ProHance(R) 279.3 mg/ml", "gadoteridol"),
        ("GADOPICLENOL", "gadopiclenol"),
    ],
)
def test_an_agent_is_known_by_what_technologists_type(typed: str, name: str) -> None:
    agent = agent_named(typed)
    assert agent is not None
    assert agent.name == name


@pytest.mark.parametrize("typed", ["YES", "contrast", "", None, "Dotarem or Gadovist", "Gd", "saline"])
def test_what_names_no_agent_or_two_is_none(typed: str | None) -> None:
    assert agent_named(typed) is None


def test_agents_carry_their_concentration_and_label_dose() -> None:
    known = {each.name: (each.concentration_mmol_per_ml, each.dose_mmol_per_kg) for each in agents()}
    assert known["gadobutrol"] == (1.0, 0.1)
    assert known["gadoterate meglumine"] == (0.5, 0.1)
    assert known["gadopiclenol"] == (0.5, 0.05)
    assert known["gadoxetate disodium"] == (0.25, 0.025)


def test_a_name_in_two_agents_is_refused() -> None:
    row = {"id": "a", "synonyms": ["x"], "concentration": 0.5, "dose": 0.1, "source": "S", "confidence": "high"}
    table = {"source": [{"key": "S", "citation": "c"}], "agent": [row, row | {"id": "b"}]}
    with pytest.raises(InputError, match="'x' stands in two agents"):
        read_agents(Row(table, "agents.toml"))


def test_every_question_can_be_answered_with_yes_and_with_no() -> None:
    for each in questions():
        assert {pattern.says.value for pattern in each.patterns} == {"yes", "no"}


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("Head and Neck", True),
        ("HeadNeck_20_TCS", True),
        ("HNS", True),
        ("8NVHEAD_A", True),
        ("Neurovascular", True),
        ("GEM HNU Head", True),
        ("MULTI COIL", None),
        ("C:HEA;HEP", None),
        ("32ch Head SPDR", False),
        ("Spine_32", False),
        ("BODY", False),
    ],
)
def test_coil_names_are_read_for_what_they_tell(name: str, answer: bool | None) -> None:
    asked = question("neck_coil")
    assert decide(asked, matching(asked, "ReceiveCoilName", name, "f")) is answer


def test_words_that_contradict_each_other_leave_the_question_open() -> None:
    asked = question("fat_suppressed")
    on = matching(asked, "ScanOptions", "FS", "f")
    off = matching(asked, "SpectrallySelectedSuppression", "NONE", "f")
    water = matching(asked, "SpectrallySelectedExcitation", "WATER", "f")
    plain = matching(asked, "SpectrallySelectedExcitation", "NONE", "f")
    assert decide(asked, on) is True
    assert decide(asked, off) is False
    assert decide(asked, (*on, *off)) is None
    assert decide(asked, (*off, *water)) is True
    assert decide(asked, plain) is None


def test_a_pattern_of_an_unread_attribute_is_refused() -> None:
    row = {"question": "q", "attribute": "PatientName", "pattern": "x", "says": "yes", "confidence": "high"}
    with pytest.raises(InputError, match="'PatientName' is not an attribute that is read"):
        read_questions(Row({"question": [{"id": "q", "title": "t"}], "pattern": [row]}, "p.toml"))


def test_the_analysis_has_its_three_recommendations() -> None:
    assert [each.criterion_id for each in recommendations().analysis] == list(AnalysisId)
