"""Modules are reloaded, unloaded and loaded again as in Slicer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_reloading_makes_a_new_panel_from_the_changed_file(a_panel: Any, an_entry_file: Path) -> None:
    import slicer

    source = an_entry_file.read_text(encoding="utf-8").replace("counted above", "found above")
    an_entry_file.write_text(source, encoding="utf-8")
    a_panel.onReload()
    assert a_panel.cleaned
    renewed = slicer.modules.NodeCounterWidget
    assert renewed is not a_panel
    assert renewed.logic.count(3) == "found above 3.0"


def test_reloading_neither_leaves_the_open_panel_nor_enters_the_new_one_as_in_slicer(
    a_panel: Any, an_image: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import slicer

    left: list[bool] = []
    monkeypatch.setattr(type(a_panel), "exit", lambda _panel: left.append(True))
    a_panel.onReload()
    assert a_panel.parent.isEntered
    assert left == []
    assert slicer.modules.NodeCounterWidget._parameterNode is None  # it is made on entering


def test_unloading_cleans_the_panel_up(an_application: Any, an_entry_file: Path) -> None:
    import slicer

    panel = an_application.loadModule(an_entry_file).widgetRepresentation().self()
    an_application.unloadModule("NodeCounter")
    assert panel.cleaned
    assert not hasattr(slicer.modules, "nodecounter")


def test_an_unloaded_module_no_longer_hears_the_application(an_application: Any, an_entry_file: Path) -> None:
    instance = load_with_listener(an_application, an_entry_file)
    an_application._signals.renderPaused.emit(True)
    an_application.unloadModule("NodeCounter")
    an_application._signals.renderPaused.emit(False)
    an_application._signals.startupCompleted.emit()
    assert instance.heard == [True]
    assert instance.started == 1


def load_with_listener(application: Any, entry_file: Path) -> Any:
    """Load the module with a package whose code listens to a signal of the application."""
    import slicer

    package = entry_file.parent / "NodeCounterLib"
    package.mkdir()
    (package / "listening.py").write_text("def listener(heard):\n    return lambda paused: heard.append(paused)\n")
    source = entry_file.read_text(encoding="utf-8").replace(
        "        self.started = 0\n",
        "        self.started = 0\n        self.heard = []\n"
        "        from NodeCounterLib.listening import listener\n"
        "        slicer.app.connect('renderPaused(bool)', listener(self.heard))\n",
    )
    entry_file.write_text(source, encoding="utf-8")
    application.loadModule(entry_file)
    return slicer.modules.NodeCounterInstance


def test_loading_a_module_announces_no_second_start_to_others(
    a_module: Any, an_application: Any, tmp_path: Path
) -> None:
    import slicer

    other = tmp_path / "Other.py"
    other.write_text(
        "from slicer.ScriptedLoadableModule import *\nclass Other(ScriptedLoadableModule):\n    pass\n",
        encoding="utf-8",
    )
    an_application.loadModule(other)
    an_application.unloadModule("Other")
    assert slicer.modules.NodeCounterInstance.started == 1


def test_a_connection_of_others_outlives_an_unloaded_module(an_application: Any, an_entry_file: Path) -> None:
    heard: list[bool] = []
    an_application.connect("renderPaused(bool)", heard.append)
    an_application.loadModule(an_entry_file)
    an_application.unloadModule("NodeCounter")
    an_application._signals.renderPaused.emit(True)
    assert an_application.disconnect("renderPaused(bool)", heard.append)
    an_application._signals.renderPaused.emit(False)
    assert heard == [True]


def test_a_module_that_was_selected_can_be_selected_after_it_was_loaded_again(
    an_application: Any, an_entry_file: Path
) -> None:
    import slicer

    an_application.loadModule(an_entry_file)
    slicer.util.selectModule("NodeCounter")
    an_application.unloadModule("NodeCounter")
    assert slicer.util.selectedModule() == ""
    module = an_application.loadModule(an_entry_file)
    slicer.util.selectModule("NodeCounter")
    assert module.widgetRepresentation().isEntered
    assert an_application.mainWindow().findChildren(type(module.widgetRepresentation())) == [
        module.widgetRepresentation()
    ]
    an_application.unloadModule("NodeCounter")


def test_loading_a_loaded_file_again_reloads_it_as_in_slicer(
    a_module: Any, an_application: Any, an_entry_file: Path
) -> None:
    import slicer

    slicer.util.selectModule("NodeCounter")
    instance, panel = slicer.modules.NodeCounterInstance, slicer.modules.NodeCounterWidget
    source = an_entry_file.read_text(encoding="utf-8").replace("counted above", "found above")
    an_entry_file.write_text(source, encoding="utf-8")
    assert an_application.loadModule(an_entry_file) is a_module
    renewed = a_module.widgetRepresentation().self()
    assert panel.cleaned
    assert renewed is slicer.modules.NodeCounterWidget
    assert renewed is not panel
    assert renewed.logic.count(3) == "found above 3.0"
    assert a_module.widgetRepresentation().isEntered
    assert slicer.modules.NodeCounterInstance is instance  # Slicer reads the source anew, not the card
    assert instance.started == 1
