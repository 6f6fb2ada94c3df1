"""A scripted module is loaded and its panel is driven as in Slicer."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path


def test_a_module_says_who_it_is(a_module: Any) -> None:
    import slicer

    assert a_module.title == "Node Counter"
    assert a_module.categories == ("Segmentation",)
    assert a_module.contributors == ("A. Radiologist (a hospital)",)
    assert "modules/nodecounter" in a_module.helpText
    assert slicer.modules.nodecounter is a_module
    assert slicer.moduleNames.NodeCounter == "NodeCounter"
    assert slicer.util.modulePath("NodeCounter") == a_module.path


def test_the_end_of_start_up_is_announced_once_to_a_module(a_module: Any) -> None:
    import slicer

    assert slicer.modules.NodeCounterInstance.started == 1


@pytest.fixture
def a_sample(an_application: Any) -> Any:
    """A sample without files, which makes itself."""
    import SampleData
    import slicer

    SampleData.SampleDataLogic.registerCustomSampleDataCategory("Neck", title="Necks")
    SampleData.SampleDataLogic.registerCustomSampleDataSource(
        category="Neck",
        sampleName="neck",
        uris=[],
        fileNames=[],
        customDownloader=lambda source: slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTextNode", source.sampleName),
    )
    yield SampleData.SampleDataLogic().sourceForSampleName("neck")
    slicer.modules.sampleDataSources.clear()


def test_pressing_the_button_of_a_sample_makes_it(an_application: Any, a_sample: Any) -> None:
    import SampleData
    import slicer

    an_application.pressSample("neck")
    assert slicer.util.getNode("neck").IsA("vtkMRMLTextNode")
    logic = SampleData.SampleDataLogic()
    assert logic.categoryTitle(logic.categoryForSource(a_sample)) == "Necks"
    with pytest.raises(ValueError, match="no sample is named far"):
        an_application.pressSample("far")


def test_downloading_a_sample_passes_its_own_maker_by_as_in_slicer(an_application: Any, a_sample: Any) -> None:
    import SampleData
    import slicer

    assert SampleData.SampleDataLogic().downloadFromSource(a_sample) == []
    assert SampleData.downloadSamples("neck") == []
    with pytest.raises(IndexError):
        SampleData.downloadSample("neck")
    assert slicer.mrmlScene.GetFirstNodeByName("neck") is None


def test_an_unloaded_module_takes_its_samples_along(an_application: Any, an_entry_file: Path) -> None:
    import slicer

    an_application.loadModule(an_entry_file)
    maker = sys.modules["NodeCounter"].NodeCounterLogic
    sys.modules["SampleData"].SampleDataLogic.registerCustomSampleDataSource(
        "Neck", "counted", uris=[], fileNames=[], customDownloader=maker
    )
    an_application.unloadModule("NodeCounter")
    assert slicer.modules.sampleDataSources["Neck"] == []


def test_a_sample_must_say_the_same_number_of_things_of_its_files(an_application: Any) -> None:
    import SampleData

    register = SampleData.SampleDataLogic.registerCustomSampleDataSource
    with pytest.raises(TypeError, match="no len"):
        register(sampleName="without files", customDownloader=print)
    with pytest.raises(ValueError, match="must have the same length"):
        register(sampleName="two", uris=["https://example.org/1", "https://example.org/2"], fileNames=["1.nrrd"])
    far = SampleData.SampleDataSource("far", uris="https://example.org/far.nrrd", fileNames="far.nrrd")
    assert (far.uris, far.loadFileTypes) == (["https://example.org/far.nrrd"], [None])
    with pytest.raises(RuntimeError, match="the harness downloads nothing"):
        SampleData.SampleDataLogic().downloadFromSource(far)


def test_a_sample_is_listed_once_however_often_it_is_registered(an_application: Any, a_sample: Any) -> None:
    import SampleData

    register = SampleData.SampleDataLogic.registerCustomSampleDataSource
    for _ in range(2):
        register("Neck", "far", "https://example.org/far.nrrd", "far.nrrd")
    assert [each.sampleName for each in SampleData.SampleDataLogic.sampleDataSourcesByCategory("Neck")] == [
        "neck",
        "far",
    ]


def test_a_panel_loads_from_its_ui_file(a_panel: Any) -> None:
    assert a_panel.ui.inputs.text == "Inputs"
    assert a_panel.ui.advanced.collapsed is True
    assert a_panel.ui.imageSelector.nodeTypes == ("vtkMRMLScalarVolumeNode",)
    assert a_panel.ui.threshold.suffix == " HU"
    assert a_panel.ui.applyButton.enabled is False


def test_a_connection_of_the_ui_file_is_made(a_panel: Any) -> None:
    a_panel.ui.inputs.click()
    assert a_panel.ui.inputs.collapsed
    assert a_panel.ui.result.isHidden()
    a_panel.ui.inputs.click()
    assert not a_panel.ui.result.isHidden()


def test_the_node_selector_follows_the_scene(a_panel: Any, an_image: Any) -> None:
    import slicer

    selector = a_panel.ui.imageSelector
    assert selector.currentNode() is None
    assert selector.nodeCount() == 1
    selector.setCurrentNode(an_image)
    assert selector.currentNodeID == an_image.GetID()
    slicer.mrmlScene.RemoveNode(an_image)
    assert selector.currentNode() is None
    assert selector.nodeCount() == 0


def test_a_choice_in_a_widget_reaches_the_parameter_node(a_panel: Any, an_image: Any) -> None:
    a_panel.ui.imageSelector.setCurrentNode(an_image)
    a_panel.ui.threshold.value = 55
    a_panel.ui.side.currentIndex = 1
    a_panel.ui.comment.text = "seen"
    parameters = a_panel._parameterNode
    assert parameters.image is an_image
    assert parameters.threshold == 55
    assert parameters.side.name == "LEFT"
    assert parameters.parameterNode.GetParameter("side") == "LEFT"
    assert parameters.comment == "seen"
    assert a_panel.ui.applyButton.enabled


def test_a_change_of_the_parameter_node_reaches_the_widgets(a_panel: Any, an_image: Any) -> None:
    parameters = a_panel._parameterNode
    parameters.image = an_image
    parameters.threshold = -12.5
    parameters.side = type(parameters.side).LEFT
    assert a_panel.ui.imageSelector.currentNode() is an_image
    assert a_panel.ui.threshold.value == -12.5
    assert a_panel.ui.threshold.minimum == -100
    assert a_panel.ui.side.currentText == "left"
    with pytest.raises(ValueError, match="within range"):
        parameters.threshold = 201.0


def test_a_panel_that_was_left_does_not_follow_the_parameter_node(a_panel: Any) -> None:
    parameters = a_panel._parameterNode
    a_panel.parent.exit()
    parameters.comment = "unseen"
    assert a_panel.ui.comment.text == "none"
    a_panel.parent.enter()
    assert a_panel.ui.comment.text == "unseen"


def test_a_panel_lives_on_after_the_scene_is_closed(a_panel: Any, an_image: Any) -> None:
    import slicer

    a_panel._parameterNode.image = an_image
    a_panel._parameterNode.comment = "old case"
    slicer.mrmlScene.Clear(0)
    assert a_panel.ui.imageSelector.currentNode() is None
    assert a_panel.ui.comment.text == "none"
    assert not a_panel.ui.applyButton.enabled
    a_panel.ui.comment.text = "new case"
    assert a_panel._parameterNode.comment == "new case"


def test_a_parameter_node_survives_saving_and_opening_the_scene(a_panel: Any, tmp_path: Path) -> None:
    import slicer

    a_panel._parameterNode.comment = "saved"
    scene_file = tmp_path / "case.mrml"
    slicer.mrmlScene.Commit(str(scene_file))
    slicer.mrmlScene.Clear(0)
    slicer.mrmlScene.SetURL(str(scene_file))
    slicer.mrmlScene.Import()
    a_panel.initializeParameterNode()
    assert a_panel.ui.comment.text == "saved"


def test_pressing_the_button_runs_the_logic(a_panel: Any, an_image: Any) -> None:
    a_panel._parameterNode.image = an_image
    a_panel.ui.applyButton.click()
    assert a_panel.ui.result.text == "counted above 40.0"


def test_an_error_in_a_slot_is_shown_to_the_user_and_kept(a_panel: Any, an_image: Any, an_application: Any) -> None:
    a_panel._parameterNode.image = an_image
    a_panel._parameterNode.threshold = -1.0
    a_panel.ui.applyButton.click()
    assert [message.kind for message in an_application.messages] == ["critical"]
    assert an_application.messages[0].text == "Failed to count.\n\nthreshold below 0"
    assert "ValueError" in an_application.messages[0].details
    assert [str(error) for error in an_application.uncaughtErrors] == ["threshold below 0"]
    an_application.uncaughtErrors.clear()


def test_the_module_selector_enters_and_leaves_panels(a_module: Any) -> None:
    import slicer

    slicer.util.selectModule("NodeCounter")
    assert slicer.util.selectedModule() == "NodeCounter"
    assert a_module.widgetRepresentation().isEntered
    slicer.util.selectModule("Markups")
    assert not a_module.widgetRepresentation().isEntered


def test_the_self_test_of_a_module_runs(a_module: Any) -> None:
    import slicer

    slicer.selfTests["NodeCounter"](msec=0)
    assert sys.modules["NodeCounter"].NodeCounterTest.ran == 1


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


def test_the_developer_section_is_shown_in_developer_mode(an_application: Any, an_entry_file: Path) -> None:
    an_application.userSettings().setValue("Developer/DeveloperMode", True)
    try:
        module = an_application.loadModule(an_entry_file)
        assert module.widgetRepresentation().self().reloadButton.text == "Reload"
    finally:
        an_application.userSettings().setValue("Developer/DeveloperMode", False)
        an_application.unloadModule("NodeCounter")


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


def test_a_misspelt_module_attribute_is_refused(a_module: Any) -> None:
    with pytest.raises(AttributeError, match="titel"):
        a_module.titel = "Node Counter"


def test_starting_twice_gives_the_same_application(an_application: Any) -> None:
    import slicer
    import slicer_harness

    assert slicer_harness.start() is an_application
    assert slicer.app is an_application


def test_a_running_headless_application_gains_qt() -> None:
    script = (
        "from hnn.headless import HeadlessSlicer; headless = HeadlessSlicer.start(); scene = headless.mrmlScene();"
        "import slicer_harness; app = slicer_harness.start();"
        "import qt, slicer; assert app is headless and slicer.mrmlScene is scene; print(qt.QLabel('N1').text)"
    )
    done = run_python(script)
    assert (done.returncode, done.stdout, done.stderr) == (0, "N1\n", "")


PROCESS_WITH_A_PANEL = """
import sys
import slicer_harness
app = slicer_harness.start()
module = app.loadModule(sys.argv[1])
import qt, slicer
from hnn.headless import SliceView, ThreeDView
slicer.util.selectModule("NodeCounter")
app.mainWindow().show()
window = qt.QWidget()
window.show()
views = [SliceView(), ThreeDView()]
for view in views:
    view.render()
app.processEvents()
"""


def run_python(script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("ending", "code"),
    [
        ("", 0),
        ("app.exit()", 0),
        ("app.exit(3)", 3),
        ("window.connect('objectNameChanged(QString)', lambda _: app.exit(3)); window.objectName = 'last'", 3),
    ],
)
def test_a_process_with_panel_and_views_ends_quietly_and_leaves_nothing_behind(
    an_entry_file: Path, tmp_path: Path, ending: str, code: int
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    done = run_python(PROCESS_WITH_A_PANEL + ending, str(an_entry_file), TMPDIR=str(folder))
    assert (done.returncode, done.stdout, done.stderr) == (code, "", "")
    assert list(folder.iterdir()) == []


def test_other_messages_of_qt_are_still_printed() -> None:
    done = run_python("import slicer_harness; slicer_harness.start(); import qt; qt.qWarning('no such font')")
    assert (done.returncode, done.stderr) == (0, "no such font\n")
