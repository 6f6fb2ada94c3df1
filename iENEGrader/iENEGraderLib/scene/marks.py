"""Marks of the reader as markups: Slicer's own lines, angles and points, which users know how to handle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer
import vtk
from HeadNeckNodesLib.scene.subject_hierarchy import put_beside

from iENEGraderLib.reading import Mark, MarkKind
from iENEGraderLib.scene.evidence_markups import NODE_ATTRIBUTE

if TYPE_CHECKING:
    from collections.abc import Sequence

Point = tuple[float, float, float]

MARK_ATTRIBUTE = "HeadNeckNodes.Mark"
READING_REFERENCE = "HeadNeckNodes.Reading"
MARKUP_CLASSES = {
    MarkKind.LONG_AXIS: "vtkMRMLMarkupsLineNode",
    MarkKind.SHORT_AXIS: "vtkMRMLMarkupsLineNode",
    MarkKind.FAT_SPIKE: "vtkMRMLMarkupsLineNode",
    MarkKind.CONTACT_ANGLE: "vtkMRMLMarkupsAngleNode",
    MarkKind.PLACE: "vtkMRMLMarkupsFiducialNode",
}
# Told apart without red and green; none is the blue of measurements or a colour of the node segments.
COLOURS = {
    MarkKind.LONG_AXIS: (0.9, 0.9, 0.9),
    MarkKind.SHORT_AXIS: (0.65, 0.65, 0.65),
    MarkKind.FAT_SPIKE: (1.0, 0.4, 0.7),
    MarkKind.CONTACT_ANGLE: (1.0, 0.3, 0.2),
    MarkKind.PLACE: (1.0, 0.7, 0.0),
}
SAME_PLACE_MM = 1e-6
TEXT_SCALE = 2.5
GLYPH_SCALE = 1.4


def add_markup(mark: Mark, node_id: str, reading_node: Any) -> Any:
    """Add the markup of a mark.

    Parameters
    ----------
    node_id : node of the reading that the mark belongs to.
    reading_node : text node of the reading; the markup refers to it, so that a loaded scene keeps them together.

    Returns
    -------
    vtkMRMLMarkupsNode
    """
    markup = new_markup(mark.kind)
    claim(markup, mark, node_id, reading_node)
    update_markup(markup, mark)
    return markup


def new_markup(kind: MarkKind) -> Any:
    """Add a markup without points, in the look of its kind."""
    markup = slicer.mrmlScene.AddNewNodeByClass(MARKUP_CLASSES[kind], str(kind).replace("_", " "))
    markup.CreateDefaultDisplayNodes()
    display = markup.GetDisplayNode()
    display.SetColor(*COLOURS[kind])
    display.SetSelectedColor(*COLOURS[kind])
    display.SetTextScale(TEXT_SCALE)
    display.SetGlyphScale(GLYPH_SCALE)
    display.SetPropertiesLabelVisibility(kind is not MarkKind.PLACE)
    display.SetPointLabelsVisibility(kind is MarkKind.PLACE)
    display.SetSliceProjectionUseFiducialColor(True)
    return markup


def claim(markup: Any, mark: Mark, node_id: str, reading_node: Any) -> None:
    """Say whose mark a markup shows. It joins the reading in the data tree; where the user puts it then, it stays."""
    if markup.GetNodeReferenceID(READING_REFERENCE) != reading_node.GetID():
        put_beside(reading_node, markup)
    markup.SetAttribute(MARK_ATTRIBUTE, mark.id)
    markup.SetAttribute(NODE_ATTRIBUTE, node_id)
    markup.SetNodeReferenceID(READING_REFERENCE, reading_node.GetID())
    markup.SetName(mark_name(mark, node_id))


def update_markup(markup: Any, mark: Mark) -> None:
    """Bring a markup to what the mark says; one that says it already stays untouched."""
    if mark.kind is MarkKind.CONTACT_ANGLE:
        _set_axis(markup, mark)
    if is_at(markup, mark.points_ras_mm):
        _set_label(markup, mark)
        return
    was_modifying = markup.StartModify()
    for index, point in enumerate(mark.points_ras_mm):
        if index < markup.GetNumberOfControlPoints():
            markup.SetNthControlPointPositionWorld(index, *point)
        else:
            markup.AddControlPointWorld(vtk.vtkVector3d(*point))
    for index in range(markup.GetNumberOfControlPoints() - 1, len(mark.points_ras_mm) - 1, -1):
        markup.RemoveNthControlPoint(index)
    _set_label(markup, mark)
    markup.EndModify(was_modifying)


def points_of(markup: Any) -> tuple[Point, ...]:
    """Points of a markup in RAS mm, transforms of the markup included."""
    points = []
    for index in range(markup.GetNumberOfControlPoints()):
        position = [0.0, 0.0, 0.0]
        markup.GetNthControlPointPositionWorld(index, position)
        points.append((position[0], position[1], position[2]))
    return tuple(points)


def is_at(markup: Any, points_ras_mm: Sequence[Point]) -> bool:
    """Tell whether a markup has just these points."""
    found = points_of(markup)
    return len(found) == len(points_ras_mm) and all(
        abs(a - b) <= SAME_PLACE_MM
        for first, second in zip(found, points_ras_mm, strict=True)
        for a, b in zip(first, second, strict=True)
    )


def mark_name(mark: Mark, node_id: str) -> str:
    """Name of a mark for the user: the node, what it is, and the structure."""
    words = [node_id, str(mark.finding if mark.kind is MarkKind.PLACE and mark.finding else mark.kind), mark.structure]
    return " ".join(word.replace("_", " ") for word in words if word)


def markups_of_reading(reading_node: Any) -> dict[str, Any]:
    """Markups that show the marks of a reading, by the id of the mark."""
    return {
        markup.GetAttribute(MARK_ATTRIBUTE): markup
        for markup in slicer.util.getNodesByClass("vtkMRMLMarkupsNode")
        if markup.GetAttribute(MARK_ATTRIBUTE) and markup.GetNodeReference(READING_REFERENCE) is reading_node
    }


def show_as(markup: Any, *, visible: bool, locked: bool) -> None:
    """Show or hide a markup, and let it be dragged or not."""
    if markup.GetDisplayVisibility() != visible:
        markup.SetDisplayVisibility(visible)
    if markup.GetLocked() != locked:
        markup.SetLocked(locked)


def show_label(markup: Any, shown: bool) -> None:
    """Show or hide the name at a place: of several marks at one point only one can be read."""
    display = markup.GetDisplayNode()
    if display is not None and bool(display.GetPointLabelsVisibility()) is not shown:
        display.SetPointLabelsVisibility(shown)


def _set_label(markup: Any, mark: Mark) -> None:
    """Write the name at a place; a place that was clicked has a number there."""
    if mark.kind is MarkKind.PLACE and markup.GetNthControlPointLabel(0) != markup.GetName():
        markup.SetNthControlPointLabel(0, markup.GetName())


def _set_axis(markup: Any, mark: Mark) -> None:
    """An angle without axis is the smaller one, as Slicer has it; with an axis it counts all round."""
    if mark.axis_ras is None:
        markup.SetAngleMeasurementModeToMinimal()
        return
    markup.SetAngleMeasurementModeToOrientedPositive()
    markup.SetOrientationRotationAxis(*mark.axis_ras)
