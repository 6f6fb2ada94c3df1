"""A scripted module is loaded and its panel is driven as in Slicer."""

from __future__ import annotations

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


def test_the_developer_section_is_shown_in_developer_mode(an_application: Any, an_entry_file: Path) -> None:
    an_application.userSettings().setValue("Developer/DeveloperMode", True)
    try:
        module = an_application.loadModule(an_entry_file)
        assert module.widgetRepresentation().self().reloadButton.text == "Reload"
    finally:
        an_application.userSettings().setValue("Developer/DeveloperMode", False)
        an_application.unloadModule("NodeCounter")


def test_a_misspelt_module_attribute_is_refused(a_module: Any) -> None:
    with pytest.raises(AttributeError, match="titel"):
        a_module.titel = "Node Counter"
