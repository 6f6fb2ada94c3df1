"""Stand-ins for what loads a scripted module and holds its panel."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import slicer
from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMainWindow, QScrollArea, QToolBar, QVBoxLayout, QWidget

from slicer_harness.mrml_widgets import qSlicerWidget
from slicer_harness.stand_in import stand_in, stored


class _AbstractModuleWidget(qSlicerWidget):
    """The representation of a module in the module panel."""

    isEntered = stored("isEntered", bool, False)
    _module: Any = None

    def module(self) -> Any:
        return self._module


@stand_in
class qSlicerScriptedLoadableModuleWidget(_AbstractModuleWidget):
    """The widget that a scripted panel is laid out in."""

    _panel: Any = None

    def __init__(self, module: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._module = module
        self.setLayout(QVBoxLayout())
        self.setMRMLScene(slicer.mrmlScene)

    moduleName = Property(str, lambda self: self._module.name)

    def reload(self) -> None:
        """Make the panel anew from the class in the module's file. As in Slicer nobody enters it: it may be open."""
        name = self._module.name
        self._panel = getattr(sys.modules[name], f"{name}Widget")(self)
        setattr(slicer.modules, f"{name}Widget", self._panel)
        self._panel.setup()

    def self(self) -> Any:
        return self._panel

    def enter(self) -> None:
        if not self.isEntered:
            self.isEntered = True
            if hasattr(self._panel, "enter"):
                self._panel.enter()

    def exit(self) -> None:
        if self.isEntered:
            self.isEntered = False
            if hasattr(self._panel, "exit"):
                self._panel.exit()


@stand_in
class qSlicerScriptedLoadableModule(QObject):
    """A scripted module: the ``parent`` of its ScriptedLoadableModule, and what ``slicer.modules.x`` is."""

    _path = ""
    _instance: Any = None
    _representation: Any = None

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = str(path)
        self.setObjectName(path.stem)

    name = Property(str, lambda self: Path(self._path).stem)
    path = Property(str, lambda self: self._path)
    title = stored("title", str, "")
    categories = stored("categories", "QStringList", [])
    contributors = stored("contributors", "QStringList", [])
    dependencies = stored("dependencies", "QStringList", [])
    associatedNodeTypes = stored("associatedNodeTypes", "QStringList", [])
    helpText = stored("helpText", str, "")
    acknowledgementText = stored("acknowledgementText", str, "")
    hidden = stored("hidden", bool, False)
    index = stored("index", int, -1)
    icon = stored("icon", QIcon, QIcon())
    widgetRepresentationCreationEnabled = stored("widgetRepresentationCreationEnabled", bool, True)

    def widgetRepresentation(self) -> Any:
        if self._representation is None:
            self._representation = self.createNewWidgetRepresentation()
        return self._representation

    def createNewWidgetRepresentation(self) -> Any:
        representation = qSlicerScriptedLoadableModuleWidget(self)
        representation.reload()
        return representation

    def logic(self) -> None:
        """None: a scripted module's logic is a Python object of its panel."""


@stand_in
class qSlicerModuleFactoryManager(QObject):
    """Loads modules from files."""

    moduleLoaded = Signal(str)
    _modules: dict[str, Any] = {}  # noqa: RUF012 - replaced, never changed in place

    def _load(self, path: Path) -> Any:
        """Import an entry file and make its module, as Slicer does at start."""
        if not path.is_file():
            raise FileNotFoundError(f"no scripted module at {path}")
        module = qSlicerScriptedLoadableModule(path)
        name = module.name
        folder = str(path.parent)
        if folder not in sys.path:
            sys.path.insert(0, folder)
        spec = importlib.util.spec_from_file_location(name, path)
        source = importlib.util.module_from_spec(spec)
        sys.modules[name] = source
        spec.loader.exec_module(source)
        self._modules = {**self._modules, name: module}
        setattr(slicer.modules, name.lower(), module)
        setattr(slicer.moduleNames, name, name)
        module._instance = getattr(source, name)(module)
        setattr(slicer.modules, f"{name}Instance", module._instance)
        if hasattr(module._instance, "setup"):
            module._instance.setup()
        self.moduleLoaded.emit(name)
        return module

    def isLoaded(self, name: str) -> bool:
        return name in self._modules

    def loadedModuleNames(self) -> tuple[str, ...]:
        return tuple(self._modules)

    def loadedModule(self, name: str) -> Any:
        return self._modules.get(name)

    def _forget(self, name: str) -> None:
        """Drop a module that was unloaded."""
        self._modules = {kept: module for kept, module in self._modules.items() if kept != name}


@stand_in
class qSlicerModuleManager(QObject):
    """Knows the loaded modules."""

    moduleLoaded = Signal(str)
    moduleAboutToBeUnloaded = Signal(str)
    _factory: Any = None

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._factory = qSlicerModuleFactoryManager(self)
        self._factory.moduleLoaded.connect(self.moduleLoaded)

    def factoryManager(self) -> Any:
        return self._factory

    def modulesNames(self) -> tuple[str, ...]:
        return self._factory.loadedModuleNames()

    def module(self, name: str) -> Any:
        return self._factory.loadedModule(name) or getattr(slicer.modules, name.lower(), None)

    def _unload(self, name: str) -> None:
        """Take a module out, after its panel was told to clean up."""
        self.moduleAboutToBeUnloaded.emit(name)
        self._factory._forget(name)


@stand_in
class qSlicerModuleSelectorToolBar(QToolBar):
    """Chooses the module whose panel is shown."""

    moduleSelected = Signal(str)
    selectedModule = stored("selectedModule", str, "", notify="moduleSelected")

    def selectModule(self, name: str) -> None:
        self.selectedModule = name


@stand_in
class qSlicerMainWindow(QMainWindow):
    """The main window, reduced to the module panel: it parents shortcuts and enters and leaves modules."""

    _selector: Any = None
    _scroll: Any = None
    _shown: Any = None

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("qSlicerMainWindow")
        self._selector = qSlicerModuleSelectorToolBar(self)
        self._selector.moduleSelected.connect(self._show_module)
        self._selector.hide()
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self.setCentralWidget(self._scroll)

    def moduleSelector(self) -> Any:
        return self._selector

    def _show_module(self, name: str) -> None:
        if self._shown is not None:
            self._shown.exit()
            self._scroll.takeWidget()
        module = slicer.app.moduleManager().module(name)
        self._shown = module.widgetRepresentation() if hasattr(module, "widgetRepresentation") else None
        if self._shown is not None:
            self._scroll.setWidget(self._shown)
            self._shown.enter()
