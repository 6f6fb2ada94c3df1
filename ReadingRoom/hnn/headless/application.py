# ruff: noqa: N802, N815 - method and attribute names are those of qSlicerApplication
"""The running Slicer application, as far as code without a window needs it."""

from __future__ import annotations

import atexit
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any, ClassVar, Self

import slicer
import slicer.util
from vtkmodules.vtkCommonCore import vtkCollection

from hnn.headless.core_io import CoreIO
from hnn.headless.modules import LoadableModule, load_modules
from hnn.headless.offscreen_view import close_all_views
from hnn.headless.render_window import choose_render_window
from hnn.headless.share_folder import write_share_folder
from hnn.headless.subject_hierarchy import SubjectHierarchyItems


class HeadlessSlicer:
    """A subset of qSlicerApplication on the slicer-core wheel: scene, logics, reading and writing; no Qt.

    ``HeadlessSlicer.start()`` sets ``slicer.app``, ``slicer.mrmlScene`` and ``slicer.modules``, after which
    ordinary Slicer code and ``slicer.util`` run. Not here: widgets, layout, module manager, settings, command line
    modules, the DICOM database. A subclass may add them: it extends ``__init__`` and is started the same way.

    Attributes
    ----------
    temporaryPath : folder for temporary files, removed when the interpreter ends.
    """

    applicationName = "Slicer"
    _running: ClassVar[HeadlessSlicer | None] = None

    @classmethod
    def start(cls) -> Self:
        """Start the application, or return the one that runs.

        Raises
        ------
        RuntimeError
            If an application of another, less able class runs already: there is one scene per process.
        """
        if HeadlessSlicer._running is None:
            choose_render_window()
            HeadlessSlicer._running = cls()
        if not isinstance(HeadlessSlicer._running, cls):
            running = type(HeadlessSlicer._running).__name__
            raise RuntimeError(f"cannot start {cls.__name__}: {running} already runs in this process")
        return HeadlessSlicer._running

    def __init__(self) -> None:
        self.temporaryPath = tempfile.mkdtemp(prefix="hnn-slicer-")
        atexit.register(shutil.rmtree, self.temporaryPath, ignore_errors=True)
        share = Path(self.temporaryPath) / "share"
        write_share_folder(share)
        self._scene = slicer.vtkMRMLScene()
        self._logic = slicer.vtkSlicerApplicationLogic()
        self._logic.SetTemporaryPath(self.temporaryPath)
        self._logic.SetHomeDirectory(self.temporaryPath)
        self._logic.SetShareDirectory(share.name)
        self._connect_remote_io()
        self._connect_scene()
        self._modules: list[LoadableModule] = load_modules(self._logic, self._scene, share)
        slicer.vtkMRMLSliceNode.AddDefaultSliceOrientationPresets(self._scene, True)
        self._subject_hierarchy = SubjectHierarchyItems(self._scene)
        self._io = CoreIO(self._scene, self._logic)
        slicer.app, slicer.mrmlScene = self, self._scene
        atexit.register(self._shut_down)

    def _connect_remote_io(self) -> None:
        # Before the application logic gets the scene: some storage nodes look for the data manager then.
        self._remote_io = slicer.vtkMRMLRemoteIOLogic()
        self._remote_io.SetMRMLScene(self._scene)
        self._remote_io.SetMRMLApplicationLogic(self._logic)
        cache = Path(self.temporaryPath) / "cache"
        cache.mkdir()
        (cache / ".slicer-cache").touch()  # Slicer 5.12 warns about a cache folder without this mark
        self._remote_io.GetCacheManager().SetRemoteCacheDirectory(str(cache))
        self._data_io = slicer.vtkDataIOManagerLogic()
        self._data_io.SetMRMLScene(self._scene)
        self._data_io.SetMRMLApplicationLogic(self._logic)
        self._data_io.SetAndObserveDataIOManager(self._remote_io.GetDataIOManager())
        self._remote_io.AddDataIOToScene()

    def _connect_scene(self) -> None:
        self._logic.SetMRMLScene(self._scene)
        crosshair = slicer.vtkMRMLCrosshairNode()
        crosshair.SetCrosshairName("default")
        self._scene.AddNode(crosshair)
        self._logic.GetColorLogic().SetMRMLScene(self._scene)
        self._logic.GetColorLogic().AddDefaultColorNodes()
        self._logic.SetSliceLogics(vtkCollection())
        self._logic.SetViewLogics(vtkCollection())
        for factory in (
            slicer.vtkMRMLSliceViewDisplayableManagerFactory,
            slicer.vtkMRMLThreeDViewDisplayableManagerFactory,
        ):
            factory.GetInstance().SetMRMLApplicationLogic(self._logic)

    def _shut_down(self) -> None:
        close_all_views()
        self._subject_hierarchy.close()

    def mrmlScene(self) -> Any:
        """The one scene (vtkMRMLScene)."""
        return self._scene

    def applicationLogic(self) -> Any:
        """The vtkSlicerApplicationLogic: selection, interaction, slice and view logics."""
        return self._logic

    def moduleLogic(self, name: str) -> Any:
        """Logic of a loadable module, None if the wheel has no such module."""
        return self._logic.GetModuleLogic(name)

    def coreIOManager(self) -> CoreIO:
        """Reads and writes nodes and scenes."""
        return self._io

    def ioManager(self) -> CoreIO:
        """The same as `coreIOManager`: there are no dialogs."""
        return self._io

    def layoutManager(self) -> None:
        """None: there is no layout. Views are made one by one, see `hnn.headless.SliceView`."""

    def moduleManager(self) -> Any:
        """None: modules with widgets need Qt."""
        return None

    def testingEnabled(self) -> bool:
        """True, so that messages are logged and never wait for somebody to press a button."""
        return True

    def topLevelWidgets(self) -> list[Any]:
        """No widgets."""
        return []

    def pauseRender(self) -> None:
        """Tell the views to wait. Views here draw only when asked, so this only keeps pairs in order."""
        self._logic.PauseRender()

    def resumeRender(self) -> None:
        """End a `pauseRender`."""
        self._logic.ResumeRender()

    def processEvents(self) -> None:
        """Nothing waits: VTK events are delivered at once and there is no Qt queue."""

    def setOverrideCursor(self, cursor: object) -> None:
        """No cursor to change."""

    def restoreOverrideCursor(self) -> None:
        """No cursor to restore."""

    def translate(self, context: str, text: str) -> str:  # noqa: ARG002 - the signature is Slicer's
        """The text itself: no translations are loaded."""
        return text

    def exit(self, code: int = 0) -> None:
        """End the process."""
        sys.exit(code)
