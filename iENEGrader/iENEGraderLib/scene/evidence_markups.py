"""Measurements and places of evidence as markups, locked: they show what was measured and do not change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer
import vtk

from iENEGraderLib.measure.case.node_measurement import GREATEST_DIMENSION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iENEGraderLib.reading import Evidence, Node

Point = tuple[float, float, float]

MEASUREMENT_COLOUR = (0.35, 0.9, 1.0)
NODE_ATTRIBUTE = "HeadNeckNodes.Node"
KIND_ATTRIBUTE = "HeadNeckNodes.Evidence"
TEXT_SCALE = 2.5
GLYPH_SCALE = 1.6


def add_dimension_line(node_id: str, ends_ras_mm: tuple[Point, Point]) -> Any:
    """Add a line between the ends of a node's greatest dimension; it shows its length itself.

    Returns
    -------
    vtkMRMLMarkupsLineNode
    """
    markup = _add("vtkMRMLMarkupsLineNode", f"{node_id} greatest dimension", node_id, GREATEST_DIMENSION)
    markup.SetLineStartPosition(ends_ras_mm[0])
    markup.SetLineEndPosition(ends_ras_mm[1])
    display = markup.GetDisplayNode()
    display.SetPropertiesLabelVisibility(True)
    display.SetPointLabelsVisibility(False)
    return _locked(markup)


def add_evidence_point(node_id: str, evidence: Evidence) -> Any:
    """Add a point at the place of one piece of evidence; None when it has no place.

    Returns
    -------
    vtkMRMLMarkupsFiducialNode
    """
    if evidence.place is None:
        return None
    name = " ".join(filter(None, (node_id, evidence.kind, evidence.structure))).replace("_", " ")
    markup = _add("vtkMRMLMarkupsFiducialNode", name, node_id, evidence.kind)
    markup.AddControlPoint(vtk.vtkVector3d(*evidence.place.ras_mm), evidence_label(evidence))
    markup.SetNthControlPointDescription(0, evidence.method or "")
    return _locked(markup)


def add_evidence(node: Node) -> list[Any]:
    """Add a point for every piece of evidence of a node that has a place, but for its greatest dimension."""
    return [add_evidence_point(node.id, evidence) for evidence in evidence_with_place(node)]


def evidence_with_place(node: Node) -> tuple[Evidence, ...]:
    """Evidence of a node to show as points: all that has a place but for its greatest dimension, which is a line."""
    return tuple(each for each in node.evidence if each.place is not None and each.kind != GREATEST_DIMENSION)


def markups_of_node(node_id: str, markups: Sequence[Any]) -> list[Any]:
    """Those of the markups that belong to a node of the reading."""
    return [markup for markup in markups if markup.GetAttribute(NODE_ATTRIBUTE) == node_id]


def evidence_label(evidence: Evidence) -> str:
    """Kind and value of a piece of evidence, short enough to stand in the image."""
    words = evidence.kind.replace("_", " ")
    if evidence.value is None:
        return words
    return f"{words} {evidence.value:.{1 if evidence.unit == 'mm' else 0}f} {evidence.unit}"


def _add(class_name: str, name: str, node_id: str, kind: str) -> Any:
    markup = slicer.mrmlScene.AddNewNodeByClass(class_name, name)
    markup.SetAttribute(NODE_ATTRIBUTE, node_id)
    markup.SetAttribute(KIND_ATTRIBUTE, kind)
    markup.CreateDefaultDisplayNodes()
    display = markup.GetDisplayNode()
    display.SetColor(*MEASUREMENT_COLOUR)
    display.SetSelectedColor(*MEASUREMENT_COLOUR)
    display.SetTextScale(TEXT_SCALE)
    display.SetGlyphScale(GLYPH_SCALE)
    display.SetSliceProjectionUseFiducialColor(True)
    display.SetSliceProjectionOpacity(1.0)
    return markup


def _locked(markup: Any) -> Any:
    markup.SetLocked(True)
    markup.SetFixedNumberOfControlPoints(True)
    return markup
