"""A slice through the scene: volume, segments, markups and a ruler."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkRenderingCore import vtkActor2D, vtkImageMapper, vtkRenderer

from hnn.headless.offscreen_view import OffscreenView, remove_nodes

if TYPE_CHECKING:
    from collections.abc import Sequence

MANAGERS = (
    "vtkMRMLModelSliceDisplayableManager",
    "vtkMRMLOrientationMarkerDisplayableManager",
    "vtkMRMLRulerDisplayableManager",
    "vtkMRMLScalarBarDisplayableManager",
    "vtkMRMLColorLegendDisplayableManager",
    "vtkMRMLSegmentationsDisplayableManager2D",
    "vtkMRMLCrosshairDisplayableManager",
    "vtkMRMLMarkupsDisplayableManager",
)

Position = tuple[float, float, float]


class SliceView(OffscreenView):
    """A slice view, named and oriented as in Slicer's layouts.

    Parameters
    ----------
    name : layout name, e.g. "Red", "Yellow", "Green".
    orientation : "Axial", "Sagittal", "Coronal" or another orientation preset of the scene.
    size : columns and rows of the window in pixels.
    """

    NODE_CLASSES = ("vtkMRMLSliceCompositeNode", "vtkMRMLSliceNode")

    def __init__(self, name: str = "Red", orientation: str = "Axial", size: tuple[int, int] = (512, 512)) -> None:
        super().__init__(name, size)
        self._application_logic = slicer.app.applicationLogic()
        self.logic = slicer.vtkMRMLSliceLogic()
        self.logic.SetMRMLApplicationLogic(self._application_logic)
        self._application_logic.GetSliceLogics().AddItem(self.logic)
        self.logic.SetMRMLScene(slicer.mrmlScene)
        self.node = self._slice_node()
        self.node.SetOrientation(orientation)
        self.node.SetMappedInLayout(1)
        self._layer_renderers()
        self._show_blend()
        self._interact()
        self.logic.ResizeSliceNode(*size)

    def _slice_node(self) -> Any:
        node = slicer.mrmlScene.GetSingletonNode(self.name, "vtkMRMLSliceNode")
        if node is None:
            return self.logic.AddSliceNode(self.name)
        self.logic.SetSliceNode(node)  # AddSliceNode would hand out a copy that is in no scene
        return node

    def _layer_renderers(self) -> None:
        # Markups draw into a second layer, above the image.
        self.renderer.GetActiveCamera().ParallelProjectionOn()
        self._overlay = vtkRenderer()
        self._overlay.SetLayer(1)
        self._overlay.GetActiveCamera().ParallelProjectionOn()
        self.window.SetNumberOfLayers(2)
        self.window.AddRenderer(self._overlay)
        self.window.SetAlphaBitPlanes(1)

    def _show_blend(self) -> None:
        self._mapper = vtkImageMapper()
        self._mapper.SetColorWindow(255)
        self._mapper.SetColorLevel(127.5)
        self._actor = vtkActor2D()
        self._actor.SetMapper(self._mapper)
        self._actor.GetProperty().SetDisplayLocationToBackground()
        self.renderer.AddViewProp(self._actor)
        self._blend_tag = self.logic.AddObserver("ModifiedEvent", self._connect_blend)
        self._connect_blend()

    def _connect_blend(self, *_: object) -> None:
        connection = self.logic.GetImageDataConnection()
        self._mapper.SetInputConnection(connection)
        self._actor.SetVisibility(connection is not None)

    def _interact(self) -> None:
        style = slicer.vtkMRMLSliceViewInteractorStyle()
        style.SetSliceLogic(self.logic)
        self._manage(slicer.vtkMRMLSliceViewDisplayableManagerFactory, MANAGERS, self.node, style)

    def render(self) -> None:
        """Draw the slice as it is now."""
        if tuple(self.node.GetDimensions()[:2]) != self.size:  # a loaded scene brings the size of another window
            self.logic.ResizeSliceNode(*self.size)
        super().render()

    def show(self, volume: Any, window: float | None = None, level: float | None = None) -> None:
        """Show a volume in the background, fitted to the view, on the slice nearest to its middle.

        Parameters
        ----------
        volume : vtkMRMLScalarVolumeNode
        window, level : grey scale in the units of the volume (HU for CT); left as it is when not both are given.
        """
        if volume.GetDisplayNode() is None:
            volume.CreateDefaultDisplayNodes()
        if window is not None and level is not None:
            volume.GetDisplayNode().AutoWindowLevelOff()
            volume.GetDisplayNode().SetWindowLevel(window, level)
        self.logic.GetSliceCompositeNode().SetBackgroundVolumeID(volume.GetID())
        self.logic.FitSliceToBackground()
        self.logic.SnapSliceOffsetToIJK()

    def centre_on(self, ras_mm: Sequence[float], field_of_view_mm: float | None = None) -> None:
        """Bring a RAS position to the middle of the view, in its plane.

        Parameters
        ----------
        ras_mm : position in RAS.
        field_of_view_mm : width of the view in the patient; as before when not given.
        """
        self.node.JumpSliceByCentering(*ras_mm)
        if field_of_view_mm is not None:
            columns, rows = self.size
            depth_mm = self.node.GetFieldOfView()[2]
            self.node.SetFieldOfView(field_of_view_mm, field_of_view_mm * rows / columns, depth_mm)

    @property
    def offset_mm(self) -> float:
        """Position of the plane along its normal."""
        return float(self.logic.GetSliceOffset())

    @offset_mm.setter
    def offset_mm(self, offset_mm: float) -> None:
        self.logic.SetSliceOffset(offset_mm)

    def ras_to_xy(self, ras_mm: Sequence[float]) -> tuple[float, float]:
        """Place in the view (pixels from the lower left corner) of a RAS position, projected on the plane."""
        inverse = vtkMatrix4x4()
        vtkMatrix4x4.Invert(self.node.GetXYToRAS(), inverse)
        x, y, *_ = inverse.MultiplyPoint((*ras_mm, 1.0))
        return x, y

    def xy_to_ras(self, xy: tuple[float, float]) -> Position:
        """RAS position (mm) of a place in the view, on the plane."""
        right, anterior, superior, _ = self.node.GetXYToRAS().MultiplyPoint((*xy, 0.0, 1.0))
        return right, anterior, superior

    def pixel_at(self, ras_mm: Sequence[float]) -> tuple[int, int]:
        """Row and column in `image()` of a RAS position, projected on the plane."""
        x, y = self.ras_to_xy(ras_mm)
        return self.size[1] - 1 - int(np.floor(y + 0.5)), int(np.floor(x + 0.5))

    def _release(self) -> None:
        self.logic.RemoveObserver(self._blend_tag)
        super()._release()
        self._mapper.SetInputConnection(None)
        self.window.RemoveRenderer(self._overlay)
        nodes = (
            self.logic.GetSliceModelNode(),
            self.logic.GetSliceModelDisplayNode(),
            self.logic.GetSliceModelTransformNode(),
        )
        self._application_logic.GetSliceLogics().RemoveItem(self.logic)
        self.logic.SetMRMLScene(None)
        remove_nodes(*nodes)
