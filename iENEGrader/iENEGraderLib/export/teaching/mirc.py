"""The teaching file as a MIRC document: a zip file with the XML at its root and the pictures beside it.

The grammar is that of RSNA's MIRC teaching files (``MIRCdocument``), as the server's own style sheets read it. Its
element for what identifies a patient, ``phi``, is always empty.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from HeadNeckNodesLib.drawing.svg import printable
from HeadNeckNodesLib.files import replaced_when_complete
from HeadNeckNodesLib.notice import NOTICE

from iENEGraderLib.export.teaching.build import default_title
from iENEGraderLib.export.teaching.key_images import annotated_svg, with_picture
from iENEGraderLib.export.teaching.page_words import extent_in_words, history_facts
from iENEGraderLib.export.teaching.quiz import grade_in_words, quiz_of
from iENEGraderLib.export.words import GRADE_MEANINGS, dimension, finding_titles, node_place, site_in_words
from iENEGraderLib.reading import Certainty

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from iENEGraderLib.export.teaching.content import Overlay, Picture, TeachingCase
    from iENEGraderLib.export.teaching.notes import Reference
    from iENEGraderLib.export.teaching.quiz import QuizCategory, QuizNode

DOCUMENT_NAME = "teaching-file.xml"
PANE_WIDTH = "520"
DOCUMENT_TYPE, LANGUAGE = "radiologic teaching file", "english"
"""As the server's search form has them."""
CATEGORY = "Head and Neck"
NOT_IN_SCRIPTS = str.maketrans({'"': "'", "\\": "/"})


def write_mirc(path: str | Path, case: TeachingCase) -> None:
    """Write the zip file; it appears whole or not at all.

    Raises
    ------
    InputError
        When the folder does not exist or cannot be written.
    """
    content = mirc_archive(case)
    with replaced_when_complete(path) as temporary:
        temporary.write_bytes(content)


def mirc_archive(case: TeachingCase) -> bytes:
    """Return the zip file; the same case gives the same bytes."""
    files = {DOCUMENT_NAME: mirc_xml(case), **_pictures(case)}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            # A fixed date: the day of packing is nobody's business.
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def mirc_xml(case: TeachingCase) -> bytes:
    """Return the document; it names its pictures as :func:`mirc_archive` packs them."""
    root = ET.Element("MIRCdocument", display="mstf")
    _about(root, case)
    _indexed_section(root, "History", "history", [case.notes.history, *_facts(history_facts(case.reading))])
    _image_section(root, case)
    _quiz_section(root, case)
    _indexed_section(root, "Findings", "findings", [case.notes.findings, *_node_lines(case)])
    _indexed_section(root, "Grade and stage", "diagnosis", _result_lines(case))
    _pathology_section(root, case)
    _indexed_section(root, "Discussion", "discussion", [case.notes.discussion])
    if case.notes.references:
        references = ET.SubElement(root, "references")
        for each in case.notes.references:
            _reference(references, each)
    ET.SubElement(root, "phi")
    authorization = ET.SubElement(root, "authorization")
    for name in ("owner", "read", "update", "export"):
        ET.SubElement(authorization, name)
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _about(root: ET.Element, case: TeachingCase) -> None:
    _text(root, "title", _in_script(case.title))
    # Shown in place of the title where the case is an unknown.
    _text(root, "alternative-title", default_title(case.reading))
    author = ET.SubElement(root, "author")
    _text(author, "name", _in_script(case.notes.author))
    _text(author, "affiliation", case.notes.affiliation)
    _paragraphs(ET.SubElement(root, "abstract"), [site_in_words(case.reading), NOTICE])
    _text(root, "keywords", ", ".join(case.notes.keywords))
    _text(root, "document-type", DOCUMENT_TYPE)
    _text(root, "category", CATEGORY)
    _text(root, "language", LANGUAGE)
    _text(root, "creator", case.provenance.software)


