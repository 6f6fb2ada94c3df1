"""What would change the result, as the strip below the panel says it."""

from __future__ import annotations

from iENEGraderLib.panel.result import what_if
from iENEGraderLib.panel.result.what_if import WhatIfLine, what_if_html, what_if_lines
from iENEGraderLib.reading import FindingKind, Mark, MarkKind, Reading
from iENEGraderLib.rules import assess
from rules_builders import MUSCLE, SPIKES, a_node, a_reading


def of_tonsil(*nodes):
    return a_reading("oropharynx", "T2", *nodes, p16="positive")


def lines_of(reading: Reading, node_id: str = "N1"):
    return what_if_lines(reading, assess(reading), node_id)


def test_spikes_would_lift_a_smooth_tonsil_node_in_version_9_only():
    (spikes,) = [
        line for line in lines_of(of_tonsil(a_node())) if line.condition == "if unequivocal: perinodal fat spikes"
    ]
    assert spikes.outcome == "grade 1; UICC 9, AJCC cN2 · II"
    assert spikes.text == "if unequivocal: perinodal fat spikes → grade 1; UICC 9, AJCC cN2 · II"
    assert not spikes.is_doubted


def test_every_edition_that_changes_is_named_with_its_own_category():
    reading = a_reading("hypopharynx", "T2", a_node(equivocal=MUSCLE), clinical_ene=False)
    first, *_ = lines_of(reading)
    assert first.condition == "if unequivocal: muscle invaded"
    assert first.outcome.startswith("grade 3; UICC 9 cN3b · IVB")
    assert "TNM 8" not in first.outcome


def test_what_is_in_doubt_comes_first_then_grades_fall():
    lines = lines_of(of_tonsil(a_node(equivocal=SPIKES)))
    assert [line.is_doubted for line in lines] == [True] + [False] * (len(lines) - 1)
    assert lines[0].condition == "if unequivocal: perinodal fat spikes"
    grades = [line.outcome[: len("grade 3")] for line in lines[1:]]
    assert grades == sorted(grades, reverse=True)
    assert grades[0] == "grade 3"


def test_a_finding_that_is_certain_is_not_called_in_doubt_when_doubting_it_would_lower_the_grade():
    lower = lines_of(of_tonsil(a_node(certain=SPIKES)))[-1]
    assert lower.condition == "if equivocal: perinodal fat spikes"
    assert lower.outcome == "grade 0; UICC 9, AJCC cN1 · I"
    assert not lower.is_doubted


def test_a_second_node_that_cannot_change_the_patient_says_so():
    reading = of_tonsil(a_node(certain=MUSCLE), a_node(equivocal=SPIKES))
    first, *_ = lines_of(reading, "N2")
    assert first.outcome == "grade 1 for this node; the patient's result stays"


def test_nothing_to_name_is_said_in_words():
    assert what_if_html("N1", ()) == "<b>N1</b>: Nothing single would change the result."


def test_a_node_that_has_everything_can_only_fall_if_at_all():
    node = a_node(certain=(*MUSCLE, FindingKind.SKIN_INVASION))
    assert lines_of(of_tonsil(node)) == ()


def test_lines_in_doubt_are_marked():
    html = what_if_html("N1", lines_of(of_tonsil(a_node(equivocal=SPIKES))))
    first = html.partition(what_if.LIST)[2].partition("</li>")[0]
    assert first.startswith("<li><b>in doubt</b>, if unequivocal: perinodal fat spikes → grade 1")
    assert html.count("in doubt") == 1


def test_texts_are_shown_as_they_are():
    html = what_if_html("N<1", (WhatIfLine("if a < b", "grade 1", is_doubted=False),))
    assert html == f"<b>N&lt;1</b>{what_if.LIST}<li>if a &lt; b → grade 1</li></ul>"


def test_marks_and_evidence_do_not_make_the_rules_be_asked_again(monkeypatch):
    asked = []
    monkeypatch.setattr(what_if, "what_would_change", lambda *question: asked.append(question) or ())
    what_if._changes.cache_clear()
    node = a_node(size_mm=21.5)
    for mark_id in ("M1", "M2"):
        lines_of(of_tonsil(node.with_mark(Mark(mark_id, MarkKind.PLACE, ((1.0, 2.0, 3.0),)))))
    what_if._changes.cache_clear()
    assert len(asked) == 1
