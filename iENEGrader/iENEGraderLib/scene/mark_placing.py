"""Drawing a mark with the mouse: Slicer's place mode, from the first click to the complete mark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer
import vtk
from slicer.util import VTKObservationMixin

from iENEGraderLib.reading.mark import POINTS
from iENEGraderLib.scene.marks import new_markup, points_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from iENEGraderLib.reading import MarkKind

    Point = tuple[float, float, float]
    Placed = Callable[[Any, Sequence[Point]], None]


class MarkPlacing(VTKObservationMixin):
    """Lets the user place the points of one mark in any view.

    Only one mark is placed at a time; whoever leaves place mode half-way leaves nothing behind.

    Parameters
    ----------
    on_changed : called when placing begins or ends, for buttons that show it.
    """

    def __init__(self, on_changed: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self._on_changed = on_changed
        self._markup: Any = None
        self._kind: MarkKind | None = None
        self._on_placed: Placed = lambda _markup, _points: None
        scene = slicer.mrmlScene
        self.addObserver(_interaction(), _interaction().InteractionModeChangedEvent, self._on_mode_changed)
        self.addObserver(scene, scene.NodeRemovedEvent, self._on_node_removed)

    @property
    def kind(self) -> MarkKind | None:
        """What is being placed; None when nothing is."""
        return self._kind

    def begin(self, kind: MarkKind, on_placed: Placed) -> None:
        """Ask the user for the points of a mark.

        Parameters
        ----------
        on_placed : called with the markup and its points (RAS mm) when all are placed; the markup stays in the scene.
        """
        self.cancel()
        self._markup, self._kind, self._on_placed = new_markup(kind), kind, on_placed
        self.addObserver(self._markup, self._markup.PointPositionDefinedEvent, self._on_point_defined)
        selection = slicer.mrmlScene.GetNodeByID("vtkMRMLSelectionNodeSingleton")
        selection.SetReferenceActivePlaceNodeClassName(self._markup.GetClassName())
        selection.SetActivePlaceNodeID(self._markup.GetID())
        _interaction().SetPlaceModePersistence(True)
        _interaction().SetCurrentInteractionMode(_interaction().Place)
        self._on_changed()

    def cancel(self) -> None:
        """Stop placing; a mark that is not complete goes."""
        markup = self._markup
        if markup is None:
            return
        self._forget()
        slicer.mrmlScene.RemoveNode(markup)
        self._on_changed()

    def close(self) -> None:
        """Stop placing and observing."""
        self.cancel()
        self.removeObservers()

    def _forget(self) -> None:
        self.removeObserver(self._markup, self._markup.PointPositionDefinedEvent, self._on_point_defined)
        self._markup, self._kind = None, None
        if _interaction().GetCurrentInteractionMode() == _interaction().Place:
            _interaction().SetPlaceModePersistence(False)
            _interaction().SetCurrentInteractionMode(_interaction().ViewTransform)

    def _on_point_defined(self, markup: Any, _event: str) -> None:
        if self._kind is None or markup.GetNumberOfDefinedControlPoints() < POINTS[self._kind]:
            return
        on_placed = self._on_placed
        self._forget()
        on_placed(markup, points_of(markup))
        self._on_changed()

    def _on_mode_changed(self, interaction: Any, _event: str) -> None:
        if self._markup is not None and interaction.GetCurrentInteractionMode() != interaction.Place:
            self.cancel()

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def _on_node_removed(self, _scene: Any, _event: str, node: Any) -> None:
        if self._markup is not None and node is self._markup:
            self._forget()
            self._on_changed()


def _interaction() -> Any:
    return slicer.mrmlScene.GetNodeByID("vtkMRMLInteractionNodeSingleton")
