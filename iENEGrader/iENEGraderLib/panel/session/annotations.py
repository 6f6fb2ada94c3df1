"""The reader's marks in the scene: whatever is done to a markup is one step of the reading, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer
import vtk
from slicer.i18n import tr as _
from slicer.util import VTKObservationMixin

from iENEGraderLib.panel.session.edits import move_mark, node_of_mark, remove_mark
from iENEGraderLib.panel.session.locking import is_locked
from iENEGraderLib.scene.mark_board import MarkBoard
from iENEGraderLib.scene.marks import MARK_ATTRIBUTE, READING_REFERENCE, mark_name
from iENEGraderLib.scene.reading_node import SCHEMA_ATTRIBUTE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from iENEGraderLib.panel.session.reading_session import ReadingSession
    from iENEGraderLib.reading import Reading

    Point = tuple[float, float, float]


class Annotations(VTKObservationMixin):
    """Shows the marks of the session's reading on a board, and makes moves and deletions there steps of the session.

    Parameters
    ----------
    session : the reading that is shown.
    edit : applies an edit under a label, and says why when it is refused; the markup is put back then.

    Attributes
    ----------
    board : the markups, to look one up or to adopt one that was placed.
    """

    def __init__(self, session: ReadingSession, edit: Callable[[str, Callable[[Reading], Reading]], None]) -> None:
        super().__init__()
        self._session = session
        self._edit = edit
        self.board = MarkBoard(self._on_moved, self._on_removed)
        scene = slicer.mrmlScene
        self.addObserver(scene, scene.NodeRemovedEvent, self._on_node_removed)
        # What a user deletes in a batch is not told one by one.
        self.addObserver(scene, scene.EndBatchProcessEvent, self.refresh)
        session.listen(self.refresh)
        self.refresh()

    def refresh(self, *_: object) -> None:
        """Make the markups show the marks of the reading."""
        session = self._session
        reading = session.reading
        _release_copies()
        self.board.show(reading, session.node, locked=is_locked(reading), others=not session.blinded)

    def close(self) -> None:
        """Stop observing the scene."""
        self.removeObservers()
        self.board.close()

    def _on_moved(self, mark_id: str, points_ras_mm: Sequence[Point]) -> None:
        self._change(_("move {mark}"), mark_id, move_mark(mark_id, points_ras_mm))

    def _on_removed(self, mark_id: str) -> None:
        self._change(_("remove {mark}"), mark_id, remove_mark(mark_id))

    def _change(self, label: str, mark_id: str, edit: Callable[[Reading], Reading]) -> None:
        reading = self._session.reading
        if reading is None:
            return
        node = node_of_mark(reading, mark_id)
        name = mark_name(next(mark for mark in node.marks if mark.id == mark_id), node.id)
        self._edit(label.format(mark=name), edit)
        self.refresh()

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def _on_node_removed(self, scene: Any, _event: str, node: Any) -> None:
        """The markups of a reading go with it."""
        if scene.IsClosing() or not node.IsA("vtkMRMLTextNode") or not node.GetAttribute(SCHEMA_ATTRIBUTE):
            return
        for markup in slicer.util.getNodesByClass("vtkMRMLMarkupsNode"):
            if markup.GetAttribute(MARK_ATTRIBUTE) and markup.GetNodeReferenceID(READING_REFERENCE) == node.GetID():
                scene.RemoveNode(markup)


def _release_copies() -> None:
    """Let copies of markups, as the user makes them in Slicer's data tree, be the user's own."""
    taken: set[tuple[str, str]] = set()
    for markup in slicer.util.getNodesByClass("vtkMRMLMarkupsNode"):
        mark_id = markup.GetAttribute(MARK_ATTRIBUTE)
        key = (mark_id, markup.GetNodeReferenceID(READING_REFERENCE))
        if mark_id and key in taken:
            markup.RemoveAttribute(MARK_ATTRIBUTE)
        taken.add(key)