@dataclass(frozen=True)
class _Shown:
    """A picture of the image pane, of which the server shows one at a time.

    Attributes
    ----------
    name : of its files, without suffix.
    always, click : captions; the second one is told when the reader asks for it.
    """

    name: str
    picture: Picture
    overlay: Overlay | None
    always: str
    click: str = ""

    @property
    def files(self) -> dict[str, bytes]:
        """The picture; and where something is drawn over it: the drawing, and both together."""
        files = {self.picture_name: self.picture.content}
        if self.overlay is not None:
            drawing = annotated_svg(self.picture, self.overlay)
            files[self.drawing_name] = _svg_file(drawing)
            files[self.annotated_name] = _svg_file(with_picture(self.picture, drawing))
        return files

    @property
    def picture_name(self) -> str:
        return f"{self.name}{self.picture.kind.suffix}"

    @property
    def drawing_name(self) -> str:
        return f"{self.name}-drawing.svg"

    @property
    def annotated_name(self) -> str:
        return f"{self.name}-annotated.svg"


def _shown(case: TeachingCase) -> list[_Shown]:
    """Return the pictures of the image pane: key images, then maps."""
    found = [
        _Shown(f"key-{n:02d}", each.clean, each.overlay, f"{each.title}. {each.caption}", each.answer)
        for n, each in enumerate(case.key_images, start=1)
    ]
    for key, panels in (("spectral", case.spectral), ("dynamic", case.dynamic)):
        found += [
            _Shown(f"{key}-{n:02d}", each.picture, each.overlay, f"{each.title}. {each.caption}")
            for n, each in enumerate(panels, start=1)
        ]
    return found


def _image_section(root: ET.Element, case: TeachingCase) -> None:
    """Add the one section of images that a document may have."""
    shown = _shown(case)
    if not shown:
        return
    section = ET.SubElement(root, "image-section", {"heading": "Images", "image-pane-width": PANE_WIDTH})
    for each in shown:
        image = _image(section, each.picture_name, each.picture)
        if each.overlay is not None:
            # The server shows the one that is an image; the other is for those who want to change the drawing.
            for name, kind in ((each.annotated_name, "image"), (each.drawing_name, "svg")):
                ET.SubElement(image, "alternative-image", src=name, role="annotation", type=kind)
        _text(image, "format", each.picture.kind.suffix.lstrip("."))
        _caption(image, "always", each.always)
        if each.click:
            _caption(image, "click", each.click)


def _caption(image: ET.Element, display: str, words: str) -> None:
    ET.SubElement(image, "image-caption", display=display).text = printable(_in_script(" ".join(words.split())))


def _in_script(words: str) -> str:
    """Return words that the server can put into a string of its script, where it escapes nothing."""
    return words.translate(NOT_IN_SCRIPTS)


def _quiz_section(root: ET.Element, case: TeachingCase) -> None:
    quiz = quiz_of(case.reading, case.assessment)
    if not (quiz.nodes or quiz.categories or case.notes.questions):
        return
    element = ET.SubElement(ET.SubElement(root, "section", heading="Quiz"), "quiz")
    context = "Only unequivocal findings count. Which grade has each node, and which N category follows?"
    _paragraphs(ET.SubElement(element, "quiz-context"), [context])
    for node in quiz.nodes:
        _question(element, f"Which grade has {node.node_id} ({node.place})?", _grade_answers(node))
    for category in quiz.categories:
        _question(element, f"Which N category is it? {category.title}", _category_answers(category))
    for each in case.notes.questions:
        wrong = dict.fromkeys(each.answers, "No.")
        _question(element, each.text, wrong | {each.answers[each.right]: f"Yes. {each.explanation}".strip()})


def _grade_answers(node: QuizNode) -> dict[str, str]:
    answers = {f"{grade}: {meaning}": f"No: grade {node.grade}." for grade, meaning in enumerate(GRADE_MEANINGS)}
    return answers | {f"{node.grade}: {GRADE_MEANINGS[node.grade]}": f"Yes. {'; '.join(node.reasons)}"}


