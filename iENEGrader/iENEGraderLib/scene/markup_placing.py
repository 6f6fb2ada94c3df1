"""Slicer's place mode, from the first click to the complete markup."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer
import vtk
from slicer.util import VTKObservationMixin

if TYPE_CHECKING:
    from collections.abc import Callable


class MarkupPlacing(VTKObservationMixin):
    """Lets the user place the points of one markup in any view.

    Only one markup is placed at a time; whoever leaves place mode half-way leaves nothing behind.

    Parameters
    ----------
    on_changed : called when placing begins or ends, for buttons that show it.
    """

    def __init__(self, on_changed: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self._on_changed = on_changed
        self._markup: Any = None
        self._points = 0
        self._is_open_ended = False
        self._on_placed: Callable[[Any], None] = lambda _markup: None
        self._last: tuple[Any, ...] = ()
        scene = slicer.mrmlScene
        self.addObserver(_interaction(), _interaction().InteractionModeChangedEvent, self._on_mode_changed)
        self.addObserver(scene, scene.NodeRemovedEvent, self._on_node_removed)

    @property
    def markup(self) -> Any:
        """The markup that is being placed (vtkMRMLMarkupsNode); None when nothing is."""
        return self._markup

    def begin(self, markup: Any, points: int, on_placed: Callable[[Any], None], *, is_open_ended: bool = False) -> None:
        """Ask the user for the points of a markup.

        Parameters
        ----------
        markup : without points, in the scene; it goes when it is not completed.
        points : how many make it complete.
        on_placed : called with the complete markup, which stays in the scene.
        is_open_ended : further points may follow; the user ends it by leaving place mode, as with a right click.
        """
        self.cancel()
        self._markup, self._points, self._on_placed = markup, points, on_placed
        self._is_open_ended = is_open_ended
        # Whoever is told of the last point may remove the markup; the view that tells goes on with it after that.
        self._last = (markup, markup.GetDisplayNode())
        self.addObserver(markup, markup.PointPositionDefinedEvent, self._on_point_defined)
        selection = slicer.mrmlScene.GetNodeByID("vtkMRMLSelectionNodeSingleton")
        selection.SetReferenceActivePlaceNodeClassName(markup.GetClassName())
        selection.SetActivePlaceNodeID(markup.GetID())
        _interaction().SetPlaceModePersistence(True)
        _interaction().SetCurrentInteractionMode(_interaction().Place)
        self._on_changed()

    def cancel(self) -> None:
        """Stop placing; a markup that is not complete goes."""
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
        self._markup = None
        if _interaction().GetCurrentInteractionMode() == _interaction().Place:
            _interaction().SetPlaceModePersistence(False)
            _interaction().SetCurrentInteractionMode(_interaction().ViewTransform)

    def _complete(self) -> None:
        markup, on_placed = self._markup, self._on_placed
        self._forget()
        on_placed(markup)
        self._on_changed()

    def _has_its_points(self) -> bool:
        return bool(self._markup.GetNumberOfDefinedControlPoints() >= self._points)

    def _on_point_defined(self, _markup: Any, _event: str) -> None:
        if self._markup is not None and not self._is_open_ended and self._has_its_points():
            self._complete()

    def _on_mode_changed(self, interaction: Any, _event: str) -> None:
        if self._markup is None or interaction.GetCurrentInteractionMode() == interaction.Place:
            return
        if self._is_open_ended and self._has_its_points():
            self._complete()
        else:
            self.cancel()

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def _on_node_removed(self, _scene: Any, _event: str, node: Any) -> None:
        if self._markup is not None and node is self._markup:
            self._forget()
            self._on_changed()


def _interaction() -> Any:
    return slicer.mrmlScene.GetNodeByID("vtkMRMLInteractionNodeSingleton")
