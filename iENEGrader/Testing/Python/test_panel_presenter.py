"""What the panel says about a reading, without Qt and without Slicer."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from iENEGraderLib.panel.choices import FINDING_LABELS
from iENEGraderLib.panel.result.explanation import criterion_html, why_html
from iENEGraderLib.panel.result.presenter import NOTHING, cautions, grade_given, node_rows, result_cells
from iENEGraderLib.reading import FindingKind
from iENEGraderLib.rules import assess
from iENEGraderLib.rules.criteria import criteria
from rules_builders import COALESCENT, MUSCLE, SPIKES, a_node, a_reading

LIBRARY_FOLDER = Path(__file__).resolve().parents[2]


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name == "href"]


def links_in(html: str) -> list[str]:
    """Return the targets of all links."""
    parser = _Links()
    parser.feed(html)
    return parser.found


def test_the_strip_names_grade_and_every_edition() -> None:
    reading = a_reading("oropharynx", "T2", a_node(24, certain=SPIKES), p16="positive")
    cells = result_cells(assess(reading))
    assert [(cell.caption, cell.value) for cell in cells] == [
        ("Grade", "1"),
        ("UICC 9", "cN2 · II"),
        ("AJCC", "cN2 · II"),
        ("TNM 8", "cN1 · I"),
    ]


def test_without_a_reading_the_strip_shows_dashes() -> None:
    assert [cell.value for cell in result_cells(None)] == [NOTHING] * 4


def test_a_category_that_cannot_be_told_says_what_is_missing() -> None:
    reading = a_reading("oropharynx", "T2", a_node(None), p16="positive")
    uicc9 = result_cells(assess(reading))[1]
    assert uicc9.value == NOTHING
    assert "size" in uicc9.note or "dimension" in uicc9.note


@pytest.mark.parametrize(
    ("certain", "equivocal", "shown"),
    [
        ((), MUSCLE, "0?"),
        (SPIKES, MUSCLE, "1?"),
        (MUSCLE, SPIKES, "3"),
        (COALESCENT, SPIKES, "2"),
        (SPIKES, COALESCENT[:1], "1?"),
        ((), (FindingKind.CENTRAL_NECROSIS,), "0"),
    ],
)
def test_a_question_mark_stands_where_an_equivocal_finding_could_raise_the_grade(
    certain: tuple[FindingKind, ...], equivocal: tuple[FindingKind, ...], shown: str
) -> None:
    reading = a_reading("larynx", "T2", a_node(20, certain=certain, equivocal=equivocal))
    (row,) = node_rows(reading, assess(reading))
    assert row.grade == shown


def test_a_node_that_nobody_assessed_is_marked() -> None:
    reading = a_reading("larynx", "T2", a_node(20))
    (row,) = node_rows(reading, assess(reading))
    assert row.grade == "0*"
    assert "no finding was assessed" in row.note


def test_the_grade_of_each_finding_is_that_of_the_criteria() -> None:
    given = {kind: grade_given(kind) for kind in FindingKind}
    assert given[FindingKind.FAT_SPIKES] == 1
    assert {given[kind] for kind in COALESCENT} == {2}
    assert given[FindingKind.FLARE_SIGN] == given[FindingKind.CENTRAL_NECROSIS] == 0
    assert sum(grade == 3 for grade in given.values()) == 8


def test_every_finding_has_a_short_name() -> None:
    assert set(FINDING_LABELS) == set(FindingKind)


def test_the_explanation_links_every_rule_to_its_line_and_its_sources() -> None:
    assessment = assess(a_reading("hypopharynx", "T2", a_node(25, certain=MUSCLE)))
    links = links_in(why_html(assessment))
    traces = [trace for result in assessment.staging for trace in result.trace]
    assert traces
    for trace in traces:
        assert any(link.endswith(f"staging-rules.md#{trace.rule_id}") for link in links)
    assert any(link.startswith("https://doi.org/") for link in links)


def test_the_explanation_names_flags_and_alternatives() -> None:
    assessment = assess(a_reading("oral_cavity", "T2", a_node(28, certain=SPIKES)))
    html = why_html(assessment)
    alternatives = [other for result in assessment.staging for other in result.alternatives]
    assert alternatives
    for other in alternatives:
        assert f"<b>alternative:</b> {other.n}, stage {other.stage}" in html


def test_what_a_user_typed_cannot_become_markup() -> None:
    reading = a_reading("larynx", "T2").with_node(replace(a_node(20), id="<b>N1</b>"))
    assert "<b>N1</b>: grade" not in why_html(assess(reading))
    assert "&lt;b&gt;N1&lt;/b&gt;" in why_html(assess(reading))


def test_each_definition_says_what_is_not_enough() -> None:
    for criterion in criteria():
        html = criterion_html(criterion)
        assert "<b>Not enough:</b>" in html
        assert len(links_in(html)) >= 1


def test_cautions_begin_with_what_prevents_a_result() -> None:
    assessment = assess(a_reading("larynx", "TX", a_node(20)))
    assert assessment.refusals
    assert cautions(assessment)[: len(assessment.refusals)] == assessment.refusals


def test_the_words_of_the_panel_need_neither_qt_nor_slicer() -> None:
    code = (
        "import sys, iENEGraderLib.panel.result.presenter, iENEGraderLib.panel.result.explanation, "
        "iENEGraderLib.panel.session.edits, iENEGraderLib.panel.session.command_stack, "
        "iENEGraderLib.panel.nodes.node_segments; "
        "sys.exit(any(name in sys.modules for name in ('qt', 'slicer', 'vtk', 'PySide6')))"
    )
    environment = {**os.environ, "PYTHONPATH": str(LIBRARY_FOLDER)}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0
