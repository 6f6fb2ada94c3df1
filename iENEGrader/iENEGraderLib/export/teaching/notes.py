"""What the teacher writes beside a case: a small TOML file, every entry of which may be left out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.toml_file import read_toml

from iENEGraderLib.export.teaching.pictures import read_photo

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from iENEGraderLib.export.teaching.content import Picture

FILE_NAME = "teaching.toml"
MINOR_LIMIT_MM = 2.0
"""Minor extranodal extension reaches to 2 mm beyond the capsule, major farther (College of American Pathologists)."""
TEXTS = ("title", "history", "findings", "discussion", "author", "affiliation")
LISTS = ("keywords", "pathology", "reference", "question")
PATHOLOGY_FIELDS = ("extension", "extent_mm", "text", "photo", "photo_caption")
REFERENCE_FIELDS = ("text", "url")
QUESTION_FIELDS = ("text", "answers", "right", "explanation")


class PathologicalExtension(StrEnum):
    """Extranodal extension on histology."""

    NONE = "none"
    MINOR = "minor"
    MAJOR = "major"
    SOFT_TISSUE_METASTASIS = "soft_tissue_metastasis"

    @property
    def words(self) -> str:
        """What it means."""
        return {
            PathologicalExtension.NONE: "no extranodal extension on histology",
            PathologicalExtension.MINOR: "minor extranodal extension, to 2 mm beyond the capsule",
            PathologicalExtension.MAJOR: "major extranodal extension, more than 2 mm beyond the capsule",
            PathologicalExtension.SOFT_TISSUE_METASTASIS: "soft-tissue metastasis: tumour in fat without a node left",
        }[self]


@dataclass(frozen=True)
class Pathology:
    """What histology found.

    Attributes
    ----------
    extent_mm : greatest distance of tumour beyond the capsule.
    text, photo_caption : the teacher's words.
    """

    extension: PathologicalExtension
    extent_mm: float | None = None
    text: str = ""
    photo: Picture | None = None
    photo_caption: str = ""


@dataclass(frozen=True)
class Reference:
    """Where to read on."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Question:
    """A question of the teacher; `right` is the index of the right answer."""

    text: str
    answers: tuple[str, ...]
    right: int
    explanation: str = ""


@dataclass(frozen=True)
class TeacherNotes:
    """The teacher's words. Paragraphs of the longer texts are parted by empty lines."""

    title: str = ""
    history: str = ""
    findings: str = ""
    discussion: str = ""
    author: str = ""
    affiliation: str = ""
    keywords: tuple[str, ...] = ()
    pathology: Pathology | None = None
    references: tuple[Reference, ...] = ()
    questions: tuple[Question, ...] = ()


NO_NOTES = TeacherNotes()


def read_notes(path: Path) -> TeacherNotes:
    """Read the teacher's file; the photograph it names lies beside it and is read as well.

    Raises
    ------
    InputError
        When it cannot be read, names something unknown, or an entry is not what it must be.
    """
    table = read_toml(path)
    reader = _Reader(path)
    reader.require_known(table, (*TEXTS, *LISTS), "the file")
    pathology = table.get("pathology")
    return TeacherNotes(
        **{name: reader.text(table, name, name) for name in TEXTS},
        keywords=reader.texts(table, "keywords", "keywords"),
        pathology=None if pathology is None else reader.pathology(pathology),
        references=tuple(reader.reference(row, n) for n, row in enumerate(reader.rows(table, "reference"), 1)),
        questions=tuple(reader.question(row, n) for n, row in enumerate(reader.rows(table, "question"), 1)),
    )


