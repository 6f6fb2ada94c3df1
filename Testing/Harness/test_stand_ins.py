"""Stand-ins have the names of the real classes, no others, and do what panels need of them."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6 import QtCore, QtWidgets
from slicer_harness import pythonqt

pytestmark = pytest.mark.usefixtures("an_application")


def stand_ins() -> dict[str, type]:
    import slicer_harness

    slicer_harness.start()
    from slicer_harness.stand_in import registered

    return registered()


def qt_base(cls: type) -> type:
    return next(base for base in cls.__mro__ if base.__module__.startswith("PySide6"))


@pytest.mark.parametrize("name", sorted(stand_ins()))
def test_a_stand_in_has_only_names_of_the_real_class(name: str) -> None:
    from slicer_harness.stand_in import known_names

    cls = stand_ins()[name]
    python_classes = cls.__mro__[: cls.__mro__.index(qt_base(cls))]
    public = {member for base in python_classes for member in vars(base) if not member.startswith("_")}
    invented = {member for member in public - known_names(name) if not hasattr(qt_base(cls), member)}
    assert invented == set()


@pytest.mark.parametrize("name", sorted(stand_ins()))
def test_a_stand_in_derives_from_the_qt_class_of_the_real_one(name: str) -> None:
    from slicer_harness.stand_in import api_names

    real = name
    while real in api_names():
        real = api_names()[real].base
    assert qt_base(stand_ins()[name]) is getattr(QtWidgets, real, None) or getattr(QtCore, real, None)


@pytest.mark.parametrize("name", ["ctkSliderWidget", "ctkCollapsibleButton", "ctkComboBox", "qMRMLNodeComboBox"])
@pytest.mark.parametrize("attribute", ["valu", "colour", "_own"])
def test_an_unknown_attribute_of_a_stand_in_is_refused(name: str, attribute: str) -> None:
    widget = stand_ins()[name]()
    with pytest.raises(AttributeError, match=attribute):
        setattr(widget, attribute, 1)
    with pytest.raises(AttributeError, match=attribute):
        getattr(widget, attribute)


def test_a_method_of_c_plus_plus_that_python_does_not_see_is_refused() -> None:
    import ctk

    # setCollapsed and setRange are public in the headers, but neither slots nor invokable.
    assert not hasattr(ctk.ctkCollapsibleButton(), "setCollapsed")
    assert not hasattr(ctk.ctkSliderWidget(), "setRange")


def test_a_name_that_is_not_modelled_says_so() -> None:
    import slicer

    with pytest.raises(AttributeError, match="is in Slicer, but the harness does not model it"):
        slicer.qMRMLNodeComboBox().sortFilterProxyModel()


def test_a_class_without_stand_in_is_an_error_in_a_ui_file(tmp_path: Any) -> None:
    import slicer

    path = tmp_path / "Unknown.ui"
    path.write_text(
        '<ui version="4.0"><widget class="QWidget" name="w"><widget class="ctkVTKMagnify" name="m"/></widget>'
        "<customwidgets><customwidget><class>ctkVTKMagnify</class><extends>QWidget</extends></customwidget>"
        "</customwidgets></ui>"
    )
    with pytest.raises(RuntimeError, match=r"Unknown\.ui: the harness has no stand-in for ctkVTKMagnify"):
        slicer.util.loadUI(str(path))


def test_a_slider_widget_keeps_its_value_between_its_bounds() -> None:
    import ctk

    slider, received = ctk.ctkSliderWidget(), []
    slider.connect("valueChanged(double)", received.append)
    slider.maximum = 200
    slider.value = 500
    slider.decimals = 1
    slider.setValue(12.34)
    assert slider.value == 12.3
    assert received == [200, 12.3]


def test_moving_the_drawn_slider_changes_the_value() -> None:
    import ctk

    slider = ctk.ctkSliderWidget()
    slider.maximum = 100
    slider.findChild(QtWidgets.QSlider).setValue(500)
    assert slider.value == 50


def test_a_collapsible_button_hides_only_what_was_shown() -> None:
    import ctk
    import qt

    button = ctk.ctkCollapsibleButton()
    layout = qt.QVBoxLayout(button)
    shown, hidden = qt.QLabel("shown"), qt.QLabel("hidden")
    for label in (shown, hidden):
        layout.addWidget(label)
    hidden.hide()
    button.collapsed = True
    assert shown.isHidden()
    button.click()
    assert not button.collapsed
    assert not shown.isHidden()
    assert hidden.isHidden()


def test_a_segment_selector_follows_the_segmentation() -> None:
    import slicer

    segmentation = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "nodes")
    selector, received = slicer.qMRMLSegmentSelectorWidget(), []
    selector.setMRMLScene(slicer.mrmlScene)
    selector.connect("currentSegmentChanged(QString)", received.append)
    selector.setCurrentNode(segmentation)
    first = segmentation.GetSegmentation().AddEmptySegment("node_1", "node 1")
    second = segmentation.GetSegmentation().AddEmptySegment("node_2", "node 2")
    assert selector.segmentIDs() == (first, second)
    selector.setCurrentSegmentID(second)
    segmentation.GetSegmentation().RemoveSegment(second)
    assert selector.currentSegmentID() == ""
    assert received[-2:] == [second, ""]


def test_a_segments_table_lists_and_selects_segments() -> None:
    import slicer

    segmentation = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "nodes")
    table = slicer.qMRMLSegmentsTableView()
    table.setSegmentationNode(segmentation)
    segmentation.GetSegmentation().AddEmptySegment("node_1", "node 1")
    segmentation.GetSegmentation().AddEmptySegment("node_2", "node 2")
    table.setSelectedSegmentIDs(["node_2"])
    assert table.segmentCount == 2
    assert table.selectedSegmentIDs() == ("node_2",)


def test_a_place_widget_turns_place_mode_on_and_off() -> None:
    import slicer

    points = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLMarkupsFiducialNode", "seeds")
    widget = slicer.qSlicerMarkupsPlaceWidget()
    widget.setMRMLScene(slicer.mrmlScene)
    widget.setCurrentNode(points)
    widget.placeButton().click()
    interaction = slicer.mrmlScene.GetNodeByID("vtkMRMLInteractionNodeSingleton")
    assert widget.placeModeEnabled
    assert interaction.GetCurrentInteractionMode() == interaction.Place
    widget.setPlaceModeEnabled(False)
    assert interaction.GetCurrentInteractionMode() == interaction.ViewTransform
    points.AddControlPoint(1, 2, 3)
    widget.deleteLastPoint()
    assert points.GetNumberOfControlPoints() == 0


def test_a_node_selector_makes_nodes_on_demand() -> None:
    import slicer

    selector = slicer.qMRMLNodeComboBox()
    selector.nodeTypes = ["vtkMRMLMarkupsFiducialNode"]
    selector.setMRMLScene(slicer.mrmlScene)
    drawn = selector.findChild(QtWidgets.QComboBox)
    assert drawn.itemText(0) == "Create new MarkupsFiducial"
    drawn.activated.emit(0)
    assert selector.currentNode().GetName() == "MarkupsFiducial"
    selector.currentNode().SetName("seed of N1")
    assert drawn.currentText == "seed of N1"


def test_a_node_selector_lets_go_of_a_removed_node() -> None:
    import slicer

    selector, received = slicer.qMRMLNodeComboBox(), []
    selector.nodeTypes = ["vtkMRMLTextNode"]
    selector.noneEnabled = True
    selector.setMRMLScene(slicer.mrmlScene)
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTextNode", "reading")
    selector.setCurrentNode(node)
    selector.connect("currentNodeChanged(vtkMRMLNode*)", received.append)
    slicer.mrmlScene.RemoveNode(node)
    assert received == [None]
    assert selector.findChild(QtWidgets.QComboBox).currentText == "None"


def test_a_node_selector_filters_by_attribute() -> None:
    import slicer

    selector = slicer.qMRMLNodeComboBox()
    selector.nodeTypes = ["vtkMRMLTextNode"]
    selector.setMRMLScene(slicer.mrmlScene)
    selector.addAttribute("vtkMRMLTextNode", "reading", "yes")
    reading = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTextNode", "reading")
    assert selector.nodeCount() == 0
    reading.SetAttribute("reading", "yes")
    assert selector.nodeFromIndex(0) is reading


def test_a_deleted_selector_is_not_called_any_more(an_application: Any) -> None:
    import slicer

    selector = slicer.qMRMLNodeComboBox()
    selector.nodeTypes = ["vtkMRMLTextNode"]
    selector.setMRMLScene(slicer.mrmlScene)
    selector.deleteLater()
    an_application.processEvents()
    slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTextNode")
    assert an_application.uncaughtErrors == []


def test_no_plain_qt_class_is_taken_for_a_stand_in() -> None:
    assert not pythonqt.is_stand_in(QtWidgets.QLabel)
