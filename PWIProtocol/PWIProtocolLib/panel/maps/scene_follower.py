"""Tells of nodes that came or went, a moment later and once for many: a new node has no last name yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt
import slicer
import vtk
from slicer.util import VTKObservationMixin

if TYPE_CHECKING:
    from collections.abc import Callable

LATER_MS = 100
FOLLOWED = (
    "vtkMRMLVolumeNode", "vtkMRMLSequenceNode", "vtkMRMLSegmentationNode", "vtkMRMLTextNode"
)  # fmt: skip


class SceneFollower:
    """Watches the scene.

    Parameters
    ----------
    on_changed : called when volumes, sequences, segmentations or texts came or went.
    on_closing : called at once when the scene is being closed.
    """

    def __init__(self, on_changed: Callable[[], None], on_closing: Callable[[], None]) -> None:
        self._on_changed = on_changed
        self._observed = VTKObservationMixin()
        self._later = qt.QTimer()
        self._later.setSingleShot(True)
        self._later.setInterval(LATER_MS)
        self._later.connect("timeout()", self._tell)
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

    def _tell(self) -> None:
        if slicer.mrmlScene.IsBatchProcessing() or slicer.mrmlScene.IsClosing():
            self._later.start()
        else:
            self._on_changed()
