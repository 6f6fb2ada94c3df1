"""Fixtures of the harness's own tests: the application, and a small scripted module written to a folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

ENTRY_FILE = """
import enum
from typing import Annotated, Optional

import ctk
import qt
import slicer
import vtk
from slicer import vtkMRMLScalarVolumeNode
from slicer.i18n import tr as _
from slicer.i18n import translate
from slicer.parameterNodeWrapper import Choice, WithinRange, parameterNodeWrapper
from slicer.ScriptedLoadableModule import *
from slicer.util import VTKObservationMixin


class Side(enum.Enum):
    RIGHT = "r"
    LEFT = "l"

    def label(self):
        return self.name.lower()


@parameterNodeWrapper
class NodeCounterParameterNode:
    image: vtkMRMLScalarVolumeNode
    threshold: Annotated[float, WithinRange(-100, 200)] = 40.0
    side: Side
    comment: str = "none"


class NodeCounter(ScriptedLoadableModule):
    def __init__(self, parent):
        ScriptedLoadableModule.__init__(self, parent)
        self.parent.title = _("Node Counter")
        self.parent.categories = [translate("qSlicerAbstractCoreModule", "Segmentation")]
        self.parent.contributors = ["A. Radiologist (a hospital)"]
        self.parent.helpText = _("Counts.") + self.getDefaultModuleDocumentationLink()
        self.started = 0
        slicer.app.connect("startupCompleted()", self.onStarted)

    def onStarted(self):
        self.started += 1


class NodeCounterWidget(ScriptedLoadableModuleWidget, VTKObservationMixin):
    def __init__(self, parent=None):
        ScriptedLoadableModuleWidget.__init__(self, parent)
        VTKObservationMixin.__init__(self)
        self.logic = None
        self._parameterNode = None
        self._tag = None
        self.cleaned = False

    def setup(self):
        ScriptedLoadableModuleWidget.setup(self)
        uiWidget = slicer.util.loadUI(self.resourcePath("UI/NodeCounter.ui"))
        self.layout.addWidget(uiWidget)
        self.ui = slicer.util.childWidgetVariables(uiWidget)
        uiWidget.setMRMLScene(slicer.mrmlScene)
        self.logic = NodeCounterLogic()
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.StartCloseEvent, self.onSceneStartClose)
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.EndCloseEvent, self.onSceneEndClose)
        self.ui.applyButton.connect("clicked(bool)", self.onApplyButton)

    def cleanup(self):
        self.cleaned = True
        self.removeObservers()

    def enter(self):
        self.initializeParameterNode()

    def exit(self):
        if self._parameterNode:
            self._parameterNode.disconnectGui(self._tag)

    def onSceneStartClose(self, caller, event):
        self.setParameterNode(None)

    def onSceneEndClose(self, caller, event):
        if self.parent.isEntered:
            self.initializeParameterNode()

    def initializeParameterNode(self):
        self.setParameterNode(self.logic.getParameterNode())

    def setParameterNode(self, inputParameterNode):
        if self._parameterNode:
            self._parameterNode.disconnectGui(self._tag)
            self.removeObserver(self._parameterNode, vtk.vtkCommand.ModifiedEvent, self.checkCanApply)
        self._parameterNode = inputParameterNode
        if self._parameterNode:
            self._tag = self._parameterNode.connectGui(self.ui)
            self.addObserver(self._parameterNode, vtk.vtkCommand.ModifiedEvent, self.checkCanApply)
            self.checkCanApply()

    def checkCanApply(self, caller=None, event=None):
        self.ui.applyButton.enabled = bool(self._parameterNode and self._parameterNode.image)

    def onApplyButton(self):
        with slicer.util.tryWithErrorDisplay(_("Failed to count."), waitCursor=True):
            self.ui.result.text = self.logic.count(self._parameterNode.threshold)


class NodeCounterLogic(ScriptedLoadableModuleLogic):
    def getParameterNode(self):
        return NodeCounterParameterNode(super().getParameterNode())

    def count(self, threshold):
        if threshold < 0:
            raise ValueError("threshold below 0")
        return f"counted above {threshold:.1f}"


class NodeCounterTest(ScriptedLoadableModuleTest):
    ran = 0

    def setUp(self):
        slicer.mrmlScene.Clear()

    def test_counting(self):
        self.delayDisplay("Starting the test")
        self.assertEqual(NodeCounterLogic().count(2), "counted above 2.0")
        NodeCounterTest.ran += 1
