"""Questions that a case asks by itself: the findings and grade of each node, and the N category."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iENEGraderLib.export.words import GRADE_MEANINGS, node_place
from iENEGraderLib.reading import Classification
from iENEGraderLib.rules.criteria import criterion, grading_findings
from iENEGraderLib.rules.staging import effective_p16
from iENEGraderLib.rules.table_reader import editions
from iENEGraderLib.rules.tables import Chapter

if TYPE_CHECKING:
    from iENEGraderLib.reading import FindingKind, Node, Reading
    from iENEGraderLib.rules import Assessment, Edition

NOT_ASSESSED = "not assessed"
GROUPS = {"fat": "Fat around the node", "coalescence": "Coalescence"}
INVASION = "Invasion of structures"


@dataclass(frozen=True)
class QuizFinding:
    """A finding to tick, and what the reader said of it.

    Attributes
    ----------
    group : heading it stands under.
    title, definition, not_enough : of its criterion.
    said : certainty of the reader, or 'not assessed'.
    """

    kind: FindingKind
    group: str
    title: str
    definition: str
    not_enough: str
    said: str


@dataclass(frozen=True)
class QuizNode:
    """A node to grade; `grade` and `reasons` are the answer."""

    node_id: str
    place: str
    findings: tuple[QuizFinding, ...]
    grade: int
    reasons: tuple[str, ...]

    @property
    def groups(self) -> tuple[str, ...]:
        """Headings of the findings, in order."""
        return tuple(dict.fromkeys(each.group for each in self.findings))


@dataclass(frozen=True)
class QuizCategory:
    """The N category in one edition.

    Attributes
    ----------
    options : all categories of the table that applies, with their prefix.
    answers : those that agree with the reading; more than one when what is known leaves it open.
    also : those that hold when an interpretation is made the other way.
    """

    edition: Edition
    title: str
    options: tuple[str, ...]
    answers: tuple[str, ...]
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Quiz:
    """All questions of a case."""

    nodes: tuple[QuizNode, ...]
    categories: tuple[QuizCategory, ...]


def quiz_of(reading: Reading, assessment: Assessment) -> Quiz:
    """Return the questions that a reading and its assessment answer."""
    nodes = tuple(_node(node, assessment) for node in reading.nodes or ())
    return Quiz(nodes, _categories(reading, assessment))


def grade_in_words(grade: int) -> str:
    """Return a grade and what it means."""
    return f"Grade {grade}: {GRADE_MEANINGS[grade]}"


def _node(node: Node, assessment: Assessment) -> QuizNode:
    graded = assessment.node(node.id)
    findings = tuple(_finding(node, kind) for kind in grading_findings())
    return QuizNode(node.id, node_place(node), findings, graded.grade, graded.reasons)


def _finding(node: Node, kind: FindingKind) -> QuizFinding:
    rule, said = criterion(kind), node.certainty_of(kind)
    group = GROUPS.get(rule.group, INVASION)
    return QuizFinding(kind, group, rule.title, rule.definition, rule.not_enough, str(said or NOT_ASSESSED))


def _categories(reading: Reading, assessment: Assessment) -> tuple[QuizCategory, ...]:
    if reading.site is None:
        return ()
    found = []
    for edition in editions():
        result = assessment.edition(edition.edition)
        (choice,) = edition.choices(reading.site, effective_p16(reading), reading.ebv)
        others = tuple(dict.fromkeys(each.n for each in result.alternatives if each.n != result.n))
        answers, also = ((result.n,), others) if result.n else (others, ())
        if isinstance(choice, Chapter) and answers:
            found.append(QuizCategory(edition.edition, result.title, _options(choice, reading), answers, also))
    return tuple(found)


def _options(chapter: Chapter, reading: Reading) -> tuple[str, ...]:
    is_pathological = reading.classification is Classification.PATHOLOGICAL
    table, prefix = (chapter.pathological_n, "p") if is_pathological else (chapter.clinical_n, "c")
    return tuple(f"{prefix}{category}" for category in table.categories)
