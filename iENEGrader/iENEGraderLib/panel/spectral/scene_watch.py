"""What happens in the scene that the spectral section has to follow: volumes, regions, scenes, settings, the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer
import vtk
from HeadNeckNodesLib.widgets.later import WhenSceneRests
from slicer.util import VTKObservationMixin

if TYPE_CHECKING:
    from collections.abc import Callable


class SceneWatch:
    """Tells of changes a moment later and once for many: a new volume has neither voxels nor its last name yet.

    Parameters
    ----------
    parameter_node : returns the module's parameter node, which is watched, too.
    on_changed : called when volumes or regions came or went, or the settings have changed.
    on_loaded : called at once when a scene was loaded.
    """

    def __init__(
        self, parameter_node: Callable[[], Any], on_changed: Callable[[], None], on_loaded: Callable[[], None]
    ) -> None:
        self._parameter_node = parameter_node
        self._on_changed = on_changed
        self._on_loaded = on_loaded
        self._observed = VTKObservationMixin()
        self._later = WhenSceneRests(self._tell)
        scene = slicer.mrmlScene
        for event in (scene.NodeAddedEvent, scene.NodeRemovedEvent):
            self._observed.addObserver(scene, event, self._on_node)
        self._observed.addObserver(scene, scene.EndImportEvent, self._on_import)
        self._later.start()  # the scene may be older than the section

    def watch_cursor(self, on_cursor: Callable[[Any, str], None]) -> None:
        """Call a function with the crosshair whenever the mouse moves in a view."""
        crosshair = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLCrosshairNode")
        event = slicer.vtkMRMLCrosshairNode.CursorPositionModifiedEvent
        if crosshair is not None and not self._observed.hasObserver(crosshair, event, on_cursor):
            self._observed.addObserver(crosshair, event, on_cursor)

    def close(self) -> None:
        """Stop watching."""
        self._later.stop()
        self._observed.removeObservers()

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def _on_node(self, _scene: Any, _event: str, node: Any) -> None:
        if node.IsA("vtkMRMLScalarVolumeNode") or node.IsA("vtkMRMLMarkupsNode"):
            self._later.start()

    def _on_import(self, *_: object) -> None:
        self._on_loaded()
        self._later.start()

    def _on_parameters(self, *_: object) -> None:
        self._later.start()

    def _tell(self) -> None:
        node, event = self._parameter_node(), vtk.vtkCommand.ModifiedEvent
        if not self._observed.hasObserver(node, event, self._on_parameters):
            self._observed.addObserver(node, event, self._on_parameters)
        self._on_changed()
