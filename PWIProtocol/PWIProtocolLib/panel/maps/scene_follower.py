"""Tells of nodes that came or went, a moment later and once for many: a new node has no last name yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer
import vtk
from HeadNeckNodesLib.widgets.later import WhenSceneRests
from slicer.util import VTKObservationMixin

if TYPE_CHECKING:
    from collections.abc import Callable

FOLLOWED = (
    "vtkMRMLVolumeNode", "vtkMRMLSequenceNode", "vtkMRMLSegmentationNode", "vtkMRMLTextNode", "vtkMRMLTableNode"
)  # fmt: skip


class SceneFollower:
    """Watches the scene.

    Parameters
    ----------
    on_changed : called when volumes, sequences, segmentations, texts or tables came or went.
    on_closing : called at once when the scene is being closed.
    """

    def __init__(self, on_changed: Callable[[], None], on_closing: Callable[[], None]) -> None:
        self._observed = VTKObservationMixin()
        self._later = WhenSceneRests(on_changed)
        scene = slicer.mrmlScene
        for event in (scene.NodeAddedEvent, scene.NodeRemovedEvent):
            self._observed.addObserver(scene, event, self._on_node)
        self._observed.addObserver(scene, scene.StartCloseEvent, lambda *_: on_closing())
        self._observed.addObserver(scene, scene.EndCloseEvent, lambda *_: self._later.start())

    def close(self) -> None:
        """Stop watching."""
        self._later.stop()
        self._observed.removeObservers()

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def _on_node(self, _scene: Any, _event: str, node: Any) -> None:
        if not node.GetHideFromEditors() and any(map(node.IsA, FOLLOWED)):
            self._later.start()
