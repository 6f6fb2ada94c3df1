"""The application of the harness: the headless application with Qt, modules and a user who answers questions."""

from __future__ import annotations

import logging
import sys
import types
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import slicer
from hnn.headless.application import HeadlessSlicer
from PySide6.QtCore import QEvent, QObject, QProcessEnvironment, QSettings, Signal
from PySide6.QtWidgets import QApplication

from slicer_harness import install
from slicer_harness.connections import Connections
from slicer_harness.dialogs import Dialogs, Message

if TYPE_CHECKING:
    from collections.abc import Callable

DOCUMENTATION_URL = "https://slicer.readthedocs.io/en/latest/"


class _ApplicationSignals(QObject):
    """Signals of qSlicerApplication."""

    startupCompleted = Signal()
    mrmlSceneChanged = Signal(object)
    lastWindowClosed = Signal()
    aboutToQuit = Signal()
    renderPaused = Signal(bool)


class HarnessApplication(HeadlessSlicer):
    """qSlicerApplication as a panel knows it.

    Attributes
    ----------
    messages : messages that the user would have seen, oldest first; clear it as you like.
    uncaughtErrors : exceptions raised in slots and observers, which Slicer would only print.
    """

    mainApplicationName = "Slicer"
    majorVersion, minorVersion = 5, 12
    applicationVersion = "5.12.0"
    revision = repositoryRevision = "0"
    releaseType = "Stable"
    documentationBaseUrl = DOCUMENTATION_URL

    @classmethod
    def start(cls) -> Self:
        """Start the application, or add Qt to the headless one that runs: there is one scene per process."""
        running = HeadlessSlicer._running
        if type(running) is HeadlessSlicer:
            running.__class__ = cls
            running._add_qt()
        return super().start()

    def __init__(self) -> None:
        super().__init__()
        self._add_qt()

    def _add_qt(self) -> None:
        self.slicerHome = self.temporaryPath
        self.uncaughtErrors: list[BaseException] = []
        self._use_own_settings()
        install.modules()
        self._signals = _ApplicationSignals()
        self._connections = Connections(self._signals)
        self._dialogs = Dialogs()
        self._dialogs.install()
        self._manager = slicer.qSlicerModuleManager()
        self._window = slicer.qSlicerMainWindow()
        self._window.resize(400, 900)
        self._catch_errors()

    def _use_own_settings(self) -> None:
        QSettings.setDefaultFormat(QSettings.Format.IniFormat)
        for scope in (QSettings.Scope.UserScope, QSettings.Scope.SystemScope):
            QSettings.setPath(QSettings.Format.IniFormat, scope, self.temporaryPath)
        QApplication.setOrganizationName("SlicerHarness")
        QApplication.setApplicationName("Slicer")

    def _catch_errors(self) -> None:
        before = sys.excepthook

        def remember(kind: type[BaseException], error: BaseException, trace: Any) -> None:
            self.uncaughtErrors.append(error)
            before(kind, error, trace)

        sys.excepthook = remember

    # Modules

    def loadModule(self, path: str | Path) -> Any:
        """Load a scripted module from its entry file, and end the start-up that it may wait for.

        A module that is loaded from this file already is reloaded, as by the button in Slicer.

        Parameters
        ----------
        path : the file ``<ModuleName>.py``.

        Returns
        -------
        The module: ``widgetRepresentation()``, ``title``, ... as ``slicer.modules.<modulename>``.
        """
        path = Path(path).resolve()
        loaded = self._manager.factoryManager().loadedModule(path.stem)
        if loaded is not None and loaded.path == str(path):
            loaded.widgetRepresentation().self().onReload()
            return loaded
        if loaded is not None:
            self.unloadModule(path.stem)
        module = self._manager.factoryManager()._load(path)
        self._signals.startupCompleted.emit()
        self.disconnect("startupCompleted()")  # Slicer starts once: who was told is not told again
        return module

    def unloadModule(self, name: str) -> None:
        """Unload a module: it is left, its panel cleans up and is deleted, its source and connections are forgotten."""
        module = self._manager.factoryManager().loadedModule(name)
        if module is None:
            return
        if self._window.moduleSelector().selectedModule == name:
            self._window.moduleSelector().selectModule("")
        if module._representation is not None:
            module._representation.exit()
        self._manager._unload(name)
        self._connections.disconnect_module(Path(module.path))
        sys.modules["SampleData"].forget_module(Path(module.path))
        if module._representation is not None:
            module._representation.deleteLater()
            module._representation = None
        for attribute in (name.lower(), f"{name}Instance", f"{name}Widget"):
            if hasattr(slicer.modules, attribute):
                delattr(slicer.modules, attribute)
        sys.modules.pop(name, None)
        self.processEvents()

    def moduleManager(self) -> Any:
        return self._manager

    def moduleDocumentationUrl(self, name: str) -> str:
        return f"{self.documentationBaseUrl}user_guide/modules/{name.lower()}.html"

    # The user

    def pressSample(self, sampleName: str) -> None:
        """Press the button of a sample in the module Sample Data; errors are those of a slot (`uncaughtErrors`)."""
        sys.modules["SampleData"].button(sampleName).click()

    @property
    def messages(self) -> list[Message]:
        return self._dialogs.messages

    def answerNext(self, *answers: Any) -> None:
        """Prepare answers to the next questions: True or False, a path, a text, ..."""
        self._dialogs.answers.extend(answers)

    def mainWindow(self) -> Any:
        return self._window

    def testingEnabled(self) -> bool:
        """False: messages are made as for a user, and recorded instead of shown."""
        return False

    # Qt

    def connect(self, signal: str, target: Callable[..., Any], slot: str | None = None) -> bool:
        return self._connections.connect(signal, target, slot)

    def disconnect(self, signal: str, target: Callable[..., Any] | None = None, slot: str | None = None) -> bool:
        return self._connections.disconnect(signal, target, slot)

    def processEvents(self) -> None:
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def topLevelWidgets(self) -> list[Any]:
        return list(QApplication.topLevelWidgets())

    def userSettings(self) -> QSettings:
        return QSettings()

    def settings(self) -> QSettings:
        return QSettings()

    def revisionUserSettings(self) -> QSettings:
        return QSettings()

    def setOverrideCursor(self, cursor: Any) -> None:
        QApplication.setOverrideCursor(cursor)

    def restoreOverrideCursor(self) -> None:
        QApplication.restoreOverrideCursor()

    def clipboard(self) -> Any:
        return QApplication.clipboard()

    def keyboardModifiers(self) -> Any:
        return QApplication.keyboardModifiers()

    def palette(self) -> Any:
        return QApplication.palette()

    def style(self) -> Any:
        return QApplication.style()

    def commandOptions(self) -> Any:
        return types.SimpleNamespace(noMainWindow=False, testingEnabled=False)

    def startupEnvironment(self) -> QProcessEnvironment:
        return QProcessEnvironment.systemEnvironment()

    def pythonConsole(self) -> None:
        """None: there is no console."""

    def logUsageEvent(self, component: str, event: str) -> None:
        logging.debug("usage event %s %s", component, event)
