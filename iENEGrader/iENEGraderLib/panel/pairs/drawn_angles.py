"""The angles that the reader drew at the selected node by three points, followed while a point is dragged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt
from slicer.util import VTKObservationMixin

from iENEGraderLib.panel.choices import spaced
from iENEGraderLib.panel.pairs.contact_study import drawn_angle_words
from iENEGraderLib.reading import MarkKind
from iENEGraderLib.scene.marks import markups_of_reading, points_of

if TYPE_CHECKING:
    from iENEGraderLib.panel.session.reading_session import ReadingSession
    from iENEGraderLib.reading import Mark, Node


class DrawnAngles(qt.QLabel):
    """One line for each contact angle among the marks of a node; hidden without any.

    Parameters
    ----------
    session : the reading whose markups are followed.
    """

    def __init__(self, session: ReadingSession) -> None:
        super().__init__()
        self._session = session
        self._marks: tuple[Mark, ...] = ()
        self._watcher = VTKObservationMixin()
        self.wordWrap = True
        self.visible = False

    def showNode(self, node: Node | None) -> None:
        """Show the angles of a node."""
        self._marks = () if node is None else tuple(m for m in node.marks if m.kind is MarkKind.CONTACT_ANGLE)
        self._watcher.removeObservers()
        for markup in self._markups().values():
            self._watcher.addObserver(markup, markup.PointModifiedEvent, self._show)
        self._show()

    def close(self) -> None:
        """Stop observing the scene."""
        self._watcher.removeObservers()

    def _markups(self) -> dict[str, Any]:
        node = self._session.node
        found = {} if node is None else markups_of_reading(node)
        return {mark.id: found[mark.id] for mark in self._marks if mark.id in found}

    def _show(self, *_: object) -> None:
        markups = self._markups()
        lines = [_words(mark, markups.get(mark.id)) for mark in self._marks]
        self.text = "\n".join(lines)
        self.visible = bool(lines)


def _words(mark: Mark, markup: Any) -> str:
    """Return the angle as its markup stands now: during a drag it is ahead of the mark."""
    points = () if markup is None else points_of(markup)
    shown = mark.moved(points) if len(points) == len(mark.points_ras_mm) else mark
    angle = shown.angle_deg
    assert angle is not None
    return drawn_angle_words(f"{mark.id}{f', {spaced(mark.structure)}' if mark.structure else ''}", angle)
