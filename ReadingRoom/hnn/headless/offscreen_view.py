"""What slice views and 3D views share: a window without a screen, pictures of it, and mouse events sent to it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self
from weakref import WeakSet

import numpy as np
import slicer
import vtkmodules.vtkRenderingOpenGL2  # noqa: F401 - registers the classes that draw
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkInteractionStyle import vtkInteractorStyleUser
from vtkmodules.vtkIOImage import vtkPNGWriter
from vtkmodules.vtkRenderingCore import (
    vtkRenderer,
    vtkRenderWindow,
    vtkRenderWindowInteractor,
    vtkWindowToImageFilter,
)

from hnn.headless.render_window import require_drawing
from hnn.headless.staged_file import staged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from vtkmodules.vtkCommonDataModel import vtkImageData

_open_views: WeakSet[OffscreenView] = WeakSet()


def close_all_views() -> None:
    """Close the views that are still open; a view that outlives its scene takes the process down."""
    for view in list(_open_views):
        view.close()


class OffscreenView:
    """A view of the scene with no screen: it draws when it is asked to, and never by itself.

    Positions in the view (xy) are pixels from the lower left corner, as in VTK; images are indexed
    [row, column] from the upper left corner. Views are closed by ``close()`` or at the end of a ``with`` block.

    Nodes of this name that a loaded scene brought, and that outlive its clearing, are taken up as they are.

    Raises
    ------
    DrawingUnavailableError
        If this machine cannot draw without a screen.
    ValueError
        If a view of the same kind and name is open: both would share one node of the scene.
    """

    NODE_CLASSES: ClassVar[tuple[str, ...]] = ()  # the scene holds one node of each for every view name

    name: str
    size: tuple[int, int]

    def __init__(self, name: str, size: tuple[int, int]) -> None:
        require_drawing()
        if any(type(view) is type(self) and view.name == name for view in _open_views):
            raise ValueError(f"a {type(self).__name__} named {name} is open already; close it or choose another name")
        self.name, self.size = name, size
        self.renderer = vtkRenderer()
        self.window = vtkRenderWindow()
        self.window.SetOffScreenRendering(1)
        self.window.SetMultiSamples(0)  # software drawing is twice as fast without
        self.window.AddRenderer(self.renderer)
        self.window.SetSize(*size)
        self.interactor = vtkRenderWindowInteractor()
        self.interactor.SetRenderWindow(self.window)
        self.interactor.EnableRenderOff()
        self.interactor.Initialize()
        self.interactor.UpdateSize(*size)
        self._style: Any = None
        self._managers: Any = None
        self._closed = False
        self._found = self._nodes_in_scene()
        _open_views.add(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _nodes_in_scene(self) -> list[Any]:
        nodes = [slicer.mrmlScene.GetSingletonNode(self.name, class_name) for class_name in self.NODE_CLASSES]
        return [node for node in nodes if node is not None]

    def _manage(self, factory_class: Any, manager_names: Sequence[str], node: Any, style: Any) -> None:
        """Let displayable managers draw the scene, and the style hand mouse events to them."""
        factory = factory_class.GetInstance()
        for name in manager_names:
            if not factory.IsDisplayableManagerRegistered(name):
                factory.RegisterDisplayableManager(name)
        self._managers = slicer.vtkMRMLDisplayableManagerGroup()
        self._managers.Initialize(factory, self.renderer)
        self._managers.SetMRMLDisplayableNode(node)
        self._style = style
        self._style.SetDisplayableManagers(self._managers)
        self.interactor.SetInteractorStyle(vtkInteractorStyleUser())  # VTK's own styles would turn the camera too
        self._style.SetInteractor(self.interactor)

    def render(self) -> None:
        """Draw the scene as it is now."""
        self.window.Render()

    def image(self) -> NDArray[np.uint8]:
        """Draw and return the picture: uint8 array of shape (rows, columns, 3), RGB, first row on top."""
        picture = self._picture()
        columns, rows, _ = picture.GetDimensions()
        pixels = vtk_to_numpy(picture.GetPointData().GetScalars()).reshape(rows, columns, -1)
        return np.ascontiguousarray(pixels[::-1, :, :3])

    def save_png(self, path: str | Path) -> Path:
        """Draw and write the picture to a PNG file, which is complete or not there at all."""
        target = Path(path).absolute()
        with staged(target) as file:
            writer = vtkPNGWriter()
            writer.SetFileName(str(file))
            writer.SetInputData(self._picture())
            writer.Write()
        return target

    def _picture(self) -> vtkImageData:
        self.render()
        grabber = vtkWindowToImageFilter()
        grabber.SetInput(self.window)
        grabber.ReadFrontBufferOff()
        grabber.Update()
        return grabber.GetOutput()

    def event(self, name: str, xy: tuple[float, float] | None = None, key: str = "") -> None:
        """Send an interactor event, such as ``"MouseMoveEvent"`` at a position or ``"KeyPressEvent"`` with a key."""
        if xy is not None:
            self.interactor.SetEventPosition(round(xy[0]), round(xy[1]))
        if key:
            self.interactor.SetKeyCode(key if len(key) == 1 else "\0")
            self.interactor.SetKeySym(key)
        self.interactor.InvokeEvent(name)

    def move(self, xy: tuple[float, float]) -> None:
        """Move the mouse to a position."""
        self.event("EnterEvent", xy)
        self.event("MouseMoveEvent", xy)

    def click(self, xy: tuple[float, float], button: str = "Left") -> None:
        """Move to a position and press and release a mouse button (``"Left"``, ``"Middle"`` or ``"Right"``)."""
        self.move(xy)
        self.event(f"{button}ButtonPressEvent", xy)
        self.event(f"{button}ButtonReleaseEvent", xy)

    def drag(self, start: tuple[float, float], end: tuple[float, float], button: str = "Left", steps: int = 5) -> None:
        """Press a mouse button at `start`, move to `end` in `steps` and release it there."""
        self.move(start)
        self.event(f"{button}ButtonPressEvent", start)
        for step in np.linspace(0.0, 1.0, steps + 1)[1:]:
            self.event("MouseMoveEvent", (start[0] + step * (end[0] - start[0]), start[1] + step * (end[1] - start[1])))
        self.event(f"{button}ButtonReleaseEvent", end)

    def close(self) -> None:
        """Release the window and take the nodes that the view made out of the scene; those it found stay.

        A closed view can't be used again.
        """
        if self._closed:
            return
        self._closed = True
        _open_views.discard(self)
        made = [node for node in self._nodes_in_scene() if node not in self._found]
        self._release()
        remove_nodes(*made)
        self.window.RemoveRenderer(self.renderer)
        self.window.Finalize()

    def _release(self) -> None:
        """Let go of the managers, and of the style that refers to them before that."""
        self._style.SetInteractor(None)
        self._style = None
        self._managers.SetMRMLDisplayableNode(None)
        self._managers = None


def remove_nodes(*nodes: Any) -> None:
    """Take out of the scene those of the nodes that are still in it."""
    for node in nodes:
        if node is not None and node.GetScene() is not None:
            node.GetScene().RemoveNode(node)
