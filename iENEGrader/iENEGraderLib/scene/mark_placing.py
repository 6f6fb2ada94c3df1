"""Drawing a mark with the mouse: Slicer's place mode, from the first click to the complete mark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iENEGraderLib.reading.mark import POINTS
from iENEGraderLib.scene.marks import new_markup, points_of
from iENEGraderLib.scene.markup_placing import MarkupPlacing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from iENEGraderLib.reading import MarkKind

    Point = tuple[float, float, float]
    Placed = Callable[[Any, Sequence[Point]], None]


class MarkPlacing:
    """Lets the user place the points of one mark in any view.

    Only one mark is placed at a time; whoever leaves place mode half-way leaves nothing behind.

    Parameters
    ----------
    on_changed : called when placing begins or ends, for buttons that show it.
    """

    def __init__(self, on_changed: Callable[[], None] = lambda: None) -> None:
        self._placing = MarkupPlacing(on_changed)
        self._kind: MarkKind | None = None

    @property
    def kind(self) -> MarkKind | None:
        """What is being placed; None when nothing is."""
        return None if self._placing.markup is None else self._kind

    def begin(self, kind: MarkKind, on_placed: Placed) -> None:
        """Ask the user for the points of a mark.

        Parameters
        ----------
        on_placed : called with the markup and its points (RAS mm) when all are placed; the markup stays in the scene.
        """
        self.cancel()
        self._kind = kind
        self._placing.begin(new_markup(kind), POINTS[kind], lambda markup: on_placed(markup, points_of(markup)))

    def cancel(self) -> None:
        """Stop placing; a mark that is not complete goes."""
        self._placing.cancel()

    def close(self) -> None:
        """Stop placing and observing."""
        self._placing.close()
