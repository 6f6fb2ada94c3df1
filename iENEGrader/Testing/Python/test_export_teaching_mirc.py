"""The MIRC document keeps to its grammar, names only what lies beside it, and names no patient."""

from __future__ import annotations

import base64
import io
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from iENEGraderLib.export.teaching.mirc import DOCUMENT_NAME, mirc_archive, write_mirc
from iENEGraderLib.export.teaching.notes import NO_NOTES, Question, TeacherNotes
from iENEGraderLib.rules import Edition, assess
from teaching_builders import a_teaching_case

if TYPE_CHECKING:
    from iENEGraderLib.export.teaching.content import TeachingCase

SVG = "{http://www.w3.org/2000/svg}"
TEXT = ("p", "image", "text-caption", "patient", "quiz", "iframe")
INDEX = ("history", "findings", "diagnosis", "differential-diagnosis", "discussion", "pathology")
CHILDREN = {
    "MIRCdocument": (
        "document-type", "category", "level", "language", "rights", "publication-date", "creator", "title",
        "alternative-title", "author", "abstract", "alternative-abstract", "keywords", "section", "image-section",
        "references", "phi", "authorization",
    ),
    "author": ("name", "affiliation", "contact"),
    "abstract": ("p",),
    "section": (*TEXT, *INDEX),
    **dict.fromkeys(INDEX, TEXT),
    "image-section": ("image",),
    "image": ("alternative-image", "format", "compression", "modality", "image-caption", "order-by"),
    "quiz": ("quiz-context", "question"),
    "quiz-context": ("p",),
    "question": ("question-body", "answer"),
    "answer": ("answer-body", "response"),
    "references": ("reference",),
    "reference": ("a",),
    "phi": (),
    "authorization": ("owner", "read", "update", "export"),
}  # fmt: skip
ATTRIBUTES = {
    "MIRCdocument": {"display", "background", "first-tab", "as-mode", "pubreq", "draftpath"},
    "section": {"heading", "visible", "after", "image-width", "min-width"},
    "image-section": {"heading", "image-pane-width", "icons"},
    "image": {"src", "width", "height"},
    "alternative-image": {"src", "role", "type", "width", "height"},
    "image-caption": {"display"},
    "a": {"href", "target"},
}


@pytest.fixture(scope="module")
def the_archive() -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(mirc_archive(a_teaching_case())))


@pytest.fixture(scope="module")
def the_document(the_archive: zipfile.ZipFile) -> ET.Element:
    return ET.fromstring(the_archive.read(DOCUMENT_NAME))


def document_of(case: TeachingCase) -> ET.Element:
    """The document in the archive of a case."""
    return ET.fromstring(zipfile.ZipFile(io.BytesIO(mirc_archive(case))).read(DOCUMENT_NAME))


