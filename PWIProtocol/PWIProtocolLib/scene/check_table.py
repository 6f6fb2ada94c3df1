"""A protocol check as a table node, for Slicer's table view and for a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer
import vtk

from PWIProtocolLib.report.verdict_marks import value_words, verdict_words

if TYPE_CHECKING:
    from PWIProtocolLib.protocol.checker import ProtocolCheck
    from PWIProtocolLib.protocol.verdict import CriterionResult

COLUMNS = ("criterion", "verdict", "found", "limit", "reason", "attribute", "file", "agreement", "source")


def add_check_table(check: ProtocolCheck) -> Any:
    """Add a table with one row for each criterion, those of the analysis last.

    Returns
    -------
    vtkMRMLTableNode
    """
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTableNode", f"PWI check {check.label}")
    rows = [_cells(each) for each in (*check.criteria, *check.analysis)]
    for at, name in enumerate(COLUMNS):
        column = vtk.vtkStringArray()
        column.SetName(name)
        for row in rows:
            column.InsertNextValue(row[at])
        node.AddColumn(column)
    node.SetUseColumnTitleAsColumnHeader(True)
    return node


def _cells(result: CriterionResult) -> tuple[str, ...]:
    return (
        result.title,
        verdict_words(result),
        value_words(result.value, result.unit),
        result.limit,
        result.reason,
        result.evidence.attribute,
        result.evidence.file,
        result.agreement,
        result.source,
    )
