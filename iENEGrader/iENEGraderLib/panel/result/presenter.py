"""What the panel shows for a reading and its assessment, in words. No Qt, no Slicer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iENEGraderLib.panel.choices import FINDING_LABELS, MARK_LABELS, SIDE_LETTERS, spaced
from iENEGraderLib.panel.findings.suggestions import has_suggestions, structure_words, suggestions_of
from iENEGraderLib.rules import Edition
from iENEGraderLib.rules.criteria import grade_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from iENEGraderLib.reading import Certainty, FindingKind, Mark, Node, Reading
    from iENEGraderLib.rules import Assessment, EditionResult, NodeGrade
    from iENEGraderLib.rules.criteria import Criterion

NOTHING = "–"
EQUIVOCAL_MARK = "?"
NOT_ASSESSED_MARK = "*"
SUGGESTION_MARK = "!"
EDITION_CAPTIONS = {Edition.UICC9: "UICC 9", Edition.AJCC_CURRENT: "AJCC", Edition.TNM8: "TNM 8"}
RESEARCH_USE = "Research and teaching use, not a medical device."


@dataclass(frozen=True)
class ResultCell:
    """One value in the strip below the panel.

    Attributes
    ----------
    note : tooltip: what the value is, or why there is none.
    """

    caption: str
    value: str
    note: str


@dataclass(frozen=True)
class NodeRow:
    """One line of the node table."""

    node_id: str
    side: str
    level: str
    size: str
    grade: str
    note: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The texts from left to right."""
        return self.node_id, self.side, self.level, self.size, self.grade


def result_cells(assessment: Assessment | None) -> tuple[ResultCell, ...]:
    """Grade and the category and stage of each edition."""
    if assessment is None:
        return (ResultCell("Grade", NOTHING, ""), *(ResultCell(EDITION_CAPTIONS[e], NOTHING, "") for e in Edition))
    grade = ResultCell("Grade", _grade_of(assessment), _patient_note(assessment))
    return (grade, *(_edition_cell(result) for result in assessment.staging))


def cautions(assessment: Assessment | None) -> tuple[str, ...]:
    """Everything a reader should look at again before the result is used."""
    if assessment is None:
        return ()
    return tuple(dict.fromkeys((*assessment.refusals, *assessment.warnings)))


def node_rows(
    reading: Reading | None, assessment: Assessment | None, waits: Callable[[Node], bool] = has_suggestions
) -> tuple[NodeRow, ...]:
    """Lines of the node table.

    Parameters
    ----------
    waits : tells whether suggestions wait at a node; by default all that were not assessed do.
    """
    if reading is None or assessment is None:
        return ()
    return tuple(_node_row(node, assessment.node(node.id), waits(node)) for node in reading.nodes or ())


def findings_title(node: Node | None) -> str:
    """Heading of the findings."""
    return "Findings" if node is None else f"Findings of {node.id}"


def finding_tooltip(criterion: Criterion) -> str:
    """Return the definition of a finding, for its tooltip."""
    return f"{criterion.title}. {criterion.definition}\nNot enough: {criterion.not_enough}"


def grade_given(kind: FindingKind) -> int:
    """Return the grade that a finding counts for, alone or together with others; 0 when it counts for none."""
    return max((rule.grade for rule in grade_rules() if kind in rule.requires), default=0)


def mark_text(mark: Mark) -> str:
    """Return what a mark is, how long or wide, where, and on which sections and series it was seen."""
    words = MARK_LABELS[mark.kind]
    if mark.length_mm is not None:
        words += f" {mark.length_mm:.1f} mm"
    if mark.angle_deg is not None:
        words += f" {mark.angle_deg:.0f}°"
    if mark.structure:
        words += f", {structure_words(mark.structure)}"
    if mark.partner:
        words += f", with {mark.partner}"
    sections = mark.contiguous_sections
    counted = None if sections is None else "1 section" if sections == 1 else f"{sections} sections"
    return " · ".join(filter(None, (words, counted, mark.series)))


def change_label(node_id: str, kind: FindingKind, certainty: Certainty | None) -> str:
    """How a change of a finding is named on the undo button."""
    return f"{node_id}: {FINDING_LABELS[kind].lower()} {certainty or 'not assessed'}"


def _grade_of(assessment: Assessment) -> str:
    mark = EQUIVOCAL_MARK if any(_may_be_above(assessment.grade, grade) for grade in assessment.nodes) else ""
    return f"{assessment.grade}{mark}" if assessment.nodes else NOTHING


def _patient_note(assessment: Assessment) -> str:
    if not assessment.nodes:
        return "No metastatic node is entered."
    lines = ["Highest grade of all nodes; only unequivocal findings count."]
    lines += [f"{grade.node_id}: {_equivocal_note(grade)}" for grade in assessment.nodes if grade.equivocal]
    return "\n".join(lines)


def _edition_cell(result: EditionResult) -> ResultCell:
    caption = EDITION_CAPTIONS[result.edition]
    if result.n is None:
        return ResultCell(caption, NOTHING, _lines(result.title, result.missing or result.reasons))
    mark = EQUIVOCAL_MARK if result.alternatives else ""
    value = f"{result.n}{mark} · {result.stage or NOTHING}"
    others = [f"or {other.n} (stage {other.stage or NOTHING}): {other.when}" for other in result.alternatives]
    return ResultCell(caption, value, _lines(result.title, (*result.missing, *others)))


def _node_row(node: Node, grade: NodeGrade, suggestions_wait: bool) -> NodeRow:
    size = NOTHING if node.greatest_dimension_mm is None else f"{node.greatest_dimension_mm:.1f}"
    nothing_assessed = not any(finding.certainty for finding in node.findings)
    mark = EQUIVOCAL_MARK if _may_be_above(grade.grade, grade) else NOT_ASSESSED_MARK if nothing_assessed else ""
    notes = list(grade.reasons)
    if nothing_assessed:
        notes.append("no finding was assessed yet")
    if suggestions_wait:
        kinds = ", ".join(FINDING_LABELS[each.kind].lower() for each in suggestions_of(node))
        notes.append(f"measured and not decided, not counted: {kinds}")
    return NodeRow(
        node_id=node.id if node.count == 1 else f"{node.id} ×{node.count}",
        side=SIDE_LETTERS[node.side],
        level=spaced(node.level),
        size=size,
        grade=f"{grade.grade}{mark}{f' {SUGGESTION_MARK}' if suggestions_wait else ''}",
        note=_lines(f"{node.id}: grade {grade.grade}", notes),
    )


def _may_be_above(threshold: int, grade: NodeGrade) -> bool:
    """Tell whether a node would have a grade above the threshold if its equivocal findings were unequivocal."""
    return any(grade_given(kind) > threshold for kind in grade.equivocal)


def _equivocal_note(grade: NodeGrade) -> str:
    names = ", ".join(FINDING_LABELS[kind].lower() for kind in grade.equivocal)
    return f"equivocal, not counted: {names}"


def _lines(first: str, others: Iterable[str]) -> str:
    return "\n".join((first, *others))
