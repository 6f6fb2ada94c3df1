"""A 3D view of the scene: surfaces of segments, models, markups and the box around them."""

from __future__ import annotations

from enum import Enum

import slicer

from hnn.headless.offscreen_view import OffscreenView

# Volume rendering is left out: in software it takes seconds per picture.
MANAGERS = (
    "vtkMRMLCameraDisplayableManager",
    "vtkMRMLViewDisplayableManager",
    "vtkMRMLModelDisplayableManager",
    "vtkMRMLThreeDReformatDisplayableManager",
    "vtkMRMLCrosshairDisplayableManager3D",
    "vtkMRMLOrientationMarkerDisplayableManager",
    "vtkMRMLRulerDisplayableManager",
    "vtkMRMLSegmentationsDisplayableManager3D",
    "vtkMRMLMarkupsDisplayableManager",
)


class Direction(Enum):
    """Side of the patient that the camera stands on: its place and its upward direction, in RAS."""

    ANTERIOR = ((0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    POSTERIOR = ((0.0, -1.0, 0.0), (0.0, 0.0, 1.0))
    RIGHT = ((1.0, 0.0, 0.0), (0.0, 0.0, 1.0))
    LEFT = ((-1.0, 0.0, 0.0), (0.0, 0.0, 1.0))
    SUPERIOR = ((0.0, 0.0, 1.0), (0.0, 1.0, 0.0))
    INFERIOR = ((0.0, 0.0, -1.0), (0.0, 1.0, 0.0))


class ThreeDView(OffscreenView):
    """A 3D view.

    Parameters
    ----------
    name : layout name, "1" for the first 3D view of Slicer's layouts.
    size : columns and rows of the window in pixels.
    """

    NODE_CLASSES = ("vtkMRMLCameraNode", "vtkMRMLViewNode")

    def __init__(self, name: str = "1", size: tuple[int, int] = (512, 512)) -> None:
        super().__init__(name, size)
        self.renderer.SetUseDepthPeeling(True)  # see-through surfaces are sorted by depth
        self._application_logic = slicer.app.applicationLogic()
        self.logic = slicer.vtkMRMLViewLogic()
        self.logic.SetMRMLApplicationLogic(self._application_logic)
        self.logic.SetName(name)  # by which it finds the nodes that the scene may have for it
        self._application_logic.GetViewLogics().AddItem(self.logic)
        self.logic.SetMRMLScene(slicer.mrmlScene)
        self.node = self.logic.GetViewNode() or self.logic.AddViewNode(name)
        self.node.SetMappedInLayout(1)
        style = slicer.vtkMRMLThreeDViewInteractorStyle()
        self._manage(slicer.vtkMRMLThreeDViewDisplayableManagerFactory, MANAGERS, self.node, style)

    def reset_camera(self) -> None:
        """Move the camera so that all that is visible fits into the view; the direction stays."""
        self.renderer.ResetCamera()
        self.renderer.ResetCameraClippingRange()

    def look_from(self, direction: Direction) -> None:
        """Look at the scene from a side of the patient, and fit it into the view."""
        towards, up = direction.value
        camera = self.renderer.GetActiveCamera()
        focus = camera.GetFocalPoint()
        camera.SetPosition(*(point + step for point, step in zip(focus, towards, strict=True)))
        camera.SetViewUp(*up)
        self.reset_camera()

    def _release(self) -> None:
        super()._release()
        self._application_logic.GetViewLogics().RemoveItem(self.logic)
        self.logic.SetMRMLScene(None)
