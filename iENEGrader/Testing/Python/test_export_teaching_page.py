"""The teaching page stands alone, gives nothing away before it is asked, and compares what was answered."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.notice import NOTICE
from iENEGraderLib.export.teaching.build import default_title
from iENEGraderLib.export.teaching.notes import NO_NOTES, PathologicalExtension, read_notes
from iENEGraderLib.export.teaching.page import page_script, teaching_page, write_teaching_page
from iENEGraderLib.export.teaching.page_parts import data_block
from iENEGraderLib.export.teaching.page_surfaces import surface_data
from iENEGraderLib.export.teaching.pictures import jpeg_picture, picture_of_png, read_photo
from iENEGraderLib.export.teaching.quiz import quiz_of
from iENEGraderLib.reading import FindingKind
from iENEGraderLib.rules.criteria import criterion, grading_findings
from teaching_builders import a_marked_reading, a_teaching_case, a_tetrahedron, opened, parsed, some_pixels

if TYPE_CHECKING:
    from pathlib import Path

    from teaching_builders import Element

SPIKES = criterion(FindingKind.FAT_SPIKES)


@pytest.fixture(scope="module")
def the_html() -> str:
    return teaching_page(a_teaching_case())


@pytest.fixture(scope="module")
def the_page(the_html: str) -> Element:
    return parsed(the_html)


def shown_text(page: Element) -> str:
    """What a reader sees before the answers are shown: neither hidden nor data nor script."""
    parts = []
    for each in page.children:
        if isinstance(each, str):
            parts.append(each)
        elif each.name not in ("script", "style", "noscript", "title") and "hidden" not in each.attributes:
            is_answer = {"answer-words", "evidence-marks"} & set((each.attributes.get("class") or "").split())
            parts.append("" if is_answer else shown_text(each))
    return " ".join(parts)


def contrast(first: str, second: str) -> float:
    """Contrast of two colours (WCAG 2)."""

    def luminance(colour: str) -> float:
        digits = colour.lstrip("#")
        parts = [int("".join(c * (2 // (len(digits) // 3)) for c in digits[n]) if len(digits) == 3
                     else digits[2 * n : 2 * n + 2], 16) / 255 for n in range(3)]  # fmt: skip
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_page_needs_no_other_file(the_page: Element) -> None:
    sources = [each.attributes[key] for each in the_page.all() for key in ("src", "srcset") if key in each.attributes]
    assert sources
    assert all(source.startswith("data:image/") for source in sources)
    assert not the_page.all("link")
    assert not the_page.all("iframe")


def test_only_its_own_script_may_run(the_page: Element) -> None:
    policy = the_page.one("meta", http_equiv="Content-Security-Policy").attributes["content"]
    digest = base64.b64encode(hashlib.sha256(page_script().encode()).digest()).decode()

    assert policy == f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    running = [each for each in the_page.all("script") if each.attributes.get("type") != "application/json"]
    assert [each.text for each in running] == [page_script()]
    assert not [key for each in the_page.all() for key in each.attributes if key.startswith("on")]


def test_the_notice_stands_at_the_top_and_at_the_bottom(the_page: Element) -> None:
    assert NOTICE in the_page.one("header").text
    assert NOTICE in the_page.one("footer").text


def test_nothing_is_given_away_before_it_is_asked(the_page: Element) -> None:
    shown = shown_text(the_page)

    assert "Which level?" in shown
    for answer in ("unequivocal)", SPIKES.definition, "spike length", "Teacher saw", "Why spikes", "HE stain",
                   "It lies behind", "minor extranodal", "stage I", "a figure"):  # fmt: skip
        assert answer not in shown, answer
    assert "hidden" in the_page.one(id="answers").attributes
    assert ".overlay .evidence-marks, .answer-words { display: none; }" in the_page.all("style")[0].text
    assert not [each for each in the_page.all("input", checked="") if "name" in each.attributes]


def test_everything_stands_in_the_answers(the_page: Element) -> None:
    answers = the_page.one(id="answers").text

    for words in (SPIKES.definition, SPIKES.not_enough, "reader: unequivocal (counts)", "Teacher saw spikes.",
                  "Why spikes count.", "minor extranodal extension", "1.2 mm (at most 2 mm)", "HE stain, 40 x",
                  "It lies behind the gland.", "Where to read on.", "grade 1: extension confined"):  # fmt: skip
        assert words in answers, words


def test_words_of_the_teacher_cannot_become_markup(the_page: Element) -> None:
    assert the_page.one("h1").text == "Two <nodes> & a vessel"
    assert "Second <script>alert(1)</script> paragraph." in the_page.one(aria_labelledby="history").text
    assert the_page.one("a", href="https://example.org/a?b=1&c=2").attributes["rel"] == "noopener noreferrer external"


def test_the_reader_is_not_named(the_html: str) -> None:
    for words in ("Ada", "2031-05-06", "07:08"):
        assert words not in the_html


def test_the_title_is_made_of_the_site_when_the_teacher_gives_none() -> None:
    assert default_title(a_marked_reading()) == "Neck nodes: larynx"
    assert a_teaching_case(NO_NOTES).title == "Neck nodes: larynx"


def test_a_case_without_words_of_a_teacher_has_no_empty_sections() -> None:
    page = parsed(teaching_page(a_teaching_case(NO_NOTES)))
    headings = [each.text for each in page.all("h2")]
    assert not {"Pathology", "Discussion", "References", "Findings, in the teacher's words"} & set(headings)


def test_every_control_has_a_name(the_page: Element) -> None:
    labelled = {each.attributes.get("for") for each in the_page.all("label")}
    for control in the_page.all("input") + the_page.all("select"):
        in_label = control.parent is not None and control.parent.name == "label"
        assert in_label or control.attributes.get("id") in labelled
    assert all(each.attributes.get("aria-label") for each in the_page.all(tabindex="0"))
    assert all(each.attributes.get("alt") for each in the_page.all("img"))


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_words_of_agreement_are_legible(the_html: str, theme: int) -> None:
    def colour(name: str) -> str:
        return re.findall(rf"--{name}: (#[0-9a-f]+);", the_html)[theme]

    for ink, ground in (("agree", "card"), ("differ", "card"), ("agree", "page"), ("quiet", "card"), ("card", "link")):
        assert contrast(colour(ink), colour(ground)) >= 4.5


def test_the_same_case_gives_the_same_page(the_html: str) -> None:
    assert teaching_page(a_teaching_case()) == the_html


def test_the_size_of_the_page_is_told(tmp_path: Path) -> None:
    size = write_teaching_page(tmp_path / "page.html", a_teaching_case())
    assert size == (tmp_path / "page.html").stat().st_size / 1e6


def test_surfaces_are_read_back_in_their_places() -> None:
    data = surface_data([a_tetrahedron()])
    (mesh,) = data["meshes"]
    steps = np.frombuffer(base64.b64decode(mesh["points"]), "<i2").reshape(-1, 3)
    assert np.allclose(steps * data["mm_per_step"] + 3.0, a_tetrahedron().vertices_ras_mm, atol=1e-3)
    assert (
        np.frombuffer(base64.b64decode(mesh["triangles"]), "<u2").tolist() == a_tetrahedron().triangles.ravel().tolist()
    )


def test_a_picture_stands_in_where_surfaces_cannot_be_drawn(the_page: Element) -> None:
    instead = the_page.one(class_="no-webgl")
    assert instead.is_hidden
    assert instead.one("img").attributes["alt"] == "Overview of the surfaces from the front."


def test_the_quiz_asks_for_every_finding_that_can_give_a_grade() -> None:
    case = a_teaching_case()
    quiz = quiz_of(case.reading, case.assessment)
    assert [each.kind for each in quiz.nodes[0].findings] == list(grading_findings())
    assert [node.grade for node in quiz.nodes] == [1, 0]
    for category in quiz.categories:
        assert set(category.answers) <= set(category.options)


def test_data_in_the_page_cannot_end_its_block() -> None:
    page = parsed(data_block("key", {"name": "</script><b>&amp;"}))
    assert "<" not in page.one("script").text
    assert json.loads(page.one("script").text) == {"name": "</script><b>&amp;"}
    assert not page.all("b")


# What the script does, in a browser.


def test_the_answers_stay_hidden_in_a_browser(the_html: str, tmp_path: Path) -> None:
    page = opened(the_html, tmp_path)
    assert page.one(id="answers").is_hidden
    assert page.all("output", class_="place")[0].text.startswith("section ")


def test_the_address_shows_the_answers_beside_those_given(the_html: str, tmp_path: Path) -> None:
    page = opened(the_html, tmp_path, "#reveal&g1=1&g2=3&f1.fat_spikes=on&f1.skin_invasion=on&q1=2")

    def yours(field: str) -> tuple[str, str]:
        words = page.one(data_field=field).one(class_="yours")
        return words.attributes["class"].removeprefix("yours "), words.text

    assert not page.one(id="answers").is_hidden
    assert "revealed" in page.one("body").attributes["class"]
    assert yours("g1") == ("right", "\u2713 you: 1, as the reader")
    assert yours("g2") == ("wrong", "\u2717 you: 3, not as the reader")
    assert yours("f1.fat_spikes") == ("right", "\u2713 you: unequivocal, as the reader")
    assert yours("f1.skin_invasion") == ("wrong", "\u2717 you: unequivocal, not as the reader")
    assert yours("q1") == ("wrong", "\u2717 you: III, not as the teacher")
    assert page.one(data_field="f1.nerve_invasion").is_hidden
    assert page.one(id="score").text.startswith("You agree in 1 of 3 answers")


def test_without_answers_nothing_is_called_wrong(the_html: str, tmp_path: Path) -> None:
    page = opened(the_html, tmp_path, "#reveal")
    assert {each.text for each in page.all(class_="yours")} == {""}
    assert page.one(id="score").text == "You gave no grade and no category to compare."


# The teacher's file.


def test_every_entry_of_the_teachers_file_is_read(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "he.png"), some_pixels())
    (tmp_path / "teaching.toml").write_text(
        'title = "A title"\nhistory = "Text"\nkeywords = ["one", "two"]\n'
        '[pathology]\nextension = "major"\nextent_mm = 3\nphoto = "he.png"\nphoto_caption = "HE"\n'
        '[[reference]]\ntext = "A paper"\nurl = "https://doi.org/1"\n'
        '[[question]]\ntext = "Which?"\nanswers = ["this", "that"]\nright = 2\n',
        encoding="utf-8",
    )
    notes = read_notes(tmp_path / "teaching.toml")

    assert (notes.title, notes.history, notes.keywords) == ("A title", "Text", ("one", "two"))
    assert notes.pathology is not None
    assert notes.pathology.extension is PathologicalExtension.MAJOR
    assert (notes.pathology.extent_mm, notes.pathology.photo_caption) == (3.0, "HE")
    assert notes.references[0].url == "https://doi.org/1"
    assert notes.questions[0].answers[notes.questions[0].right] == "that"


def test_an_empty_file_is_no_notes(tmp_path: Path) -> None:
    (tmp_path / "teaching.toml").write_text("", encoding="utf-8")
    assert read_notes(tmp_path / "teaching.toml") == NO_NOTES


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("titel = 'x'", "teaching.toml: the file: found 'titel', expected one of title, history"),
        ("title = 3", "title: found 3, expected text"),
        ("title = ", "teaching.toml: cannot be read as TOML"),
        ("[pathology]\nextension = 'huge'", "pathology.extension: found 'huge', expected none, minor, major"),
        ("[pathology]\nextension = 'minor'\nextent_mm = 2.1", "found 2.1 mm, which is not minor extranodal extension"),
        ("[pathology]\nextension = 'major'\nextent_mm = 2", "found 2 mm, which is not major extranodal extension"),
        ("[pathology]\nextension = 'none'\nextent_mm = 'x'", "found 'x', expected millimetres"),
        ("[pathology]\nextension = 'none'\nphoto = '../secret.png'", "put the photograph beside this file"),
        ("[pathology]\nextension = 'none'\nphoto = 'missing.png'", "missing.png: cannot be read as a photograph"),
        ("[[reference]]\nurl = 'https://x'", "reference 1, text: found '', expected text"),
        ("[[reference]]\ntext = 'a'\nurl = 'javascript:alert(1)'", "an address that begins with https://"),
        ("[[question]]\ntext = 'a'\nanswers = ['b']\nright = 1", "question 1, answers: found 1, expected two or more"),
        ("[[question]]\ntext = 'a'\nanswers = ['b', 'c']\nright = 3", "right: found 3, expected the number"),
    ],
)
def test_a_wrong_entry_is_named(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "teaching.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(message)) as caught:
        read_notes(tmp_path / "teaching.toml")
    assert "\n" not in str(caught.value)


def test_a_photograph_loses_what_its_camera_wrote(tmp_path: Path) -> None:
    plain = jpeg_picture(some_pixels()).content
    exif = b"Exif\x00\x00DOE^JANE 1957"
    (tmp_path / "a.jpg").write_bytes(plain[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + plain[2:])

    read = read_photo(tmp_path / "a.jpg")

    assert b"DOE" not in read.content
    assert (read.width, read.height) == (60, 40)


def test_a_large_photograph_becomes_smaller(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), np.full((200, 3300, 3), 90, np.uint8))
    read = read_photo(tmp_path / "a.png")
    assert (read.width, read.height) == (1100, 66)


def test_bytes_that_are_no_png_are_refused() -> None:
    with pytest.raises(InputError, match="no PNG file"):
        picture_of_png(b"GIF89a")
