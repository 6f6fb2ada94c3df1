"""Tell a widget when nodes come to the scene and leave it, as long as the widget lives."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

import shiboken6
import slicer
from vtkmodules.util.misc import calldata_type
from vtkmodules.vtkCommonCore import VTK_OBJECT

if TYPE_CHECKING:
    from collections.abc import Callable


class SceneWatcher:
    """Calls ``method_added(node)`` and ``method_removed(node)`` of a widget that may die at any time."""

    def __init__(self, widget: Any, added: str, removed: str) -> None:
        self._widget = weakref.ref(widget)
        self._methods = {
            slicer.vtkMRMLScene.NodeAddedEvent: added,
            slicer.vtkMRMLScene.NodeRemovedEvent: removed,
        }
        self._scene: Any = None
        self._tags: list[int] = []

    def watch(self, scene: Any) -> None:
        for tag in self._tags:
            self._scene.RemoveObserver(tag)
        self._scene = scene
        self._tags = []
        if scene is not None:
            self._tags = [scene.AddObserver(event, self._forward(name)) for event, name in self._methods.items()]

    def _forward(self, method: str) -> Callable[[Any, str, Any], None]:
        widget_reference = self._widget

        @calldata_type(VTK_OBJECT)
        def forward(_scene: Any, _event: str, node: Any) -> None:
            widget = widget_reference()
            if widget is not None and shiboken6.isValid(widget):
                getattr(widget, method)(node)

        return forward


def scene_nodes(scene: Any) -> list[Any]:
    """Return all nodes of a scene in order."""
    if scene is None:
        return []
    return [scene.GetNthNode(index) for index in range(scene.GetNumberOfNodes())]