"""

UI_FILE = """<?xml version="1.0" encoding="UTF-8"?>
<ui version="4.0">
 <class>NodeCounter</class>
 <widget class="qMRMLWidget" name="NodeCounter">
  <layout class="QVBoxLayout" name="verticalLayout">
   <item><widget class="ctkCollapsibleButton" name="inputs">
     <property name="text"><string>Inputs</string></property>
     <layout class="QFormLayout" name="formLayout">
      <item row="0" column="0"><widget class="QLabel" name="label"><property name="text"><string>Image:</string></property></widget></item>
      <item row="0" column="1"><widget class="qMRMLNodeComboBox" name="imageSelector">
        <property name="nodeTypes"><stringlist><string>vtkMRMLScalarVolumeNode</string></stringlist></property>
        <property name="noneEnabled"><bool>true</bool></property>
        <property name="addEnabled"><bool>false</bool></property>
        <property name="SlicerParameterName" stdset="0"><string>image</string></property></widget></item>
      <item row="1" column="0"><widget class="QLabel" name="label2"><property name="text"><string>Threshold:</string></property></widget></item>
      <item row="1" column="1"><widget class="ctkSliderWidget" name="threshold">
        <property name="minimum"><double>-100.000000000000000</double></property>
        <property name="suffix"><string> HU</string></property>
        <property name="SlicerParameterName" stdset="0"><string>threshold</string></property></widget></item>
      <item row="2" column="0"><widget class="QLabel" name="label3"><property name="text"><string>Side:</string></property></widget></item>
      <item row="2" column="1"><widget class="QComboBox" name="side">
        <property name="SlicerParameterName" stdset="0"><string>side</string></property></widget></item>
      <item row="3" column="0"><widget class="QLabel" name="label4"><property name="text"><string>Comment:</string></property></widget></item>
      <item row="3" column="1"><widget class="QLineEdit" name="comment">
        <property name="SlicerParameterName" stdset="0"><string>comment</string></property></widget></item>
     </layout></widget></item>
   <item><widget class="ctkCollapsibleButton" name="advanced">
     <property name="text"><string>Advanced</string></property>
     <property name="collapsed"><bool>true</bool></property>
     <layout class="QVBoxLayout" name="advancedLayout"><item><widget class="QCheckBox" name="strict">
       <property name="text"><string>Strict</string></property></widget></item></layout></widget></item>
   <item><widget class="QPushButton" name="applyButton">
     <property name="enabled"><bool>false</bool></property>
     <property name="text"><string>Apply</string></property></widget></item>
   <item><widget class="QLabel" name="result"><property name="text"><string>not counted</string></property></widget></item>
  </layout>
 </widget>
 <customwidgets>
  <customwidget><class>qMRMLWidget</class><extends>QWidget</extends><header>qMRMLWidget.h</header><container>1</container></customwidget>
  <customwidget><class>qMRMLNodeComboBox</class><extends>QWidget</extends><header>qMRMLNodeComboBox.h</header></customwidget>
  <customwidget><class>ctkSliderWidget</class><extends>QWidget</extends><header>ctkSliderWidget.h</header></customwidget>
  <customwidget><class>ctkCollapsibleButton</class><extends>QWidget</extends><header>ctkCollapsibleButton.h</header><container>1</container></customwidget>
 </customwidgets>
 <connections>
  <connection><sender>NodeCounter</sender><signal>mrmlSceneChanged(vtkMRMLScene*)</signal>
   <receiver>imageSelector</receiver><slot>setMRMLScene(vtkMRMLScene*)</slot></connection>
  <connection><sender>inputs</sender><signal>contentsCollapsed(bool)</signal>
   <receiver>result</receiver><slot>setHidden(bool)</slot></connection>
 </connections>
</ui>
"""


@pytest.fixture(scope="session")
def the_application() -> Any:
    import slicer_harness

    return slicer_harness.start()


@pytest.fixture
def an_application(the_application: Any) -> Iterator[Any]:
    import slicer

    slicer.mrmlScene.Clear(0)
    the_application.messages.clear()
    the_application.uncaughtErrors.clear()
    yield the_application
    assert the_application.uncaughtErrors == []


@pytest.fixture
def an_entry_file(tmp_path: Path) -> Path:
    (tmp_path / "Resources" / "UI").mkdir(parents=True)
    (tmp_path / "Resources" / "UI" / "NodeCounter.ui").write_text(UI_FILE, encoding="utf-8")
    entry = tmp_path / "NodeCounter.py"
    entry.write_text(ENTRY_FILE, encoding="utf-8")
    return entry


@pytest.fixture
def a_module(an_application: Any, an_entry_file: Path) -> Iterator[Any]:
    yield an_application.loadModule(an_entry_file)
    an_application.unloadModule("NodeCounter")


@pytest.fixture
def a_panel(a_module: Any) -> Any:
    widget = a_module.widgetRepresentation()
    widget.enter()
    return widget.self()


@pytest.fixture
def an_image() -> Any:
    import slicer

    return slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "CT neck")
