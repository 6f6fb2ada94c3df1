"""A case as rows of a CSV file: one row for each node, the columns of the case repeated."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.export.evidence_class import class_word
from iENEGraderLib.export.tables.cells import guarded, number
from iENEGraderLib.export.tables.columns import (
    Beside,
    MeasuredColumn,
    columns,
    edition_column,
    finding_column,
    measured_columns,
)
from iENEGraderLib.reading import is_intact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from iENEGraderLib.reading import Evidence, Node, Reading
    from iENEGraderLib.rules import Assessment

Cells = dict[str, str]
"""Text of a cell by the name of its column."""
SEPARATOR = "; "
SHARE = "1"
NOTHING_FURTHER: Mapping[str, Sequence[Evidence]] = {}


def case_rows(
    reading: Reading, assessment: Assessment, further: Mapping[str, Sequence[Evidence]] = NOTHING_FURTHER
) -> tuple[tuple[str, ...], ...]:
    """Return the rows of a case, in the order of its nodes; a case without nodes has one.

    Parameters
    ----------
    assessment : what the rules say about the reading.
    further : measurements beyond the reading, by the id of the node; those of the reading go before them.

    Returns
    -------
    rows of cells in the order of :func:`columns`; numbers with a decimal point, empty where nothing was assessed.

    Raises
    ------
    InputError
        When evidence is in another unit than its column; values are never converted by guess.
    """
    of_case = _of_case(reading, assessment) | _of_editions(assessment)
    measured = [replace(node, evidence=(*node.evidence, *further.get(node.id, ()))) for node in reading.nodes or ()]
    nodes = [_of_node(node, assessment) for node in measured] or [{}]
    names = [column.name for column in columns()]
    return tuple(tuple((of_case | cells).get(name, "") for name in names) for cells in nodes)


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Return the text of a CSV file with its header line, RFC 4180; to be written as UTF-8.

    Text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow([column.name for column in columns()])
    writer.writerows(rows)
    return target.getvalue()


def rows_of_text(text: str, name: str = "the table") -> tuple[tuple[str, ...], ...]:
    """Return the rows of a file that :func:`csv_text` gave.

    Raises
    ------
    InputError
        When its columns are not those of this version.
    """
    header, *rows = list(csv.reader(io.StringIO(text, newline=""))) or [[]]
    if header != [column.name for column in columns()]:
        raise InputError(f"{name}: its columns are not those of this version; export the case again with --force")
    return tuple(tuple(row) for row in rows)


def _of_case(reading: Reading, assessment: Assessment) -> Cells:
    unstaged = [str(each.edition) for each in assessment.staging if each.n is None or each.stage is None]
    return {
        "case_id": guarded(reading.case_id),
        "reader": guarded(reading.reader),
        "read_at": reading.read_at,
        "locked": _locked(reading),
        "classification": reading.classification,
        "site": reading.site or "",
        "p16": reading.p16,
        "ebv": reading.ebv,
        "untested_p16_as_negative": _yes_no(reading.untested_p16_as_negative),
        "primary_side": reading.primary_side or "",
        "t_category": reading.t_category,
        "m_category": reading.m_category,
        "metastatic_lesions": number(reading.metastatic_lesions),
        "clinical_ene": _yes_no(reading.clinical_ene),
        "clinical_ene_imaging_threshold": reading.clinical_ene_imaging_threshold,
        "recent_biopsy": reading.recent_biopsy,
        "prior_treatment": reading.prior_treatment,
        "nodes_assessed": _yes_no(reading.nodes is not None),
        "node_entries": "" if reading.nodes is None else number(len(reading.nodes)),
        "case_grade": "" if reading.nodes is None else number(assessment.grade),
        "tors_iene_criterion": assessment.tors_iene_criterion,
        "not_staged": SEPARATOR.join(unstaged),
    }


def _of_editions(assessment: Assessment) -> Cells:
    cells: Cells = {}
    for each in assessment.staging:
        cells[edition_column("n", each.edition)] = each.n or ""
        cells[edition_column("stage", each.edition)] = each.stage or ""
    return cells


def _of_node(node: Node, assessment: Assessment) -> Cells:
    grade = assessment.node(node.id)
    cells = {
        "node_id": guarded(node.id),
        "side": str(node.side),
        "level": str(node.level),
        "count": number(node.count),
        "greatest_dimension_mm": number(node.greatest_dimension_mm),
        "extends_below_cricoid": _yes_no(node.extends_below_cricoid),
        "grade": number(grade.grade),
        "equivocal_grading_findings": SEPARATOR.join(grade.equivocal),
    }
    cells |= {finding_column(each.kind): str(each.certainty) for each in node.findings}
    shown = []
    for column in measured_columns():
        chosen = _chosen(column, node)
        if chosen is not None:
            shown.append(id(chosen))
            cells |= _measured(column, chosen, node)
    others = [_in_words(each) for each in node.evidence if id(each) not in shown]
    return cells | {"further_measurements": guarded(SEPARATOR.join(others))}


def _chosen(column: MeasuredColumn, node: Node) -> Evidence | None:
    """Return the evidence that stands in the column: of several with a value the greatest or least, else the first."""
    found = [each for each in node.evidence if each.kind == column.kind]
    with_value = [each for each in found if each.value is not None]
    if not with_value:
        return found[0] if found else None
    return min(with_value, key=_value) if column.is_least else max(with_value, key=_value)


def _value(evidence: Evidence) -> float:
    return evidence.value or 0.0


def _measured(column: MeasuredColumn, evidence: Evidence, node: Node) -> Cells:
    if evidence.value is not None and (evidence.unit or "") != column.unit:
        raise InputError(
            f"node {node.id}: {evidence.kind} is in {evidence.unit or 'no unit'}, the column {column.name} expects "
            f"{column.unit or 'no value'}; correct the unit in the reading"
        )
    beside = {
        Beside.UNCERTAINTY: number(evidence.uncertainty),
        Beside.CLASS: class_word(evidence) or "",
        Beside.OF: guarded(evidence.structure or ""),
        Beside.METHOD: guarded(evidence.method or ""),
    }
    return {column.name: number(evidence.value)} | {f"{column.name}_{each}": beside[each] for each in column.beside}


def _in_words(evidence: Evidence) -> str:
    return "".join(_words(evidence))


def _words(evidence: Evidence) -> Iterator[str]:
    yield evidence.kind
    if evidence.structure:
        yield f" of {evidence.structure}"
    if evidence.value is not None:
        unit = "" if evidence.unit in (None, SHARE) else evidence.unit
        yield f" = {number(evidence.value)} {unit}".rstrip()
    if evidence.evidence_class is not None:
        yield f" ({class_word(evidence)})"


def _locked(reading: Reading) -> str:
    if reading.signature is None:
        return "no"
    return "yes" if is_intact(reading) else "changed"


def _yes_no(answer: bool | None) -> str:
    return "" if answer is None else "yes" if answer else "no"
