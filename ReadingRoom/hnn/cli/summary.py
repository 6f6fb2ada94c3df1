"""An assessment as lines of text for the terminal."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from HeadNeckNodesLib.notice import NOTICE
from iENEGraderLib.export.words import dimension, finding_titles, node_place, primary_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iENEGraderLib.reading import Node, Reading
    from iENEGraderLib.rules import Assessment, EditionResult, NodeGrade

WIDTH = 100


def assessment_lines(reading: Reading, assessment: Assessment) -> list[str]:
    """Case, nodes with their grades, every edition with its reasons, cautions and the notice."""
    lines = [f"Case {reading.case_id}: {primary_in_words(reading)}", "", *node_lines(reading, assessment, reasons=True)]
    for result in assessment.staging:
        lines += ["", *_edition_lines(result)]
    lines += ["", f"iENE criterion of the TORS guideline (information only): {assessment.tors_iene_criterion}"]
    lines += _bullets([assessment.tors_reason])
    if assessment.warnings:
        lines += ["", "Cautions", *_bullets(assessment.warnings)]
    return [*lines, "", *wrap(NOTICE, WIDTH)]


def node_lines(reading: Reading, assessment: Assessment, *, reasons: bool = False) -> list[str]:
    """One line for each node, with the reasons below it when asked for."""
    if reading.nodes is None:
        return ["Neck nodes not assessed (NX)"]
    if not reading.nodes:
        return ["No metastatic node"]
    lines = []
    for node in reading.nodes:
        grade = assessment.node(node.id)
        lines.append(_node_line(node, grade))
        if reasons:
            lines += _bullets(grade.reasons)
    return lines


def stage_line(result: EditionResult) -> str:
    """Edition, N category and stage in one line."""
    found = " ".join(filter(None, (result.n, result.stage and f"stage {result.stage}")))
    return f"{result.title}: {found or 'cannot be staged'}"


def _node_line(node: Node, grade: NodeGrade) -> str:
    count = f", {node.count} nodes" if node.count > 1 else ""
    equivocal = ", ".join(finding_titles(grade.equivocal)).lower()
    doubt = f"  (equivocal: {equivocal})" if equivocal else ""
    return f"{node.id}  {node_place(node)}  {dimension(node)}{count}  grade {grade.grade}{doubt}"


def _edition_lines(result: EditionResult) -> list[str]:
    lines = [stage_line(result), *_bullets(result.reasons)]
    lines += _bullets(result.flags, "!")
    lines += _bullets((f"{other.n} {other.stage or ''} {other.when}" for other in result.alternatives), "or")
    return lines + _bullets((f"missing: {what}" for what in result.missing), "?")


def _bullets(texts: Iterable[str], mark: str = "-") -> list[str]:
    indent = " " * (len(mark) + 3)
    return [line for text in texts for line in wrap(text, WIDTH, initial_indent=f"  {mark} ", subsequent_indent=indent)]