class _Reader:
    """Takes entries out of the tables of one file and refuses what is wrong, naming it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def wrong(self, where: str, message: str) -> InputError:
        return InputError(f"{self._path.name}: {where}: {message}")

    def require_known(self, table: Any, known: Sequence[str], where: str) -> None:
        if not isinstance(table, dict):
            raise self.wrong(where, f"found {table!r}, expected a table")
        for name in table:
            if name not in known:
                raise self.wrong(where, f"found {name!r}, expected one of {', '.join(known)}")

    def text(self, table: dict[str, Any], name: str, where: str, *, needed: bool = False) -> str:
        value = table.get(name, "")
        if not isinstance(value, str) or (needed and not value.strip()):
            raise self.wrong(where, f"found {value!r}, expected text")
        return value.strip()

    def texts(self, table: dict[str, Any], name: str, where: str) -> tuple[str, ...]:
        values = table.get(name, [])
        if not isinstance(values, list) or not all(isinstance(each, str) and each.strip() for each in values):
            raise self.wrong(where, f"found {values!r}, expected a list of texts")
        return tuple(each.strip() for each in values)

    def rows(self, table: dict[str, Any], name: str) -> list[Any]:
        rows = table.get(name, [])
        if not isinstance(rows, list):
            raise self.wrong(name, f"found a single value, expected tables that begin with [[{name}]]")
        return rows

    def pathology(self, row: Any) -> Pathology:
        self.require_known(row, PATHOLOGY_FIELDS, "pathology")
        found = row.get("extension")
        if found not in set(PathologicalExtension):
            raise self.wrong("pathology.extension", f"found {found!r}, expected {', '.join(PathologicalExtension)}")
        extension = PathologicalExtension(found)
        photo = self.text(row, "photo", "pathology.photo")
        return Pathology(
            extension,
            self._extent_mm(row, extension),
            self.text(row, "text", "pathology.text"),
            self._photo(photo) if photo else None,
            self.text(row, "photo_caption", "pathology.photo_caption"),
        )

    def _photo(self, name: str) -> Picture:
        path = self._path.parent / name
        if not path.resolve().is_relative_to(self._path.parent.resolve()):
            raise self.wrong("pathology.photo", "found a file elsewhere; put the photograph beside this file")
        return read_photo(path)

    def _extent_mm(self, row: dict[str, Any], extension: PathologicalExtension) -> float | None:
        value = row.get("extent_mm")
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 200:
            raise self.wrong("pathology.extent_mm", f"found {value!r}, expected millimetres from 0 to 200")
        holds = {
            PathologicalExtension.NONE: value == 0,
            PathologicalExtension.MINOR: 0 < value <= MINOR_LIMIT_MM,
            PathologicalExtension.MAJOR: value > MINOR_LIMIT_MM,
            PathologicalExtension.SOFT_TISSUE_METASTASIS: True,
        }
        if not holds[extension]:
            raise self.wrong("pathology.extent_mm", f"found {value} mm, which is not {extension.words}; correct one")
        return float(value)

    def reference(self, row: Any, number: int) -> Reference:
        where = f"reference {number}"
        self.require_known(row, REFERENCE_FIELDS, where)
        url = self.text(row, "url", f"{where}, url")
        if url and not url.startswith("https://"):
            raise self.wrong(f"{where}, url", f"found {url!r}, expected an address that begins with https://")
        return Reference(self.text(row, "text", f"{where}, text", needed=True), url)

    def question(self, row: Any, number: int) -> Question:
        where = f"question {number}"
        self.require_known(row, QUESTION_FIELDS, where)
        answers = self.texts(row, "answers", f"{where}, answers")
        right = row.get("right")
        if len(answers) < 2:
            raise self.wrong(f"{where}, answers", f"found {len(answers)}, expected two or more")
        if isinstance(right, bool) or not isinstance(right, int) or not 1 <= right <= len(answers):
            raise self.wrong(f"{where}, right", f"found {right!r}, expected the number of an answer, 1-{len(answers)}")
        text = self.text(row, "text", f"{where}, text", needed=True)
        return Question(text, answers, right - 1, self.text(row, "explanation", f"{where}, explanation"))
