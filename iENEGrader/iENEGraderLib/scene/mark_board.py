"""Keeps the markups in the scene and the marks in the reading the same, whichever of them is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer
import vtk
from slicer.util import VTKObservationMixin

from iENEGraderLib.reading import MarkKind
from iENEGraderLib.scene.marks import (
    MARK_ATTRIBUTE,
    READING_REFERENCE,
    add_markup,
    claim,
    is_at,
    markups_of_reading,
    points_of,
    show_as,
    show_label,
    update_markup,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from iENEGraderLib.reading import Mark, Reading

    Point = tuple[float, float, float]
    Moved = Callable[[str, Sequence[Point]], None]
    Removed = Callable[[str], None]


class MarkBoard(VTKObservationMixin):
    """Shows the marks of one reading as markups, and tells when a user moves or deletes one.

    The reading is what counts: `show` makes the scene follow it. A drag is told once, when the mouse button is let go;
    Slicer shows the length or the angle meanwhile. Closing a scene is no deletion.

    Parameters
    ----------
    on_moved : called with the id of a mark and its new points (RAS mm).
    on_removed : called with the id of a mark whose markup the user deleted.
    """

    def __init__(self, on_moved: Moved, on_removed: Removed) -> None:
        super().__init__()
        self._on_moved = on_moved
        self._on_removed = on_removed
        self._reading_node: Any = None
        self._marks: dict[str, Mark] = {}
        self._dragged = ""
        self._at_work = False
        scene = slicer.mrmlScene
        self.addObserver(scene, scene.NodeRemovedEvent, self._on_node_removed)

    def show(self, reading: Reading | None, reading_node: Any, *, locked: bool = False, others: bool = True) -> None:
        """Make the markups of the scene show the marks of a reading.

        Parameters
        ----------
        reading : None shows nothing, as when its text cannot be read; the markups stay as they are then.
        reading_node : its text node.
        locked : the marks cannot be dragged.
        others : marks of other readings stay in sight, locked.
        """
        self._at_work = True
        try:
            self._reading_node = reading_node
            self._show_others(others)
            if reading is not None:
                self._follow(reading, locked)
        finally:
            self._at_work = False

    def adopt(self, markup: Any, mark: Mark, node_id: str) -> None:
        """Make a markup that the user has just placed the markup of a mark."""
        claim(markup, mark, node_id, self._reading_node)
        self._watch(markup)

    def markup(self, mark_id: str) -> Any:
        """Return the markup of a mark; None when there is none."""
        return self._markups().get(mark_id)

    def close(self) -> None:
        """Stop observing the scene."""
        self.removeObservers()

    def _markups(self) -> Mapping[str, Any]:
        return {} if self._reading_node is None else markups_of_reading(self._reading_node)

    def _follow(self, reading: Reading, locked: bool) -> None:
        markups = dict(self._markups())
        self._marks = {mark.id: mark for mark in reading.marks}
        named: set[Point] = set()
        for node in reading.nodes or ():
            for mark in node.marks:
                markup = markups.pop(mark.id, None) or add_markup(mark, node.id, self._reading_node)
                claim(markup, mark, node.id, self._reading_node)
                if mark.id != self._dragged:
                    update_markup(markup, mark)
                show_as(markup, visible=True, locked=locked)
                if mark.kind is MarkKind.PLACE:
                    show_label(markup, mark.points_ras_mm[0] not in named)
                    named.update(mark.points_ras_mm)
                self._watch(markup)
        for markup in markups.values():
            slicer.mrmlScene.RemoveNode(markup)

    def _show_others(self, visible: bool) -> None:
        for markup in slicer.util.getNodesByClass("vtkMRMLMarkupsNode"):
            owner = markup.GetNodeReference(READING_REFERENCE)
            if markup.GetAttribute(MARK_ATTRIBUTE) and owner is not self._reading_node:
                show_as(markup, visible=visible, locked=True)

    def _watch(self, markup: Any) -> None:
        handlers = {
            markup.PointStartInteractionEvent: self._on_drag_begins,
            markup.PointEndInteractionEvent: self._on_drag_ends,
            markup.PointModifiedEvent: self._on_point_modified,
            # A transform put above the markup moves it, too.
            markup.TransformModifiedEvent: self._on_point_modified,
        }
        for event, handler in handlers.items():
            if not self.hasObserver(markup, event, handler):
                self.addObserver(markup, event, handler)

    def _on_drag_begins(self, markup: Any, _event: str) -> None:
        self._dragged = markup.GetAttribute(MARK_ATTRIBUTE) or ""

    def _on_drag_ends(self, markup: Any, _event: str) -> None:
        self._dragged = ""
        self._tell(markup)

    def _on_point_modified(self, markup: Any, _event: str) -> None:
        if not self._dragged:
            self._tell(markup)

    def _tell(self, markup: Any) -> None:
        """Tell of new points, unless they came from the reading or points are missing."""
        mark = self._marks.get(markup.GetAttribute(MARK_ATTRIBUTE) or "")
        if self._at_work or mark is None or markup.GetNodeReference(READING_REFERENCE) is not self._reading_node:
            return
        points = points_of(markup)
        if len(points) == len(mark.points_ras_mm) and not is_at(markup, mark.points_ras_mm):
            self._on_moved(mark.id, points)

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def _on_node_removed(self, scene: Any, _event: str, node: Any) -> None:
        mark_id = node.GetAttribute(MARK_ATTRIBUTE) if node.IsA("vtkMRMLMarkupsNode") else None
        if not mark_id or self._at_work or scene.IsBatchProcessing() or scene.IsClosing():
            return
        if mark_id in self._marks and node.GetNodeReferenceID(READING_REFERENCE) == self._reading_id():
            self._on_removed(mark_id)

    def _reading_id(self) -> str:
        return "" if self._reading_node is None else str(self._reading_node.GetID())
