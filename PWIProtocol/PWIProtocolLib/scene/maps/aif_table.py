"""Arterial curves as table nodes, which are saved with the scene and can be read by a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
import vtk
from HeadNeckNodesLib.scene.plots import number_column
from vtk.util.numpy_support import vtk_to_numpy

from PWIProtocolLib.kinetics.aif_csv import HEADER
from PWIProtocolLib.mapping.aif_edits_text import text_of_edits
from PWIProtocolLib.mapping.sample_rows import sample_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PWIProtocolLib.mapping import Arterial

SAMPLES_HEADER = ("time measured (s)", "plasma concentration measured (mM)", "origin", *HEADER)
TIME, NO_NUMBER = "time", "nan"
EDITS_ATTRIBUTE = "PWIProtocol.ArterialEdits"


def add_aif_table(arterial: Arterial) -> Any:
    """Add the curve as the fit uses it, with where it comes from as its description.

    Returns
    -------
    vtkMRMLTableNode with the columns of a CSV file of an arterial curve.
    """
    node = _table("Arterial curve", arterial)
    for name, values in zip(HEADER, (arterial.time_s, arterial.aif_mM), strict=True):
        node.AddColumn(number_column(name, values))
    return node


def add_samples_table(arterial: Arterial) -> Any:
    """Add the samples: as measured, what a reader made of each, and as they are used.

    Returns
    -------
    vtkMRMLTableNode; None for a population average, which has no samples.
    """
    rows = sample_rows(arterial)
    if not rows:
        return None
    node = _table("Samples of the arterial curve", arterial)
    columns = (
        number_column(SAMPLES_HEADER[0], [row.time_s for row in rows]),
        number_column(SAMPLES_HEADER[1], [row.measured_mM for row in rows]),
        _words(SAMPLES_HEADER[2], [row.state for row in rows]),
        number_column(SAMPLES_HEADER[3], [row.time_s + arterial.edits.moved_s for row in rows]),
        number_column(SAMPLES_HEADER[4], [np.nan if row.used_mM is None else row.used_mM for row in rows]),
    )
    for column in columns:
        node.AddColumn(column)
    return node


def curve_tables() -> list[Any]:
    """Return the tables of the scene that have a column of times (vtkMRMLTableNode); those behind plots are none."""
    nodes = [node for node in slicer.util.getNodesByClass("vtkMRMLTableNode") if node.GetSaveWithScene()]
    return [node for node in nodes if any(name.lower().startswith(TIME) for name in _names(node))]


def rows_of_table(node: Any) -> list[list[str]]:
    """Return the cells of a table as text, the names of the columns first; numbers keep all their digits.

    Rows with a cell that is not a number are left out: `add_samples_table` keeps samples so that were left out.
    """
    columns = [_cells(node.GetTable().GetColumn(at)) for at in range(node.GetNumberOfColumns())]
    return [_names(node), *(list(row) for row in zip(*columns, strict=True) if NO_NUMBER not in row)]


def _names(node: Any) -> list[str]:
    return [node.GetColumnName(at) or "" for at in range(node.GetNumberOfColumns())]


def _cells(column: Any) -> list[str]:
    if column.IsNumeric():
        return list(map(repr, vtk_to_numpy(column).astype(float).tolist()))
    return [str(column.GetValue(row)).strip() for row in range(column.GetNumberOfValues())]


def _table(name: str, arterial: Arterial) -> Any:
    scene = slicer.mrmlScene
    node = scene.AddNewNodeByClass("vtkMRMLTableNode", scene.GenerateUniqueName(name))
    node.SetUseColumnTitleAsColumnHeader(True)
    node.SetDescription("; ".join((arterial.words, *arterial.cautions)))
    if text := text_of_edits(arterial.edits):
        node.SetAttribute(EDITS_ATTRIBUTE, text)
    return node


def _words(name: str, values: Iterable[str]) -> Any:
    column = vtk.vtkStringArray()
    column.SetName(name)
    for value in values:
        column.InsertNextValue(value)
    return column