def _category_answers(category: QuizCategory) -> dict[str, str]:
    right = " or ".join(category.answers)
    also = dict.fromkeys(category.also, f"Possible when an open interpretation is made the other way; else {right}.")
    said = dict.fromkeys(category.options, f"No: {right}.") | also | dict.fromkeys(category.answers, f"Yes: {right}.")
    return {each: said[each] for each in category.options}


def _question(quiz: ET.Element, body: str, answers: Mapping[str, str]) -> None:
    question = ET.SubElement(quiz, "question")
    _text(question, "question-body", body)
    for answer, response in answers.items():
        element = ET.SubElement(question, "answer")
        _text(element, "answer-body", answer)
        _text(element, "response", response)


def _reference(references: ET.Element, found: Reference) -> None:
    element = ET.SubElement(references, "reference")
    element.text = printable(found.text)
    if found.url:
        element.text += " "
        ET.SubElement(element, "a", href=found.url, target="_blank").text = found.url


def _pathology_section(root: ET.Element, case: TeachingCase) -> None:
    found = case.notes.pathology
    if found is None:
        return
    section = ET.SubElement(root, "section", heading="Pathology")
    extent = f"Extent beyond the capsule: {extent_in_words(found)}."
    _paragraphs(ET.SubElement(section, "pathology"), [f"Histology: {found.extension.words}.", extent, found.text])
    if found.photo is not None:
        _image(section, _photo_name(found.photo), found.photo)
        _text(section, "text-caption", found.photo_caption or "Photograph of the specimen or section.")


def _node_lines(case: TeachingCase) -> list[str]:
    return [
        f"{node.id}: {node_place(node)}, {dimension(node)}; unequivocal: "
        + (", ".join(finding_titles(node.kinds_with(Certainty.UNEQUIVOCAL))) or "none")
        for node in case.reading.nodes or ()
    ]


def _result_lines(case: TeachingCase) -> list[str]:
    nodes = [f"{each.node_id}: {'; '.join(each.reasons)}" for each in case.assessment.nodes]
    editions = [
        f"{each.title}: {each.n or 'N not settled'}, stage {each.stage or 'not settled'}. {'; '.join(each.reasons)}"
        for each in case.assessment.staging
    ]
    return [f"{grade_in_words(case.assessment.grade)}.", *nodes, *editions]


def _indexed_section(root: ET.Element, heading: str, index: str, texts: Iterable[str]) -> None:
    """Add a section whose text is found under an index element; nothing without text."""
    given = [text for text in texts if text]
    if given:
        _paragraphs(ET.SubElement(ET.SubElement(root, "section", heading=heading), index), given)


def _paragraphs(parent: ET.Element, texts: Iterable[str]) -> None:
    for text in texts:
        for block in "\n".join(line.strip() for line in text.splitlines()).split("\n\n"):
            if block.strip():
                _text(parent, "p", block)


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = printable(" ".join(text.split()))


def _image(parent: ET.Element, name: str, picture: Picture) -> ET.Element:
    return ET.SubElement(parent, "image", src=name, width=str(picture.width), height=str(picture.height))


def _facts(pairs: Iterable[tuple[str, str]]) -> list[str]:
    return ["; ".join(f"{name}: {value}" for name, value in pairs)]


def _pictures(case: TeachingCase) -> dict[str, bytes]:
    """Return the files that the document names."""
    files = {name: content for each in _shown(case) for name, content in each.files.items()}
    photo = case.notes.pathology.photo if case.notes.pathology else None
    return files if photo is None else {**files, _photo_name(photo): photo.content}


def _svg_file(drawing: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{drawing}\n'.encode()


def _photo_name(picture: Picture) -> str:
    return f"pathology{picture.kind.suffix}"