def words(element: ET.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def test_every_element_stands_where_the_grammar_has_it(the_document: ET.Element) -> None:
    assert the_document.tag == "MIRCdocument"
    for parent in the_document.iter():
        for child in parent:
            assert child.tag in CHILDREN.get(parent.tag, ()), f"{child.tag} in {parent.tag}"
        assert set(parent.attrib) <= ATTRIBUTES.get(parent.tag, set()), parent.tag


def test_only_one_document_lies_at_the_root_and_every_picture_that_it_names(
    the_archive: zipfile.ZipFile, the_document: ET.Element
) -> None:
    named = {each.get("src") for each in the_document.iter() if each.get("src")}
    assert set(the_archive.namelist()) == {*named, DOCUMENT_NAME}
    assert not [name for name in the_archive.namelist() if "/" in name]


def test_the_element_for_the_patient_is_empty(the_document: ET.Element) -> None:
    phi = the_document.find("phi")
    assert phi is not None
    assert len(phi) == 0
    assert not phi.text
    assert not phi.attrib


def test_reader_and_times_do_not_enter(the_archive: zipfile.ZipFile) -> None:
    everything = b"".join(the_archive.read(name) for name in the_archive.namelist())
    assert b"Ada" not in everything
    assert b"2031" not in everything
    assert {each.date_time for each in the_archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_clean_image_and_drawing_are_apart(the_archive: zipfile.ZipFile, the_document: ET.Element) -> None:
    images = [image for image in the_document.findall("image-section/image") if image.get("src").startswith("key")]
    assert len(images) == 4
    for image in images:
        drawing = image.find("alternative-image[@type='svg']")
        assert drawing is not None
        assert drawing.get("role") == "annotation"
        svg = ET.fromstring(the_archive.read(drawing.get("src")))
        assert svg.get("viewBox") == f"0 0 {image.get('width')} {image.get('height')}"
        assert not list(svg.iter(f"{SVG}image"))


def test_the_annotation_that_the_server_shows_holds_picture_and_drawing(
    the_archive: zipfile.ZipFile, the_document: ET.Element
) -> None:
    for image in the_document.findall("image-section/image[alternative-image]"):
        # The viewer of the server loads the first one, and only one that is called an image.
        shown = image.find("alternative-image")
        assert (shown.get("role"), shown.get("type")) == ("annotation", "image")
        svg = ET.fromstring(the_archive.read(shown.get("src")))
        (picture,) = svg.iter(f"{SVG}image")
        held = base64.b64decode(picture.get("href").partition("base64,")[2])
        assert held == the_archive.read(image.get("src"))
        assert list(svg.iter(f"{SVG}path"))


def test_there_is_one_image_section_with_key_images_and_maps(the_document: ET.Element) -> None:
    (section,) = the_document.findall("image-section")
    names = [image.get("src").split("-")[0] for image in section]
    assert names == ["key"] * 4 + ["spectral", "dynamic"]


def test_captions_cannot_end_the_string_of_the_servers_script() -> None:
    case = a_teaching_case(TeacherNotes(title='A "big" node', author='O"Neill'))
    quoted = replace(case.key_images[0], title='N"1', caption="a\\b\nc")
    document = document_of(replace(case, key_images=(quoted,)))
    for place in ("title", "author/name", "image-section/image/image-caption"):
        assert not set('"\\\n') & set(document.findtext(place)), place
    assert document.findtext("image-section/image/image-caption") == "N'1. a/b c"


def test_it_is_found_by_what_the_search_form_offers(the_document: ET.Element) -> None:
    assert the_document.findtext("document-type") == "radiologic teaching file"
    assert the_document.findtext("language") == "english"


def test_an_unknown_is_titled_without_the_teachers_words(the_document: ET.Element) -> None:
    assert the_document.findtext("alternative-title") == "Neck nodes: larynx"


def test_references_can_be_followed(the_document: ET.Element) -> None:
    links = the_document.findall("references/reference/a")
    assert [(link.get("href"), link.text) for link in links] == [("https://example.org/a?b=1&c=2",) * 2]


def test_what_is_found_is_told_on_a_click(the_document: ET.Element) -> None:
    captions = the_document.findall("image-section/image/image-caption")
    always = " ".join(words(each) for each in captions if each.get("display") == "always")
    click = " ".join(words(each) for each in captions if each.get("display") == "click")
    assert "spike" not in always
    assert "spike length" in click


def test_one_answer_of_each_question_is_right(the_document: ET.Element) -> None:
    questions = the_document.findall("section/quiz/question")
    assert len(questions) == 2 + 3 + 1
    for question in questions:
        responses = [words(each) for each in question.findall("answer/response")]
        assert sum(each.startswith("Yes") for each in responses) == 1, words(question)


def test_the_teachers_right_answer_is_right() -> None:
    notes = TeacherNotes(questions=(Question("Which?", ("this", "that"), 1, "Because."),))
    document = document_of(a_teaching_case(notes))
    last = document.findall("section/quiz/question")[-1]
    assert [words(each) for each in last] == ["Which?", "this No.", "that Yes. Because."]


def test_every_category_that_agrees_is_right_when_a_size_is_missing() -> None:
    case = a_teaching_case(NO_NOTES)
    unmeasured = case.reading.with_nodes(replace(node, greatest_dimension_mm=None) for node in case.reading.nodes or ())
    open_case = replace(case, reading=unmeasured, assessment=assess(unmeasured))
    document = document_of(open_case)
    question = next(each for each in document.iter("question") if "UICC TNM 9" in words(each))
    right = [words(each[0]) for each in question.findall("answer") if words(each[1]).startswith("Yes")]

    assert open_case.assessment.edition(Edition.UICC9).n is None
    assert right == ["cN2c", "cN3a"]


def test_the_words_of_the_teacher_are_found_under_their_index(the_document: ET.Element) -> None:
    assert "Second <script>alert(1)</script> paragraph." in words(the_document.find("section/history"))
    assert "Teacher saw spikes." in words(the_document.find("section/findings"))
    assert "Grade 1" in words(the_document.find("section/diagnosis"))
    assert words(the_document.find("section/discussion")) == "Why spikes count."
    assert "1.2 mm (at most 2 mm)" in words(the_document.find("section[@heading='Pathology']"))


def test_characters_that_xml_forbids_are_left_out() -> None:
    notes = TeacherNotes(title="a\x00b\x0bc", history="x\x1fy")
    document = document_of(a_teaching_case(notes))
    assert document.findtext("title") == "ab c"


def test_the_same_case_gives_the_same_bytes() -> None:
    assert mirc_archive(a_teaching_case()) == mirc_archive(a_teaching_case())


def test_a_failure_leaves_the_former_file(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    from iENEGraderLib.export.teaching import mirc

    path = tmp_path / "case.zip"
    write_mirc(path, a_teaching_case(NO_NOTES))
    before = path.read_bytes()
    monkeypatch.setattr(mirc, "mirc_xml", lambda _case: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_mirc(path, a_teaching_case())
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["case.zip"]
