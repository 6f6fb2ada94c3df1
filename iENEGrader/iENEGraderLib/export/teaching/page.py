"""The teaching file as one page: no network, one script of its own, nothing given away before the reader asks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from HeadNeckNodesLib.files import write_text_atomically
from HeadNeckNodesLib.html.markup import Markup, joined, tag
from HeadNeckNodesLib.html.page import html_page

from iENEGraderLib.export.report_headline import cautions, headline
from iENEGraderLib.export.report_measurements import measurements_section
from iENEGraderLib.export.report_print import page_margins
from iENEGraderLib.export.report_rules import rules_and_sources
from iENEGraderLib.export.teaching.page_images import images_section, panels_section, stacks_section
from iENEGraderLib.export.teaching.page_quiz import answers_section, quiz_section
from iENEGraderLib.export.teaching.page_surfaces import surfaces_section
from iENEGraderLib.export.teaching.page_words import (
    discussion_section,
    findings_section,
    history_section,
    pathology_section,
    provenance_section,
    references_section,
)
from iENEGraderLib.export.teaching.quiz import quiz_of

if TYPE_CHECKING:
    from iENEGraderLib.export.teaching.content import TeachingCase

FOLDER = Path(__file__).parent
REPORT_STYLE = FOLDER.parent / "report.css"
STYLE = FOLDER / "page.css"
SCRIPTS = ("stack.js", "surfaces.js", "quiz.js", "page.js")
WITHOUT_SCRIPT = Markup(
    "<noscript><style>#answers, .answer-words { display: block } .overlay .evidence-marks { display: inline }</style>"
    '<p class="aside">Scripts are off: the sections and surfaces do not move, and the answers are shown.</p></noscript>'
)


def teaching_page(case: TeachingCase) -> str:
    """Return a teaching file as a self-contained HTML page; the same case gives the same text.

    Parameters
    ----------
    case : de-identified already: what it says is what the page shows.
    """
    quiz = quiz_of(case.reading, case.assessment)
    before = (
        WITHOUT_SCRIPT,
        history_section(case),
        stacks_section(case.stacks),
        images_section(case.key_images),
        panels_section("Spectral imaging", "spectral", case.spectral),
        panels_section("Dynamic contrast-enhanced imaging", "dynamic", case.dynamic),
        surfaces_section(case.surfaces, case.overview),
        quiz_section(quiz, case.notes.questions, {each.node_id for each in case.key_images}),
    )
    after = (
        answers_section(quiz, case.notes.questions),
        headline(case.reading, case.assessment),
        cautions(case.assessment),
        findings_section(case),
        measurements_section(case.reading, case.figures),
        pathology_section(case),
        discussion_section(case),
        rules_and_sources(case.assessment),
        references_section(case),
    )
    answers = tag("div", joined(after, "\n"), id="answers", hidden=True)
    content = joined((*before, answers, provenance_section(case)), "\n")
    headings = (tag("p", "Teaching file", class_="kind"), tag("h1", case.title))
    style = REPORT_STYLE.read_text(encoding="utf-8") + STYLE.read_text(encoding="utf-8") + page_margins(case.title)
    return html_page(case.title, headings, content, style, page_script())


def page_script() -> str:
    """Return the script of the page: its parts share nothing but what they are handed."""
    parts = "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in SCRIPTS)
    return f'"use strict";\n(() => {{\n{parts}\n}})();\n'


def write_teaching_page(path: str | Path, case: TeachingCase) -> float:
    """Write the page so that a failure leaves the former file as it was; return its size in MB.

    Raises
    ------
    InputError
        When the folder does not exist or cannot be written.
    """
    text = teaching_page(case)
    write_text_atomically(path, text)
    return len(text.encode()) / 1e6
